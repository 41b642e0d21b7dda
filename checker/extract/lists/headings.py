"""Days that an entry does not show whole itself: under the heading of a year or month, in a cell for several rows, by
the time alone of what was published today, in an attribute that a style sheet shows."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from checker.extract.lists.blocks import Block, Group
from checker.extract.lists.years import Shown
from checker.extract.written import day_of, full_dates, plain
from checker.page import MAIN, ParsedPage

_HEADING = re.compile(r"\s*(?P<year>20\d{2})\s*[年.-]?\s*(?:(?P<month>1[0-2]|0?[1-9])\s*月)?\s*")
_LONGEST_HEADING = 12
_DAY = re.compile(r"[\s\[(【]*(3[01]|[12]\d|0?[1-9])\s*日[\s\])】]*")
_CLOCK = re.compile(r"[\s\[(【]*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?[\s\])】]*")
_DAY_NAMES = ("data-date", "data-pubdate", "data-pub-date", "data-publish-date", "data-publish-time", "data-pubtime")
_MOST_PARTS = 12


def completed(group: Group, days: Sequence[Shown | None], page: ParsedPage, today: date) -> list[Shown | None]:
    """`days` of the group's blocks with what stands around them; None is left where nothing tells the day."""
    found = _under_headings(group.blocks, days, page, today)
    if all(found):
        return found
    found = _in_shared_cells(group.blocks, found, page)
    found = _of_today(group.blocks, found, today)
    return [day or _in_attributes(block, page) for block, day in zip(group.blocks, found, strict=False)]


def _under_headings(
    blocks: Sequence[Block], days: Sequence[Shown | None], page: ParsedPage, today: date
) -> list[Shown | None]:
    """Days whose year was guessed, or of which nothing but the day of the month is shown, under 2026年 or 2026年9月."""
    open_days = [day is None or day.year == "clock" for day in days]
    headings = _headings(blocks, page) if any(open_days) else []
    if not headings:
        return list(days)
    found = list(days)
    for number, block in enumerate(blocks[: len(found)]):
        place = bisect_left(headings, (block.container.first_run, 0, 0))
        if open_days[number] and place:
            _, year, month = headings[place - 1]
            found[number] = _headed(block, found[number], year, month, today) or found[number]
    return found


def _headings(blocks: Sequence[Block], page: ParsedPage) -> list[tuple[int, int, int]]:
    """Run, year and month (0 = none) of each heading that stands right before a block; years in a row are a filter."""
    runs = page.outline.runs
    starts = {block.container.first_run for block in blocks}
    inside = {number for block in blocks for number in range(block.container.first_run, block.container.end_run)}
    found: list[tuple[int, int, int]] = []
    for number in sorted({start - back for start in starts for back in (1, 2) if start >= back} - inside):
        run = runs[number]
        match = _HEADING.fullmatch(run.text) if len(run.text) <= _LONGEST_HEADING and not run.linked else None
        if match and not run.hidden and page.regions[run.element] == MAIN:
            found.append((number, int(match["year"]), int(match["month"] or 0)))
    filters = {number for number, *_ in found if number and _HEADING.fullmatch(runs[number - 1].text)}
    return [one for one in found if one[0] not in filters and one[0] + 1 not in filters]


def _headed(block: Block, day: Shown | None, year: int, month: int, today: date) -> Shown | None:
    if day is not None:
        fits = month in {0, day.on.month}
        on = day_of(year, day.on.month, day.on.day) if fits else None
        return replace(day, on=on, at=on.isoformat(), year="shown") if on and on <= today else None
    for run in block.inside if month else ():
        match = _DAY.fullmatch(run.text)
        on = day_of(year, month, int(match[1])) if match and not run.linked else None
        if on and on <= today:
            return Shown(on, on.isoformat(), 0.8, run.text.strip())
    return None


def _in_shared_cells(blocks: Sequence[Block], days: Sequence[Shown | None], page: ParsedPage) -> list[Shown | None]:
    """Rows below one whose cell with the date reaches down to them."""
    found = list(days)
    reaching: dict[int, tuple[int, Shown]] = {}
    for number, block in enumerate(blocks[: len(found)]):
        row = block.container
        if row.tag != "tr":
            return found
        parts = page.outline.elements[row.index + 1 : row.end]
        for cell in (e for e in parts if e.parent == row.index and e.attribute("rowspan").isdecimal()):
            whole = _whole_date(page.outline.text_of(cell))
            if whole:
                reaching[row.parent] = int(cell.attribute("rowspan")), whole
        if row.parent in reaching:
            left, shown = reaching.pop(row.parent)
            found[number] = found[number] or shown
            if left > 1:
                reaching[row.parent] = left - 1, shown
    return found


def _of_today(blocks: Sequence[Block], days: Sequence[Shown | None], today: date) -> list[Shown | None]:
    """Entries on top that show a time and no day, above entries that show their days: those of today."""
    first = next((number for number, day in enumerate(days) if day), 0)
    times = [_time(block) for block in blocks[: len(days)]]
    if not first or not all(times[:first]) or any(times[first:]):  # beside days as well they are lengths of videos
        return list(days)
    return [*(Shown(today, today.isoformat(), 0.6, time, "clock") for time in times[:first]), *days[first:]]


def _time(block: Block) -> str:
    """A time that stands alone in or behind a block; '' if none does."""
    unlinked = (
        run.text for run in (*block.inside, *block.after) if not run.linked and len(run.text) <= _LONGEST_HEADING
    )
    return next((text.strip() for text in unlinked if _CLOCK.fullmatch(text)), "")


def _in_attributes(block: Block, page: ParsedPage) -> Shown | None:
    """A day in `<time datetime>` or in an attribute that is there to be shown."""
    start = block.container.index
    for part in page.outline.elements[start : min(block.container.end, start + _MOST_PARTS)]:
        names = ("datetime",) if part.tag == "time" else _DAY_NAMES if part.attributes else ()
        for name in names:
            value = part.attribute(name)
            whole = _whole_date(value) if value and not part.hidden else None
            if whole:
                return replace(whole, confidence=0.5, quote=f"{name}={value}")
    return None


def _whole_date(text: str) -> Shown | None:
    text = plain(text).strip(" []()【】")
    written = next((w for w in full_dates(text) if w.start == 0 and w.end == len(text)), None)
    return Shown(written.on, written.at, 0.9, text) if written else None
