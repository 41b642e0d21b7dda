"""The write side of a facts or context file.

Comes in: frozen fact rows. Goes out: a closed SQLite file in DELETE journal mode, which readers open immutable.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from checker.errors import MachineError, StoreError
from checker.facts.refusal import refusal, taken_back
from checker.facts.schema import SCHEMA_VERSION, context_schema, facts_schema, specs, table_of

MAX_TEXT = 20_000
"""Longer texts are cut: an unclosed <title> of 50 MB is a fact as well with its first characters."""


def check_schema(connection: sqlite3.Connection, path: Path, kind: str = "facts", schema: str = "main") -> None:
    """Raise StoreError unless the file is of this kind and written with a schema that this version reads.

    `schema` is the name that the file is attached by.
    """
    try:
        row = connection.execute(f"SELECT version, kind FROM {schema}.schema_info").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: not a facts file or damaged ({error}); scan again") from error
    if row is None or row[0] != SCHEMA_VERSION:
        found = row[0] if row else "none"
        raise StoreError(
            f"{path}: schema {found}, this version of checker reads schema {SCHEMA_VERSION}; "
            "use the version that wrote it, or scan again"
        )
    if row[1] != kind:
        raise StoreError(f"{path}: is a {row[1]} file, not a {kind} file")


def remove(path: Path) -> None:
    """Delete a database with what a killed writer left beside it: a stale log would be replayed into a new file."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


class FactsWriter:
    """Writes rows into one facts or context file; every `commit` is a checkpoint that a kill cannot undo.

    Where the machine refuses a write, this and everything after it raises MachineError, `commit` too: whoever takes
    the first for a fault of one page must not go on as if its rows were there.
    """

    def __init__(self, path: Path, kind: str = "facts") -> None:
        """Open `path`, making it if it is not there or empty; `kind` is facts or context.

        Raises StoreError for a file that cannot be used, MachineError where the machine refuses.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refusal(path, error) or error from error
        self.path = path
        self._refused: MachineError | None = None
        self._ids: dict[str, dict[str, int]] = {"address": {"": 0}, "template": {"": 0}}
        try:
            self.connection = sqlite3.connect(path, isolation_level=None)
        except sqlite3.Error as error:
            raise refusal(path, error) or StoreError(f"{path}: cannot be written ({error})") from error
        try:
            self._open(kind)
        except sqlite3.Error as error:
            self.connection.close()
            damaged = StoreError(f"{path}: cannot be written ({error}); remove it and scan again")
            raise refusal(path, error) or damaged from error
        except StoreError:
            self.connection.close()
            raise

    def _open(self, kind: str) -> None:
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        # a kill before the schema was committed leaves a file without a table, not an empty file
        if not self.connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
            self.connection.execute("BEGIN IMMEDIATE")
            for statement in (facts_schema() if kind == "facts" else context_schema()).split(";\n"):
                self.connection.execute(statement)
            self.connection.execute("INSERT INTO schema_info VALUES (?, ?)", (SCHEMA_VERSION, kind))
            self.connection.execute("COMMIT")
        check_schema(self.connection, self.path, kind)
        self.connection.execute("BEGIN")

    @contextmanager
    def _heeding(self) -> Iterator[None]:
        """Note a refusal of the machine, and raise it now and from now on."""
        if self._refused is not None:
            raise self._refused
        try:
            yield
        except sqlite3.Error as error:
            self._refused = refusal(self.path, error)
            raise self._refused or error from error

    def intern(self, table: str, text: str) -> int:
        """The integer id of an address or template digest, made at first sight; 0 stands for the empty text."""
        known = self._ids[table]
        if text not in known:
            column = "url" if table == "address" else "digest"
            self.connection.execute(f"INSERT OR IGNORE INTO {table}({column}) VALUES (?)", (text,))
            known[text] = self.connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (text,)).fetchone()[0]
        return known[text]

    def write(self, rows: Iterable[Any]) -> None:
        """Add fact rows of any classes, in order."""
        with self._heeding():
            for row in rows:
                fact: type = type(row)
                statement, columns = _insert(fact)
                values = [
                    self.intern(table, _kept(getattr(row, name))) if table else _kept(getattr(row, name))
                    for name, table in columns
                ]
                self.connection.execute(statement, values)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one of our own statements (the frontier's) inside the running transaction."""
        with self._heeding():
            return self.connection.execute(sql, values).fetchall()

    def commit(self) -> None:
        """Make everything written so far durable against a kill."""
        self._commit()
        self.connection.execute("BEGIN")

    def _commit(self) -> None:
        with self._heeding():
            if not self.connection.in_transaction:
                self._refused = taken_back(self.path)
                raise self._refused
            self.connection.execute("COMMIT")

    def close(self) -> None:
        """Commit, and leave one closed file that can be opened immutable."""
        try:
            self._commit()
            with self._heeding():
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None or (issubclass(kind, Exception) and self._refused is None):
            self.close()
        else:
            self.connection.close()


@cache
def _insert(fact: type) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The INSERT of a fact class, and its columns with the tables that intern them."""
    columns = tuple((s.name, s.interned) for s in specs(fact))
    return f"INSERT INTO {table_of(fact)} VALUES ({', '.join('?' * len(columns))})", columns


def _kept(value: Any) -> Any:
    """A value as it is stored: a text within bounds, and without the half characters that UTF-8 cannot hold."""
    if not isinstance(value, str) or (value.isascii() and len(value) <= MAX_TEXT):
        return value
    return value[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")
