"""`checker query`: what is asked is answered, nothing is written, and whoever mistypes is told what there is."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from checker.cli import app
from checker.cli.query_output import as_csv, as_json, as_table, unique
from checker.errors import StoreError, UsageError
from checker.facts.guard import Table
from checker.facts.store import FactsWriter
from checker.fleet.listing import HIDDEN, Place, tables_of
from checker.fleet.query import Where, ask
from checker.fleet.store import ScanStore, subject_file
from checker.history import record_scan, record_visits
from checker.history.described import HISTORY_TABLES, VISITS_TABLES
from checker.history.files import HISTORY, SCHEMA_VERSION, VISITS
from checker.model.context import Visit
from tests.engine_data import clock, column, dated, item, site, url
from tests.golden_scan import SCAN
from tests.test_sandbox import HOSTILE

SCAN_ID = "20211108-100000"
PORTAL, BUREAU = SCAN.subjects[0].id, SCAN.subjects[1].id
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50) SELECT i FROM n"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one finished scan of the golden subjects; two of them have facts."""
    made = tmp_path_factory.mktemp("store")
    folder = made / "scans" / SCAN_ID
    for number, subject in enumerate((PORTAL, BUREAU)):
        with FactsWriter(subject_file(folder, "facts", subject)) as facts:
            rows = [column("c/", name="要闻"), item("c/", "1.html"), dated("1.html", f"2021-10-1{number}")]
            facts.write([clock(), site(subject=subject), *(_of(row, subject) for row in rows)])
    writer = ScanStore(folder, create=True)
    for position, result in enumerate(SCAN.subjects):
        writer.merge(position, result)
    writer.note(id=SCAN_ID, finished_at=SCAN.finished_at)
    writer.close()
    record_scan(made, SCAN)
    record_visits(made, [Visit(PORTAL, "2021-11-08T09:00:00+08:00", "2021-11-08", "ok", 120)])
    return made


def _of(row: Any, subject: str) -> Any:
    return type(row)(**{f: getattr(row, f) for f in row.__slots__} | {"subject": subject})


def run(store: Path, *words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["query", "--store", str(store), *words], input=stdin)


def rows(store: Path, sql: str, place: Place = Place.SCAN, **more: Any) -> list[tuple[Any, ...]]:
    return ask(Where(store, place, **more), sql).table.rows


def refused(store: Path, sql: str, place: Place = Place.SCAN, **more: Any) -> str:
    with pytest.raises(UsageError) as caught:
        ask(Where(store, place, **more), sql, seconds=0.5)
    return str(caught.value)


# --- answers


def test_a_scan_is_asked_by_its_own_tables_and_the_facts_of_all(store: Path) -> None:
    assert rows(store, "SELECT name, verdict FROM subject WHERE kind = 'site' ORDER BY id") == [
        ("浠水县人民政府", "unqualified"), ("浠水县教育局", "pending"), ("浠水县农机网", ""),
    ]  # fmt: skip
    assert rows(store, "SELECT subject, name, url FROM site_column ORDER BY subject") == [
        (PORTAL, "要闻", url("c/")), (BUREAU, "要闻", url("c/")),
    ]  # fmt: skip
    suppressed = "SELECT suppressed, notified_on, key, scope FROM finding WHERE suppressed <> '' OR notified_on <> ''"
    assert rows(store, suppressed) == [
        ("", "2021-08-20", "", ""), ("等待上级平台恢复（负责人：张三，至2021-11-30）", "", "", ""),
    ]  # fmt: skip
    assert rows(store, "SELECT change, rule FROM gone ORDER BY rule") == [
        ("removed", "d3-links"), ("rectified", "v4-columns-blank"), ("notSeen", "x-typo"),
    ]  # fmt: skip
    assert rows(store, "SELECT title, blocks FROM assessment WHERE blocks") == [("首页不更新", 1)]


