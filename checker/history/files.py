"""The store's own two files: how they are opened, and what tables they have."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checker.errors import StoreError
from checker.facts.private import private_file
from checker.facts.refusal import refusal

SCHEMA_VERSION = 1
"""Number of these two files' own schema: findings and answers must outlive a change of what a scan gathers.

A table that is added later is made where it lacks; only a change that an older file cannot bear raises the number.
"""

HISTORY = """
CREATE TABLE IF NOT EXISTS schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scan(
    id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    profile TEXT NOT NULL, rules_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS result(
    scan TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL, total TEXT NOT NULL,
    pages INTEGER NOT NULL, PRIMARY KEY (scan, subject));
CREATE TABLE IF NOT EXISTS finding(
    fingerprint TEXT PRIMARY KEY, subject TEXT NOT NULL, rule TEXT NOT NULL, problem TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, notified_on TEXT NOT NULL DEFAULT '',
    rectified_on TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS answer(
    subject TEXT NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL, item TEXT NOT NULL, problem INTEGER NOT NULL,
    detail TEXT NOT NULL, by TEXT NOT NULL, on_date TEXT NOT NULL, expires_on TEXT NOT NULL,
    PRIMARY KEY (subject, rule, clause, item));
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

_PATIENCE = 30
"""Seconds that a writer waits for another one; visits are written while a scan runs."""


@contextmanager
def opened(path: Path, schema: str, kind: str) -> Iterator[sqlite3.Connection]:
    """Open one of the store's own files for reading and writing, making it if needed; raises StoreError."""
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(private_file(path), timeout=_PATIENCE)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(schema)
        found = connection.execute("SELECT version FROM schema_info").fetchone()
        if found is None:
            connection.execute("INSERT INTO schema_info VALUES (?, ?)", (SCHEMA_VERSION, kind))
        elif found[0] != SCHEMA_VERSION:
            raise StoreError(f"{path}: schema {found[0]}, this version of checker reads schema {SCHEMA_VERSION}")
        with connection:
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise refusal(path, error) or StoreError(f"{path}: {error}") from error
    finally:
        if connection is not None:
            connection.close()
