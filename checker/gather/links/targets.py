"""Where foreign links lead: to something harmful, to nobody any more, or to another site than their text says. Pure.

Everything said here is a candidate: a person must look. What a page tells of itself in title, keywords and description
is weighed, never an article's text, so that an office for lotteries or a report on gambling is not taken for a casino.
"""

import re
import unicodedata
from dataclasses import dataclass

from checker.address import host_of
from checker.fetch import is_private, literal
from checker.gather.links.lexicon import Lexicon, load_lexicon
from checker.page.glance import Glance

__all__ = ["INTRANET", "Doubt", "Lexicon", "doubt_of", "is_intranet", "load_lexicon", "masked"]

HARMFUL, WRONG = "harmful-target", "wrong-target"

_PARKED_PAGE = 600
"""Characters of text outside links up to which a page may be nothing but the notice that its name is for sale."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_SIMPLE = str.maketrans(
    "門樂娛賭場網電遊戲體開獎線視頻觀級無碼國產發槍藥單麗過續費轉讓備銷豐陽課業監閱戶歡龍銀華萬亞灣區頭馬後",
    "门乐娱赌场网电游戏体开奖线视频观级无码国产发枪药单丽过续费转让备销丰阳课业监阅户欢龙银华万亚湾区头马后",
)
"""Traditional characters of the words that are looked for."""

_NAMED = re.compile(r"(域名|domain)[\s“\"'：:]*(?:[a-z0-9-]+\.)+[a-z]{2,}[\s”\"']*")
_MOVED = re.compile(r"新域名|新网址|新网站|新站|新地址|迁移|变更公告|如何|怎么")
"""What those say who have moved, or write about such pages."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_OFFICIAL_TEXT = re.compile(
    r"(?:人民政府|政府门户网站|政府门户|政府网站?|政务服务网|政务网|管委会|管理委员会|人大常委会|政协|纪委监委|办事处|网上办事大厅"
    r"|(?:省|市|县|区|旗|州|盟|国家|自治区)[\u4e00-\u9fff]{0,14}(?:厅|局|委员会|委|办公室))(?:门户网站|官方网站|官网|网站|网)?$"
)
_OFFICIAL_PAGE = re.compile(
    r"政府|政务|政协|人大|委员会|管委会|办公室|[\u4e00-\u9fff]{2}局|[\u4e00-\u9fff]{2}厅|办事大厅|公共服务|公共资源|便民|监督|"
    r"12345|事业单位|中心|协会|研究院|学校|医院|图书馆|博物馆|党建|党委"
)
_NO_NAME = re.compile(
    r"登录|登陆|首页|主页|欢迎|系统|平台|公告|通知|提示|验证|跳转|加载|维护|升级|错误|出错|不存在|无法|welcome|login|index|home|untitled|document|loading|404|50\d",
    re.IGNORECASE,
)
"""Titles by which a page does not say whose it is."""

_COMMON = frozenset("省市县区局委办厅国家人民政府门户网站官方中心服务管理中国的和与及公共信息公司有限责任集团平台")
"""Characters that the names of all offices and firms share; two of them in a row prove nothing."""

_MUCH_ELSE = 60
"""Characters of a page from which on it says whose it is."""

_NUMBER = re.compile(r"\d{9,}[Xx]?")

_HIGHEST = 3
"""Words that are quoted."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a link target is doubted: kind of `HiddenLink`, and the words that show it."""

    kind: str
    quote: str


INTRANET = Doubt(WRONG, "链接指向内网地址")
"""A link that works only inside the office's own network."""


def doubt_of(text: str, asked: str, final_url: str, seen: Glance, lexicon: Lexicon) -> Doubt | None:
    """What is doubtful about the page `seen` at `final_url`, to which a link with this `text` led; None: nothing."""
    host = host_of(final_url)
    return (
        _harmful(seen, lexicon)
        or _parked(seen, lexicon)
        or _another(text, host_of(asked), host, seen, lexicon)
    )  # fmt: skip


def masked(text: str) -> str:
    """A text to be quoted, with the middle of its long numbers masked: they may be somebody's telephone or identity."""
    return _NUMBER.sub(lambda number: f"{number[0][:3]}{'*' * (len(number[0]) - 5)}{number[0][-2:]}", text)


def is_intranet(url: str) -> bool:
    """Whether an address names a host inside a network: a private or loopback IP, or a name without a dot."""
    host = host_of(url)
    if address := literal(host):
        return is_private(address)
    return bool(host) and ("." not in host or host.endswith((".local", ".lan", ".internal", ".localhost")))


def _folded(text: str) -> str:
    """Full-width and traditional forms folded, what nobody sees removed, lower case."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_SIMPLE)


def _harmful(seen: Glance, lexicon: Lexicon) -> Doubt | None:
    said = _folded(f"{seen.title} {seen.keywords}")
    # cut apart, words that are spelt with blanks or dots between their characters would be missed
    weighed = lexicon.excused.sub(" ", re.sub(r"(?<=[\u4e00-\u9fff])[\s·.*_-]+(?=[\u4e00-\u9fff])", "", said))
    found = {match[0]: lexicon.words[match[0]] for match in lexicon.harmful.finditer(weighed)}
    points = sum(weight for weight, _ in found.values())
    if points < lexicon.least:
        return None
    if points < lexicon.stuffed and lexicon.guarding.search(f"{said} {_folded(seen.headings)}"):
        return None
    heaviest = sorted(found, key=lambda word: -found[word][0])[:_HIGHEST]
    topic = found[heaviest[0]][1]
    return Doubt(HARMFUL, f"目标页面标题：{masked(seen.title) or '（无）'}（{topic}：{'、'.join(heaviest)}）")


def _parked(seen: Glance, lexicon: Lexicon) -> Doubt | None:
    if seen.own_length > _PARKED_PAGE:
        return None
    said = _folded(f"{seen.title} {seen.own}")
    found = lexicon.for_sale.search(said) or lexicon.for_sale.search(_NAMED.sub(r"\1", said))
    if found is None or _MOVED.search(said):
        return None
    return Doubt(WRONG, f"目标域名已无人使用：{masked(seen.title or seen.own[:60])}（{found[0]}）")


def _another(text: str, asked_host: str, host: str, seen: Glance, lexicon: Lexicon) -> Doubt | None:
    """A link whose text names an office, while the page behind it belongs to somebody who is none."""
    name = re.sub(r"\s+", "", text)
    if not _OFFICIAL_TEXT.search(name) or _trusted(asked_host, lexicon) or _trusted(host, lexicon) or _is_ip(host):
        return None
    shown = f"{seen.title} {seen.keywords} {seen.headings} {seen.text}"
    if _OFFICIAL_PAGE.search(shown) or len(seen.text) < _MUCH_ELSE:
        return None
    if len(re.sub(r"\W+", "", seen.title)) < 4 or _NO_NAME.search(seen.title) or _shares(name, shown):
        return None
    return Doubt(WRONG, f"目标页面标题：{masked(seen.title)}")


def _trusted(host: str, lexicon: Lexicon) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in lexicon.trusted_hosts)


def _is_ip(host: str) -> bool:
    return bool(re.fullmatch(r"[\d.]+|.*:.*", host))


def _shares(name: str, shown: str) -> bool:
    """Whether any two characters of the name that tell it from other offices stand on the page in a row."""
    pairs = (name[n : n + 2] for n in range(len(name) - 1))
    telling = [p for p in pairs if all(_HAN.match(c) for c in p) and not set(p) <= _COMMON]
    return any(pair in shown for pair in telling)
