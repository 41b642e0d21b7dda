"""What stands at the top: verdicts and rates, who fell by what, warnings, and what went wrong on our side."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from checker.model.results import Assessment, KindSummary, Outcome, Past, Scan, SuppressionUse, Verdict
from checker.report._counted import FINDINGS, PROBLEMS, REPEATED, REPEATED_DOUBTS, counts_of
from checker.report._recheck import DONE, STILL, UNTOLD, answers
from checker.report._rows import BASELINE_WORDS, GONE_WORDS, NOT_RECHECKED, gone_own, gone_word
from checker.report._wording import figure, half_decided_line
from checker.report.html._charts import Bar, Segment, Trend, bars, stacked, trend
from checker.report.html._units import Entry, Group, Subject, Unit
from checker.report.text import KINDS

SHOWN = 3
"""Rows that an overview shows of a rule before it leads to the rest."""
TOP = 10
_RULE_BROKE = "规则执行出错"
_CHANGE_ORDER = ["新增", "再次出现", "仍未整改", "有变化", "仍存在", NOT_RECHECKED, *GONE_WORDS.values()]


@dataclass(frozen=True, slots=True)
class Kind:
    """Sites or accounts: the counts, the verdicts as a bar, and how many passed with vetoes undecided."""

    name: str
    title: str
    summary: KindSummary
    segments: list[Segment]
    half_decided: str


@dataclass(frozen=True, slots=True)
class Case:
    """A rule on a subject as an overview tells it: some rows, and how many more there are."""

    unit: Unit
    subject: Subject
    group: Group
    rows: list[Entry]
    more: int


@dataclass(frozen=True, slots=True)
class Mended:
    """What a recheck says of a subject: its 整改情况, and how many findings became what."""

    unit: Unit
    subject: Subject
    word: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything before the units."""

    kinds: list[Kind]
    tallies: list[tuple[str, int, str]]
    trend: Trend | None
    past: list[Past]
    deductions: list[Bar]
    changes: list[Bar]
    vetoes: list[Case]
    low: list[tuple[Unit, Subject]]
    warnings: list[Case]
    problems: list[tuple[Unit, Subject, list[str]]]
    suppressions: list[SuppressionUse]
    mended: list[Mended]


def overview_of(scan: Scan, units: list[Unit]) -> Overview:
    """Gather it from the scan and its units."""
    vetoes = list(_vetoes(units))
    past = [*scan.trend, Past(scan.id, scan.as_of, scan.sites, scan.accounts)]
    return Overview(
        kinds=[
            Kind(name, title, summary, stacked(summary), _half_decided(scan, name))
            for (name, title), summary in zip(KINDS.items(), (scan.sites, scan.accounts), strict=True)
            if summary.registered
        ],
        tallies=_tallies(units),
        trend=trend(past),
        past=past,
        deductions=_deductions(scan),
        changes=_changes(units),
        vetoes=vetoes,
        low=_low(units, vetoes),
        warnings=list(_warnings(units)),
        problems=list(_problems(units)),
        suppressions=sorted(scan.suppressions, key=lambda s: s.state != "expired"),
        mended=list(_mended(units)) if scan.kind == "recheck" else [],
    )


def _half_decided(scan: Scan, kind: str) -> str:
    return half_decided_line(s for s in scan.subjects if s.kind == kind)


def _everyone(units: list[Unit]) -> Iterator[tuple[Unit, Subject]]:
    return ((unit, subject) for unit in units for subject in unit.subjects)


def _tallies(units: list[Unit]) -> list[tuple[str, int, str]]:
    """The rows in numbers: what counts, what a person must confirm, what cannot be told, what was set aside."""
    rows = [row for unit in units for row in unit.rows]
    asked = sum(len(a.unasked) for _, s in _everyone(units) for a in s.result.assessments)
    counts = [(c.word, c.number, c.unit) for c in counts_of(s.result for _, s in _everyone(units)).values()]
    told_before = sum(bool(r.finding.notified_on) and r.kind_counted == PROBLEMS for r in rows)
    told = Counter(r.finding.baseline for r in rows if r.effect != "bonus" and r.finding.certainty != "unknown")
    return [
        counts[0],
        ("其中上期已通报", told_before, FINDINGS),
        *(c for c in counts[1:] if c[1] or c[0] not in {REPEATED, REPEATED_DOUBTS}),
        ("待人工核实", asked, "个问题"),
        *((word, told[name], "条") for name, word in BASELINE_WORDS.items() if told["known"] or told["new"]),
    ]


