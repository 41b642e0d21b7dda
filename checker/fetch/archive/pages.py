"""The pages that a scan keeps for the next one, so that whoever has not changed answers with a 304 and no body.

One SQLite file a subject, replaced as a whole when its gathering has ended: a kill loses nothing. Of every page its
SHA-256 is kept; of those that can be asked for conditionally the body too.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from checker.facts.private import private_file
from checker.facts.store import remove
from checker.fetch.archive.record import Kept, Whole, is_text
from checker.fetch.archive.spool import Spool
from checker.fetch.memory import Remembered
from checker.model.results import FetchOutcome

PAGES_BYTES = 100_000_000
"""Compressed bodies of one subject that are kept for its next scan."""

OLDEST = timedelta(days=30)
"""A body that came longer ago is asked for anew: a server whose validators lie must not be believed for ever."""

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE page(
    url TEXT PRIMARY KEY, sha256 TEXT NOT NULL, received_at TEXT NOT NULL, headers TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE via(connect_to TEXT NOT NULL);
PRAGMA user_version = {_VERSION};
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier scan has of a page, and when its body came."""

    remembered: Remembered
    received_at: str


class EarlierPages:
    """The file that the last scan left, read-only. A damaged one, or one from another network, is thrown away.

    `via` says where requests are sent (--connect-to): a staging copy and the real site are never compared.
    """

    def __init__(self, path: Path, via: str) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None
        with self._or_dropped():
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            row = self._db.execute("SELECT connect_to, user_version FROM via, pragma_user_version").fetchone()
            if row != (via, _VERSION):
                self.close()

    def recall(self, url: str, now: datetime) -> Earlier | None:
        """The page to compare with, if its body is kept and not older than `OLDEST`."""
        row: tuple[str, str, str, bytes] | None = None
        with self._or_dropped():
            if self._db is not None:
                sql = "SELECT sha256, received_at, headers, data FROM page WHERE url = ? AND data <> x''"
                row = self._db.execute(sql, (url,)).fetchone()
            if row is None or abs(now - datetime.fromisoformat(row[1])) > OLDEST:
                return None
            body = zlib.decompress(row[3])
            if sha256(body).hexdigest() != row[0]:
                raise ValueError("the body is not the one that was kept")
            return Earlier(Remembered(body, json.loads(row[2])), row[1])
        return None

    def sha256(self, url: str) -> str:
        """The SHA-256 that the page had in the last scan, '' if it was not read then."""
        with self._or_dropped():
            if self._db is not None:
                row = self._db.execute("SELECT sha256 FROM page WHERE url = ?", (url,)).fetchone()
                return str(row[0]) if row else ""
        return ""

    def rows(self) -> Iterator[tuple[str, str, str, str, bytes]]:
        """Every page as it lies in the file."""
        with self._or_dropped():
            if self._db is not None:
                yield from self._db.execute("SELECT url, sha256, received_at, headers, data FROM page ORDER BY rowid")

    def _or_dropped(self) -> "_Dropping":
        return _Dropping(self)

    def drop(self) -> None:
        """Throw the file away."""
        self.close()
        with suppress(OSError):
            remove(self.path)

    def close(self) -> None:
        """Close the file; nothing is recalled any more."""
        if self._db is not None:
            self._db.close()
        self._db = None


def drop_outdated(folder: Path, now: datetime) -> None:
    """Remove what nobody will compare with any more: files not written for `OLDEST`, e.g. of a subject that is gone.

    `now` is the real time, by which files are dated.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if now.timestamp() - path.stat().st_mtime > OLDEST.total_seconds():
                path.unlink()


class _Dropping:
    """Whatever the file's damage raises ends the file, never the scan."""

    def __init__(self, pages: EarlierPages) -> None:
        self._pages = pages

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, (sqlite3.Error, zlib.error, ValueError, TypeError, OSError)):
            self._pages.drop()
            return True
        return False


def keep_for_next_scan(spool: Spool, earlier: EarlierPages, path: Path, via: str, complete: bool) -> None:
    """Put what this scan has read in the place of the earlier file.

    `complete`: the subject was read to its end, so what was not asked for is gone. Else an earlier page stays if it
    was not asked for, or gave no answer.
    """
    beside = path.with_name(f"{path.name}.new")
    remove(beside)
    with closing(sqlite3.connect(private_file(beside), isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")  # what a power cut damages is thrown away
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        db.execute("INSERT INTO via VALUES (?)", (via,))
        left = PAGES_BYTES
        settled: set[str] = set()
        for kept in spool.newest():
            if kept.status:
                settled.add(kept.url)
            if row := _row(spool, kept, left):
                left -= len(row[4])
                db.execute("INSERT INTO page VALUES (?, ?, ?, ?, ?)", row)
        for old in () if complete else earlier.rows():
            if old[0] not in settled and len(old[4]) <= left:
                left -= len(old[4])
                db.execute("INSERT OR IGNORE INTO page VALUES (?, ?, ?, ?, ?)", old)
        db.execute("COMMIT")
    beside.replace(path)


def _row(spool: Spool, kept: Kept, left: int) -> tuple[str, str, str, str, bytes] | None:
    """What is kept of an answer; None of one that says nothing about its own address. Without a body b'' stands."""
    if kept.outcome != FetchOutcome.OK or kept.status != 200 or kept.hops:
        return None
    data = spool.packed(kept.sha256) if _may_be_compared(kept) else b""
    if len(data) > left:
        data = b""
    return kept.url, kept.sha256, kept.received_at or kept.seen_at, json.dumps(dict(kept.headers)), data


def _may_be_compared(kept: Kept) -> bool:
    """Whether a page or data has what a conditional request needs, and may be stored at all."""
    headers = kept.headers
    stored = "no-store" not in headers.get("cache-control", "").lower() and "*" not in headers.get("vary", "")
    text = is_text(headers.get("content-type", ""), b"")
    return bool(Remembered(b"", headers).conditions) and stored and text and kept.whole is Whole.KEPT
