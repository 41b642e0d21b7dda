"""What a sheet is made of: typed cells in numbered rows, and the error that says why one cannot be read."""

from dataclasses import dataclass
from datetime import date, datetime, time

from checker.errors import FileProblems, Problem

Value = str | int | float | bool | date | datetime | time | None
"""A cell as it was typed; an empty one and one with an error is None, a whole number is an int."""

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` counts from 1 as the person sees it in the file."""

    number: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible worksheet of a file (a CSV file has one without a name); merged cells all carry their value.

    `since_1904`: bare numbers count days from 1904 instead of 1900 (old Macintosh workbooks).
    """

    file: str
    name: str
    rows: tuple[Row, ...]
    since_1904: bool = False

    @property
    def place(self) -> str:
        """How messages call it: the file, and the worksheet where it has a name."""
        return f"{self.file} [{self.name}]" if self.name else self.file


class SheetError(FileProblems):
    """A sheet that cannot be used: the message for the person who can mend it, and the `reason` for a report."""

    def __init__(self, file: str, row: int, message: str, reason: str) -> None:
        self.reason = reason
        super().__init__([Problem(file, row, message)])


def clean(text: str) -> str:
    """A text without invisible signs and with single blanks; '' if nothing is left."""
    return " ".join(text.translate(_INVISIBLE).split())


def text_of(value: Value) -> str:
    """A cell as a person reads it: whole numbers without a point, dates in ISO 8601, '' if empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes" if not value.second else "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)
