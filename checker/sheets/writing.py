"""A workbook of one sheet: headings and rows in, xlsx bytes out.

Texts are written as texts, whatever they begin with, so that nothing from a page becomes a formula.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter

Cell = str | int | float | date | None
_LONGEST = 32_000
"""Excel takes 32,767 characters in a cell."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column: its heading, its width in characters, whether a person fills it in, and the words it may hold."""

    name: str
    width: int = 14
    to_fill: bool = False
    choices: tuple[str, ...] = ()


def write_sheet(name: str, headings: Sequence[Heading], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An xlsx file with a frozen, filtered row of headings; dates are dates, everything else is text or number."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(name)
        given = book.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
        asked = book.add_format({"bold": True, "bg_color": "#FFE9B3", "text_wrap": True, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading.name, asked if heading.to_fill else given)
            sheet.set_column(column, column, heading.width)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                _write(sheet, last, column, value, day if isinstance(value, date) else body)
        for column, heading in enumerate(headings):
            if heading.choices and last:
                sheet.data_validation(1, column, last, column, {"validate": "list", "source": list(heading.choices)})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(headings) - 1)
    return out.getvalue()


def _write(sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, value: Cell, form: object) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, value[:_LONGEST], form)
