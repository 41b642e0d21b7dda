"""Which scans a store holds: a free id for a new one, the newest of a kind, and whether a site was read whole."""

import sqlite3
from datetime import datetime
from pathlib import Path

from checker.errors import StoreError
from checker.fleet.store import ScanReader, subject_file


def new_id(moment: datetime, store: Path) -> str:
    """An id that sorts by time and is free in the store."""
    stem = moment.strftime("%Y%m%d-%H%M%S")
    taken = {p.name for p in (store / "scans").glob(f"{stem}*")}
    return next(i for n in range(1000) if (i := stem if n == 0 else f"{stem}-{n}") not in taken)


def latest(store: Path, unfinished: bool = False, rechecks: bool = True) -> str | None:
    """Id of the newest scan in the store; with `unfinished` the newest that has begun and did not come to its end.

    Without `rechecks` these are passed over. A folder that cannot be read is none that anything could go on with.
    """
    for folder in sorted((store / "scans").glob("*"), reverse=True):
        if not (folder / "scan.sqlite").exists():
            continue
        if unfinished and not _is_unfinished(folder):
            continue
        if rechecks or not _noted(folder).get("based_on"):
            return folder.name
    return None


def _noted(folder: Path) -> dict[str, str]:
    """What is noted of a scan; nothing where it cannot be read."""
    try:
        with ScanReader(folder) as scan:
            return scan.info()
    except (StoreError, sqlite3.Error):
        return {}


def _is_unfinished(folder: Path) -> bool:
    info = _noted(folder)
    return "budget" in info and "finished_at" not in info


def read_whole(folder: Path, subject: str) -> bool:
    """Whether the home page of a site was read and no page was left unread, e.g. over a budget."""
    facts = subject_file(folder, "facts", subject)
    if not facts.exists():
        return False
    try:
        db = sqlite3.connect(f"{facts.resolve().as_uri()}?mode=ro", uri=True)
        try:
            sql = (
                "SELECT EXISTS (SELECT 1 FROM page WHERE role = 'home') "
                "AND NOT EXISTS (SELECT 1 FROM frontier WHERE state NOT IN ('done', 'failed'))"
            )
            return bool(db.execute(sql).fetchone()[0])
        finally:
            db.close()
    except sqlite3.Error:
        return False
