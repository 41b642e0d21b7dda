"""Retention: what of a store may go, said first and done then.

A scan goes in two steps: its folder is renamed out of `scans`, then its files are overwritten and removed. So a kill
at any moment leaves whole scans and a folder `removed`, which the next prune clears away.
"""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from checker.errors import StoreError
from checker.facts.private import private_folder
from checker.facts.refusal import refusal
from checker.fetch.archive.pages import OLDEST
from checker.fleet.history.inventory import ASIDE, REMOVED, Leftover, StoredScan, is_held, leftovers, scans_of
from checker.fleet.history.wiping import size_of, wipe
from checker.fleet.lock import ScanLock
from checker.history.scans import known_scans

Said = Callable[[str], None]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Retention:
    """How long scans are kept: the newest so many of each registry, or so many days; if both, whichever keeps more.

    `drop_notified`: also those go that hold the evidence of notified findings not yet rectified. `now` is real time.
    """

    keep_scans: int | None
    days: int | None
    drop_notified: bool
    now: datetime

    @property
    def before(self) -> datetime | None:
        """The moment before which things are old, None if days do not count."""
        return None if self.days is None else self.now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Removal:
    """A scan that goes, and why."""

    scan: StoredScan
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A scan that stays though the retention would let it go, and why."""

    scan: StoredScan
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go and what stays in spite of its age; `total` are the bytes of the whole store."""

    removals: tuple[Removal, ...]
    kept: tuple[Kept, ...]
    leftovers: tuple[Leftover, ...]
    total: int

    @property
    def freed(self) -> int:
        """Bytes of all that would go."""
        gone = [r.scan.folder for r in self.removals]
        loose = (left.bytes for left in self.leftovers if not any(left.path.is_relative_to(g) for g in gone))
        return sum(r.scan.bytes for r in self.removals) + sum(loose)


def planned(store: Path, retention: Retention, notified: Mapping[str, str]) -> Plan:
    """What a retention lets go of a store; nothing is touched.

    `notified`: fingerprints of findings that somebody was told of and that are not rectified, each with the day when.
    """
    scans = scans_of(store, notified.keys())
    old = _outdated(scans, retention)
    spared = _spared(scans, {} if retention.drop_notified else notified)
    spared |= {
        scan.based_on: f"scan {scan.id}, which stays, looked at its findings again"
        for scan in scans
        if scan.based_on and (scan.id not in old or scan.id in spared)
    }
    pages = max(retention.now - OLDEST, retention.before or retention.now - OLDEST)
    return Plan(
        tuple(Removal(s, old[s.id]) for s in scans if s.id in old and s.id not in spared),
        tuple(Kept(s, spared[s.id]) for s in scans if s.id in old and s.id in spared),
        tuple(leftovers(store, scans, pages)),
        size_of(store),
    )


def check_known(store: Path, plan: Plan, retention: Retention) -> None:
    """Raise StoreError if the history does not know a finished scan that would go: nobody knows then what was notified.

    Whoever drops the evidence of notified findings anyhow is not asked.
    """
    known = known_scans(store)
    unknown = [r.scan.id for r in plan.removals if r.scan.ended and r.scan.id not in known]
    if not unknown or retention.drop_notified:
        return
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    named = ", ".join(unknown[:_SHOWN])
    raise StoreError(
        f"{store / 'history.sqlite'}: does not know {len(unknown)} of the scans that would go ({named}{more}), so "
        "nobody can tell whether notified findings rest on them; nothing was removed. Put back a copy of the history "
        "from before; or `checker evaluate --scan ID` records a scan anew (not what was notified); or "
        "--drop-notified lets them go"
    )


def registries(scans: Iterable[StoredScan]) -> list[list[StoredScan]]:
    """The finished scans of whole registries, in order, by registry: those that share a subject are of the same one."""
    found: list[tuple[frozenset[str], list[StoredScan]]] = []
    for scan in scans:
        if scan.ended is None or not scan.whole:
            continue
        mine = [group for group in found if group[0] & scan.subjects]
        subjects = scan.subjects.union(*(group[0] for group in mine))
        members = [member for group in mine for member in group[1]]
        found = [*(g for g in found if g not in mine), (subjects, [*members, scan])]
    return [sorted(members, key=lambda s: s.moment, reverse=True) for _, members in found]


