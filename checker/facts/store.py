"""The write side of a facts or context file.

Comes in: frozen fact rows. Goes out: a closed SQLite file in DELETE journal mode, which readers open immutable.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from checker.errors import StoreError
from checker.facts.schema import SCHEMA_VERSION, context_schema, facts_schema, specs, table_of


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError unless the file was written with a schema that this version reads."""
    try:
        row = connection.execute("SELECT version FROM schema_info").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: not a facts file or damaged ({error}); scan again") from error
    if row is None or row[0] != SCHEMA_VERSION:
        found = row[0] if row else "none"
        raise StoreError(
            f"{path}: schema {found}, this version of checker reads schema {SCHEMA_VERSION}; "
            "use the version that wrote it, or scan again"
        )


class FactsWriter:
    """Writes rows into one facts or context file; every `commit` is a checkpoint that a kill cannot undo."""

    def __init__(self, path: Path, kind: str = "facts") -> None:
        """Open `path`, making it if it is not there; `kind` is facts or context."""
        fresh = not path.exists() or path.stat().st_size == 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._ids: dict[str, dict[str, int]] = {"address": {"": 0}, "template": {"": 0}}
        try:
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            if fresh:
                self.connection.execute("BEGIN IMMEDIATE")
                for statement in (facts_schema() if kind == "facts" else context_schema()).split(";\n"):
                    self.connection.execute(statement)
                self.connection.execute("INSERT INTO schema_info VALUES (?, ?)", (SCHEMA_VERSION, kind))
                self.connection.execute("COMMIT")
            check_schema(self.connection, path)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot be written ({error})") from error
        self.connection.execute("BEGIN")

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
        for row in rows:
            fact: type = type(row)
            columns = specs(fact)
            values = [
                self.intern(s.interned, getattr(row, s.name)) if s.interned else getattr(row, s.name) for s in columns
            ]
            marks = ", ".join("?" * len(columns))
            self.connection.execute(f"INSERT INTO {table_of(fact)} VALUES ({marks})", values)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one of our own statements (the frontier's) inside the running transaction."""
        return self.connection.execute(sql, values).fetchall()

    def has(self, table: str, url: str) -> bool:
        """Whether a table with an interned `url` column has a row of that address."""
        return bool(self.execute(f"SELECT 1 FROM {table} WHERE url = ?", (self.intern("address", url),)))

    def commit(self) -> None:
        """Make everything written so far durable against a kill."""
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")

    def close(self) -> None:
        """Commit, and leave one closed file that can be opened immutable."""
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.execute("PRAGMA journal_mode=DELETE")
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None or issubclass(kind, Exception):
            self.close()
        else:
            self.connection.close()
