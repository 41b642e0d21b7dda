"""Findings from elsewhere into the history, each with its days in the trail; the same rows again change nothing."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.facts.private import private_file
from checker.history.circulars import Foreign
from checker.history.files import HISTORY, opened, read_only
from checker.history.trail import CLOSING, Event, What, events_of, put_events, settle


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of one row: new, updated or unchanged; and the finding's state and days afterwards."""

    row: Foreign
    change: str
    problem: str
    state: str
    notified_on: str
    rectified_on: str


def known_subjects(store: Path) -> Mapping[str, str]:
    """The subject of every finding that the history knows, by fingerprint."""
    with read_only(store / "history.sqlite") as db:
        return dict(db.execute("SELECT fingerprint, subject FROM finding").fetchall()) if db else {}


def record_foreign(store: Path, rows: Iterable[Foreign], today: date, dry_run: bool = False) -> tuple[Noted, ...]:
    """Put rows into the history, all or none; with `dry_run` only say what would become of them. Raises StoreError."""
    if not dry_run:
        return _recorded(store, rows, today)
    with TemporaryDirectory() as folder:
        tried = Path(folder) / "history.sqlite"
        with read_only(store / "history.sqlite") as db:
            if db is not None:
                with closing(sqlite3.connect(private_file(tried))) as copy:
                    db.backup(copy)
        return _recorded(Path(folder), rows, today)


def _recorded(store: Path, rows: Iterable[Foreign], today: date) -> tuple[Noted, ...]:
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        found = [_record(db, row, today) for row in sorted(rows, key=lambda r: r.found_on)]
    return tuple(sorted(found, key=lambda n: (n.row.place, n.row.row)))


def _record(db: sqlite3.Connection, row: Foreign, today: date) -> Noted:
    there = db.execute("SELECT 1 FROM finding WHERE fingerprint = ?", (row.fingerprint,)).fetchone() is not None
    before = db.total_changes
    if not there:
        _insert(db, row, today)
    elif row.found_on:
        _seen(db, row)
    put_events(db, _events(row, events_of(db, row.fingerprint), there, today))
    changed = db.total_changes > before
    settle(db, [row.fingerprint])
    sql = "SELECT problem, state, notified_on, rectified_on FROM finding WHERE fingerprint = ?"
    now = db.execute(sql, (row.fingerprint,)).fetchone()
    return Noted(row, "updated" if there and changed else "unchanged" if there else "new", *now)


def _first_day(row: Foreign, today: date) -> str:
    """The earliest day that a row names, else that of the import."""
    return min((d for d in (row.found_on, row.notified_on, row.rectified_on) if d), default=today.isoformat())


def _insert(db: sqlite3.Connection, row: Foreign, today: date) -> None:
    day = _first_day(row, today)
    db.execute(
        "INSERT INTO finding(fingerprint, subject, rule, problem, first_seen, last_seen, item, location, detail, url, "
        "key, certainty, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'certain', ?)",
        (row.fingerprint, row.subject, row.rule, row.problem, day, row.found_on or day, row.location, row.location,
         row.note, row.location, row.key or row.location, row.source),
    )  # fmt: skip


def _seen(db: sqlite3.Connection, row: Foreign) -> None:
    """A sight of a known finding: on its day or earlier ones it is no news."""
    mark, day = row.fingerprint, row.found_on
    db.execute("UPDATE finding SET first_seen = ? WHERE fingerprint = ? AND substr(first_seen, 1, 10) > ?",
               (day, mark, day))  # fmt: skip
    db.execute(
        "UPDATE finding SET seen_before = last_seen, scan_before = last_scan, last_seen = ?, last_scan = '' "
        "WHERE fingerprint = ? AND substr(last_seen, 1, 10) < ?",
        (day, mark, day),
    )


def _events(row: Foreign, trail: tuple[Event, ...], there: bool, today: date) -> list[Event]:
    mark, source = row.fingerprint, row.source
    found: list[Event] = []
    if row.found_on and any(e.what in CLOSING and e.at[:10] < row.found_on for e in trail):
        if row.rectified_on != row.found_on and not any(e.at[:10] == row.found_on for e in trail):
            found.append(Event(mark, row.found_on, What.REOPENED, note=source))
    elif not there:
        found.append(Event(mark, _first_day(row, today), What.IMPORTED, note=source))
    if row.notified_on:
        found.append(Event(mark, row.notified_on, What.NOTIFIED, note=source))
    if row.rectified_on:
        found.append(Event(mark, row.rectified_on, What.RECTIFIED, note=row.note))
    return found
