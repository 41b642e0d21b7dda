"""Many subjects: counts and rates over sites and accounts, and the subjects of each unit together."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from checker.model.results import (
    KindSummary,
    SubjectResult,
    UnitResult,
    Verdict,
)
from checker.model.rules import Profile
from checker.score.subject import rounded


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
    return rounded(mean, profile.unit_params.decimals)
