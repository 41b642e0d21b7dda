"""The bytes of a spreadsheet to its worksheets; the bytes decide what it is, not the ending of its name."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum
from selectolax.lexbor import LexborHTMLParser, LexborNode

from checker.sheets.cells import Row, Sheet, SheetError, Value, clean
from checker.sheets.json_rows import json_rows
from checker.sheets.packed import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, check_extent, repacked

MAX_BYTES = 30_000_000
"""Largest file that is read."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = ",\t;，"
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_HTML = re.compile(
    r"\s*(?:<!--.{0,5000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|style|table|div)\b", re.I | re.S
)


def read_sheets(name: str, data: bytes) -> tuple[Sheet, ...]:
    """The visible worksheets of a file with at least one filled cell; `name` is what messages call the file.

    Raises SheetError if it cannot be read, holds nothing, or is larger than the bounds.
    """
    if len(data) > MAX_BYTES:
        raise SheetError(name, 0, f"is larger than {MAX_BYTES // 1_000_000} MB; split it", "表格文件过大，未读取")
    if data.startswith(_ZIP):
        sheets = _workbook(name, *repacked(name, data))
    elif data.startswith(_OLE):
        sheets = _workbook(name, data, False)
    else:
        sheets = _text_sheets(name, _decoded(name, data))
    filled = tuple(s for s in sheets if s.rows)
    if not filled:
        raise SheetError(name, 0, "holds nothing: no cell of a visible sheet is filled", "表格为空")
    return filled


def _workbook(name: str, data: bytes, since_1904: bool) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        visible = [
            m.name
            for m in book.sheets_metadata
            if m.visible is SheetVisibleEnum.Visible and m.typ is SheetTypeEnum.WorkSheet
        ]
        return [_worksheet(name, book.get_sheet_by_name(one), one, since_1904) for one in visible]
    except PasswordError as error:
        message = "is protected by a password; save it without one"
        raise SheetError(name, 0, message, "表格设有密码，无法读取") from error
    except SheetError:
        raise
    except BaseException as error:
        # The parser's own panics are no Exception; whatever else ends a program is passed on.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            message = f"cannot be read as a workbook ({clean(str(error))[:100]}); open it and save it as xlsx"
            raise SheetError(name, 0, message, "表格文件损坏或格式不受支持，无法读取") from error
        raise


def _worksheet(name: str, sheet: Any, title: str, since_1904: bool) -> Sheet:
    check_extent(name, sheet.total_height, sheet.total_width)
    grid = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or ())[:20_000]:
        _fill(grid, top, left, bottom, right)
    return Sheet(name, title, _rows(enumerate(grid, 1)), since_1904)


def _cell(value: Any) -> Value:
    if isinstance(value, str):
        return value if clean(value) else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value if isinstance(value, bool | int | float | datetime | date | time) else None


