"""Scoring: arithmetic on assessments, exactly as standard §1 and design §5 say; no network, no database.

Part 2 is kept as a fraction until the end, so that the edges at 60 and 80 are exact even under the factor 4/3.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from checker.model.results import (
    Assessment,
    Decided,
    Finding,
    KindSummary,
    Outcome,
    Score,
    SubjectResult,
    UnitResult,
    Verdict,
)
from checker.model.rules import Grade, Profile, When

PASS_MARK = Fraction(60)
BONUS_MARK = Fraction(80)
SERVICES_POINTS = 25
"""The caps of part B; without outward services they are left out and the rest counts × 4/3 (standard §1.5)."""
BONUS_CAP = Fraction(30)
_DECIDED = frozenset({Outcome.PASS, Outcome.FAIL})


def _points(value: Fraction, decimals: int = 2) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP).normalize() + 0


def _is_services(assessment: Assessment) -> bool:
    return assessment.rule[:1] == "b" and assessment.rule[1:2].isdigit()


def part2_of(assessments: Iterable[Assessment], services: bool, at_risk: bool = False) -> Fraction:
    """100 less the deductions, each within its cap; `at_risk` adds what is open or in review."""
    lost = Fraction(0)
    for a in assessments:
        if a.effect != "deduct" or (_is_services(a) and not services):
            continue
        loss = -Fraction(a.points) - (Fraction(a.at_risk) if at_risk else 0)
        lost += min(Fraction(a.cap), loss)
    if services:
        return 100 - lost
    return (100 - SERVICES_POINTS - lost) * Fraction(4, 3)


def bonus_of(assessments: Iterable[Assessment]) -> Fraction:
    """Points earned, each rule within its cap, all together at most 30."""
    earned = (min(Fraction(a.cap), Fraction(a.points)) for a in assessments if a.effect == "bonus")
    return min(BONUS_CAP, sum(earned, Fraction(0)))


def _total(part2: Fraction, bonus: Fraction) -> Fraction:
    return part2 + bonus if part2 > BONUS_MARK else part2


def score_of(assessments: Sequence[Assessment], services: bool, profile: Profile) -> Score:
    """The points of a scored subject; a vetoed one keeps part 2 and bonus as advice, its total as the profile says."""
    part2, bonus = part2_of(assessments, services), bonus_of(assessments)
    lowest = _total(part2_of(assessments, services, at_risk=True), bonus)
    total: Decimal | None = _points(_total(part2, bonus))
    if _vetoed(assessments) or part2 < PASS_MARK:
        total = {"zero": Decimal(0), "kept": total}.get(profile.vetoed_total or "null")
    return Score(total, _points(part2), _points(bonus), _points(lowest))


def _vetoed(assessments: Iterable[Assessment]) -> bool:
    return any(a.effect == "veto" and a.outcome is Outcome.FAIL for a in assessments)


def verdict_of(assessments: Sequence[Assessment], services: bool, scored: bool) -> Verdict:
    """unqualified by a veto or part 2 below 60; pending while a blocking rule waits; else qualified (design §5)."""
    if _vetoed(assessments) or (scored and part2_of(assessments, services) < PASS_MARK):
        return Verdict.UNQUALIFIED
    if any(a.blocks for a in assessments):
        return Verdict.PENDING
    return Verdict.QUALIFIED


def decided_of(assessments: Iterable[Assessment]) -> Decided:
    """How many of the vetoes that apply were decided, and which were not."""
    vetoes = [a for a in assessments if a.effect == "veto" and a.outcome is not Outcome.NOT_APPLICABLE]
    return Decided(
        len(vetoes),
        sum(a.outcome in _DECIDED for a in vetoes),
        tuple(a.rule for a in vetoes if a.outcome is Outcome.OPEN),
        tuple(a.rule for a in vetoes if a.outcome is Outcome.REVIEW),
    )


def grade_of(
    grades: Iterable[Grade], kind: str, verdict: Verdict, total: Decimal | None, assessments: Iterable[Assessment]
) -> str | None:
    """The first grade whose conditions all hold; None if the profile grades nobody."""
    outcomes = {a.rule: a.outcome for a in assessments}
    return next((g.grade for g in grades if _matches(g.when, kind, verdict, total, outcomes)), None)


def _matches(when: When, kind: str, verdict: Verdict, total: Decimal | None, outcomes: dict[str, Outcome]) -> bool:
    if when.kind and kind not in when.kind:
        return False
    if when.verdict is not None and verdict not in when.verdict:
        return False
    if when.failed and not any(outcomes.get(r) is Outcome.FAIL for r in when.failed):
        return False
    if when.not_earned and not any(outcomes.get(r) is Outcome.NOT_EARNED for r in when.not_earned):
        return False
    if when.undecided and not any(outcomes.get(r) in {Outcome.OPEN, Outcome.REVIEW} for r in when.undecided):
        return False
    return when.score_below is None or (total is not None and total < when.score_below)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the arithmetic must know of a subject beside its assessments.

    `services`: outward services; `scored`: the profile scores its kind; `place`: kind of a site, or account.
    """

    services: bool
    scored: bool
    place: str


