"""The rule engine: people's answers, samples, scopes of coverage, and what blocks a verdict (design §4, §5)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from checker.evaluate.coverage import explain
from checker.model.context import Answer
from checker.model.facts import Page
from checker.model.results import Sampled
from tests.engine_data import (
    HOME,
    ROWS_SQL,
    SUBJECT,
    account,
    assess,
    brief,
    column,
    fact,
    found,
    gathered,
    item,
    outcome,
    rule_of,
    url,
)

# --- answers of people ---------------------------------------------------------------------------------------------


def answer(clause: str, problem: int, item: str = "", **more: Any) -> Answer:
    values = {
        "rule": "t1-test", "clause": clause, "item": item, "problem": problem, "by": "王芳", "on_date": "2021-11-01",
        "expires_on": "2021-11-08", "detail": "已核对",
    }  # fmt: skip
    return fact(Answer, **(values | more))


ASKED = "clauses: {main: {points: 1, problem: 与实际不符, ask: 是否与实际一致？}}\n"


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ([], ("open", 0, -2)),
        ([answer("main", 0)], ("pass", 0, 0)),
        ([answer("main", 1)], ("fail", -1, 0)),
        ([answer("main", 1, "甲"), answer("main", 1, "乙"), answer("main", 0, "丙")], ("fail", -2, 0)),
        ([answer("main", 1, expires_on="2021-11-07")], ("open", 0, -2)),
        ([answer("main", 0, expires_on="2021-11-07")], ("open", 0, -2)),
        ([answer("main", 1, rule="other")], ("open", 0, -2)),
        ([answer("main", 1, subject="s2")], ("open", 0, -2)),
        ([answer("other", 1)], ("open", 0, -2)),
    ],
)
def test_a_question_alone_is_open_until_it_is_answered(
    tmp_path: Path, answers: list[Answer], wanted: tuple[str, int, int]
) -> None:
    rule = rule_of(tmp_path, f"effect: {{deduct: {{cap: 2}}}}\n{ASKED}")
    assessment = assess(rule, *answers, blocking=True)
    assert outcome(assessment) == wanted
    if wanted[0] == "open":
        assert (assessment.reason, assessment.unasked, assessment.blocks) == (
            "需要人工判定",
            ("是否与实际一致？",),
            True,
        )
    else:
        assert (assessment.reason, assessment.unasked, assessment.blocks) == (None, (), False)


def test_an_answer_is_evidence(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\n{ASKED}")
    (finding,) = assess(rule, answer("main", 1)).findings
    assert (finding.item, finding.location, finding.detail) == (HOME, HOME, "已核对")
    assert finding.evidence.quote == "王芳，2021-11-01：已核对"
    (finding,) = assess(rule, answer("main", 1, "甲事项", detail="")).findings
    assert (finding.item, finding.location, finding.detail) == ("甲事项", HOME, "与实际不符")
    accounts = rule_of(tmp_path, f"effect: {{veto: {{}}}}\napplies_to: {{account: true}}\n{ASKED}")
    assert assess(accounts, account(), answer("main", 1)).findings[0].location == f"account:{SUBJECT}"


def test_one_of_two_questions_answered_no_is_still_open(tmp_path: Path) -> None:
    text = "effect: {veto: {}}\nclauses: {a: {problem: 甲, ask: 甲吗？}, b: {problem: 乙, ask: 乙吗？}}"
    rule = rule_of(tmp_path, text)
    half = assess(rule, answer("a", 0))
    assert (half.outcome, half.unasked) == ("open", ("乙吗？",))
    assert assess(rule, answer("a", 1)).outcome == "fail"
    assert assess(rule, answer("a", 0), answer("b", 0)).outcome == "pass"


def test_an_unanswered_question_changes_nothing_where_there_is_sql(tmp_path: Path) -> None:
    text = "effect: {deduct: {cap: 4}}\nproof: presence\nclauses:\n  main: {points: 1, problem: 甲}\n"
    rule = rule_of(tmp_path, text + "  asked: {points: 2, problem: 乙, ask: 乙吗？}" + ROWS_SQL)
    assert outcome(assess(rule)) == ("pass", 0, 0)
    assert assess(rule).unasked == ("乙吗？",)
    assert outcome(assess(rule, found(what="x"), answer("asked", 1))) == ("fail", -3, 0)


@pytest.mark.parametrize("effect", ["{veto: {}}", "{deduct: {cap: 1}}"])
def test_an_answer_confirms_or_clears_a_candidate(tmp_path: Path, effect: str) -> None:
    text = f"effect: {effect}\nproof: presence\nclauses: {{main: {{points: 1, problem: 错}}}}{ROWS_SQL}"
    rule = rule_of(tmp_path, text)
    suspect = found(what="甲", certainty="candidate")
    assert assess(rule, suspect).reason == "有候选问题，需人工确认"
    confirmed = assess(rule, suspect, answer("main", 1, "甲"))
    assert (confirmed.outcome, confirmed.findings[0].certainty) == ("fail", "certain")
    assert confirmed.findings[0].evidence.quote == "王芳，2021-11-01：已核对"
    cleared = assess(rule, suspect, answer("main", 0, "甲"))
    assert (cleared.outcome, cleared.findings) == ("pass", ())
    assert assess(rule, suspect, answer("main", 0, "乙")).outcome == "review"
    certain = assess(rule, found(what="甲"), answer("main", 0, "甲"))  # what is certain, nobody talks away
    assert certain.outcome == "fail"


def test_an_answer_to_a_row_of_an_asking_clause_is_not_counted_twice(tmp_path: Path) -> None:
    text = "effect: {deduct: {cap: 4}}\nproof: presence\nclauses: {main: {points: 1, problem: 错, ask: 错吗？}}"
    rule = rule_of(tmp_path, text + ROWS_SQL)
    for certainty in ("certain", "candidate"):
        both = assess(rule, found(what="甲", certainty=certainty), answer("main", 1, "甲"))
        assert brief(both) == [("main", "甲", "certain", Decimal(-1))]


# --- samples -------------------------------------------------------------------------------------------------------

SAMPLED = """
effect: {deduct: {cap: 2}}
clauses: {main: {points: 1, problem: 缺}}
sample: {n: 2, sql: "SELECT name AS key, url, name AS title FROM known_column ORDER BY name"}
proof: presence
sql: SELECT t.subject, s.url AS location, s.title AS detail FROM tested t JOIN sample s ON s.key = t.item
"""


def test_a_sample_is_named_and_bounds_what_is_looked_at(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, SAMPLED)
    columns = [column(f"{name}/") for name in "dcba"]
    probes = [found(what=name) for name in "abc"]
    sampled = assess(rule, *columns, *probes)
    assert sampled.sample == (Sampled("a", url("a/"), "a"), Sampled("b", url("b/"), "b"))
    assert brief(sampled) == [("main", url("a/"), "certain", -1), ("main", url("b/"), "certain", -1)]
    passed = assess(rule, *columns)
    assert (passed.outcome, passed.sample) == ("pass", sampled.sample)
    assert assess(rule).sample == ()


def test_a_sample_without_key_leaves_the_rule_open(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, SAMPLED.replace("SELECT name AS key", "SELECT NULL AS key"))
    assert assess(rule, column("a/")).reason == "规则执行出错：key is NULL in the sample"


# --- scopes --------------------------------------------------------------------------------------------------------

BY_COLUMN = """
effect: {veto: {at_least: 2}}
sql: SELECT subject, url AS location, '陈旧' AS detail, url AS scope FROM column_freshness WHERE items = 0
"""


def columns_with(**states: str) -> list[Any]:
    rows: list[Any] = [gathered("site_column", "navigation")]
    for name, state in states.items():
        rows.append(column(f"{name}/"))
        if state:
            rows += [gathered("list_item", url(f"{name}/"), state, "超时"), gathered("article_date", url(f"{name}/"))]
    return rows


def test_a_column_that_was_not_read_is_unknown_and_spoils_no_other(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, BY_COLUMN)
    both = assess(rule, *columns_with(a="complete", b="complete", c="failed"), absent="missing")
    assert (both.outcome, [f.certainty for f in both.findings]) == ("fail", ["certain", "certain", "unknown"])
    one = assess(rule, *columns_with(a="complete", b="failed"), absent="missing")
    assert (one.outcome, one.reason) == ("open", "所涉范围采集不完整")
    assert one.findings[1].detail == f"不能判定：列表条目（{url('b/')}）采集失败：超时"
    partial = assess(rule, *columns_with(a="complete", b="partial"), absent="missing")
    assert partial.findings[1].detail == f"陈旧（列表条目（{url('b/')}）采集不完整：超时，不能判定）"
    fresh = [*columns_with(a="complete", b="failed"), item("b/", "1.html")]
    assert assess(rule, *fresh, absent="missing").outcome == "pass"  # what is there is there, read or not


def test_a_column_nobody_logged_is_missing(tmp_path: Path) -> None:
    assessment = assess(rule_of(tmp_path, BY_COLUMN), *columns_with(a="complete", b=""), absent="missing")
    assert (assessment.outcome, [f.certainty for f in assessment.findings]) == ("open", ["certain", "unknown"])


@pytest.mark.parametrize(("place", "other"), [("home", "footer"), ("footer", "home")])
def test_a_place_has_its_own_coverage(tmp_path: Path, place: str, other: str) -> None:
    view = {"home": "entry_missing", "footer": "mark_missing"}[place]
    text = (
        f"effect: {{veto: {{}}}}\nsql: SELECT subject, url AS location, kind AS detail, '{place}' AS scope FROM {view}"
    )
    rule = rule_of(tmp_path, text)
    home_page = fact(Page, url=HOME, role="home")
    good = assess(rule, home_page, gathered("mark", place), gathered("mark", other, "failed"), absent="missing")
    bad = assess(rule, home_page, gathered("mark", place, "failed"), gathered("mark", other), absent="missing")
    assert (good.outcome, bad.outcome) == ("fail", "open")
    assert {f.certainty for f in good.findings} == {"certain"}
    assert {f.certainty for f in bad.findings} == {"unknown"}


def test_a_page_has_its_own_coverage(tmp_path: Path) -> None:
    text = "effect: {veto: {}}\nsql: SELECT subject, url AS location, kind AS detail, url AS scope FROM mark_missing"
    rule = rule_of(tmp_path, text)
    pages = [fact(Page, url=url(name), role="article") for name in ("1.html", "2.html")]
    log = [gathered("mark", "footer"), gathered("mark", url("2.html"), "failed", "提取出错")]
    assessment = assess(rule, *pages, *log, absent="missing")
    assert {(f.location, f.certainty) for f in assessment.findings} == {
        (url("1.html"), "certain"), (url("2.html"), "unknown"),
    }  # fmt: skip


def test_the_last_line_of_a_scope_counts(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\n{ROWS_SQL}")
    lines = [gathered("probe", "", "failed", "首次失败"), gathered("probe")]
    assert assess(rule, *lines, absent="missing").outcome == "pass"
    assert assess(rule, *reversed(lines), absent="missing").outcome == "open"


def test_a_presence_rule_over_columns_passes_only_if_every_column_was_read(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, BY_COLUMN + "proof: presence\n")
    fresh = [item(f"{name}/", "1.html") for name in "ab"]
    assert assess(rule, *columns_with(a="complete", b="complete"), *fresh, absent="missing").outcome == "pass"
    half = assess(rule, *columns_with(a="complete", b="failed"), *fresh, absent="missing")
    assert (half.outcome, half.reason) == ("open", f"列表条目（{url('b/')}）采集失败：超时")


def test_reasons_name_the_first_gaps_and_count_the_rest(tmp_path: Path) -> None:
    assert explain([]) == ""
    rule = rule_of(tmp_path, BY_COLUMN + "proof: presence\n")
    rows = columns_with(**dict.fromkeys("abcde", "failed"))
    reason = assess(rule, *rows, *(item(f"{n}/", "1.html") for n in "abcde"), absent="missing").reason
    named = "；".join(f"列表条目（{url(n + '/')}）采集失败：超时" for n in "abc")
    assert reason == f"{named}；另有2处"


# --- blocking ------------------------------------------------------------------------------------------------------


def test_what_blocks_is_open_or_in_review_and_named_by_the_profile(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: presence\n{ROWS_SQL}")
    suspect, lost = found(certainty="candidate"), gathered("probe", "", "failed")
    got = [assess(rule, *rows, blocking=b).blocks for rows in ([suspect], [lost], [found()], []) for b in (True, False)]
    assert got == [True, False, True, False, False, False, False, False]


def test_the_first_week_of_visits_does_not_block(tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        "effect: {veto: {}}\nsql: SELECT subject, url AS location, '' AS detail FROM visit_share WHERE share > 1",
    )
    for state, blocks in (("partial", False), ("failed", True), ("complete", False)):
        assessment = assess(rule, gathered("visit", "", state, "n/m"), blocking=True)
        assert (assessment.outcome == "open", assessment.blocks) == (state != "complete", blocks)
