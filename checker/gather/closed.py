"""Whether a site that is registered as closed still answers: judged from the one visit to its home page.

Comes in: what that visit showed. Goes out: a `Probe` row closed-answers, or why nothing can be said.
"""

import re
from dataclasses import dataclass

from checker.address import host_of, in_scope
from checker.fetch import FetchOutcome
from checker.model.facts import Address, GatherLog, Probe

MAKES = ("probe",)

PLACE = "closed"
"""Scope of the coverage line."""

_SILENT = {
    FetchOutcome.DNS: "域名已无法解析",
    FetchOutcome.REFUSED: "服务器拒绝连接",
    FetchOutcome.CONNECT_TIMEOUT: "连接超时",
    FetchOutcome.READ_TIMEOUT: "服务器没有答复",
    FetchOutcome.TOTAL_TIMEOUT: "服务器没有答复",
    FetchOutcome.HOST_DOWN: "服务器没有答复",
}
_NOT_ASKED = frozenset(
    {
        FetchOutcome.OWN_OUTAGE, FetchOutcome.UNREACHABLE, FetchOutcome.ROBOTS, FetchOutcome.PRIVATE,
        FetchOutcome.BAD_ADDRESS, FetchOutcome.BUDGET,
    }
)  # fmt: skip
_READ = frozenset({FetchOutcome.OK, FetchOutcome.TOO_LARGE})
_SERVER_PAGE = re.compile(
    r"welcome to (?:nginx|openresty|caddy|centos|tengine)|apache2? .*default page|http server test page|it works!?$"
    r"|^iis(?: windows.*|\d.*)?$|internet information services|apache tomcat|^index of /|没有找到站点|站点创建成功"
    r"|网站建设中|恭喜",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"域名(?:正在)?(?:出售|转让|停放|交易)|(?:出售|转让)域名|domain.{0,30}(?:for sale|parked)", re.IGNORECASE
)
_NOTICE = re.compile(r"关停|关闭|停止(?:服务|运行|更新|访问)|下线|已?迁移|暂停(?:服务|访问)|停用|注销|公告")
_LITTLE_TEXT = 200
_OF_GOVERNMENT = re.compile(r"(?:^|\.)(?:gov\.cn|xn--zfr164b)$")


@dataclass(frozen=True, slots=True)
class HomeVisit:
    """The last visit to a home page, from the facts. `title` and `text_length` are -1 and '' if no page was read.

    `elsewhere`: a connect-to rule says where the request went, so a silent server says nothing of the real one.
    """

    outcome: FetchOutcome
    status: int
    final_url: str
    title: str = ""
    text_length: int = -1
    elsewhere: bool = False


def probe_closed(
    subject: str, home: str, aliases: tuple[str, ...], visit: HomeVisit | None
) -> tuple[list[Probe], GatherLog]:
    """Judge the visit to the home page of a closed site; None if it was not asked for."""
    reason = _unknown(visit)
    if visit is None or reason:
        return [], GatherLog(subject, "probe", PLACE, "failed", reason)
    outcome, detail, certainty = _judged(home, aliases, visit)
    row = Probe(subject, "closed-answers", "", outcome, Address(home), detail, certainty)
    return [row], GatherLog(subject, "probe", PLACE, "complete", "")


def _unknown(visit: HomeVisit | None) -> str:
    """Why nothing can be said, '' if something can."""
    if visit is None:
        return "首页未访问"
    if visit.outcome in _NOT_ASKED:
        return f"未能访问首页（{visit.outcome.value}）"
    if visit.elsewhere and visit.outcome in _SILENT:
        return "检查时指定了连接地址（--connect-to），不能说明域名是否仍可访问"
    return ""


def _judged(home: str, aliases: tuple[str, ...], visit: HomeVisit) -> tuple[str, str, str]:
    """Outcome, words, certainty."""
    if visit.outcome in _SILENT:
        return "no", _SILENT[visit.outcome], "certain"
    if visit.outcome in {FetchOutcome.HTTP_4XX, FetchOutcome.HTTP_5XX, FetchOutcome.SOFT_404}:
        return "no", f"HTTP {visit.status}", "certain"
    if visit.outcome not in _READ:
        what = f"HTTP {visit.status}" if visit.status else visit.outcome.value
        return "unclear", f"服务器有应答，但未能读取页面（{what}）", "candidate"
    if not in_scope(visit.final_url, home, aliases):
        host = host_of(visit.final_url)
        if _OF_GOVERNMENT.search(host):
            return "no", f"跳转到{host}", "certain"
        return "unclear", f"跳转到{host}，不是政府网站的域名，域名可能已被他人使用", "candidate"
    return _judged_page(visit)


def _judged_page(visit: HomeVisit) -> tuple[str, str, str]:
    """A page of its own: a site, or the bare server, a parking place, a notice that it is closed."""
    title = visit.title.strip()[:60]
    said = f"HTTP {visit.status}，标题“{title}”" if title else f"HTTP {visit.status}，没有标题"
    if _SERVER_PAGE.search(title):
        return "unclear", f"{said}，是服务器的默认页面", "candidate"
    if _FOR_SALE.search(title):
        return "unclear", f"{said}，域名可能已被他人使用", "candidate"
    if _NOTICE.search(title):
        return "unclear", f"{said}，可能是关停公告", "candidate"
    if visit.text_length < 0:
        return "unclear", f"HTTP {visit.status}，内容未能读取", "candidate"
    if visit.text_length < _LITTLE_TEXT:
        return "unclear", f"{said}，页面只有{visit.text_length}字", "candidate"
    return "yes", said, "certain"
