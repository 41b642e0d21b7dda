"""The spool: every answer to one subject's requests in one scan, distinct bodies once; one SQLite file.

Each answer is durable against a kill as soon as `add` returns, so a resumed scan has the evidence of what it does
not ask for again.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from checker.facts.private import private_file
from checker.facts.store import remove
from checker.fetch.answer import Fetched
from checker.fetch.archive.record import SPOOL_BYTES, Kept, Whole, fits, kept_headers

_VERSION = 1
_LEVEL = 3
"""Of compression: four times faster than the usual one and nearly as small on pages."""

_SCHEMA = f"""
BEGIN;
CREATE TABLE body(sha256 TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE answer(
    number INTEGER PRIMARY KEY, url TEXT NOT NULL, final_url TEXT NOT NULL, hops TEXT NOT NULL, outcome TEXT NOT NULL,
    status INTEGER NOT NULL, detail TEXT NOT NULL, elapsed_ms INTEGER NOT NULL, seen_at TEXT NOT NULL,
    received_at TEXT NOT NULL, address TEXT NOT NULL, tls TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    whole TEXT NOT NULL, headers TEXT NOT NULL, conditions TEXT NOT NULL);
CREATE INDEX answer_url ON answer(url);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_COLUMNS = (
    "a.number, a.url, a.final_url, a.hops, a.outcome, a.status, a.detail, a.elapsed_ms, a.seen_at, a.received_at, "
    "a.address, a.tls, a.sha256, a.size, a.whole, a.headers, a.conditions"
)


class Spool:
    """The answers of one subject. Raises sqlite3.Error and OSError as they come; the owner decides what they mean."""

    def __init__(self, path: Path, most: int = SPOOL_BYTES) -> None:
        """Open the spool at `path`, making it if needed; one that is damaged or of another version is begun anew.

        `most` bounds the bytes of compressed bodies.
        """
        self.path = path
        self._most = most
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            remove(path)
            self._db = self._opened()
        self._bytes = int(self._db.execute("SELECT coalesce(sum(length(data)), 0) FROM body").fetchone()[0])

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(private_file(self.path), isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("PRAGMA secure_delete=ON")  # what must not be kept is overwritten, not only unlinked
            if not db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                db.executescript(_SCHEMA)
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                raise sqlite3.DatabaseError("another version")
        except BaseException:
            db.close()
            raise
        return db

    def add(self, answer: Fetched, seen_at: str, received_at: str) -> None:
        """Keep an answer. `received_at` is '' unless its body is that of an earlier scan."""
        self._db.execute("BEGIN")
        try:
            whole = self._put_body(answer)
            row = (
                answer.url, answer.final_url, json.dumps(answer.hops), answer.outcome.value, answer.status,
                answer.detail, answer.elapsed_ms, seen_at, received_at, answer.address, answer.tls, answer.sha256,
                len(answer.body), whole.value, json.dumps(kept_headers(answer), ensure_ascii=False),
                json.dumps(dict(answer.conditions), ensure_ascii=False),
            )  # fmt: skip
            self._db.execute(f"INSERT INTO answer VALUES (NULL, {', '.join('?' * len(row))})", row)
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _put_body(self, answer: Fetched) -> Whole:
        if not answer.body or self._db.execute("SELECT 1 FROM body WHERE sha256 = ?", (answer.sha256,)).fetchone():
            return Whole.KEPT
        if not fits(answer):
            return Whole.LARGE
        data = zlib.compress(answer.body, _LEVEL)
        if self._bytes + len(data) > self._most:
            return Whole.FULL
        self._db.execute("INSERT INTO body VALUES (?, ?)", (answer.sha256, data))
        self._bytes += len(data)
        return Whole.KEPT

    def forget(self, url: str) -> None:
        """Drop every body that came from this address, wherever else it came from too; what is known of it stays."""
        found = "SELECT sha256 FROM answer WHERE url = ?1 OR final_url = ?1"
        self._db.execute("BEGIN")
        self._db.execute(f"DELETE FROM body WHERE sha256 IN ({found})", (url,))
        self._db.execute(
            f"UPDATE answer SET whole = ?2 WHERE sha256 <> '' AND sha256 IN ({found})", (url, Whole.WITHHELD.value)
        )
        self._db.execute("COMMIT")

    def answers(self, url: str, most: int = 3) -> list[Kept]:
        """The last answers for an address in order, with their bodies."""
        sql = f"SELECT {_COLUMNS} FROM answer a WHERE a.url = ? ORDER BY a.number DESC LIMIT ?"
        return [self._with_body(_kept(row)) for row in reversed(self._db.execute(sql, (url, most)).fetchall())]

    def addresses(self, most: int) -> list[str]:
        """The first addresses that were asked for."""
        sql = "SELECT url FROM answer GROUP BY url ORDER BY min(number) LIMIT ?"
        return [str(url) for (url,) in self._db.execute(sql, (most,))]

    def newest(self) -> Iterator[Kept]:
        """The last answer for every address, without its body, in the order in which addresses were first asked.

        What a browser has built is no answer.
        """
        sql = f"""
        SELECT {_COLUMNS} FROM answer a
        JOIN (SELECT max(number) AS last, min(number) AS first FROM answer WHERE status OR sha256 = '' GROUP BY url) n
            ON n.last = a.number
        ORDER BY n.first
        """
        for row in self._db.execute(sql):
            yield _kept(row)

    def packed(self, sha256: str) -> bytes:
        """A body as it is compressed, b'' if it is not kept."""
        row = self._db.execute("SELECT data FROM body WHERE sha256 = ?", (sha256,)).fetchone()
        return bytes(row[0]) if row else b""

    def _with_body(self, kept: Kept) -> Kept:
        packed = self.packed(kept.sha256) if kept.sha256 else b""
        return replace(kept, body=zlib.decompress(packed)) if packed else kept

    def close(self) -> None:
        """Leave one closed file."""
        with suppress(sqlite3.Error):  # it is dropped soon; the log beside it holds what matters
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()


def _kept(row: tuple[object, ...]) -> Kept:
    values = list(row)
    hops, whole, headers, conditions = (values[n] for n in (3, 14, 15, 16))
    values[3], values[14] = tuple(json.loads(str(hops))), Whole(str(whole))
    values[15], values[16] = json.loads(str(headers)), json.loads(str(conditions))
    return Kept(*values)  # type: ignore[arg-type]
