"""The read side of facts: one subject's file with its context and the views, behind the guards of `guard.py`."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checker.errors import StoreError
from checker.facts.guard import (
    FUNCTIONS,
    MAX_RESULT_BYTES,
    GuardedReader,
    QueryError,
    QueryTimeout,
    Source,
    authorize,
    months_after,
    prepare,
    reason_of,
)
from checker.facts.schema import Need, context_schema, facts_schema, tables, views
from checker.facts.store import check_schema

__all__ = [
    "FUNCTIONS",
    "MAX_RESULT_BYTES",
    "SAMPLE",
    "FactsReader",
    "Memory",
    "QueryError",
    "QueryTimeout",
    "months_after",
    "needs_of",
    "open_facts",
    "open_growing",
]

SAMPLE = "CREATE TEMP TABLE sample(key TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL);"
STATES = "CREATE TEMP TABLE finding_state(fingerprint TEXT NOT NULL, change TEXT NOT NULL, reason TEXT NOT NULL);"
"""Tables that are filled while rules are assessed: a rule's own sample, and what became of known findings."""

_FILLED = frozenset({"sample", "finding_state"})

_DOUBTED = (
    "CREATE TEMP TABLE link_check AS SELECT * FROM main.link_check WHERE verdict <> 'unknown'",
    "INSERT INTO temp.link_check(subject, url, verdict, reason, status) "
    "SELECT DISTINCT l.subject, l.url, 'broken', 'not-confirmed', 0 FROM main.link l "
    "WHERE NOT EXISTS (SELECT 1 FROM main.link_check c WHERE c.url = l.url AND c.verdict <> 'unknown') "
    "AND NOT EXISTS (SELECT 1 FROM main.page p WHERE p.url = l.url)",
    "CREATE INDEX temp.link_check_doubted ON link_check(url)",
)
"""Stands before the table of the same name: who reads the one by its bare name reads the other."""


def _make_views(connection: sqlite3.Connection) -> None:
    prepare(connection)
    for view in views().values():
        connection.execute(view.sql)
    connection.execute(SAMPLE)
    connection.execute(STATES)


class FactsReader(GuardedReader):
    """A read-only connection to one facts file with its context attached."""

    def __init__(self, connection: sqlite3.Connection, seconds: float = 10.0) -> None:
        """Wrap a connection that already has the schema; `seconds` bounds each query."""
        self._surface: sqlite3.Connection | None = None
        _make_views(connection)
        super().__init__(connection, seconds, Source("the facts file", "scan again"))

    def fill_sample(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put a rule's sample where its SQL reads it, as the table `sample`; the guards are back afterwards."""
        self.guard(False)
        try:
            self._connection.execute("DELETE FROM sample")
            self._connection.executemany(
                "INSERT INTO sample VALUES (?, ?, ?)",
                [(str(r["key"]), str(r.get("url") or ""), str(r.get("title") or "")) for r in rows],
            )
        finally:
            self.guard(True)

    def fill_states(self, states: Iterable[tuple[str, str, str]]) -> None:
        """Put what became of known findings (fingerprint, change, reason) where rules read it as `finding_state`."""
        rows = list(states)  # they may be asked of this reader, which must not happen while it stands open
        self.guard(False)
        try:
            self._connection.execute("DELETE FROM finding_state")
            self._connection.executemany("INSERT INTO finding_state VALUES (?, ?, ?)", rows)
        finally:
            self.guard(True)

    @contextmanager
    def doubting_links(self) -> Iterator[None]:
        """While it lasts, queries see every link target as broken that was neither read nor found to work."""
        self._change(*_DOUBTED)
        try:
            yield
        finally:
            self._change("DROP TABLE IF EXISTS temp.link_check")

    def _change(self, *statements: str) -> None:
        self.guard(False)
        try:
            for statement in statements:
                self._connection.execute(statement)
        finally:
            self.guard(True)

    def crawled(self, url: str) -> tuple[str, str] | None:
        """What became of a page in the crawl: its state and why it was not read whole ('' if it was); None if unasked.

        The queue itself is no fact: rules see what was read by its facts and its coverage.
        """
        self.guard(False)
        try:
            rows = self._connection.execute("SELECT state, note FROM frontier WHERE url = ?", (url,)).fetchall()
        finally:
            self.guard(True)
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def reads(self, sql: str, params: dict[str, Any]) -> frozenset[str]:
        """The tables and views that a query names, as SQLite's authorizer reports them; raises QueryError."""
        seen: set[str] = set()

        def watch(action: int, first: str | None, second: str | None, where: str | None, inner: str | None) -> int:
            if action == sqlite3.SQLITE_READ and first:
                seen.add(first)
            return authorize(action, first, second, where, inner)

        if self._surface is None:
            self._surface = _surface()
        self._surface.set_authorizer(watch)
        try:
            self._surface.execute(f"EXPLAIN {sql}", params)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise QueryError(reason_of(error)) from error
        return frozenset(seen & (views().keys() | tables().keys() | _FILLED))

    def columns(self, sql: str, params: dict[str, Any]) -> tuple[str, ...]:
        """Names of the columns that a query returns; raises QueryError."""
        try:
            # the line break ends a comment in the last line
            cursor = self._connection.execute(f"SELECT * FROM ({sql.strip().rstrip(';')}\n) LIMIT 0", params)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise QueryError(reason_of(error)) from error
        return tuple(d[0] for d in cursor.description or ())

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
        if self._surface is not None:
            self._surface.close()


def _surface() -> sqlite3.Connection:
    """The empty schema with every view as an empty table: what lies beneath a view cannot be seen through it.

    The authorizer names the innermost WITH clause, not the view around it, so views themselves would leak their tables.
    """
    plain = Memory.empty().connection
    _make_views(plain)
    surface = Memory.empty().connection
    prepare(surface)
    surface.execute(SAMPLE)
    surface.execute(STATES)
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
        "finding_state",
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


@contextmanager
def open_growing(path: Path, seconds: float = 60.0) -> Iterator[FactsReader]:
    """Open a facts file that is being written, for what was committed so far; without a context.

    Raises StoreError if it cannot be read.
    """
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    with closing(connection):
        try:
            _attach_empty(connection)
            reader = FactsReader(connection, seconds)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be read ({error}); scan again") from error
        with closing(reader):
            yield reader


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
