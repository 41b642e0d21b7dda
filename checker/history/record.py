"""Finished scans: their results, and every finding by fingerprint with first and last sight."""

from collections.abc import Collection
from pathlib import Path

from checker.history.files import HISTORY, opened
from checker.model.results import Scan

UNKNOWN_PAGES = -1
"""Stands for the number of pages of a subject that was not read to its end: it says nothing of the next scan."""


def record_scan(store: Path, scan: Scan, cut_short: Collection[str] = ()) -> None:
    """Remember a finished scan: its results, and every finding by fingerprint with first and last sight.

    `cut_short` are the subjects that were not read to their end. Recording the same scan again changes nothing.
    """
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        info = (scan.id, scan.as_of, scan.started_at, scan.finished_at, scan.rules.profile, scan.rules.sha256)
        db.execute("INSERT OR REPLACE INTO scan VALUES (?, ?, ?, ?, ?, ?)", info)
        for subject in scan.subjects:
            total = "" if subject.score.total is None else str(subject.score.total)
            pages = UNKNOWN_PAGES if subject.id in cut_short else subject.statistics.get("pages", 0)
            row = (scan.id, subject.id, subject.kind, subject.verdict or "", total, pages)
            db.execute("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?)", row)
            db.executemany(
                "INSERT INTO finding(fingerprint, subject, rule, problem, first_seen, last_seen) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(fingerprint) DO UPDATE SET "
                "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
                [(f.fingerprint, subject.id, a.rule, f.problem, scan.as_of, scan.as_of)
                 for a in subject.assessments for f in a.findings],
            )  # fmt: skip


def pages_before(store: Path) -> dict[str, int]:
    """Pages of each subject in the latest scan that read it to its end; nothing where there was none."""
    if not (store / "history.sqlite").exists():
        return {}
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        sql = "SELECT r.subject, r.pages FROM result r JOIN scan s ON s.id = r.scan WHERE r.pages >= 0"
        return dict(db.execute(f"{sql} ORDER BY s.finished_at").fetchall())
