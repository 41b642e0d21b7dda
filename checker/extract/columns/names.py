"""Which links are named like columns: the cleaned name, and what no column is called or addressed as."""

import re

from checker.page import RawLink

HOME = re.compile(r"(?:网站|返回|本站|门户)?(?:首页|主页)|home", re.IGNORECASE)
MORE = re.compile(
    r"[\s\[【(（<>«»›»+.。…]*(?:更多|查看更多|点击更多|全部|more|更多信息|更多内容|进入栏目|\+)[\s\]】)）<>«»›+.。…]*|[>»›]{2,}",
    re.IGNORECASE,
)
"""What a link is called that leads from a block of the home page to its column."""

MAP = re.compile(r"(?:网站|站点|本站)(?:地图|导航|导览)|sitemap|站内导航", re.IGNORECASE)

_EDGES = " \t·•|｜>»›＞-—_:：+*■◆●▶►→【】[]<《》#"
_TAIL = re.compile(r"(?:[（(\[]\d+[)）\]]|查看更多|更多|more|new|\[?更多\]?|进入)[>»›]*$", re.IGNORECASE)
_FOREIGN_TAIL = re.compile(r"(?<=[\u4e00-\u9fff])[A-Za-z][A-Za-z&,.'’/-]*$")
_NO_NAME = re.compile(
    r"登[录陆]|注册|无障碍|长者|适老|老年版|关怀|关爱|繁[體体]|简体|^[简繁中英]文?版?$|english|日本[语語]|한국|英文|外文|国际版|手机版|触屏版|电脑版|移动[版端]"
    r"|[公政]务邮箱|企业邮箱|工作邮箱|投稿|^邮箱$|搜索|检索|ipv6|(?:网站|站点|站内|站群|栏目|平台|本站)(?:地图|导[航览]|群)|关于我们|联系我们|联系方式|网站(?:声明|帮助|简介)|版权|隐私"
    r"|免责|使用帮助|设为|收藏|客户端|公众号|微博|微信|抖音|小程序|新媒体|rss|订阅|返回|智能(?:问答|机器人|咨询|客服)|机器人|个人中心|用户(?:中心|空间)|^我的|市民网页"
    r"|找错|纠错|标识码|备案|公网安备|党政机关|友情链接|相关链接|快速链接|常用链接|上一[页篇]|下一[页篇]|尾页|末页|打印|关闭|分享|字号|听全文|朗读|点击|这里|^正文$|^位置|导航$|链接$|详情$|^(?:信件|留言|来信|正文|文章)?内容$|^正文|^手机|^\d+$|^您?好"
    r"|^(?:推荐|应用|更多|全部|其他|其它|菜单|频道|目录|列表|详细|下载|正在)$|\.(?:com|cn|net)|高级",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"/t\d{8}_\d+|/content_\d+|/m?post_\d+|/art_[\da-f]+_\d+|/art/\d{4}/|/20\d{4}/|/20\d{2}[/-]\d{1,2}[/-]\d{1,2}/|/info/\d+/\d+\.s?html?"
    r"|/[0-9a-f]{32}(?:/c)?\.s?html?|[?&](?:article|news|info|content)_?id=|/t\d{7,}\.s?html?|ItemDetail|[?&]docId="
)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|apk|exe|jpe?g|png|gif|mp[34])(?:$|\?)", re.IGNORECASE
)
_SERVICE_APP = re.compile(
    r"/(?:login|register|sso|oauth|search|jsearch|qqhd|wza|robot|znwd)(?:[/.?]|$)|/gate/big5/|//(?:big5|en|english|m|wap)\.",
    re.IGNORECASE,
)
_LONGEST = 16
_AT_LEAST = 2
_AT_MOST = 100
"""Characters of a text that are looked at for a name."""


def cleaned(text: str) -> str:
    """A column's name as a person says it: no blanks, marks, counts, 更多, no translation behind the Chinese."""
    name = re.sub(r"[\s\u200b\ufeff]+", "", text[:_AT_MOST])
    if re.search(r"[\u4e00-\u9fff]", name):
        name = _FOREIGN_TAIL.sub("", name)
    previous = ""
    while name != previous:
        previous = name
        name = _TAIL.sub("", name.strip(_EDGES))
    return name


def is_name(name: str) -> bool:
    """Whether a cleaned name may be a column's: short, Chinese, and nothing that every site's header offers."""
    if not _AT_LEAST <= len(name) <= _LONGEST or not re.search(r"[\u4e00-\u9fff]", name):
        return False
    return not (HOME.fullmatch(name) or _NO_NAME.search(name)) and not re.search(r"[，。；！？]", name)


def is_article(url: str) -> bool:
    """Whether an address is built like that of an article."""
    return bool(_ARTICLE.search(url))


def is_no_column(url: str) -> bool:
    """Whether an address is a file's, a service application's, or a gateway's to a mirror in another script."""
    return bool(_FILE.search(url) or _SERVICE_APP.search(url))


def is_anchor(link: RawLink) -> bool:
    """Whether a link is one that a reader clicks."""
    return link.tag in {"a", "area"}
