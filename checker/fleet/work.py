"""Subjects mapped over an executor: this process, several local ones, or the workers of a cluster.

Subjects that share a politeness key go to one worker, so that limits per host hold whatever the number of workers.
"""

import asyncio
import shutil
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

from checker.errors import MachineError
from checker.facts.refusal import refusal
from checker.fetch import Chromium, Fetcher, FetchSettings, Network, available, with_evidence
from checker.fleet.events import Event, Progressed, Requested
from checker.fleet.judged import judged, unknown_of
from checker.fleet.keys import groups, rates_of, resolved, with_references
from checker.fleet.order import Order
from checker.model.results import SubjectResult
from checker.registry import registered_hosts
from checker.rules import RuleSet
from checker.scan import Clockwork, Task, gather
from checker.scan.hours import hours_of, until_open

SUBJECTS_AT_ONCE = 16
"""Subjects that one process gathers at the same time; each host still has its own limits."""

_END_SECONDS = 5

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What ends a scan after its last step."""

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Bundle:
    """What one worker gets: subjects that belong together, and all it needs to know."""

    tasks: tuple[Task, ...]
    rules: RuleSet
    fetch: FetchSettings
    clock: Clockwork


def work(order: Order, tasks: list[Task], listen: Listener) -> Generator[SubjectResult, None, None]:
    """Results of all tasks as they come, from this process or from an executor's workers."""
    clock = Clockwork.starting(order.as_of)
    registered = order.fetch.allowed_private | registered_hosts(order.registry)
    fetch = replace(order.fetch, allowed_private=registered, rates=rates_of(order.registry.subjects))
    fetch = with_references(fetch, (t.subject for t in tasks))
    order = replace(order, fetch=fetch)
    if order.executor == "local" and order.workers <= 1:
        yield from _in_process(_Bundle(tuple(tasks), order.rules, order.fetch, clock), listen)
        return
    if not tasks:
        return
    fetch = replace(order.fetch, ledger=tasks[0].facts.parent.parent / "politeness")
    bundles = [_Bundle(tuple(g), order.rules, fetch, clock) for g in groups(tasks, _addresses(order, tasks))]
    with _executor(order) as executor, _removed_at_the_end(fetch.ledger):
        futures = [executor.submit(_work_bundle, bundle) for bundle in bundles]
        try:
            for future in as_completed(futures):
                results, requested = future.result()
                listen(requested)
                yield from results
        except BrokenExecutor as error:
            raise MachineError("a worker process died; `checker scan --resume` goes on without what it had") from error


@contextmanager
def _removed_at_the_end(ledger: Path | None) -> Iterator[None]:
    """What workers share about hosts, foreign ones included, is of no use to anybody after the scan."""
    try:
        yield
    finally:
        if ledger is not None:
            shutil.rmtree(ledger, ignore_errors=True)


def _addresses(order: Order, tasks: list[Task]) -> dict[str, tuple[str, ...]]:
    """The servers behind the registered hosts; under --connect-to the hosts themselves count."""
    if order.fetch.connect_to:
        return {}
    return resolved((task.subject for task in tasks), Network(order.fetch))


@contextmanager
def _executor(order: Order) -> Iterator[Executor]:
    """Local processes, or the workers of a Dask cluster that share the store's file system."""
    if order.executor == "local":
        with _processes(order.workers) as executor:
            yield executor
        return
    address = order.executor.removeprefix("dask=")
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MachineError("--executor dask needs the extra: pip install '.[dask]'") from error
    try:
        with Client(address, timeout=10) as client:  # type: ignore[no-untyped-call]
            yield client.get_executor()
    except OSError as error:
        raise MachineError(f"--executor dask={address}: no scheduler answers there ({error})") from error


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    strangers = set(active_children())
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent)
    try:
        yield executor
    except BaseException:  # stopped: what the workers have written is kept, what they still do is not waited for
        executor.shutdown(wait=False, cancel_futures=True)
        ended = set(active_children()) - strangers
        for child in ended:
            child.terminate()
        for child in ended:
            child.join(_END_SECONDS)
        raise
    executor.shutdown()


