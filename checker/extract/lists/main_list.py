"""Which list of a column page is the column's own, told from side lists, tabs of other columns and nested links."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from checker.extract.asides import SIDE_HEADING, own_name
from checker.extract.lists.entries import Entry, EntryList, merged
from checker.extract.lists.home import HEADLINE, THESE_DAYS
from checker.extract.lists.neighbours import heading, narrow_box, one_column, top_story
from checker.extract.lists.tabs import of_other_columns, own_parts
from checker.page import MAIN, Element, ParsedPage

_MOST_LISTS = 60
_LONG_TITLE = 12
"""Characters from which on a link without a date is a headline rather than a name in a menu."""

OTHER_LIST = "页面另有日期更新的列表，不能确定栏目主列表"
EMPTY_BESIDE = "主列表为空，侧栏另有列表"
_EMPTY = re.compile(
    r"暂无(?:数据|内容|信息|相关|记录|文章)|(?:正在|尚在|栏目|页面|网站|内容)(?:正在|尚在)?建设中(?![华国央原西东])"
    r"|升级(?:改版|维护)中|改版升级中|[敬尽]请期待|资料整理中|正在维护"
)


def says_empty(page: ParsedPage) -> bool:
    """Whether the main part says that there is nothing: 暂无信息, 建设中 …"""
    return bool(_EMPTY.search(_main_text(page)))


def main_list(found: Sequence[EntryList], page: ParsedPage, today: date) -> tuple[list[Entry], str]:
    """The entries of the column's own list, and why they may not be all or the right ones ('' if nothing says so)."""
    found = _best(found)
    others = of_other_columns(found, page)
    credible = [one for one in found if one.credible and not one.side and id(one) not in others]
    credible = [one for one in credible if not any(_inside(one, outer) for outer in credible)]
    weighty = [one for one in found if not one.side and id(one) not in others and (one in credible or _weighs(one))]
    boxes = {id(one): _side_box(one, page) for one in weighty}
    kept = [one for one in credible if not _at_side(one, weighty, boxes)]
    kept = kept if kept or not credible else [one for one in weighty if one not in credible]
    if says_empty(page) and kept:
        if not any(one.dated for one in kept):
            return [], ""
        beside = _beside_nothing(kept, page)
        if beside is not None:
            return [], beside
    if not kept:
        return [], ""
    credible = kept
    main = _main(credible, page)
    alike = [o for o in credible if o is main or (o.signature == main.signature and o.signature[1] and not o.side)]
    parts = own_parts(credible, page)
    if id(main) in parts:
        alike = [one for one in credible if one in alike or id(one) in parts]
    tops = [o for o in credible if o not in alike and top_story(page, (main.first, main.last), (o.first, o.last))]
    alike = sorted([*alike, *tops], key=lambda one: one.first.index) if tops else alike
    newest = max(one.newest(today) for one in alike)
    newer = [one for one in credible if one not in alike and one.newest(today) > newest and _tells(one)]
    if newer and newest < today - THESE_DAYS:
        if not all(one_column(page, (main.first, main.last), (one.first, one.last)) for one in newer):
            return _joined(alike), OTHER_LIST
        alike = sorted([*alike, *newer], key=lambda one: one.first.index)
    return _joined(alike), ""


def _main(credible: Sequence[EntryList], page: ParsedPage) -> EntryList:
    """The longest list; an older one instead if the longest stands at the right and is not called like the column.

    Which of the two is the column's own then stays open: the newer one raises the doubt.
    """
    main = max(credible, key=lambda one: one.score)
    own = [o for o in credible if o.dated and o is not main and _called_own_name(o, credible, page)]
    if own and _foreign(main, credible, page):
        return max(own, key=lambda one: one.score)
    box = narrow_box(page, (main.first, main.last))
    if box is None or _called_own(main, box, page):
        return main
    rivals = [o for o in credible if o.dated > 1 and not _within(o, box) and not _foreign(o, credible, page)]
    rivals = [o for o in rivals if _newest(o) < _newest(main) and narrow_box(page, (o.first, o.last)) is None]
    return max(rivals, key=lambda one: one.score, default=main)


def _called_own(one: EntryList, box: Element, page: ParsedPage) -> bool:
    words = heading(page, box, one.first.index)
    return bool(words) and own_name(page, words)


