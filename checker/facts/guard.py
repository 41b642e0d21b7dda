"""The guards of every query: rules and people ask SQL, nothing can be written, nothing runs for ever.

Four guards, each needed (a test runs a list of hostile statements): the files are opened read-only, `query_only` is
set, an authorizer allows only SELECT, READ, FUNCTION and RECURSIVE, and length and time are limited.
"""

import calendar
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from checker.address import same_place
from checker.errors import StoreError

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_OWN = {"frontier", "schema_info"}
"""Tables of the machinery: what stands in them is no fact and has no coverage."""

_FORBIDDEN_FUNCTIONS = {"load_extension", "writefile", "readfile", "edit", "fts3_tokenizer"}
MAX_VALUE_BYTES = 120_000
"""Bound of one value or row. SQLite cannot be stopped inside instr() or replace(), whose work grows with its square."""

MAX_RESULT_BYTES = 256_000_000
"""Bound of a whole result, about as Python holds it."""

_ROW_BYTES = 300
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
}
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})


class QueryError(Exception):
    """A query that SQLite or a guard refused; the message says why."""


class QueryTimeout(QueryError):
    """A query ran past its time limit."""


def months_after(day: str, months: int) -> str:
    """The same day `months` calendar months later (negative: earlier), the day clipped to the month's length."""
    if not day:
        return ""
    start = date.fromisoformat(day[:10])
    total = start.year * 12 + start.month - 1 + int(months)
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        return ""
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1])).isoformat()


def url_host(url: str) -> str:
    """Host of an address in lower case, '' if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def url_place(url: str) -> str:
    """What the spellings of one page's address have in common; an address that cannot be read stands for itself."""
    try:
        return same_place(url)
    except ValueError:
        return url


FUNCTIONS: tuple[tuple[str, int, Any, str], ...] = (
    (
        "months_after",
        2,
        months_after,
        "months_after(day, n): the same day n calendar months later, day clipped.",
    ),
    ("url_host", 1, url_host, "url_host(url): host in lower case, '' if it has none."),
    (
        "url_place",
        1,
        url_place,
        "url_place(url): what spellings of one address have in common (http or https, www., index file, last slash).",
    ),
)
"""The SQL functions beyond SQLite's own: name, arguments, code, sentence."""


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection our SQL functions, and what is made at first use, which the authorizer would refuse."""
    for name, count, code, _ in FUNCTIONS:
        connection.create_function(name, count, code, deterministic=True)
    for table in ("json_each", "json_tree"):
        connection.execute(f"SELECT 1 FROM {table}('[]')")


@dataclass(frozen=True, slots=True)
class Source:
    """What is read, for the message that it is damaged: its name and what to do then."""

    name: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: names of its columns (a name may stand twice), rows, and whether there would be more."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool = False


class GuardedReader:
    """A read-only connection that people and rules may ask anything; `source` is what it reads."""

    def __init__(self, connection: sqlite3.Connection, seconds: float, source: Source) -> None:
        """Put the guards up around a connection; `seconds` bounds each query."""
        self._connection = connection
        self._seconds = seconds
        self._source = source
        prepare(connection)
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        self.guard(True)

    def guard(self, on: bool) -> None:
        """Put the guards against writing up or, for a statement of our own, down."""
        if on:
            self._connection.execute("PRAGMA query_only=1")
            self._connection.set_authorizer(authorize)
        else:
            self._connection.set_authorizer(None)
            self._connection.execute("PRAGMA query_only=0")

    def ask(self, sql: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a query as dicts; raises QueryError with SQLite's or the guard's reason, StoreError if damaged."""
        table = self.table(sql, params)
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def table(self, sql: str, params: dict[str, Any] | None = None, most: int | None = None) -> Table:
        """The answer to a query, at most the first `most` rows of it; raises as `ask` does."""
        try:
            return self._table(sql, params or {}, most)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise self._refusal(error) from error

    def _table(self, sql: str, params: dict[str, Any], most: int | None) -> Table:
        with _Watch(self._connection.interrupt, self._seconds):
            cursor = self._connection.execute(sql, params)
            names = tuple(d[0] for d in cursor.description or ())
            rows = _bounded(cursor)
            if most is None:
                return Table(names, list(rows))
            kept = list(islice(rows, most))
            more = next(rows, None) is not None
            cursor.close()
            return Table(names, kept, more)

    def _refusal(self, error: Exception) -> Exception:
        if "interrupted" in str(error):
            return QueryTimeout(f"stopped after {self._seconds:g} s")
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return StoreError(f"{self._source.name} is damaged ({error}); {self._source.remedy}")
        return QueryError(reason_of(error))

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


class _Watch:
    """Stops a query from a thread of its own when its time is over.

    A look at the clock from within the query would swallow a Ctrl-C that arrives in it, and would wait for the
    interpreter at each look while other threads are busy.
    """

    def __init__(self, stop: Callable[[], None], seconds: float) -> None:
        self._stop = stop
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def _wait(self) -> None:
        pause = self._seconds
        with suppress(sqlite3.Error):  # closed by now
            while not self._over.wait(pause):
                self._stop()
                pause = 0.05  # again: one that comes before the query has begun is lost

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def row_bytes(row: tuple[Any, ...]) -> int:
    """About how many bytes Python holds a row in."""
    return _ROW_BYTES + sum(len(v) for v in row if isinstance(v, str | bytes))


TOO_LARGE = f"the result is larger than {MAX_RESULT_BYTES // 1_000_000} MB; ask for less"


def _bounded(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    size = 0
    for row in cursor:
        size += row_bytes(row)
        if size > MAX_RESULT_BYTES:
            raise ValueError(TOO_LARGE)
        yield row


def authorize(action: int, first: str | None, second: str | None, _where: str | None, _inner: str | None) -> int:
    """SQLite's question whether a statement may do this, as `set_authorizer` puts it; and its answer."""
    if action == sqlite3.SQLITE_READ and first in _OWN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def reason_of(error: BaseException) -> str:
    """Why SQLite or a guard refused, in one sentence."""
    text = str(error) or type(error).__name__
    return "only SELECT is allowed" if text in {"not authorized", "authorization denied"} else text
