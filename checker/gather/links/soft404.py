"""Pages that say with status 200 that there is nothing: two of three signals are needed.

The words of a short page; its likeness to what the host shows for a path that nobody has ever made; that it is not what
was asked for: a redirect to an error address, or to the home page where a made-up path leads there too, or a page in
place of a file. The decision is pure; `Probes` makes the few requests that it needs.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from checker.address import politeness_host, same_place
from checker.fetch import Fetched, FetchOutcome
from checker.gather.links.look import is_home
from checker.gather.links.once import Once
from checker.page.glance import Glance, glance, is_readable

SHORT = 400
"""Characters of text outside links up to which a page may be nothing but an error message."""

MOST_PROBES = 3
"""Made-up paths of one host that are asked for, one for each ending."""

ALIKE = 0.8
"""Share of common pieces from which on two pages show the same."""

_NO_TEXT = 30
_PIECE = 3
_LEAST_TEXT = 6

_THING = r"(?:页面|网页|栏目|内容|文章|信息|文件|附件|资源|数据|地址|链接|URL)"
_LOST = r"不见了|走丢|飞走|迷路|去火星|离家出走"
_GONE = rf"(?:不存在|{_LOST}|已?(?:经|被)?(?:删除|移除|下线|撤销|失效|过期)|未找到|找不到|没有找到|无法找到)"
_WORDS = re.compile(
    rf"(?:访问|查看|请求|浏览|打开|查找|寻找|要找)的?{_THING}[^。！!\n]{{0,10}}?{_GONE}"
    rf"|(?:页面|网页|栏目|文章|文件|资源|对象|(?:该|此)(?:信息|内容)|链接)\s*{_GONE}"
    r"|^\W*(?:信息|内容|数据|记录)不存在"
    r"|(?:找不到|未找到|没有找到|无法找到)(?:了|该|此|您|你|所|要|想|请求|访问|查看|浏览|的){0,5}(?:页面?|网页|文件或目录|文章|资源|对象)"
    r"|(?:抱歉|对不起).{0,12}(?:不存在|被?移除|被?删除)"
    r"|(?i:error\s*[:：-]?\s*404|http\s*(?:status|错误|error)?\s*[-:：]?\s*404|404\s*[-–—:：,，.!！|]*\s*(?:error|错误|not\s*found|page|页面|网页|找不到|未找到|file|文件|出错))"
    r"|(?i:(?:page|file|resource|document|url)\b[\w\s,']{0,40}?(?:not\s+(?:be\s+)?found|does\s*n[o']t\s+exist|no\s+longer\s+exists?))"
    r"|(?i:\(type=not found|whitelabel error page|(?:^|[\s/_-])404\.(?:png|jpe?g|gif|svg|webp)\b)",
    re.MULTILINE,
)
_TITLE = re.compile(r"^\W*404\b|\b404\W*$|(?i:not\s+found)|错误页|出错了|^\W*(?i:error)\W*$|^\W*错误(?:提示|信息)?\W*$")
_OTHER = re.compile(
    r"(?:正在|进行|暂停|停机)[^。]{0,8}(?:维护|升级|改版|建设|迁移)|(?:维护|升级|改版|改造)中|(?:系统|网站|平台|服务器?)(?:升级|维护|改版)(?!服务|单位|电话|[及和与：:])"
    r"|(?:网站|本站|系统|平台)[^。]{0,4}迁移|访问(?:过于)?频繁|安全验证|输入[^。]{0,6}验证码|被?拦截|禁止访问|拒绝访问|没有权限|权限不足"
    r"|无权(?:限)?(?:访问|查看)|非法(?:访问|请求)|请先?登[录陆]后|浏览器版本(?:[过太较]低|不)|forbidden|access denied"
    r"|安全检[查测]|请稍[候等]|just a moment|checking your browser|(?:启用|enable)\s*javascript"
    r"|暂无(?:信息|数据|内容|相关)|搜索结果|检索结果|(?<!\d)0\s*[条个](?:数据|结果|记录|信息)?|no\s+results",
    re.IGNORECASE,
)
"""What short pages say that are something else: under repair, moved, a wall or a login, an empty column, a search
without results. A footer's 网站建设 or 网站维护：… says nothing."""

