"""Whether two lists of a page are parts of one column, or one of them is a box that every page of the site carries."""

import re

from checker.extract.asides import SIDE
from checker.page import MAIN, Element, ParsedPage

_CRUMB = re.compile(r"bread\w*|\w*crumbs?\w*|location|\w*position|weizhi|dqwz", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:\w*[-_])?(?:left|right|[lr]|fl|fr|lf|rt)(?:[-_]\w*|\d*)|\w+(?:Left|Right|L|R)|(?:left|right)\w*|col-\w+-\d+"
)
_TITLED = re.compile(r"h\d|(?:\S*[-_])?(?:title|tit|bt|biaoti|hd)\d*|\w+Title", re.IGNORECASE)
_WHOLE = frozenset({"body", "html", "form"})
Span = tuple[Element, Element]
"""First and last link of a list."""


def one_column(page: ParsedPage, main: Span, other: Span) -> bool:
    """Whether both stand in one container, neither beside the other nor under a heading of its own."""
    first, last = min(main[0].index, other[0].index), max(main[1].index, other[1].index)
    above = page.outline.ancestors(page.outline.elements[first])
    shared = next((e for e in above if e.index < first and e.end > last), None)
    if shared is None or shared.tag in _WHOLE or page.regions[shared.index] != MAIN:
        return False
    inside = page.outline.elements[shared.index + 1 : shared.end]
    if any(_CRUMB.fullmatch(name) for e in inside for name in e.names.split()):
        return False
    paths = [e for span in (main, other) for e in _below(page, span[0], shared)]
    if any(SIDE.fullmatch(name) or _BESIDE.fullmatch(name) for e in paths for name in e.names.split()):
        return False
    return not any(_heads(page, e) for e in _between(page, main, other, shared))


def _below(page: ParsedPage, element: Element, shared: Element) -> list[Element]:
    """The elements around `element`, up to but without `shared`."""
    return [e for e in page.outline.ancestors(element) if e.index > shared.index]


def _between(page: ParsedPage, main: Span, other: Span, shared: Element) -> tuple[Element, ...]:
    """Elements between the two lists, and those before the other list in its own part of the container."""
    elements = page.outline.elements
    earlier, later = (main, other) if main[0].index < other[0].index else (other, main)
    part = _below(page, other[0], shared)
    start = part[-1].index if part else other[0].index
    return elements[earlier[1].end : later[0].index] + elements[start : other[0].index]


def _heads(page: ParsedPage, element: Element) -> bool:
    """Whether an element is a heading with words of its own; a headline that is a link is an entry."""
    runs = page.outline.runs[element.first_run : element.end_run]
    if not runs or len(runs) > 6 or any(run.linked for run in runs):
        return False
    return bool(re.fullmatch(r"h[1-6]", element.tag)) or any(_TITLED.fullmatch(n) for n in element.names.split())
