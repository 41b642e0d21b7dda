"""What the tables and lists of several formats say of a finding, in one place: its words, its dates, its place."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from checker.config import SHANGHAI
from checker.model.results import Assessment, Change, Finding, Gone, Outcome, Scan, SubjectResult, Verdict
from checker.report._wording import CHANGES, EFFECTS, PLATFORMS, change_mark, figure, untold, verdict_on

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""

CERTAINTY_WORDS = {"certain": "确定", "candidate": "候选", "unknown": "无法判定"}
GONE_WORDS = {
    Change.RECTIFIED: "已整改",
    Change.NOT_SEEN: "未能复核",
    Change.REMOVED: "页面或栏目已撤下，待人工确认",
}
BASELINE_WORDS = {"known": "基线已有", "new": "基线之外"}
SUPPRESSION_WORDS = {"active": "生效", "expired": "已过期", "future": "未生效"}
KIND_WORDS = {"site": "政府网站", "account": "政务新媒体"}
SCAN_WORDS = {"scan": "检查", "recheck": "复查"}
EARLY = "预警"
NOT_RECHECKED = "未复查"
FEW = 5
"""Findings of one rule and clause that reports to read through tell one by one; tables have all."""


Mark = tuple[str, str]
"""Who a finding of a subject is: its rule and its fingerprint."""

Unseen = dict[Mark, str]
"""Why findings could not be looked at again."""


@dataclass(frozen=True, slots=True)
class Row:
    """One finding with the rule and the subject that it belongs to."""

    subject: SubjectResult
    assessment: Assessment
    finding: Finding

    @property
    def mark(self) -> Mark:
        """Who it is."""
        return self.assessment.rule, self.finding.fingerprint

    @property
    def counts(self) -> bool:
        """Whether it is a certain problem or merit that somebody must answer for today.

        What a recheck could not look at again is none: nobody knows whether it is still there.
        """
        return _stands(self.finding) and self.finding.rechecked != "unknown"

    @property
    def problem_counts(self) -> bool:
        """Whether it is one of the problems that reports count (查实问题): certain, and neither suppressed nor an early
        warning, a merit, or a repetition of another finding."""
        return self.counts and self.assessment.effect != "bonus" and not self.assessment.of_others

    @property
    def candidate_counts(self) -> bool:
        """Whether it is one of the 候选问题: such a problem as soon as a person confirms it."""
        f, a = self.finding, self.assessment
        aside = f.suppressed or f.notice or a.effect == "bonus" or a.of_others or f.rechecked == "unknown"
        return f.certainty == "candidate" and not aside

    @property
    def effect(self) -> str:
        """The effect in Chinese; an early warning has none yet."""
        return EARLY if self.early else EFFECTS.get(self.assessment.effect, self.assessment.effect)

    @property
    def early(self) -> bool:
        """Whether it warns before the limit of a veto or deduction is reached."""
        return self.finding.notice and self.assessment.effect != "notice"

    @property
    def problem(self) -> str:
        """What is wrong, in the words of the clause or else of the rule."""
        return self.finding.problem or self.assessment.problem or self.assessment.title

    @property
    def claim(self) -> str:
        """The problem, or that nobody can tell whether there is one."""
        return untold(self.problem) if self.finding.certainty == "unknown" else self.problem

    @property
    def detail(self) -> str:
        """The detail; of what cannot be told only the reason, as `claim` says the rest."""
        said = self.finding.detail
        return said.removeprefix("不能判定：") if self.finding.certainty == "unknown" else said


def _stands(finding: Finding) -> bool:
    return finding.certainty == "certain" and not finding.suppressed and not finding.notice


def bare(assessment: Assessment) -> bool:
    """Whether a rule that failed has no row that shows it; one that a recheck could not look at again shows it too."""
    return not any(map(_stands, assessment.findings))


def rows(scan: Scan) -> Iterator[Row]:
    """Every finding of a scan, in the order of subjects and rules."""
    for subject in scan.subjects:
        yield from rows_of(subject)


def rows_of(subject: SubjectResult) -> Iterator[Row]:
    """Every finding of a subject."""
    for assessment in subject.assessments:
        for finding in assessment.findings:
            yield Row(subject, assessment, finding)


def gone_apart(subject: SubjectResult) -> list[Gone]:
    """The findings that are gone and have no row any more: one that could not be told has, and counts once."""
    return without_row(gone_own(subject), ((a.rule, f) for a in subject.assessments for f in a.findings))


def without_row(gone: Iterable[Gone], rows: Iterable[tuple[str, Finding]]) -> list[Gone]:
    """Those that are gone and not among these rows of rules; an early warning is no row of what it warned of."""
    here: dict[tuple[str, str], list[Finding]] = {}
    for rule, finding in rows:
        here.setdefault((rule, finding.fingerprint), []).append(finding)
    return [g for g in gone if all(is_beside(f, g) for f in here.get((g.rule, g.fingerprint), ()))]


def is_beside(finding: Finding, gone: Gone) -> bool:
    """Whether a row is only an early warning of what is gone, by another clause."""
    return finding.notice and finding.clause != gone.clause


def gone_own(subject: SubjectResult) -> list[Gone]:
    """The findings that are gone, but for those that only repeated others."""
    others = {a.rule for a in subject.assessments if a.of_others}
    return [g for g in subject.gone if g.rule not in others]


def why_unseen(subject: SubjectResult) -> Unseen:
    """Why known findings that are here without anybody having seen them could not be looked at."""
    doubtful = {Row(subject, a, f).mark for a in subject.assessments for f in a.findings if _unseen(f)}
    return {mark: g.reason for g in subject.gone if (mark := (g.rule, g.fingerprint)) in doubtful}


def _unseen(finding: Finding) -> bool:
    return "unknown" in {finding.certainty, finding.rechecked}


def known_rule(subject: SubjectResult, rule: str) -> Assessment | None:
    """What a rule says of the subject today, None if it was not asked: gone findings name only its id."""
    return next((a for a in subject.assessments if a.rule == rule), None)


def gone_title(subject: SubjectResult, gone: Gone) -> str:
    """The indicator of a gone finding, by its problem where the rule is not there any more."""
    assessment = known_rule(subject, gone.rule)
    return assessment.title if assessment else gone.problem


def change_word(row: Row, as_of: str, recheck: bool = False, unseen: Container[Mark] = ()) -> str:
    """新增, 仍未整改, 有变化, 再次出现; 仍存在 where nobody is to blame yet; '' for what could not be seen.

    Of a recheck: 未能复核 where nobody could tell, 未复查 of the rows that it took over without looking at them again.
    `unseen` are the known findings that could not be looked at.
    """
    f = row.finding
    if f.rechecked == "unknown":
        return GONE_WORDS[Change.NOT_SEEN]
    if f.certainty == "unknown":
        return GONE_WORDS[Change.NOT_SEEN] if row.mark in unseen else ""
    if recheck and not f.rechecked:
        return NOT_RECHECKED
    if f.rechecked and f.change in {Change.NEW, Change.UNCHANGED}:
        return CHANGES["unchanged"] if row.counts else "仍存在"
    if f.change == Change.NEW:
        return "新增"
    return change_mark(f, row.assessment.effect, as_of) or "仍存在"


def standing(row: Row) -> str:
    """What a row does to its subject: 否决, 扣分 …; a row that does nothing says why."""
    a, f = row.assessment, row.finding
    if f.suppressed:
        return "已豁免"
    if f.certainty != "certain" or f.rechecked == "unknown":
        return "待人工确认" if f.certainty == "candidate" else "无法判定"
    if row.early:
        return "未达标准"
    return verdict_on(a.effect, a.outcome) or ("计分" if f.points else "未计分")


def gone_word(gone: Gone) -> str:
    """What became of a known finding that is not there today."""
    return GONE_WORDS.get(gone.change, CHANGES.get(gone.change, gone.change))


def main_problems(subject: SubjectResult) -> str:
    """What the annex prints under 主要存在问题: each wording once, vetoes first; '' if there is nothing certain."""
    said = _wordings(subject, "veto") | _wordings(subject, "deduct")
    if below := below_the_line(subject):
        said.setdefault(below, [])
    return _listed(said)


def notices(subject: SubjectResult) -> str:
    """The same of what neither vetoes nor costs points."""
    return _listed(_wordings(subject, "notice"))


def _wordings(subject: SubjectResult, effect: str) -> dict[str, list[Finding]]:
    """The certain findings of the failed rules of an effect by their wording; none for a rule that fails without."""
    said: dict[str, list[Finding]] = {}
    for a in (a for a in subject.assessments if a.outcome is Outcome.FAIL and a.effect == effect):
        found = [r for f in a.findings if (r := Row(subject, a, f)).counts]
        for r in found:
            said.setdefault(r.problem, []).append(r.finding)
        if bare(a):
            said.setdefault(a.problem or a.title, [])
    return said


def _listed(said: dict[str, list[Finding]]) -> str:
    return "；".join(f"{wording}{_told_before(found)}" for wording, found in said.items())


def _told_before(found: list[Finding]) -> str:
    """（2021-08-20已通报，仍未整改）, as circulars put it, of problems of one wording; '' if none was notified."""
    told = [f for f in found if f.notified_on]
    if not told:
        return ""
    again = "再次出现" if all(f.change == Change.REOPENED for f in told) else "仍未整改"
    some = "" if len(told) == len(found) else f"其中{len(told)}处"
    return f"（{some}{max(f.notified_on[:10] for f in told)}已通报，{again}）"


def below_the_line(subject: SubjectResult) -> str:
    """Why a subject without a veto is 不合格; '' of all others."""
    vetoed = any(a.effect == "veto" and a.outcome is Outcome.FAIL for a in subject.assessments)
    if subject.verdict is not Verdict.UNQUALIFIED or vetoed or subject.score.part2 is None:
        return ""
    return f"第二部分得分{figure(subject.score.part2)}，低于60分"


def full_name(subject: SubjectResult) -> str:
    """The name as the annexes print it: an account with its platform in brackets, 赣州教育（微信订阅号）."""
    if subject.kind != "account" or subject.name.endswith((f"（{platform(subject)}）", f"({platform(subject)})")):
        return subject.name
    return f"{subject.name}（{platform(subject)}）"


def platform(subject: SubjectResult) -> str:
    """The kind of an account in Chinese."""
    return PLATFORMS.get(subject.platform, subject.platform)


def code(subject: SubjectResult) -> str:
    """The 标识码 of a subject, 无 where it is registered under an id of one's own."""
    return subject.id if re.fullmatch(r"\d{10}|\d{6}M\d{3}[A-Z]{2}\d{4}", subject.id) else "无"


def wall_time(value: str) -> datetime | str | None:
    """An ISO 8601 time as clocks in Beijing show it, without zone; None for '', other texts as they are."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value or None
    local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
    return local.replace(tzinfo=None, microsecond=0) if local.year > 1900 else value


def day(value: str) -> date | str | None:
    """The Beijing day of an ISO 8601 date or time; None for '', other texts as they are."""
    moment = wall_time(value)
    return moment.date() if isinstance(moment, datetime) else moment


def place(value: str) -> str:
    """A location as a reader can use it: an account has no page to stand on."""
    return "" if value.startswith("account:") else value
