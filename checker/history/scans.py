"""The scans that the history knows, whether their folders are still there or not."""

from dataclasses import dataclass
from pathlib import Path

from checker.history.files import read_only


@dataclass(frozen=True, slots=True)
class KnownScan:
    """A finished scan as the history has it: what it was, and how many subjects it found how."""

    id: str
    as_of: str
    kind: str
    based_on: str
    profile: str
    subjects: int
    qualified: int
    pending: int
    unqualified: int


_KNOWN = """
SELECT s.id, s.as_of, s.kind, s.based_on, s.profile, count(r.subject), coalesce(sum(r.verdict = 'qualified'), 0),
       coalesce(sum(r.verdict = 'pending'), 0), coalesce(sum(r.verdict = 'unqualified'), 0)
FROM scan s LEFT JOIN result r ON r.scan = s.id GROUP BY s.id ORDER BY s.id
"""


def known_scans(store: Path) -> dict[str, KnownScan]:
    """Every scan that the history knows, by id; none where there is no history. Raises StoreError."""
    with read_only(store / "history.sqlite") as db:
        return {row[0]: KnownScan(*row) for row in db.execute(_KNOWN)} if db else {}


def pruned(store: Path, scan: str) -> bool:
    """Whether the history knows a scan whose folder is gone from the store. Raises StoreError."""
    if (store / "scans" / scan / "scan.sqlite").exists():
        return False
    with read_only(store / "history.sqlite") as db:
        return db is not None and db.execute("SELECT 1 FROM scan WHERE id = ?", (scan,)).fetchone() is not None
