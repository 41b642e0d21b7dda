"""What can be asked, in words: the tables and views of each place that `checker query` reads, with their columns."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from inspect import getdoc

from checker.facts.query import Memory
from checker.facts.schema import specs, table_of, views
from checker.fleet.store import MERGED
from checker.fleet.tables import OWN_TABLES
from checker.history.described import HISTORY_TABLES, VISITS_TABLES, Described
from checker.history.files import HISTORY, VISITS
from checker.model.context import CONTEXT
from checker.model.facts import FACTS

HIDDEN = frozenset({"schema_info"})
"""Tables of the machinery, which no query may read."""


class Place(StrEnum):
    """Where a question goes: scan.sqlite, the facts of one subject or of each, history.sqlite or visits.sqlite."""

    SCAN = "scan"
    SUBJECT = "subject"
    EVERY = "every"
    HISTORY = "history"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class ListedColumn:
    """A column: its name, its SQL type, and its sentence ('' for one of a view: the view's sentence tells)."""

    name: str
    type: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A table or view: its name, what it is (own, fact, context, view), what a row is, and its columns."""

    name: str
    kind: str
    sentence: str
    columns: tuple[ListedColumn, ...]


@cache
def tables_of(place: Place) -> tuple[Listed, ...]:
    """Everything that can be asked there, in the order of the data dictionary."""
    if place is Place.HISTORY:
        return tuple(_described(HISTORY, HISTORY_TABLES))
    if place is Place.VISITS:
        return tuple(_described(VISITS, VISITS_TABLES))
    if place is Place.SCAN:
        return (*_own(), *(_fact(f, "fact", merged=True) for f in MERGED))
    return (*_views(), *(_fact(f, "fact") for f in FACTS), *(_fact(f, "context") for f in CONTEXT), *_INTERNED)


_INTERNED = (
    Listed(
        "address",
        "text",
        "One row per address that facts name by its id.",
        (ListedColumn("id", "INTEGER", "The id; 0 stands for none."), ListedColumn("url", "TEXT", "The address.")),
    ),
    Listed(
        "template",
        "text",
        "One row per set of links that pages share.",
        (ListedColumn("id", "INTEGER", "The id; 0 stands for none."), ListedColumn("digest", "TEXT", "Its digest.")),
    ),
)
"""Tables that hold the texts of ids."""


def _own() -> Iterator[Listed]:
    for table in OWN_TABLES:
        if table.name not in HIDDEN:
            columns = tuple(ListedColumn(c.name, c.sql.split()[0], c.sentence) for c in table.columns)
            yield Listed(table.name, "own", table.sentence, columns)


def _fact(fact: type, kind: str, merged: bool = False) -> Listed:
    """A fact class as a table; merged into scan.sqlite its addresses are text."""
    columns = tuple(
        ListedColumn(s.name, "TEXT" if merged and s.interned else s.interned or s.sql, s.sentence) for s in specs(fact)
    )
    return Listed(table_of(fact), kind, " ".join((getdoc(fact) or "").split()), columns)


def _views() -> Iterator[Listed]:
    reader = Memory.empty().reader()
    for view in views().values():
        names = reader.columns(f"SELECT * FROM {view.name}", {})
        yield Listed(view.name, "view", view.sentence, tuple(ListedColumn(n, "", "") for n in names))
    reader.close()


def _described(schema: str, words: Mapping[str, Described]) -> Iterator[Listed]:
    """The tables as the file has them, with the words that are written for them."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(schema)
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").fetchall():
            if name not in HIDDEN:
                known = words[name]
                found = db.execute(f"PRAGMA table_info({name})").fetchall()
                columns = tuple(ListedColumn(row[1], row[2], known.columns[row[1]]) for row in found)
                yield Listed(name, "own", known.sentence, columns)
