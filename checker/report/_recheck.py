"""A recheck for a person at a terminal: 整改情况 of each subject, and finding by finding what became of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.text import Text

from checker.model.results import Assessment, Change, Finding, Gone, Scan, SubjectResult
from checker.report._lines import Sheet, plain
from checker.report._rows import gone_title
from checker.report._wording import figure

STATES = {"整改后合格": "bold green", "不合格": "bold red", "未整改": "bold red", "待核": "bold yellow"}
DONE, STILL, UNTOLD = "已整改", "未整改", "无法判定"
_LISTS = {DONE: "green", STILL: "red", UNTOLD: "yellow"}
_GONE = {Change.RECTIFIED: DONE, Change.REMOVED: UNTOLD, Change.NOT_SEEN: UNTOLD}
_FINGERPRINT = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """One finding that was looked at again: in which list it belongs, its rule, what it was, and what is said of it."""

    state: str
    rule: str
    title: str
    finding: Finding | Gone
    reason: str


def answers(subject: SubjectResult) -> Iterator[Answer]:
    """Every finding of a subject that a recheck looked at, first the rectified ones, once each."""
    for gone in subject.gone:
        reason = f"页面或栏目已不存在，请人工确认：{gone.reason}" if gone.change is Change.REMOVED else gone.reason
        yield Answer(_GONE.get(gone.change, UNTOLD), gone.rule, gone_title(subject, gone), gone, reason)
    seen: set[str] = set()
    for a in subject.assessments:
        for finding in a.findings:
            if finding.rechecked == "notRectified" and finding.fingerprint not in seen:
                seen.add(finding.fingerprint)
                yield _still(a, finding)


def _still(assessment: Assessment, finding: Finding) -> Answer:
    """What is there again: a suspicion that nobody has confirmed is not called 未整改."""
    if finding.certainty == "certain":
        return Answer(STILL, assessment.rule, assessment.title, finding, finding.detail)
    reason = f"疑似问题仍在，待人工确认：{finding.detail}"
    return Answer(UNTOLD, assessment.rule, assessment.title, finding, reason)


def tally_line(subjects: Iterable[SubjectResult]) -> str:
    """How many findings were looked at again, and how many of them became what."""
    counts = Counter(answer.state for s in subjects for answer in answers(s))
    told = "，".join(f"{word} {counts[word]}" for word in _LISTS)
    return f"复查问题 {counts.total()} 个：{told}"


TAKEN_OVER = "只重新采集了所通报的问题；其余沿用原检查结果，见原检查的报告。"


def write_head(sheet: Sheet, scan: Scan) -> None:
    """What was looked at again, and how it came out."""
    line = f"依据检查 {plain(scan.based_on)}，{tally_line(scan.subjects)}"
    sheet.add(Text.assemble(("复查  ", "bold"), line), hang=6)
    states = Counter(s.rectification for s in scan.subjects if s.rectification)
    if states:
        line = "，".join(f"{word} {states[word]} 个" for word in STATES if states[word])
        sheet.add(Text.assemble(("整改情况  ", "bold"), line), hang=10)
    sheet.add(Text(TAKEN_OVER, "dim"))


def write_subject(sheet: Sheet, subject: SubjectResult) -> None:
    """整改情况 and the three lists of one subject."""
    if subject.rectification:
        state = (plain(subject.rectification), STATES.get(subject.rectification, "bold"))
        sheet.add(Text.assemble(("整改情况：", "bold"), state), indent=2)
    found = list(answers(subject))
    for word, colour in _LISTS.items():
        mine = [answer for answer in found if answer.state == word]
        if not mine:
            continue
        sheet.gap()
        sheet.add(Text(f"{word} {len(mine)} 个", f"bold {colour}"), indent=2)
        for answer in mine:
            _answer(sheet, answer)


def _answer(sheet: Sheet, answer: Answer) -> None:
    f = answer.finding
    line = Text.assemble("· ", (f"{plain(answer.rule)} ", "cyan"), plain(f.problem or answer.title))
    about = plain(answer.reason)
    line.append(f"：{about}" if about else "")
    if isinstance(f, Finding) and f.points:
        line.append(f"  {figure(f.points, sign=True)} 分", "bold")
    sheet.add(line.append(f" 〔{f.fingerprint[:_FINGERPRINT]}〕", "dim"), indent=4, hang=2)
    if answer.state != STILL and f.detail:
        sheet.add(Text(f"原问题：{plain(f.detail)}", "dim"), indent=6, hang=8)
    for label, value in (("位置：", f.location), ("地址：", f.url)):
        if value and not value.startswith("account:") and (label == "位置：" or value != f.location):
            sheet.address(label, plain(value, 2000), indent=6)
    if f.notified_on:
        sheet.add(Text(f"通报日期：{plain(f.notified_on)}", "dim"), indent=6)
