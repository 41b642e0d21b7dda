"""`checker diff`: what became of every finding from one stored inspection to another."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.diff import arrived_at
from checker.errors import StoreError, UsageError
from checker.facts.schema import SCHEMA_VERSION
from checker.fleet.diff import compare, pair_of, recheck_pair
from checker.model.differences import Comparison, Presence
from checker.model.results import (
    Assessment,
    Change,
    Finding,
    Gone,
    Outcome,
    RuleSetInfo,
    Verdict,
)
from checker.report._diff import DIFF_FORMATS, document
from tests.comparing import LATER, NOW, RULES, THEN, again, answering, became, keep, row, rule, scan, seen_now, subject
from tests.test_report import errors


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Change]:
    """What the facts say of findings that are gone, by fingerprint."""
    return answering(monkeypatch)


def two(store: Path, before: list[Finding], after: list[Finding]) -> Comparison:
    keep(store, scan("20211101", THEN, subject(rule(*before))))
    keep(store, scan("20211108", NOW, subject(rule(*after))))
    return compare(store, "20211101", "20211108", RULES)


SURE, DOUBT, UNREAD = {"certainty": "certain"}, {"certainty": "candidate"}, {"certainty": "unknown"}


HERE: list[tuple[str, list[Finding], list[Finding], list[tuple[str, str, str]]]] = [
    ("new", [], [seen_now("a")], [("a", "new", "")]),
    ("unchanged", [row("a", "已3天")], [row("a", "已10天")], [("a", "unchanged", "")]),
    ("price", [row("a", price=Decimal("-0.2"))], [row("a", price=Decimal("-0.5"))],
     [("a", "updated", "分值由 -0.2 变为 -0.5")]),
    ("clause", [row("a", clause="soon", problem="即将到期")], [row("a")], [("a", "updated", "原为“即将到期”")]),
    ("confirmed", [row("a", **DOUBT)], [row("a", **SURE)], [("a", "updated", "由候选变为查实")]),
    ("doubted", [row("a", **SURE)], [row("a", **DOUBT)], [("a", "updated", "由查实变为候选")]),
    ("suppressed", [row("a")], [row("a", suppressed="r")], [("a", "updated", "已豁免")]),
    ("suppression over", [row("a", suppressed="r")], [row("a")], [("a", "updated", "豁免不再有效")]),
    ("a warning came true", [row("a", clause="warning", notice=True)], [seen_now("a")], [("a", "new", "预警变为问题")]),
    ("a warning came true again", [row("a", clause="warning", notice=True)], [again("a")],
     [("a", "reopened", "预警变为问题")]),
    ("known before the warning", [row("a", clause="warning", notice=True)], [row("a", change=Change.UNCHANGED)],
     [("a", "reopened", "预警变为问题")]),
    ("only a warning is left", [row("a")], [seen_now("a", clause="warning", notice=True)],
     [("a", "updated", "由问题变为预警"), ("a", "notSeen", "后一次检查没有重新检查这一处")]),
    ("a warning as before", [row("a", notice=True)], [row("a", notice=True)], [("a", "unchanged", "")]),
    ("two rows, one finding", [row("a", **DOUBT), row("a")], [row("a"), row("a", **DOUBT)], [("a", "unchanged", "")]),
    ("never sure", [row("a", **UNREAD)], [row("a", **UNREAD)], []),
    ("back", [], [again("a")], [("a", "reopened", "")]),
    ("back in between", [], [row("a", change=Change.UNCHANGED)], [("a", "reopened", "")]),
    ("new in between", [], [row("a", change=Change.UNCHANGED, first_seen=LATER)], [("a", "new", "")]),
    ("older, then unread", [row("a", first_seen="2021-10-01T10:00:00+08:00", **UNREAD)],
     [row("a", first_seen="2021-10-01T10:00:00+08:00", change=Change.UNCHANGED)],
     [("a", "unchanged", "前一次检查未见，此前已发现（2021-10-01）")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), [c[1:] for c in HERE], ids=[c[0] for c in HERE])
def test_what_became_of_a_finding_that_is_there(
    tmp_path: Path, answered: object, before: list[Finding], after: list[Finding], expected: list[tuple[str, str, str]]
) -> None:
    if expected and expected[0][1] == "reopened":
        after = [replace(f, first_seen="2021-10-01T10:00:00+08:00") for f in after]
    assert became(two(tmp_path, before, after)) == expected


def test_a_finding_that_is_gone_is_what_the_facts_say(tmp_path: Path, answered: dict[str, Change]) -> None:
    answered |= {"a": Change.RECTIFIED, "b": Change.REMOVED, "c": Change.NOT_SEEN}
    before = [row("a"), row("b"), row("c"), row("d"), row("e"), row("f", **UNREAD)]
    assert became(two(tmp_path, before, [row("e", **UNREAD)])) == [
        ("a", "rectified", "见采集记录"),
        ("b", "removed", "见采集记录"),
        ("c", "notSeen", "见采集记录"),
        ("d", "notSeen", "后一次检查没有重新检查这一处"),
        ("e", "notSeen", "后一次检查没有重新检查这一处"),
    ]


def test_what_is_only_a_warning_now_may_be_rectified(tmp_path: Path, answered: dict[str, Change]) -> None:
    answered["a"] = Change.RECTIFIED
    assert became(two(tmp_path, [row("a")], [seen_now("a", clause="warning", notice=True)])) == [
        ("a", "updated", "由问题变为预警"),
        ("a", "rectified", "见采集记录"),
    ]


def test_merits_are_no_findings(tmp_path: Path) -> None:
    bonus = rule(row("a"), effect="bonus", outcome=Outcome.PASS)
    keep(tmp_path, scan("1", THEN, subject(bonus)))
    keep(tmp_path, scan("2", NOW, subject(replace(bonus, findings=(row("b"),)))))
    assert became(compare(tmp_path, "1", "2", RULES)) == []


def test_where_the_facts_are_pruned_nothing_is_rectified(tmp_path: Path, answered: dict[str, Change]) -> None:
    answered["a"] = Change.RECTIFIED
    keep(tmp_path, scan("1", THEN, subject(rule(row("a")))))
    keep(tmp_path, scan("2", NOW, subject()), facts=False)
    assert became(compare(tmp_path, "1", "2", RULES)) == [
        ("a", "notSeen", "后一次检查的事实文件已清理，不能确认是否重新检查")
    ]


def _too_new(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.executescript(f"CREATE TABLE schema_info(version, kind); INSERT INTO schema_info VALUES ({99}, 'facts')")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.write_bytes(b"SQLite format 3\0" + b"half" * 300), "cannot be read|damaged|schema"),
        (lambda file: file.with_name(f"{file.name}-wal").touch(), "is being written, or its scan was killed"),
        (_too_new, "schema 99"),
    ],
    ids=["half-written", "open", "newer"],
)
def test_facts_that_cannot_be_read_prove_nothing_and_are_told_of(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    keep(tmp_path, scan("1", THEN, subject(rule(row("a")))))
    keep(tmp_path, scan("2", NOW, subject()))
    file = tmp_path / "scans/2/facts/www-one-example.sqlite"
    spoil(file)
    found = compare(tmp_path, "1", "2", RULES)
    assert became(found) == [("a", "notSeen", "后一次检查的事实文件无法读取，不能确认是否重新检查")]
    (note,) = found.notes
    assert note.startswith("www-one-example 网站（www-one-example）的事实文件无法读取，不再出现的问题不能确认：")
    assert re.search(said, note)


def test_who_is_in_one_inspection_only_is_named_and_nothing_of_him_is_rectified(tmp_path: Path) -> None:
    old, new = subject(rule(row("a")), id="old"), subject(rule(seen_now("b")), id="new")
    keep(tmp_path, scan("1", THEN, old))
    keep(tmp_path, scan("2", NOW, new))
    found = compare(tmp_path, "1", "2", RULES)
    assert [(s.id, s.presence, [(f.fingerprint, f.change) for f in s.findings]) for s in found.subjects] == [
        ("new", Presence.JOINED, [("b", Change.NEW)]),
        ("old", Presence.LEFT, [("a", Change.NOT_SEEN)]),
    ]
    assert (found.subjects[0].before, found.subjects[1].after) == (None, None)


@pytest.mark.parametrize(
    ("first", "second", "presence", "changed"),
    [
        ("[]", '["new"]', Presence.LEFT_OUT, False),
        ('["old"]', "[]", Presence.LEFT_OUT_BEFORE, False),
        ("[]", "[]", Presence.LEFT, True),
    ],
)
def test_who_was_not_asked_for_has_not_left(
    tmp_path: Path, first: str, second: str, presence: Presence, changed: bool
) -> None:
    both = [subject(id="old"), subject(id="new")]
    lone = presence is Presence.LEFT_OUT_BEFORE
    keep(tmp_path, scan("1", THEN, *(both[:1] if lone else both)), only=first)
    keep(tmp_path, scan("2", NOW, *(both if lone else both[1:])), only=second)
    found = compare(tmp_path, "1", "2", RULES)
    alone = next(s for s in found.subjects if s.presence is not Presence.BOTH)
    assert (alone.presence, found.changed) == (presence, changed)


def test_findings_of_one_who_was_left_out_before_are_as_old_as_history_says(tmp_path: Path) -> None:
    before = subject(rule(row("a", first_seen="2021-10-01T10:00:00+08:00", change=Change.UNCHANGED), seen_now("b")))
    keep(tmp_path, scan("1", THEN, subject(id="x")), only='["x"]')
    keep(tmp_path, scan("2", NOW, before, subject(id="x")))
    assert became(compare(tmp_path, "1", "2", RULES)) == [
        ("a", "unchanged", "前一次检查未见，此前已发现（2021-10-01）"),
        ("b", "new", ""),
    ]


def test_the_head_says_what_a_reader_must_know(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", NOW, subject(), rules=RuleSetInfo("gate", "2", "aaaaaaaa" * 8)))
    keep(tmp_path, scan("2", THEN, subject(), rules=RuleSetInfo("national", "2019.1", "bbbbbbbb" * 8)))
    assert compare(tmp_path, "1", "2", RULES).notes == (
        "前一次检查的时点晚于后一次：请核对两个编号的次序",
        "两次检查的指标不同：gate 2（aaaaaaaa）与 national 2019.1（bbbbbbbb）；"
        "新增和不再出现的问题，可能只是因为指标变了",
        "现在的指标与后一次检查所用的不同：是否重新检查过，按现在的指标判断",
    )


def test_a_recheck_answers_for_itself(tmp_path: Path) -> None:
    answer = Gone("v4-columns-blank", "a", "main", "p", "i", "l", "d", "u", "certain", THEN, THEN, "", Change.RECTIFIED,
                  "复查时已有内容")  # fmt: skip
    before = subject(rule(row("a"), row("b"), row("c"), row("d"), row("taken-over")))
    keep(tmp_path, scan("1", THEN, before, subject(id="x")))
    unseen = replace(answer, fingerprint="d", change=Change.NOT_SEEN, reason="页面打不开")
    rows = row("c", rechecked="notRectified"), row("d", rechecked="unknown"), row("taken-over")
    after = subject(rule(*rows), gone=(answer, unseen), rectification="未整改")
    keep(tmp_path, scan("2", NOW, after, kind="recheck", based_on="1"))
    found = compare(tmp_path, *recheck_pair(tmp_path), RULES)
    assert became(found) == [
        ("c", "unchanged", ""), ("d", "notSeen", "页面打不开"), ("a", "rectified", "复查时已有内容"),
        ("b", "notSeen", "复查没有涉及这一条"),
    ]  # fmt: skip
    assert (found.subjects[0].after.rectification, found.subjects[1].presence) == (  # type: ignore[union-attr]
        "未整改", Presence.LEFT_OUT,
    )  # fmt: skip


REPEATS = {"rule": "x-unrectified", "title": "上期通报问题未整改", "effect": "notice", "of_others": True}


def test_findings_that_repeat_others_are_no_news(tmp_path: Path, answered: dict[str, Change]) -> None:
    answered["r-old"] = Change.RECTIFIED
    repeats = [seen_now(f"r{n}") for n in range(5)]
    doubts = [seen_now("r-doubt", certainty="candidate")]
    keep(tmp_path, scan("1", THEN, subject(rule(row("a")), rule(row("r-old"), **REPEATS))))
    keep(tmp_path, scan("2", NOW, subject(rule(row("a")), rule(*repeats, *doubts, **REPEATS))))
    found = compare(tmp_path, "1", "2", RULES)
    assert {c.value: n for c, n in found.counts.items() if n} == {"unchanged": 1}
    assert (found.changed, arrived_at(found, "notice")) == (False, False)
    line = "新增 0 项，已整改 0 项，仍存在 1 项；上期通报未整改 5 项，上期通报待确认 1 项"
    for name in ("text", "markdown"):
        short, whole = (DIFF_FORMATS[name](found, verbose).decode() for verbose in (False, True))
        assert line in short
        assert ("栏目“r0”没有内容" in short, "栏目“r0”没有内容" in whole) == (False, True)
    told = document(found)
    assert (told["summary"]["new"], told["summary"]["rectified"], told["summary"]["repeated"]) == (0, 0, 6)
    assert [f["fingerprint"] for f in told["subjects"][0]["findings"] if f.get("of_others")] == [
        "r0", "r1", "r2", "r3", "r4", "r-doubt", "r-old",
    ]  # fmt: skip
    assert errors(told, "diff-1.0.json", strict=True) == []
    rows = list(csv.DictReader(io.StringIO(DIFF_FORMATS["csv"](found, True).decode("utf-8-sig"))))
    assert [r["变化"] for r in rows] == ["仍存在", *["上期通报未整改"] * 6, "已整改"]
    assert len(DIFF_FORMATS["csv"](found, False).splitlines()) == 1


QUIET, LOUD = row("a", suppressed="r"), row("a")


PASSED = {"outcome": Outcome.PASS}


BAD, GOOD = Verdict.UNQUALIFIED, Verdict.QUALIFIED


VETO_OFF = "单项否决“空白栏目”（不通过 → 通过）只因豁免，问题本身没有变化"


VETO_ON = "单项否决“空白栏目”（通过 → 不通过）只因豁免终止，问题本身没有变化"


SUPPRESSED: list[tuple[str, list[Assessment], list[Assessment], tuple[Verdict, Verdict], tuple[str, ...]]] = [
    ("suppressed", [rule(LOUD)], [rule(QUIET, **PASSED)], (BAD, GOOD),
     ("结论变化只因豁免，问题本身没有变化", VETO_OFF)),
    ("over", [rule(QUIET, **PASSED)], [rule(LOUD)], (GOOD, BAD),
     ("结论变化只因豁免终止，问题本身没有变化", VETO_ON)),
    ("one of two vetoes", [rule(LOUD), rule(row("b"), rule="v2")], [rule(QUIET, **PASSED), rule(rule="v2", **PASSED)],
     (BAD, GOOD), (VETO_OFF,)),
    ("another one mended too", [rule(LOUD, row("b"))], [rule(QUIET, **PASSED)], (BAD, GOOD), ()),
    ("the verdict stays", [rule(LOUD)], [rule(QUIET, **PASSED)], (BAD, BAD), (VETO_OFF,)),
    ("points only", [rule(LOUD, effect="deduct", points=Decimal(-5))], [rule(QUIET, effect="deduct")], (BAD, GOOD),
     ("结论变化只因豁免，问题本身没有变化",)),
    ("nothing suppressed", [rule(LOUD)], [rule(LOUD, **PASSED)], (BAD, GOOD), ()),
    ("another threshold", [rule(LOUD)], [rule(QUIET, need=2, **PASSED)], (BAD, GOOD), ()),
    ("another rule", [rule(LOUD)], [rule(QUIET, **PASSED), rule(rule="v2", **PASSED)], (BAD, GOOD), (VETO_OFF,)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "verdicts", "expected"), [c[1:] for c in SUPPRESSED], ids=[c[0] for c in SUPPRESSED]
)
def test_what_changed_only_by_a_suppression_is_said(
    tmp_path: Path, before: list[Assessment], after: list[Assessment], verdicts: tuple[Verdict, Verdict],
    expected: tuple[str, ...],
) -> None:  # fmt: skip
    keep(tmp_path, scan("1", THEN, subject(*before, verdict=verdicts[0])), facts=False)
    keep(tmp_path, scan("2", NOW, subject(*after, verdict=verdicts[1])), facts=False)
    found = compare(tmp_path, "1", "2", RULES)
    assert found.subjects[0].suppression == expected
    assert document(found)["subjects"][0]["suppression_effects"] == list(expected)
    shown = [DIFF_FORMATS[name](found, False).decode() for name in ("text", "markdown")]
    assert all(sentence in out for out in shown for sentence in expected)


def test_the_two_newest_finished_scans_are_compared(tmp_path: Path) -> None:
    for number in ("1", "2", "3"):
        keep(tmp_path, scan(number, THEN))
    keep(tmp_path, scan("4", NOW, kind="recheck", based_on="3"))
    keep(tmp_path, scan("5", NOW, complete=False))
    assert [pair_of(tmp_path, *p) for p in ((None, None), ("1", None), ("1", "4"))] == [
        ("2", "3"), ("1", "3"), ("1", "4"),
    ]  # fmt: skip
    assert recheck_pair(tmp_path) == ("3", "4")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["9"], "no scan 9; the newest are 1, 2"),
        (["2"], "2: there is no newer finished scan to compare it with"),
        (["1", "1"], "name two different scans"),
        (["1", "9"], "no scan 9; the newest are 1, 2"),
        (["--only", "x"], "--only x: neither 1 nor 2 holds a result of this id"),
        (["-f", "pdf"], "--format pdf: there are text, json, markdown, csv"),
        (["--fail-on", "all"], "--fail-on all: must be veto, deduction, notice, never"),
    ],
)
def test_a_wrong_wish_is_told(tmp_path: Path, words: list[str], message: str) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject()))
    result = CliRunner().invoke(app, ["diff", *words, "--store", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)


def test_an_unfinished_scan_is_not_compared(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject(), complete=False))
    with pytest.raises(UsageError, match="two finished scans are needed to compare; there are 1"):
        pair_of(tmp_path, None, None)
    with pytest.raises(UsageError, match="scan 2 is not finished and cannot be compared"):
        compare(tmp_path, "1", "2", RULES)
    with pytest.raises(UsageError, match="no finished recheck is stored here"):
        recheck_pair(tmp_path)


def test_a_scan_of_a_newer_schema_is_told_and_can_be_left_out(tmp_path: Path) -> None:
    for number in ("1", "2", "3"):
        keep(tmp_path, scan(number, THEN))
    with closing(sqlite3.connect(tmp_path / "scans/3/scan.sqlite")) as db, db:
        db.execute(f"UPDATE schema_info SET version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=rf"schema {SCHEMA_VERSION + 1}, .*; to leave this scan out, name the two"):
        pair_of(tmp_path, None, None)
    assert compare(tmp_path, *pair_of(tmp_path, "1", "2"), RULES).changed is False


@pytest.mark.parametrize(
    "statement", ["UPDATE result SET body = '{\"kind\": 1}'", "DELETE FROM scan_info WHERE key = 'as_of'"]
)
def test_a_scan_that_was_written_by_halves_is_told(tmp_path: Path, statement: str) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject()))
    with closing(sqlite3.connect(tmp_path / "scans/2/scan.sqlite")) as db, db:
        db.execute(statement)
    with pytest.raises(StoreError, match=r"scans/2: cannot be read .*; compare another scan"):
        compare(tmp_path, "1", "2", RULES)
