"""Questions of people to what is stored, behind the guards of `checker.facts.guard`: nothing can be written.

Comes in: where to ask and one SELECT. Goes out: a table. A scan may be asked while it runs.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from checker.errors import StoreError, UsageError
from checker.facts.guard import (
    MAX_RESULT_BYTES,
    TOO_LARGE,
    GuardedReader,
    QueryError,
    QueryTimeout,
    Source,
    Table,
    row_bytes,
)
from checker.facts.query import open_facts
from checker.fleet.evaluate import folder_of
from checker.fleet.listing import Listed, Place, tables_of
from checker.fleet.store import connected_to_read, has_no_log, subject_file
from checker.history.files import VISITS_VERSION, read_only

_NO_TABLE = re.compile(r"no such table: (?:\w+\.)?(\w+)")
_NO_COLUMN = re.compile(r"no such column: (?:\w+\.)?(\w+)")
_LEFT_OUT = 5


@dataclass(frozen=True, slots=True)
class Where:
    """What is asked: the scan (None = the newest), one subject's facts, or the history or the visits of the store."""

    store: Path
    place: Place = Place.SCAN
    scan: str | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows, and what could not be asked: one sentence for each subject that was left out."""

    table: Table
    left_out: tuple[str, ...] = ()


def ask(where: Where, sql: str, seconds: float = 30.0, most: int | None = None) -> Answer:
    """Ask one SELECT; at most the first `most` rows. Raises UsageError for a query that is refused, StoreError."""
    try:
        if where.place is Place.EVERY:
            answer = _every(where, sql, seconds, most)
        else:
            with _opened(where, seconds) as reader:
                answer = Answer(reader.table(sql, most=most))
    except QueryTimeout as error:
        raise UsageError(f"{error}; --seconds allows more") from error
    except QueryError as error:
        raise UsageError(f"{error}{_hint(str(error), sql, where.place)}") from error
    if not answer.table.columns:
        raise UsageError("there is no SELECT to ask; `checker query --tables` tells what can be asked")
    return answer


def _every(where: Where, sql: str, seconds: float, most: int | None) -> Answer:
    """The same query to the facts of each subject, in the order of the registry; the rows one after another."""
    folder = folder_of(where.store, where.scan)
    end = time.monotonic() + seconds
    columns: tuple[str, ...] = ()
    rows: list[tuple[object, ...]] = []
    left_out: list[str] = []
    more, size = False, 0
    for subject in _subjects(folder):
        try:
            with _facts(folder, subject, max(end - time.monotonic(), 0.001)) as reader:
                table = reader.table(sql, most=None if most is None else most - len(rows))
        except StoreError as error:
            left_out.append(str(error))
            continue
        except QueryTimeout as error:
            raise QueryTimeout(f"stopped after {seconds:g} s") from error
        columns = table.columns
        rows += table.rows
        size += sum(map(row_bytes, table.rows))
        if size > MAX_RESULT_BYTES:
            raise QueryError(TOO_LARGE)
        more = more or table.more
    if left_out and not columns:
        raise StoreError("; ".join(left_out[:_LEFT_OUT]))
    return Answer(Table(columns, rows, more), tuple(left_out))


def _subjects(folder: Path) -> list[str]:
    with _scan(folder, 30.0) as reader:
        return [row["subject"] for row in reader.ask("SELECT subject FROM result ORDER BY position")]


@contextmanager
def _opened(where: Where, seconds: float) -> Iterator[GuardedReader]:
    if where.place in {Place.HISTORY, Place.VISITS}:
        with _own_file(where.store / f"{where.place.value}.sqlite", where.place, seconds) as reader:
            yield reader
        return
    folder = folder_of(where.store, where.scan)
    if where.place is Place.SCAN:
        with _scan(folder, seconds) as reader:
            yield reader
        return
    if not subject_file(folder, "facts", where.subject).is_file():
        raise UsageError(f"--subject {where.subject}: {_known(folder, where.subject)}")
    with _facts(folder, where.subject, seconds) as reader:
        yield reader


def _known(folder: Path, subject: str) -> str:
    ids = _subjects(folder)
    near = get_close_matches(subject, ids, 3, 0.6)
    if subject in ids:
        return f"scan {folder.name} has no facts of it; its gathering could not begin"
    return f"scan {folder.name} holds no such subject" + (f"; did you mean {', '.join(near)}?" if near else "")


@contextmanager
def _facts(folder: Path, subject: str, seconds: float) -> Iterator[GuardedReader]:
    context = subject_file(folder, "context", subject)
    with open_facts(subject_file(folder, "facts", subject), context if context.is_file() else None, seconds) as reader:
        yield reader


@contextmanager
def _scan(folder: Path, seconds: float) -> Iterator[GuardedReader]:
    path = folder / "scan.sqlite"
    try:
        with closing(connected_to_read(folder)) as connection:
            yield GuardedReader(connection, seconds, Source(str(path), "scan again"))
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be read ({error}); scan again") from error


@contextmanager
def _own_file(path: Path, place: Place, seconds: float) -> Iterator[GuardedReader]:
    """history.sqlite or visits.sqlite, as it is now."""
    if not path.exists():
        makes = "a finished scan" if place is Place.HISTORY else "`checker probe`"
        raise UsageError(f"{path}: is not there yet; {makes} makes it")
    source = Source(str(path), "restore it from a copy")
    if place is Place.HISTORY:
        with read_only(path) as connection:
            if connection is None:
                raise StoreError(
                    f"{path}: was written by an earlier version; the next `checker scan` brings it up to date"
                )
            yield GuardedReader(connection, seconds, source)
        return
    try:
        with closing(_visits(path)) as connection:
            yield GuardedReader(connection, seconds, source)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be read ({error}); restore it from a copy") from error


def _visits(path: Path) -> sqlite3.Connection:
    """Open to read: probes write it at any time, and a store that nobody can write has no place for a reader's log."""
    whole = has_no_log(path)
    try:
        return _visits_as(path, "mode=ro")
    except sqlite3.OperationalError:
        if not whole:
            raise
        return _visits_as(path, "immutable=1")