_ERROR_ADDRESS = re.compile(
    r"(?:^|/)(?:e(?:rro)?r[-_]?)?(?:404|not[-_]?found|no[-_]?page|error(?:[-_]?page)?s?|err)(?:[-_/.]|$)", re.IGNORECASE
)
_FILE = re.compile(r"\.(?:pdf|ofd|docx?|xlsx?|pptx?|wps|et|rar|zip|7z|jpe?g|png|gif|bmp|mp[34]|apk)$", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_CHANGES = re.compile(r"\S*/\S*|[0-9a-fA-F-]{8,}|\d+|[\W_]+")
"""What differs between two copies of one error page: the path that it repeats, numbers, times, ids; and all blanks."""

Ask = Callable[[str], Awaitable[Fetched]]


@dataclass(frozen=True, slots=True)
class MadeUp:
    """What a host shows for a path that nobody made: where it leads, and the page if it comes with status 200."""

    url: str
    final_url: str
    glance: Glance | None


@dataclass(frozen=True, slots=True)
class Signals:
    """The three signals of a page that only says that it is missing.

    `sent_away`: redirects ended at an error address or at the home page, or a page came in place of a file.
    """

    words: bool
    like_made_up: bool
    sent_away: bool

    @property
    def missing(self) -> bool:
        """Whether two of them hold: the page says 200 and means 404."""
        return self.words + self.like_made_up + self.sent_away >= 2


def says_missing(seen: Glance) -> bool:
    """Whether a short page says in title, headings or text that there is nothing at this address."""
    return bool(_missing_words(seen))


def _missing_words(seen: Glance) -> str:
    """The words by which a short page says that there is nothing at this address, '' if it does not."""
    if seen.own_length > SHORT or _says_other(seen):
        return ""
    found = _WORDS.search(f"{seen.title}\n{seen.headings}\n{seen.own}") or _TITLE.search(seen.title)
    return found[0] if found else ""


def _says_other(seen: Glance) -> bool:
    return bool(_OTHER.search(f"{seen.title} {seen.own}"))


def may_say_missing(title: str, text: str) -> bool:
    """A quick no for the pages of a crawl: whether a closer look at one with this title and text is worth while.

    A page with next to no text may show its message as a picture. The navigation in front of it may be long.
    """
    return len(text) < _NO_TEXT or bool(_TITLE.search(title) or _WORDS.search(title) or _WORDS.search(text))


def not_where_asked(asked: str, final: str) -> bool:
    """Whether a redirect ended where a missing page may be shown: at an error address, or at the home page."""
    return sent_to_error(asked, final) or (is_home(final) and not is_home(asked))


def signals_of(asked: str, final: str, seen: Glance, made_up: MadeUp | None) -> Signals:
    """The signals of the page `seen` at `final`, asked for as `asked`; without `made_up` no such path was asked for."""
    same_end = made_up is not None and same_place(final) == same_place(made_up.final_url)
    # a host that sends everything home may do so for want of a cookie: then the pages are of course alike
    sent_home = same_end and is_home(final) and not is_home(asked)
    words = _missing_words(seen)
    like = made_up is not None and not sent_home and (same_end or alike(seen, made_up)) and _repeats(made_up, words)
    # who turns strangers away, or asks them to log in, does so whatever they ask for
    away = (sent_to_error(asked, final) or _page_for_file(asked)) and not _says_other(seen)
    return Signals(bool(words), like, away or sent_home)


def _repeats(made_up: MadeUp, words: str) -> bool:
    """Whether the made-up path says with the same words that it is missing: a notice "该文件已失效" is not its like."""
    if not words:
        return True
    said = _missing_words(made_up.glance) if made_up.glance is not None else ""
    return bool(said) and _bare_text(said) == _bare_text(words)


def _page_for_file(asked: str) -> bool:
    """Whether what was asked for is a file by its ending; what is seen here is always a page."""
    return bool(_FILE.search(urlsplit(asked).path))


def sent_to_error(asked: str, final: str) -> bool:
    """Whether a redirect ended at an address that calls itself an error."""
    away = same_place(asked) != same_place(final)
    return (
        away and bool(_ERROR_ADDRESS.search(urlsplit(final).path)) and not _ERROR_ADDRESS.search(urlsplit(asked).path)
    )


def alike(seen: Glance, made_up: MadeUp) -> bool:
    """Whether a page shows the same as the made-up path, up to what changes from one copy to the next.

    Links are left out where there is other text: all pages of a site share its navigation, and lists of links change.
    """
    if made_up.glance is None:
        return False
    if min(len(_bare_text(seen.own)), len(_bare_text(made_up.glance.own))) >= _LEAST_TEXT:
        return _same(f"{seen.title} {seen.own}", f"{made_up.glance.title} {made_up.glance.own}")
    return _same(f"{seen.title} {seen.text}", f"{made_up.glance.title} {made_up.glance.text}")


def _same(text: str, other_text: str) -> bool:
    one, other = _bare_text(text), _bare_text(other_text)
    if min(len(one), len(other)) < _LEAST_TEXT:
        return bool(one) and one == other
    pieces, others = _pieces(one), _pieces(other)
    return len(pieces & others) / len(pieces | others) >= ALIKE


def _bare_text(text: str) -> str:
    return _CHANGES.sub("", text)


def _pieces(text: str) -> set[str]:
    return {text[n : n + _PIECE] for n in range(len(text) - _PIECE + 1)}


def made_up_address(url: str) -> str:
    """An address of the same folder and ending as `url` that nobody has made; the same one every time."""
    parts = urlsplit(url)
    folder, _, last = parts.path.rpartition("/")
    name = f"checker-{hashlib.sha256(url.encode()).hexdigest()[:10]}"
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{name}{ending_of(last)}", "", ""))


def ending_of(path: str) -> str:
    """`.html` of a file, `/` of a folder, '' of a bare name."""
    last = path.rpartition("/")[2]
    found = _ENDING.search(last)
    return found[0].lower() if found else "" if last else "/"


class Probes:
    """What hosts show for made-up paths: asked once for each host and ending, for all subjects of a process."""

    def __init__(self) -> None:
        self._asked: Once[tuple[str, str], MadeUp] = Once()
        self._hosts: dict[str, int] = {}

    async def missing(self, asked: str, final: str, seen: Glance, ask: Ask) -> bool:
        """Whether a page means 404. `ask` makes a request with the manners that hold for this host."""
        alone = signals_of(asked, final, seen, None)
        if alone.missing or not (alone.words or alone.sent_away):  # to a home page without words is one signal at most
            return alone.missing
        return signals_of(asked, final, seen, await self._made_up(asked, ask)).missing

    async def _made_up(self, url: str, ask: Ask) -> MadeUp | None:
        host = politeness_host(url)
        key = (host, ending_of(urlsplit(url).path))
        if not self._asked.has(key):
            if self._hosts.get(host, 0) >= MOST_PROBES:
                return None
            self._hosts[host] = self._hosts.get(host, 0) + 1

        async def make() -> MadeUp:
            address = made_up_address(url)
            return _shown(address, await ask(address))

        return await self._asked.get(key, make)


def _shown(address: str, answer: Fetched) -> MadeUp:
    shown = answer.outcome in {FetchOutcome.OK, FetchOutcome.TOO_LARGE}
    if not shown or not is_readable(answer.body, answer.content_type):
        return MadeUp(address, address, None)
    return MadeUp(address, answer.final_url, glance(answer.body, answer.content_type))
