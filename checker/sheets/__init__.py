"""Spreadsheets that people and back offices hand over: bytes in, rows of typed cells and tables with named fields out.

Reads xlsx, xls, CSV (UTF-8, GB18030, UTF-16; comma, tab, semicolon) and the HTML tables that many systems call .xls.
Pure: asks neither the disk nor the network nor the clock. What cannot be read is a SheetError, never an empty sheet.
"""

from checker.sheets.cells import Row, Sheet, SheetError, Value, text_of
from checker.sheets.dates import BEIJING, When, days_in, span_of, when_of
from checker.sheets.reading import MAX_BYTES, read_sheets
from checker.sheets.tables import Aliases, Record, Table, find_table, find_tables, plain

__all__ = [
    "BEIJING", "MAX_BYTES", "Aliases", "Record", "Row", "Sheet", "SheetError", "Table", "Value", "When", "days_in",
    "find_table", "find_tables", "plain", "read_sheets", "span_of", "text_of", "when_of",
]  # fmt: skip
