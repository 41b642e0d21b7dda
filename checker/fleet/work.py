"""Subjects mapped over an executor: this process, several local ones, or the workers of a cluster.

Subjects that share a politeness key go to one worker, so that limits per host hold whatever the number of workers.
"""

import asyncio
import signal
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from typing import Any

from checker.errors import MachineError
from checker.fetch import Fetcher, FetchSettings
from checker.fleet.events import Event, Progressed
from checker.fleet.judged import judged, unknown_of
from checker.fleet.keys import groups
from checker.fleet.order import Order
from checker.model.results import SubjectResult
from checker.rules import RuleSet
from checker.scan import Clockwork, Task, gather

SUBJECTS_AT_ONCE = 16
"""Subjects that one process gathers at the same time; each host still has its own limits."""

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
        with _processes(order.workers) as executor:
            yield executor
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


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    strangers = set(active_children())
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent)
    try:
        yield executor
    except BaseException:  # stopped: what the workers have written is kept, what they still do is not waited for
        executor.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - strangers:
            child.terminate()
        raise
    executor.shutdown()


def _leave_ctrl_c_to_the_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the parent ends its workers, without their tracebacks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
        try:
            _wind_up(loop)
            if job.done() and not job.cancelled():
                job.exception()  # heard, where it was raised already or a Ctrl-C goes before it
        finally:
            loop.close()


def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel whatever still runs. A Ctrl-C that a task was hit by comes up once more here, and is known already."""
    while pending := asyncio.all_tasks(loop):
        for task in pending:
            task.cancel()
        with suppress(KeyboardInterrupt):
            loop.run_until_complete(_all_over(pending))


async def _all_over(pending: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*pending, return_exceptions=True)


def _work_bundle(bundle: _Bundle) -> list[SubjectResult]:
    """A worker's whole job; runs in another process or on another machine."""
    return list(_in_process(bundle, lambda _: None))


async def _run_bundle(
    bundle: _Bundle, results: "asyncio.Queue[SubjectResult | None]", progress: Callable[[str, int, str], None]
) -> None:
    gate, bench = asyncio.Semaphore(SUBJECTS_AT_ONCE), asyncio.Lock()

    async def one(task: Task, fetch: Fetcher) -> None:
        async with gate:
            problem = await _gathered(task, bundle, fetch, progress)
            async with bench:  # one at a time: side by side they would only take each other's seconds
                result = await asyncio.to_thread(_judged, task, bundle.rules, problem)
            await results.put(result)

    try:
        async with Fetcher(bundle.fetch) as fetch, asyncio.TaskGroup() as group:
            for task in bundle.tasks:
                group.create_task(one(task, fetch))
    finally:
        await results.put(None)


async def _gathered(task: Task, bundle: _Bundle, fetch: Fetcher, progress: Callable[[str, int, str], None]) -> str:
    """Gather one subject; what went wrong, '' if nothing: it stays with the subject."""
    try:
        await gather(task, fetch, bundle.clock, progress)
    except Exception as error:  # one subject must never take the scan down
        return f"采集中断：{type(error).__name__}: {error}"
    return ""


def _judged(task: Task, rules: RuleSet, problem: str) -> SubjectResult:
    return judged(task.facts, task.context, rules, unknown_of(task.subject), (problem,) if problem else ())
