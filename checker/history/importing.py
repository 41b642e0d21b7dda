"""Findings from elsewhere into the history, each with its days in the trail; the same rows again change nothing.

What a file added is noted with it, so that its import can be taken back.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.facts.private import private_file
from checker.history.circulars import Foreign, Remembered
from checker.history.files import HISTORY, opened, read_only
from checker.history.imports import (
    FINDING,
    SEEN,
    Claim,
    Origin,
    TakenBack,
    days_of,
    has_imports,
    note_claims,
    take_back,
)
from checker.history.trail import CLOSING, Event, What, closed_by, events_of, put_events, settle


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of one row: new, updated or unchanged; and the finding's state and days afterwards."""

    row: Foreign
    change: str
    problem: str
    state: str
    notified_on: str
    rectified_on: str


_OPEN = "SELECT subject, rule, fingerprint FROM finding WHERE state = 'open' AND rule <> '' AND certainty <> 'unknown'"
_JOINED = f"SELECT was, fingerprint FROM imported WHERE what = '{FINDING}' AND was <> ''"


def remembered(store: Path, others: Collection[str] = ()) -> Remembered:
    """What the history knows that a sheet may mean; none joins a finding of `others`, which speak of others."""
    with read_only(store / "history.sqlite") as db:
        if db is None:
            return Remembered()
        subjects = dict(db.execute("SELECT fingerprint, subject FROM finding").fetchall())
        standing: dict[tuple[str, str], tuple[str, ...]] = {}
        for subject, rule, mark in db.execute(_OPEN):
            if rule not in others:
                standing[subject, rule] = (*standing.get((subject, rule), ()), mark)
        joined = dict(db.execute(_JOINED).fetchall()) if has_imports(db) else {}
        return Remembered(subjects, standing, joined)


def record_foreign(store: Path, rows: Iterable[Foreign], origin: Origin, dry_run: bool = False) -> tuple[Noted, ...]:
    """Put rows into the history, all or none; with `dry_run` only say what would become of them. Raises StoreError."""
    with _tried(store) if dry_run else _itself(store) as place:
        return _recorded(place, rows, origin)


def withdraw(store: Path, origin: Origin, dry_run: bool = False) -> tuple[TakenBack, ...]:
    """Take an import back, all of it or nothing; with `dry_run` only say what would go. Raises StoreError."""
    with _tried(store) if dry_run else _itself(store) as place:
        return take_back(place, origin.sha256)


@contextmanager
def _itself(store: Path) -> Iterator[Path]:
    yield store


@contextmanager
def _tried(store: Path) -> Iterator[Path]:
    """A store of its own with a copy of the history, for trying."""
    with TemporaryDirectory() as folder:
        tried = Path(folder) / "history.sqlite"
        with read_only(store / "history.sqlite") as db:
            if db is not None:
                with closing(sqlite3.connect(private_file(tried))) as copy:
                    db.backup(copy)
        yield Path(folder)


def _recorded(store: Path, rows: Iterable[Foreign], origin: Origin) -> tuple[Noted, ...]:
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        found = [_record(db, row, origin) for row in sorted(rows, key=lambda r: r.found_on)]
    return tuple(sorted(found, key=lambda n: (n.row.place, n.row.row)))


def _record(db: sqlite3.Connection, row: Foreign, origin: Origin) -> Noted:
    mark, today = row.fingerprint, date.fromisoformat(origin.on_date)
    there = db.execute("SELECT 1 FROM finding WHERE fingerprint = ?", (mark,)).fetchone() is not None
    claims = [Claim(mark, FINDING, "", not there, row.own)]
    if not there:
        _insert(db, row, today)
    elif row.found_on:
        before = days_of(db, mark)
        _seen(db, row)
        claims.append(Claim(mark, SEEN, row.found_on, days_of(db, mark) != before, before))
    events = _events(row, events_of(db, mark), there, today)
    claims += [Claim(mark, e.what, e.at, put_events(db, [e]) > 0) for e in events]
    changed = any(c.added for c in claims)
    note_claims(db, origin, claims)
    settle(db, [mark])
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


def _was_settled(day: str, trail: Sequence[Event]) -> bool:
    """Whether a finding was rectified or accepted before a day and has not come back since: named again, it does.

    That it came back on that very day, as people say, is what is asked for. One that was taken away waits for a person.
    """
    end = closed_by(e for e in trail if e.at[:10] < day)
    if end is None or end.what == What.REMOVED:
        return False
    back = (e for e in trail if e.what == What.REOPENED and end.at[:10] <= e.at[:10] <= day and e.at >= end.at)
    return all(e.at == day for e in back)


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
        if not row.rectified_on and _was_settled(row.notified_on, (*trail, *found)):
            found.append(Event(mark, row.notified_on, What.REOPENED, note=source))
    if row.rectified_on:
        found.append(Event(mark, row.rectified_on, What.RECTIFIED, note=row.note))
    return found
