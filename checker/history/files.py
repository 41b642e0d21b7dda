"""The store's own two files: how they are opened, what tables they have, and how an older history is taken along."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from checker.errors import StoreError
from checker.facts.private import private_file
from checker.facts.refusal import refusal

SCHEMA_VERSION = 2
"""Number of the history's own schema: findings and answers must outlive a change of what a scan gathers.

A table that is added later is made where it lacks; only a change that an older file cannot bear raises the number.
"""

VISITS_VERSION = 1
"""Number of the schema of visits.sqlite, by the same rule."""

HISTORY = """
CREATE TABLE IF NOT EXISTS schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scan(
    id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    profile TEXT NOT NULL, rules_sha256 TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'scan',
    based_on TEXT NOT NULL DEFAULT '', partial INTEGER NOT NULL DEFAULT -1, complete INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS result(
    scan TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL, total TEXT NOT NULL,
    pages INTEGER NOT NULL, grade TEXT NOT NULL DEFAULT '', part2 TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT '', articles INTEGER NOT NULL DEFAULT -1, PRIMARY KEY (scan, subject));
CREATE TABLE IF NOT EXISTS finding(
    fingerprint TEXT PRIMARY KEY, subject TEXT NOT NULL, rule TEXT NOT NULL, problem TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, notified_on TEXT NOT NULL DEFAULT '',
    rectified_on TEXT NOT NULL DEFAULT '', clause TEXT NOT NULL DEFAULT '', item TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '',
    key TEXT NOT NULL DEFAULT '', scope TEXT NOT NULL DEFAULT '', certainty TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'open', notified_in TEXT NOT NULL DEFAULT '',
    last_scan TEXT NOT NULL DEFAULT '', seen_before TEXT NOT NULL DEFAULT '', scan_before TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS event(
    fingerprint TEXT NOT NULL, at TEXT NOT NULL, scan TEXT NOT NULL DEFAULT '', what TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', PRIMARY KEY (fingerprint, what, at, scan));
CREATE TABLE IF NOT EXISTS seen_article(
    subject TEXT NOT NULL, url TEXT NOT NULL, first_seen TEXT NOT NULL, PRIMARY KEY (subject, url)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answer(
    subject TEXT NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL, item TEXT NOT NULL, problem INTEGER NOT NULL,
    detail TEXT NOT NULL, by TEXT NOT NULL, on_date TEXT NOT NULL, expires_on TEXT NOT NULL,
    PRIMARY KEY (subject, rule, clause, item));
CREATE TABLE IF NOT EXISTS imported(
    sha256 TEXT NOT NULL, file TEXT NOT NULL, on_date TEXT NOT NULL, fingerprint TEXT NOT NULL, what TEXT NOT NULL,
    at TEXT NOT NULL, added INTEGER NOT NULL, was TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sha256, fingerprint, what, at));
"""
"""`scan.partial`: 1 = by --only, 0 = the whole registry, -1 = made before that was noted. `result.articles`: entries of
lists that were noted in seen_article, -1 = they were not. `finding.last_scan` is the scan of `last_seen` (empty for an
imported row that no scan has seen), `seen_before` and `scan_before` the sight before that one. What the states and
events mean stands in trail.py, what `imported` is for in imports.py.
"""

HISTORY_INDEXES = """
CREATE INDEX IF NOT EXISTS finding_subject ON finding(subject);
CREATE INDEX IF NOT EXISTS event_scan ON event(scan);
"""

VISITS = """
CREATE TABLE IF NOT EXISTS schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS visit(
    subject TEXT NOT NULL, at TEXT NOT NULL, on_date TEXT NOT NULL, outcome TEXT NOT NULL, elapsed_ms INTEGER NOT NULL,
    PRIMARY KEY (subject, at));
CREATE TABLE IF NOT EXISTS attempt(
    subject TEXT NOT NULL, at TEXT NOT NULL, on_date TEXT NOT NULL, outcome TEXT NOT NULL, elapsed_ms INTEGER NOT NULL,
    PRIMARY KEY (subject, at));
"""
"""`visit` holds what somebody else has counted already; `attempt` is raw, and what of it counts is reckoned anew."""

_ADDED = {
    "scan": (
        "kind TEXT NOT NULL DEFAULT 'scan'", "based_on TEXT NOT NULL DEFAULT ''",
        "partial INTEGER NOT NULL DEFAULT -1", "complete INTEGER NOT NULL DEFAULT 1",
    ),
    "result": (
        "grade TEXT NOT NULL DEFAULT ''", "part2 TEXT NOT NULL DEFAULT ''", "unit TEXT NOT NULL DEFAULT ''",
        "articles INTEGER NOT NULL DEFAULT -1",
    ),
    "finding": (
        *(f"{name} TEXT NOT NULL DEFAULT ''" for name in (
            "clause", "item", "location", "detail", "url", "key", "scope", "certainty", "source", "notified_in",
            "last_scan", "seen_before", "scan_before")),
        "state TEXT NOT NULL DEFAULT 'open'",
    ),
}  # fmt: skip
"""Columns that version 2 added to tables of version 1."""

_CARRIED = (
    "UPDATE finding SET state = 'rectified' WHERE rectified_on <> ''",
    "INSERT OR IGNORE INTO event(fingerprint, at, what) SELECT fingerprint, first_seen, 'found' FROM finding",
    "INSERT OR IGNORE INTO event(fingerprint, at, what) "
    "SELECT fingerprint, notified_on, 'notified' FROM finding WHERE notified_on <> ''",
    "INSERT OR IGNORE INTO event(fingerprint, at, what) "
    "SELECT fingerprint, rectified_on, 'rectified' FROM finding WHERE rectified_on <> ''",
)
"""What version 1 knew of a finding, as states and events of version 2."""

_PATIENCE = 30
"""Seconds that a writer waits for another one; visits are written while a scan runs."""

_WAL_MARK = 2
"""Byte 18 of a database that keeps a write-ahead log; only a history of version 1 does."""


@contextmanager
def opened(path: Path, schema: str, kind: str) -> Iterator[sqlite3.Connection]:
    """Open one of the store's own files for reading and writing, making or migrating it if needed.

    `schema` is HISTORY or VISITS, `kind` history or visits. All that is written inside is one transaction. Raises
    StoreError for a damaged file and for one of a newer version, which is left as it is.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(private_file(path), timeout=_PATIENCE)
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: it may be about persons
        _refuse_newer(connection, path, kind)
        # a history must be readable where nothing can be written; visits are written by two at a time
        connection.execute(f"PRAGMA journal_mode={'WAL' if kind == 'visits' else 'DELETE'}")
        _brought_up(connection, schema, kind)
        with connection:
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise refusal(path, error) or StoreError(f"{path}: {error}") from error
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open history.sqlite without writing anything; None where there is none yet, or one of an older version.

    Raises StoreError for a file that is damaged or of a newer version.
    """
    if not path.exists() or _keeps_log(path):
        yield None
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
            connection.execute("PRAGMA query_only=ON")
            yield connection if _refuse_newer(connection, path, "history") == SCHEMA_VERSION else None
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error


def refuse_unusable(store: Path) -> None:
    """Raise StoreError if a file of the store is damaged or of a newer version, before anything is made in the store.

    One that is only held, or that the machine refuses, is left to whoever writes it.
    """
    for kind in ("history", "visits"):
        path = store / f"{kind}.sqlite"
        if not path.exists():
            continue
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
                _refuse_newer(connection, path, kind)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise StoreError(f"{path}: {error}") from error


def _keeps_log(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] == bytes([_WAL_MARK])
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error


def _refuse_newer(connection: sqlite3.Connection, path: Path, kind: str) -> int:
    """The version of a file, 0 for one that has none yet; raises StoreError for a newer one."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'schema_info'").fetchone():
        return 0
    found: int = connection.execute("SELECT coalesce(max(version), 0) FROM schema_info").fetchone()[0]
    if found > _current(kind):
        raise StoreError(
            f"{path}: schema {found}, this version of checker reads schema {_current(kind)} and older; nothing was "
            "changed. Use the version of checker that wrote it, or a newer one, or name another place with --store"
        )
    return found


def _current(kind: str) -> int:
    return VISITS_VERSION if kind == "visits" else SCHEMA_VERSION


def _brought_up(connection: sqlite3.Connection, schema: str, kind: str) -> None:
    """Make what lacks: all tables of a new file, later columns of an older one; all of it or nothing."""
    wanted = _statements(schema) + (_statements(HISTORY_INDEXES) if kind == "history" else [])
    if _is_whole(connection, wanted, kind):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(schema):
            connection.execute(statement)
        if kind == "history" and _version(connection) < SCHEMA_VERSION:  # another process may have been quicker
            _migrate(connection)
        for statement in wanted:
            connection.execute(statement)
        connection.execute("DELETE FROM schema_info")
        connection.execute("INSERT INTO schema_info VALUES (?, ?)", (_current(kind), kind))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _is_whole(connection: sqlite3.Connection, wanted: list[str], kind: str) -> bool:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    return all(_name(s) in names for s in wanted) and _version(connection) == _current(kind)


def _version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("SELECT coalesce(max(version), 0) FROM schema_info").fetchone()[0]
    return found


def _statements(script: str) -> list[str]:
    return [s.strip() for s in script.split(";\n") if s.strip()]


def _name(statement: str) -> str:
    """The table or index that a CREATE ... IF NOT EXISTS makes."""
    return statement.split("EXISTS ", 1)[1].replace("(", " ").split()[0]


def _migrate(connection: sqlite3.Connection) -> None:
    for table, columns in _ADDED.items():
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for column in columns:
            if column.split()[0] not in there:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for statement in _CARRIED:
        connection.execute(statement)
