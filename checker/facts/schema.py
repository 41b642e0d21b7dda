"""SQL schema of facts and context files, made from the classes in `checker.model`.

Comes in: fact classes. Goes out: CREATE statements, view declarations with the coverage each view needs.
"""

import re
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, get_args, get_type_hints

from checker.model.context import CONTEXT
from checker.model.facts import FACTS, Address, TemplateKey

SCHEMA_VERSION = 4
"""Number of the schema of facts, context and scan files; one with another number is refused, never guessed at.

It grows with every table or field that is added, renamed or dropped, because rows are written by position.
"""

INTERNED = {Address: "address", TemplateKey: "template"}

_PLUMBING = """
CREATE TABLE schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE address(id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE);
CREATE TABLE template(id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
"""

_INDEXES = """
CREATE INDEX link_page ON link(page);
CREATE INDEX link_template ON link(template);
CREATE INDEX link_url ON link(url);
CREATE INDEX page_template_page ON page_template(page);
CREATE INDEX page_template_template ON page_template(template);
CREATE INDEX list_item_url ON list_item(url);
CREATE INDEX list_item_listed_in ON list_item(listed_in);
CREATE INDEX article_date_url ON article_date(url);
CREATE INDEX tag_page ON tag(page, name);
CREATE INDEX mark_page ON mark(page, kind);
CREATE INDEX page_url ON page(url);
CREATE INDEX fetch_url ON fetch(url);
CREATE INDEX link_check_url ON link_check(url);
CREATE INDEX guide_element_guide ON guide_element(guide, element);
CREATE INDEX gather_log_scope ON gather_log(fact, scope);
"""

_FRONTIER = """
CREATE TABLE IF NOT EXISTS frontier(
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL, depth INTEGER NOT NULL,
    role TEXT NOT NULL, listed_in TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS frontier_next ON frontier(state, rank, depth, id);
"""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column of a table: its name, its Python type, its sentence and whether it has a default."""

    name: str
    type: Any
    sentence: str
    default: Any

    @property
    def interned(self) -> str:
        """Name of the table that holds its values, empty if the value stands in the row itself."""
        return INTERNED.get(self.type, "")

    @property
    def sql(self) -> str:
        """SQL type of the column."""
        if self.interned or self.type is int:
            return "INTEGER"
        return "REAL" if self.type is float else "TEXT"


@dataclass(frozen=True, slots=True)
class Need:
    """A coverage that a view needs: fact, and where: '' for the whole subject, home, navigation, footer, column."""

    fact: str
    at: str


@dataclass(frozen=True, slots=True)
class View:
    """A view with its sentence, the coverage it needs and its SQL."""

    name: str
    sentence: str
    needs: tuple[Need, ...]
    sql: str


@cache
def specs(fact: type) -> tuple[FieldSpec, ...]:
    """The columns of a fact class, in order."""
    hints = get_type_hints(fact, include_extras=True)
    out = []
    for field in fields(fact):
        plain, sentence = get_args(hints[field.name])[:2]
        default = field.default if field.default is not MISSING else None
        out.append(FieldSpec(field.name, plain, sentence, default))
    return tuple(out)


def table_of(fact: type) -> str:
    """Name of the table of a fact class."""
    return str(fact.__table__)  # type: ignore[attr-defined]


def title_of(table: str) -> str:
    """Chinese name of a table, for the reasons that reports print; the name itself if it is none of ours."""
    fact = tables().get(table)
    return str(fact.__title__) if fact else table  # type: ignore[attr-defined]


@cache
def tables() -> dict[str, type]:
    """Every table of facts and context by name."""
    return {table_of(f): f for f in FACTS + CONTEXT}


def create_table(fact: type) -> str:
    """The CREATE TABLE statement of a fact class; nothing is ever NULL."""
    columns = ", ".join(f"{s.name} {s.sql} NOT NULL" for s in specs(fact))
    return f"CREATE TABLE {table_of(fact)}({columns});"


def facts_schema() -> str:
    """Everything a new facts file is made with; views are made on reading, so that they can be mended later."""
    return "\n".join([_PLUMBING, *(create_table(f) for f in FACTS), _INDEXES, _FRONTIER])


def context_schema() -> str:
    """Everything a new context file is made with."""
    return "\n".join(
        ["CREATE TABLE schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL);"] + [create_table(f) for f in CONTEXT]
    )


def parse_needs(text: str) -> tuple[Need, ...]:
    """`list_item@column, site_column@navigation` → needs; an empty text means none."""
    parts = [p.strip() for p in text.split(",") if p.strip()]
    return tuple(Need(*(p.split("@", 1) if "@" in p else (p, ""))) for p in parts)


_VIEW = re.compile(
    r"-- view: (?P<name>\w+)\n-- says: (?P<says>.*(?:\n--   .*)*)\n-- needs: ?(?P<needs>.*)\n"
    r"(?P<sql>CREATE VIEW (?P=name) AS\n(?:.+\n)+)"
)


@cache
def views() -> dict[str, View]:
    """The views of views.sql by name; each declares the coverage it needs in its heading."""
    text = files("checker.facts").joinpath("views.sql").read_text("utf-8")
    found: dict[str, View] = {}
    for match in _VIEW.finditer(text):
        sentence = match["says"].replace("\n--   ", " ")
        sql = match["sql"].replace("CREATE VIEW", "CREATE TEMP VIEW", 1).rstrip().rstrip(";") + ";"
        found[match["name"]] = View(match["name"], sentence, parse_needs(match["needs"]), sql)
    declared = text.count("CREATE VIEW")
    if declared != len(found):
        raise ValueError(f"views.sql holds {declared} views but only {len(found)} well-formed headings")
    return found
