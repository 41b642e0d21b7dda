"""What stands in a store: its scans, whatever schema they were written with, and what earlier runs left behind."""

import fcntl
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from checker.config import SHANGHAI
from checker.fetch.archive.index import PARTS, WARC
from checker.fleet.history.wiping import size_of
from checker.history.others import OF_OTHERS

REMOVED = "removed"
"""Folder of the store to which a scan goes before it is wiped: half wiped, it must not look like a scan."""

ASIDE = ".removed"
"""The same in `scans`, for where that lies on another file system: no folder can be renamed from one to the other."""


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A folder under `scans`.

    `as_of` is its inspection clock. `ended` is None of a scan that did not come to its end, or that cannot be read.
    `moment`: when it ended, else when it was last written. `whole`: it looked at a whole registry, not at chosen
    subjects or notified findings only. `notified` are those of the findings asked for that stand in it.
    """

    folder: Path
    as_of: str
    ended: datetime | None
    moment: datetime
    whole: bool
    based_on: str
    keeps_pages: bool
    running: bool
    subjects: frozenset[str]
    notified: frozenset[str]
    bytes: int

    @property
    def id(self) -> str:
        """Its id, which is the name of its folder."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that is of no use to anybody any more, and why."""

    path: Path
    bytes: int
    why: str


def scans_of(store: Path, notified: Collection[str] = ()) -> list[StoredScan]:
    """Every scan of a store, newest first; `notified` are fingerprints that somebody has been told of."""
    folders = [path for path in (store / "scans").glob("[!.]*") if path.is_dir() and not path.is_symlink()]
    found = [_scan(folder, frozenset(notified)) for folder in folders]
    return sorted(found, key=lambda scan: (scan.moment, scan.id), reverse=True)


_SIGHTS = "SELECT fingerprint FROM finding WHERE certainty <> 'unknown'"
"""What could not be decided is no evidence of a finding."""


def _scan(folder: Path, notified: frozenset[str]) -> StoredScan:
    info, subjects, findings = _read(folder / "scan.sqlite")
    ended = _moment(info.get("finished_at", ""))
    whole = info.get("only", "[]") == "[]" and not info.get("based_on")
    return StoredScan(
        folder, info.get("as_of", ""), ended, ended or _touched(folder), whole, info.get("based_on", ""),
        info.get("keep_pages") == "1", is_held(folder), subjects, notified & findings, size_of(folder),
    )  # fmt: skip


def _read(path: Path) -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """What is noted of a scan, its subjects and fingerprints; nothing of a file that cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            info = dict(db.execute("SELECT key, value FROM scan_info"))
            subjects = frozenset(row[0] for row in db.execute("SELECT subject FROM result"))
            return info, subjects, frozenset(row[0] for row in db.execute(_SIGHTS))
    except sqlite3.Error:
        return {}, frozenset(), frozenset()


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _touched(folder: Path) -> datetime:
    """When a scan was last written: its own small file changes with every subject, and with a resume."""
    stamps = [path.stat().st_mtime for path in (folder, folder / "scan.sqlite") if path.exists()]
    return datetime.fromtimestamp(max(stamps, default=0), SHANGHAI)


def is_held(folder: Path) -> bool:
    """Whether a process works on a scan just now; nothing is written for the question."""
    try:
        with (folder / "scan.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def leftovers(store: Path, scans: Collection[StoredScan], pages_before: datetime) -> Iterator[Leftover]:
    """What is of no use any more beside the scans themselves; pages kept for a next scan if older than a moment."""
    for path in sorted((*(store / REMOVED).glob("*"), *(store / "scans" / ASIDE).glob("*"))):
        yield Leftover(path, size_of(path), "an earlier prune was stopped here")
    for scan in scans:
        if not scan.running:
            yield from _of_scan(scan)
    for path in sorted((store / "pages").glob("*")):
        if path.name.endswith(".sqlite.new"):
            yield Leftover(path, size_of(path), "was never written to its end")
        elif datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI) < pages_before:
            yield Leftover(path, size_of(path), "pages kept for a next scan that nobody will compare with any more")


def _of_scan(scan: StoredScan) -> Iterator[Leftover]:
    folder = scan.folder
    useless = [(folder / "politeness", "what workers shared about servers while the scan ran")]
    if scan.ended and not scan.keeps_pages:
        useless.append((folder / "spool", "answers of a scan that is finished"))
    if scan.ended and (folder / WARC).exists():
        useless.append((folder / PARTS, "stands in the one archive of the scan too"))
    for path, why in useless:
        if path.exists():
            yield Leftover(path, size_of(path), why)


@dataclass(frozen=True, slots=True)
class Called:
    """What the stored scans tell of those whom the history knows by id only: names of subjects, titles of rules.

    `merits` are rules that earn points, `others` those that speak of other findings.
    """

    names: dict[str, str]
    titles: dict[str, str]
    merits: frozenset[str]
    others: frozenset[str]


_OTHERS = """
SELECT DISTINCT json_extract(a.value, '$.rule') FROM (SELECT body FROM result LIMIT 1) r,
json_each(r.body, '$.assessments') a WHERE json_extract(a.value, '$.of_others')
"""
"""Every result holds every rule: one of them tells."""


def called(store: Path) -> Called:
    """What the stored scans tell, as far as they can be read; the newest counts."""
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    effects: dict[str, str] = {}
    others = set(OF_OTHERS)
    for path in sorted((store / "scans").glob("*/scan.sqlite")):
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            names |= dict(db.execute("SELECT id, name FROM subject"))
            titles |= dict(db.execute("SELECT DISTINCT rule, title FROM assessment"))
            effects |= dict(db.execute("SELECT DISTINCT rule, effect FROM assessment"))
            others |= {rule for (rule,) in db.execute(_OTHERS)}
    merits = frozenset(rule for rule, effect in effects.items() if effect == "bonus")
    return Called(names, titles, merits, frozenset(others))


_ALIKE = 5


def alike(wanted: str, known: Mapping[str, str]) -> str:
    """What may have been meant, as the end of a message: ids that begin so, and ids and names that read alike."""
    folded = wanted.casefold()
    begin = [i for i, name in known.items() if i.casefold().startswith(folded) or folded in name.casefold()]
    close = get_close_matches(folded, known, _ALIKE, 0.5)
    close += [i for i, name in known.items() if name in get_close_matches(wanted, known.values(), _ALIKE, 0.5)]
    found = list(dict.fromkeys([*sorted(begin), *close]))[:_ALIKE]
    told = (f"{i} {known[i]}".strip() for i in found)
    return f"; close are {'、'.join(told)}" if found else ""
