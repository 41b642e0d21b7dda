"""What the history knows of findings, to be read: a list of them, and the whole trail of one."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from checker.errors import UsageError
from checker.history.files import read_only
from checker.history.notifying import one_of
from checker.history.trail import Event, State, What, events_of

NOTIFIED = "notified"
STATES = (State.OPEN, NOTIFIED, State.RECTIFIED, State.REMOVED, State.ACCEPTED)
"""What a list may be asked for; notified = somebody was told of it and it is neither rectified nor accepted."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding as the history has it; days are ISO 8601, '' where there is none.

    `warned`: it was never more than an early warning.
    """

    fingerprint: str
    subject: str
    rule: str
    clause: str
    problem: str
    location: str
    detail: str
    url: str
    certainty: str
    state: str
    first_seen: str
    last_seen: str
    notified_on: str
    notified_in: str
    rectified_on: str
    source: str
    last_scan: str
    warned: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings to list; empty = all. `since`: those to which something happened from that day on."""

    subjects: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    since: date | None = None


_TRAIL = "SELECT 1 FROM event w WHERE w.fingerprint = f.fingerprint AND w.what IN"
_WARNED = f"EXISTS ({_TRAIL} ('{What.WARNED}')) AND NOT EXISTS ({_TRAIL} ('{What.FOUND}', '{What.IMPORTED}')) AS warned"
_COLUMNS = ", ".join(_WARNED if f.name == "warned" else f.name for f in fields(Listed))
_STATE_SQL = f"(state = ? OR (? = '{NOTIFIED}' AND notified_on <> '' AND state IN ('open', 'removed')))"


def listed(store: Path, wanted: Wanted) -> tuple[Listed, ...]:
    """The findings of a store that are wanted, by subject, then in the order in which they were found."""
    with read_only(store / "history.sqlite") as db:
        return tuple(_rows(db, wanted)) if db else ()


def _rows(db: sqlite3.Connection, wanted: Wanted) -> Iterator[Listed]:
    where, values = ["1"], list[str]()
    for column, chosen in (("subject", wanted.subjects), ("rule", wanted.rules)):
        if chosen:
            where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    if wanted.states:
        where.append(f"({' OR '.join(_STATE_SQL for _ in wanted.states)})")
        values += [state for state in wanted.states for _ in range(2)]
    if wanted.since:
        day = wanted.since.isoformat()
        happened = "SELECT 1 FROM event e WHERE e.fingerprint = f.fingerprint AND substr(e.at, 1, 10) >= ?"
        where.append(f"(EXISTS ({happened}) OR substr(last_seen, 1, 10) >= ?)")
        values += [day, day]
    sql = (
        f"SELECT {_COLUMNS} FROM finding f WHERE {' AND '.join(where)} ORDER BY subject, first_seen, rule, fingerprint"
    )
    for row in db.execute(sql, values):
        yield _listed(row)


def trail_of(store: Path, prefix: str) -> tuple[Listed, tuple[Event, ...]]:
    """One finding and everything that happened to it, oldest first; raises UsageError if none or several begin so."""
    with read_only(store / "history.sqlite") as db:
        if db is None:
            raise UsageError(f"{store}: no history is here yet; `checker scan` or `checker history import` begins it")
        mark = one_of(db, prefix)
        row = db.execute(f"SELECT {_COLUMNS} FROM finding f WHERE fingerprint = ?", (mark,)).fetchone()
        return _listed(row), events_of(db, mark)


def _listed(row: Sequence[Any]) -> Listed:
    values = [*row[:-1], bool(row[-1])]
    return Listed(*values)
