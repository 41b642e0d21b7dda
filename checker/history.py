"""What outlives a scan: findings by fingerprint, visits, answers; and the context cut from them for one subject.

Only `fleet` calls this. Everything stands in two small SQLite files of the store: history.sqlite and visits.sqlite.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from checker.errors import StoreError
from checker.facts.store import FactsWriter, remove
from checker.model.context import Answer, ContextLog, KnownFinding, Sibling, Visit
from checker.model.registry import Account, Registry, Site, Subject
from checker.model.results import Scan

SCHEMA_VERSION = 1
"""Number of these two files' own schema: findings and answers must outlive a change of what a scan gathers."""

VISIT_DAYS = 7
VISITS_A_DAY = 20
"""19号: one week, at least 20 visits a day."""

_HISTORY = """
CREATE TABLE IF NOT EXISTS schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scan(
    id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    profile TEXT NOT NULL, rules_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS result(
    scan TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL, total TEXT NOT NULL,
    pages INTEGER NOT NULL, PRIMARY KEY (scan, subject));
CREATE TABLE IF NOT EXISTS finding(
    fingerprint TEXT PRIMARY KEY, subject TEXT NOT NULL, rule TEXT NOT NULL, problem TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, notified_on TEXT NOT NULL DEFAULT '',
    rectified_on TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS answer(
    subject TEXT NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL, item TEXT NOT NULL, problem INTEGER NOT NULL,
    detail TEXT NOT NULL, by TEXT NOT NULL, on_date TEXT NOT NULL, expires_on TEXT NOT NULL,
    PRIMARY KEY (subject, rule, clause, item));
"""
_VISITS = """
CREATE TABLE IF NOT EXISTS schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS visit(
    subject TEXT NOT NULL, at TEXT NOT NULL, on_date TEXT NOT NULL, outcome TEXT NOT NULL, elapsed_ms INTEGER NOT NULL,
    PRIMARY KEY (subject, at));
"""


