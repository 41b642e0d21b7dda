"""A table within a sheet: the row of headings found below titles and instructions, and records with named fields.

Only columns that are asked for reach a record: telephone numbers, mail addresses and whatever else stands in others are
left behind here.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from checker.sheets.cells import Row, Sheet, SheetError, Value, clean, text_of
from checker.sheets.dates import When, when_of

Aliases = Mapping[str, Sequence[str]]
"""Fields and the headings that name each, the most telling first."""

_LOOKED_AT = 80
"""Rows in which headings are looked for: instructions above a table can be long."""

_SHOWN = 12
_CONTACT = re.compile(
    r"联系|电话|手机|传真|邮箱|邮件|e-?mail|phone|mobile|openid|unionid|身份证|证件号|住址|"
    r"(?:填报|填表|经办|负责|管理|审核|责任)(?:人|员)"
)  # fmt: skip
_FOOT = re.compile(
    r"(?:合计|总计|小计|共计|平均)[:：]?$|示?例$|样例$|"
    r"(?:注|备注|说明|填报人|填表人|审核人|制表人|填报单位|填报日期|填表说明|示例)[:：]"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Record:
    """A row below the headings: the cells of known fields by their names; `number` is the row in the file."""

    number: int
    cells: Mapping[str, Value]
    year: int | None = None
    since_1904: bool = False

    def text(self, field: str) -> str:
        """A field as a person reads it; '' if the table has no such column or the cell is empty."""
        return text_of(self.cells.get(field))

    def when(self, field: str) -> When | None:
        """The day or moment that a field names; a day without a year is of the year that the lines above name."""
        return when_of(self.cells.get(field), self.year, self.since_1904)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as found: `columns` field → heading as written, `unknown` headings that no field has, `contacts` dropped.

    `above` holds the lines over the headings (titles, instructions, the day of export). `repeated` are known headings
    that stand there more than once, as with two tables side by side: only the first of their columns is read.
    """

    sheet: Sheet
    row: int
    columns: Mapping[str, str]
    unknown: tuple[str, ...]
    contacts: tuple[str, ...]
    above: tuple[str, ...]
    records: tuple[Record, ...]
    repeated: tuple[str, ...] = ()


def plain(heading: str) -> str:
    """A heading as it is compared: no blanks, marks or remarks in brackets, half width, lower case."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    short = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)
    return re.sub(r"[\s*:;、,.\"'#_\-/]+", "", short if short.strip(" *") else text)


def find_tables(sheets: Iterable[Sheet], aliases: Aliases) -> tuple[Table, ...]:
    """The table of every sheet that has one; raises SheetError that names the headings found if none has."""
    sheets = tuple(sheets)
    found = tuple(table for sheet in sheets if (table := _table(sheet, aliases)) is not None)
    if not found:
        raise _unknown(sheets)
    return found


def find_table(sheet: Sheet, aliases: Aliases) -> Table:
    """The table of one sheet; raises SheetError that names the headings found if it has none."""
    return find_tables([sheet], aliases)[0]


def _table(sheet: Sheet, aliases: Aliases) -> Table | None:
    known = {
        plain(name): (field, rank) for field, names in aliases.items() for rank, name in reversed([*enumerate(names)])
    }
    scored = [(_score(row, known), -n) for n, row in enumerate(sheet.rows[:_LOOKED_AT])]
    best, place = max(scored, default=(0, 0))
    if not best:
        return None
    head, below = sheet.rows[-place], sheet.rows[1 - place :]
    above = tuple(line for row in sheet.rows[:-place] if (line := _line(row)))
    years = {int(y) for line in above for y in _YEAR.findall(line)}
    columns = _columns(head, known)
    year = years.pop() if len(years) == 1 else None
    records = tuple(
        Record(row.number, {f: _at(row, i) for f, i in columns.items()}, year, sheet.since_1904)
        for row in below
        if not _aside(row, head)
    )
    others = [text_of(c) for i, c in enumerate(head.cells) if text_of(c) and plain(text_of(c)) not in known]
    contacts = tuple(dict.fromkeys(h for h in others if _CONTACT.search(plain(h))))
    unknown = tuple(dict.fromkeys(h for h in others if h not in contacts))
    written = {field: text_of(head.cells[i]) for field, i in columns.items()}
    named = [plain(text_of(c)) for c in head.cells if c is not None]
    repeated = tuple(heading for heading in written.values() if named.count(plain(heading)) > 1)
    return Table(sheet, head.number, written, unknown, contacts, above, records, repeated)


def _score(row: Row, known: Mapping[str, tuple[str, int]]) -> int:
    """How many fields a row of headings names; 0 if too few for one: a title can be the same as a heading."""
    names = [plain(text_of(c)) for c in row.cells if isinstance(c, str)]
    fields = {known[n][0] for n in names if n in known}
    return len(fields) if len(fields) > 1 or (len(names) == 1 == len(fields)) else 0


def _columns(head: Row, known: Mapping[str, tuple[str, int]]) -> dict[str, int]:
    """Field → column; of several headings for one field the most telling, of equal ones the first."""
    best: dict[str, tuple[int, int]] = {}
    for i, cell in enumerate(head.cells):
        found = known.get(plain(text_of(cell)))
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], i)
    return {field: i for field, (_, i) in best.items()}


def _at(row: Row, column: int) -> Value:
    return row.cells[column] if column < len(row.cells) else None


def _line(row: Row) -> str:
    return clean(" ".join(dict.fromkeys(text_of(c) for c in row.cells if c is not None)))


def _aside(row: Row, head: Row) -> bool:
    """Rows that are no record: the headings again, sums, remarks, examples, a line merged over the whole width."""
    texts = [text_of(c) for c in row.cells if c is not None]
    if not texts or _FOOT.match(texts[0]):
        return True
    if len(head.cells) > 1 and len(set(texts)) == 1 and (len(texts) > 2 or _FOOT.match(texts[0]) is not None):
        return True
    headings = {text_of(c) for c in head.cells if c is not None}
    return len(headings) > 1 and len(headings & set(texts)) >= max(2, len(set(texts)) - 1)


def _unknown(sheets: Sequence[Sheet]) -> SheetError:
    """The row that looks most like headings, so that the person sees what was found instead."""
    rows = [(sheet, row) for sheet in sheets for row in sheet.rows[:_LOOKED_AT]]
    sheet, row = max(rows, key=lambda pair: len({c for c in pair[1].cells if isinstance(c, str) and len(c) < 20}))
    # A row of a table without headings may hold anybody's data: only short words without digits are repeated.
    words = [text_of(c) for c in row.cells if isinstance(c, str)]
    told = [w for w in dict.fromkeys(words) if len(w) < 20 and not re.search(r"\d{3}|@", w)][:_SHOWN]
    shown = "、".join(told) or "（无）"
    return SheetError(
        sheet.place, row.number, f"no row of known headings; found: {shown}", f"未找到可识别的表头，表中为：{shown}"
    )
