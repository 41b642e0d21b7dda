"""Kills at any moment, full disks, locked and read-only stores: what was gathered is kept, and the person is told."""

import asyncio
import os
import random
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.errors import MachineError, StoreError
from checker.facts.store import FactsWriter
from checker.fetch import Fetcher
from checker.fleet import run
from checker.fleet.evaluate import load_scan
from checker.fleet.lock import ScanLock
from checker.fleet.stored import latest
from checker.history import files
from checker.scan import Clockwork
from checker.scan.site import gather_site
from tests.crashing import (
    NOBODY,
    SITES,
    Doomed,
    Moment,
    Watched,
    ends_with,
    facts_of,
    history_of,
    judgement,
    order_at,
)

KILLS = 50
MOST_IN_FLIGHT = 9
"""Requests of one site that a kill can cost: a batch of pages, and robots.txt of the new process."""


def moments(seed: int) -> list[Moment]:
    """Moments of a kill: most during reading, some while files are made, judged, merged and remembered."""
    chance = random.Random(seed)
    return [
        Moment("request", chance.randint(1, 24)) if kind < 0.6
        else Moment("event", chance.randint(1, 6)) if kind < 0.8
        else Moment("file", chance.randint(1, 40))
        for kind in (chance.random() for _ in range(KILLS * 20))
    ]  # fmt: skip


def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    doomed: Doomed
    with Watched(lambda: doomed.count("request")) as server:
        doomed = Doomed(server)
        whole = run(order_at(server.connect_to, tmp_path / "whole"), lambda _: None)
        once = server.counts()
        wanted = judgement(whole)
        folder = tmp_path / "whole" / "scans" / whole.id
        facts = {s.id: facts_of(folder, s.id) for s in whole.subjects}
        kills = finished = kills_of_this = 0
        before = server.counts()
        for moment in moments(seed=20211108):
            if kills >= KILLS and kills_of_this == 0:
                break
            store = tmp_path / f"broken{finished}"
            resume = latest(store, unfinished=True) is not None
            if doomed.scan(store, resume, moment) == "killed":
                kills, kills_of_this = kills + 1, kills_of_this + 1
                continue
            scan = load_scan(store, None)
            asked = {key: n - before.get(key, 0) for key, n in server.counts().items()}
            assert judgement(scan) == wanted
            there = store / "scans" / scan.id
            assert {s.id: facts_of(there, s.id) for s in scan.subjects} == facts
            assert history_of(store) == history_of(tmp_path / "whole")
            assert [p.name for p in there.rglob("*") if p.suffix in {".lock", ".part", "-wal", "-shm"}] == []
            again = {key: n - once[key] for key, n in asked.items() if key in once and n > once[key]}
            assert max(again.values(), default=0) <= kills_of_this
            assert sum(again.values()) <= kills_of_this * len(SITES) * MOST_IN_FLIGHT
            finished, kills_of_this, before = finished + 1, 0, server.counts()
    assert kills >= KILLS
    assert finished >= 1


AGAIN = "then run it again (a scan with --resume)\n"


FULL = "cannot be written (disk I/O error): is the disk full? make room there, " + AGAIN


def test_a_scan_that_a_full_disk_keeps_from_beginning_leaves_nothing(tmp_path: Path) -> None:
    store, said = tmp_path / "store", tmp_path / "said"
    ended = ends_with(store, said, bytes_of_a_file=5_000)
    assert (ended.startswith(f"4 checker: {store / 'scans'}{os.sep}"), ended.endswith(FULL)) == (True, True)
    assert list((store / "scans").iterdir()) == []
    assert ends_with(store, said) == "0 "


def test_a_scan_that_a_full_disk_ends_can_be_gone_on_with(tmp_path: Path) -> None:
    store, said = tmp_path / "store", tmp_path / "said"
    scan = _begun(store)
    ended = ends_with(store, said, resume=True, bytes_of_a_file=50_000)
    assert (ended.startswith(f"4 checker: {store / 'scans' / scan}{os.sep}"), ended.endswith(FULL)) == (True, True)
    assert latest(store, unfinished=True) == scan
    assert ends_with(store, said, resume=True) == "0 "
    assert (latest(store, unfinished=True), latest(store)) == (None, scan)


