"""What people say of known findings: that a circular named them, and that they take one as settled."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import UsageError
from checker.history.files import HISTORY, opened
from checker.history.trail import Event, State, What, events_of, put_events, settle

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Notification:
    """What became of noting one finding: whether it is news, and the day on which it was first notified.

    `before`: the day of the notification that was in force until then, '' if there was none.
    """

    fingerprint: str
    news: bool
    first_on: str
    before: str = ""


def record_notified(store: Path, fingerprints: Iterable[str], on: date, document: str) -> tuple[Notification, ...]:
    """Note that a circular of the day `on` names these findings, all or none; the same a second time changes nothing.

    A day on which a finding was notified earlier stays; the trail has every circular. Raises UsageError for a finding
    that the history does not know.
    """
    marks = list(dict.fromkeys(fingerprints))
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        known = "SELECT 1 FROM finding WHERE fingerprint = ?"
        if lacking := [mark for mark in marks if db.execute(known, (mark,)).fetchone() is None]:
            more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
            raise UsageError(f"the history does not know {', '.join(lacking[:_SHOWN])}{more}; scan again, then notify")
        return tuple(_notify(db, mark, on.isoformat(), document) for mark in marks)


def _notify(db: sqlite3.Connection, mark: str, on: str, document: str) -> Notification:
    in_force = "SELECT notified_on FROM finding WHERE fingerprint = ?"
    (before,) = db.execute(in_force, (mark,)).fetchone()
    news = put_events(db, [Event(mark, on, What.NOTIFIED, note=document)]) > 0
    settle(db, [mark])
    (first,) = db.execute(in_force, (mark,)).fetchone()
    return Notification(mark, news, first or on, before)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's word that a finding is settled: who, when, why, and since when it is rectified (None = not said)."""

    by: str
    on: date
    note: str
    rectified_on: date | None = None


def record_accepted(store: Path, prefixes: Sequence[str], said: Acceptance) -> tuple[str, ...]:
    """Take findings as settled, all or none; returns their fingerprints.

    Raises UsageError for one that is not known, that the newest scan of its subject still finds, that is settled
    already, or that was seen after the day on which it is said to be rectified.
    """
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        marks = tuple(dict.fromkeys(one_of(db, prefix) for prefix in prefixes))
        wrong = [text for mark in marks if (text := _refused(db, mark, said))]
        if wrong:
            raise UsageError("\n".join([*wrong, "nothing was accepted"] if len(marks) > 1 else wrong))
        for mark in marks:
            events = [Event(mark, said.on.isoformat(), What.ACCEPTED, note=said.note, by=said.by)]
            if said.rectified_on:
                events.append(
                    Event(mark, said.rectified_on.isoformat(), What.RECTIFIED, note=said.note, by=said.by)
                )  # fmt: skip
            put_events(db, events)
        settle(db, marks)
    return marks


def one_of(db: sqlite3.Connection, prefix: str) -> str:
    """The fingerprint that begins so, as reports print it or as much of it as is unique; raises UsageError."""
    wanted = prefix.strip(" 〔〕").lower()
    sql = "SELECT fingerprint, subject, rule, problem FROM finding WHERE substr(fingerprint, 1, ?) = ? ORDER BY 1"
    found = db.execute(sql, (len(wanted), wanted)).fetchall() if wanted else []
    if len(found) == 1:
        return str(found[0][0])
    if not found:
        raise UsageError(
            f"{prefix}: the history knows no finding with this fingerprint; `checker history list` shows them"
        )
    listed = "\n".join(f"{row[0]}  {row[1]}  {row[2] or row[3]}" for row in found[:_SHOWN])
    raise UsageError(f"{prefix}: {len(found)} findings begin so; give more of it:\n{listed}")


def _refused(db: sqlite3.Connection, mark: str, said: Acceptance) -> str:
    """Why a finding cannot be accepted, '' if it can."""
    sql = "SELECT subject, problem, state, rectified_on, last_seen, last_scan FROM finding WHERE fingerprint = ?"
    subject, problem, state, rectified, seen, scan = db.execute(sql, (mark,)).fetchone()
    name = f"{mark} ({subject}, {problem})"
    if state == State.RECTIFIED:
        return f"{name}: is rectified since {rectified}; there is nothing to accept"
    if state == State.ACCEPTED:
        who = next((e for e in reversed(events_of(db, mark)) if e.what == What.ACCEPTED), None)
        return f"{name}: {who.by if who else 'somebody'} accepted it already on {who.at if who else 'an earlier day'}"
    newest = db.execute(
        "SELECT s.id FROM result r JOIN scan s ON s.id = r.scan WHERE r.subject = ? ORDER BY s.as_of DESC, s.id DESC",
        (subject,),
    ).fetchone()
    if newest and newest[0] == scan:
        return (
            f"{name}: the newest scan of its subject, {scan}, still finds it; scan or recheck again when it is mended"
        )
    if said.rectified_on and said.rectified_on.isoformat() < seen[:10]:
        return f"{name}: was still seen on {seen[:10]}, after {said.rectified_on}"
    return ""
