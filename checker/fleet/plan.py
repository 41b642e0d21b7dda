"""`--plan`: what a scan would ask of whom, before any request."""

from dataclasses import dataclass

from checker.fetch import FetchSettings
from checker.fleet.keys import politeness_keys
from checker.fleet.order import Order, chosen
from checker.history import pages_before
from checker.model.registry import Site, Subject

PAGE_KILOBYTES = 60
"""Mean size of a page on the wire, rounded up from the sample pages; used only for this estimate."""

CHECKS_PER_PAGE = 0.5
"""Distinct link targets to verify beyond the pages themselves, per page; an estimate."""


@dataclass(frozen=True, slots=True)
class HostPlan:
    """The most that one politeness key will bear."""

    key: str
    subjects: tuple[str, ...]
    pages: int
    basis: str
    requests: int
    minutes: float
    megabytes: float


def plan(order: Order) -> tuple[HostPlan, ...]:
    """One row per host or platform: at most so many pages, minutes and megabytes."""
    before = pages_before(order.store)
    rows: dict[str, list[Subject]] = {}
    for subject in chosen(order.registry, order.only):
        rows.setdefault(min(politeness_keys(subject)), []).append(subject)
    return tuple(_row(key, subjects, order, before) for key, subjects in sorted(rows.items()))


def _row(key: str, subjects: list[Subject], order: Order, before: dict[str, int]) -> HostPlan:
    pages = requests = 0
    seconds = 0.0
    known = all(s.id in before for s in subjects)
    for subject in subjects:
        most = _pages(subject, order)
        mine = min(most, before.get(subject.id, most))
        asked = round(mine * (1 + CHECKS_PER_PAGE)) + 1 if isinstance(subject, Site) else max(1, len(subject.sources))
        pages += mine
        requests += asked
        seconds += asked * _interval(subject, order.fetch)
    return HostPlan(
        key, tuple(s.id for s in subjects), pages, "last scan" if known else "upper bound", requests,
        round(seconds / 60, 1), round(requests * PAGE_KILOBYTES / 1000, 1),
    )  # fmt: skip


def _pages(subject: Subject, order: Order) -> int:
    if not isinstance(subject, Site):
        return 0
    if subject.status == "closed":  # its home page, to see whether it still answers
        return 1
    return subject.max_pages or order.budget.pages


def _interval(subject: Subject, settings: FetchSettings) -> float:
    rate = subject.rate if isinstance(subject, Site) else None
    return 1 / rate if rate else settings.interval