@pytest.mark.parametrize("room", [0, 1, 2, 4])
def test_a_disk_that_fills_up_while_pages_are_read(tmp_path: Path, room: int) -> None:
    """No page may be taken for a faulty one because its rows could not be written."""
    path = tmp_path / "facts.sqlite"
    full = r"^.*facts.sqlite: cannot be written .*is the disk full\? make room there, then run it again"

    async def read(server: CityServer, facts: FactsWriter) -> None:
        wanted = order_at(server.connect_to, tmp_path)
        clock = Clockwork.starting(wanted.as_of)
        async with Fetcher(wanted.fetch) as fetch:
            await gather_site(wanted.registry.sites[0], wanted.budget, facts, fetch, clock.now, lambda *_: None)

    with Watched(lambda: None) as server, pytest.raises(MachineError, match=full), FactsWriter(path) as facts:
        pages = facts.execute("PRAGMA page_count")[0][0] + room
        facts.connection.execute("COMMIT")
        facts.connection.execute(f"PRAGMA max_page_count = {pages}")
        facts.connection.execute("BEGIN")
        asyncio.run(read(server, facts))
    assert not sum("处理出错" in note for note in notes_of(path))


def notes_of(path: Path) -> list[str]:
    """What the frontier says of pages."""
    with closing(sqlite3.connect(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'frontier'").fetchone():
            return []
        return [note for (note,) in db.execute("SELECT note FROM frontier")]


def _begun(store: Path) -> str:
    """An unfinished scan in a store."""

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(order_at(NOBODY, store), stop)
    found = latest(store, unfinished=True)
    assert found is not None
    return found


def test_a_scan_that_another_process_makes_is_left_to_it(tmp_path: Path) -> None:
    scan = _begun(tmp_path)
    lock = ScanLock(tmp_path / "scans" / scan)
    try:
        with pytest.raises(StoreError, match=rf"^scan {scan} is still running \(process {os.getpid()}\)$"):
            run(order_at(NOBODY, tmp_path, resume=True), lambda _: None)
    finally:
        lock.release()
    assert run(order_at(NOBODY, tmp_path, resume=True), lambda _: None).id == scan


@pytest.mark.parametrize("name", ["history.sqlite", "visits.sqlite"])
def test_a_file_of_the_store_that_somebody_keeps_locked(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.01)
    scan = run(order_at(NOBODY, tmp_path), lambda _: None)
    with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as somebody:
        somebody.execute("PRAGMA locking_mode=EXCLUSIVE")
        somebody.execute("BEGIN EXCLUSIVE")
        with pytest.raises(
            MachineError, match=r"locked\): another process holds it; wait until that is done, then"
        ) as told:
            run(order_at(NOBODY, tmp_path), lambda _: None)
    assert str(told.value).startswith(f"{tmp_path / name}: cannot be written (")
    assert run(order_at(NOBODY, tmp_path, resume=True), lambda _: None).id != scan.id


def test_a_store_that_nobody_may_write_to(tmp_path: Path) -> None:
    """Whoever tests as root becomes somebody else for it, and needs a folder that he may enter."""
    with tempfile.TemporaryDirectory() as folder:
        store, said = Path(folder) / "store", tmp_path / "said"
        (store / "scans").mkdir(parents=True)
        for path, mode in ((store / "scans", 0o555), (store, 0o555), (Path(folder), 0o755)):
            path.chmod(mode)
        ended = ends_with(store, said, user=65_534 if os.geteuid() == 0 else 0)
        assert ended.startswith(f"4 checker: {store / 'store.lock'}")
        assert ended.endswith(
            ": cannot be written (Permission denied): give this user the right to write there, or name another place "
            f"with --store, {AGAIN}"
        )
        for path in (store, store / "scans"):
            path.chmod(0o755)


def test_a_killed_worker_ends_the_scan_and_loses_nothing(tmp_path: Path) -> None:
    strangers = set(active_children())

    def kill_the_workers() -> None:
        if sum(server.counts().values()) == 20:
            for child in set(active_children()) - strangers:
                child.kill()

    with Watched(kill_the_workers) as server:
        wanted = replace(order_at(server.connect_to, tmp_path / "broken"), workers=2)
        with pytest.raises(MachineError, match="a worker process died"):
            run(wanted, lambda _: None)
        scan = run(replace(wanted, workers=1, resume=True), lambda _: None)
        whole = run(order_at(server.connect_to, tmp_path / "whole"), lambda _: None)
    assert judgement(scan) == judgement(whole)


def test_a_history_of_a_newer_version_leaves_no_folder_of_a_scan(tmp_path: Path) -> None:
    """An empty scan would hide the last good one from every command that takes the newest."""
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as db:
        db.execute("CREATE TABLE schema_info(version INTEGER NOT NULL, kind TEXT NOT NULL)")
        db.execute("INSERT INTO schema_info VALUES (99, 'history')")
        db.commit()
    before = (tmp_path / "history.sqlite").read_bytes()
    with pytest.raises(StoreError, match="schema 99, this version of checker reads"):
        run(order_at(NOBODY, tmp_path), lambda _: None)
    assert not (tmp_path / "scans").exists()
    assert (tmp_path / "history.sqlite").read_bytes() == before
