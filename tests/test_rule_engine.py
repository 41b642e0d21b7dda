"""The rule engine: rows, clauses, certainty, proof and coverage, and what they amount to (design §4)."""

from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import RuleError
from checker.evaluate import evaluate, fingerprint
from checker.evaluate.outcome import Row, Tally, at_risk, outcome_of
from checker.model.context import KnownFinding
from checker.model.facts import Fetch
from checker.model.results import Finding, Outcome
from checker.model.rules import Profile, Rule
from checker.rules import RuleSet
from tests.engine_data import (
    AS_OF,
    ROWS_SQL,
    SUBJECT,
    account,
    assess,
    brief,
    column,
    fact,
    found,
    gathered,
    outcome,
    reading,
    rule_of,
    site,
    url,
)

# --- the outcome table of design §4 -------------------------------------------------------------------------------


def expected_outcome(kind: str, certain: int, candidate: int, unknown: int, need: int, complete: bool) -> str:
    """The table in the words of the design, written down independently of the code."""
    everything = certain + candidate + unknown
    if kind == "bonus":
        if certain >= need:
            return "pass"
        return "notEarned" if complete and everything < need else "open"
    if certain >= need:
        return "fail"
    if everything < need and complete:
        return "pass"
    return "review" if certain + candidate >= need else "open"


def rule_with(effect: dict[str, Any]) -> Rule:
    return Rule.model_validate({
        "id": "t1", "title": "测试", "indicator": {"document": "文", "part": "扣分", "item": "项"},
        "applies_to": {"site": True}, "effect": effect, "advice": "改", "sql": "SELECT 1",
        "clauses": {"main": {"points": 1, "problem": "问题"}, "early": {"problem": "预警", "notice": True}},
    })  # fmt: skip


def rows_of(certain: int, candidate: int, unknown: int) -> list[Row]:
    words = ["certain"] * certain + ["candidate"] * candidate + ["unknown"] * unknown
    early = Row("early", "e", "e", "", "certain", "e", "e", "")
    return [early, *(Row("main", f"i{n}", "p", "", word, f"k{n}", "p", "") for n, word in enumerate(words))]


@pytest.mark.parametrize("kind", ["veto", "deduct", "bonus", "notice"])
def test_the_outcome_table(kind: str) -> None:
    for certain, candidate, unknown, need, complete in product(range(4), range(4), range(4), (1, 2, 3), (True, False)):
        if kind in {"deduct", "bonus"} and need > 1:
            continue
        effect = {kind: {"cap": 2} if kind in {"deduct", "bonus"} else {"at_least": need}}
        rule = rule_with(effect)
        tally = Tally.of(rule, rows_of(certain, candidate, unknown), need)
        assert (tally.certain, tally.candidate, tally.unknown) == (certain, candidate, unknown)
        wanted = expected_outcome(kind, certain, candidate, unknown, need, complete)
        got = outcome_of(rule, tally, complete)
        assert (got.value, certain, candidate, unknown, need, complete) == (
            wanted, certain, candidate, unknown, need, complete,
        )  # fmt: skip
        sign = {"deduct": -1, "bonus": 1}.get(kind, 0)
        total = sign * min(2, certain)
        left = sign * min(2, certain + candidate + unknown) - total
        if got is Outcome.OPEN or not complete:
            left = sign * 2 - total
        assert [tally.points, at_risk(rule, tally, got, complete)] == [Decimal(total), Decimal(left)]


