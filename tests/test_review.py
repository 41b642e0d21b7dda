"""Questions that wait for a person, the sheet that carries them, and answers that the next evaluation uses."""

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from checker.cli import app
from checker.config import SHANGHAI
from checker.demo import CityServer
from checker.errors import RegistryError, UsageError
from checker.evaluate import evaluate
from checker.fleet import evaluate_scan, run
from checker.fleet.review import Given, given_in, settle, settle_sheet, sheet_of, waiting
from checker.history import answers_of, record_answers
from checker.model.context import Answer
from checker.model.facts import GatherLog, Post
from checker.model.registry import Account
from checker.model.results import Outcome
from checker.sheets import read_sheets
from tests.engine_data import account, assess, fact, outcome, reading, rule_of
from tests.scanning import AS_OF, assessment, national, order

TODAY = AS_OF.date()
RULES = national()
VIDEO = Account.model_validate(
    {
        "id": "v1",
        "code": None,
        "name": "甲县发布",
        "platform": "channels",
        "organizer": "甲县政府办",
        "sources": [{"manual": True}],
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one scan of one account that only a person can look at."""
    with CityServer(hosts={}) as server:
        run(order(server, tmp_path / "store", [], [VIDEO]), lambda _: None)
    return tmp_path / "store"


def given(**more: Any) -> Given:
    values: dict[str, Any] = {
        "subject": "v1", "rules": ("n2-stale", "n2-zombie"), "clause": "", "item": "", "problem": None, "newest": None,
        "detail": "", "by": "张三", "on": TODAY,
    }  # fmt: skip
    return Given(**(values | more))


# --- what waits --------------------------------------------------------------------------------------------------


def test_an_account_nobody_can_read_gives_one_line_for_its_newest_post_and_one_for_each_other_question(
    store: Path,
) -> None:
    found = [(w.rules, w.clause, w.newest, w.blocks) for w in waiting(store, None, RULES)]
    assert found == [
        (("n2-stale", "n2-zombie"), "main", True, True),
        (("n1-public-opinion",), "main", False, False),
        (("n3-bought-followers",), "main", False, False),
        (("n3-no-interaction",), "main", False, False),
    ]


def test_the_sheet_holds_every_question_and_comes_back_filled(store: Path) -> None:
    sheet = sheet_of(waiting(store, None, RULES))
    (read,) = read_sheets("waiting.xlsx", sheet)
    assert [row.cells[0] for row in read.rows] == ["主体标识", "v1", "v1", "v1", "v1"]
    assert [row.cells[2] for row in read.rows] == ["类型", "视频号", "视频号", "视频号", "视频号"]
    assert given_in("waiting.xlsx", sheet, TODAY) == ()
    filled = _filled(read.rows, {1: (None, date(2021, 11, 1)), 4: ("无问题", None)})
    assert given_in("f.xlsx", filled, TODAY) == (
        given(newest=date(2021, 11, 1)),
        given(rules=("n3-no-interaction",), clause="main", problem=False),
    )


def _filled(
    rows: Any, answers: dict[int, tuple[str | None, date | None]], by: str = "张三", on: str = "2021-11-08"
) -> bytes:
    """The sheet as a person saves it: conclusion, newest post, name and day in some lines."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(rows):
            for c, value in enumerate(row.cells):
                if value is not None:
                    sheet.write(r, c, value)
            if r in answers:
                said, newest = answers[r]
                for c, cell in enumerate((said, newest and newest.isoformat(), None, by, on), 11):
                    if cell:
                        sheet.write(r, c, cell)
    return out.getvalue()


@pytest.mark.parametrize(
    ("answer", "by", "on", "message"),
    [
        (
            ("也许", None),
            "张三",
            "2021-11-08",
            "f.xlsx:2: 结论 '也许' is neither 有问题 nor 无问题 (of what earns points: 符合, 不符合)",
        ),
        (
            ("是", None),
            "张三",
            "2021-11-08",
            "f.xlsx:2: 结论 '是' is neither 有问题 nor 无问题 (of what earns points: 符合, 不符合)",
        ),
        (("有问题", None), "", "2021-11-08", "f.xlsx:2: 姓名 is empty; an answer needs who gave it and when"),
        (("有问题", None), "张三", "", "f.xlsx:2: 日期 is empty; an answer needs who gave it and when"),
        (("有问题", None), "张三", "下周", "f.xlsx:2: 日期 '下周' is no day; write it as 2026-11-20"),
        (("有问题", None), "张三", "2021-11-09", "f.xlsx:2: 日期 2021-11-09 lies in the future"),
    ],
)
def test_a_faulty_line_is_told_and_nothing_counts(
    store: Path, answer: tuple[str, date | None], by: str, on: str, message: str
) -> None:
    (read,) = read_sheets("w.xlsx", sheet_of(waiting(store, None, RULES)))
    with pytest.raises(RegistryError) as error:
        given_in("f.xlsx", _filled(read.rows, {1: answer, 2: ("无问题", None)}, by, on), TODAY)
    assert message in str(error.value).splitlines()


def test_what_a_page_says_never_becomes_a_formula(store: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415 - only here

    (first, *_) = waiting(store, None, RULES)
    sheet = sheet_of([replace(first, name='=HYPERLINK("http://evil","x")', seen="@SUM(1)", link="http://a.cn/")])
    (read,) = read_sheets("w.xlsx", sheet)
    assert (read.rows[1].cells[1], read.rows[1].cells[8]) == ('=HYPERLINK("http://evil","x")', "@SUM(1)")
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
        assert "<f>" not in packed.read("xl/worksheets/sheet1.xml").decode()


# --- what answers amount to ---------------------------------------------------------------------------------------


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        # (problem, expires) of n2-stale and n2-zombie; an answer counts 14 days, a post that was new only so long
        ({"newest": day(0)}, [(0, day(-14)), (0, day(-14))]),
        ({"newest": day(10)}, [(0, day(-4)), (0, day(-14))]),
        ({"newest": day(14)}, [(0, day(0)), (0, day(-14))]),
        ({"newest": day(15)}, [(1, day(-14)), (0, day(-14))]),
        ({"newest": day(90)}, [(1, day(-14)), (0, day(0))]),
        ({"newest": day(91)}, [(1, day(-14)), (1, day(-14))]),
        ({"problem": True}, [(1, day(-14))]),  # silent for two weeks, which says nothing of ninety days
        ({"problem": False}, [(0, day(-14)), (0, day(-14))]),
        ({"problem": True, "rules": ("n2-zombie", "n2-stale")}, [(1, day(-14)), (1, day(-14))]),
        ({"problem": False, "rules": ("n2-zombie", "n2-stale")}, [(0, day(-14))]),
    ],
)
def test_the_day_of_the_newest_post_decides_by_the_limits_of_the_rules(
    said: dict[str, Any], wanted: list[tuple[int, date]]
) -> None:
    answers = settle(given(**said), RULES)
    assert [(a.problem, date.fromisoformat(a.expires_on)) for a in answers] == wanted


def test_a_late_look_is_measured_from_the_inspection_that_asks() -> None:
    late = given(newest=day(3), on=day(-30))  # seen a month after the inspection, which three days before had its post
    assert [(a.problem, a.on_date) for a in settle(late, RULES, TODAY)] == [(0, day(-30).isoformat())] * 2
    assert [a.problem for a in settle(late, RULES)] == [1, 0]


def test_points_are_earned_in_their_own_words() -> None:
    (earned,) = settle(given(rules=("e9-user-space",), problem=True, merit=True), RULES)
    assert (earned.problem, earned.rule) == (1, "e9-user-space")
    with pytest.raises(UsageError, match="earns points; answer 符合 or 不符合"):
        settle(given(rules=("e9-user-space",), problem=True, merit=False), RULES)
    with pytest.raises(UsageError, match="is about a fault; answer 有问题 or 无问题"):
        settle(given(problem=True, merit=True), RULES)


def test_every_line_that_answers_nothing_is_told_at_once() -> None:
    lines = [
        given(rules=("n3-no-interaction",), problem=True, row=2),
        given(rules=("n3-no-interaction",), problem=False, row=3),
        given(rules=("n3-no-interaction",), newest=day(1), row=4),
        given(subject="v9", problem=True, row=5),
    ]
    with pytest.raises(RegistryError) as error:
        settle_sheet("f.xlsx", lines, RULES, TODAY, {"v1": "account"})
    assert str(error.value).splitlines() == [
        "f.xlsx:3: v1 n3-no-interaction: contradicts row 2",
        "f.xlsx:4: n3-no-interaction: a day of the newest post says nothing here; answer with a problem or none",
        "f.xlsx:5: v9: the scan holds no site or account of this id",
    ]


def test_an_older_answer_does_not_replace_a_newer_one(store: Path) -> None:
    new, old = settle(given(newest=day(1)), RULES), settle(given(newest=day(40), on=day(10)), RULES)
    assert record_answers(store, new) == ()
    assert record_answers(store, old) == old
    assert answers_of(store)["v1"] == new


def test_an_interaction_answer_counts_ninety_days() -> None:
    (answer,) = settle(given(rules=("n3-no-interaction",), problem=False), RULES)
    assert (answer.clause, answer.expires_on) == ("main", day(-90).isoformat())


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "neither a conclusion nor a day"),
        ({"newest": day(-1)}, "later than the answer"),
        ({"newest": day(3), "problem": True}, "contradicts"),
        ({"rules": ("n3-no-interaction",), "newest": day(3)}, "says nothing here"),
        ({"rules": ("n9-none",), "problem": True}, "no rule of this id"),
        ({"rules": ("n2-stale",), "problem": True, "clause": "other"}, "no clause 'other'"),
    ],
)
def test_what_answers_nothing_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settle(given(**said), RULES)


