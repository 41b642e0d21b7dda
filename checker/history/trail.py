"""What became of a finding, as the trail of its events tells it: pure, and written down at one place.

States: `open`; `rectified` (its place was examined again and it was not there, or a person says so); `removed` (its
page or column is no more, which a person must accept); `accepted` (a person has). Events: `warned` (first sight by a
scan as an early warning; once the finding has counted that is no sight of it), `found` (first sight by a scan as more
than that), `notified`, `rectified`, `reopened` (seen again after it was closed), `removed`, `accepted`, `imported`. The
state follows from the newest closing event and the newest sight: what happened later counts, whenever it was recorded.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    RECTIFIED = "rectified"
    REMOVED = "removed"
    ACCEPTED = "accepted"


class What(StrEnum):
    """What happened to a finding."""

    WARNED = "warned"
    FOUND = "found"
    NOTIFIED = "notified"
    RECTIFIED = "rectified"
    REOPENED = "reopened"
    REMOVED = "removed"
    ACCEPTED = "accepted"
    IMPORTED = "imported"


CLOSING = {What.RECTIFIED: State.RECTIFIED, What.REMOVED: State.REMOVED, What.ACCEPTED: State.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the trail.

    `at` is the moment on the inspection clock (ISO 8601, Beijing time) or a bare day that a person named; `scan` is
    empty for what people did, `by` for what scans saw.
    """

    fingerprint: str
    at: str
    what: str
    scan: str = ""
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """When a finding was last seen, and by which scan (empty: imported)."""

    at: str
    scan: str = ""


def closed_by(events: Iterable[Event]) -> Event | None:
    """The newest event that closed a finding, None if none ever did; of the same moment, the later scan's."""
    return max((e for e in events if e.what in CLOSING), key=lambda e: (_moment(e.at), e.scan), default=None)


def standing(last: Sight, events: Iterable[Event]) -> tuple[State, str]:
    """State of a finding and its day of rectification ('' if it is not rectified).

    Whoever accepted one may have named the day on which it was mended.
    """
    trail = tuple(events)
    end = closed_by(trail)
    if end is None or _follows(last, end) or any(e.what == What.REOPENED and _reopens(e, end) for e in trail):
        return State.OPEN, ""
    state = CLOSING[What(end.what)]
    if state is State.ACCEPTED:
        return state, max((e.at[:10] for e in trail if e.what == What.RECTIFIED and e.by == end.by), default="")
    return state, end.at[:10] if state is State.RECTIFIED else ""


def notice_of(events: Iterable[Event]) -> tuple[str, str] | None:
    """Day and circular of the notification in force: the first since the finding last came back, ('', '') if none.

    None where the trail knows of no notification at all. What was only taken away for a time was never rectified:
    whoever was told of it stays told.
    """
    trail = tuple(events)
    told = sorted((e.at[:10], e.note) for e in trail if e.what == What.NOTIFIED)
    again = max((e.at[:10] for e in trail if e.what == What.REOPENED and _was_settled(e, trail)), default="")
    return next((n for n in told if n[0] >= again), ("", "")) if told else None


def _was_settled(reopened: Event, trail: Iterable[Event]) -> bool:
    """Whether what was reopened had been rectified or accepted, and not only been taken away."""
    before = (e for e in trail if e.what in CLOSING and _reopens(reopened, e))
    end = closed_by(before)
    return end is None or end.what != What.REMOVED


def _follows(sight: Sight, end: Event) -> bool:
    """Whether a sight came after the end; a bare day lasts until midnight."""
    return sight.at[:10] > end.at if _is_day(end.at) else (sight.at, sight.scan) > (end.at, end.scan)


def _reopens(event: Event, end: Event) -> bool:
    """A scan that says so knew of the end: on the same day that a person named, it came after it."""
    if _is_day(end.at):
        return event.at[:10] >= end.at
    return (event.at, event.scan) > (end.at, end.scan)


def _is_day(at: str) -> bool:
    return "T" not in at


def _moment(at: str) -> str:
    """A bare day stands for its end."""
    return f"{at}T24" if _is_day(at) else at


def put_events(db: sqlite3.Connection, events: Iterable[Event]) -> int:
    """Add events to an open history; one that is there already (same finding, what, at, scan) stays. Returns how many.

    Call `settle` afterwards for the findings concerned.
    """
    sql = "INSERT OR IGNORE INTO event(fingerprint, at, what, scan, note, by) VALUES (?, ?, ?, ?, ?, ?)"
    before = db.total_changes
    db.executemany(sql, [astuple(e) for e in events])
    return db.total_changes - before


def events_of(db: sqlite3.Connection, fingerprint: str) -> tuple[Event, ...]:
    """The trail of one finding, oldest first."""
    sql = "SELECT fingerprint, at, what, scan, note, by FROM event WHERE fingerprint = ? ORDER BY at, scan, rowid"
    return tuple(Event(*row) for row in db.execute(sql, (fingerprint,)))


def settle(db: sqlite3.Connection, fingerprints: Iterable[str]) -> None:
    """Bring state, day of rectification and notification in force of these findings into line with their trails."""
    sql = "SELECT last_seen, last_scan, notified_on, notified_in FROM finding WHERE fingerprint = ?"
    for mark in fingerprints:
        row = db.execute(sql, (mark,)).fetchone()
        if row:
            trail = events_of(db, mark)
            values = (*standing(Sight(*row[:2]), trail), *(notice_of(trail) or row[2:]), mark)
            db.execute(
                "UPDATE finding SET state = ?, rectified_on = ?, notified_on = ?, notified_in = ? "
                "WHERE fingerprint = ?", values
            )  # fmt: skip
