"""scan.sqlite: subjects merged as they finish; one damaged subject never takes the others down."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.errors import StoreError
from checker.facts.store import FactsWriter
from checker.fleet.store import ScanReader, ScanStore, subject_file
from checker.fleet.stored import latest, read_whole
from checker.model.facts import Page
from checker.model.results import SubjectResult, Verdict
from tests.engine_data import clock, column, fact, gathered, site, url
from tests.golden_scan import SCAN

ONE, TWO = (replace(result, id=name) for result, name in zip(SCAN.subjects, ("s1", "s2"), strict=False))


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "scan.sqlite")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def gather(folder: Path) -> None:
    with FactsWriter(subject_file(folder, "facts", "s1")) as facts:
        facts.write([clock(), site(), column("c/", name="要闻"), gathered("page")])


def test_a_subject_is_merged_with_addresses_as_text_and_again_without_doubling(tmp_path: Path) -> None:
    gather(tmp_path)
    store = ScanStore(tmp_path, create=True)
    store.merge(1, TWO)
    store.merge(0, ONE)
    store.merge(0, ONE)
    assert store.results() == (ONE, TWO)
    assert store.finished() == {"s1", "s2"}
    store.close()
    assert query(tmp_path, "SELECT subject, url, name FROM site_column") == [("s1", url("c/"), "要闻")]
    assert query(tmp_path, "SELECT count(*) FROM finding WHERE subject = 's1'") == [
        (sum(len(a.findings) for a in ONE.assessments),)
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["facts", "scan.sqlite"]


def test_a_subject_without_facts_keeps_its_result_and_makes_no_file(tmp_path: Path) -> None:
    store = ScanStore(tmp_path, create=True)
    store.merge(0, ONE)
    assert store.results() == (ONE,)
    store.close()
    assert [p.name for p in tmp_path.iterdir()] == ["scan.sqlite"]


@pytest.mark.parametrize("body", [b"", b"this is no database" * 1000])
def test_damaged_facts_are_said_and_stop_nothing(tmp_path: Path, body: bytes) -> None:
    gather(tmp_path)
    bad = subject_file(tmp_path, "facts", "s2")
    bad.write_bytes(body)
    store = ScanStore(tmp_path, create=True)
    store.merge(0, TWO)
    store.merge(1, ONE)
    damaged, sound = store.results()
    store.close()
    assert sound == ONE
    assert replace(damaged, problems=TWO.problems) == TWO
    assert TWO.verdict is Verdict.PENDING
    assert damaged.problems[-1].startswith("事实文件无法读取：")
    assert query(tmp_path, "SELECT name FROM site_column") == [("要闻",)]


def test_a_store_killed_before_it_had_a_schema_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "scan.sqlite").touch()
    store = ScanStore(tmp_path, create=True)
    store.note(id="x", as_of="2021")
    store.note(as_of="2022")
    assert store.info() == {"id": "x", "as_of": "2022"}
    store.close()


def test_what_is_no_scan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no scan here"):
        ScanStore(tmp_path)
    (tmp_path / "scan.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        ScanStore(tmp_path)


def begun(folder: Path, **notes: str) -> None:
    store = ScanStore(folder, create=True)
    store.note(budget="{}", **notes)
    store.close()


def test_the_newest_scan_and_the_newest_unfinished_one(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    begun(tmp_path / "scans" / "20211101-100000")
    begun(tmp_path / "scans" / "20211102-100000", finished_at="2021")
    (tmp_path / "scans" / "20211103-100000").mkdir()
    assert latest(tmp_path) == "20211102-100000"
    assert latest(tmp_path, unfinished=True) == "20211101-100000"


def test_folders_that_cannot_be_read_are_nothing_to_go_on_with(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    begun(scans / "20211101-100000")
    begun(scans / "20211102-100000")
    connection = sqlite3.connect(scans / "20211102-100000" / "scan.sqlite")
    with connection:
        connection.execute("UPDATE schema_info SET version = 99")
    connection.close()
    for name, body in (("20211103-100000", b"no database" * 1000), ("20211104-100000", b"")):
        (scans / name).mkdir()
        (scans / name / "scan.sqlite").write_bytes(body)
    ScanStore(scans / "20211105-100000", create=True).close()  # killed before anything was noted of it
    assert latest(tmp_path, unfinished=True) == "20211101-100000"


def test_facts_that_turn_out_damaged_hold_a_result_back(tmp_path: Path) -> None:
    good = replace(SCAN.subjects[-1], id="s1")
    assert good.verdict is Verdict.QUALIFIED
    subject_file(tmp_path, "facts", "s1").parent.mkdir()
    subject_file(tmp_path, "facts", "s1").write_bytes(b"this is no database" * 1000)
    store = ScanStore(tmp_path, create=True)
    merged = store.merge(0, good)
    assert store.results() == (merged,)
    store.close()
    assert merged == replace(good, verdict=Verdict.PENDING, grade=None, problems=merged.problems)
    assert [p[:8] for p in merged.problems] == ["事实文件无法读取"]


def test_only_one_can_write_and_anybody_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "20211101-100000"
    store = ScanStore(folder, create=True)
    store.merge(0, ONE)
    with pytest.raises(StoreError, match=rf"scan 20211101-100000 is still running \(process {os.getpid()}\)"):
        ScanStore(folder)
    with ScanReader(folder) as reader:
        store.merge(1, TWO)  # a reader stops nobody
        assert reader.results() == (ONE,)  # and sees one moment
        store.close()  # not even the end
    with ScanReader(folder) as reader:
        assert reader.results() == (ONE, TWO)
    again = ScanStore(folder)
    assert again.results() == (ONE, TWO)
    again.close()
    assert [p.name for p in folder.iterdir()] == ["scan.sqlite"]


def test_a_lock_that_a_killed_process_left_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "scan.lock").write_text("1")
    store = ScanStore(tmp_path, create=True)
    store.close()
    assert [p.name for p in tmp_path.iterdir()] == ["scan.sqlite"]


def test_what_was_not_committed_is_taken_back(tmp_path: Path) -> None:
    store = ScanStore(tmp_path, create=True)
    store.merge(0, ONE)

    def broken() -> Iterator[tuple[int, SubjectResult]]:
        yield 0, replace(ONE, name="另一个名称")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.replace_results(broken(), profile="gate")
    assert (store.results(), store.info()) == ((ONE,), {})
    store._db.execute("BEGIN IMMEDIATE")
    store._db.execute("DELETE FROM result")
    store.close()
    with ScanReader(tmp_path) as reader:
        assert reader.results() == (ONE,)


@pytest.mark.parametrize(
    ("role", "states", "whole"),
    [
        ("home", ["done", "failed"], True),
        ("home", ["done", "left"], False),
        ("home", ["done", "queued"], False),
        ("column", ["done"], False),
    ],
)
def test_whether_a_site_was_read_whole(tmp_path: Path, role: str, states: list[str], whole: bool) -> None:
    assert not read_whole(tmp_path, "s1")
    with FactsWriter(subject_file(tmp_path, "facts", "s1")) as facts:
        facts.write([clock(), site(), fact(Page, subject="s1", url=url(""), role=role)])
        for number, state in enumerate(states):
            facts.execute(
                "INSERT INTO frontier(url, rank, depth, role, listed_in, state) VALUES (?, 0, 0, 'home', '', ?)",
                (url(f"{number}"), state),
            )
    assert read_whole(tmp_path, "s1") is whole