# --- what the next evaluation makes of them -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "stale", "zombie"),
    [
        (day(3), Outcome.PASS, Outcome.PASS),
        (day(20), Outcome.FAIL, Outcome.PASS),
        (day(200), Outcome.FAIL, Outcome.FAIL),
    ],
)
def test_an_answer_settles_what_could_not_be_read(store: Path, newest: date, stale: Outcome, zombie: Outcome) -> None:
    before = evaluate_scan(store, None, RULES)
    assert assessment(before, "v1", "n2-stale").outcome is Outcome.OPEN
    record_answers(store, settle(given(newest=newest), RULES))
    after = evaluate_scan(store, None, RULES)
    assert (assessment(after, "v1", "n2-stale").outcome, assessment(after, "v1", "n2-zombie").outcome) == (
        stale,
        zombie,
    )
    assert [w.rules for w in waiting(store, None, RULES)][:1] == [("n1-public-opinion",)]
    told = assessment(after, "v1", "n2-stale")
    if stale is Outcome.FAIL:
        (finding,) = told.findings
        assert (finding.location, finding.certainty, finding.detail, finding.evidence.quote) == (
            "account:v1", "certain", f"最近一次发布为{newest}", f"张三，{TODAY}：最近一次发布为{newest}",
        )  # fmt: skip
    else:
        assert told.reason == f"人工认定：张三，{TODAY}：最近一次发布为{newest}"


