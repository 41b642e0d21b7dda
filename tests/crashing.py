"""Scans that are killed without warning: what the killed process runs, and what a store holds when all is over.

The processes come from a fork server that has loaded the program already, so a kill costs no fresh start of Python.
"""

import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from checker import cli
from checker.demo import CityServer
from checker.facts.schema import specs, table_of
from checker.fleet import Order, run
from checker.loopback import Reply
from checker.model.facts import FACTS, Clock, Workday
from checker.model.results import Scan
from tests.scanning import html, national, order, site

SITES = ("www.one.example", "www.two.example")
PAGES = 40
NOBODY = "::127.0.0.1:1"
"""Where nobody listens: a scan of it is soon over."""

SEEN = {"seen_at", "checked_at", "confirmed_at", "elapsed_ms"}
"""Columns that say when something was seen or how long it took: they differ between any two scans."""

_FILE_WORK = ("open", "sqlite3.connect", "os.", "shutil.", "fcntl.")
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.crashing"])
national()  # read once, before the fork server forks


def city() -> dict[str, dict[str, Reply]]:
    """Sites of a home page and many small ones, a missing page on each."""
    hosts = {}
    for host in SITES:
        items = "".join(f'<li><a href="/n{n}.html">关于第{n}号工作的通知</a>2021-11-01</li>' for n in range(PAGES))
        pages = {f"/n{n}.html": html(f"<h1>关于第{n}号工作的通知</h1><p>正文{n}</p>") for n in range(PAGES)}
        hosts[host] = {"/": html(f'<ul>{items}<li><a href="/gone.html">已删除</a></li></ul>'), **pages}
    return hosts


class _There:
    def __init__(self, connect_to: str) -> None:
        self.connect_to = connect_to


def order_at(connect_to: str, store: Path, resume: bool = False) -> Order:
    """The scan of the city behind `connect_to`."""
    there: Any = _There(connect_to)
    return replace(order(there, store, [site(host) for host in SITES]), resume=resume)


@dataclass(frozen=True)
class Moment:
    """When a process is killed: at the nth request that it makes, event that it tells or file that it touches."""

    of: str
    number: int


@dataclass
class Doomed:
    """A city that kills whoever scans it, at a moment that was agreed before."""

    server: CityServer
    moment: Moment = field(default_factory=lambda: Moment("nothing", 0))
    _seen: int = 0
    _victim: Callable[[], None] | None = None
    _lock: Lock = field(default_factory=Lock)

    def count(self, of: str) -> None:
        """One more request or event; the victim dies at the one agreed."""
        with self._lock:
            if of != self.moment.of or self._victim is None:
                return
            self._seen += 1
            if self._seen == self.moment.number:
                self._victim()

    def scan(self, store: Path, resume: bool, moment: Moment) -> str:
        """Scan in a process of its own that dies at `moment`; `killed`, or `done` if it came to its end before."""
        mine, its = _PROCESSES.Pipe()
        process = _PROCESSES.Process(target=_scan, args=(self.server.connect_to, store, resume, moment, its))
        self.moment, self._seen = moment, 0
        process.start()
        its.close()
        with self._lock:
            self._victim = process.kill
        with mine:
            said = self._listen(mine)
        process.join()
        with self._lock:
            self._victim = None
        if process.exitcode == -signal.SIGKILL:
            return "killed"
        assert process.exitcode == 0, said
        return "done"

    def _listen(self, events: Connection) -> str:
        said = ""
        try:
            while True:
                said = events.recv()
                self.count("event")
        except (EOFError, ConnectionResetError):
            return said


class Watched(CityServer):
    """A city that tells of each request before it answers."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__(hosts=city())
        self._tell = tell

    def reply(self, host: str, path: str) -> Reply:
        """Tell, then answer."""
        self._tell()
        return super().reply(host, path)


def _scan(connect_to: str, store: Path, resume: bool, moment: Moment, events: Connection) -> None:
    """What the victim does; runs in its own process."""
    if moment.of == "file":
        _die_at_file(moment.number, str(store))
    try:
        run(order_at(connect_to, store, resume), lambda event: events.send(type(event).__name__))
    except Exception as error:
        events.send(f"{type(error).__name__}: {error}")
        sys.exit(1)


def _die_at_file(number: int, store: str) -> None:
    """Kill this process at the nth time that it opens, makes, moves or removes something in the store."""
    left = number

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event.startswith(_FILE_WORK) and any(store in str(argument) for argument in arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def ends_with(store: Path, said: Path, *, resume: bool = False, bytes_of_a_file: int = 0, user: int = 0) -> str:
    """Scan nothing that answers, in a process of its own, and tell how it ends: the exit code and the last words.

    It can make no file larger than `bytes_of_a_file` (0 = any), and runs as `user` where that is not 0.
    """
    process = _PROCESSES.Process(target=_limited, args=(store, said, resume, bytes_of_a_file, user))
    process.start()
    process.join()
    return f"{process.exitcode} {said.read_text('utf-8')}"


def _limited(store: Path, said: Path, resume: bool, bytes_of_a_file: int, user: int) -> None:
    with said.open("wb") as stderr:
        os.dup2(stderr.fileno(), sys.stderr.fileno())
    if user:
        os.setuid(user)
    if bytes_of_a_file:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as a full disk: an error, not the end
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_of_a_file, bytes_of_a_file))
    cli.app = lambda: run(order_at(NOBODY, store, resume), lambda _: None)  # type: ignore[assignment]
    cli.main()


def facts_of(folder: Path, subject: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a subject's facts file but times: addresses as text, in an order of no meaning."""
    with closing(sqlite3.connect(folder / "facts" / f"{subject}.sqlite")) as db:
        return {table_of(fact): sorted(_rows(db, fact), key=repr) for fact in FACTS if fact not in {Clock, Workday}}


def _rows(db: sqlite3.Connection, fact: Any) -> list[tuple[Any, ...]]:
    columns = [s for s in specs(fact) if s.name not in SEEN]
    shown = [
        f"(SELECT {'url' if s.interned == 'address' else 'digest'} FROM {s.interned} WHERE id = t.{s.name})"
        if s.interned
        else f"t.{s.name}"
        for s in columns
    ]
    return db.execute(f"SELECT {', '.join(shown)} FROM {table_of(fact)} t").fetchall()


def history_of(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What outlives the scans of a store, but for their ids and times."""
    with closing(sqlite3.connect(store / "history.sqlite")) as db:
        return {
            "result": sorted(set(db.execute("SELECT subject, kind, verdict, total, pages FROM result"))),
            "finding": sorted(db.execute("SELECT fingerprint, subject, rule, problem FROM finding")),
        }


def judgement(scan: Scan) -> list[tuple[Any, ...]]:
    """Outcomes and findings of a scan without the moments of sight."""
    return [
        (s.id, s.verdict, s.problems, [(a.rule, a.outcome, a.reason, [(f.fingerprint, f.detail) for f in a.findings])
         for a in s.assessments])
        for s in scan.subjects
    ]  # fmt: skip
