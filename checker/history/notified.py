"""What was notified and still stands: the findings that a recheck looks at again; and what is settled by now."""

from dataclasses import fields
from pathlib import Path

from checker.history.files import HISTORY, opened
from checker.history.trail import State
from checker.model.context import KnownFinding


def notified_findings(store: Path) -> dict[str, tuple[KnownFinding, ...]]:
    """Findings by subject that were notified and neither rectified since nor settled by a person. Raises StoreError."""
    path = store / "history.sqlite"
    if not path.exists():
        return {}
    names = ", ".join(f.name for f in fields(KnownFinding))
    sql = (
        f"SELECT {names} FROM finding WHERE notified_on <> '' AND rectified_on = '' AND state <> 'accepted' "
        "ORDER BY subject, rule, first_seen, fingerprint"
    )
    found: dict[str, list[KnownFinding]] = {}
    with opened(path, HISTORY, "history") as db:
        for row in db.execute(sql):
            known = KnownFinding(*row)
            found.setdefault(known.subject, []).append(known)
    return {subject: tuple(rows) for subject, rows in found.items()}


def last_notice(store: Path) -> str:
    """The newest day on which anything was notified, '' if nothing ever was. Raises StoreError."""
    path = store / "history.sqlite"
    if not path.exists():
        return ""
    with opened(path, HISTORY, "history") as db:
        return str(db.execute("SELECT coalesce(max(notified_on), '') FROM finding").fetchone()[0])


def settled_notices(store: Path) -> dict[str, frozenset[str]]:
    """Fingerprints, by subject, of what was notified and is rectified or accepted by now. Raises StoreError."""
    path = store / "history.sqlite"
    if not path.exists():
        return {}
    sql = "SELECT subject, fingerprint FROM finding WHERE notified_on <> '' AND state IN (?, ?)"
    found: dict[str, set[str]] = {}
    with opened(path, HISTORY, "history") as db:
        for subject, fingerprint in db.execute(sql, (State.RECTIFIED, State.ACCEPTED)):
            found.setdefault(subject, set()).add(fingerprint)
    return {subject: frozenset(marks) for subject, marks in found.items()}


def settled_findings(store: Path) -> dict[str, str]:
    """State by fingerprint of every finding that is rectified, or that a person has accepted. Raises StoreError."""
    path = store / "history.sqlite"
    if not path.exists():
        return {}
    with opened(path, HISTORY, "history") as db:
        sql = "SELECT fingerprint, state FROM finding WHERE state IN (?, ?)"
        return dict(db.execute(sql, (State.RECTIFIED, State.ACCEPTED)).fetchall())
