"""What a page of the workbook is made of: typed columns, rows of cells, one table or a few below one another."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | date | None


class Kind(StrEnum):
    """How the cells of a column are shown; a text in a column of dates stays a text."""

    TEXT = "text"
    CENTRED = "centred"
    VERDICT = "verdict"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, its width in Latin characters (a Chinese one takes two), and whether a person fills it in."""

    name: str
    width: int
    kind: Kind = Kind.TEXT
    to_fill: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below headings; `title` stands above them on pages of several tables."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One worksheet. `kept` columns stay in view beside the headings; `printed` are the first and last on paper."""

    name: str
    tables: tuple[Table, ...]
    kept: int = 0
    printed: tuple[str, str] = ("", "")


def text(name: str, width: int) -> Column:
    """A column of texts."""
    return Column(name, width)


def centred(name: str, width: int) -> Column:
    """A column of short words."""
    return Column(name, width, Kind.CENTRED)


def verdict(name: str, width: int = 10) -> Column:
    """A column of 合格, 待核, 不合格, in their colours."""
    return Column(name, width, Kind.VERDICT)


def number(name: str, width: int = 10) -> Column:
    """A column of numbers."""
    return Column(name, width, Kind.NUMBER)


def share(name: str, width: int = 11) -> Column:
    """A column of percentages."""
    return Column(name, width, Kind.SHARE)


def on(name: str, width: int = 12, to_fill: bool = False) -> Column:
    """A column of days."""
    return Column(name, width, Kind.DAY, to_fill)


def at(name: str, width: int = 17) -> Column:
    """A column of times to the minute, Beijing."""
    return Column(name, width, Kind.MOMENT)