def _outdated(scans: Sequence[StoredScan], retention: Retention) -> dict[str, str]:
    """Ids of scans that every given bound lets go, with the reason."""
    last = _oldest_kept(scans, retention.keep_scans)
    found: dict[str, str] = {}
    for scan in scans:
        reasons = []
        if retention.keep_scans is not None:
            bounds = [when for subjects, when in last if not scan.subjects or scan.subjects & subjects]
            if not bounds or any(when is None or scan.moment >= when for when in bounds):
                continue
            keep = retention.keep_scans
            reasons.append(f"{keep} newer {'one stays' if keep == 1 else 'ones stay'}")
        if retention.before is not None:
            if scan.moment >= retention.before:
                continue
            reasons.append(f"{(retention.now - scan.moment).days} days old")
        found[scan.id] = ("" if scan.ended else "never finished, ") + ", ".join(reasons)
    return found


def _oldest_kept(scans: Sequence[StoredScan], keep: int | None) -> list[tuple[frozenset[str], datetime | None]]:
    """Of each registry its subjects, and when the oldest of its `keep` newest scans ended; None if it has no more."""
    found: list[tuple[frozenset[str], datetime | None]] = []
    for members in registries(scans) if keep is not None else ():
        subjects = frozenset[str]().union(*(scan.subjects for scan in members))
        found.append((subjects, members[keep - 1].moment if keep and len(members) > keep - 1 else None))
    return found


def _evidence(scans: Sequence[StoredScan], notified: Mapping[str, str]) -> dict[str, int]:
    """Ids of scans on which notified findings rest, and of how many: the last before they were told of, or the newest.

    What was inspected after the day of a circular is not what the circular spoke of.
    """
    chosen: dict[str, StoredScan] = {}
    for scan in (s for s in reversed(scans) if s.ended):  # the oldest first
        for mark in scan.notified & notified.keys():
            earlier = chosen.get(mark)
            if earlier is None or scan.as_of[:10] <= notified[mark] or earlier.as_of[:10] > notified[mark]:
                chosen[mark] = scan
    return Counter(scan.id for scan in chosen.values())


def _spared(scans: Sequence[StoredScan], notified: Mapping[str, str]) -> dict[str, str]:
    """Scans that stay whatever their age: id → why."""
    evidence = _evidence(scans, notified)
    found = {
        name: f"holds the evidence of {n} notified findings that are not rectified" for name, n in evidence.items()
    }
    held: set[str] = set()
    for scan in (s for s in scans if s.ended):  # the newest first
        alone = sorted(scan.subjects - held)
        held |= scan.subjects
        if alone and not scan.whole:
            more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
            found[scan.id] = f"is the newest scan of {alone[0]}{more}"
    found |= {members[0].id: "is the newest scan of its registry" for members in registries(scans)}
    return found | {scan.id: "a process is working on it" for scan in scans if scan.running}


def prune(store: Path, plan: Plan, told: Said) -> int:
    """Do what the plan says; returns the bytes freed. The caller holds the store's lock.

    A scan that a process has begun to work on meanwhile stays, and `told` is said so. Raises MachineError.
    """
    freed = 0
    for removal in plan.removals:
        moved = _moved(store, removal.scan, told)
        freed += wipe(moved) if moved else 0
    freed += sum(wipe(left.path) for left in plan.leftovers if not is_held(left.path.parent))
    for folder in (store / REMOVED, store / "scans" / ASIDE):
        with suppress(OSError):  # not there, or not empty because somebody put something into it
            folder.rmdir()
    return freed


def _moved(store: Path, scan: StoredScan, told: Said) -> Path | None:
    """Where the folder of a scan lies after it was taken out of `scans`; None if somebody works on it."""
    try:
        lock = ScanLock(scan.folder)
    except StoreError as error:
        told(f"{error}; it stays")
        return None
    try:
        target = _renamed(store, scan)
        for folder in (target.parent, scan.folder.parent):
            _settle(folder)
        return target
    except OSError as error:
        raise refusal(scan.folder, error) or error from error
    finally:
        lock.release()


def _renamed(store: Path, scan: StoredScan) -> Path:
    try:
        return scan.folder.rename(_free(private_folder(store / REMOVED), scan.id))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    return scan.folder.rename(_free(private_folder(scan.folder.parent / ASIDE), scan.id))


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that is not taken, e.g. by what a stopped prune left."""
    number, target = 1, folder / name
    while target.exists():
        number, target = number + 1, folder / f"{name}.{number}"
    return target


def _settle(folder: Path) -> None:
    """Force the names of a folder to the disk: after a power cut the scan is whole or gone, never half of either."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
