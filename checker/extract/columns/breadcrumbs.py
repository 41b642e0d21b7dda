"""Breadcrumbs: 当前位置：首页 > 政务公开 > 通知公告, the columns above a page, and the name of its own."""

import re
from dataclasses import dataclass
from itertools import islice

from checker.extract.columns.names import HOME, cleaned, is_anchor
from checker.page import Element, ParsedPage, RawLink

_LABEL = re.compile(
    r"^[\s>»·|]*您?(?:现在|当前|目前)?(?:的|所在的?)?(?:所在)?位置(?:是|为|在)?[\s:：>》]*(?P<rest>.*)$"
)
_NAMED = re.compile(
    r"(?:\w*[-_])?(?:bread\w*|crumbs?\w*|location|\w*position|weizhi|dqwz|curr?ent[-_]?(?:pos\w*|loc\w*)|path)(?:[-_]\w*)?",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*(?:-+>|[>»›→/\\|》＞]+)\s*")
_LONGEST = 200
_MOST = 8
_TRIES = 20
_CLIMB = 4


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of a breadcrumb; `url` is '' where the step is no link."""

    name: str
    url: str


def breadcrumb(page: ParsedPage) -> tuple[Crumb, ...]:
    """The steps behind 首页, in order; empty where the page shows no breadcrumb."""
    labels = ((n, r) for n, r in enumerate(page.outline.runs) if "位置" in r.text and len(r.text) <= _LONGEST)
    for number, run in islice(labels, _TRIES):
        label = _LABEL.match(run.text)
        if label and not run.hidden:
            steps = _behind(page, number, label["rest"])
            if steps:
                return steps
    named = (e for e in page.outline.elements if any(_NAMED.fullmatch(n) for n in e.names.split()))
    for element in islice(named, _TRIES):
        steps = _steps(page, element, element.first_run, "")
        if element.tag not in {"body", "html", "a"} and steps and _leads_home(page, element):
            return steps
    return ()


def _behind(page: ParsedPage, number: int, rest: str) -> tuple[Crumb, ...]:
    """The steps after a label: in the smallest box around it that holds any."""
    element = page.outline.elements[page.outline.runs[number].element]
    boxes = [element, *(above for above, _ in zip(page.outline.ancestors(element), range(_CLIMB), strict=False))]
    for box in boxes:
        if (
            box.tag in {"body", "html"}
            or box.end_run - number > _LONGEST
            or len(page.outline.text(number, box.end_run)) > _LONGEST
        ):
            break
        steps = _steps(page, box, number + 1, rest)
        if steps:
            return steps
    return _kept([Crumb(cleaned(name), "") for name in _split(rest, "")], 0)


def _steps(page: ParsedPage, box: Element, first: int, rest: str) -> tuple[Crumb, ...]:
    if not _short(page, first, box):
        return ()
    links = {link.element: link for link in page.links if is_anchor(link) and box.index <= link.element < box.end}
    parts = [(rest, "")] if rest else []
    linked = 0
    for run in page.outline.runs[first : box.end_run]:
        link = _link_around(page, run.element, links, box)
        linked += link is not None
        parts.append((run.text, link.url if link else ""))
    steps = [Crumb(cleaned(name), url) for text, url in parts for name in _split(text, url)]
    return _kept(steps, linked)


def _short(page: ParsedPage, first: int, box: Element) -> bool:
    return box.end_run - first <= _LONGEST and len(page.outline.text(first, box.end_run)) <= _LONGEST


def _kept(steps: list[Crumb], linked: int) -> tuple[Crumb, ...]:
    """The steps behind 首页; without it at least one link must be among them."""
    home = next((number for number, step in enumerate(steps) if HOME.fullmatch(step.name)), -1)
    if home < 0 and not linked:
        return ()
    return tuple(step for step in steps[home + 1 :] if step.name)[:_MOST]


def _split(text: str, url: str) -> list[str]:
    return [text] if url else [part for part in _SEPARATORS.split(text) if part.strip(" >»›→-")]


def _link_around(page: ParsedPage, index: int, links: dict[int, RawLink], box: Element) -> RawLink | None:
    element = page.outline.elements[index]
    while element.index > box.index:
        if element.index in links:
            return links[element.index]
        element = page.outline.elements[element.parent]
    return links.get(box.index)


def _leads_home(page: ParsedPage, box: Element) -> bool:
    return any(
        HOME.fullmatch(cleaned(link.text))
        for link in page.links
        if is_anchor(link) and box.index <= link.element < box.end
    )
