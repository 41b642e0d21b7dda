"""A judged scan into the history of its store, and the trend out of it."""

import json
from collections.abc import Collection
from pathlib import Path

from checker.errors import StoreError
from checker.fleet.store import ScanReader, subject_file
from checker.fleet.stored import read_whole
from checker.history import list_entries, past_results, record_scan
from checker.model.results import Past, Scan


def store_of(scan: ScanReader) -> Path:
    """The store that holds the scan's folder."""
    return scan.folder.parent.parent


def remember(opened: ScanReader, scan: Scan) -> None:
    """Record a finished scan, or record it again after it was judged anew. Raises StoreError, MachineError."""
    folder = opened.folder
    sites = [s for s in scan.subjects if s.kind == "site"]
    cut_short = {s.id for s in sites if s.problems or not read_whole(folder, s.id)}
    seen = {s.id: list_entries(subject_file(folder, "facts", s.id)) for s in sites}
    entries = {subject: found for subject, found in seen.items() if found is not None}
    record_scan(store_of(opened), scan, cut_short, is_partial(opened.info()), entries)


def is_partial(info: dict[str, str]) -> bool:
    """Whether a scan was of some subjects only (--only), by what is noted of it."""
    return bool(json.loads(info.get("only", "[]")))


def trend_of(opened: ScanReader, scan: Scan, only: Collection[str] = ()) -> tuple[Past, ...]:
    """Earlier scans, of the subjects of `scan` alone where it does not hold the whole registry, as a recheck.

    A report is made from its own scan: it can do without a history that is damaged or of a newer version, so there
    is no trend then. Whoever writes the history is told.
    """
    some = only or scan.kind == "recheck" or is_partial(opened.info())
    try:
        return past_results(store_of(opened), scan, [s.id for s in scan.subjects] if some else ())
    except StoreError:
        return ()
