"""The guarded read side: rules and people ask SQL, nothing can be written, nothing runs for ever.

Four guards, each needed (a test runs a list of hostile statements): the files are opened read-only and immutable,
`query_only` is set, an authorizer allows only SELECT, READ, FUNCTION and RECURSIVE, and length and time are limited.
"""

import calendar
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from checker.address import same_place
from checker.errors import StoreError
from checker.facts.schema import Need, context_schema, facts_schema, tables, views
from checker.facts.store import check_schema

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
SAMPLE = "CREATE TEMP TABLE sample(key TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL);"


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


def _prepare(connection: sqlite3.Connection) -> None:
    for name, count, code, _ in FUNCTIONS:
        connection.create_function(name, count, code, deterministic=True)
    for view in views().values():
        connection.execute(view.sql)
    connection.execute(SAMPLE)
    for table in ("json_each", "json_tree"):  # made at first use, which the authorizer would refuse
        connection.execute(f"SELECT 1 FROM {table}('[]')")


class FactsReader:
    """A read-only connection to one facts file with its context attached."""

    def __init__(self, connection: sqlite3.Connection, seconds: float = 10.0) -> None:
        """Wrap a connection that already has the schema; `seconds` bounds each query."""
        self._connection = connection
        self._seconds = seconds
        self._surface: sqlite3.Connection | None = None
        _prepare(connection)
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        self._guard(True)

    def _guard(self, on: bool) -> None:
        if on:
            self._connection.execute("PRAGMA query_only=1")
            self._connection.set_authorizer(_authorize)
        else:
            self._connection.set_authorizer(None)
            self._connection.execute("PRAGMA query_only=0")

    def ask(self, sql: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a query as dicts; raises QueryError with SQLite's or the guard's reason, StoreError if damaged."""
        try:
            return self._rows(sql, params or {})
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise self._refusal(error) from error

    def _rows(self, sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        with _Watch(self._connection.interrupt, self._seconds):
            cursor = self._connection.execute(sql, params)
            names = [d[0] for d in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in _bounded(cursor)]

    def _refusal(self, error: Exception) -> Exception:
        if "interrupted" in str(error):
            return QueryTimeout(f"stopped after {self._seconds:g} s")
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return StoreError(f"the facts file is damaged ({error}); scan again")
        return QueryError(_plain(error))

    def fill_sample(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put a rule's sample where its SQL reads it, as the table `sample`; the guards are back afterwards."""
        self._guard(False)
        try:
            self._connection.execute("DELETE FROM sample")
            self._connection.executemany(
                "INSERT INTO sample VALUES (?, ?, ?)",
                [(str(r["key"]), str(r.get("url") or ""), str(r.get("title") or "")) for r in rows],
            )
        finally:
            self._guard(True)

    def reads(self, sql: str, params: dict[str, Any]) -> frozenset[str]:
        """The tables and views that a query names, as SQLite's authorizer reports them; raises QueryError."""
        seen: set[str] = set()

        def watch(action: int, first: str | None, second: str | None, where: str | None, inner: str | None) -> int:
            if action == sqlite3.SQLITE_READ and first:
                seen.add(first)
            return _authorize(action, first, second, where, inner)

        if self._surface is None:
            self._surface = _surface()
        self._surface.set_authorizer(watch)
        try:
            self._surface.execute(f"EXPLAIN {sql}", params)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise QueryError(_plain(error)) from error
        return frozenset(seen & (views().keys() | tables().keys() | {"sample"}))

    def columns(self, sql: str, params: dict[str, Any]) -> tuple[str, ...]:
        """Names of the columns that a query returns; raises QueryError."""
        try:
            # the line break ends a comment in the last line
            cursor = self._connection.execute(f"SELECT * FROM ({sql.strip().rstrip(';')}\n) LIMIT 0", params)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise QueryError(_plain(error)) from error
        return tuple(d[0] for d in cursor.description or ())

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
        if self._surface is not None:
            self._surface.close()


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


def _bounded(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    size = 0
    for row in cursor:
        size += _ROW_BYTES + sum(len(v) for v in row if isinstance(v, str | bytes))
        if size > MAX_RESULT_BYTES:
            raise ValueError(f"the result is larger than {MAX_RESULT_BYTES // 1_000_000} MB; ask for less")
        yield row


def _authorize(action: int, first: str | None, second: str | None, _where: str | None, _inner: str | None) -> int:
    if action == sqlite3.SQLITE_READ and first in _OWN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _plain(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return "only SELECT is allowed" if text in {"not authorized", "authorization denied"} else text


def _surface() -> sqlite3.Connection:
    """The empty schema with every view as an empty table: what lies beneath a view cannot be seen through it.

    The authorizer names the innermost WITH clause, not the view around it, so views themselves would leak their tables.
    """
    plain = Memory.empty().connection
    _prepare(plain)
    surface = Memory.empty().connection
    for name, count, code, _ in FUNCTIONS:
        surface.create_function(name, count, code, deterministic=True)
    surface.execute(SAMPLE)
    for table in ("json_each", "json_tree"):
        surface.execute(f"SELECT 1 FROM {table}('[]')")
    for view in views():
        names = ", ".join(str(d[0]) for d in plain.execute(f"SELECT * FROM {view} LIMIT 0").description)
        surface.execute(f"CREATE TEMP TABLE {view}({names})")
    plain.close()
    return surface


def needs_of(names: frozenset[str]) -> tuple[Need, ...]:
    """The coverage that a query needs which names these views and tables, without repetition, in a stable order."""
    known = views()
    free = {
        "clock",
        "site",
        "account",
        "gather_log",
        "workday",
        "sample",
        "answer",
    }
    found: dict[Need, None] = {}
    for name in sorted(names - free):
        for need in known[name].needs if name in known else (Need(name, ""),):
            found[need] = None
    return tuple(found)


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"


@contextmanager
def open_facts(path: Path, context: Path | None = None, seconds: float = 10.0) -> Iterator[FactsReader]:
    """Open a closed facts file, immutable, with its context file attached as the schema `context`."""
    for file in (path, context):
        if file is not None:
            _check_closed(file)
    connection = sqlite3.connect(_uri(path), uri=True, isolation_level=None)
    try:
        check_schema(connection, path)
        if context is None:
            _attach_empty(connection)
        else:
            connection.execute("ATTACH ? AS context", (_uri(context),))
            check_schema(connection, context, "context", "context")
        reader = FactsReader(connection, seconds)
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(f"{path}: cannot be read ({error}); scan again") from error
    except StoreError:
        connection.close()
        raise
    try:
        yield reader
    finally:
        reader.close()


def _check_closed(path: Path) -> None:
    """Raise StoreError unless the file is there and was closed: an open one would be read without its last rows."""
    if not path.is_file():
        raise StoreError(f"{path}: no such file; run the scan again")
    if path.with_name(f"{path.name}-wal").exists():
        raise StoreError(f"{path}: is being written, or its scan was killed; `checker scan --resume` goes on with it")


def _attach_empty(connection: sqlite3.Connection) -> None:
    connection.execute("ATTACH ':memory:' AS context")
    for statement in context_schema().split("\n"):
        connection.execute(statement.replace("CREATE TABLE ", "CREATE TABLE context.", 1))


@dataclass(frozen=True, slots=True)
class Memory:
    """A facts database in memory, for preparing queries and for the cases of the rules."""

    connection: sqlite3.Connection

    @classmethod
    def empty(cls) -> "Memory":
        """The schema without a row."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(facts_schema())
        _attach_empty(connection)
        return cls(connection)

    def reader(self, seconds: float = 10.0) -> FactsReader:
        """Put the guards up; no more rows can be added afterwards."""
        return FactsReader(self.connection, seconds)
