"""The zip of an xlsx, measured before anything parses it: a small file can hold gigabytes or a cell in the last row."""

import re
import zipfile
import zlib
from io import BytesIO

from checker.sheets.cells import SheetError

MAX_PARTS = 2_000
MAX_UNPACKED = 150_000_000
MAX_RATIO = 200
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 4_000_000
"""Bounds: parts of a workbook, their bytes, how much they may be packed, and the extent of one worksheet."""

_CELL = re.compile(rb'<(?:\w{1,20}:)?c\s[^<>]{0,300}?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,300}(?<!/)>')
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
)  # fmt: skip


def repacked(file: str, data: bytes) -> tuple[bytes, bool]:
    """The workbook with its parts unpacked and without pictures, and whether it counts days from 1904.

    What is handed to the parser is what was measured. Raises SheetError for a zip that is damaged, locked, no xlsx or
    too large.
    """
    try:
        parts = _parts(file, data)
    except _DAMAGED as error:
        raise SheetError(
            file, 0, f"is a damaged workbook ({error}); open it and save it anew", "表格文件损坏，无法打开"
        ) from error
    if "xl/workbook.xml" not in parts:
        raise SheetError(file, 0, "is a zip but no xlsx workbook; save it as xlsx", "不是可读取的表格文件（xlsx）")
    for name, body in parts.items():
        if name.startswith("xl/") and name.endswith(".xml"):
            _check_extent(file, body)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue(), re.search(rb'\bdate1904="(?:1|true)"', parts["xl/workbook.xml"]) is not None


def _parts(file: str, data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        total = sum(info.file_size for info in infos.values())
        if len(infos) > MAX_PARTS or total > MAX_UNPACKED or (total > 1_000_000 and total > MAX_RATIO * len(data)):
            raise SheetError(
                file, 0, f"unpacks to {total:,} bytes in {len(infos):,} parts; split it", "表格解压后过大，未读取"
            )
        wanted = (i for i in infos.values() if i.filename.endswith((".xml", ".rels")) and ".." not in i.filename)
        return {info.filename: archive.read(info) for info in wanted}


def _check_extent(file: str, body: bytes) -> None:
    last_row = last_column = 0
    for match in _CELL.finditer(body):
        last_row = max(last_row, int(match[2]))
        last_column = max(last_column, _column(match[1]))
    check_extent(file, last_row, last_column)


def check_extent(file: str, rows: int, columns: int) -> None:
    """Raises SheetError for a worksheet of more rows, columns or cells than a list that people keep."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        message = f"reaches to row {rows:,} and column {columns:,}; at most {MAX_ROWS:,} and {MAX_COLUMNS:,}: split it"
        raise SheetError(file, 0, message, f"表格过大（{rows}行{columns}列），未读取")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
