"""What could not be decided, for the text report: what all subjects of a kind share is said once, at the end."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rich.text import Text

from checker.model.results import Assessment, Finding, Outcome, Scan, SubjectResult
from checker.report._lines import Sheet, plain
from checker.report._wording import EFFECTS

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Common:
    """Open rules with their reasons, and questions, that all subjects of a kind share; empty for a lone subject."""

    undecided: dict[str, dict[_Pair, Assessment]]
    questions: dict[str, frozenset[_Pair]]


def telling(assessment: Assessment) -> tuple[Finding, ...]:
    """The findings that say more than that the rule is undecided, and why: that is said once, among what is open."""
    empty = f"不能判定：{assessment.reason}"
    return tuple(f for f in assessment.findings if not (f.certainty == "unknown" and f.detail == empty))


def common_doubts(scan: Scan) -> Common:
    """Compare the subjects of each kind; rules that do not apply to a subject do not count against being shared."""
    undecided: dict[str, dict[_Pair, Assessment]] = {}
    questions: dict[str, frozenset[_Pair]] = {}
    for kind in ("site", "account"):
        subjects = [s for s in scan.subjects if s.kind == kind and s.verdict is not None]
        if len(subjects) < 2:
            undecided[kind], questions[kind] = {}, frozenset()
            continue
        undecided[kind] = _shared_open(subjects)
        asked = [{(a.rule, q) for a in s.assessments for q in a.unasked} for s in subjects]
        with_asked = list(zip(subjects, asked, strict=True))
        everywhere = [p for p in set().union(*asked) if all(p in one or _idle(s, p[0]) for s, one in with_asked)]
        questions[kind] = frozenset(everywhere)
    return Common(undecided, questions)


def _shared_open(subjects: list[SubjectResult]) -> dict[_Pair, Assessment]:
    found: dict[_Pair, Assessment] = {}
    for subject in subjects:
        for a in subject.assessments:
            if a.outcome is Outcome.OPEN and not telling(a):
                found.setdefault((a.rule, a.reason or ""), a)
    return {
        pair: a
        for pair, a in found.items()
        if all(_idle(s, pair[0]) or _open_with(s, pair) for s in subjects)
    }  # fmt: skip


def _idle(subject: SubjectResult, rule: str) -> bool:
    """Whether a rule does not look at a subject at all."""
    return all(a.outcome is Outcome.NOT_APPLICABLE for a in subject.assessments if a.rule == rule)


def _open_with(subject: SubjectResult, pair: _Pair) -> bool:
    return any(
        (a.rule, a.reason or "") == pair and a.outcome is Outcome.OPEN and not telling(a) for a in subject.assessments
    )


def write_open(sheet: Sheet, subject: SubjectResult, common: Common) -> None:
    """The subject's open rules, those with the same reason together; vetoes first."""
    shared = common.undecided.get(subject.kind, {})
    everything = [a for a in subject.assessments if a.outcome is Outcome.OPEN]
    own = [a for a in everything if (a.rule, a.reason or "") not in shared]
    if not everything:
        return
    sheet.gap()
    same = len(everything) - len(own)
    more = f"，其中 {same} 项各对象相同，见文末" if same else ""
    sheet.add(Text(f"无法判定（{len(everything)}项{more}）", "bold yellow"), indent=2)
    _by_reason(sheet, own)


def _by_reason(sheet: Sheet, undecided: Iterable[Assessment]) -> None:
    grouped: dict[str, list[Assessment]] = defaultdict(list)
    for assessment in sorted(undecided, key=lambda a: list(EFFECTS).index(a.effect)):
        grouped[assessment.reason or "原因不明"].append(assessment)
    for reason, rules in grouped.items():
        line = Text.assemble((f"{plain(reason)}：", "yellow"))
        line.append("、".join(f"{a.rule} {plain(a.title)}" for a in rules))
        sheet.add(line, indent=4, hang=2)


def write_unasked(sheet: Sheet, subject: SubjectResult, common: Common) -> None:
    """The questions that wait for a person and are not asked of every subject alike."""
    shared = common.questions.get(subject.kind, frozenset())
    pairs = [(a.rule, q) for a in subject.assessments for q in a.unasked if (a.rule, q) not in shared]
    if pairs:
        sheet.gap()
        sheet.add(Text(f"待人工核实（{len(pairs)}项）", "bold"), indent=2)
        _questions(sheet, pairs)


def _questions(sheet: Sheet, pairs: Iterable[_Pair]) -> None:
    for rule, question in pairs:
        sheet.add(Text.assemble((f"{rule} ", "cyan"), plain(question)), indent=4, hang=2)


def write_common(sheet: Sheet, scan: Scan, common: Common, titles: dict[str, str]) -> None:
    """The shared part, once for each kind of subject."""
    for kind, title in titles.items():
        undecided, questions = common.undecided.get(kind, {}), common.questions.get(kind, frozenset())
        if not undecided and not questions:
            continue
        sheet.heading(f"{title}共同未决事项", "bold cyan")
        if undecided:
            sheet.add(Text(f"无法判定（{len(undecided)}项）", "bold yellow"), indent=2)
            _by_reason(sheet, undecided.values())
        if questions:
            order = [(a.rule, q) for s in scan.subjects for a in s.assessments for q in a.unasked]
            sheet.gap()
            sheet.add(Text(f"待人工核实（{len(questions)}项，每个对象都要核实）", "bold"), indent=2)
            _questions(sheet, [p for p in dict.fromkeys(order) if p in questions])
