"""One page as `checker page` answers for it: bytes in, an object for JSON out (docs/schema/page-1.0.json).

Pure: the same parser and the same extractors as in a scan; what a scan knows from its way there (address, home, why the
page was read) is taken from the page itself where the user does not say it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from checker.address import in_scope, normalise
from checker.extract.columns.extractor import column_type
from checker.extract.contract import ColumnHint, PageContext, Role
from checker.extract.one_page.own_address import OwnAddress, own_address
from checker.extract.one_page.page_type import PageType, page_type
from checker.extract.one_page.reading import UNREAD_YET, Doubt, Item, PageReading, read
from checker.page import ParsedPage, parse

VERSION = "1.0"
"""Version of the object; the first number changes only when a field changes its meaning or goes."""

FIELDS = (
    "title", "page_type", "published", "items", "newest_item_at", "next_pages", "marks", "tags", *UNREAD_YET, "columns",
    "dates",
)  # fmt: skip
"""What a page is asked for: null where it does not show it."""

_HEAD = 100_000
"""Bytes at the beginning of a saved page in which it may give its address."""

_INTERNAL = frozenset({"subject", "hmac"})
"""Columns that mean nothing outside a scan."""


_NO_PARTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page was taken from: as the user named it, how its address is known, why it is of its type."""

    source: str
    url_from: str
    page_type_reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said about all pages: the inspection moment; home and kind, '' where each page is to tell them itself."""

    as_of: datetime
    home: str = ""
    kind: Role | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A page as it came: how the user named it, its file name, its address ('' = unknown) and how that is known."""

    source: str
    name: str
    url: str
    url_from: str
    body: bytes
    content_type: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A parsed page and how its address is known."""

    page: ParsedPage
    own: OwnAddress


def placed(taken: Taken, included: Mapping[str, str] = _NO_PARTS) -> Placed:
    """Parse a page at its address with the parts that it loads; one without address goes where it says it is."""
    if taken.url:
        page = parse(taken.url, taken.body, taken.content_type, included)
        return Placed(page, OwnAddress(taken.url, taken.url_from, True))
    own = own_address(parse("http://saved.invalid/", taken.body[:_HEAD], taken.content_type), taken.name)
    return Placed(parse(own.url, taken.body, taken.content_type, included), own)


def answer(taken: Taken, found: Placed, asked: Asked) -> dict[str, Any]:
    """What is read from one page, as an object for JSON."""
    page = found.page
    home = asked.home or normalise("/", page.url) or page.url
    context = PageContext("", home, (), asked.as_of.date(), asked.as_of, "other", depth=1)
    kind = PageType(asked.kind, "由命令指定") if asked.kind else page_type(page, context, placed=found.own.placed)
    reading = read(page, _in_role(page, context, kind.role))
    doubts = (*_beside(taken, page, home), *reading.doubts)
    return document(replace(reading, doubts=doubts), Origin(taken.source, found.own.clue, kind.reason))


def _in_role(page: ParsedPage, context: PageContext, role: Role) -> PageContext:
    """As the scan reads a page of this role; a column is known by the name that it gives itself."""
    if role != "column":
        return replace(context, role=role)
    name = page.meta("ColumnName")
    hint = (ColumnHint(page.url, name, column_type(name)[0], False),) if name else ()
    return replace(context, role=role, listed_in=page.url, columns=hint)


def _beside(taken: Taken, page: ParsedPage, home: str) -> list[Doubt]:
    found = []
    if taken.cut:
        found.append(Doubt("", "partial", "内容超过读取上限，只读取了开头部分"))
    if not in_scope(page.url, home):
        found.append(Doubt("", "partial", f"页面地址不在网站范围内（首页 {home}）"))
    return found


def document(reading: PageReading, origin: Origin) -> dict[str, Any]:
    """The reading as an object for JSON (docs/schema/page-1.0.json); null where the page does not show something."""
    published = reading.published
    return {
        "schema_version": VERSION,
        "source": origin.source,
        "url": reading.url,
        "url_from": origin.url_from,
        "charset": reading.charset,
        "title": reading.title or None,
        "page_type": reading.role,
        "page_type_reason": origin.page_type_reason,
        "published": _plain(published, "at", "source", "quote") if published else None,
        "items": [_item(item) for item in reading.items] or None,
        "newest_item_at": reading.newest or None,
        "next_pages": list(reading.next_pages) or None,
        "marks": [_plain(m, "kind", "value", "form", "quote") for m in reading.marks] or None,
        "tags": [_plain(t, "name", "content") for t in reading.tags] or None,
        **{name: [_without_scan(row) for row in reading.others[name]] or None for name in UNREAD_YET},
        "columns": [_plain(c, "name", "url", "type", "level", "origin", "reason") for c in reading.columns] or None,
        "dates": [_plain(d, "at", "source", "confidence", "quote") for d in reading.dates] or None,
        "doubts": [asdict(doubt) for doubt in reading.doubts],
        "not_read": list(reading.not_read),
        "problem": None,
    }


def unread(source: str, url: str | None, problem: Mapping[str, Any]) -> dict[str, Any]:
    """The object of a page that could not be read: `problem` says why, every field is null and named in `not_read`."""
    return {
        "schema_version": VERSION,
        "source": source,
        "url": url,
        "url_from": None,
        "charset": None,
        "title": None,
        "page_type": None,
        "page_type_reason": None,
        **dict.fromkeys(FIELDS[2:]),
        "doubts": [],
        "not_read": list(FIELDS),
        "problem": dict(problem),
    }


def _item(item: Item) -> dict[str, Any]:
    return asdict(item) | {"published_at": item.published_at or None, "quote": item.quote or None}


def _plain(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _without_scan(row: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in _INTERNAL}