def _visits_as(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=30, isolation_level=None)
    try:
        (found,) = connection.execute("SELECT coalesce(max(version), 0) FROM schema_info").fetchone()
        if found > VISITS_VERSION:
            raise StoreError(f"{path}: schema {found}, this version of checker reads schema {VISITS_VERSION} and older")
    except BaseException:
        connection.close()
        raise
    return connection


# --- what to do about a name that is not there


def _hint(said: str, sql: str, place: Place) -> str:
    if found := _NO_TABLE.search(said):
        return _no_table(found[1], place)
    if found := _NO_COLUMN.search(said):
        return _no_column(found[1], sql, place)
    return ""


def _no_table(name: str, place: Place) -> str:
    wanted = name.lower()
    here = [t.name for t in tables_of(place)]
    if near := get_close_matches(wanted, here, 3, 0.6):
        return f"; did you mean {', '.join(near)}? `checker query{_OPTION[place]} --tables` lists all"
    for other, how in _ELSEWHERE.items():
        near = get_close_matches(wanted, [t.name for t in tables_of(other)], 1, 0.7)
        if near and other is not place and not (place is Place.EVERY and other is Place.SUBJECT):
            return f"; {near[0]} stands elsewhere: add {how}"
    return f"; `checker query{_OPTION[place]} --tables` lists what there is"


_ELSEWHERE: dict[Place, str] = {
    Place.SUBJECT: "--subject ID, or --every-subject for all one after another",
    Place.HISTORY: "--history",
    Place.VISITS: "--visits",
}


def _no_column(name: str, sql: str, place: Place) -> str:
    words = set(re.findall(r"\w+", sql.lower()))
    named: list[Listed] = [t for t in tables_of(place) if t.name in words]
    near = get_close_matches(name.lower(), sorted({c.name for t in named for c in t.columns}), 3, 0.5)
    listed = " or ".join(f"`checker query{_OPTION[place]} --columns {t.name}`" for t in named[:3])
    did = f"; did you mean {', '.join(near)}?" if near else ""
    return f"{did}{'' if near else ';'} {listed} lists them" if listed else did


_OPTION = {
    Place.SCAN: "", Place.SUBJECT: " --every-subject", Place.EVERY: " --every-subject", Place.HISTORY: " --history",
    Place.VISITS: " --visits",
}  # fmt: skip
