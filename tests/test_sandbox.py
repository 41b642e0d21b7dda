"""The guarded read side: nothing can be written, nothing runs for ever, and ordinary questions work."""

import hashlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.facts.query import MAX_RESULT_BYTES, FactsReader, QueryError, QueryTimeout, open_facts
from checker.facts.store import FactsWriter
from checker.model.context import ContextLog, Visit
from tests.engine_data import SUBJECT, clock, column, dated, item, reading, site, url

ONLY = "only SELECT is allowed"
TOO_BIG = "string or blob too big"
HOSTILE = (
    ("ATTACH 'stolen.db' AS x", ONLY),
    ("ATTACH ':memory:' AS x", ONLY),
    ("DETACH context", ONLY),
    ("PRAGMA user_version = 3", ONLY),
    ("PRAGMA query_only = 0", ONLY),
    ("PRAGMA journal_mode = WAL", ONLY),
    ("PRAGMA writable_schema = 1", ONLY),
    ("PRAGMA temp_store_directory = '/tmp'", ONLY),
    ("SELECT * FROM pragma_database_list", ONLY),
    ("SELECT * FROM pragma_table_info('site')", ONLY),
    ("VACUUM", ONLY),
    ("VACUUM INTO 'stolen.db'", ONLY),
    ("REINDEX", ONLY),
    ("ANALYZE", ONLY),
    ("BEGIN IMMEDIATE", ONLY),
    ("COMMIT", ONLY),
    ("SAVEPOINT a", ONLY),
    ("CREATE TABLE t(a)", ONLY),
    ("CREATE TEMP TABLE t(a)", ONLY),
    ("CREATE TABLE t AS SELECT * FROM site", ONLY),
    ("CREATE TEMP VIEW v AS SELECT 1", ONLY),
    ("CREATE INDEX i ON site(name)", ONLY),
    ("CREATE TEMP TRIGGER t AFTER INSERT ON sample BEGIN SELECT 1; END", ONLY),
    ("CREATE VIRTUAL TABLE temp.v USING fts5(a)", ONLY),
    ("DROP TABLE site", ONLY),
    ("DROP VIEW column_freshness", ONLY),
    ("ALTER TABLE site RENAME TO stolen", ONLY),
    ("INSERT INTO site_column SELECT * FROM site_column", ONLY),
    ("INSERT INTO sample VALUES ('a', 'b', 'c')", ONLY),
    ("INSERT INTO context.visit SELECT * FROM context.visit", ONLY),
    ("REPLACE INTO schema_info VALUES (9, 'facts')", ONLY),
    ("UPDATE site SET name = ''", ONLY),
    ("UPDATE sample SET key = ''", ONLY),
    ("DELETE FROM site", ONLY),
    ("DELETE FROM sample", ONLY),
    ("WITH x AS (SELECT 1) DELETE FROM site", ONLY),
    ("EXPLAIN DELETE FROM site", ONLY),
    ("/* SELECT */ DELETE FROM site", ONLY),
    ("-- SELECT\nDELETE FROM site", ONLY),
    ("DELETE FROM site RETURNING name", ONLY),
    ("SELECT 1; DROP TABLE site", "one statement at a time"),
    ("SELECT 1 /* ; */; DELETE FROM site", "one statement at a time"),
    ("SELECT * INTO stolen FROM site", "syntax error"),
    ("SELECT load_extension('./x')", "load_extension"),
    ("SELECT LOAD_EXTENSION('./x', 'y')", "load_extension"),
    ("SELECT writefile('stolen', 'x')", "writefile"),
    ("SELECT readfile('/etc/passwd')", "readfile"),
    ("SELECT edit('x')", "edit"),
    ("SELECT fts3_tokenizer('simple')", "fts3_tokenizer"),
    ("SELECT * FROM fsdir('.')", "no such table"),
    ("SELECT * FROM sqlite_dbpage", "sqlite_dbpage"),
    ("SELECT zeroblob(100000000)", TOO_BIG),
    ("SELECT hex(randomblob(9000000))", TOO_BIG),
    ("SELECT hex(zeroblob(300000))", TOO_BIG),
    ("SELECT length(replace(hex(zeroblob(10000)), '0', hex(zeroblob(1000))))", TOO_BIG),
    ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) "
     "SELECT group_concat('0123456789') FROM n", TOO_BIG),
    ("WITH RECURSIVE n(t) AS (SELECT 'xxxxxxxx' UNION ALL SELECT t || t FROM n) SELECT max(length(t)) FROM n", TOO_BIG),
    ("SELECT 'x' LIKE '" + "%a" * 2000 + "'", "pattern too complex"),
    ("SELECT " + ", ".join(f"zeroblob(400000) AS c{n}" for n in range(500)), "too many columns"),
    ("SELECT " + "+".join("1" for _ in range(5000)), "too large"),
    ("SELECT '" + "x" * 200_000 + "'", "too large|too big|too long"),
    ("SELECT 1 WHERE name = :nothing", "no such column"),
    ("SELECT :nothing", "nothing"),
    ("SELECT 1\x00; DROP TABLE site", "null character"),
    ("", ""),
)  # fmt: skip
"""Statements and the words of the reason for refusing each."""

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT a.i FROM n a WHERE a.i < 0",
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 9000) "
    "SELECT count(*) FROM n a, n b, n c WHERE a.i + b.i + c.i = 0",
)

