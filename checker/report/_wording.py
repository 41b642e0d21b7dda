"""The official Chinese words for what the results say in code; every format for people reads them here."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from checker.model.results import Assessment, Finding, Outcome, SubjectResult, Verdict

VERDICTS = {Verdict.QUALIFIED: "合格", Verdict.PENDING: "待核", Verdict.UNQUALIFIED: "不合格"}
EFFECTS = {"veto": "单项否决", "deduct": "扣分", "bonus": "加分", "notice": "提示"}
CERTAINTIES = {"certain": "", "candidate": "候选", "unknown": "无法判定"}
CHANGES = {
    "new": "", "unchanged": "仍未整改", "updated": "有变化", "reopened": "再次出现", "rectified": "已整改",
    "notSeen": "未能复核", "removed": "已撤下",
}  # fmt: skip
PLATFORMS = {
    "wechat-subscription": "微信订阅号", "wechat-service": "微信服务号", "weibo": "微博", "toutiao": "今日头条",
    "douyin": "抖音", "kuaishou": "快手", "channels": "视频号", "app": "移动客户端", "miniprogram": "小程序",
    "other": "其他",
}  # fmt: skip
STATISTICS = {
    "pages": "页面", "links": "链接", "columns": "栏目", "articles": "文章", "messages": "留言", "posts": "推文",
    "requests": "请求", "rendered": "浏览器渲染", "needs_browser": "需要浏览器",
}  # fmt: skip
_SAID_OTHERWISE = frozenset({"not_modified", "same_body", "bytes", "bytes_saved", "unarchived"})
_HOME_RULE = "v3-home-stale"
_HOME_FAILED = re.compile(r"（首页）采集失败：(?P<why>.+?)(；(发布日期|列表条目)（首页）|；另有\d+处|$)")


def change_mark(finding: Finding, effect: str, as_of: str) -> str:
    """What is said of a finding's change since earlier scans.

    "仍未整改" is said of certain problems that were seen on an earlier day than `as_of`: nobody has to mend a merit or
    a suspicion, and a second scan of the same day is no deadline missed.
    """
    if finding.change != "unchanged":
        return CHANGES.get(finding.change, finding.change)
    blamed = finding.certainty == "certain" and effect in {"veto", "deduct", "notice"}
    return CHANGES["unchanged"] if blamed and "" < finding.first_seen[:10] < as_of[:10] else ""


def home_unread(subject: SubjectResult) -> str:
    """Why the home page of a site could not be read, '' if it was: the rule on the home page is open for it."""
    reasons = (a.reason or "" for a in subject.assessments if a.rule == _HOME_RULE and a.outcome is Outcome.OPEN)
    found = next(filter(None, map(_HOME_FAILED.search, reasons)), None)
    return found["why"] if found else ""


ASK_THE_OWNER = (
    "网站的 robots.txt 不允许检查：请网站主管单位修改 robots.txt，或经其书面同意后在 sites.yaml 中写 "
    "robots: authorised 和 authorised_by"
)
"""What to do about a site whose robots.txt keeps us out."""

ASK_WHERE_IT_LEADS = (
    "首页跳转到另一个主机，那里的 robots.txt 不允许检查，授权只对登记的主机有效："
    "请核对登记的首页网址，或请该主机的主管单位修改"
)
"""The same for a site that was authorised: what was allowed holds for its own host only."""


def forbidden(why: str) -> bool:
    """Whether it is the site's robots.txt that kept us from its home page."""
    return "robots.txt" in why


def verdict_line(subject: SubjectResult) -> str:
    """合格（13项中12项已判定）; a closed subject gets no verdict."""
    if subject.verdict is None:
        return "已关停，不作判定" if subject.status == "closed" else "不作判定"
    return f"{VERDICTS[subject.verdict]}（{subject.decided.of}项中{subject.decided.decided}项已判定）"


def half_decided(subject: SubjectResult) -> bool:
    """Whether a subject is 合格 although some vetoes were not decided."""
    return subject.verdict is Verdict.QUALIFIED and subject.decided.decided < subject.decided.of


def half_decided_line(subjects: Iterable[SubjectResult]) -> str:
    """合格 9 个中 8 个尚有否决项未判定; '' where everything was decided: no pass rate may be read without it."""
    good = [s for s in subjects if s.verdict is Verdict.QUALIFIED]
    half = sum(map(half_decided, good))
    return f"合格 {len(good)} 个中 {half} 个尚有否决项未判定" if half else ""


def untold(problem: str, detail: str = "") -> str:
    """What is said of a row that nobody could look at: the doubt before the problem, which else reads as found."""
    why = detail.removeprefix("不能判定：")
    return f"无法判定是否存在“{problem}”{f'：{why}' if why else ''}"


def verdict_on(effect: str, outcome: Outcome) -> str:
    """What one rule's outcome means for the subject, in a word or two; empty where the points say it."""
    if outcome is Outcome.REVIEW:
        return "待核"
    if outcome is Outcome.OPEN:
        return "无法判定"
    if effect in {"veto", "notice"}:
        words = {"veto": ("否决", "未达否决标准"), "notice": ("存在问题", "未达提示标准")}[effect]
        return words[0] if outcome is Outcome.FAIL else words[1]
    return ""


def tally(assessment: Assessment) -> str:
    """What the rule did: its word and reason, its points out of the cap, and the points that are still in doubt."""
    word, reason = verdict_on(assessment.effect, assessment.outcome), assessment.reason
    parts = ["：".join(filter(None, [word, reason]))] if word else []
    if assessment.effect in {"deduct", "bonus"}:
        most = f"（最多 {figure(assessment.cap)}）" if assessment.cap else ""
        parts.append(f"{figure(assessment.points, sign=bool(assessment.points))} 分{most}")
        if assessment.at_risk:
            parts.append(f"另有 {figure(assessment.at_risk, sign=True)} 分未定")
    return "；".join(parts)


def figure(value: Decimal | None, sign: bool = False) -> str:
    """A number with at most two decimals and none that say nothing: 91.5, 3, -0.5; — where there is none."""
    if value is None:
        return "—"
    digits = f"{value:+.2f}" if sign else f"{value:.2f}"
    return digits.rstrip("0").rstrip(".")


def figures_read(statistics: Mapping[str, int]) -> list[str]:
    """What was read, and in one phrase what unchanged pages have spared, each part in Chinese."""
    read = [f"{STATISTICS.get(name, name)} {n}" for name, n in statistics.items() if n and name not in _SAID_OTHERWISE]
    unchanged, spared = statistics.get("not_modified", 0), statistics.get("bytes_saved", 0)
    read += [f"未变化 {unchanged}（少传 {_size(spared)}）"] if unchanged else []
    return read + (["依据未能存档"] if statistics.get("unarchived") else [])


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.1f} KB"


def share(value: float | None) -> str:
    """A rate as a percentage with two decimals; — where nothing was inspected."""
    return "—" if value is None else f"{value:.2%}"


def moment(value: str) -> str:
    """An ISO 8601 time to the minute, its offset left out where it is Beijing time."""
    day, _, time = value.partition("T")
    if not time:
        return value
    offset = "" if value.endswith("+08:00") else f"（{value[19:]}）" if len(value) > 19 else ""
    return f"{day} {time[:5]}{offset}"