@contextmanager
def _open(path: Path, schema: str, kind: str) -> Iterator[sqlite3.Connection]:
    """Open one of the store's own files for reading and writing, making it if needed; raises StoreError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(schema)
        found = connection.execute("SELECT version FROM schema_info").fetchone()
        if found is None:
            connection.execute("INSERT INTO schema_info VALUES (?, ?)", (SCHEMA_VERSION, kind))
        elif found[0] != SCHEMA_VERSION:
            raise StoreError(f"{path}: schema {found[0]}, this version of checker reads schema {SCHEMA_VERSION}")
        with connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from error
    finally:
        if connection is not None:
            connection.close()


def record_visits(store: Path, visits: Iterable[Visit]) -> None:
    """Add visits to the store; one that is there already stays as it is."""
    rows = [(v.subject, v.at, v.on_date, v.outcome, v.elapsed_ms) for v in visits]
    with _open(store / "visits.sqlite", _VISITS, "visits") as db:
        db.executemany("INSERT OR IGNORE INTO visit VALUES (?, ?, ?, ?, ?)", rows)


UNKNOWN_PAGES = -1
"""Stands for the number of pages of a subject that was not read to its end: it says nothing of the next scan."""


def record_scan(store: Path, scan: Scan, cut_short: Collection[str] = ()) -> None:
    """Remember a finished scan: its results, and every finding by fingerprint with first and last sight.

    `cut_short` are the subjects that were not read to their end. Recording the same scan again changes nothing.
    """
    with _open(store / "history.sqlite", _HISTORY, "history") as db:
        info = (scan.id, scan.as_of, scan.started_at, scan.finished_at, scan.rules.profile, scan.rules.sha256)
        db.execute("INSERT OR REPLACE INTO scan VALUES (?, ?, ?, ?, ?, ?)", info)
        for subject in scan.subjects:
            total = "" if subject.score.total is None else str(subject.score.total)
            pages = UNKNOWN_PAGES if subject.id in cut_short else subject.statistics.get("pages", 0)
            row = (scan.id, subject.id, subject.kind, subject.verdict or "", total, pages)
            db.execute("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?)", row)
            db.executemany(
                "INSERT INTO finding(fingerprint, subject, rule, problem, first_seen, last_seen) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(fingerprint) DO UPDATE SET "
                "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
                [(f.fingerprint, subject.id, a.rule, f.problem, scan.as_of, scan.as_of)
                 for a in subject.assessments for f in a.findings],
            )  # fmt: skip


def pages_before(store: Path) -> dict[str, int]:
    """Pages of each subject in the latest scan that read it to its end; nothing where there was none."""
    if not (store / "history.sqlite").exists():
        return {}
    with _open(store / "history.sqlite", _HISTORY, "history") as db:
        sql = "SELECT r.subject, r.pages FROM result r JOIN scan s ON s.id = r.scan WHERE r.pages >= 0"
        return dict(db.execute(f"{sql} ORDER BY s.finished_at").fetchall())


class ContextCutter:
    """Cuts the context of one subject after another out of registry and history."""

    def __init__(self, store: Path, registry: Registry, today: date) -> None:
        """Read what history knows once; `today` is the inspection day."""
        self._registry = registry
        self._today = today
        self._visits = _by_subject(self._rows(store / "visits.sqlite", _VISITS, "visit"))
        self._findings = _by_subject(self._rows(store / "history.sqlite", _HISTORY, "finding"))
        self._answers = _by_subject(self._rows(store / "history.sqlite", _HISTORY, "answer"))

    @staticmethod
    def _rows(path: Path, schema: str, table: str) -> list[dict[str, Any]]:
        if not path.exists():
            return []
        with _open(path, schema, path.stem) as db:
            cursor = db.execute(f"SELECT * FROM {table}")
            names = [d[0] for d in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def cut(self, subject: Subject, path: Path) -> None:
        """Write the context file of one subject, replacing what stands there."""
        remove(path)
        visits = [Visit(**row) for row in self._visits.get(subject.id, ())]
        with FactsWriter(path, "context") as context:
            context.write(self._siblings(subject))
            context.write(visits)
            context.write(KnownFinding(**row) for row in self._findings.get(subject.id, ()))
            context.write(Answer(**row) for row in self._answers.get(subject.id, ()))
            context.write([ContextLog("sibling", "complete", ""), visit_coverage(visits, self._today)])

    def _siblings(self, subject: Subject) -> Iterator[Sibling]:
        for other in self._registry.subjects:
            if other.id == subject.id:
                continue
            kind, platform = ("site", other.kind) if isinstance(other, Site) else ("account", other.platform)
            same = (subject.id, kind, other.id, other.name, platform, other.organizer, other.status)
            if other.unit == subject.unit:
                yield Sibling(same[0], "unit", *same[1:])
            if not isinstance(other, Account) and other.parent == subject.id:
                yield Sibling(same[0], "child", *same[1:])


def _by_subject(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["subject"], []).append(row)
    return found


def visit_coverage(visits: list[Visit], today: date) -> ContextLog:
    """How complete the week of visits is. partial = the first week still runs; failed = it has passed with gaps."""
    first = today - timedelta(days=VISIT_DAYS)
    days = [first + timedelta(days=n) for n in range(VISIT_DAYS)]
    counts = {day.isoformat(): 0 for day in days}
    for visit in visits:
        if visit.on_date in counts:
            counts[visit.on_date] += 1
    if all(n >= VISITS_A_DAY for n in counts.values()):
        return ContextLog("visit", "complete", "")
    recorded, wanted = sum(counts.values()), VISIT_DAYS * VISITS_A_DAY
    reason = f"近{VISIT_DAYS}天已记录{recorded}次访问，应不少于{wanted}次（每天不少于{VISITS_A_DAY}次）"
    since = min((v.on_date for v in visits), default=today.isoformat())
    state = "failed" if since < first.isoformat() else "partial"
    return ContextLog("visit", state, reason)