@pytest.mark.parametrize("proof", ["absence", "presence", "existence"])
@pytest.mark.parametrize("state", ["complete", "notApplicable", "partial", "failed", "missing"])
@pytest.mark.parametrize("certainty", ["certain", "candidate", "none"])
def test_proof_and_coverage(tmp_path: Path, proof: str, state: str, certainty: str) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: {proof}\n{ROWS_SQL}")
    rows: list[Any] = [] if certainty == "none" else [found(certainty=certainty)]
    if state != "missing":
        rows.append(gathered("probe", "", state, "断网"))
    assessment = assess(rule, *rows, absent="missing")
    done = state in {"complete", "notApplicable"}
    if certainty == "none":
        wanted: tuple[str, list[str]] = ("pass" if done or proof == "existence" else "open", [])
    elif done or proof == "presence":
        wanted = ("fail" if certainty == "certain" else "review", [certainty])
    else:  # where nothing at all was tried, a row would read like an accusation
        wanted = ("open", [] if state == "missing" else ["unknown"])
    assert (assessment.outcome.value, [f.certainty for f in assessment.findings]) == wanted
    if assessment.outcome is Outcome.OPEN:
        words = {"partial": "采集不完整：断网", "failed": "采集失败：断网", "missing": "未采集"}
        assert assessment.reason == f"专项检测{words[state]}"


def test_a_rule_that_does_not_apply_asks_nothing(tmp_path: Path) -> None:
    text = "effect: {veto: {}}\napplies_to: {site: {kind: [portal], services: true}}\nsql: SELECT nothing_of_this"
    with pytest.raises(RuleError):
        rule_of(tmp_path, text)
    rule = rule_of(
        tmp_path, f"effect: {{veto: {{}}}}\napplies_to: {{site: {{kind: [portal], services: true}}}}\n{ROWS_SQL}"
    )
    for entry, wanted in (
        (site(), "fail"), (site(kind="special"), "notApplicable"), (site(services=0), "notApplicable"),
        (site(status="closed"), "notApplicable"), (account(), "notApplicable"),
    ):  # fmt: skip
        assert assess(rule, entry, found()).outcome == wanted
    posts = rule_of(
        tmp_path, f"effect: {{veto: {{}}}}\napplies_to: {{account: {{platform: [weibo]}}}}\n{ROWS_SQL}", "t2"
    )
    assert assess(posts, account(), found()).findings[0].location == url("p.html")
    assert assess(posts, account(platform="app"), found()).outcome == "notApplicable"
    assert assess(posts, account(status="closing"), found()).outcome == "notApplicable"


# --- items, clauses, caps ------------------------------------------------------------------------------------------

DEDUCTION = """
effect: {deduct: {cap: 3}}
proof: presence
clauses:
  missing: {points: 2, problem: 缺失}
  flaw: {points: 0.5, problem: 有误}
  early: {points: 9, problem: 预警, notice: true}
"""


def test_points_count_distinct_items_within_the_cap(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, DEDUCTION + ROWS_SQL)
    one = assess(
        rule, found("flaw", "甲"), found("flaw", "甲", where="q.html"), found("flaw", "乙"), found("early", "丙"),
        found("missing", "丁", "candidate"),
    )  # fmt: skip
    assert outcome(one) == ("fail", Decimal("-1.0"), Decimal("-2.0"))
    assert brief(one) == [
        ("flaw", "乙", "certain", Decimal("-0.5")),
        ("flaw", "甲", "certain", Decimal("-0.5")),
        ("flaw", "甲", "certain", Decimal(0)),
        ("early", "丙", "certain", Decimal(0)),
        ("missing", "丁", "candidate", Decimal(0)),
    ]
    assert [f.notice for f in one.findings] == [False, False, False, True, False]
    assert one.problem == "缺失；有误"
    capped = assess(rule, *(found("missing", str(n)) for n in range(3)), found("flaw", "x"))
    assert outcome(capped) == ("fail", Decimal(-3), Decimal(0))
    assert [f.points for f in capped.findings] == [Decimal(-2), Decimal(-1), Decimal(0), Decimal(0)]


