"""A whole scan: cut contexts, map subjects over an executor, merge each result as it comes, remember the scan.

Subjects that share a politeness key go to one worker, so that limits per host hold whatever the number of workers.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import active_children, get_context
from pathlib import Path

from checker import __version__
from checker.config import SHANGHAI, Budget
from checker.errors import MachineError, UsageError
from checker.fetch import Fetcher, FetchSettings
from checker.fleet.events import Event, Finished, Progressed, Started
from checker.fleet.keys import groups
from checker.fleet.store import ScanStore, latest, new_id, subject_file
from checker.history import ContextCutter, record_scan
from checker.model.registry import Registry, Site, Subject
from checker.model.results import Decided, RuleSetInfo, Scan, Score, SubjectResult, Verdict
from checker.model.rules import Profile
from checker.rules import RuleSet
from checker.scan import Clockwork, Task, gather, judge
from checker.score import summary_of, units_of

SUBJECTS_AT_ONCE = 16
"""Subjects that one process gathers at the same time; each host still has its own limits."""

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a scan is started with."""

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


@dataclass(frozen=True, slots=True)
class _Bundle:
    """What one worker gets: subjects that belong together, and all it needs to know."""

    tasks: tuple[Task, ...]
    rules: RuleSet
    fetch: FetchSettings
    clock: Clockwork


def run(order: Order, listen: Listener) -> Scan:
    """Scan every chosen subject; returns the finished scan, which is also in the store.

    A kill at any moment leaves a store that `resume` goes on with. Raises UsageError, StoreError, MachineError.
    """
    subjects = chosen(order.registry, order.only)
    real = datetime.now(SHANGHAI)
    stopped = latest(order.store, unfinished=True) if order.resume else None
    scan_id = stopped or new_id(real, order.store)
    store = ScanStore(order.store / "scans" / scan_id, create=True)
    try:
        order = _begin(store, order, scan_id, real, subjects)
        done = store.finished()
        info = RuleSetInfo(order.rules.profile.name, order.rules.profile.version, order.rules.sha256)
        as_of = order.as_of.isoformat()
        sites = sum(isinstance(s, Site) for s in subjects)
        started_at = store.info()["started_at"]
        listen(Started(scan_id, started_at, as_of, info, sites, len(subjects) - sites, len(done), stopped is not None))
        tasks = _tasks(order, store.folder, [s for s in subjects if s.id not in done])
        positions = {s.id: n for n, s in enumerate(subjects)}
        for result in _work(order, tasks, listen):
            store.merge(positions[result.id], result)
            listen(Finished(result))
        store.note(finished_at=datetime.now(SHANGHAI).isoformat(timespec="seconds"))
        scan = assemble(store)
    finally:
        store.close()
    record_scan(order.store, scan)
    return scan


def chosen(registry: Registry, only: tuple[str, ...]) -> list[Subject]:
    """The subjects to scan, in the order of the registry; raises UsageError for an id that is not registered."""
    known = {s.id for s in registry.subjects}
    for subject_id in only:
        if subject_id not in known:
            raise UsageError(f"--only {subject_id}: no site or account of this id is registered")
    return [s for s in registry.subjects if not only or s.id in only]


def _registry_digest(subjects: list[Subject]) -> str:
    text = "\n".join(s.model_dump_json() for s in subjects)
    return hashlib.sha256(text.encode()).hexdigest()


def _begin(store: ScanStore, order: Order, scan_id: str, real: datetime, subjects: list[Subject]) -> Order:
    """Note a new scan, or take the clock of the one that is gone on with; it must ask for the same."""
    wanted = {"registry_sha256": _registry_digest(subjects), "rules_sha256": order.rules.sha256}
    info = store.info()
    if not info:
        store.note(
            id=scan_id, started_at=real.isoformat(timespec="seconds"), as_of=order.as_of.isoformat(),
            tool_version=__version__, **(rules_note(order.rules) | wanted),
        )  # fmt: skip
        return order
    for key, value in wanted.items():
        if info[key] != value:
            what = "registry" if key.startswith("registry") else "rules"
            raise UsageError(f"--resume: the {what} changed since scan {scan_id} began; scan without --resume")
    return replace(order, as_of=datetime.fromisoformat(info["as_of"]))


def rules_note(rules: RuleSet) -> dict[str, str]:
    """Which rules judge, as noted in scan.sqlite: enough to render the scan years later without them."""
    profile = rules.profile
    return {
        "profile": profile.name, "rules_version": profile.version, "rules_sha256": rules.sha256,
        "profile_body": profile.model_dump_json(exclude_none=True),
    }  # fmt: skip


def _tasks(order: Order, folder: Path, subjects: list[Subject]) -> list[Task]:
    cutter = ContextCutter(order.store, order.registry, order.as_of.date())
    tasks = []
    for subject in subjects:
        context = subject_file(folder, "context", subject.id)
        facts = subject_file(folder, "facts", subject.id)
        if not (facts.exists() and context.exists()):
            cutter.cut(subject, context)
        tasks.append(Task(subject, facts, context, order.budget))
    return tasks


