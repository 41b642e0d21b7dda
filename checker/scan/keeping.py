"""Pages into facts: every extractor runs over a page, its rows are written, what they lead to is queued."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from checker.address import same_place
from checker.crawl import Rank, Visit
from checker.extract import EXTRACTORS, ColumnHint, Extracted, Extractor, PageContext, Role
from checker.extract.columns.extractor import preferred
from checker.extract.substance import substance
from checker.model.facts import Address, GatherLog, ListItem, Page, SiteColumn
from checker.page import ParsedPage
from checker.scan.state import BY_SCRIPT, CUT, GARBLED, MOST_COLUMNS, STILL_EMPTY, Reading
from checker.scan.visits import Arrived

_SAMPLE_ITEMS = 3
_MOST_LIST_PAGES = 3


def keep(work: Reading, visit: Visit, arrived: Arrived) -> None:
    """The facts of one visit. Raises what our own code raises; the caller closes the visit as failed then."""
    if arrived.page is None:
        work.frontier.close(visit, arrived.state, arrived.note)
        return
    # its links are resolved against where it really is; as a fact it stands under the address asked for
    page = replace(arrived.page, url=visit.url)
    context = _context(work, visit, arrived.rendered)
    if arrived.data:
        _run(work, visit, page, context, [e for e in EXTRACTORS if "list_item" in e.makes])
        work.frontier.close(visit, "done")
        return
    if page.garbled:  # nothing on it can be read, so nothing is missing there either
        work.frontier.close(visit, "done", GARBLED)
        return
    work.facts.write([_page_row(work, visit, page, context, arrived)])
    _run(work, visit, page, context, EXTRACTORS)
    _follow(work, visit, page)
    work.frontier.close(visit, "done", _note(page, arrived.rendered))


def _note(page: ParsedPage, rendered: bool) -> str:
    """Why what a page does not show may be on it all the same; '' if it was read whole."""
    if page.script_built:
        return STILL_EMPTY if rendered else BY_SCRIPT
    return CUT if page.truncated else ""


def _context(work: Reading, visit: Visit, rendered: bool) -> PageContext:
    return PageContext(
        subject=work.site.id, home=work.home, aliases=work.site.aliases, today=work.now().date(), as_of=work.now(),
        role=cast(Role, visit.role), listed_in=visit.listed_in, columns=tuple(work.columns.values()), depth=visit.depth,
        rendered=rendered, name=work.site.name,
    )  # fmt: skip


def _page_row(work: Reading, visit: Visit, page: ParsedPage, context: PageContext, arrived: Arrived) -> Page:
    own = substance(page, context)
    return Page(
        work.site.id, Address(visit.url), visit.role, page.title, page.charset, page.declared_charset,
        len(page.text), page.main_length, own.own_length, own.media, len(page.links), visit.depth,
        int(page.script_built), work.moment(), arrived.sha256,
        "rendered" if arrived.rendered else "",
    )  # fmt: skip


def _run(work: Reading, visit: Visit, page: ParsedPage, context: PageContext, extractors: Iterable[Extractor]) -> None:
    """Run extractors over a parsed page; one that throws leaves a coverage line, not a crash."""
    for extractor in extractors:
        try:
            found = extractor.run(page, context)
        except Exception as error:  # a page must never take the scan down with it
            reason = f"提取出错：{type(error).__name__}"
            work.facts.write([GatherLog(work.site.id, fact, visit.url, "failed", reason) for fact in extractor.makes])
            continue
        _keep_found(work, visit, found)


def _keep_found(work: Reading, visit: Visit, found: Extracted) -> None:
    """Write an extractor's rows (a known template or column only once) and queue the addresses they lead to."""
    rows: list[Any] = []
    for row in found.rows:
        if isinstance(row, SiteColumn):
            if _is_new(work, row):
                rows.append(row)
            continue
        if isinstance(row, ListItem):
            _queue_item(work, visit, row)
        rows.append(row)
    for key, links in found.templates.items():
        if key not in work.templates:
            work.templates.add(key)
            rows.extend(links)
    work.facts.write(rows)
    work.frontier.add_all(found.maps, Rank.NAVIGATION, visit.depth + 1, "map")
    if visit.role == "column" and found.next_pages:
        _next_pages(work, visit, found.next_pages)


