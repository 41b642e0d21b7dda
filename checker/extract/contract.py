"""What an extractor is: a pure function of (parsed page, context) that returns rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from checker.model.facts import Link, TemplateKey
from checker.page import ParsedPage

Role = Literal["home", "column", "article", "map", "other"]


@dataclass(frozen=True, slots=True)
class ColumnHint:
    """A column that is known before the page is read."""

    url: str
    name: str
    type: str
    registered: bool


@dataclass(frozen=True, slots=True)
class PageContext:
    """What an extractor may know beside the page: the site, the inspection clock, and why the page was read.

    `listed_in` is the address of the column (or home) that led here, '' if none; on a column's own first page it is
    that page. `aliases` are further hosts of the site. `rendered`: a browser has run the page's scripts already, so
    what is missing is not hidden behind them. `name` is the site's name as registered, '' if unknown.
    """

    subject: str
    home: str
    aliases: tuple[str, ...]
    today: date
    as_of: datetime
    role: Role
    listed_in: str = ""
    columns: tuple[ColumnHint, ...] = ()
    depth: int = 0
    rendered: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Rows for the store; next list pages and data calls to read; site maps to read; links of templates, stored once.

    The rows hold a PageTemplate for each template that the page carries; its Link rows stand only in `templates`.
    """

    rows: tuple[Any, ...] = ()
    next_pages: tuple[str, ...] = ()
    templates: Mapping[TemplateKey, tuple[Link, ...]] = field(default_factory=dict)
    maps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extractor:
    """One reader of pages; `makes` names the tables it writes."""

    name: str
    makes: tuple[str, ...]
    run: Callable[[ParsedPage, PageContext], Extracted]
