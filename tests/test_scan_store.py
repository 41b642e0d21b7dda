"""scan.sqlite: subjects merged as they finish; one damaged subject never takes the others down."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.errors import StoreError
from checker.facts.store import FactsWriter
from checker.fleet.store import ScanStore, latest, subject_file
from tests.engine_data import clock, column, gathered, site, url
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


def test_the_newest_scan_and_the_newest_unfinished_one(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    for name, done in (("20211101-100000", False), ("20211102-100000", True)):
        store = ScanStore(tmp_path / "scans" / name, create=True)
        if done:
            store.note(finished_at="2021")
        store.close()
    (tmp_path / "scans" / "20211103-100000").mkdir()
    assert latest(tmp_path) == "20211102-100000"
    assert latest(tmp_path, unfinished=True) == "20211101-100000"
