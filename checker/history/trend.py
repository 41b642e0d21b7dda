"""Earlier scans of the same registry by the same profile: the points of the trend, read without writing anything."""

import json
import sqlite3
from collections.abc import Collection
from pathlib import Path

from checker.history.files import read_only
from checker.model.results import Past, Scan, Verdict
from checker.score import summary_of_verdicts

POINTS = 24
"""Earlier scans that a trend shows at most: two years of monthly ones."""

_EARLIER = """
SELECT id, as_of FROM scan
WHERE kind = 'scan' AND complete AND partial = 0 AND profile = ? AND (as_of, id) < (?, ?)
ORDER BY as_of DESC, id DESC LIMIT ?
"""

_VERDICTS = """
SELECT kind, verdict FROM result WHERE scan = ? AND (? IS NULL OR subject IN (SELECT value FROM json_each(?)))
"""


def past_results(store: Path, scan: Scan, subjects: Collection[str] = (), points: int = POINTS) -> tuple[Past, ...]:
    """The newest `points` complete scans of the whole registry before `scan`, by its profile, oldest first.

    With `subjects`, only these are counted. Empty where there is no history yet. Raises StoreError for one that is
    damaged or of a newer version.
    """
    wanted = json.dumps(list(subjects)) if subjects else None
    with read_only(store / "history.sqlite") as db:
        if db is None:
            return ()
        rows = db.execute(_EARLIER, (scan.rules.profile, scan.as_of, scan.id, points)).fetchall()
        return tuple(_past(db, earlier, as_of, wanted) for earlier, as_of in reversed(rows))


def _past(db: sqlite3.Connection, scan: str, as_of: str, wanted: str | None) -> Past:
    verdicts: dict[str, list[Verdict | None]] = {"site": [], "account": []}
    for kind, verdict in db.execute(_VERDICTS, (scan, wanted, wanted)):
        verdicts[kind].append(Verdict(verdict) if verdict else None)
    return Past(scan, as_of, summary_of_verdicts(verdicts["site"]), summary_of_verdicts(verdicts["account"]))
