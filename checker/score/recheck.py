"""An old result without the rows that were rectified, through its old effects; nothing else is judged again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from checker.model.results import (
    Assessment,
    Finding,
    Outcome,
    SubjectResult,
    Verdict,
)
from checker.model.rules import Profile
from checker.score.subject import decided_of, grade_of, score_of, verdict_of


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