def reassessed(assessment: Assessment, rows: Sequence[Finding]) -> Assessment:
    """An assessment with other rows through its old effect; nothing else of it is judged again.

    The same rows give the same assessment. What was open for lack of facts stays open; what its rows had decided
    follows its rows. A veto that failed and is in doubt now holds the verdict back.
    """
    if [(f.fingerprint, f.suppressed) for f in rows] == [(f.fingerprint, f.suppressed) for f in assessment.findings]:
        return replace(assessment, findings=tuple(rows))
    best = _best(rows)
    outcome = _outcome_of(assessment, best)
    points, whole = _worth(assessment, best, {"certain"}), _worth(assessment, best, set(_SURENESS))
    before = assessment.points + assessment.at_risk
    if before != _worth(assessment, _best(assessment.findings), set(_SURENESS)):  # facts lacked: all stays at risk
        whole = before
    waits = outcome in {Outcome.OPEN, Outcome.REVIEW}
    problems = [f.problem for f in rows if not f.notice] or [f.problem for f in rows]
    return replace(
        assessment,
        outcome=outcome,
        problem="；".join(dict.fromkeys(filter(None, problems))) or assessment.problem,
        points=points,
        at_risk=whole - points,
        reason=assessment.reason if outcome is assessment.outcome else _WHY.get(outcome),
        blocks=waits and (assessment.blocks or _failed(assessment)),
        findings=_repriced(assessment, rows),
    )


def _failed(assessment: Assessment) -> bool:
    return assessment.effect == "veto" and assessment.outcome is Outcome.FAIL


_SURENESS = ("certain", "candidate", "unknown")
_WHY = {Outcome.REVIEW: "有候选问题，需人工确认", Outcome.OPEN: "所涉范围采集不完整"}
_Best = dict[tuple[str, str], Finding]


def _best(rows: Iterable[Finding]) -> _Best:
    """Of each item that counts its surest row."""
    best: _Best = {}
    for row in rows:
        if row.notice or row.suppressed is not None:
            continue
        known = best.setdefault((row.clause, row.item), row)
        if _SURENESS.index(row.certainty) < _SURENESS.index(known.certainty):
            best[row.clause, row.item] = row
    return best


def _outcome_of(assessment: Assessment, best: _Best) -> Outcome:
    if assessment.effect == "bonus" or assessment.outcome is Outcome.NOT_APPLICABLE:
        return assessment.outcome
    counts = [
        len({item for (_, item), row in best.items() if row.certainty in _SURENESS[: n + 1]})
        for n in range(len(_SURENESS))
    ]
    certain, likely, possibly = (count >= assessment.need for count in counts)
    if certain:
        return Outcome.FAIL
    if assessment.outcome is Outcome.OPEN:
        return Outcome.OPEN
    return Outcome.REVIEW if likely else Outcome.OPEN if possibly else Outcome.PASS


def _worth(assessment: Assessment, best: _Best, sureness: Collection[str]) -> Decimal:
    """Points of the items of these certainties, within the cap."""
    value = sum((abs(row.price) for row in best.values() if row.certainty in sureness), Decimal(0))
    return _sign(assessment) * min(assessment.cap, value) + 0


def _sign(assessment: Assessment) -> int:
    return -1 if assessment.effect == "deduct" else 1


def _repriced(assessment: Assessment, rows: Iterable[Finding]) -> tuple[Finding, ...]:
    """The points of an item stand on its first row, within the cap in order."""
    left, paid, found = assessment.cap, set[tuple[str, str]](), []
    for row in rows:
        points, at = Decimal(0), (row.clause, row.item)
        if row.certainty == "certain" and not row.notice and row.suppressed is None and at not in paid:
            points = min(left, abs(row.price))
            left -= points
            paid.add(at)
        found.append(replace(row, points=_sign(assessment) * points + 0))
    return tuple(found)


def rescored(
    result: SubjectResult, assessments: Iterable[Assessment], profile: Profile, known: Standing
) -> SubjectResult:
    """A result with other assessments: verdict, points and grade follow. Who has problems cannot become 合格."""
    mine = tuple(assessments)
    if mine == result.assessments:
        return result
    verdict = verdict_of(mine, known.services, known.scored) if result.verdict else None
    if verdict is Verdict.QUALIFIED and result.problems:
        verdict = Verdict.PENDING
    score = score_of(mine, known.services, profile) if result.score.part2 is not None else result.score
    grade = grade_of(profile.grades or (), known.place, verdict, score.total, mine) if verdict else None
    return replace(result, assessments=mine, verdict=verdict, score=score, grade=grade, decided=decided_of(mine))


