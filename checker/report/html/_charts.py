"""The geometry of the charts: numbers in, places on a small canvas out; the templates draw them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from checker.model.results import KindSummary, Past

WIDTH, HEIGHT = 440, 210
LEFT, RIGHT, _TOP, _BOTTOM = 56, 392, 16, 34
_DATES = 3
"""Dates under the trend that still stand apart from each other."""
_LETTERS = 64
"""Units that a label such as 不合格 12 needs."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: `name` as in the code of verdicts, its word, its count and its place."""

    name: str
    word: str
    value: int
    x: float
    width: float

    @property
    def roomy(self) -> bool:
        """Whether its label fits into it."""
        return self.width >= _LETTERS


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a bar chart: what, how much as it is written, a remark, and its length in percent of the longest."""

    label: str
    value: str
    remark: str
    length: float


@dataclass(frozen=True, slots=True)
class Point:
    """An inspection on a line of the trend."""

    x: float
    y: float
    rate: float


@dataclass(frozen=True, slots=True)
class Line:
    """The pass rates of one kind of subject: runs of inspections that have one, with gaps where there is none."""

    kind: str
    runs: list[list[Point]]

    @property
    def points(self) -> list[Point]:
        """All of them, oldest first."""
        return [point for run in self.runs for point in run]

    @property
    def paths(self) -> list[str]:
        """The runs as SVG wants them."""
        return [" ".join(f"{p.x:g},{p.y:g}" for p in run) for run in self.runs]


@dataclass(frozen=True, slots=True)
class Trend:
    """Lines, the dates under them, and the lines of the scale."""

    lines: list[Line]
    dates: list[tuple[float, str]]
    scale: list[tuple[float, str]]


def stacked(summary: KindSummary) -> list[Segment]:
    """The verdicts of a kind side by side over the whole width."""
    parts = (
        ("qualified", "合格", summary.qualified),
        ("pending", "待核", summary.pending),
        ("unqualified", "不合格", summary.unqualified),
    )
    total = sum(value for _, _, value in parts)
    found, x = [], 0.0
    for name, word, value in parts:
        if value:
            width = WIDTH * value / total
            found.append(Segment(name, word, value, round(x, 1), round(width, 1)))
            x += width
    return found


def bars(values: Iterable[tuple[str, Decimal, str, str]]) -> list[Bar]:
    """(label, size, size as written, remark) as bars; the longest is 100 percent."""
    listed = list(values)
    longest = max((abs(size) for _, size, _, _ in listed), default=0) or 1
    return [
        Bar(label, written, remark, round(float(abs(size) / longest * 100), 1))
        for label, size, written, remark in listed
    ]


def trend(past: Sequence[Past]) -> Trend | None:
    """The pass rates of inspections, oldest first; None where there is no earlier one to compare with."""
    if len(past) < 2:
        return None
    lines = [Line(kind, runs) for kind in ("sites", "accounts") if (runs := _runs(past, kind))]
    every = -(-len(past) // _DATES)
    dates = [(_x(n, len(past)), p.as_of[:10]) for n, p in enumerate(past) if (len(past) - 1 - n) % every == 0]
    return Trend(lines, dates, [(_y(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)])


def _runs(past: Sequence[Past], kind: str) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for number, one in enumerate(past):
        rate = (one.sites if kind == "sites" else one.accounts).pass_rate
        if rate is not None:
            runs[-1].append(Point(_x(number, len(past)), _y(rate), rate))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _x(number: int, of: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * number / (of - 1), 1)


def _y(share: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - share), 1)