ORDINARY: tuple[tuple[str, list[dict[str, object]]], ...] = (
    ("SELECT name FROM site", [{"name": "示例市人民政府"}]),
    ("WITH x(n) AS (VALUES (1), (2)) SELECT sum(n) AS s FROM x", [{"s": 3}]),
    ("SELECT json_extract('{\"a\": [1, 2]}', '$.a[1]') AS v", [{"v": 2}]),
    ("SELECT value AS v FROM json_each('[3, 4]')", [{"v": 3}, {"v": 4}]),
    ("SELECT title, row_number() OVER (ORDER BY position) AS n FROM list_item", [{"title": "1.html", "n": 1}]),
    ("SELECT name, newest_on, days_since FROM column_freshness",
     [{"name": "要闻", "newest_on": "2021-11-01", "days_since": 7}]),
    ("SELECT count(*) AS n FROM visit", [{"n": 1}]),
    ("SELECT outcome FROM context.visit", [{"outcome": "ok"}]),
    ("SELECT months_after('2021-08-31', 6) AS m, url_host('http://A.gov.cn/x') AS h",
     [{"m": "2022-02-28", "h": "a.gov.cn"}]),
    ("SELECT * FROM sample", []),
    ("SELECT date('2021-11-08', '+14 days') AS d", [{"d": "2021-11-22"}]),
    ("SELECT title FROM list_item WHERE title LIKE '%.html' -- the last line", [{"title": "1.html"}]),
    ("SELECT count(*) > 0 AS some FROM sqlite_schema", [{"some": 1}]),
    ("VALUES (1)", [{"column1": 1}]),
)  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    facts, context = tmp_path / "s1.sqlite", tmp_path / "context.sqlite"
    with FactsWriter(facts) as writer:
        writer.write(
            [clock(), site(), column("要闻/", name="要闻"), item("要闻/", "1.html"), dated("1.html", "2021-11-01")]
        )
    with FactsWriter(context, "context") as writer:
        writer.write(
            [Visit(SUBJECT, "2021-11-01T08:00:00+08:00", "2021-11-01", "ok", 120), ContextLog("visit", "", "")]
        )
    return facts, context