def test_one_subject_is_asked_by_the_views_of_the_rules(store: Path) -> None:
    sql = "SELECT name, newest_on, days_since FROM column_freshness"
    assert rows(store, sql, Place.SUBJECT, subject=PORTAL) == [("要闻", "2021-10-10", 29)]
    assert rows(store, "SELECT months_after('2021-08-31', 6)", Place.SUBJECT, subject=PORTAL) == [("2022-02-28",)]


def test_every_subject_is_asked_in_the_order_of_the_registry_and_who_cannot_be_is_named(store: Path) -> None:
    answer = ask(Where(store, Place.EVERY), "SELECT subject, newest_on FROM column_freshness")
    assert answer.table.rows == [(PORTAL, "2021-10-10"), (BUREAU, "2021-10-11")]
    assert [re.sub(r".*/", "", text) for text in answer.left_out] == [
        f"{s.id}.sqlite: no such file; run the scan again" for s in SCAN.subjects[2:]
    ]
    few = ask(Where(store, Place.EVERY), NUMBERS, most=60)
    assert (len(few.table.rows), few.table.more) == (60, True)


def test_history_and_visits_are_asked_too(store: Path) -> None:
    findings = sum(len(a.findings) for s in SCAN.subjects for a in s.assessments)
    assert rows(store, "SELECT count(*) <= :n FROM finding".replace(":n", str(findings)), Place.HISTORY) == [(1,)]
    assert rows(store, "SELECT id FROM scan", Place.HISTORY) == [(SCAN.id,)]
    assert rows(store, "SELECT subject, elapsed_ms FROM visit", Place.VISITS) == [(PORTAL, 120)]


def test_a_scan_is_asked_while_it_is_written_and_unfinished(tmp_path: Path) -> None:
    folder = tmp_path / "scans" / SCAN_ID
    writer = ScanStore(folder, create=True)
    try:
        writer.merge(0, SCAN.subjects[0])
        assert rows(tmp_path, "SELECT count(*) FROM subject") == [(1,)]
        writer.merge(1, SCAN.subjects[1])
        assert rows(tmp_path, "SELECT count(*) FROM subject") == [(2,)]
    finally:
        writer.close()
    with FactsWriter(subject_file(folder, "facts", PORTAL)) as facts:
        facts.write([clock(), site()])
        facts.commit()
        with pytest.raises(StoreError, match="is being written, or its scan was killed"):
            ask(Where(tmp_path, Place.SUBJECT, subject=PORTAL), "SELECT 1")