def _leave_ctrl_c_to_the_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the parent ends its workers, without their tracebacks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_process(bundle: _Bundle, listen: Listener) -> Iterator[SubjectResult]:
    """Run a bundle on an event loop of our own and hand each result over as soon as it is there."""
    loop = asyncio.new_event_loop()
    results: deque[SubjectResult] = deque()

    def hand_over(result: SubjectResult) -> None:
        results.append(result)
        loop.stop()

    job = loop.create_task(_run_bundle(bundle, hand_over, listen))
    job.add_done_callback(lambda _: loop.stop())
    try:
        while not job.done():
            _run_until_stopped(loop)
            while results:
                yield results.popleft()
        _heard(job)
    finally:
        try:
            _wind_up(loop)
            if job.done() and not job.cancelled():
                job.exception()  # heard, where it was raised already or a signal goes before it
        finally:
            loop.close()


def _heard(job: asyncio.Task[None]) -> None:
    """Raise what ended the job; what the person must be told stands alone, not in a group."""
    try:
        job.result()
    except ExceptionGroup as group:
        raise next((e for e in group.exceptions if isinstance(e, MachineError)), group) from None


def _run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    """Run the loop until it is stopped, by a result or by a signal.

    A signal's exception is raised between two steps of the loop, never in the middle of one: there it could fall
    between the making of a coroutine and its awaiting, or into a callback that swallows it.
    """
    met: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        met.append(number)
        loop.call_soon_threadsafe(loop.stop)

    before = {s: signal.signal(s, stop) for s in SIGNALS} if current_thread() is main_thread() else {}
    try:
        loop.run_forever()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if met:
        signal.raise_signal(met[0])


def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel whatever still runs. A second Ctrl-C is known already."""
    while pending := asyncio.all_tasks(loop):
        for task in pending:
            task.cancel()
        over = loop.create_task(_all_over(pending))
        over.add_done_callback(lambda _: loop.stop())
        while not over.done():  # a stop that was asked for before may come first
            with suppress(KeyboardInterrupt):
                loop.run_forever()


async def _all_over(pending: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*pending, return_exceptions=True)


def _work_bundle(bundle: _Bundle) -> tuple[list[SubjectResult], Requested]:
    """A worker's whole job; runs in another process or on another machine."""
    events: deque[Event] = deque(maxlen=1)
    results = list(_in_process(bundle, events.append))
    last = events.pop() if events else None
    return results, last if isinstance(last, Requested) else Requested({})


async def _run_bundle(bundle: _Bundle, hand_over: Callable[[SubjectResult], None], listen: Listener) -> None:
    def progress(subject: str, pages: int, doing: str) -> None:
        listen(Progressed(subject, pages, doing))

    gate, bench = asyncio.Semaphore(SUBJECTS_AT_ONCE), asyncio.Lock()

    async def one(task: Task, fetch: Fetcher, browser: Chromium | None) -> None:
        if task.waits:  # without a seat: whoever may be asked now goes first
            await until_open(hours_of(task.subject, bundle.fetch), lambda doing: progress(task.subject.id, 0, doing))
        async with gate:
            problem = await _gathered(task, bundle, fetch, progress, browser)
            async with bench:  # one at a time: side by side they would only take each other's seconds
                result = await asyncio.to_thread(_judged, task, bundle, problem)
            hand_over(result)

    async with Fetcher(bundle.fetch) as fetch:
        async with Chromium() as chromium, asyncio.TaskGroup() as group:
            browser = None if available() else chromium
            for task in bundle.tasks:
                group.create_task(one(task, fetch, browser))
        listen(Requested(fetch.statistics()))


async def _gathered(
    task: Task, bundle: _Bundle, fetch: Fetcher, progress: Callable[[str, int, str], None], browser: Chromium | None
) -> str:
    """Gather one subject; what went wrong, '' if nothing: it stays with the subject."""
    try:
        await gather(task, fetch, bundle.clock, progress, browser)
    except MachineError:  # a full disk is no fault of the subject
        raise
    except Exception as error:  # one subject must never take the scan down
        if refused := refusal(task.facts, error):
            raise refused from error
        return f"采集中断：{type(error).__name__}: {error}"
    return ""


def _judged(task: Task, bundle: _Bundle, problem: str) -> SubjectResult:
    problems = (problem,) if problem else ()
    result = judged(task.facts, task.context, bundle.rules, unknown_of(task.subject), problems, task.focus)
    return with_evidence(task.archive, result, bundle.fetch.user_agent) if task.archive else result