def _at_side(one: EntryList, others: Sequence[EntryList], boxes: Mapping[int, Element | None]) -> bool:
    """Whether a list is a box at the side: at the right or narrow, called 最新 or the like, beside another list."""
    box = boxes.get(id(one))
    return box is not None and any(not _within(o, box) and boxes[id(o)] is None and _weighs(o) for o in others)


def _side_box(one: EntryList, page: ParsedPage) -> Element | None:
    """The box at the right or narrow under a heading such as 最新发布, which is not the column's name."""
    box = narrow_box(page, (one.first, one.last))
    words = heading(page, box, one.first.index) if box else ""
    return box if SIDE_HEADING.fullmatch(words) and not own_name(page, words) else None


def _weighs(one: EntryList) -> bool:
    """Whether a list is more than a menu: dated, or mostly of links that read like headlines."""
    long = sum(1 for e in one.entries if len(e.title) >= _LONG_TITLE and e.own)
    return bool(one.dated) or (long > 2 and long * 10 >= len(one.entries) * 6)


def _within(one: EntryList, box: Element) -> bool:
    return box.index < one.first.index < box.end


def _foreign(one: EntryList, credible: Sequence[EntryList], page: ParsedPage) -> bool:
    """Whether a list stands under a heading that is not the name of the column."""
    words = _heading_of(one.first, [o for o in credible if o is not one], page)
    return bool(words) and not own_name(page, words)


def _called_own_name(one: EntryList, credible: Sequence[EntryList], page: ParsedPage) -> bool:
    words = _heading_of(one.first, [o for o in credible if o is not one], page)
    return bool(words) and own_name(page, words)


def _heading_of(place: Element, others: Sequence[EntryList], page: ParsedPage) -> str:
    """The nearest heading before an element, within what holds none of the other lists."""
    words = ""
    for above in page.outline.ancestors(place):
        if words or above.tag in {"body", "html"} or any(_within(other, above) for other in others):
            break
        words = heading(page, above, place.index)
    return words


def _beside_nothing(credible: Sequence[EntryList], page: ParsedPage) -> str | None:
    """What a page that says it is empty is beside lists called otherwise: '' empty, a doubt; None if it is not."""
    if own_parts(credible, page):
        return None
    certain = all(_side_box(one, page) is not None for one in credible)
    if not certain and not all(_foreign(one, credible, page) for one in credible):
        return None
    runs = [r for r in page.outline.runs if not r.hidden and page.regions[r.element] == MAIN and _EMPTY.search(r.text)]
    places = [page.outline.elements[run.element] for run in runs[:_MOST_LISTS]]
    names = [_heading_of(place, credible, page) for place in places]
    whole = bool(places) and all(not words or own_name(page, words) for words in names)
    if certain:
        return "" if whole else EMPTY_BESIDE
    return EMPTY_BESIDE if whole else None


def _newest(one: EntryList) -> date:
    return max((e.on for e in one.entries if e.on), default=date.min)


def _best(found: Sequence[EntryList]) -> Sequence[EntryList]:
    """The lists that may matter, in document order: every one is compared with every other."""
    if len(found) <= _MOST_LISTS:
        return found
    kept = {id(one) for one in sorted(found, key=lambda one: one.score, reverse=True)[:_MOST_LISTS]}
    return [one for one in found if id(one) in kept]


def _main_text(page: ParsedPage) -> str:
    runs = page.outline.runs
    return " ".join(run.text for run in runs if not run.hidden and page.regions[run.element] == MAIN)


def _inside(one: EntryList, outer: EntryList) -> bool:
    """Whether a list stands within one dated entry of another: links to interpretations, a table of details."""
    if one is outer or not outer.dated:
        return False
    return any(
        place.index < one.first.index and one.last.index < place.end and place.index != one.first.index
        for place in outer.places
    )


def _joined(lists: Iterable[EntryList]) -> list[Entry]:
    return merged([entry for one in lists for entry in one.entries])


def _tells(one: EntryList) -> bool:
    """Whether a list holds a dated entry with a headline, not just a word beside a date."""
    return any(e.on and len(e.title) >= HEADLINE and (e.own or not e.url) for e in one.entries)