def test_an_item_counts_once_at_its_best_certainty(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, DEDUCTION + ROWS_SQL)
    assert outcome(assess(rule, found("flaw", "甲", "candidate"), found("flaw", "甲"))) == ("fail", Decimal("-0.5"), 0)
    veto = rule_of(
        tmp_path,
        "effect: {veto: {at_least: 2}}\nclauses: {a: {problem: 甲}, b: {problem: 乙}}\nproof: presence" + ROWS_SQL,
    )
    assert assess(veto, found("a", "x"), found("b", "x")).outcome == "pass"  # one item, whatever its clauses
    assert assess(veto, found("a", "x"), found("b", "y")).outcome == "fail"
    assert assess(veto, found("a", "x"), found("b", "y", "candidate")).outcome == "review"


def test_notice_clauses_warn_and_never_score(tmp_path: Path) -> None:
    text = "proof: presence\nclauses: {main: {problem: 陈旧}, early: {problem: 预警, notice: true}}" + ROWS_SQL
    for effect in ("{veto: {}}", "notice", "{notice: {at_least: 1}}"):
        rule = rule_of(tmp_path, f"effect: {effect}\n{text}")
        warned = assess(rule, found("early", "x"))
        assert (warned.outcome, warned.problem, [f.notice for f in warned.findings]) == ("pass", "预警", [True])


def test_a_bonus_never_fails(tmp_path: Path) -> None:
    text = "effect: {bonus: {cap: 3}}\nclauses: {a: {points: 2, problem: 甲}, b: {points: 2, problem: 乙}}" + ROWS_SQL
    rule = rule_of(tmp_path, text)
    assert outcome(assess(rule)) == ("notEarned", 0, 0)
    assert outcome(assess(rule, found("a", "x"))) == ("pass", 2, 0)
    assert outcome(assess(rule, found("a", "x"), found("b", "x"))) == ("pass", 3, 0)
    assert outcome(assess(rule, found("a", "x"), found("b", "x", "candidate"))) == ("pass", 2, 1)
    assert outcome(assess(rule, found("a", "x", "candidate"))) == ("open", 0, 3)
    assert outcome(assess(rule, gathered("probe", "", "failed"))) == ("open", 0, 3)


def test_zero_is_never_written_as_minus_zero(tmp_path: Path) -> None:
    passed = assess(rule_of(tmp_path, DEDUCTION + ROWS_SQL), found("early", "x"))
    assert [str(v) for v in (passed.points, passed.at_risk, passed.findings[0].points)] == ["0", "0", "0"]


CLAUSES = st.sampled_from(["missing", "flaw", "early"])
CERTAINTIES = st.sampled_from(["certain", "candidate"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CLAUSES, st.sampled_from("abcd"), CERTAINTIES, st.sampled_from("pq")), max_size=12),
    st.sampled_from(["deduct", "bonus"]),
    st.sampled_from(["complete", "failed"]),
    st.randoms(use_true_random=False),
)
def test_points_of_findings_sum_to_the_assessment(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]], kind: str, state: str, shuffle: Any
) -> None:
    rule = rule_of(tmp_path_factory.mktemp("rule"), DEDUCTION.replace("deduct", kind) + ROWS_SQL)
    probes = [found(*row) for row in rows]
    log = gathered("probe", "", state)
    first = assess(rule, log, *probes)
    assert sum((f.points for f in first.findings), Decimal(0)) == first.points
    assert abs(first.points + first.at_risk) <= 3
    assert first.points * first.at_risk >= 0
    shuffle.shuffle(probes)
    assert assess(rule, log, *probes) == first  # whatever order SQLite finds the rows in


# --- thresholds that depend on facts -------------------------------------------------------------------------------


def test_a_threshold_can_be_asked_of_the_facts(tmp_path: Path) -> None:
    sql = "SELECT min(:most, count(*)) FROM site_column"
    rule = rule_of(
        tmp_path, f"effect: {{veto: {{at_least: {{sql: '{sql}'}}}}}}\nparams: {{most: 3}}\nproof: presence" + ROWS_SQL
    )
    columns = [column(f"{n}/") for n in range(5)]
    two = [found(what="a"), found(what="b")]
    assert assess(rule, *columns, *two).outcome == "pass"
    assert assess(rule, *columns[:2], *two).outcome == "fail"
    assert assess(rule, *two).outcome == "fail"
    assert assess(rule).outcome == "pass"  # never satisfied by nothing at all