def _work(order: Order, tasks: list[Task], listen: Listener) -> Iterator[SubjectResult]:
    """Results of all tasks as they come, from this process or from an executor's workers."""
    clock = Clockwork.starting(order.as_of)
    if order.executor == "local" and order.workers <= 1:
        yield from _in_process(_Bundle(tuple(tasks), order.rules, order.fetch, clock), listen)
        return
    bundles = [_Bundle(tuple(g), order.rules, order.fetch, clock) for g in groups(tasks)]
    with _executor(order) as executor:
        futures = [executor.submit(_work_bundle, bundle) for bundle in bundles]
        try:
            for future in as_completed(futures):
                yield from future.result()
        except BrokenExecutor as error:
            raise MachineError("a worker process died; `checker scan --resume` goes on without what it had") from error


@contextmanager
def _executor(order: Order) -> Iterator[Executor]:
    """Local processes, or the workers of a Dask cluster that share the store's file system."""
    if order.executor == "local":
        executor = ProcessPoolExecutor(order.workers, mp_context=get_context("spawn"))
        try:
            yield executor
        except BaseException:  # stopped: what the workers have written is kept, what they still do is not waited for
            executor.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.terminate()
            raise
        executor.shutdown()
        return
    address = order.executor.removeprefix("dask=")
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MachineError("--executor dask needs the extra: pip install 'checker[dask]'") from error
    try:
        with Client(address, timeout=10) as client:  # type: ignore[no-untyped-call]
            yield client.get_executor()
    except OSError as error:
        raise MachineError(f"--executor dask={address}: no scheduler answers there ({error})") from error


def _in_process(bundle: _Bundle, listen: Listener) -> Iterator[SubjectResult]:
    """Run a bundle on an event loop of our own and hand each result over as soon as it is there."""
    loop = asyncio.new_event_loop()
    queue: asyncio.Queue[SubjectResult | None] = asyncio.Queue()
    job = loop.create_task(_run_bundle(bundle, queue, lambda s, n, d: listen(Progressed(s, n, d))))
    try:
        while (result := loop.run_until_complete(queue.get())) is not None:
            yield result
        loop.run_until_complete(job)
    finally:
        job.cancel()
        loop.run_until_complete(asyncio.gather(job, return_exceptions=True))
        loop.close()


def _work_bundle(bundle: _Bundle) -> list[SubjectResult]:
    """A worker's whole job; runs in another process or on another machine."""
    return list(_in_process(bundle, lambda _: None))


async def _run_bundle(
    bundle: _Bundle, results: "asyncio.Queue[SubjectResult | None]", progress: Callable[[str, int, str], None]
) -> None:
    gate = asyncio.Semaphore(SUBJECTS_AT_ONCE)

    async def one(task: Task, fetch: Fetcher) -> None:
        async with gate:
            await results.put(await _one(task, bundle, fetch, progress))

    try:
        async with Fetcher(bundle.fetch) as fetch, asyncio.TaskGroup() as group:
            for task in bundle.tasks:
                group.create_task(one(task, fetch))
    finally:
        await results.put(None)


async def _one(task: Task, bundle: _Bundle, fetch: Fetcher, progress: Callable[[str, int, str], None]) -> SubjectResult:
    """One subject; whatever goes wrong in it stays with it and never turns into a pass."""
    problem = ""
    running = task.subject.status != "closed"
    try:
        await gather(task, fetch, bundle.clock, progress)
    except Exception as error:  # one subject must never take the scan down
        problem = f"采集中断：{type(error).__name__}: {error}"
    try:
        result = judge(task.facts, task.context, bundle.rules)
    except Exception as error:  # e.g. its facts file could not be made at all
        problem = problem or f"评估中断：{type(error).__name__}: {error}"
        result = _nothing_known(task.subject, running)
    if not problem:
        return result
    verdict = Verdict.PENDING if running and result.verdict is not Verdict.UNQUALIFIED else result.verdict
    return replace(result, verdict=verdict, problems=(*result.problems, problem))


def _nothing_known(subject: Subject, running: bool) -> SubjectResult:
    site = isinstance(subject, Site)
    url, platform = (subject.url, "") if isinstance(subject, Site) else ("", subject.platform)
    return SubjectResult(
        "site" if site else "account", subject.id, subject.name, url, platform, subject.organizer, subject.unit,
        subject.group, subject.status, Verdict.PENDING if running else None, None, Decided(0, 0, (), ()), Score(), (),
    )  # fmt: skip


def assemble(store: ScanStore) -> Scan:
    """The one result object, from what the store holds."""
    info = store.info()
    results = store.results()
    finished = info.get("finished_at", "")
    rules = RuleSetInfo(info["profile"], info["rules_version"], info["rules_sha256"])
    units = units_of(results, Profile.model_validate_json(info["profile_body"]))
    return Scan(
        info["id"], info["started_at"], finished or info["started_at"], info["as_of"], info["tool_version"],
        rules, results, units, summary_of(results, "site"), summary_of(results, "account"), complete=bool(finished),
    )  # fmt: skip