def _groups(units: list[Unit]) -> Iterator[tuple[Unit, Subject, Group]]:
    return ((u, s, g) for u, s in _everyone(units) for groups in s.groups.values() for g in groups)


def _case(unit: Unit, subject: Subject, group: Group, rows: list[Entry]) -> Case:
    return Case(unit, subject, group, rows[:SHOWN], len(rows[SHOWN:]))


def _vetoes(units: list[Unit]) -> Iterator[Case]:
    for unit, subject, group in _groups(units):
        if group.effect == "veto" and group.rule.outcome is Outcome.FAIL:
            yield _case(unit, subject, group, [r for r in group.rows if r.counts])


def _low(units: list[Unit], vetoes: list[Case]) -> list[tuple[Unit, Subject]]:
    """Subjects that no veto felled: their points did."""
    fell = {case.subject.anchor for case in vetoes}
    found = ((u, s) for u, s in _everyone(units) if s.result.verdict is Verdict.UNQUALIFIED)
    return [(unit, subject) for unit, subject in found if subject.anchor not in fell]


def _warnings(units: list[Unit]) -> Iterator[Case]:
    """Early warnings of rules that count, then what is only pointed out; certain rows."""
    found = [
        _case(unit, subject, group, rows)
        for unit, subject, group in _groups(units)
        if group.effect == "notice" and (rows := [r for r in group.rows if r.counts])
    ]
    yield from sorted(found, key=lambda case: not case.group.early)


def _problems(units: list[Unit]) -> Iterator[tuple[Unit, Subject, list[str]]]:
    for unit, subject in _everyone(units):
        result = subject.result
        said = list(result.problems)
        said += [f"首页未能读取：{subject.unread}"] if subject.unread else []
        said += [
            f"{a.rule} {a.title}：{a.reason}"
            for a in result.assessments
            if a.reason and a.reason.startswith(_RULE_BROKE)
        ]
        said += [f"{n} 条依据未能存档"] if (n := result.statistics.get("unarchived")) else []
        if said:
            yield unit, subject, said


def _deductions(scan: Scan) -> list[Bar]:
    lost: dict[tuple[str, str], list[Assessment]] = defaultdict(list)
    for assessment in (a for s in scan.subjects for a in s.assessments if a.effect == "deduct" and a.points < 0):
        lost[assessment.rule, assessment.title].append(assessment)
    totals = [(label, sum((a.points for a in of), Decimal(0)), len(of)) for label, of in lost.items()]
    totals.sort(key=lambda one: (one[1], one[0]))
    return bars(
        (f"{title} {rule}", p, f"{figure(p, sign=True)} 分", f"{n} 个对象") for (rule, title), p, n in totals[:TOP]
    )


def _changes(units: list[Unit]) -> list[Bar]:
    """Findings that count and known ones that are gone, by what became of them; nothing where all is new."""
    found = Counter(row.change for unit in units for row in unit.rows if row.kind_counted == PROBLEMS)
    found.update(gone_word(g) for _, s in _everyone(units) for g in gone_own(s.result))
    if set(found) <= {"新增"}:
        return []
    words = [w for w in _CHANGE_ORDER if found[w]]
    return bars((word, Decimal(found[word]), f"{found[word]} 条", "") for word in words)


def _mended(units: list[Unit]) -> Iterator[Mended]:
    for unit, subject in _everyone(units):
        counts = Counter(answer.state for answer in answers(subject.result))
        if subject.result.rectification or counts:
            yield Mended(unit, subject, subject.result.rectification, {w: counts[w] for w in (DONE, STILL, UNTOLD)})
