"""What a scan is started with, and which rule of the clock it must keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from checker.config import Budget
from checker.errors import UsageError
from checker.fetch import FetchSettings
from checker.model.registry import Registry, Site, Subject
from checker.rules import RuleSet
from checker.scan.hours import hours_of

LIVE_TOLERANCE = timedelta(hours=24)
"""A live scan may not pretend another day: ages would be computed against pages of today (design §1.9)."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a scan is started with; with `resume` the unfinished scan's clock, hosts, subjects and budget win.

    `fresh` asks for every page anew, `keep_pages` keeps the bodies of all answers in the scan's folder, `wait` waits
    for the hours of a site instead of leaving it out. `lock_seconds`: how long another command in the store is waited
    for.
    """

    registry: Registry
    rules: RuleSet
    store: Path
    as_of: datetime
    fetch: FetchSettings
    budget: Budget
    only: tuple[str, ...] = ()
    workers: int = 1
    executor: str = "local"
    resume: bool = False
    fresh: bool = False
    keep_pages: bool = False
    wait: bool = False
    lock_seconds: float = 0

    def __post_init__(self) -> None:
        """Workers elsewhere start in other folders: the store is one place for all of them."""
        object.__setattr__(self, "store", self.store.resolve())


def chosen(registry: Registry, only: tuple[str, ...]) -> list[Subject]:
    """The subjects to scan, in the order of the registry; raises UsageError for an id that is not registered."""
    known = {s.id for s in registry.subjects}
    for subject_id in only:
        if subject_id not in known:
            raise UsageError(f"--only {subject_id}: no site or account of this id is registered")
    return [s for s in registry.subjects if not only or s.id in only]


def outside_hours(order: Order, now: datetime) -> dict[str, str]:
    """Chosen sites that may not be asked at `now`, each with its hours; none under --connect-to."""
    sites = (s for s in chosen(order.registry, order.only) if isinstance(s, Site))
    found = {s.id: hours_of(s, order.fetch) for s in sites}
    return {site: str(hours) for site, hours in found.items() if hours and not hours.hold(now)}


def is_another_day(as_of: datetime, now: datetime) -> bool:
    """Whether the pages of `now` cannot be judged as of `as_of`."""
    return abs(as_of - now) > LIVE_TOLERANCE
