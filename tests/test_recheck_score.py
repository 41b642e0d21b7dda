"""What a recheck leaves of an old result: arithmetic on rows, nothing judged anew."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest

from checker.model.results import (
    Assessment,
    Decided,
    Evidence,
    Finding,
    Outcome,
    Score,
    SubjectResult,
    Verdict,
)
from checker.model.rules import Grade, Profile, When
from checker.score import Standing, after_recheck, decided_of, grade_of, reassessed, score_of, verdict_of

PROFILE = Profile(
    name="city", title="市", scores=("department",),
    grades=(
        Grade(grade="不合格", when=When(verdict=("unqualified",))),
        Grade(grade="待核", when=When(verdict=("pending",))),
        Grade(grade="良", when=When(score_below=Decimal(95))), Grade(grade="优"),
    ),
)  # fmt: skip
KNOWN = Standing(True, True, "department")
ORDER = (Outcome.FAIL, Outcome.REVIEW, Outcome.OPEN, Outcome.PASS)


def row(mark: str, certainty: str = "certain", price: str = "0", clause: str = "main", notice: bool = False) -> Finding:
    return Finding(
        mark, clause, "问题", mark, mark, "", mark, certainty, Decimal(0), Evidence(""), notice, price=Decimal(price)
    )


def veto(rule: str, rows: Sequence[Finding], need: int = 1, outcome: Outcome = Outcome.FAIL) -> Assessment:
    return Assessment(rule, rule, "veto", outcome, "问题", findings=tuple(rows), need=need)


def deduction(rule: str, rows: Sequence[Finding], cap: str, points: str, at_risk: str = "0") -> Assessment:
    return Assessment(
        rule, rule, "deduct", Outcome.FAIL, "问题", points=Decimal(points), at_risk=Decimal(at_risk), cap=Decimal(cap),
        findings=tuple(rows),
    )  # fmt: skip


def result(*assessments: Assessment) -> SubjectResult:
    verdict, score = verdict_of(assessments, True, True), score_of(assessments, True, PROFILE)
    return SubjectResult(
        "site", "s", "S", "", "", "", "", "", "running", verdict,
        grade_of(PROFILE.grades or (), "department", verdict, score.total, assessments), decided_of(assessments), score,
        assessments,
    )  # fmt: skip


def rechecked(
    base: SubjectResult, rectified: set[str], unknown: set[str] | frozenset[str] = frozenset()
) -> SubjectResult:
    left = {a.rule: [f for f in a.findings if f.fingerprint not in rectified] for a in base.assessments}
    sure = {rule: [f for f in rows if f.fingerprint not in unknown] for rule, rows in left.items()}
    return after_recheck(base, left, sure, PROFILE, KNOWN)


CASES = {
    "five of five": veto("v4", [row(n) for n in "abcde"], need=5),
    "seven of five, some doubtful": veto("v4", [*[row(n) for n in "abcdef"], row("g", "candidate")], need=5),
    "doubtful": veto("v4", [row("a", "candidate"), row("b", "unknown")], outcome=Outcome.REVIEW),
    "open for lack of facts": veto("v1", [row("a", "unknown")], outcome=Outcome.OPEN),
    "with a warning": veto("v3", [row("a"), row("b", notice=True)]),
    "below the cap": deduction("d2", [row("a", price="2"), row("b", price="3")], "9", "-5"),
    "over the cap": deduction("d3", [row(n, price="4") for n in "abcd"], "5", "-5"),
    "something at risk": deduction("d4", [row("a", price="2"), row("b", "candidate", "3")], "9", "-2", "-3"),
    "everything at risk": deduction("d5", [row("a", price="2")], "9", "-2", "-7"),
}


@pytest.mark.parametrize("name", CASES)
def test_removing_nothing_changes_nothing(name: str) -> None:
    base = result(CASES[name])
    expected = replace(base, rectification="未整改" if base.verdict is Verdict.UNQUALIFIED else "")
    assert rechecked(base, set()) == expected


@pytest.mark.parametrize("name", CASES)
def test_removing_everything_of_a_failure_makes_a_pass(name: str) -> None:
    base = CASES[name]
    expected = base.outcome if base.outcome is Outcome.OPEN else Outcome.PASS
    found = reassessed(base, ())
    assert (found.outcome, found.points, found.findings) == (expected, Decimal(0), ())


@pytest.mark.parametrize("name", CASES)
def test_the_more_is_rectified_the_better(name: str) -> None:
    base = CASES[name]
    marks = [f.fingerprint for f in base.findings]
    found = {
        gone: reassessed(base, [f for f in base.findings if f.fingerprint not in gone])
        for n in range(len(marks) + 1) for gone in combinations(marks, n)
    }  # fmt: skip
    for less, worse in found.items():
        for more, better in found.items():
            if set(less) <= set(more):
                assert ORDER.index(worse.outcome) <= ORDER.index(better.outcome)
                assert worse.points <= better.points
                assert worse.points + worse.at_risk <= better.points + better.at_risk


@pytest.mark.parametrize(
    ("name", "gone", "expected"),
    [
        ("below the cap", "a", ("fail", "-3", "0", ["-3"])),
        ("over the cap", "a", ("fail", "-5", "0", ["-4", "-1", "0"])),
        ("over the cap", "abc", ("fail", "-4", "0", ["-4"])),
        ("something at risk", "a", ("review", "0", "-3", ["0"])),
        ("everything at risk", "a", ("pass", "0", "-9", [])),
    ],
)
def test_points_follow_the_rows_within_the_cap(name: str, gone: str, expected: tuple[str, str, str, list[str]]) -> None:
    base = CASES[name]
    found = reassessed(base, [f for f in base.findings if f.fingerprint not in gone])
    points = [str(f.points) for f in found.findings]
    assert (found.outcome.value, str(found.points), str(found.at_risk), points) == expected


FIVE, OTHER = CASES["five of five"], veto("v2", [row("x")])
POOR = tuple(deduction(f"a{n}", [row(f"p{n}", price="15")], "15", "-15") for n in range(1, 4))


@pytest.mark.parametrize(
    ("base", "rectified", "unknown", "expected"),
    [
        (result(FIVE), "a", "", ("整改后合格", "qualified", "优", {"v4": "pass"})),
        (result(FIVE), "", "", ("未整改", "unqualified", "不合格", {"v4": "fail"})),
        (result(FIVE, OTHER), "a", "", ("不合格", "unqualified", "不合格", {"v4": "pass", "v2": "fail"})),
        (result(FIVE), "", "a", ("待核", "pending", "待核", {"v4": "open"})),
        (result(FIVE, OTHER), "", "a", ("未整改", "unqualified", "不合格", {"v4": "open", "v2": "fail"})),
        (result(FIVE, OTHER), "abcde", "x", ("待核", "pending", "待核", {"v4": "pass", "v2": "open"})),
        (result(*POOR), "", "", ("未整改", "unqualified", "不合格", {"a1": "fail", "a2": "fail", "a3": "fail"})),
        (result(*POOR), ["p1"], "", ("整改后合格", "qualified", "良", {"a1": "pass", "a2": "fail", "a3": "fail"})),
        (result(*POOR), "", ["p1"], ("待核", "pending", "待核", {"a1": "fail", "a2": "fail", "a3": "fail"})),
    ],
)  # fmt: skip
def test_the_state_of_rectification(
    base: SubjectResult,
    rectified: Sequence[str],
    unknown: Sequence[str],
    expected: tuple[str, str, str, dict[str, str]],
) -> None:
    found = rechecked(base, set(rectified), set(unknown))
    outcomes = {a.rule: a.outcome.value for a in found.assessments}
    assert (found.rectification, found.verdict, found.grade, outcomes) == expected


def test_a_failure_that_only_candidates_are_left_of_waits() -> None:
    base = result(veto("v4", [row("a"), row("b", "candidate")]))
    found = rechecked(base, {"a"})
    assert (found.verdict, found.assessments[0].outcome, found.assessments[0].blocks) == (
        Verdict.PENDING, Outcome.REVIEW, True,
    )  # fmt: skip
    assert found.rectification == "待核"


def test_who_was_not_unqualified_has_no_state_of_rectification() -> None:
    base = result(CASES["below the cap"])
    assert (base.verdict, rechecked(base, {"a"}).rectification) == (Verdict.QUALIFIED, "")
    assert rechecked(base, {"a"}).score == Score(Decimal(97), Decimal(97), Decimal(0), Decimal(97))


def test_trouble_of_the_gathering_holds_a_pass_back() -> None:
    base = replace(result(FIVE), problems=("采集中断",))
    assert rechecked(base, {"a"}).verdict is Verdict.PENDING


def test_a_row_that_does_not_count_makes_no_difference() -> None:
    base = result(veto("v4", [row("a"), replace(row("b"), suppressed="已豁免")]))
    found = rechecked(base, {"b"})
    assert (found.assessments[0].outcome, found.decided) == (Outcome.FAIL, Decided(1, 1, (), ()))