@pytest.mark.parametrize("name", ["scan", "visits"])
def test_a_store_that_nobody_can_write_is_read(store: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a read-only disk, where SQLite cannot make the log that a reader of such a file wants."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def stubborn(target: Any, **more: Any) -> sqlite3.Connection:
        return connect("file:/nowhere/x.sqlite?mode=ro" if "mode=ro" in str(target) else target, **more)

    monkeypatch.setattr(sqlite3, "connect", stubborn)
    assert rows(store, "SELECT 1", Place(name)) == [(1,)]


def test_nothing_is_left_in_the_store(store: Path) -> None:
    def listing() -> list[tuple[str, int]]:
        return sorted((str(p.relative_to(store)), p.stat().st_mtime_ns) for p in store.rglob("*.sqlite"))

    before = listing()
    for place in (Place.SCAN, Place.EVERY, Place.HISTORY, Place.VISITS):
        rows(store, "SELECT 1", place)
    assert listing() == before


# --- refusals


@pytest.mark.parametrize("place", [Place.SCAN, Place.HISTORY, Place.SUBJECT])
@pytest.mark.parametrize("sql", [sql for sql, _ in HOSTILE if sql and "sqlite_schema" not in sql])
def test_hostile_statements_are_refused_everywhere(store: Path, sql: str, place: Place) -> None:
    before = _bytes(store)
    assert refused(store, sql, place, subject=PORTAL)
    assert _bytes(store) == before
    assert not Path("stolen.db").exists()


def _bytes(store: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in store.rglob("*.sqlite")}


@pytest.mark.parametrize(
    ("sql", "place", "said"),
    [
        ("ATTACH 'x.db' AS x", Place.SCAN, "only SELECT is allowed"),
        ("VACUUM INTO 'x.db'", Place.HISTORY, "only SELECT is allowed"),
        ("SELECT 1; SELECT 2", Place.SCAN, "You can only execute one statement at a time."),
        ("", Place.SCAN, "there is no SELECT to ask"),
        (" ; ", Place.SCAN, "there is no SELECT to ask"),
        ("-- nothing", Place.SCAN, "there is no SELECT to ask"),
        ("SELECT * FROM schema_info", Place.SCAN, "access to schema_info.version is prohibited"),
        ("SELECT * FROM frontier", Place.SUBJECT, "frontier.id is prohibited"),
        (ENDLESS, Place.SCAN, "stopped after 0.5 s; --seconds allows more"),
        (ENDLESS, Place.EVERY, "stopped after 0.5 s; --seconds allows more"),
        ("SELECT * FROM findings", Place.SCAN, "did you mean finding"),
        ("SELECT * FROM column_state", Place.SCAN, "column_state stands elsewhere: add --subject ID, or --every-subj"),
        ("SELECT * FROM colum_state", Place.SCAN, "column_state stands elsewhere: add --subject ID, or --every-subj"),
        ("SELECT * FROM event", Place.SCAN, "event stands elsewhere: add --history"),
        ("SELECT * FROM qqq", Place.SCAN, "no such table: qqq; `checker query --tables` lists what there is"),
        ("SELECT verdct FROM subject", Place.SCAN,
         "no such column: verdct; did you mean verdict? `checker query --columns subject` lists them"),
        ("SELECT days FROM column_freshness", Place.SUBJECT, "did you mean days_since, update_days?"),
        ("SELECT zzz FROM subject", Place.SCAN, "no such column: zzz; `checker query --columns subject` lists them"),
    ],
)  # fmt: skip
def test_who_asks_wrongly_is_told_why(store: Path, sql: str, place: Place, said: str) -> None:
    assert said in refused(store, sql, place, subject=PORTAL)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("421125002", "holds no such subject; did you mean 4211250023, "),
        ("zzz", f"--subject zzz: scan {SCAN_ID} holds no such subject"),
        (SCAN.subjects[2].id, "has no facts of it; its gathering could not begin"),
    ],
)
def test_a_subject_that_cannot_be_asked(store: Path, subject: str, said: str) -> None:
    assert said in refused(store, "SELECT 1", Place.SUBJECT, subject=subject)


