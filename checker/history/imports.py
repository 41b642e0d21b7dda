"""What each imported file said, and taking an import back: what only it said goes, what others said too stays.

The table `imported` has a row for everything that a file said. `added` tells what the history has from that file; if
another imported file said the same, that one has added it once the first is taken back.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checker.errors import UsageError
from checker.history.files import HISTORY, opened, read_only
from checker.history.trail import What, settle

FINDING, SEEN = "finding", "seen"
"""What a file says besides events: that a finding is there, and that it was seen on a day."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """An imported file: hash over it, its name, and the day of the import."""

    sha256: str
    file: str
    on_date: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a file says of a finding, by the columns of the table."""

    fingerprint: str
    what: str
    at: str = ""
    added: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking an import back does to one finding: whether it goes, and the events that go as (day, what)."""

    fingerprint: str
    subject: str
    rule: str
    problem: str
    goes: bool
    events: tuple[tuple[str, str], ...]


def note_claims(db: sqlite3.Connection, origin: Origin, claims: Iterable[Claim]) -> None:
    """Note what a file says; said a second time, what it added stays added by it."""
    db.executemany(
        "INSERT INTO imported(sha256, file, on_date, fingerprint, what, at, added, was) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "was = iif(added OR excluded.was = '', was, excluded.was), added = max(added, excluded.added)",
        [(origin.sha256, origin.file, origin.on_date, c.fingerprint, c.what, c.at, int(c.added), c.was)
         for c in claims],
    )  # fmt: skip


def has_imports(db: sqlite3.Connection) -> bool:
    """Whether a history opened for reading has noted imports: one from before that was noted lacks the table."""
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'imported'").fetchone() is not None


def noted_import(store: Path, sha256: str, name: str) -> Origin:
    """The import of a file, by its content ('' = unknown), else by its name; raises UsageError with what there is."""
    with read_only(store / "history.sqlite") as db:
        sql = "SELECT sha256, file, min(on_date) FROM imported GROUP BY sha256 ORDER BY 3 DESC, 2"
        noted = [Origin(*row) for row in db.execute(sql)] if db is not None and has_imports(db) else []
    found = [o for o in noted if o.sha256 == sha256] or [o for o in noted if o.file == name]
    if len(found) == 1:
        return found[0]
    if found:
        days = ", ".join(o.on_date for o in found)
        raise UsageError(f"{name}: files of this name were imported on {days}; give the file itself as it was then")
    known = ", ".join(f"{o.file} ({o.on_date})" for o in noted[:_SHOWN]) or "none"
    raise UsageError(f"{name}: no import of this file is noted; the newest are: {known}")


def take_back(store: Path, sha256: str) -> tuple[TakenBack, ...]:
    """Take back what the file of this hash added, all or nothing; what was changed, by subject. Raises StoreError."""
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        sql = "SELECT DISTINCT fingerprint FROM imported WHERE sha256 = ? ORDER BY 1"
        marks = [mark for (mark,) in db.execute(sql, (sha256,))]
        found = [_taken_back(db, sha256, mark) for mark in marks]
        db.execute("DELETE FROM imported WHERE sha256 = ?", (sha256,))
    return tuple(sorted((one for one in found if one), key=lambda one: (one.subject, one.fingerprint)))


def _taken_back(db: sqlite3.Connection, sha256: str, mark: str) -> TakenBack | None:
    about = db.execute("SELECT subject, rule, problem FROM finding WHERE fingerprint = ?", (mark,)).fetchone()
    sql = "SELECT fingerprint, what, at, added, was FROM imported WHERE sha256 = ? AND fingerprint = ? ORDER BY at"
    claims = [Claim(*row) for row in db.execute(sql, (sha256, mark)).fetchall()]
    alone = [c for c in claims if c.added and not _handed_over(db, sha256, c)]
    if about is None or not alone:
        return None
    goes = False
    if any(c.what == FINDING for c in alone):
        goes = not _seen_by_scan(db, mark)
    elif any(c.what == FINDING and c.added for c in claims):  # another file says it too: so it was imported
        alone = [c for c in alone if c.what != What.IMPORTED]
    if goes:
        db.execute("DELETE FROM finding WHERE fingerprint = ?", (mark,))
        db.execute("DELETE FROM event WHERE fingerprint = ?", (mark,))
    else:
        _undo(db, mark, alone)
    events = tuple((c.at, c.what) for c in alone if c.what not in {FINDING, SEEN})
    subject, rule, problem = about
    return TakenBack(mark, subject, rule, problem, goes, events) if goes or alone else None


def _handed_over(db: sqlite3.Connection, sha256: str, claim: Claim) -> bool:
    """Whether another file says the same; from now on the history has it from that one."""
    sql = "FROM imported WHERE fingerprint = ? AND what = ? AND at = ? AND sha256 <> ?"
    same = (claim.fingerprint, claim.what, claim.at, sha256)
    other = db.execute(f"SELECT sha256 {sql} ORDER BY on_date", same).fetchone()
    if other is None:
        return False
    db.execute(
        "UPDATE imported SET added = 1, was = CASE what WHEN ? THEN ? ELSE was END "
        "WHERE fingerprint = ? AND what = ? AND at = ? AND sha256 = ?",
        (SEEN, claim.was, *same[:3], other[0]),
    )
    return True


def _seen_by_scan(db: sqlite3.Connection, mark: str) -> bool:
    sql = "SELECT 1 FROM event WHERE fingerprint = ? AND what = ?"
    return db.execute(sql, (mark, What.FOUND)).fetchone() is not None


def _undo(db: sqlite3.Connection, mark: str, claims: Iterable[Claim]) -> None:
    for c in claims:
        if c.what == FINDING:
            _from_scans_alone(db, mark)
        elif c.what == SEEN:
            _unseen(db, c)
        else:
            sql = "DELETE FROM event WHERE fingerprint = ? AND what = ? AND at = ? AND scan = '' AND by = ''"
            db.execute(sql, (mark, c.what, c.at))
        if c.what == What.NOTIFIED:
            db.execute("UPDATE finding SET notified_on = '', notified_in = '' WHERE fingerprint = ?", (mark,))
    settle(db, [mark])


def _from_scans_alone(db: sqlite3.Connection, mark: str) -> None:
    """A finding that an import began and scans have seen since begins with their first sight."""
    db.execute(
        "UPDATE finding SET source = '', first_seen = (SELECT min(at) FROM event e WHERE e.fingerprint = "
        "finding.fingerprint AND what = ?), seen_before = iif(scan_before = '', '', seen_before) WHERE fingerprint = ?",
        (What.FOUND, mark),
    )
    db.execute("DELETE FROM event WHERE fingerprint = ? AND what = ? AND scan = ''", (mark, What.IMPORTED))


def _unseen(db: sqlite3.Connection, claim: Claim) -> None:
    """Put back the days from before a sight, as far as nobody has seen the finding later."""
    first, last, scan, before, scan_before = json.loads(claim.was)
    where = "WHERE fingerprint = ?"
    sight = (claim.at, claim.fingerprint)
    db.execute(f"UPDATE finding SET first_seen = ? {where} AND first_seen = ?", (first, *sight[::-1]))
    back = (last, scan, before, scan_before, *sight[::-1])
    db.execute(
        f"UPDATE finding SET last_seen = ?, last_scan = ?, seen_before = ?, scan_before = ? {where} "
        "AND last_seen = ? AND last_scan = ''", back,
    )  # fmt: skip
    db.execute(
        f"UPDATE finding SET seen_before = ?, scan_before = ? {where} AND seen_before = ? AND scan_before = ''",
        (last, scan, *sight[::-1]),
    )


def days_of(db: sqlite3.Connection, mark: str) -> str:
    """First and last sights of a finding as JSON, to be put back."""
    sql = "SELECT first_seen, last_seen, last_scan, seen_before, scan_before FROM finding WHERE fingerprint = ?"
    return json.dumps(db.execute(sql, (mark,)).fetchone())
