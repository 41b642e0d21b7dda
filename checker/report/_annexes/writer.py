"""Pages to xlsx bytes: texts stay texts whatever they begin with, and equal pages give equal bytes."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from rich.cells import cell_len

from checker.report._annexes.page import Cell, Column, Kind, Page, Table
from checker.report._lines import plain
from checker.report._rows import NO_XML

MOST_ROWS = 1_048_576
"""Rows of a worksheet, its headings included."""

_LONGEST = 32_767
"""UTF-16 units that Excel takes in a cell."""

_CUT = "……（过长，全文见 JSON）"
_A4 = 9
_LINE = 14.5
_HIGHEST = 409.0
"""Points of a line of text, and of a row at most."""

_FILLS = {"不合格": "#F8D7DA", "待核": "#FFF3CD", "合格": "#D8EFDC"}
_NUMBERS = {Kind.SHARE: "0.00%", Kind.DAY: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm"}


def write_book(pages: Sequence[Page], title: str, note: str, created: datetime, most_rows: int = MOST_ROWS) -> bytes:
    """The workbook; `note` stands at the foot of every printed page, `created` (UTC) in its properties.

    A page of more than `most_rows` rows goes on in further worksheets, `NAME (2)` and so on.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _options()) as book:
        book.set_properties({"title": title, "comments": note, "created": created})
        for page in (part for whole in pages for part in _parts(whole, most_rows)):
            _Writer(book, page, note).write()
    return out.getvalue()


def _options() -> dict[str, Any]:
    """Anew for each book, because the library changes what it is given."""
    font = {"font_name": "宋体", "font_size": 11, "font_scheme": None}
    convert = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    return {"in_memory": True, "default_format_properties": font, **convert}


def _parts(page: Page, most_rows: int) -> Iterator[Page]:
    """The page, or as many as its one table needs."""
    (table, *others) = page.tables
    room = most_rows - 1
    if others or len(table.rows) <= room:
        yield page
        return
    for number, start in enumerate(range(0, len(table.rows), room), 1):
        name = page.name if number == 1 else f"{page.name} ({number})"
        yield replace(page, name=name, tables=(replace(table, rows=table.rows[start : start + room]),))


class _Writer:
    """Writes one page; formats are shared by the book, which keeps equal ones once."""

    def __init__(self, book: Any, page: Page, note: str) -> None:
        self._book, self._page, self._note = book, page, note
        self._sheet = book.add_worksheet(page.name)
        self._formats: dict[tuple[Kind, str], Any] = {}

    def write(self) -> None:
        """Headings, rows, and what makes them handy on the screen and on paper."""
        alone = len(self._page.tables) == 1
        row = 0
        for table in self._page.tables:
            if table.title:
                self._sheet.set_row(row, 22)
                self._sheet.write_string(row, 0, table.title, self._head("title"))
                row += 1
            row = self._table(table, row) + 1
        for at, width in enumerate(_widths(self._page.tables)):
            self._sheet.set_column(at, at, width)
        if alone:
            (table,) = self._page.tables
            self._sheet.freeze_panes(1, self._page.kept)
            self._sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
            self._sheet.repeat_rows(0)
        self._paper(max(row - 2, 0))

    def _table(self, table: Table, top: int) -> int:
        """Write a table and tell the row below it."""
        for at, column in enumerate(table.columns):
            self._sheet.write_string(top, at, column.name, self._head("asked" if column.to_fill else "given"))
        self._sheet.set_row(top, _height(table.columns, [c.name for c in table.columns]))
        for below, cells in enumerate(table.rows, top + 1):
            self._sheet.set_row(below, _height(table.columns, cells))
            for at, (column, value) in enumerate(zip(table.columns, cells, strict=True)):
                self._cell(below, at, column, value)
        return top + 1 + len(table.rows)

    def _cell(self, row: int, at: int, column: Column, value: Cell) -> None:
        value = cell_text(value) if isinstance(value, str) else value
        if value is None or value == "":
            self._sheet.write_blank(row, at, None, self._body(column.kind))
        elif isinstance(value, date):
            self._sheet.write_datetime(row, at, value, self._body(_kind_of(value, column.kind)))
        elif isinstance(value, int | float | Decimal):
            self._sheet.write_number(row, at, float(value), self._body(column.kind))
        else:
            fill = _FILLS.get(value, "") if column.kind is Kind.VERDICT else ""
            self._sheet.write_string(row, at, value, self._body(column.kind, fill))

    def _body(self, kind: Kind, fill: str = "") -> Any:
        key = (kind, fill)
        if key not in self._formats:
            look: dict[str, Any] = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#C8CDD3"}
            if kind in _NUMBERS:
                look |= {"num_format": _NUMBERS[kind]}
            if kind is not Kind.TEXT:
                look |= {"align": "center" if kind is not Kind.NUMBER else "right"}
            if fill:
                look |= {"bg_color": fill, "bold": True}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def _head(self, role: str) -> Any:
        if role == "title":
            return self._book.add_format({"bold": True, "font_size": 13, "valign": "vcenter"})
        colour = {"given": "#DDE6F0", "asked": "#FFE9B3"}[role]
        look = {"bold": True, "bg_color": colour, "text_wrap": True, "align": "center", "valign": "vcenter"}
        return self._book.add_format(look | {"border": 1, "border_color": "#9AA4AF"})

    def _paper(self, last: int) -> None:
        """A4 landscape, one page wide, the sheet's name above and where it comes from below."""
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&C&14{self._page.name}")
        sheet.set_footer(f"&L&8{self._note.replace('&', '&&')}&R&8第 &P 页，共 &N 页")
        begin, end = self._printed()
        sheet.print_area(0, begin, last, end)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})

    def _printed(self) -> tuple[int, int]:
        """The first and the last column on paper; all where the page does not say."""
        names = [c.name for c in self._page.tables[0].columns]
        if not all(self._page.printed):
            return 0, max(len(t.columns) for t in self._page.tables) - 1
        begin, end = map(names.index, self._page.printed)
        return begin, end


def _height(columns: Sequence[Column], cells: Sequence[Cell]) -> float:
    """Points for the cell with the most lines: not every program fits rows to wrapped Chinese text by itself."""
    lines = max(_lines(v, c.width) for c, v in zip(columns, cells, strict=True))
    return min(_LINE * lines + 3, _HIGHEST)


def _lines(value: Cell, width: int) -> int:
    """How many lines a text takes at most in a column of `width` Latin characters."""
    return -(-cell_len(value[: 40 * width]) // max(int(0.9 * width), 1)) if isinstance(value, str) else 1


def _kind_of(value: date, kind: Kind) -> Kind:
    """How a day or time is shown in a column of whatever kind: a bare number of days tells nobody anything."""
    if kind in {Kind.DAY, Kind.MOMENT}:
        return kind
    return Kind.MOMENT if isinstance(value, datetime) else Kind.DAY


def _widths(tables: Sequence[Table]) -> list[int]:
    """The widest that any table wants of each column."""
    most = max(len(t.columns) for t in tables)
    return [max(t.columns[at].width for t in tables if at < len(t.columns)) for at in range(most)]


def cell_text(value: str) -> str:
    """A text as a cell can hold it: on one line, control and bidi characters visible, cut with a note if too long."""
    shown = NO_XML.sub("", plain(value, _LONGEST - len(_CUT)))
    units = shown.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST:
        return shown
    return units[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
