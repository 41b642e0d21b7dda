"""How many problems there are: one definition, one word and one unit for every format.

查实问题 are certain findings that nobody has suppressed and that are neither early warnings, nor merits, nor
repetitions of findings notified before (上期通报未整改), which have rows of their own. Findings are counted in 条,
rules in 项指标.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from checker.model.results import Outcome, SubjectResult
from checker.report._rows import Row, rows_of

PROBLEMS = "查实问题"
CANDIDATES = "候选问题"
REPEATED = "上期通报未整改"
REPEATED_DOUBTS = "上期通报待确认"
WARNINGS = "预警"
SUPPRESSED = "已豁免"
UNDECIDED = "无法判定"
IN_REVIEW = "待人工确认"
FINDINGS, RULES = "条", "项指标"


@dataclass(frozen=True, slots=True)
class Count:
    """A number, what it counts, and its unit."""

    word: str
    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.word} {self.number} {self.unit}"


def counts_of(subjects: Iterable[SubjectResult]) -> dict[str, Count]:
    """What there is of each, by its word: problems first, then what waits, what repeats, what is set aside, rules."""
    found: Counter[str] = Counter()
    for subject in subjects:
        found.update(filter(None, map(kind_of, rows_of(subject))))
        found.update(_RULES.get(a.outcome, "") for a in subject.assessments)
    units = dict.fromkeys((PROBLEMS, CANDIDATES, REPEATED, REPEATED_DOUBTS, WARNINGS, SUPPRESSED), FINDINGS)
    units |= dict.fromkeys((UNDECIDED, IN_REVIEW), RULES)
    return {word: Count(word, found[word], unit) for word, unit in units.items()}


_RULES = {Outcome.OPEN: UNDECIDED, Outcome.REVIEW: IN_REVIEW}


def kind_of(row: Row) -> str:
    """Which of the counts a finding belongs to, '' for none: merits, and what could not be seen."""
    f = row.finding
    if f.suppressed:
        return SUPPRESSED
    if f.certainty == "unknown" or f.rechecked == "unknown":
        return ""
    if row.assessment.of_others:
        return REPEATED if f.certainty == "certain" else REPEATED_DOUBTS
    if row.problem_counts:
        return PROBLEMS
    if row.candidate_counts:
        return CANDIDATES
    return WARNINGS if row.early and f.certainty == "certain" else ""


def counted(subjects: Iterable[SubjectResult]) -> str:
    """The counts in a sentence; the problems always, of the others those that are there."""
    first, *others = counts_of(subjects).values()
    return "，".join(map(str, (first, *(c for c in others if c.number))))
