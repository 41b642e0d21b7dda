"""Settings that commands share: where the shipped data lies, the default store, the defaults of a crawl."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one time zone and no summer time since 1991, so a fixed offset is exact for every date in question."""

DEFAULT_STORE = Path(".checker")


def shipped(name: str) -> Path:
    """A file or folder that ships with the program: from the wheel's data, else from the source tree."""
    package = Path(__file__).parent
    inside = package / "_data" / name
    return inside if inside.exists() else package.parent / name


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds of one subject's gathering: pages, clicks from home, wall-clock minutes, link targets to check.

    `confirm_after` is the pause in seconds before what seems dead is asked for again. `renders`: pages that a browser
    may be used for. `columns_only`: read home, navigation, site map and lists, not the entries and the rest.
    """

    pages: int = 500
    depth: int = 5
    minutes: float = 60.0
    link_checks: int = 5000
    confirm_after: float = 20.0
    renders: int = 30
    columns_only: bool = False


def shanghai(moment: datetime) -> datetime:
    """The same moment in Asia/Shanghai; a moment without zone is taken as Beijing time."""
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
