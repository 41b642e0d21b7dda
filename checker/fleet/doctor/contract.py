"""What an examination gets and what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class State(StrEnum):
    """How a thing stands: ok; warning (a scan is weaker by it, or soon will be); missing (something will not work)."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do about it ('' where nothing must be done)."""

    area: str
    name: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a scan would run: its store, registry, rules and profile; None = the default, which may not be there.

    `network`: hosts may be asked for a connection, and one page.
    """

    now: datetime
    store: Path
    sites: Path | None
    accounts: Path | None
    rules: Path | None
    profile: str | None
    suppressions: Path | None
    network: bool = True


Examination = Callable[[Surroundings], Iterator[Check]]
"""Looks at one area and never raises for what it finds there."""
