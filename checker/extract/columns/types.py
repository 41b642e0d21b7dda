"""What a column is for: its type in the words of the registry, told by tag, name, parent or address, with the reason.

Precision goes before completeness: `other` is an answer. The order of the name patterns decides where a name holds the
words of two types (办事统计 before 统计, 领导信箱 before 领导); the address is the weakest clue and says so.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from checker.extract.columns.words import NAMES

NO_TYPE = "栏目名称不能说明类型"
AGENCY = "栏目名称为机构名称"

_TAGS = {
    "概况信息": "profile", "机构职能": "functions", "负责人信息": "leaders", "工作动态": "news", "通知公告": "notice",
    "政策文件": "policy", "信息公开指南": "disclosure", "信息公开目录": "disclosure", "信息公开年报": "report",
    "依申请公开": "application", "数据发布": "data", "数据开放": "data", "政策解读": "interpretation",
    "回应关切": "response", "办事服务": "services", "咨询投诉": "consultation", "征集调查": "survey",
    "在线访谈": "interview",
}  # fmt: skip
_WHOLESALE = frozenset({"工作动态", "信息公开目录"})
"""Values that a CMS puts on whole sections, whatever stands in them: a name that says more goes before them."""

_SEGMENTS = {
    "hdjl": "consultation", "zmhd": "consultation", "gzhd": "consultation", "xzxx": "consultation",
    "ldxx": "consultation", "zxzx": "consultation", "bsfw": "services", "zwfw": "services", "wsbs": "services",
    "ldzc": "leaders", "ldjj": "leaders", "jgzn": "functions", "jgsz": "functions", "zzjg": "functions",
    "ztzl": "special", "sjfb": "data", "tjsj": "data", "tjgb": "data", "ysqgk": "application", "myzj": "survey",
    "yjzj": "survey", "zxft": "interview", "hygq": "response", "zwgk": "disclosure", "xxgk": "disclosure",
}  # fmt: skip
"""Last folders of addresses. None of them makes a type with a period (news, notice, policy, interpretation): that a
column is late must stand on more than its address."""

_HOSTS = (("consultation", re.compile(r"(?:^|[.\-])12345(?!\d)|liuyan")), ("services", re.compile(r"zwfw|zwdt")))
_LENT = frozenset({
    "policy", "interpretation", "news", "notice", "profile", "functions", "data", "disclosure", "survey", "interview",
    "special", "services",
})  # fmt: skip
"""Types that a column lends to those below it; what stands below 互动交流 need not be a channel of its own."""

_CLOSED = re.compile(
    r"^历史(?:要闻|新闻|信息|公告|数据|文件|消息|资料|回顾|专题|专栏)|往期|归档|存档|旧版|旧网站|往年|历年|历届|已(?:归档|结束|下线)|失效|废止"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Typed:
    """A type of the registry's list and why, in words for a person who doubts it."""

    type: str
    reason: str


def column_type(name: str) -> tuple[str, str]:
    """The type that a column's name stands for, and why; `other` if the name says nothing."""
    for kind, pattern in NAMES:
        found = pattern.search(name)
        if found and kind != "other":
            return kind, f"栏目名称含“{found[0]}”"
        if found:
            return kind, AGENCY
    return "other", NO_TYPE


def typed(name: str, *, declared: str = "", parent: str = "", url: str = "") -> Typed:
    """The type of a column by its own tag (ColumnType), its name, its parent's name or its address, in this order."""
    by_name, why = column_type(name) if name else ("other", NO_TYPE)
    tag = "".join(declared.split())
    if tag in _TAGS and not (tag in _WHOLESALE and by_name not in {"other", "news"}):
        return Typed(_TAGS[tag], f"ColumnType 标签为“{tag}”")
    if by_name != "other" or why != NO_TYPE:
        return Typed(by_name, why)
    if tag in _TAGS:
        return Typed(_TAGS[tag], f"ColumnType 标签为“{tag}”")
    by_tag, said = column_type(tag) if tag else ("other", NO_TYPE)
    if by_tag != "other":
        return Typed(by_tag, said.replace("栏目名称", "ColumnType 标签"))
    above = column_type(parent)[0] if parent else "other"
    if above in _LENT:
        return Typed(above, f"上级栏目“{parent}”")
    by_address = _by_address(url)
    return by_address or Typed("other", NO_TYPE)


def closed(name: str, today: date) -> str:
    """Why a column of this name need not be updated (往期, 归档, a past year); '' if the name says no such thing."""
    found = _CLOSED.search(name)
    if found:
        return f"名称含“{found[0]}”，不要求更新"
    years = [int(year) for year in _YEAR.findall(name)]
    return f"名称限于{max(years)}年，不要求更新" if years and max(years) < today.year else ""


def _by_address(url: str) -> Typed | None:
    parts = urlsplit(url)
    segments = [s.lower() for s in parts.path.split("/") if s and "." not in s]
    last = segments[-1] if segments else ""
    if last in _SEGMENTS:
        return Typed(_SEGMENTS[last], f"仅据地址“/{last}/”推断")
    for kind, pattern in _HOSTS:
        if pattern.search(parts.hostname or ""):
            return Typed(kind, f"仅据域名“{parts.hostname}”推断")
    return None
