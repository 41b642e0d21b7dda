"""What becomes of findings over scans: found, notified, rectified, reopened; any order of recording gives the same."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from checker.history import record_scan
from checker.history.files import HISTORY, opened
from checker.history.trail import Event, put_events, settle
from checker.model.results import Assessment, Change, Evidence, Finding, Gone, Outcome, Scan
from tests.golden_scan import SCAN as GOLDEN
from tests.test_history import context_of

MONTHS = {n: f"2021-{n:02}-08T10:00:00+08:00" for n in range(7, 13)}


def found(mark: str, **more: Any) -> Finding:
    values = ("main", "空白栏目", mark, "l", "d", "u", "certain", Decimal(0), Evidence("2021-11-08"))
    return replace(Finding(mark, *values), **more)


def gone(mark: str, change: Change, last: str = "", reason: str = "已重新检查，未再发现") -> Gone:
    words = ("main", "空白栏目", mark, "l", "d", "u", "certain")
    return Gone("v4-columns-blank", mark, *words, last, last, "", change, reason)


def scan(month: int, *rows: Finding | Gone, outcome: Outcome | None = None, **more: Any) -> Scan:
    """A scan of one site in a month, with these rows of one rule and these findings gone."""
    findings = tuple(r for r in rows if isinstance(r, Finding))
    judged = outcome or (Outcome.FAIL if findings else Outcome.PASS)
    rule = Assessment("v4-columns-blank", "空白栏目", "veto", judged, "空白栏目", findings=findings)
    result = replace(
        GOLDEN.subjects[0], id="s1", assessments=(rule,), gone=tuple(r for r in rows if isinstance(r, Gone))
    )
    return replace(GOLDEN, id=f"scan{month:02}", as_of=MONTHS[month], subjects=(result,), **more)


def ask(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store / "history.sqlite")) as db:
        return db.execute(sql).fetchall()


def standing(store: Path) -> list[tuple[Any, ...]]:
    """Mark, first and last month of sight, state and day of rectification of every finding."""
    sql = "SELECT fingerprint, first_seen, last_seen, state, rectified_on FROM finding ORDER BY fingerprint"
    return [(mark, int(first[5:7]), int(last[5:7]), state, on) for mark, first, last, state, on in ask(store, sql)]


def trail(store: Path, mark: str = "aa") -> list[tuple[str, str, str]]:
    sql = f"SELECT at, what, scan FROM event WHERE fingerprint = '{mark}' ORDER BY at, scan"
    return [(at[:10], what, scan) for at, what, scan in ask(store, sql)]


def dump(store: Path) -> list[str]:
    """Everything in the history but the order of its rows."""
    with closing(sqlite3.connect(store / "history.sqlite")) as db:
        return sorted(db.iterdump())


def notify(store: Path, mark: str, day: str) -> None:
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        db.execute("UPDATE finding SET notified_on = ?, notified_in = '一季度' WHERE fingerprint = ?", (day, mark))
        put_events(db, [Event(mark, day, "notified", "", "一季度")])
        settle(db, [mark])


def test_found_notified_rectified_reopened(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa"), found("bb")))
    notify(tmp_path, "aa", "2021-07-20")
    # the sample of bb moved on: it was not looked at, so nothing is said of it
    record_scan(tmp_path, scan(8, gone("aa", Change.RECTIFIED), gone("bb", Change.NOT_SEEN, reason="抽样已变化")))
    assert standing(tmp_path) == [("aa", 7, 7, "rectified", "2021-08-08"), ("bb", 7, 7, "open", "")]
    rows = context_of(tmp_path, "s1", "known_finding")
    known = {str(k["fingerprint"]): (k["notified_on"], k["rectified_on"]) for k in rows}
    assert known == {"aa": ("2021-07-20", "2021-08-08"), "bb": ("", "")}  # what comes back must be known again
    record_scan(tmp_path, scan(9, found("aa", change=Change.REOPENED, problem="栏目空白", key="k", scope="s")))
    assert standing(tmp_path)[0] == ("aa", 7, 9, "open", "")
    assert trail(tmp_path) == [
        ("2021-07-08", "found", "scan07"), ("2021-07-20", "notified", ""), ("2021-08-08", "rectified", "scan08"),
        ("2021-09-08", "reopened", "scan09"),
    ]  # fmt: skip
    row = ask(tmp_path, "SELECT problem, key, scope, notified_on, notified_in FROM finding WHERE fingerprint = 'aa'")
    assert row == [("栏目空白", "k", "s", "", "")]  # it was rectified since: what is in force is yet to be notified
    notify(tmp_path, "aa", "2021-09-20")
    record_scan(tmp_path, scan(10, found("aa")))
    assert ask(tmp_path, "SELECT notified_on, notified_in FROM finding WHERE fingerprint = 'aa'") == [
        ("2021-09-20", "一季度")
    ]
    record_scan(tmp_path, scan(9, gone("bb", Change.NOT_SEEN)))  # the sight of September is taken back, not the rest
    assert standing(tmp_path)[0] == ("aa", 7, 10, "open", "")
    assert trail(tmp_path, "bb") == [("2021-07-08", "found", "scan07")]


def test_a_removed_page_waits_for_a_person_who_accepts(tmp_path: Path) -> None:
    removed = gone("aa", Change.REMOVED, reason="所在页面已不存在（404）")
    for one in (scan(7, found("aa")), scan(8, removed), scan(9, removed)):
        record_scan(tmp_path, one)
    assert standing(tmp_path) == [("aa", 7, 7, "removed", "")]
    assert trail(tmp_path)[1:] == [("2021-08-08", "removed", "scan08")]  # said once
    with opened(tmp_path / "history.sqlite", HISTORY, "history") as db:
        put_events(db, [Event("aa", "2021-09-10", "accepted", "", "栏目撤销", "王芳")])
        settle(db, ["aa"])
    assert standing(tmp_path) == [("aa", 7, 7, "accepted", "")]
    assert context_of(tmp_path, "s1", "known_finding") == []
    record_scan(tmp_path, scan(10, found("aa")))  # nobody knew it any more, and yet it is the same
    assert standing(tmp_path) == [("aa", 7, 10, "open", "")]
    assert trail(tmp_path)[2:] == [("2021-09-10", "accepted", ""), ("2021-10-08", "reopened", "scan10")]
    assert len(context_of(tmp_path, "s1", "known_finding")) == 1


STORY = (
    scan(7, found("aa"), found("bb")),
    scan(8, found("aa"), gone("bb", Change.RECTIFIED, MONTHS[7])),
    scan(9, found("bb", change=Change.REOPENED), gone("aa", Change.REMOVED, MONTHS[8])),
    scan(10, found("aa", change=Change.REOPENED), found("cc"), gone("bb", Change.NOT_SEEN, MONTHS[9])),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_recording_gives_the_same_state(tmp_path: Path, order: tuple[int, ...]) -> None:
    for number in order:
        record_scan(tmp_path, STORY[number])
    after = dump(tmp_path)
    assert standing(tmp_path) == [("aa", 7, 10, "open", ""), ("bb", 7, 9, "open", ""), ("cc", 10, 10, "open", "")]
    for number in order:
        record_scan(tmp_path, STORY[number])
    in_order = [scan for _, scan in sorted((n, STORY[n].id) for n in order)]
    assert standing(tmp_path) == [("aa", 7, 10, "open", ""), ("bb", 7, 9, "open", ""), ("cc", 10, 10, "open", "")]
    assert [s for _, what, s in trail(tmp_path) if what == "found"] == in_order[:1]
    if order == tuple(sorted(order)):
        assert dump(tmp_path) == after  # recording twice adds nothing


def test_an_older_scan_judged_again_undoes_nothing(tmp_path: Path) -> None:
    for one in STORY:
        record_scan(tmp_path, one)
    before = standing(tmp_path)
    # judged by other rules, the scan of August says the opposite of all that it said
    record_scan(tmp_path, scan(8, found("bb"), gone("aa", Change.RECTIFIED, MONTHS[7])))
    assert standing(tmp_path) == before
    assert ("2021-08-08", "rectified", "scan08") in trail(tmp_path)


def test_what_a_scan_no_longer_says_is_taken_back(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa")))
    record_scan(tmp_path, scan(8, found("aa"), found("bb", certainty="candidate"), found("cc")))
    notify(tmp_path, "cc", "2021-08-20")
    # people answered since: aa and bb are none; cc was notified, so a person must close it
    record_scan(tmp_path, scan(8, gone("aa", Change.RECTIFIED, MONTHS[7], "人工认定：王芳")))
    assert standing(tmp_path) == [("aa", 7, 7, "rectified", "2021-08-08"), ("cc", 8, 8, "open", "")]
    assert trail(tmp_path, "bb") == []
    # an answer was taken back: all is as it was
    record_scan(tmp_path, scan(8, found("aa"), found("bb", certainty="candidate"), found("cc")))
    assert standing(tmp_path) == [(mark, first, 8, "open", "") for mark, first in (("aa", 7), ("bb", 8), ("cc", 8))]
    assert trail(tmp_path) == [("2021-07-08", "found", "scan07")]


def test_a_rule_that_came_to_nothing_takes_nothing_back(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa")))
    before = dump(tmp_path)
    record_scan(tmp_path, scan(7, outcome=Outcome.OPEN))
    assert [line for line in dump(tmp_path) if '"finding"' in line or '"event"' in line] == [
        line for line in before if '"finding"' in line or '"event"' in line
    ]


def test_what_is_unknown_is_no_sight(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa")))
    record_scan(tmp_path, scan(8, found("aa", certainty="unknown"), found("bb", certainty="unknown")))
    assert standing(tmp_path) == [("aa", 7, 7, "open", "")]


def test_a_recheck_sees_only_what_it_looked_at_again(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa"), found("bb"), found("cc"), found("dd")))
    rows = (
        found("aa", rechecked="notRectified"), found("bb", rechecked="unknown"), found("cc"),
        gone("bb", Change.NOT_SEEN, MONTHS[7]), gone("dd", Change.RECTIFIED, MONTHS[7]),
    )  # fmt: skip
    for _ in range(2):
        record_scan(tmp_path, scan(8, *rows, kind="recheck", based_on="scan07"))
        assert standing(tmp_path) == [
            ("aa", 7, 8, "open", ""), ("bb", 7, 7, "open", ""), ("cc", 7, 7, "open", ""),
            ("dd", 7, 7, "rectified", "2021-08-08"),
        ]  # fmt: skip


def test_suppressed_rows_and_warnings_are_kept_too(tmp_path: Path) -> None:
    record_scan(
        tmp_path, scan(7, found("aa", suppressed="栏目改版（负责人：王芳，至2021-12-31）"), found("bb", notice=True))
    )
    assert standing(tmp_path) == [("aa", 7, 7, "open", ""), ("bb", 7, 7, "open", "")]


def warning(mark: str = "aa", **more: Any) -> Finding:
    return found(mark, clause="warning", notice=True, detail="预警", **more)


def test_a_warning_that_comes_true_begins_then(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, warning()))
    record_scan(tmp_path, scan(8, warning()))
    assert (standing(tmp_path), trail(tmp_path)) == (
        [("aa", 7, 8, "open", "")], [("2021-07-08", "warned", "scan07")],
    )  # fmt: skip
    record_scan(tmp_path, scan(9, found("aa")))
    assert standing(tmp_path) == [("aa", 9, 9, "open", "")]
    assert trail(tmp_path)[1:] == [("2021-09-08", "found", "scan09")]
    record_scan(tmp_path, scan(9, warning()))  # judged anew: it was a warning still
    assert standing(tmp_path) == [("aa", 7, 9, "open", "")]
    assert trail(tmp_path) == [("2021-07-08", "warned", "scan07")]


MENDED = (
    scan(7, warning()), scan(8, found("aa")), scan(9, warning(), gone("aa", Change.RECTIFIED)), scan(10, warning()),
    scan(11, found("aa", change=Change.REOPENED)),
)  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (0, 1, 2, 2, 3, 3, 4, 1, 0), (1, 2, 4, 3), (1, 2, 4, 0, 3)])
def test_a_warning_is_no_sight_of_what_counted(tmp_path: Path, order: tuple[int, ...]) -> None:
    for n in order:
        record_scan(tmp_path, MENDED[n])
    assert standing(tmp_path) == [("aa", 8, 11, "open", "")]
    told = [one for one in trail(tmp_path) if one[1] != "warned"]
    assert told == [
        ("2021-08-08", "found", "scan08"), ("2021-09-08", "rectified", "scan09"), ("2021-11-08", "reopened", "scan11"),
    ]  # fmt: skip


def test_what_was_mended_to_a_warning_is_rectified_and_the_warning_told(tmp_path: Path) -> None:
    for one in MENDED[:4]:
        record_scan(tmp_path, one)
    assert standing(tmp_path) == [("aa", 8, 8, "rectified", "2021-09-08")]
    assert sorted(trail(tmp_path)) == [
        ("2021-07-08", "warned", "scan07"), ("2021-08-08", "found", "scan08"), ("2021-09-08", "rectified", "scan09"),
        ("2021-09-08", "warned", "scan09"),
    ]  # fmt: skip
    assert ask(tmp_path, "SELECT clause, detail FROM finding") == [("main", "d")]


def test_what_could_not_be_looked_at_stays_open_beside_a_warning(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(8, found("aa")))
    record_scan(tmp_path, scan(9, warning(), gone("aa", Change.NOT_SEEN)))
    assert standing(tmp_path) == [("aa", 8, 8, "open", "")]
    record_scan(tmp_path, scan(10, warning(certainty="certain"), found("aa", certainty="candidate")))
    assert standing(tmp_path) == [("aa", 8, 10, "open", "")]  # the graver row of the same identity


def by_days() -> Iterator[tuple[str, Scan, str]]:
    yield "2021-08-07", scan(8, found("aa")), "open"
    # closed by a person on the day of the scan: only a scan that knew of it saw it again
    yield "2021-08-08", scan(8, found("aa")), "rectified"
    yield "2021-08-08", scan(8, found("aa", change=Change.REOPENED)), "open"
    yield "2021-08-09", scan(8, found("aa")), "rectified"


@pytest.mark.parametrize(("day", "later", "state"), list(by_days()))
def test_a_day_that_a_person_named(tmp_path: Path, day: str, later: Scan, state: str) -> None:
    record_scan(tmp_path, scan(7, found("aa")))
    with opened(tmp_path / "history.sqlite", HISTORY, "history") as db:
        put_events(db, [Event("aa", day, "rectified", "", "", "王芳")])
        settle(db, ["aa"])
    for _ in range(2):
        record_scan(tmp_path, later)
        assert [row[3] for row in standing(tmp_path)] == [state]


def test_scans_of_one_moment_follow_by_their_ids(tmp_path: Path) -> None:
    rows: list[Finding | Gone] = [found("aa"), gone("aa", Change.RECTIFIED)] * 2
    for number, row in enumerate(rows):
        record_scan(tmp_path, replace(scan(7, row), id=f"scan{number}"))
    assert [what for _, what, _ in trail(tmp_path)] == ["found", "rectified", "reopened", "rectified"]
    assert standing(tmp_path) == [("aa", 7, 7, "rectified", "2021-07-08")]
