"""visits.sqlite: every attempt of `checker probe`, and visits that were counted elsewhere.

Written at any time, also while a scan runs: a write waits for another writer of this file, never for a scan.
"""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

from checker.history.files import VISITS, opened
from checker.history.week import NO_VISITS, Attempt, Week, account
from checker.model.context import Visit

KEPT_DAYS = 92
"""Days before the inspection day whose visits a subject is told; older ones only say since when it is visited."""


def record_visits(store: Path, visits: Iterable[Visit]) -> None:
    """Add visits that count as they are; one that is there already stays as it is. Raises StoreError."""
    _insert(store, "visit", visits)


def record_attempts(store: Path, attempts: Iterable[Attempt]) -> None:
    """Add attempts, all or none; one of the same subject and moment stays as it is. Raises StoreError."""
    _insert(store, "attempt", attempts)


def _insert(store: Path, table: str, rows: Iterable[Visit | Attempt]) -> None:
    values = [astuple(row) for row in rows]
    with opened(store / "visits.sqlite", VISITS, "visits") as db:
        db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?)", values)


class VisitBook:
    """What visits.sqlite knows, read for one inspection day; an empty book where there is no file."""

    def __init__(self, store: Path, today: date) -> None:
        """Read visits and attempts of the days that matter. Raises StoreError."""
        self._today = today
        self._visits: dict[str, list[Visit]] = {}
        self._attempts: dict[str, list[Attempt]] = {}
        self._since: dict[str, str] = {}
        if (store / "visits.sqlite").exists():
            self._read(store)

    def _read(self, store: Path) -> None:
        """What counts among attempts is reckoned from the oldest one read: after any pause it no longer matters."""
        oldest = ((self._today - timedelta(days=KEPT_DAYS)).isoformat(),)
        what = "subject, at, on_date, outcome, elapsed_ms"
        with opened(store / "visits.sqlite", VISITS, "visits") as db:
            for row in db.execute(f"SELECT {what} FROM visit WHERE at >= ? ORDER BY subject, at", oldest):
                self._visits.setdefault(row[0], []).append(Visit(*row))
            for row in db.execute(f"SELECT {what} FROM attempt WHERE at >= ? ORDER BY subject, at", oldest):
                self._attempts.setdefault(row[0], []).append(Attempt(*row))
            old = "SELECT subject, min(on_date) FROM visit WHERE at < ? GROUP BY subject"
            self._since = dict(db.execute(old, oldest).fetchall())
            for subject, at in db.execute(f"{_OLD_ATTEMPTS} GROUP BY subject", oldest):
                self._since[subject] = min(at, self._since.get(subject, at))

    def visits(self, subject: str) -> list[Visit]:
        """Visits of a subject that were counted elsewhere."""
        return self._visits.get(subject, [])

    def attempts(self, subject: str) -> list[Attempt]:
        """Attempts of a subject, whatever they amount to."""
        return self._attempts.get(subject, [])

    def week(self, subject: str) -> Week:
        """The account of a subject for the book's day."""
        return account(subject, self._today, self.attempts(subject), self.visits(subject), self._since.get(subject, ""))


_OLD_ATTEMPTS = f"""
SELECT subject, min(on_date) FROM attempt WHERE at < ?
AND outcome NOT IN ({", ".join(f"'{outcome}'" for outcome in sorted(NO_VISITS))})
"""


def week_of(store: Path, today: date, subjects: Iterable[str]) -> list[Week]:
    """The account of each subject for `today`, in their order. Raises StoreError."""
    book = VisitBook(store, today)
    return [book.week(subject) for subject in subjects]
