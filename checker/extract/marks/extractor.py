"""Marks of a page: 党政机关标识, 标识码, ICP, 公安备案, 主办单位, 联系方式, 找错 entry, header name, 适老化 entry."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.marks import access, header, numbers, sources, words
from checker.extract.marks.doubts import doubts
from checker.extract.marks.ground import Ground, Seen, ground
from checker.extract.marks.verbatim import verbatim
from checker.model.facts import Address, GatherLog, Mark
from checker.page import ParsedPage

REQUIRED = ("party", "code", "icp", "police", "organizer", "contact")
"""Marks that 47号 asks of every page's footer."""

_QUOTE = 200


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """Mark rows of any page, and GatherLog rows that tell what is absent from what was only not seen.

    The row at the page's own address is partial where half of the footer or more may be hidden in what was not read.
    Where single kinds may be, there is a partial row at `<address>#<kind>` for each.
    """
    place = ground(page)
    seen = [] if page.script_built else list(_all(place, context.name))
    marks = tuple(_marks(context.subject, Address(page.url), verbatim(seen, place)))
    found = frozenset(mark.kind for mark in marks)
    reasons = doubts(place, found)
    if context.role != "home":
        reasons.pop("accessibility", None)  # asked of the home page only
    return Extracted((*marks, *_log(context.subject, page.url, found, reasons)))


def _all(place: Ground, registered: str) -> Iterator[Seen]:
    names = header.names_of(place.page, registered)
    named = tuple(header.read(place, names))
    yield from _read(place)
    yield from named
    if place.written is not None:
        written = (*_read(place.written), *(() if named else header.read(place.written, names)))
        yield from (replace(seen, form="script") for seen in written)


def _read(place: Ground) -> Iterator[Seen]:
    yield from numbers.read(place)
    yield from words.read(place)
    yield from sources.read(place)
    yield from access.read(place)


def _marks(subject: str, own: Address, seen: Iterable[Seen]) -> Iterator[Mark]:
    """One row for each value of a kind; a kind that is there without one has its row only if no value was read."""
    first: dict[tuple[str, str], Seen] = {}
    for one in seen:
        first.setdefault((one.kind, one.value), one)
    valued = {kind for kind, value in first if value}
    filings = [value for kind, value in first if kind == "icp"]
    for (kind, value), one in first.items():
        whole = kind != "icp" or not any(_cut_short(value, other) for other in filings)
        if (value or kind not in valued) and whole:
            yield Mark(subject, own, kind, value, one.form, one.quote[:_QUOTE])


def _cut_short(filing: str, other: str) -> bool:
    """Whether `other` is the same ICP filing with the number of the site behind it: …号 and …号-1."""
    number, dash, _ = other.partition("-")
    return bool(filing) and "-" not in filing and bool(dash) and number.rstrip("号") == filing.rstrip("号")


def _log(subject: str, url: str, found: frozenset[str], reasons: dict[str, str]) -> Iterator[GatherLog]:
    missing = [kind for kind in REQUIRED if kind not in found]
    if len(missing) * 2 >= len(REQUIRED) and all(kind in reasons for kind in missing):
        reason = reasons[missing[0]]
        yield GatherLog(subject, "mark", url, "partial", f"页脚标识{reason}" if reason.startswith("可能") else reason)
        return
    for kind, reason in reasons.items():
        yield GatherLog(subject, "mark", f"{url}#{kind}", "partial", reason)
    yield GatherLog(subject, "mark", url, "complete", "")


EXTRACTOR = Extractor("marks", ("mark", "gather_log"), extract)
