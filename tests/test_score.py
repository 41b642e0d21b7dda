"""The arithmetic of standard §1: caps, the edges at 60 and 80, ×4/3, totals, verdicts, grades, units and rates."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.results import Assessment, Decided, KindSummary, Outcome, Score, SubjectResult, UnitResult, Verdict
from checker.model.rules import Grade, Profile, UnitParams
from checker.score import (
    bonus_of,
    decided_of,
    grade_of,
    part2_of,
    score_of,
    summary_of,
    units_of,
    verdict_of,
)

NATIONAL = Profile(name="national", title="全国")


def assessed(rule: str, effect: str, points: Any = 0, risk: Any = 0, cap: Any = 100, **more: Any) -> Assessment:
    values = {"outcome": Outcome.FAIL if points else Outcome.PASS} | more
    return Assessment(
        rule,
        rule,
        effect,
        problem="",
        points=Decimal(str(points)),
        at_risk=Decimal(str(risk)),
        cap=Decimal(cap),
        **values,
    )


def lost(points: Any, rule: str = "a1", cap: Any = 100, risk: Any = 0) -> Assessment:
    return assessed(rule, "deduct", -Decimal(str(points)), -Decimal(str(risk)), cap)


def earned(points: Any, rule: str = "e1", cap: Any = 30) -> Assessment:
    return assessed(rule, "bonus", points, 0, cap, outcome=Outcome.PASS)


def veto(outcome: Outcome, rule: str = "v1", blocks: bool = False) -> Assessment:
    return assessed(rule, "veto", outcome=outcome, blocks=blocks)


def score(*assessments: Assessment, services: bool = True, **profile: Any) -> tuple[Any, ...]:
    got = score_of(assessments, services, NATIONAL.model_copy(update=profile))
    return got.total, got.part2, got.bonus, got.lowest


HUNDREDTHS = st.decimals(min_value=0, max_value=8, places=2)


@st.composite
def deductions(draw: st.DrawFn) -> list[Assessment]:
    rules = draw(st.lists(st.sampled_from([f"{part}{n}" for part in "abcd" for n in range(1, 6)]), unique=True))
    return [lost(draw(HUNDREDTHS), rule, 5, draw(HUNDREDTHS)) for rule in rules]


bonuses = st.lists(HUNDREDTHS.map(lambda points: earned(points, cap=5)), max_size=12)


@given(deductions(), bonuses, st.booleans())
def test_scores_stay_within_their_bounds(down: list[Assessment], up: list[Assessment], services: bool) -> None:
    part2 = part2_of(down, services)
    assert part2 <= 100
    counted = [a for a in down if services or not a.rule.startswith("b")]
    assert part2 >= (100 - 5 * len(counted) if services else Fraction(4, 3) * (75 - 5 * len(counted)))
    assert 0 <= bonus_of(up) <= 30
    total, shown, bonus, lowest = score(*down, *up, services=services, vetoed_total="kept")
    assert lowest <= total <= 130
    assert bonus <= 30
    if part2 <= 80:
        assert total == shown


@given(deductions(), bonuses, st.decimals(min_value=0, max_value=100, places=2), st.booleans())
def test_a_further_deduction_never_raises_anything(
    down: list[Assessment], up: list[Assessment], more: Decimal, services: bool
) -> None:
    before = score(*down, *up, services=services, vetoed_total="kept")
    after = score(*down, *up, lost(more, "c9"), services=services, vetoed_total="kept")
    assert all(a <= b for a, b in zip(after, before, strict=True))


@given(deductions(), bonuses)
def test_a_further_bonus_never_lowers_anything(down: list[Assessment], up: list[Assessment]) -> None:
    before, after = score(*down, *up, vetoed_total="kept"), score(*down, *up, earned(1), vetoed_total="kept")
    assert all(a >= b for a, b in zip(after, before, strict=True))


def test_every_rule_is_capped_by_itself() -> None:
    assert score(lost(9, cap=5), lost(1, "a2", 2)) == (94, 94, 0, 94)
    assert score(lost(3, cap=5, risk=4)) == (97, 97, 0, 95)
    assert score(earned(9, cap=4), earned(2, "e2", 2)) == (106, 100, 6, 106)
    assert score(*(earned(10, f"e{n}") for n in range(5))) == (130, 100, 30, 130)


@pytest.mark.parametrize(
    ("down", "services", "wanted"),
    [
        ("19.99", True, (Decimal("83.01"), Decimal("80.01"))),
        ("20", True, (80, 80)),  # the bonus counts only above 80
        ("20.01", True, (Decimal("79.99"), Decimal("79.99"))),
        ("40", True, (60, 60)),
        ("40.01", True, (None, Decimal("59.99"))),
        ("15", False, (80, 80)),  # (75 - 15) × 4/3 is 80 exactly
        ("14.99", False, (Decimal("83.01"), Decimal("80.01"))),
        ("30", False, (60, 60)),  # (75 - 30) × 4/3 is 60 exactly
        ("30.01", False, (None, Decimal("59.99"))),
        ("0", False, (103, 100)),
    ],
)
def test_the_edges_are_exact(down: str, services: bool, wanted: tuple[Any, Any]) -> None:
    assessments = (lost(down), lost(25, "b1"), earned(3)) if not services else (lost(down), earned(3))
    total, part2, bonus, _ = score(*assessments, services=services)
    assert (total, part2, bonus) == (*wanted, 3)
    qualified = verdict_of(assessments, services, scored=True) is Verdict.QUALIFIED
    assert qualified is (wanted[0] is not None)


def test_below_sixty_by_less_than_a_hundredth_is_below_sixty() -> None:
    assessments = [lost("40.001")]
    assert score(*assessments) == (None, 60, 0, 60)
    assert verdict_of(assessments, True, scored=True) is Verdict.UNQUALIFIED


def test_part_b_is_left_out_by_its_rule_ids_only() -> None:
    others = [lost(1, "budget-rule"), lost(1, "b-x")]
    assert part2_of([*others, lost(8, "b4-guides"), lost(1, "b10-x")], services=False) == Fraction(4, 3) * 73


@pytest.mark.parametrize(("vetoed_total", "total"), [(None, None), ("null", None), ("zero", 0), ("kept", 98)])
def test_what_the_total_of_a_vetoed_site_reads(vetoed_total: str | None, total: int | None) -> None:
    got = score(veto(Outcome.FAIL), lost(5), earned(3), vetoed_total=vetoed_total)
    assert got == (total, 95, 3, 98)
    assert score(veto(Outcome.REVIEW), lost(5), vetoed_total=vetoed_total) == (95, 95, 0, 95)


def test_numbers_are_plain() -> None:
    assert [str(v) for v in score(lost(0))] == ["100", "100", "0", "100"]
    assert [str(v) for v in score(lost("0.5"), services=False)] == ["99.33", "99.33", "0", "99.33"]


@pytest.mark.parametrize(
    ("assessments", "scored", "wanted"),
    [
        ([], True, Verdict.QUALIFIED),
        ([veto(Outcome.PASS), veto(Outcome.OPEN)], True, Verdict.QUALIFIED),
        ([veto(Outcome.OPEN, blocks=True)], True, Verdict.PENDING),
        ([veto(Outcome.REVIEW, blocks=True)], True, Verdict.PENDING),
        ([veto(Outcome.OPEN, blocks=True), veto(Outcome.FAIL)], True, Verdict.UNQUALIFIED),
        ([veto(Outcome.OPEN, blocks=True), lost(41)], True, Verdict.UNQUALIFIED),
        ([veto(Outcome.OPEN, blocks=True), lost(41)], False, Verdict.PENDING),
        ([lost(41)], False, Verdict.QUALIFIED),
        ([assessed("x-a", "notice", outcome=Outcome.FAIL)], True, Verdict.QUALIFIED),
    ],
)
def test_verdicts(assessments: list[Assessment], scored: bool, wanted: Verdict) -> None:
    assert verdict_of(assessments, True, scored) is wanted


def test_how_much_was_decided() -> None:
    outcomes = (Outcome.PASS, Outcome.FAIL, Outcome.OPEN, Outcome.REVIEW, Outcome.NOT_APPLICABLE)
    vetoes = [veto(outcome, f"v{n}") for n, outcome in enumerate(outcomes)]
    assert decided_of([*vetoes, lost(1)]) == Decided(4, 2, ("v2",), ("v3",))
    assert decided_of([]) == Decided(0, 0, (), ())


def test_the_first_grade_that_matches_wins() -> None:
    grades = [
        Grade.model_validate(g)
        for g in (
            {"grade": "不合格", "when": {"verdict": "unqualified"}},
            {"grade": "待核", "when": {"verdict": ["pending"]}},
            {"grade": "合格", "when": {"failed": ["x-column-name", "x-other"]}},
            {"grade": "门户良", "when": {"kind": ["portal"], "score_below": 95}},
            {"grade": "良", "when": {"not_earned": ["e6-live"]}},
            {"grade": "优"},
        )
    ]
    named = assessed("x-column-name", "notice", outcome=Outcome.FAIL)
    missed = assessed("e6-live", "bonus", outcome=Outcome.NOT_EARNED)

    def grade(kind: str, verdict: Verdict, total: Any, *assessments: Assessment) -> str | None:
        return grade_of(grades, kind, verdict, None if total is None else Decimal(total), assessments)

    assert grade("portal", Verdict.UNQUALIFIED, None, named) == "不合格"
    assert grade("portal", Verdict.PENDING, 50) == "待核"
    assert grade("department", Verdict.QUALIFIED, None, named, missed) == "合格"
    assert grade("portal", Verdict.QUALIFIED, "94.99") == "门户良"
    assert grade("portal", Verdict.QUALIFIED, "95") == "优"
    assert grade("department", Verdict.QUALIFIED, "94.99") == "优"
    assert grade("portal", Verdict.QUALIFIED, None, missed) == "良"
    assert grade_of([], "portal", Verdict.QUALIFIED, None, []) is None
    assert grade_of(grades[:1], "portal", Verdict.QUALIFIED, None, []) is None


def subject(
    kind: str, verdict: Verdict | None, unit: str = "甲", total: Any = None, part2: Any = None
) -> SubjectResult:
    number = Decimal(str(total)) if total is not None else None
    second = Decimal(str(part2)) if part2 is not None else number
    return SubjectResult(
        kind, f"{kind}-{verdict}-{total}", "", "", "", "", unit, "市直", "running", verdict, None,
        Decided(0, 0, (), ()), Score(number, second), (),
    )  # fmt: skip


GOOD, WAIT, BAD = Verdict.QUALIFIED, Verdict.PENDING, Verdict.UNQUALIFIED


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([], (0, 0, 0, 0, 0, 0, None, None)),
        ([None], (1, 0, 1, 0, 0, 0, None, None)),
        ([WAIT], (1, 1, 0, 0, 1, 0, None, 0.0)),
        ([GOOD, GOOD, BAD, None], (4, 3, 1, 2, 0, 1, 0.6667, 0.6667)),
        ([GOOD, WAIT, BAD], (3, 3, 0, 1, 1, 1, 0.5, 0.3333)),
        ([GOOD] * 40 + [WAIT] * 3 + [BAD] * 5 + [None], (49, 48, 1, 40, 3, 5, 0.8889, 0.8333)),
    ],
)
def test_rates(verdicts: list[Verdict | None], wanted: tuple[Any, ...]) -> None:
    others = [subject("account", BAD), subject("account", None)]
    assert summary_of([subject("site", v) for v in verdicts] + others, "site") == KindSummary(*wanted)


def units(subjects: Iterable[SubjectResult], **profile: Any) -> list[tuple[str, Any, Verdict | None]]:
    return [(u.unit, u.score, u.verdict) for u in units_of(list(subjects), NATIONAL.model_copy(update=profile))]


def test_units() -> None:
    subjects = [
        subject("site", GOOD, "甲", 99.25), subject("site", BAD, "乙", None, 58), subject("account", BAD, "甲"),
        subject("account", WAIT, "丙"), subject("site", None, "丁"), subject("site", GOOD, "甲", 90.5),
        subject("account", BAD, "甲"),
    ]  # fmt: skip
    verdicts = [("甲", None, BAD), ("乙", None, BAD), ("丙", None, WAIT), ("丁", None, None)]
    assert units(subjects) == verdicts
    assert units(subjects, unit_score="none") == verdicts
    mean = [(u, {"甲": Decimal("94.88"), "乙": Decimal(58)}.get(u), v) for u, _, v in verdicts]
    assert units(subjects, unit_score="mean-of-sites") == mean
    less = units(
        subjects,
        unit_score="mean-of-sites-minus-accounts",
        unit_params=UnitParams(points_per_account=Decimal("0.5"), decimals=1),
    )
    assert [s for _, s, _ in less] == [Decimal("93.9"), Decimal(58), None, None]
    assert units_of(subjects[1:2], NATIONAL) == (UnitResult("乙", "市直", None, BAD, ("site-unqualified-None",)),)
