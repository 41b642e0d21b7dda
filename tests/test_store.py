"""The store: rows in = rows out, interning, kills, and files that are too new, damaged or not ours."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.errors import StoreError
from checker.facts.query import open_facts
from checker.facts.schema import SCHEMA_VERSION, specs, table_of
from checker.facts.store import MAX_TEXT, FactsWriter, remove
from checker.model import context as context_module
from checker.model import facts as facts_module
from checker.model.context import CONTEXT, ContextLog, Visit
from checker.model.facts import FACTS, Address, Link, Page, TemplateKey
from tests.engine_data import SUBJECT, clock, fact, site, url

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)


@st.composite
def rows_of(draw: st.DrawFn, kind: type) -> list[Any]:
    values = {
        spec.name: INTEGERS if spec.type is int else FLOATS if spec.type is float else TEXTS for spec in specs(kind)
    }
    return draw(st.lists(st.builds(kind, **values), min_size=1, max_size=4))


def read_back(path: Path, kind: type) -> list[Any]:
    """All rows of a class, addresses and template digests as text again."""
    shown = ", ".join(
        f"coalesce((SELECT url FROM address WHERE id = t.{s.name}), '')" if s.interned == "address"
        else f"coalesce((SELECT digest FROM template WHERE id = t.{s.name}), '')" if s.interned
        else f"t.{s.name}"
        for s in specs(kind)
    )  # fmt: skip
    connection = sqlite3.connect(path)
    try:
        return [kind(*row) for row in connection.execute(f"SELECT {shown} FROM {table_of(kind)} t ORDER BY rowid")]
    finally:
        connection.close()


@pytest.mark.parametrize("kind", FACTS + CONTEXT, ids=table_of)
def test_rows_in_are_rows_out(kind: type) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows_of(kind))
    def check(rows: list[Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "f.sqlite"
            with FactsWriter(path, "context" if kind in CONTEXT else "facts") as writer:
                writer.write(rows)
            assert read_back(path, kind) == rows

    check()


def test_every_class_is_in_its_list() -> None:
    for module, known in ((facts_module, FACTS), (context_module, CONTEXT)):
        declared = {v for v in vars(module).values() if isinstance(v, type) and hasattr(v, "__table__")}
        assert declared == set(known)
    assert len({table_of(k) for k in FACTS + CONTEXT}) == len(FACTS + CONTEXT)


def test_an_address_is_stored_once_and_the_empty_one_never(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    links = [
        Link(SUBJECT, page, template, url("to"), "文", "a", "main")
        for page, template in (
            (url("1"), TemplateKey("")),
            (url("1"), TemplateKey("")),
            (Address(""), TemplateKey("T")),
        )
    ]
    with FactsWriter(path) as writer:
        writer.write(links[:1])
    with FactsWriter(path) as writer:  # a second writer knows what the first one interned
        writer.write(links[1:])
        assert (writer.intern("address", ""), writer.intern("template", "")) == (0, 0)
        assert writer.intern("address", url("1")) == writer.intern("address", url("1")) == 1
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT id, url FROM address ORDER BY id").fetchall() == [(1, url("1")), (2, url("to"))]
    assert connection.execute("SELECT id, digest FROM template").fetchall() == [(1, "T")]
    assert connection.execute("SELECT page, template, url FROM link").fetchall() == [(1, 0, 2), (1, 0, 2), (0, 1, 2)]
    connection.close()
    assert read_back(path, Link) == links


def test_a_text_beyond_all_bounds_is_cut_and_half_characters_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    with FactsWriter(path) as writer:
        writer.write(
            [fact(Page, url=url("1"), title="长" * 1_000_000), fact(Page, url=url("2"), title="a\ud83db\x00c")]
        )
    assert [p.title for p in read_back(path, Page)] == ["长" * MAX_TEXT, "a?b\x00c"]


def test_a_closed_file_is_one_file_in_delete_journal_mode(tmp_path: Path) -> None:
    for name, kind in (("f.sqlite", "facts"), ("c.sqlite", "context")):
        with FactsWriter(tmp_path / name, kind) as writer:
            assert writer.execute("PRAGMA journal_mode") == [("wal",)]
        connection = sqlite3.connect(tmp_path / name)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT * FROM schema_info").fetchall() == [(SCHEMA_VERSION, kind)]
        connection.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.sqlite", "f.sqlite"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from checker.facts.store import FactsWriter
from tests.engine_data import clock, site, column
writer = FactsWriter(Path(sys.argv[1]))
writer.write([clock(), column("committed/")])
writer.commit()
writer.write([column("lost/")])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path)], cwd=root, check=False, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(StoreError, match="--resume"), open_facts(path):
        pass
    with FactsWriter(path) as writer:
        assert writer.execute("SELECT name FROM site_column") == [("committed",)]
    with open_facts(path) as reader:
        assert reader.ask("SELECT name FROM site_column") == [{"name": "committed"}]
    assert [p.name for p in tmp_path.iterdir()] == ["f.sqlite"]


def test_a_file_killed_before_it_had_a_schema_is_begun_anew(tmp_path: Path) -> None:
    for name, prepare in (("empty", ""), ("header", "PRAGMA journal_mode=WAL")):
        path = tmp_path / name
        connection = sqlite3.connect(path)
        connection.execute(prepare)
        connection.close()
        path.touch()
        with FactsWriter(path) as writer:
            writer.write([clock()])
        assert read_back(path, type(clock())) == [clock()]


def test_remove_takes_the_stale_log_too(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    for suffix in ("", "-wal", "-shm", "-journal"):
        (tmp_path / f"f.sqlite{suffix}").write_bytes(b"stale")
    remove(path)
    remove(path)
    assert list(tmp_path.iterdir()) == []


def closed_file(folder: Path) -> Path:
    path = folder / "f.sqlite"
    with FactsWriter(path) as writer:
        writer.write([clock(), site(), *(fact(Page, url=url(str(n)), title="页" * 50) for n in range(500))])
    return path


def refusals(path: Path) -> list[str]:
    """What reader and writer say of a file."""
    said = []
    for opening in (lambda: open_facts(path).__enter__(), lambda: FactsWriter(path)):
        with pytest.raises(StoreError) as refused:
            opening()
        said.append(str(refused.value))
    return said


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = closed_file(tmp_path)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE schema_info SET version = ?", (SCHEMA_VERSION + 1,))
    connection.close()
    expected = (
        f"{path}: schema {SCHEMA_VERSION + 1}, this version of checker reads schema {SCHEMA_VERSION}; "
        "use the version that wrote it, or scan again"
    )
    assert refusals(path) == [expected, expected]


def test_a_schema_without_a_number_is_refused(tmp_path: Path) -> None:
    path = closed_file(tmp_path)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DELETE FROM schema_info")
    connection.close()
    assert all("schema none" in said for said in refusals(path))


def test_what_is_no_facts_file_is_refused_with_advice(tmp_path: Path) -> None:
    garbage, foreign, context = tmp_path / "garbage", tmp_path / "foreign", tmp_path / "context"
    garbage.write_bytes(b"this is not a database " * 1000)
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t(a)")
    connection.close()
    with FactsWriter(context, "context"):
        pass
    for path in (garbage, foreign):
        assert all("scan again" in said and str(path) in said for said in refusals(path))
    assert refusals(context) == [f"{context}: is a context file, not a facts file"] * 2
    with pytest.raises(StoreError, match="no such file; run the scan again"), open_facts(tmp_path / "nothing"):
        pass
    with pytest.raises(StoreError, match="no such file; run the scan again"), open_facts(tmp_path):
        pass


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_said_to_be_damaged(tmp_path: Path, keep: float) -> None:
    path = closed_file(tmp_path)
    body = path.read_bytes()
    path.write_bytes(body[: int(len(body) * keep)])
    with pytest.raises(StoreError, match="scan again"), open_facts(path) as reader:
        reader.ask("SELECT * FROM page")


def test_a_damaged_page_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = closed_file(tmp_path)
    body = bytearray(path.read_bytes())
    connection = sqlite3.connect(path)
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'page'").fetchone()[0]
    connection.close()
    body[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(body)
    with open_facts(path) as reader, pytest.raises(StoreError, match=r"damaged .*; scan again"):
        reader.ask("SELECT * FROM page")


def test_facts_and_context_are_read_together(tmp_path: Path) -> None:
    path, context = closed_file(tmp_path), tmp_path / "与 #1?.sqlite"
    visit = Visit(SUBJECT, "2021-11-01T08:00:00+08:00", "2021-11-01", "ok", 100)
    with FactsWriter(context, "context") as writer:
        writer.write([visit, ContextLog("visit", "complete", "")])
    with open_facts(path, context) as reader:
        assert reader.ask("SELECT v.at, c.today FROM visit v JOIN clock c") == [{"at": visit.at, "today": "2021-11-08"}]
    with open_facts(path) as reader:
        assert reader.ask("SELECT * FROM visit") == []
    with pytest.raises(StoreError, match="not a context file"), open_facts(path, path):
        pass
    with pytest.raises(StoreError, match="no such file"), open_facts(path, tmp_path / "none"):
        pass


def test_a_file_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        FactsWriter(tmp_path / "folder")


def test_an_error_keeps_what_was_written_and_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    with pytest.raises(RuntimeError), FactsWriter(path) as writer:
        writer.write([clock()])
        raise RuntimeError("a bug in a stage")
    assert [p.name for p in tmp_path.iterdir()] == ["f.sqlite"]
    assert read_back(path, type(clock())) == [clock()]
