"""Where a finding could be taken for rectified, gone or never notified that is none of it."""

import errno
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker.fleet.history import prune, pruning
from checker.fleet.stored import latest
from checker.history import record_scan
from checker.history.notifying import record_notified
from checker.history.trail import Event, notice_of
from checker.model.context import KnownFinding
from checker.model.results import Change, Finding, Gone
from tests.engine_data import HOME, column, dated, gathered, item, site, url
from tests.gone import (
    COLUMN,
    DEAD,
    LINKS_DONE,
    NAVIGATION,
    OLD,
    PAGE,
    READ,
    became,
    checked,
    dead_link,
    fetched,
    known,
    linked,
    page,
    stale,
)
from tests.test_history_prune import NOW, goes, plan, stored
from tests.test_history_trail import ask, found, gone, scan

UNREAD_COLUMN = (gathered("list_item", COLUMN, "failed", "HTTP 404"), gathered("article_date", COLUMN, "failed", "x"))
GUIDES_PARTLY = tuple(gathered(name, "", "partial", "没读全") for name in ("guide", "guide_element"))
BAD = "http://[bad/x"
SECURE = DEAD.replace("http:", "https:")
GONE = fetched(COLUMN, "http-4xx", 404)


def no_guides() -> KnownFinding:
    return known("b4-guides", clause="none", detail="网站未提供任何办事指南")


CASES: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("a registered column answers 404", stale(), (column("gg/"), NAVIGATION, *UNREAD_COLUMN, GONE),
     [("removed", "栏目页面已不存在（HTTP 404）")]),
    ("a registered column is blocked", stale(),
     (column("gg/"), NAVIGATION, *UNREAD_COLUMN, fetched(COLUMN, "blocked", 403)),
     [("notSeen", "采集不完整，本次不能判定")]),
    ("the column is the same under https, and as stale", stale(),
     (column("gg/", url=COLUMN.replace("http:", "https:")), *READ, *OLD),
     [("notSeen", f"栏目网址已变更为{COLUMN.replace('http:', 'https:')}，需人工核实")]),
    ("a page that carried a dead link is gone, others carry it on", dead_link(),
     (fetched(PAGE, "http-4xx", 404), page(url("b.html")), linked(DEAD, url("b.html")), *LINKS_DONE,
      checked(DEAD, "unknown", "blocked", 403)), [("notSeen", "链接目标本次不能判定（blocked）")]),
    ("an older history told neither page nor key", stale(location="", scope="", key="", item="", url="", clause=""),
     (column("gg/"), *READ, item("gg/", "1.html"), dated("1.html", "2021-11-05")),
     [("notSeen", "没有记录问题所在，需人工核实")]),
    ("an address that is none", dead_link(item=BAD, key=BAD, url=BAD),
     (page(PAGE), linked(DEAD), checked(DEAD, "broken", "dns"), *LINKS_DONE),
     [("notSeen", "未能核对：ValueError: Invalid IPv6 URL")]),
    ("its only page carries the dead link under https, and nobody could verify that", dead_link(),
     (page(PAGE), linked(SECURE), checked(SECURE, "unknown", "budget"), *LINKS_DONE),
     [("notSeen", "链接目标以其他网址形式仍被引用，本次未能确认可以打开")]),
    ("its only page carries it under https, and that answers", dead_link(),
     (page(PAGE), linked(SECURE), checked(SECURE, "ok"), *LINKS_DONE),
     [("rectified", "所在页面已重新读取，不再引用该链接")]),
    ("no guides at all, and not all was read", no_guides(), (site(), page(HOME, "home"), *GUIDES_PARTLY),
     [("notSeen", "该办事指南本次未读到")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_became_of_it(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became(k.rule, k, *rows) == expected, name


def trail(*events: tuple[str, str]) -> list[Event]:
    return [Event("f", at, what, "" if len(at) == 10 else at, note="通报" if what == "notified" else "")
            for what, at in events]  # fmt: skip


TRAILS: list[tuple[list[Event], tuple[str, str]]] = [
    (trail(("notified", "2021-10-10"), ("removed", "2021-10-20T10"), ("reopened", "2021-11-08T10")),
     ("2021-10-10", "通报")),
    (trail(("notified", "2021-10-10"), ("rectified", "2021-10-20T10"), ("reopened", "2021-11-08T10")), ("", "")),
    (trail(("notified", "2021-10-10"), ("accepted", "2021-10-20"), ("reopened", "2021-11-08T10")), ("", "")),
    (trail(("notified", "2021-10-10"), ("removed", "2021-10-20T10"), ("accepted", "2021-10-21"),
           ("reopened", "2021-11-08T10")), ("", "")),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), TRAILS)
def test_who_was_told_of_what_was_only_taken_away_stays_told(events: list[Event], expected: tuple[str, str]) -> None:
    assert notice_of(events) == expected


def test_an_old_circular_noted_late_is_not_in_force_for_what_came_back_since(tmp_path: Path) -> None:
    rows: list[Finding | Gone] = [found("aa"), gone("aa", Change.RECTIFIED), found("aa", change=Change.REOPENED)]
    for month, row in enumerate(rows, 7):
        record_scan(tmp_path, scan(month, row))
    (noted,) = record_notified(tmp_path, ["aa"], date(2021, 7, 20), "七月通报")
    assert (noted.news, noted.first_on) == (True, "2021-07-20")
    assert ask(tmp_path, "SELECT notified_on, state FROM finding") == [("", "open")]
    record_notified(tmp_path, ["aa"], date(2021, 9, 20), "九月通报")
    assert ask(tmp_path, "SELECT notified_on, notified_in FROM finding") == [("2021-09-20", "九月通报")]


def test_scans_on_another_file_system_go_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, ago in (("s1", 90), ("s2", 80), ("s3", 5)):
        stored(tmp_path, name, ago)
    rename = Path.rename

    def within(path: Path, target: Path) -> Path:
        if tmp_path / "removed" in target.parents:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", within)
    monkeypatch.setattr(pruning, "wipe", lambda path: 0)  # a kill came before anything was overwritten
    prune(tmp_path, plan(tmp_path, days=30), lambda text: None)
    monkeypatch.undo()
    aside = tmp_path / "scans" / ".removed"
    assert (sorted(p.name for p in aside.iterdir()), latest(tmp_path)) == (["s1", "s2"], "s3")
    left = plan(tmp_path, days=30)
    assert (left.removals, [leftover.path.name for leftover in left.leftovers]) == ((), ["s1", "s2"])
    assert prune(tmp_path, left, lambda text: None) > 0
    assert sorted(p.name for p in (tmp_path / "scans").iterdir()) == ["s3"]


def test_a_scan_that_could_not_decide_is_no_evidence(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 90, "a", marks="f1")
    stored(tmp_path, "s2", 80, "a", marks="f1")
    stored(tmp_path, "s3", 5, "a")
    with closing(sqlite3.connect(tmp_path / "scans/s2/scan.sqlite")) as db, db:
        db.execute("UPDATE finding SET certainty = 'unknown'")
    assert goes(plan(tmp_path, days=30, f1=NOW.date().isoformat())) == ["s2"]
