"""Whether two lists of a page are parts of one column, or one of them is a box that every page of the site carries."""

import re

from checker.extract.asides import MARKS, SIDE, SIDE_HEADING, at_right
from checker.page import MAIN, Element, ParsedPage, Run

_CRUMB = re.compile(r"bread\w*|\w*crumbs?\w*|location|\w*position|weizhi|dqwz", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:\w*[-_])?(?:left|right|[lr]|fl|fr|lf|rt)(?:[-_]\w*|\d*)|\w+(?:Left|Right|L|R)|(?:left|right)\w*|col-\w+-\d+"
)
_TITLED = re.compile(r"h\d|(?:\S*[-_])?(?:title|tit|bt|biaoti|hd)\d*|\w+Title", re.IGNORECASE)
_TOP_STORY = re.compile(r"(?:\w+[-_])?(?:toutiao|headlines?|ttxw|top[-_]?(?:news|story))(?:[-_]\w+)?", re.IGNORECASE)
_LONGEST_HEADING = 16
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


def narrow_box(page: ParsedPage, span: Span) -> Element | None:
    """The innermost element around a list whose name says that it stands at the right or is a narrow column."""
    for above in page.outline.ancestors(span[0]):
        if above.end <= span[1].index or above.tag in _WHOLE or above.tag in {"li", "a"}:
            continue
        if at_right(page, above):
            return above
    return None


def heading(page: ParsedPage, box: Element, before: int) -> str:
    """The words of the nearest heading in `box` before the element with the index `before`; '' if none stands there."""
    runs = page.outline.runs[box.first_run : page.outline.elements[before].first_run]
    for run in reversed(runs):
        words = run.text.strip(MARKS)
        if words and not run.hidden and (SIDE_HEADING.fullmatch(words) or _titles(page, run, box)):
            return words
    return ""


def top_story(page: ParsedPage, main: Span, other: Span) -> bool:
    """Whether a list is a box with the top story that stands right before the main list."""
    elements = page.outline.elements
    box = next(
        (e for e in page.outline.ancestors(other[0]) if any(_TOP_STORY.fullmatch(n) for n in e.names.split())), None
    )
    if box is None or other[1].index >= box.end or box.end > main[0].index or box.parent < 0:
        return False
    runs = page.outline.runs[box.end_run : main[0].first_run]
    return main[1].index < elements[box.parent].end and not any(run.linked for run in runs)


def _titles(page: ParsedPage, run: Run, box: Element) -> bool:
    """Whether a run is the words of a heading; a linked one is an entry or 更多."""
    if run.linked or len(run.text) > _LONGEST_HEADING:
        return False
    element = page.outline.elements[run.element]
    around = [element, *(e for e in page.outline.ancestors(element) if e.index > box.index)][:3]
    return any(_heads(page, e) or re.fullmatch(r"h[1-6]", e.tag) for e in around)


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