def _fill(grid: list[list[Value]], top: int, left: int, bottom: int, right: int) -> None:
    """A merged cell keeps its value in the first of its cells; here all of them get it."""
    if top >= len(grid) or left >= len(grid[top]) or (value := grid[top][left]) is None:
        return
    for row in grid[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            if row[column] is None:
                row[column] = value


def _rows(numbered: Iterable[tuple[int, Sequence[Value]]]) -> tuple[Row, ...]:
    return tuple(Row(n, tuple(cells)) for n, cells in numbered if any(c is not None for c in cells))


# --- text


def _decoded(name: str, data: bytes) -> str:
    """UTF-8 and UTF-16 by their marks, UTF-16 without a mark by its zero bytes, else UTF-8, else GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    elif b"\0" in data[:2000]:
        even, odd = data[:2000:2].count(0), data[1:2000:2].count(0)
        names = ["utf-16-le" if odd > even else "utf-16-be"]
    else:
        names = ["utf-8-sig", "gb18030"]
    for one in names:
        try:
            text = data.decode(one)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text[:10_000]):
            return text
    message = "is neither a workbook nor a text in UTF-8, GB18030 or UTF-16; save it as xlsx"
    raise SheetError(name, 0, message, "不是可读取的表格文件")


def _text_sheets(name: str, text: str) -> list[Sheet]:
    if _HTML.match(text[:20_000]):
        return _html_tables(name, text)
    if text.lstrip()[:5] == "<?xml":
        message = "is an XML spreadsheet; open it and save it as xlsx"
        raise SheetError(name, 0, message, "XML格式的表格不能读取，请另存为xlsx")
    rows = json_rows(name, text)
    return [Sheet(name, "", _delimited(name, text) if rows is None else rows)]


def _delimited(name: str, text: str) -> tuple[Row, ...]:
    declared = re.match(r"sep=(.)\r?\n", text)
    delimiter = declared[1] if declared else max(_DELIMITERS, key=lambda d: _regular(text, d))
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    cells = 0
    try:
        for record in reader:
            if declared and reader.line_num == 1:
                continue
            values = tuple(_written(field) for field in record)
            cells += len(values)
            if any(v is not None for v in values):
                rows.append(Row(reader.line_num - sum(field.count("\n") for field in record), values))
            if len(rows) > MAX_ROWS or len(values) > MAX_COLUMNS or cells > MAX_CELLS:
                check_extent(name, max(len(rows), MAX_ROWS + 1), len(values))
    except csv.Error as error:
        message = f"is no table that can be read ({error})"
        raise SheetError(name, reader.line_num, message, f"表格第{reader.line_num}行格式有误，无法读取") from error
    return tuple(rows)


def _regular(text: str, delimiter: str) -> int:
    """How many cells the most usual row has in the first lines, times how usual it is; 0 if the sign parts nothing."""
    try:
        head = StringIO(text[:50_000], newline="")
        widths = [len(r) for _, r in zip(range(30), csv.reader(head, delimiter=delimiter), strict=False)]
    except csv.Error:
        return 0
    return max((w * widths.count(w) for w in widths if w > 1), default=0)


def _written(field: str) -> Value:
    """A cell of a text: `="0123"` is how a sheet keeps the digits of a number as they are."""
    match = _FORMULA_TEXT.fullmatch(field.strip())
    text = clean(match[1].replace('""', '"') if match else field)
    return text or None


# --- HTML under the name of .xls


def _html_tables(name: str, text: str) -> list[Sheet]:
    found = [t for t in LexborHTMLParser(text).css("table") if t.css_first("table table") is None]
    tables = [Sheet(name, "", _rows(_html_grid(name, t))) for t in found]
    if not any(s.rows for s in tables):
        message = "is a web page without a table (a login page?); export it anew"
        raise SheetError(name, 0, message, "文件是网页且其中没有表格（可能是登录页）")
    return tables


def _html_grid(name: str, table: LexborNode) -> list[tuple[int, list[Value]]]:
    grid: list[list[Value]] = []
    hanging: dict[int, tuple[int, Value]] = {}
    for line in table.css("tr"):
        cells = [c for c in line.iter() if c.tag in {"td", "th"}]
        row: list[Value] = []
        for cell in [*cells, None]:
            while len(row) in hanging:
                _hang(row, hanging)
            if cell is not None:
                value = clean(cell.text(separator=" ")) or None
                wide, tall = _times(cell, "colspan"), _times(cell, "rowspan")
                for _ in range(wide):
                    if tall > 1:
                        hanging[len(row)] = (tall, value)
                        _hang(row, hanging)
                    else:
                        row.append(value)
        grid.append(row)
        check_extent(name, len(grid), len(row))
    return list(enumerate(grid, 1))


def _hang(row: list[Value], hanging: dict[int, tuple[int, Value]]) -> None:
    left, value = hanging.pop(len(row))
    if left > 1:
        hanging[len(row)] = (left - 1, value)
    row.append(value)


def _times(cell: LexborNode, name: str) -> int:
    written = (cell.attributes.get(name) or "").strip()
    return min(max(int(written), 1), MAX_COLUMNS) if written.isdecimal() and len(written) < 5 else 1