@pytest.fixture
def reader(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[FactsReader]:
    monkeypatch.chdir(files[0].parent)
    with open_facts(*files, seconds=5) as opened:
        yield opened


def fingerprints(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.mark.parametrize(("statement", "reason"), HOSTILE, ids=[s[:40] for s, _ in HOSTILE])
def test_hostile_statements_are_refused(
    reader: FactsReader, files: tuple[Path, Path], statement: str, reason: str
) -> None:
    before = fingerprints(files[0].parent)
    try:
        with pytest.raises(QueryError, match=f"(?i){reason}") as refused:
            rows = reader.ask(statement)
            if rows == [] and not statement:
                raise QueryError("nothing asked, nothing answered")
    finally:
        assert fingerprints(files[0].parent) == before
    assert str(refused.value)
    assert reader.ask("SELECT count(*) AS n FROM site") == [{"n": 1}]


@pytest.mark.parametrize(("question", "rows"), ORDINARY, ids=[q[:40] for q, _ in ORDINARY])
def test_ordinary_questions_work(reader: FactsReader, question: str, rows: list[dict[str, object]]) -> None:
    assert reader.ask(question) == rows


@pytest.mark.parametrize("statement", ENDLESS)
def test_the_limit_stops_a_slow_query(statement: str) -> None:
    with reading(seconds=0.3) as reader:
        started = time.monotonic()
        with pytest.raises(QueryTimeout, match=r"stopped after 0\.3 s"):
            reader.ask(statement)
        assert 0.2 < time.monotonic() - started < 3


def test_one_step_of_sqlite_is_bounded_too() -> None:
    """instr() cannot be interrupted; the bound of a value keeps its worst case at seconds."""
    worst = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 10000) "
        "SELECT sum(instr(hex(zeroblob(59000)), hex(zeroblob(29000)) || '1' || x)) AS n FROM c"
    )
    with reading(seconds=0.2) as reader:
        started = time.monotonic()
        with pytest.raises(QueryTimeout):
            reader.ask(worst)
        assert time.monotonic() - started < 15


def test_a_result_is_bounded_in_memory() -> None:
    flood = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i, hex(zeroblob(28000)) AS a, hex(zeroblob(28000)) AS b FROM n"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with reading(seconds=30) as reader, pytest.raises(QueryError, match="larger than 256 MB"):
        reader.ask(flood)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 3 * MAX_RESULT_BYTES


def test_a_query_that_sqlite_refuses_names_the_reason(reader: FactsReader) -> None:
    for statement, reason in (
        ("SELEC 1", 'near "SELEC": syntax error'),
        ("SELECT nil FROM site", "no such column: nil"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT months_after('gestern', 1)", "user-defined function raised exception"),
    ):
        with pytest.raises(QueryError) as refused:
            reader.ask(statement)
        assert str(refused.value) == reason


def test_the_sample_is_filled_from_outside_only_and_guarded_again(reader: FactsReader) -> None:
    reader.fill_sample([{"key": "a", "url": url("1.html"), "title": None}, {"key": 2}])
    assert reader.ask("SELECT * FROM sample") == [
        {"key": "a", "url": url("1.html"), "title": ""},
        {"key": "2", "url": "", "title": ""},
    ]
    with pytest.raises(QueryError, match=ONLY):
        reader.ask("DELETE FROM sample")
    reader.fill_sample([])
    assert reader.ask("SELECT * FROM sample") == []


def test_what_a_query_reads_is_told_by_views_not_by_their_tables(reader: FactsReader) -> None:
    sql = "SELECT f.name FROM column_freshness f JOIN visit v JOIN sample s -- all"
    assert reader.reads(sql, {}) == {"column_freshness", "visit", "sample"}
    assert reader.columns("SELECT 1 AS a, 2 AS b -- with a comment at its end\n;", {}) == ("a", "b")
    for broken in ("DROP TABLE site", "SELECT 1; SELECT 2", "SELECT :x", "ATTACH 'x' AS y"):
        with pytest.raises(QueryError):
            reader.reads(broken, {})
        with pytest.raises(QueryError):
            reader.columns(broken, {})
