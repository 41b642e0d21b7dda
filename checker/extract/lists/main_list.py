"""Which list of a column page is the column's own, told from side lists, tabs of other columns and nested links."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from checker.extract.lists.entries import Entry, EntryList, merged
from checker.extract.lists.home import HEADLINE, THESE_DAYS
from checker.extract.lists.neighbours import one_column
from checker.extract.lists.tabs import of_other_columns, own_parts
from checker.page import MAIN, ParsedPage

_MOST_LISTS = 60
OTHER_LIST = "页面另有日期更新的列表，不能确定栏目主列表"
_EMPTY = re.compile(
    r"暂无(?:数据|内容|信息|相关|记录|文章)|(?:正在|尚在|栏目|页面|网站|内容)(?:正在|尚在)?建设中(?![华国央原西东])"
    r"|升级(?:改版|维护)中|改版升级中|[敬尽]请期待|资料整理中|正在维护"
)


def main_list(found: Sequence[EntryList], page: ParsedPage, today: date) -> tuple[list[Entry], str]:
    """The entries of the column's own list, and why they may not be all or the right ones ('' if nothing says so)."""
    found = _best(found)
    others = of_other_columns(found, page)
    credible = [one for one in found if one.credible and not one.side and id(one) not in others]
    credible = [one for one in credible if not any(_inside(one, outer) for outer in credible)]
    if not any(one.dated for one in credible) and _EMPTY.search(_main_text(page)):
        return [], ""
    if not credible:
        return [], ""
    main = max(credible, key=lambda one: one.score)
    alike = [o for o in credible if o is main or (o.signature == main.signature and o.signature[1] and not o.side)]
    parts = own_parts(credible, page)
    if id(main) in parts:
        alike = [one for one in credible if one in alike or id(one) in parts]
    newest = max(one.newest(today) for one in alike)
    newer = [one for one in credible if one not in alike and one.newest(today) > newest and _tells(one)]
    if newer and newest < today - THESE_DAYS:
        if not all(one_column(page, (main.first, main.last), (one.first, one.last)) for one in newer):
            return _joined(alike), OTHER_LIST
        alike = sorted([*alike, *newer], key=lambda one: one.first.index)
    return _joined(alike), ""


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