Rows = Mapping[str, Sequence[Finding]]
"""Findings by rule."""


def after_recheck(base: SubjectResult, left: Rows, sure: Rows, profile: Profile, known: Standing) -> SubjectResult:
    """A result after its findings were looked at again, with its 整改情况 if it was unqualified.

    `left` are its rows without the rectified ones, `sure` those without the ones either that nobody could look at
    again. What only these would decide waits (待核): it is neither rectified nor known to be there still.
    """

    def over(rows: Rows) -> list[Assessment]:
        return [reassessed(a, rows.get(a.rule, ())) for a in base.assessments]

    worst, least = over(left), over(sure)
    final = [
        replace(a, outcome=Outcome.OPEN, blocks=True, reason="部分问题复查时无法判定") if _hangs(a, b) else a
        for a, b in zip(worst, least, strict=True)
    ]
    verdicts = [rescored(base, rows, profile, known).verdict for rows in (worst, least)]
    result = rescored(base, final, profile, known)
    waits = verdicts[0] is Verdict.UNQUALIFIED and verdicts[1] is not Verdict.UNQUALIFIED
    if waits and result.verdict is not Verdict.PENDING:  # e.g. part 2 below 60 by rows that nobody could look at
        grade = grade_of(profile.grades or (), known.place, Verdict.PENDING, None, result.assessments)
        result = replace(result, verdict=Verdict.PENDING, grade=grade)
    waits |= any(_failed(a) and b.blocks for a, b in zip(base.assessments, final, strict=True))
    some = _marks(base.assessments) - {f.fingerprint for rows in left.values() for f in rows}
    return replace(result, rectification=_rectification(base, result.verdict, waits, bool(some)))


def _marks(assessments: Iterable[Assessment]) -> set[str]:
    return {f.fingerprint for a in assessments for f in a.findings}


def _hangs(worst: Assessment, least: Assessment) -> bool:
    return _failed(worst) and not _failed(least)


def _rectification(base: SubjectResult, verdict: Verdict | None, waits: bool, some: bool) -> str:
    if base.verdict is not Verdict.UNQUALIFIED:
        return ""
    if verdict is Verdict.UNQUALIFIED:
        return "不合格" if some else "未整改"
    return "待核" if waits else "整改后合格"


def summary_of(subjects: Iterable[SubjectResult], kind: str) -> KindSummary:
    """Counts and rates over all sites or all accounts; closed ones are registered but not inspected."""
    return summary_of_verdicts(s.verdict for s in subjects if s.kind == kind)


def summary_of_verdicts(verdicts: Iterable[Verdict | None]) -> KindSummary:
    """Counts and rates over the verdicts of all sites or all accounts, None for a closed one."""
    mine = list(verdicts)
    inspected = [v for v in mine if v is not None]
    count = {v: inspected.count(v) for v in Verdict}
    decided = len(inspected) - count[Verdict.PENDING]
    good = count[Verdict.QUALIFIED]
    return KindSummary(
        len(mine), len(inspected), len(mine) - len(inspected),
        good, count[Verdict.PENDING], count[Verdict.UNQUALIFIED],
        round(good / decided, 4) if decided else None,
        round(good / len(inspected), 4) if inspected else None,
    )  # fmt: skip


def units_of(subjects: Sequence[SubjectResult], profile: Profile) -> tuple[UnitResult, ...]:
    """The subjects of each unit together, in order of first appearance; the unit's verdict is its worst."""
    units: dict[tuple[str, str], list[SubjectResult]] = {}
    for subject in subjects:
        units.setdefault((subject.unit, subject.group), []).append(subject)
    return tuple(
        UnitResult(name, group, _unit_score(members, profile), _worst(members), tuple(m.id for m in members))
        for (name, group), members in units.items()
    )


def _worst(members: Iterable[SubjectResult]) -> Verdict | None:
    verdicts = {m.verdict for m in members}
    order = (Verdict.UNQUALIFIED, Verdict.PENDING, Verdict.QUALIFIED)
    return next((v for v in order if v in verdicts), None)


def _unit_score(members: Iterable[SubjectResult], profile: Profile) -> Decimal | None:
    """By the profile: none, the mean of the sites' totals, or that less points for each unqualified account."""
    if profile.unit_score in {None, "none"}:
        return None
    everyone = list(members)
    totals = [m.score.total if m.score.total is not None else m.score.part2 for m in everyone if m.kind == "site"]
    known = [Fraction(t) for t in totals if t is not None]
    if not known:
        return None
    mean = sum(known, Fraction(0)) / len(known)
    if profile.unit_score == "mean-of-sites-minus-accounts":
        bad = sum(m.kind == "account" and m.verdict is Verdict.UNQUALIFIED for m in everyone)
        mean -= Fraction(profile.unit_params.points_per_account) * bad
    return _points(mean, profile.unit_params.decimals)
