"""The scans of a store: those whose folders are there, and those that only the history still knows."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from checker.fleet.history.inventory import is_held
from checker.history.scans import KnownScan, known_scans


class Stands(StrEnum):
    """How a scan stands."""

    FINISHED = "finished"
    RUNNING = "running"
    UNFINISHED = "unfinished"
    UNREADABLE = "unreadable"
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One scan: `as_of` is its inspection clock, ISO 8601; the numbers are of its subjects with a result.

    `known`: the history has it.
    """

    id: str
    kind: str
    based_on: str
    as_of: str
    state: Stands
    profile: str
    subjects: int
    qualified: int
    pending: int
    unqualified: int
    known: bool


def scan_lines(store: Path) -> tuple[ScanLine, ...]:
    """Every scan that is stored or known, newest first by its id. Raises StoreError for a history it cannot read."""
    known = known_scans(store)
    stored = {p.parent.name: p.parent for p in (store / "scans").glob("[!.]*/scan.sqlite")}
    lines = [_stored(folder, known.get(name)) for name, folder in stored.items()]
    lines += [_line(scan, Stands.PRUNED) for name, scan in known.items() if name not in stored]
    return tuple(sorted(lines, key=lambda line: line.id, reverse=True))


def _line(scan: KnownScan, state: Stands, known: bool = True) -> ScanLine:
    return ScanLine(
        scan.id, scan.kind, scan.based_on, scan.as_of, state, scan.profile, scan.subjects, scan.qualified,
        scan.pending, scan.unqualified, known,
    )  # fmt: skip


_COUNTS = (
    "SELECT count(*), coalesce(sum(verdict = 'qualified'), 0), coalesce(sum(verdict = 'pending'), 0), "
    "coalesce(sum(verdict = 'unqualified'), 0) FROM subject"
)


def _stored(folder: Path, known: KnownScan | None) -> ScanLine:
    try:
        with closing(sqlite3.connect(f"{_uri(folder)}?mode=ro", uri=True, timeout=5)) as db:
            info = dict(db.execute("SELECT key, value FROM scan_info"))
            counts = db.execute(_COUNTS).fetchone()
    except sqlite3.Error:
        nothing = KnownScan(folder.name, "", "scan", "", "", 0, 0, 0, 0)
        return _line(known or nothing, Stands.UNREADABLE, known is not None)
    found = KnownScan(
        folder.name, info.get("as_of", ""), info.get("kind", "scan"), info.get("based_on", ""),
        info.get("profile", ""), *counts,
    )  # fmt: skip
    return _line(found, _state(folder, info), known is not None)


def _uri(folder: Path) -> str:
    return (folder / "scan.sqlite").resolve().as_uri()


def _state(folder: Path, info: dict[str, str]) -> Stands:
    if is_held(folder):
        return Stands.RUNNING
    return Stands.FINISHED if info.get("finished_at") else Stands.UNFINISHED


@dataclass(frozen=True, slots=True)
class Strangers:
    """Finished scans of a store, and those of them that its history does not know."""

    finished: int
    unknown: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.unknown) == self.finished:
            return f"knows none of the {self.finished} stored scans"
        return f"does not know {len(self.unknown)} of the {self.finished} stored scans"


def strangers(store: Path) -> Strangers:
    """Which finished scans the history does not know: it was lost or cut off, and what was notified with it."""
    finished = [line for line in scan_lines(store) if line.state is Stands.FINISHED]
    return Strangers(len(finished), tuple(line.id for line in finished if not line.known))
