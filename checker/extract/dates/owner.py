"""Whose date a label on an article page tells: the article's, or that of something beside it."""

import re
from collections.abc import Iterator

from checker.extract.articles import Headline
from checker.extract.written import plain
from checker.page import FOOTER, HEADER, Element, ParsedPage

_BESIDE = re.compile(
    r"side\w*|\w*[-_]side|aside|sidebar\w*|hot|hot[-_]?\w*|rank\w*|recommend\w*|tuijian|remen|related\w*|relevant\w*"
    r"|xg(?:xx|wd|yd|jd|zc|wz)\w*|comments?\w*|pinglun\w*|liuyan\w*|lyb|message\w*|guestbook|weather\w*|tianqi\w*|[-\w]*(?:wqhg|wangqi)\w*",
    re.IGNORECASE,
)
"""Names of what stands beside an article and has dates of its own."""

_RECORD = re.compile(r"索\s*引\s*号|信息索引|发\s*布\s*机\s*构|(?:发\s*文\s*字|文)\s*号")
_CELLS = frozenset({"td", "th"})
_CELLS_OF_A_RECORD = 60
"""Elements from which on a table is no heading of a document."""

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|jpe?g|png|mp4)(?:$|\?)", re.IGNORECASE)
TITLE = 8
"""Characters from which on a link is a title."""

_WHOLE = frozenset({"body", "html", "form"})
_LENGTH_OF_AN_END = 120
_RUNS_OF_A_CARD = 6
_LENGTH_OF_A_CARD = 150
_LENGTH_OF_CARDS = 600


def of_another(page: ParsedPage, number: int, top: Headline) -> bool:
    """Whether a label belongs to something beside the article: a widget, a comment, an entry of a list of articles."""
    runs = page.outline.runs
    element = page.outline.elements[runs[number].element]
    for around in (element, *page.outline.ancestors(element)):
        if around.tag in {"body", "html"} or around.first_run < top.end_run <= around.end_run:
            break
        if around.tag == "aside" or any(_BESIDE.fullmatch(name) for name in around.names.split()):
            return True
    if page.regions[element.index] == HEADER and not _in_record(page, element):
        return True
    return not number < top.first_run and _behind_a_title(page, number, top)


def article_ends(page: ParsedPage, top: Headline) -> frozenset[int]:
    """Runs of small footers of the article itself (责任编辑, 发布日期), which stand with its headline in one box."""
    roots = [e for e in page.outline.elements if page.regions[e.index] == FOOTER and _begins_a_part(page, e)]
    found: set[int] = set()
    for root in roots[:-1] if top.end_run > 0 else ():
        together = any(e.first_run <= top.first_run and e.tag not in _WHOLE for e in page.outline.ancestors(root))
        small = sum(len(run.text) for run in page.outline.runs[root.first_run : root.end_run]) <= _LENGTH_OF_AN_END
        if together and small and root.first_run >= top.end_run:
            found.update(range(root.first_run, root.end_run))
    return frozenset(found)


def _begins_a_part(page: ParsedPage, element: Element) -> bool:
    return element.parent < 0 or page.regions[element.parent] != FOOTER


def _in_record(page: ParsedPage, element: Element) -> bool:
    """Whether an element stands in the table that heads a document of 信息公开: 索引号, 发布机构, 文号 …"""
    table = next((e for e in page.outline.ancestors(element) if e.tag == "table"), None)
    return table is not None and bool(_RECORD.search(plain(page.outline.text_of(table))))


def _behind_a_title(page: ParsedPage, number: int, top: Headline) -> bool:
    """Whether the label follows the linked title of another article: its date is that article's."""
    runs = page.outline.runs
    length = 0
    for place in range(number - 1, max(top.end_run, number - _RUNS_OF_A_CARD, 0) - 1, -1):
        run = runs[place]
        if run.linked:
            target = page.outline.elements[run.element]
            link = next((e for e in (target, *page.outline.ancestors(target)) if e.tag == "a"), target)
            value = place > 0 and plain(runs[place - 1].text).rstrip().endswith(":")
            title = len(run.text) >= TITLE and not value and not _FILE.search(link.attribute("href"))
            return title and _one_card(page, link, runs[number].element)
        length += len(run.text)
        if length > _LENGTH_OF_A_CARD:
            break
    return False


def _one_card(page: ParsedPage, link: Element, labelled: int) -> bool:
    """Whether link and label stand together in something small, not in two parts of a page."""
    both = next(e for e in page.outline.ancestors(link) if e.index <= labelled < e.end)
    return sum(len(run.text) for run in page.outline.runs[both.first_run : both.end_run]) <= _LENGTH_OF_CARDS


def record_cells(page: ParsedPage) -> Iterator[tuple[Element, Element]]:
    """Each cell of the second row of a table that heads a document of 信息公开, with the cell above it."""
    elements = page.outline.elements
    for table in elements:
        if table.tag != "table" or table.hidden or not table.end - table.index < _CELLS_OF_A_RECORD:
            continue
        inside = elements[table.index + 1 : table.end]
        rows = [[c for c in inside if c.parent == row.index and c.tag in _CELLS] for row in inside if row.tag == "tr"]
        if len(rows) == 2 and len(rows[0]) == len(rows[1]) and _RECORD.search(plain(page.outline.text_of(table))):
            yield from zip(rows[0], rows[1], strict=True)