def test_an_answer_without_words_is_quoted_without_an_empty_end(store: Path) -> None:
    record_answers(store, settle(given(problem=True), RULES))
    told = assessment(evaluate_scan(store, None, RULES), "v1", "n2-stale")
    assert [f.evidence.quote for f in told.findings] == [f"张三，{TODAY}"]


def test_an_expired_answer_counts_no_more_and_a_new_scan_uses_what_stands(store: Path) -> None:
    old = [Answer("v1", "n2-stale", "main", "", 0, "", "张三", "2021-10-01", "2021-10-15")]
    record_answers(store, old)
    assert assessment(evaluate_scan(store, None, RULES), "v1", "n2-stale").outcome is Outcome.OPEN
    record_answers(store, settle(given(newest=day(1)), RULES))
    assert answers_of(store)["v1"][0].expires_on == day(-13).isoformat()
    with CityServer(hosts={}) as server:
        again = run(order(server, store, [], [VIDEO]), lambda _: None)
    assert assessment(again, "v1", "n2-stale").outcome is Outcome.PASS


def test_an_answer_finds_its_item_again_whatever_blanks_it_holds(tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        "effect: {veto: {}}\nclauses: {main: {problem: 有问题}}\nproof: presence\n"
        "sql: |\n  SELECT subject, 'x' AS location, 'd' AS detail, '标题  含' || char(10) || '空白' AS item,\n"
        "         'candidate' AS certainty FROM site\n",
    )
    values = {"rule": "t1-test", "clause": "main", "by": "王芳", "expires_on": "2021-11-08"}
    for problem, wanted in ((1, "fail"), (0, "pass")):
        assert outcome(assess(rule, fact(Answer, problem=problem, item="标题 含 空白", **values)))[0] == wanted


def test_a_person_does_not_talk_away_what_is_certain(tmp_path: Path) -> None:
    rule = rule_of(
        tmp_path,
        "effect: {veto: {}}\nclauses: {main: {problem: 有问题}}\nreview: {ask: 有问题吗？}\nproof: presence\n"
        "sql: |\n  SELECT subject, 'x' AS location, 'd' AS detail FROM site\n",
    )
    values = {"rule": "t1-test", "clause": "main", "problem": 0, "by": "王芳", "expires_on": "2021-11-08"}
    assert outcome(assess(rule, fact(Answer, **values)))[0] == "fail"


