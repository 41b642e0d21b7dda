"""The entries of a site's lists that scans saw, each with its first sight: a back-dated batch shows by them later."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

MOST_ENTRIES = 20_000
"""Entries of one site that a scan notes at most; of a site with more it notes none and says so."""

_ENTRIES = """
SELECT DISTINCT a.url FROM list_item i JOIN address a ON a.id = i.url WHERE a.url <> '' ORDER BY a.url LIMIT ?
"""


def list_entries(facts: Path) -> tuple[str, ...] | None:
    """Addresses of all entries in the lists of a closed facts file; None if they cannot be told or are too many."""
    if not facts.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{facts.resolve().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(_ENTRIES, (MOST_ENTRIES + 1,)).fetchall()
    except sqlite3.Error:
        return None
    return tuple(url for (url,) in rows) if len(rows) <= MOST_ENTRIES else None


def record_articles(db: sqlite3.Connection, subject: str, entries: Collection[str], as_of: str) -> None:
    """Note entries of one subject in an open history; of a known one the earliest sight stays."""
    db.executemany(
        "INSERT INTO seen_article(subject, url, first_seen) VALUES (?, ?, ?) "
        "ON CONFLICT(subject, url) DO UPDATE SET first_seen = excluded.first_seen "
        "WHERE excluded.first_seen < first_seen",
        [(subject, url, as_of) for url in entries],
    )


def articles_of(db: sqlite3.Connection, subject: str) -> list[tuple[str, str]]:
    """Address and first sight of every entry that is known of a subject."""
    sql = "SELECT url, first_seen FROM seen_article WHERE subject = ? ORDER BY url"
    return db.execute(sql, (subject,)).fetchall()


def noted_before(db: sqlite3.Connection, subject: str) -> bool:
    """Whether an earlier scan read the subject to its end and noted all entries of its lists."""
    sql = (
        "SELECT 1 FROM result r JOIN scan s ON s.id = r.scan WHERE r.subject = ? AND r.articles >= 0 AND r.pages >= 0 "
        "AND s.complete AND s.kind = 'scan'"
    )
    return db.execute(sql, (subject,)).fetchone() is not None