def spoil(name: str) -> Callable[[Path], None]:
    def half(path: Path) -> None:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 // 4096 * 4096 or 100])

    def garbage(path: Path) -> None:
        path.write_bytes(b"this is no database" * 1000)

    def newer(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE schema_info SET version = 99")
            db.commit()

    return {"half": half, "garbage": garbage, "newer": newer}[name]


@pytest.mark.parametrize("place", [Place.SCAN, Place.SUBJECT, Place.HISTORY, Place.VISITS])
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("half", "damaged|cannot be|malformed|disk image"),
        ("garbage", "not a database"),
        ("newer", "schema 99, this version"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(store: Path, tmp_path: Path, place: Place, how: str, said: str) -> None:
    files = {
        Place.SCAN: f"scans/{SCAN_ID}/scan.sqlite", Place.SUBJECT: f"scans/{SCAN_ID}/facts/{PORTAL}.sqlite",
        Place.HISTORY: "history.sqlite", Place.VISITS: "visits.sqlite",
    }  # fmt: skip
    for path in store.rglob("*.sqlite"):
        copy = tmp_path / path.relative_to(store)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    spoil(how)(tmp_path / files[place])
    everything = {
        Place.SCAN: "SELECT * FROM finding, assessment, subject",
        Place.SUBJECT: "SELECT * FROM article_date, list_item",
        Place.HISTORY: "SELECT * FROM finding, event", Place.VISITS: "SELECT * FROM visit, attempt",
    }  # fmt: skip
    with pytest.raises(StoreError, match=said) as caught:
        ask(Where(tmp_path, place, subject=PORTAL), everything[place])
    assert str(caught.value).startswith((str(tmp_path), "the facts file"))


def test_a_history_of_an_earlier_version_waits_for_the_next_scan(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as db:
        db.executescript(f"{HISTORY} INSERT INTO schema_info VALUES ({SCHEMA_VERSION - 1}, 'history');")
    with pytest.raises(StoreError, match="the next `checker scan` brings it up to date"):
        ask(Where(tmp_path, Place.HISTORY), "SELECT 1")


@pytest.mark.parametrize(
    ("place", "said"),
    [(Place.SCAN, "no scan is stored here"), (Place.HISTORY, "is not there yet"), (Place.VISITS, "is not there yet")],
)
def test_an_empty_store_says_what_fills_it(tmp_path: Path, place: Place, said: str) -> None:
    assert said in refused(tmp_path, "SELECT 1", place)


# --- the command


def test_piped_it_is_csv_and_every_other_format_is_asked_for(store: Path) -> None:
    sql = "SELECT id, kind, NULL AS empty FROM subject WHERE kind = 'site' ORDER BY id LIMIT 1"
    assert run(store, sql).stdout == f"id,kind,empty\n{PORTAL},site,\n"
    assert json.loads(run(store, sql, "-f", "json").stdout) == [{"id": PORTAL, "kind": "site", "empty": None}]
    assert run(store, sql, "-f", "ndjson").stdout == f'{{"id":"{PORTAL}","kind":"site","empty":null}}\n'
    assert run(store, sql, "-f", "table").stdout == f"id          kind  empty\n{PORTAL}  site  NULL\n"


def test_a_query_comes_from_a_file_or_from_standard_input(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "ask.sql"
    path.write_text("\ufeffSELECT count(*) AS n FROM subject\n-- the end", "utf-8")
    assert run(store, f"@{path}").stdout == "n\n5\n"
    assert run(store, "-", stdin="SELECT count(*) AS n FROM subject;").stdout == "n\n5\n"
    missing = run(store, "@nowhere.sql")
    assert "nowhere.sql: cannot be read (No such file or directory)" in str(missing.exception)
    (tmp_path / "gbk.sql").write_bytes("SELECT '中文'".encode("gbk"))
    assert "gbk.sql: is no UTF-8 text" in str(run(store, f"@{tmp_path / 'gbk.sql'}").exception)


def test_a_file_takes_its_format_from_its_name_and_a_spreadsheet_is_told_the_charset(
    store: Path, tmp_path: Path
) -> None:
    sql = "SELECT name FROM subject WHERE kind = 'site' ORDER BY id LIMIT 1"
    for name, body in [
        ("a.csv", "\ufeffname\n浠水县人民政府\n"), ("a.json", '[\n  {\n    "name": "浠水县人民政府"\n  }\n]\n'),
        ("a.txt", "name\n浠水县人民政府\n"), ("sub/a.ndjson", '{"name":"浠水县人民政府"}\n'),
    ]:  # fmt: skip
        assert run(store, sql, "-o", str(tmp_path / name)).stdout == ""
        assert (tmp_path / name).read_text("utf-8") == body


def test_a_limit_says_that_there_is_more(store: Path) -> None:
    found = run(store, NUMBERS, "--limit", "2")
    assert (found.stdout, found.stderr) == ("i\n1\n2\n", "there are more than 2 rows; --limit shows more\n")
    assert run(store, NUMBERS, "--limit", "50").stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give one SELECT"),
        (("SELECT 1", "-f", "xml"), "--format xml: there are table, json, ndjson, csv"),
        (("SELECT 1", "--history", "--visits"), "give only one of"),
        (("--columns", "nothing"), "--columns nothing: no such table here; --tables lists what there is"),
        (("--columns", "event"), "it stands elsewhere"),
        (("SELECT 1", "--scan", "never"), "no scan never"),
    ],
)
def test_wrong_use_is_told(store: Path, words: tuple[str, ...], said: str) -> None:
    found = run(store, *words)
    assert isinstance(found.exception, UsageError)
    assert said in str(found.exception)


def test_tables_and_columns_are_listed_with_their_sentences(tmp_path: Path) -> None:
    listed = {row["table"]: row for row in json.loads(run(tmp_path, "--tables", "-f", "json").stdout)}
    assert listed["finding"]["what a row is"] == "One row per finding: an offending row, or one that earns points."
    assert {"schema_info", "column_state"} & listed.keys() == set()
    shown = list(csv.reader(io.StringIO(run(tmp_path, "--columns", "finding").stdout)))
    assert shown[0] == ["column", "type", "what it says"]
    assert [row[0] for row in shown if row[0] == "suppressed"] == ["suppressed"]
    assert "column_state" in run(tmp_path, "--tables", "--every-subject").stdout


# --- the data dictionary


def test_the_listing_has_every_table_and_column_of_the_files(store: Path) -> None:
    files = {
        Place.SCAN: store / "scans" / SCAN_ID / "scan.sqlite", Place.HISTORY: store / "history.sqlite",
        Place.VISITS: store / "visits.sqlite",
    }  # fmt: skip
    for place, path in files.items():
        with closing(sqlite3.connect(path)) as db:
            names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            real = {n: [row[1] for row in db.execute(f"PRAGMA table_info({n})")] for n in names if n not in HIDDEN}
        assert {t.name: [c.name for c in t.columns] for t in tables_of(place)} == real
        assert [c for t in tables_of(place) for c in t.columns if not c.sentence.endswith((".", "…"))] == []


@pytest.mark.parametrize(("schema", "words"), [(HISTORY, HISTORY_TABLES), (VISITS, VISITS_TABLES)])
def test_every_column_of_the_stores_own_files_is_described_and_no_other(schema: str, words: Any) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(schema)
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        real = {n: {row[1] for row in db.execute(f"PRAGMA table_info({n})")} for n in names}
    assert {n: set(d.columns) for n, d in words.items()} == real


# --- hostile values

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HOSTILE_ROWS = Table(
    ("a\x1b[2J", "名称", "名称"),
    [
        ('=HYPERLINK("http://evil")', "红\x1b[31m\u202e色", None),
        ("\t@SUM(1)", "两\n行", b"\x00\xff"),
        (-1, -0.5, float("inf")),
        ("[red]x[/red]", "浠水县\ud800", "-"),
    ],
)


def test_no_cell_is_a_formula_and_none_steers() -> None:
    written = as_csv(HOSTILE_ROWS).decode()
    assert STEERING.search(written) is None
    assert list(csv.reader(io.StringIO(written))) == [
        ["a\\x1b[2J", "名称", "名称_2"],
        ['\'=HYPERLINK("http://evil")', "红\\x1b[31m\\u202e色", ""],
        ["'\t@SUM(1)", "两\n行", "00ff"],
        ["-1", "-0.5", "inf"],
        ["[red]x[/red]", "浠水县?", "'-"],
    ]
    assert STEERING.search(as_json(HOSTILE_ROWS).decode()) is None
    assert json.loads(as_json(HOSTILE_ROWS))[2] == {"a\x1b[2J": -1, "名称": -0.5, "名称_2": "inf"}


def test_a_table_keeps_a_row_on_a_line_and_its_columns_under_each_other() -> None:
    shown = as_table(Table(("名称", "n", "x"), [("浠水县人民政府", 1, "a\nb"), ("x[red]", 200, None)])).decode()
    assert shown == "名称              n  x\n浠水县人民政府    1  a b\nx[red]          200  NULL\n"
    assert STEERING.search(as_table(HOSTILE_ROWS).decode()) is None


@pytest.mark.parametrize(
    ("columns", "names"),
    [(("a", "b"), ("a", "b")), (("a", "a", "a"), ("a", "a_2", "a_3")), (("a", "a_2", "a"), ("a", "a_2", "a_3"))],
)
def test_names_of_columns_are_unique(columns: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert unique(columns) == names
