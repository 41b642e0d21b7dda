"""What the history itself forgets after its retention: texts of findings long rectified, and names of persons.

Fingerprint, rule, problem and all days stay. What goes is overwritten in the file (`secure_delete`), and the file is
written anew, so that nothing of it is left in unused pages.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import StoreError
from checker.facts.refusal import refusal
from checker.history.files import HISTORY, opened, read_only

FORGOTTEN = "（已清除）"
"""What stands where a person's name was."""


@dataclass(frozen=True, slots=True)
class Forgettable:
    """How many rows lose something: findings their texts, answers and events of the trail a name and its words."""

    findings: int = 0
    answers: int = 0
    events: int = 0

    @property
    def total(self) -> int:
        """All rows together."""
        return self.findings + self.answers + self.events


_CLOSED = (
    "state IN ('rectified', 'accepted') AND substr(last_seen, 1, 10) < :day AND (rectified_on < :day) "
    "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.fingerprint = finding.fingerprint AND substr(e.at, 1, 10) >= :day)"
)
_OLD_FINDING = (
    f"{_CLOSED} AND (item <> '' OR detail <> '' OR url <> '' OR key <> '' OR source <> '' OR notified_in <> '' "
    f"OR (rule = '' AND problem <> '{FORGOTTEN}'))"
)
"""The problem of a rule is official wording; that of a finding without one is what somebody wrote of the case."""
_OLD_ANSWER = f"on_date < :day AND expires_on < :today AND by <> '{FORGOTTEN}'"
_OLD_EVENT = (
    f"substr(at, 1, 10) < :day AND ((by <> '' AND by <> '{FORGOTTEN}') "
    f"OR (note <> '' AND fingerprint IN (SELECT fingerprint FROM finding WHERE {_CLOSED})))"
)


def forgettable(store: Path, before: date, today: date) -> Forgettable:
    """What would be forgotten of what ended before a day; answers that still count on `today` are left."""
    with read_only(store / "history.sqlite") as db:
        if db is None:
            return Forgettable()
        days = {"day": before.isoformat(), "today": today.isoformat()}
        tables = (("finding", _OLD_FINDING), ("answer", _OLD_ANSWER), ("event", _OLD_EVENT))
        return Forgettable(
            *(int(db.execute(f"SELECT count(*) FROM {t} WHERE {old}", days).fetchone()[0]) for t, old in tables)
        )


def forget(store: Path, before: date, today: date) -> Forgettable:
    """Forget it, and write the file anew without it; returns how much. Raises StoreError, MachineError."""
    path = store / "history.sqlite"
    found = forgettable(store, before, today)
    if found.total:
        days = {"day": before.isoformat(), "today": today.isoformat()}
        with opened(path, HISTORY, "history") as db:
            # events first: whether they are old is told by their findings
            who = f"CASE by WHEN '' THEN '' ELSE '{FORGOTTEN}' END"
            db.execute(f"UPDATE event SET by = {who}, note = '' WHERE {_OLD_EVENT}", days)
            free = f"CASE rule WHEN '' THEN '{FORGOTTEN}' ELSE problem END"
            texts = "item = '', detail = '', url = '', key = '', source = '', notified_in = ''"
            db.execute(f"UPDATE finding SET {texts}, problem = {free} WHERE {_OLD_FINDING}", days)
            db.execute(f"UPDATE answer SET by = '{FORGOTTEN}', detail = '' WHERE {_OLD_ANSWER}", days)
        _compact(path)
    return found


def _compact(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete=ON")
            db.execute("VACUUM")
    except sqlite3.Error as error:
        raise refusal(path, error) or StoreError(f"{path}: {error}") from error


def notified_open(store: Path) -> dict[str, str]:
    """Findings that somebody was told of and that are neither rectified nor accepted: fingerprint → first day told."""
    with read_only(store / "history.sqlite") as db:
        sql = "SELECT fingerprint, notified_on FROM finding WHERE notified_on <> '' AND state IN ('open', 'removed')"
        return dict(db.execute(sql).fetchall()) if db else {}
