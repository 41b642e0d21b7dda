"""Workbooks as people can read them in a diff: every cell of every sheet, one row a line."""

import json
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook


def sheets(book: bytes) -> dict[str, list[list[Any]]]:
    """The rows of every worksheet in their order; whole numbers without a point, times in ISO 8601."""
    read = CalamineWorkbook.from_filelike(BytesIO(book))
    return {
        name: [[_shown(v) for v in row] for row in read.get_sheet_by_name(name).to_python()]
        for name in read.sheet_names
    }  # fmt: skip


def _shown(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def cells(book: bytes) -> bytes:
    """The same as JSON with a row a line."""
    parts = []
    for name, rows in sheets(book).items():
        lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
        parts.append(f"{json.dumps(name, ensure_ascii=False)}: [\n{lines}\n]")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def records(book: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of one worksheet by their headings."""
    head, *body = sheets(book)[name]
    return [dict(zip(head, row, strict=True)) for row in body]


def parts(book: bytes) -> dict[str, str]:
    """The XML files of a workbook by their names."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