def _is_new(work: Reading, column: SiteColumn) -> bool:
    """Note a column that is not known yet and queue its page; a known one takes over what tells its type better."""
    place = same_place(column.url)
    known = work.columns.get(place)
    if known is not None:
        if not known.registered:
            _amend(work, known.url, column)
        return False
    inside = work.scope.holds(column.url)
    if inside and len(work.columns) >= MOST_COLUMNS:
        return False
    work.columns[place] = ColumnHint(column.url, column.name, column.type, False)
    work.frontier.add(column.url, _rank(column), 1, "column", column.url)
    return True


def _rank(column: SiteColumn) -> Rank:
    """What the navigation offers first, what lies three levels down after the samples."""
    if column.level == 1 or column.origin == "navigation":
        return Rank.NAVIGATION
    return Rank.COLUMN if column.level == 2 else Rank.ITEM


def _amend(work: Reading, url: str, found: SiteColumn) -> None:
    """A discovered column was found again elsewhere."""
    rows = work.facts.execute(
        "SELECT c.rowid, c.subject, a.url, c.name, c.type, c.level, c.should_update, c.update_days, c.registered, "
        "c.origin, c.reason FROM site_column c JOIN address a ON a.id = c.url WHERE a.url = ?",
        (url,),
    )
    if not rows:  # found twice on one page; the first is about to be written
        return
    known = SiteColumn(*rows[0][1:])
    better = preferred(known, found)
    if better != known:
        work.columns[same_place(url)] = ColumnHint(better.url, better.name, better.type, False)
        work.facts.execute(
            "UPDATE site_column SET type = ?, level = ?, reason = ? WHERE rowid = ?",
            (better.type, better.level, better.reason, rows[0][0]),
        )


def _queue_item(work: Reading, visit: Visit, item: ListItem) -> None:
    first = item.position < _SAMPLE_ITEMS
    rank = Rank.SAMPLE if first and visit.role in {"column", "home"} else Rank.ITEM
    work.frontier.add(item.url, rank, visit.depth + 1, "article", item.listed_in)


def _next_pages(work: Reading, visit: Visit, addresses: tuple[str, ...]) -> None:
    """Queue the next page of a list, up to a bound; a list that runs from old to new has its newest beyond it."""
    sql = "SELECT count(*) FROM frontier WHERE role = 'column' AND listed_in = ?"
    if work.facts.execute(sql, (visit.listed_in,))[0][0] < _MOST_LIST_PAGES:
        work.frontier.add_all(addresses, Rank.NEXT_PAGE, visit.depth + 1, "column", visit.listed_in)
    elif visit.rank is Rank.NEXT_PAGE and _runs_forward(work, visit):
        reason = "列表由旧到新排列，后面的列表页未读"
        work.facts.write([GatherLog(work.site.id, "list_item", visit.listed_in, "partial", reason)])


def _runs_forward(work: Reading, visit: Visit) -> bool:
    """Whether the newest entry of this list page is newer than that of the column's first page."""
    sql = (
        "SELECT max(d.on_date) FROM list_item i JOIN address p ON p.id = i.page JOIN address l ON l.id = i.listed_in "
        "JOIN article_date d ON d.url = i.url WHERE l.url = ? AND p.url = ?"
    )
    first = work.facts.execute(sql, (visit.listed_in, visit.listed_in))[0][0]
    last = work.facts.execute(sql, (visit.listed_in, visit.url))[0][0]
    return bool(first and last and last > first)


def _follow(work: Reading, visit: Visit, page: ParsedPage) -> None:
    """Queue the site's own links: the navigation early, everything else last; what is queued so already is skipped."""
    depth = visit.depth + 1
    for link in page.links:
        if link.tag not in {"a", "area", "iframe", "frame"}:
            continue
        if visit.role == "home" and link.region in {"navigation", "header"}:
            work.frontier.add(link.url, Rank.NAVIGATION, depth)
        elif work.queued.get(link.url, depth + 1) > depth:
            work.queued[link.url] = depth
            work.frontier.add(link.url, Rank.REST, depth)