@pytest.mark.parametrize("sql", ["SELECT NULL", "SELECT 1 WHERE 0", "SELECT 1.5", "SELECT ''a''", "VALUES (1), (2)"])
def test_a_threshold_that_is_no_number_leaves_the_rule_open(tmp_path: Path, sql: str) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{at_least: {{sql: '{sql}'}}}}}}\nproof: presence" + ROWS_SQL)
    broken = assess(rule, found())
    assert (broken.outcome, broken.reason) == ("open", "规则执行出错：at_least.sql must return one whole number")


# --- rows that are no rows, rules that break -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ("NULL AS subject, '' AS location, '' AS detail", "subject is NULL in a row"),
        ("'s1' AS subject, NULL AS location, '' AS detail", "location is NULL in a row"),
        ("'s1' AS subject, 'x' AS location, NULL AS detail", "detail is NULL in a row"),
        ("'s1' AS subject, 'x' AS location, '' AS detail, NULL AS clause", "clause is NULL in a row"),
        ("'s1' AS subject, 'x' AS location, '' AS detail, NULL AS certainty", "certainty is NULL in a row"),
        ("'s1' AS subject, 'x' AS location, '' AS detail, NULL AS scope", "scope is NULL in a row"),
        ("'s2' AS subject, 'x' AS location, '' AS detail", "a row is about s2, not s1"),
        ("'s1' AS subject, 'x' AS location, '' AS detail, 'b' AS clause",
         "a row names clause 'b', which the rule does not have"),
        ("'s1' AS subject, 'x' AS location, '' AS detail, 'unknown' AS certainty",
         "certainty 'unknown' is neither certain nor candidate"),
        ("'s1' AS subject, 'x' AS location, months_after('x', 1) AS detail", "user-defined function raised exception"),
        ("'s1' AS subject, 'x' AS location, hex(zeroblob(9000000)) AS detail", "string or blob too big"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("effect", ["{veto: {}}", "{deduct: {cap: 2}}", "{bonus: {cap: 2}}", "notice"])
def test_a_broken_row_leaves_the_rule_open(tmp_path: Path, effect: str, columns: str, reason: str) -> None:
    text = f'effect: {effect}\nclauses: {{main: {{points: 1, problem: 错}}}}\nsql: "SELECT {columns} FROM site"'
    broken = assess(rule_of(tmp_path, text), blocking=True)
    risk = {"{deduct: {cap: 2}}": -2, "{bonus: {cap: 2}}": 2}.get(effect, 0)
    assert (broken.outcome, broken.reason, broken.blocks) == ("open", f"规则执行出错：{reason}", True)
    assert [broken.points, broken.at_risk, broken.findings] == [Decimal(0), Decimal(risk), ()]


def test_a_query_that_runs_for_ever_is_open_never_pass(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    endless += "SELECT 's1' AS subject, i AS location, '' AS detail FROM n WHERE i < 0"
    text = f'effect: {{veto: {{}}}}\nsql: "{endless}"'
    slow = assess(rule_of(tmp_path, text), blocking=True, seconds=0.2)
    assert (slow.outcome, slow.reason, slow.blocks) == ("open", "规则执行出错：stopped after 0.2 s", True)


def test_an_item_that_is_a_number_is_an_item(tmp_path: Path) -> None:
    text = "effect: {veto: {at_least: 2}}\nproof: presence\nsql: VALUES_OF"
    sql = "SELECT s.subject, 'x' AS location, '' AS detail, v.value AS item FROM site s JOIN json_each('[0, 1]') v"
    assert brief(assess(rule_of(tmp_path, text.replace("VALUES_OF", f'"{sql}"')))) == [
        ("main", "0", "certain", 0), ("main", "1", "certain", 0),
    ]  # fmt: skip


# --- identity and evidence -----------------------------------------------------------------------------------------


def test_a_fingerprint_is_rule_subject_and_key_never_text_or_points(tmp_path: Path) -> None:
    text = "effect: {deduct: {cap: 2}}\nproof: presence\nclauses: {main: {points: 1, problem: 错}}" + ROWS_SQL
    (first,) = assess(rule_of(tmp_path, text), found(what="甲")).findings
    reworded = text.replace("problem: 错", "problem: 另一种说法").replace("points: 1", "points: 0.5")
    (second,) = assess(rule_of(tmp_path, reworded), found(what="甲", detail="新的说法", certainty="candidate")).findings
    assert first.fingerprint == second.fingerprint == fingerprint("t1-test", SUBJECT, f"{url('p.html')}#甲")
    (other_item,) = assess(rule_of(tmp_path, text), found(what="乙")).findings
    (other_rule,) = assess(rule_of(tmp_path, text, "t2-test"), found(what="甲")).findings
    assert len({first.fingerprint, other_item.fingerprint, other_rule.fingerprint}) == 3
    (plain,) = assess(rule_of(tmp_path, text), found()).findings
    assert plain.fingerprint == fingerprint("t1-test", SUBJECT, url("p.html"))


def test_a_known_finding_keeps_its_first_sight(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: presence\n{ROWS_SQL}")
    mark = fingerprint("t1-test", SUBJECT, url("p.html"))
    known = fact(KnownFinding, fingerprint=mark, first_seen="2021-08-01T09:00:00+08:00")
    seen = [(f.change, f.first_seen) for f in assess(rule, known, found(), found(where="q.html")).findings]
    assert seen == [("unchanged", "2021-08-01T09:00:00+08:00"), ("new", AS_OF)]


def test_evidence_names_the_moment_and_the_body(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: presence\n{ROWS_SQL}")
    asked = [
        fact(Fetch, url=url("p.html"), outcome="ok", seen_at="2021-11-08T10:00:01+08:00", sha256="aa"),
        fact(Fetch, url=url("p.html"), outcome="reset", seen_at="2021-11-08T10:00:09+08:00"),
    ]
    (finding,) = assess(rule, found(), *asked).findings
    assert (finding.evidence.seen_at, finding.evidence.sha256) == ("2021-11-08T10:00:01+08:00", "aa")
    (unseen,) = assess(rule, found()).findings
    assert (unseen.evidence.seen_at, unseen.evidence.sha256) == (AS_OF, None)


def test_findings_stand_in_one_order_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, DEDUCTION + ROWS_SQL)
    probes = [found(c, i, k, w) for c, i, k, w in product(("early", "flaw"), "ba", ("candidate", "certain"), "qp")]
    orders = [assess(rule, *ordered).findings for ordered in (probes, reversed(probes), sorted(probes, key=str))]
    assert orders[0] == orders[1] == orders[2]

    def place(f: Finding) -> tuple[bool, bool, str, str]:
        return f.certainty == "candidate", f.clause == "early", f.item, f.location

    assert [place(f) for f in orders[0]] == sorted(place(f) for f in orders[0])


# --- what was known before ------------------------------------------------------------------------------------------

KNOWN = {"clause": "flaw", "url": url("p.html"), "certainty": "certain"}
CHANGES = [
    (KNOWN, "certain", "unchanged"), ({}, "certain", "unchanged"), (KNOWN, "candidate", "updated"),
    (KNOWN | {"clause": "missing"}, "certain", "updated"), (KNOWN | {"url": url("q.html")}, "certain", "updated"),
    (KNOWN | {"detail": "已37天"}, "certain", "unchanged"),
    (KNOWN | {"rectified_on": "2021-09-01"}, "certain", "reopened"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "certainty", "change"), CHANGES, ids=[c[2] for c in CHANGES])
def test_what_became_of_a_finding_that_is_there(
    tmp_path: Path, before: dict[str, str], certainty: str, change: str
) -> None:
    rule = rule_of(tmp_path, DEDUCTION + ROWS_SQL)
    mark = fingerprint("t1-test", SUBJECT, f"{url('p.html')}#甲")
    (finding,) = assess(rule, fact(KnownFinding, fingerprint=mark, **before), found("flaw", "甲", certainty)).findings
    assert finding.change == change


def test_an_undecided_row_neither_reopens_nor_changes(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: absence\n{ROWS_SQL}")
    mark = fingerprint("t1-test", SUBJECT, url("p.html"))
    known = fact(KnownFinding, fingerprint=mark, certainty="certain", rectified_on="2021-09-01")
    (finding,) = assess(rule, known, found(), gathered("probe", "", "failed", "断网")).findings
    assert (finding.certainty, finding.change) == ("unknown", "unchanged")


def test_a_finding_has_its_key_its_scope_its_price_and_the_day_it_was_notified(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, DEDUCTION + ROWS_SQL)
    key = f"{url('p.html')}#甲"
    mark = fingerprint("t1-test", SUBJECT, key)
    rows = [found("missing", n) for n in "甲乙丙"] + [found("early", "丁", outcome="home")]
    notified = fact(KnownFinding, fingerprint=mark, notified_on="2021-10-10", rectified_on="2021-06-01")
    seen = {f.item: f for f in assess(rule, notified, *rows).findings}
    assert (seen["甲"].key, seen["甲"].notified_on, seen["丁"].scope, seen["乙"].notified_on) == (
        key,
        "2021-10-10",
        "home",
        "",
    )
    assert [(f.points, f.price) for f in seen.values()] == [
        (Decimal(-2), Decimal(-2)), (Decimal(-1), Decimal(-2)), (Decimal(0), Decimal(-2)), (Decimal(0), Decimal(0)),
    ]  # fmt: skip
    mended = fact(KnownFinding, fingerprint=mark, notified_on="2021-06-01", rectified_on="2021-09-01")
    assert {f.notified_on for f in assess(rule, mended, *rows).findings} == {""}


def test_a_rule_that_reads_what_became_of_findings_comes_after_the_others(tmp_path: Path) -> None:
    text = """
effect: notice
proof: presence
sql: |
  SELECT subject, 'p' AS location, s.change || s.reason AS detail, k.fingerprint AS item
  FROM known_finding k JOIN finding_state s ON s.fingerprint = k.fingerprint
"""
    last, first = rule_of(tmp_path, text, "a1-last"), rule_of(tmp_path, f"effect: notice\nproof: presence{ROWS_SQL}")
    mark = fingerprint("t1-test", SUBJECT, url("p.html"))
    rows = (
        fact(KnownFinding, fingerprint=mark, rule="t1-test"), fact(KnownFinding, fingerprint="f2", rule="gone-rule"),
        found(certainty="candidate"),
    )  # fmt: skip
    with reading(*rows) as reader:
        said = evaluate(reader, RuleSet(Profile(name="test", title="测试"), (last, first), ""), "complete")
    assert [(a.rule, a.of_others) for a in said] == [("a1-last", True), ("t1-test", False)]
    assert {f.item: f.detail for f in said[0].findings} == {"f2": "notSeen规则未启用", mark: "unchanged待人工确认"}


def test_how_many_items_reach_the_effect_is_told(tmp_path: Path) -> None:
    veto = rule_of(tmp_path, f"effect: {{veto: {{at_least: 3}}}}\nproof: presence{ROWS_SQL}")
    assert [assess(veto).need, assess(rule_of(tmp_path, DEDUCTION + ROWS_SQL, "t2")).need] == [3, 1]
