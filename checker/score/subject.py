"""One subject: points of part 2 and of the bonus, total, verdict, grade (standard §1, design §5).

Part 2 is kept as a fraction until the end, so that the edges at 60 and 80 are exact even under the factor 4/3.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from checker.model.results import (
    Assessment,
    Decided,
    Outcome,
    Score,
    Verdict,
)
from checker.model.rules import Grade, Profile, When

PASS_MARK = Fraction(60)
BONUS_MARK = Fraction(80)
SERVICES_POINTS = 25
"""The caps of part B; without outward services they are left out and the rest counts × 4/3 (standard §1.5)."""
BONUS_CAP = Fraction(30)
_DECIDED = frozenset({Outcome.PASS, Outcome.FAIL})


def rounded(value: Fraction, decimals: int = 2) -> Decimal:
    """An exact number as it is printed, halves away from zero; no zeros at its end."""
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
    total: Decimal | None = rounded(_total(part2, bonus))
    if _vetoed(assessments) or part2 < PASS_MARK:
        total = {"zero": Decimal(0), "kept": total}.get(profile.vetoed_total or "null")
    return Score(total, rounded(part2), rounded(bonus), rounded(lowest))


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
