"""The history's file: an older one is taken along, a newer one is left alone, and reading leaves no trace."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from checker.errors import StoreError
from checker.history import answers_of, pages_before, record_scan
from checker.history import files as history_files
from checker.history.files import HISTORY, SCHEMA_VERSION, opened, read_only
from checker.model.context import Answer
from tests.test_history import context_of
from tests.test_history_trail import ask, found, scan, standing, trail

VERSION_1 = """
CREATE TABLE schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE scan(
    id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    profile TEXT NOT NULL, rules_sha256 TEXT NOT NULL);
CREATE TABLE result(
    scan TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL, total TEXT NOT NULL,
    pages INTEGER NOT NULL, PRIMARY KEY (scan, subject));
CREATE TABLE finding(
    fingerprint TEXT PRIMARY KEY, subject TEXT NOT NULL, rule TEXT NOT NULL, problem TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, notified_on TEXT NOT NULL DEFAULT '',
    rectified_on TEXT NOT NULL DEFAULT '');
CREATE TABLE answer(
    subject TEXT NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL, item TEXT NOT NULL, problem INTEGER NOT NULL,
    detail TEXT NOT NULL, by TEXT NOT NULL, on_date TEXT NOT NULL, expires_on TEXT NOT NULL,
    PRIMARY KEY (subject, rule, clause, item));
INSERT INTO schema_info VALUES (1, 'history');
INSERT INTO scan VALUES ('scan07', '2021-07-08T10:00:00+08:00', 's', 'f', 'national', 'sha');
INSERT INTO result VALUES ('scan07', 's1', 'site', 'unqualified', '71.5', 40);
INSERT INTO finding VALUES ('aa', 's1', 'v4-columns-blank', '空白栏目', '2021-06-08T10:00:00+08:00',
    '2021-07-08T10:00:00+08:00', '2021-06-20', '');
INSERT INTO finding VALUES ('bb', 's1', 'v4-columns-blank', '空白栏目', '2021-06-08T10:00:00+08:00',
    '2021-06-08T10:00:00+08:00', '', '2021-07-01');
INSERT INTO answer VALUES ('s1', 'v1-wording', 'main', '', 1, '属实', '王芳', '2021-07-08', '2022-07-08');
"""


def old_history(store: Path, log: bool = True) -> Path:
    """A history as version 1 made it, which kept a write-ahead log."""
    path = store / "history.sqlite"
    with closing(sqlite3.connect(path)) as db:
        if log:
            db.execute("PRAGMA journal_mode=WAL")
        db.executescript(VERSION_1)
    return path


def migrated(store: Path) -> None:
    with opened(store / "history.sqlite", HISTORY, "history"):
        pass


@pytest.mark.parametrize("log", [True, False])
def test_a_history_of_version_1_is_taken_along(tmp_path: Path, log: bool) -> None:
    old_history(tmp_path, log)
    migrated(tmp_path)
    assert ask(tmp_path, "SELECT version, kind FROM schema_info") == [(SCHEMA_VERSION, "history")]
    assert standing(tmp_path) == [("aa", 6, 7, "open", ""), ("bb", 6, 6, "rectified", "2021-07-01")]
    assert trail(tmp_path) == [("2021-06-08", "found", ""), ("2021-06-20", "notified", "")]
    assert trail(tmp_path, "bb") == [("2021-06-08", "found", ""), ("2021-07-01", "rectified", "")]
    assert ask(tmp_path, "SELECT id, profile, kind, based_on, partial, complete FROM scan") == [
        ("scan07", "national", "scan", "", -1, 1)
    ]
    assert ask(tmp_path, "SELECT verdict, total, pages, grade, part2, unit, articles FROM result") == [
        ("unqualified", "71.5", 40, "", "", "", -1)
    ]
    answer = Answer("s1", "v1-wording", "main", "", 1, "属实", "王芳", "2021-07-08", "2022-07-08")
    assert answers_of(tmp_path) == {"s1": (answer,)}
    assert pages_before(tmp_path) == {"s1": 40}
    log_of = {str(row["fact"]): row["state"] for row in context_of(tmp_path, "s1", "context_log")}
    assert (log_of["known_finding"], log_of["seen_article"]) == ("complete", "partial")  # nothing was noted then


def test_an_old_scan_that_is_recorded_again_adds_words_and_no_second_sight(tmp_path: Path) -> None:
    old_history(tmp_path)
    record_scan(tmp_path, scan(7, found("aa", key="k")))
    row = ask(tmp_path, "SELECT last_scan, key, seen_before FROM finding WHERE fingerprint = 'aa'")
    assert row == [("scan07", "k", "")]
    assert trail(tmp_path) == [("2021-06-08", "found", ""), ("2021-06-20", "notified", "")]


def test_a_fresh_history_and_a_migrated_one_have_the_same_columns(tmp_path: Path) -> None:
    def columns(store: Path) -> dict[str, set[tuple[Any, ...]]]:
        tables = [name for (name,) in ask(store, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {t: {row[1:] for row in ask(store, f"SELECT * FROM pragma_table_info('{t}')")} for t in tables}

    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    old_history(old)
    for store in (old, new):
        migrated(store)
    assert columns(old) == columns(new)
    assert ask(old, "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1") == ask(
        new, "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1"
    )


def test_a_migration_that_breaks_off_leaves_version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_history(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(history_files, "_CARRIED", (*history_files._CARRIED, "INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(StoreError, match="nowhere"):
            migrated(tmp_path)
    assert ask(tmp_path, "SELECT version FROM schema_info") == [(1,)]
    assert [row[1] for row in ask(tmp_path, "SELECT * FROM pragma_table_info('result')")][-1] == "pages"
    migrated(tmp_path)
    assert [row[3] for row in standing(tmp_path)] == ["open", "rectified"]


def test_a_newer_history_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    record_scan(tmp_path, scan(7, found("aa")))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE schema_info SET version = 3")
        db.execute("DROP TABLE event")  # newer versions may have other tables
    before = path.read_bytes()
    message = r"history\.sqlite: schema 3, this version of checker reads schema 2 and older; nothing was changed\. Use"
    for use in (lambda: record_scan(tmp_path, scan(8)), lambda: answers_of(tmp_path), lambda: migrated(tmp_path)):
        with pytest.raises(StoreError, match=message):
            use()
    with pytest.raises(StoreError, match=message), read_only(path):
        pass
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["history.sqlite"]


def test_reading_leaves_no_trace_and_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with read_only(path) as nothing:
        assert nothing is None
    assert not path.exists()
    old_history(tmp_path)
    before = path.read_bytes()
    with read_only(path) as old:
        assert old is None  # what it lacks is made by the next scan
    assert path.read_bytes() == before
    migrated(tmp_path)
    with read_only(path) as db:
        assert db is not None
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM finding")
    assert [p.name for p in tmp_path.iterdir()] == ["history.sqlite"]


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(7, found("aa", detail="公示名单含手机号138****0000" * 3)))
    with opened(tmp_path / "history.sqlite", HISTORY, "history") as db:
        db.execute("DELETE FROM finding")
    assert b"138****0000" not in (tmp_path / "history.sqlite").read_bytes()
