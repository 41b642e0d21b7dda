"""How the answer to a query is written: a table for people, JSON, a line of JSON a row, or CSV; all of it harmless."""

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table as Shown
from rich.text import Text

from checker.cli.terminal import harmless
from checker.facts.guard import Table
from checker.report.json_report import encoded

_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that a spreadsheet may take for a formula; numbers come as numbers and are none."""

_BREAKS = re.compile(r"[\t\n\r]+")
NULL = "NULL"


def unique(columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, each once: a second `name` becomes `name_2`."""
    seen: dict[str, int] = {}
    taken = set(columns)
    found = []
    for column in columns:
        number = seen.get(column, 0) + 1
        name = column
        while number > 1 and (name := f"{column}_{number}") in taken:
            number += 1
        seen[column] = number
        taken.add(name)
        found.append(name)
    return tuple(found)


def plain_value(value: Any) -> Any:
    """A value as JSON can write it: bytes as hexadecimal digits, infinities as text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def as_json(table: Table) -> bytes:
    """An array of objects, one a row."""
    return encoded(list(_objects(table)), indent=2)


def as_ndjson(table: Table) -> bytes:
    """One object a line."""
    return b"".join(encoded(row) for row in _objects(table))


def _objects(table: Table) -> list[dict[str, Any]]:
    names = unique(table.columns)
    return [dict(zip(names, map(plain_value, row), strict=True)) for row in table.rows]


def as_csv(table: Table) -> bytes:
    """Comma-separated, with the names in the first line; NULL is an empty field, and no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(name) for name in unique(table.columns)])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    value = plain_value(value)
    if not isinstance(value, str):
        return "" if value is None else value
    text = harmless(value)
    return f"'{text}" if _FORMULA.match(value) else text


def table_of_rows(table: Table) -> Shown:
    """A table for a terminal: numbers to the right, one line a row where there is room, and NULL says so."""
    shown = Shown(box=None, pad_edge=False)
    for place, name in enumerate(table.columns):
        numbers = bool(table.rows) and all(isinstance(row[place], int | float) for row in table.rows)
        shown.add_column(Text(_line(name)), no_wrap=place == 0, overflow="fold", justify="right" if numbers else "left")
    for row in table.rows:
        shown.add_row(*(Text(NULL, "dim") if v is None else Text(_line(str(plain_value(v)))) for v in row))
    return shown


def _line(text: str) -> str:
    return harmless(_BREAKS.sub(" ", text))


def as_table(table: Table) -> bytes:
    """The table as text, every row on a line, for a file or a pipe."""
    out = io.StringIO()
    console = Console(file=out, width=100_000, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(table_of_rows(table), crop=False)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1]).encode("utf-8", "replace")


WRITERS: dict[str, Callable[[Table], bytes]] = {
    "table": as_table,
    "json": as_json,
    "ndjson": as_ndjson,
    "csv": as_csv,
}
"""Every format of an answer."""

BY_SUFFIX = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".txt": "table"}