STALE = {"rule": "n2-stale", "clause": "main", "problem": 1, "by": "王芳", "detail": "停更", "expires_on": "2021-11-15"}


@pytest.mark.parametrize(
    ("said_on", "post", "listed", "wanted"),
    [
        ("2021-11-01", "2021-11-05", "partial", Outcome.PASS),  # posted after somebody looked
        ("2021-11-01", "2021-10-30", "partial", Outcome.REVIEW),  # somebody overlooked it, or it is another account's
        ("2021-11-08", "2021-11-05", "partial", Outcome.REVIEW),  # a pinned post was taken for the newest, say
        ("2021-11-01", "2021-10-20", "partial", Outcome.FAIL),  # confirmed
        ("2021-11-01", "", "failed", Outcome.FAIL),  # nobody else could read anything
        ("2021-10-10", "2021-10-20", "partial", Outcome.REVIEW),  # said before the newest post: of another silence
    ],
)
def test_a_dated_post_stands_against_what_was_said_before(
    said_on: str, post: str, listed: str, wanted: Outcome
) -> None:
    facts = [
        fact(Answer, on_date=said_on, **STALE),
        *([fact(Post, key="a", on_date=post, at=post)] if post else []),
        fact(GatherLog, fact="post", scope="", state=listed),
        fact(GatherLog, fact="post", scope="newest", state="complete" if post else "failed"),
    ]
    with reading(account(), *facts) as opened:
        found = {a.rule: a.outcome for a in evaluate(opened, RULES)}
    assert found["n2-stale"] is wanted


# --- the commands -------------------------------------------------------------------------------------------------


def test_list_sheet_answer_and_evaluate_from_the_command_line(store: Path, tmp_path: Path) -> None:
    runner, at = CliRunner(), ["--store", str(store)]
    listed = runner.invoke(app, ["review", "list", *at, "--rule", "n2-stale"])
    assert listed.exit_code == 0
    assert "v1" in listed.stdout
    assert "n2-stale n2-zombie" in listed.stdout
    out = tmp_path / "to" / "hand" / "out" / "waiting.xlsx"
    assert runner.invoke(app, ["review", "sheet", *at, "-o", str(out)]).exit_code == 0
    empty = runner.invoke(app, ["review", "answer", *at, "--from", str(out)])
    assert "no line is filled in" in str(empty.exception)
    misnamed = runner.invoke(app, ["review", "sheet", *at, "-o", str(tmp_path / "waiting.csv")])
    assert "in .xlsx" in str(misnamed.exception)
    (read,) = read_sheets("w.xlsx", out.read_bytes())
    today = datetime.now(SHANGHAI).date()
    out.write_bytes(_filled(read.rows, {1: (None, day(2))}, on=today.isoformat()))
    answered = runner.invoke(app, ["review", "answer", *at, "--from", str(out)])
    assert answered.exit_code == 0
    assert answered.stdout.splitlines()[0].startswith("v1 n2-stale 无问题 张三")  # as of the scan that asks
    words = ["v1", "n3-no-interaction", "--no-problem", "--by", "李四"]
    assert runner.invoke(app, ["review", "answer", *at, *words]).exit_code == 0
    assert [a.rule for a in answers_of(store)["v1"]] == ["n2-stale", "n2-zombie", "n3-no-interaction"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["v2", "n2-stale", "--problem", "--by", "李四"], "no site or account of this id"),
        (["v1", "n2-stale", "--problem"], "--by"),
        (["v1", "v1-secret", "--problem", "--by", "李四"], "v1-secret: judges sites only"),
        (["v1"], "name SUBJECT and RULE"),
        (["v1", "n2-stale", "--by", "李四", "--newest", "昨天"], "not a day"),
        (["v1", "n2-stale", "--by", "李四", "--problem", "--on", "2999-01-01"], "future"),
        (["--from", "/nowhere.xlsx"], "cannot be read"),
        (["v1", "n2-stale", "--from", "x.xlsx"], "leave SUBJECT and RULE out"),
    ],
)
def test_wrong_use_is_told(store: Path, words: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["review", "answer", "--store", str(store), *words])
    assert isinstance(done.exception, UsageError)
    assert message in str(done.exception)
