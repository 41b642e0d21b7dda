"""A whole scan: cut contexts, map subjects over an executor, merge each result as it comes, remember the scan."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from checker.config import SHANGHAI
from checker.errors import StoreError
from checker.fetch import Places, merge_evidence
from checker.fetch.archive.index import drop_parts
from checker.fetch.archive.pages import drop_outdated
from checker.fetch.archive.warc import info_record
from checker.fleet.begun import Begun, check_unchanged, note_beginning, stopped_scan
from checker.fleet.events import Finished, Started, Waiting
from checker.fleet.lock import StoreLock
from checker.fleet.order import Order, chosen
from checker.fleet.remember import remember, trend_of
from checker.fleet.store import ScanReader, ScanStore, subject_file
from checker.fleet.stored import new_id
from checker.fleet.suppressions import suppressions_note, suppressions_used
from checker.fleet.work import Listener, work
from checker.history import ContextCutter, refuse_unusable
from checker.model.registry import Site, Subject
from checker.model.results import RuleSetInfo, Scan
from checker.model.rules import Profile
from checker.scan import Task
from checker.score import summary_of, units_of


def run(order: Order, listen: Listener) -> Scan:
    """Scan every chosen subject; returns the finished scan, which is also in the store.

    A kill at any moment leaves a store that `resume` goes on with. Raises UsageError, StoreError, MachineError.
    """
    real = datetime.now(SHANGHAI)
    begun = stopped_scan(order.store) if order.resume else None
    if begun:
        order = begun.applied(order, real)
    else:
        chosen(order.registry, order.only)  # said before a store is made
    with StoreLock(order.store, order.lock_seconds, "scan", lambda holder: listen(Waiting(holder))):
        refuse_unusable(order.store)
        return _run(order, begun, listen, real)


def _run(order: Order, begun: Begun | None, listen: Listener, real: datetime) -> Scan:
    scan_id = begun.id if begun else new_id(real, order.store)
    store = ScanStore(order.store / "scans" / scan_id, create=begun is None)
    try:
        if begun:
            check_unchanged(store, order)
            store.note(suppressions=suppressions_note(order.rules.suppressions))  # those given now hold
        else:
            note_beginning(store, order, scan_id, real)
        _work_through(store, order, listen)
        return _concluded(store, order)
    finally:
        store.close()


def _work_through(store: ScanStore, order: Order, listen: Listener) -> None:
    """Gather and judge every subject that has no result yet."""
    subjects, done, info = chosen(order.registry, order.only), store.finished(), store.info()
    sites = sum(isinstance(s, Site) for s in subjects)
    listen(
        Started(info["id"], info["started_at"], info["as_of"], _rules_of(info), sites, len(subjects) - sites, len(done))
    )
    tasks = _tasks(order, store.folder, [s for s in subjects if s.id not in done])
    positions = {s.id: n for n, s in enumerate(subjects)}
    with closing(work(order, tasks, listen)) as results:
        for result in results:
            merged = store.merge(positions[result.id], result)
            places_of(order, store.folder, result.id).drop_spool()
            listen(Finished(merged))


def _concluded(store: ScanStore, order: Order) -> Scan:
    """Remember the scan first and note its end last: a kill between the two repeats it and loses nothing."""
    finished_at = datetime.now(SHANGHAI).isoformat(timespec="seconds")
    scan = assemble(store, finished_at=finished_at)
    remember(store, scan)
    gather_evidence(store, scan)
    store.note(finished_at=finished_at)
    for subject in scan.subjects:  # a kill may have come between a result and the drop of its spool
        places_of(order, store.folder, subject.id).drop_spool()
    drop_parts(store.folder)
    drop_outdated(order.store / "pages", datetime.now(SHANGHAI))
    return scan


def gather_evidence(store: ScanStore, scan: Scan) -> None:
    """Put the evidence of all subjects into one archive."""
    notes = {
        "software": f"checker/{scan.tool_version}", "format": "WARC File Format 1.1", "scan": scan.id,
        "as-of": scan.as_of, "rules": f"{scan.rules.profile} {scan.rules.version} {scan.rules.sha256}",
    }  # fmt: skip
    merge_evidence(store.folder, [s.id for s in scan.subjects], info_record(scan.id, scan.started_at, notes))


def places_of(order: Order, folder: Path, subject: str) -> Places:
    """Where answers for a subject are kept: its spool and evidence with the scan, its pages for the next one."""
    return Places(
        subject_file(folder, "spool", subject), order.store / "pages" / f"{subject}.sqlite",
        folder / "evidence" / f"{subject}.warc.gz", order.fresh, order.keep_pages,
    )  # fmt: skip


def _tasks(order: Order, folder: Path, subjects: list[Subject]) -> list[Task]:
    cutter = ContextCutter(order.store, order.registry, order.as_of.date())
    tasks = []
    for subject in subjects:
        context = subject_file(folder, "context", subject.id)
        facts = subject_file(folder, "facts", subject.id)
        if not (facts.exists() and context.exists()):
            cutter.cut(subject, context)
        places, lists = places_of(order, folder, subject.id), order.rules.lexicons
        tasks.append(Task(subject, facts, context, order.budget, places, order.wait, lists))
    return tasks


def _rules_of(info: dict[str, str]) -> RuleSetInfo:
    return RuleSetInfo(info["profile"], info["rules_version"], info["rules_sha256"])


def assemble(store: ScanReader, only: Collection[str] = (), finished_at: str = "") -> Scan:
    """The one result object, from what the store holds, of the subjects in `only` (empty = all).

    `finished_at` is for a scan that ends just now. Raises StoreError for a scan that had only just begun.
    """
    info = store.info()
    if "profile_body" not in info:
        raise StoreError(f"scan {store.folder.name} had only just begun and holds nothing; name another with --scan")
    results = tuple(r for r in store.results() if not only or r.id in only)
    finished = info.get("finished_at", finished_at)
    units = units_of(results, Profile.model_validate_json(info["profile_body"]))
    scan = Scan(
        info["id"], info["started_at"], finished or info["started_at"], info["as_of"], info["tool_version"],
        _rules_of(info), results, units, summary_of(results, "site"), summary_of(results, "account"),
        complete=bool(finished), kind=info.get("kind", "scan"), based_on=info.get("based_on", ""),
    )  # fmt: skip
    return replace(scan, trend=trend_of(store, scan, only), suppressions=suppressions_used(info, results))
