"""What is measured: our readers over one page, and the publish dates of two libraries for comparison."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bench.pages_index import Item
from bench.samples import AS_OF, Sample
from checker.address import same_place
from checker.extract import EXTRACTORS, PageContext
from checker.extract.dates.extractor import published
from checker.extract.substance import substance
from checker.model.facts import ArticleDate, GatherLog, ListItem, Mark, SiteColumn
from checker.page import ParsedPage, parse

_BLANK_BELOW = 20
"""Characters of own text below which a column without entries and media is blank for certain (view blank_column)."""

_TEXT_FROM = 150
"""Characters from which on a column is a text, whatever it loads beside (view blank_column)."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Read:
    """What our readers make of one page, in the terms of the truth."""

    published: str
    at: str
    newest: str
    items: tuple[Item, ...]
    next: tuple[str, ...]
    columns: tuple[SiteColumn, ...]
    marks: tuple[Mark, ...]
    not_seen: frozenset[str]
    state: str


def parsed(sample: Sample) -> ParsedPage:
    """The page parsed, as a scan does before anything is extracted."""
    return parse(sample.url, sample.body, sample.content_type)


def context(sample: Sample) -> PageContext:
    """The page as a scan meets it: a column page is the first one of its own list."""
    home = f"{urlsplit(sample.url).scheme}://{urlsplit(sample.url).netloc}/"
    listed_in = "" if sample.role == "article" else sample.url
    return PageContext("eval", home, (), AS_OF.date(), AS_OF, sample.role, listed_in)


def read(sample: Sample) -> Read:
    """Every extractor over one page, parsed once."""
    page, known = parsed(sample), context(sample)
    results = [extractor.run(page, known) for extractor in EXTRACTORS]
    rows = [row for result in results for row in result.rows]
    items = _items(rows)
    dates = [row for row in _of(rows, ArticleDate) if row.source != "list" and row.url == row.page]
    shown = published(dates)
    return Read(
        published=shown.on_date if shown else "",
        at=shown.at if shown else "",
        newest=max((item.date for item in items), default=""),
        items=items,
        next=tuple(url for result in results for url in result.next_pages),
        columns=tuple(_of(rows, SiteColumn)),
        marks=tuple(_of(rows, Mark)),
        not_seen=frozenset(r.scope for r in _of(rows, GatherLog) if r.fact == "mark" and r.state != "complete"),
        state=_state(page, known, rows),
    )


def _of(rows: list[Any], kind: type[R]) -> list[R]:
    return [row for row in rows if isinstance(row, kind)]


def _items(rows: list[Any]) -> tuple[Item, ...]:
    dates = {row.url: row.on_date for row in _of(rows, ArticleDate) if row.source == "list"}
    entries = sorted(_of(rows, ListItem), key=lambda row: row.position)
    return tuple(Item(row.title, row.url, dates.get(row.url, ""), bool(row.pinned)) for row in entries)


def _state(page: ParsedPage, known: PageContext, rows: list[Any]) -> str:
    """The state of a column page as the facts tell it: first what was listed, then what stands in its way."""
    if _of(rows, ListItem):
        return "list"
    if page.sends_on and same_place(page.sends_on) != same_place(page.url):
        return "elsewhere"
    if page.script_built or any(r.fact == "list_item" and r.state != "complete" for r in _of(rows, GatherLog)):
        return "script"
    held = substance(page, known)
    if page.includes and held.own_length < _TEXT_FROM:
        return "script"
    return "text" if held.own_length >= _BLANK_BELOW or held.media else "empty"


def libraries() -> dict[str, Callable[[Sample], str]]:
    """Publish dates by htmldate and trafilatura, by name; only those that are installed (extra `eval`).

    Both get address and bytes as received and keep their default settings; a page that they cannot read has no date.
    """
    logging.disable(logging.CRITICAL)
    found: dict[str, Callable[[Sample], str]] = {}
    for name, load in (("htmldate", _htmldate), ("trafilatura", _trafilatura)):
        try:
            found[name] = load()
        except ImportError:
            continue
    return found


def _htmldate() -> Callable[[Sample], str]:
    find = import_module("htmldate").find_date
    return lambda sample: find(sample.body, original_date=True, url=sample.url) or ""


def _trafilatura() -> Callable[[Sample], str]:
    metadata = import_module("trafilatura").extract_metadata

    def date_of(sample: Sample) -> str:
        found = metadata(sample.body, default_url=sample.url)
        return (found.date if found else None) or ""

    return date_of
