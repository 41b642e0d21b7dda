"""The sample city from end to end: exactly what was planted is found, no more and no fewer.

`demo_expected.yaml` was written by the one who planted the faults; `golden/demo_findings.txt` is every finding with
its words, so that any change of a finding shows in a diff (CHECKER_UPDATE_GOLDEN=1 writes it anew).
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from checker.cli.query_output import as_table
from checker.config import shipped
from checker.demo import AS_OF, CREDENTIALS, CityServer, visits
from checker.demo.places import CITY, HEALTH, PLACES, QINGXI, SHIQIAO
from checker.fleet import Order, evaluate_scan, load_scan, run
from checker.fleet.listing import Place
from checker.fleet.query import Where, ask
from checker.fleet.recheck import Wanted, prepared, recheck
from checker.history import record_visits
from checker.history.notifying import record_notified
from checker.model.results import Assessment, Change, Finding, Outcome, Scan
from checker.registry import read_registry
from checker.report import json_report
from tests.scanning import QUICK, national, order
from tests.test_report_counts import FORMATS, repeating
from tests.worked_questions import Question, questions, show

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "demo_expected.yaml").read_text("utf-8"))["subjects"]
GOLDEN = HERE / "golden" / "demo_findings.txt"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def scan(store: Path) -> Iterator[Scan]:
    record_visits(store, visits())
    with CityServer() as server, pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        yield run(of_the_city(server, store), lambda _: None)


QUICK_CITY = replace(QUICK, link_checks=2000)


def of_the_city(server: CityServer, store: Path) -> Order:
    """An order to inspect the whole city."""
    registry = read_registry(shipped("sites.yaml"), shipped("accounts.yaml"))
    wanted = order(server, store, [])
    fetch = replace(wanted.fetch, read_seconds=10.0, total_seconds=20.0, platform_interval=0.001, cacert=server.cacert)
    return replace(wanted, registry=registry, fetch=fetch, as_of=AS_OF, budget=QUICK_CITY)


def all_assessments(scan: Scan) -> dict[tuple[str, str], Assessment]:
    return {(s.id, a.rule): a for s in scan.subjects for a in s.assessments}


CASES = [(subject, rule) for subject, rules in EXPECTED.items() for rule in rules]


@pytest.mark.parametrize(("subject", "rule"), CASES)
def test_what_was_planted_is_found(scan: Scan, subject: str, rule: str) -> None:
    expected = EXPECTED[subject][rule]
    found = all_assessments(scan)[subject, rule]
    assert found.outcome == expected["outcome"], found.reason
    rows = expected.get("rows", [])
    if rows == "any":
        return
    left = list(found.findings)
    for row in rows:
        matching = [f for f in left if _matches(row, f)]
        assert len(matching) >= row.get("count", 1), f"not found: {row}"
        left = [f for f in left if f not in matching[: row.get("count", 1)]]
    if "more" not in expected:
        assert [(f.clause, f.item, f.detail) for f in left] == []


def _matches(row: dict[str, Any], finding: Finding) -> bool:
    wanted = {k: v for k, v in row.items() if k in {"clause", "item", "location", "url"}}
    shown = {"clause": finding.clause, "item": finding.item, "location": finding.location, "url": finding.url}
    return finding.certainty == row.get("certainty", "certain") and all(shown[k] == v for k, v in wanted.items())


def listing(scan: Scan) -> str:
    """Every assessment that found something, with all its findings, one line each."""
    lines = []
    for subject in scan.subjects:
        lines.append(f"{subject.id} {subject.name}: {subject.verdict} {subject.grade} {subject.score}")
        for a in subject.assessments:
            if a.findings:
                lines.append(f"  {a.rule} {a.outcome} {a.points} {a.at_risk}")
                lines += [
                    f"    {f.certainty} {f.clause} {f.points} | {f.item} | {f.location} | {f.detail}"
                    for f in sorted(a.findings, key=lambda f: (f.clause, f.item, f.location, f.detail))
                ]
    return "\n".join(lines) + "\n"


def test_every_finding_is_as_it_was(scan: Scan) -> None:
    found = listing(scan)
    if os.environ.get("CHECKER_UPDATE_GOLDEN"):
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_the_result_fits_its_published_schema(scan: Scan) -> None:
    schema = json.loads((HERE.parent / "docs" / "schema" / "scan.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(json_report.render(scan)), schema)


def test_evaluating_again_gives_the_same(scan: Scan, store: Path) -> None:
    again = evaluate_scan(store, scan.id, national())
    assert again.subjects == scan.subjects
    assert load_scan(store, scan.id).subjects == scan.subjects


def test_a_second_scan_knows_the_findings_of_the_first(scan: Scan, store: Path) -> None:
    with CityServer() as server:
        registry = read_registry(shipped("sites.yaml"), shipped("accounts.yaml"))
        wanted = replace(order(server, store, []), registry=registry, as_of=AS_OF, only=("349901M001XL0001",))
        second = run(wanted, lambda _: None)
    stale = all_assessments(second)["349901M001XL0001", "n2-stale"]
    assert [(f.change, f.first_seen) for f in stale.findings] == [("unchanged", AS_OF.isoformat())]


@pytest.mark.parametrize(("days", "expected"), [(0, set()), (15, {Change.NOT_SEEN})])
def test_of_an_unchanged_city_a_recheck_rectifies_nothing(
    scan: Scan, store: Path, tmp_path: Path, days: int, expected: set[Change]
) -> None:
    """Every finding was notified and nothing has changed, but for the day: what is not looked at is not mended."""
    shutil.copytree(store, tmp_path, dirs_exist_ok=True)
    found = [f for a in all_assessments(scan).values() for f in a.findings if f.certainty != "unknown"]
    record_notified(tmp_path, sorted({f.fingerprint for f in found}), AS_OF.date(), "通报")
    with CityServer() as server, pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        wanted = replace(of_the_city(server, tmp_path), as_of=AS_OF + timedelta(days=days))
        again = recheck(wanted, prepared(tmp_path, Wanted(scan.id), wanted.rules), lambda _: None)
    assert {g.change for s in again.subjects for g in s.gone} == expected
    still = {f.fingerprint for a in all_assessments(again).values() for f in a.findings if f.rechecked}
    assert still == {f.fingerprint for f in found}


def test_nothing_is_judged_that_was_not_gathered(scan: Scan) -> None:
    """Rules that this version cannot feed are open, unless something was seen that proves itself."""
    from checker.scan import missing_facts  # noqa: PLC0415

    waiting = {r.rule.id for r in national().rules if r.rule.sql and missing_facts(r)}
    judged = {
        a.rule
        for s in scan.subjects
        for a in s.assessments
        if a.outcome in {Outcome.PASS, Outcome.FAIL} and not any(f.certainty == "certain" for f in a.findings)
    }
    assert waiting & judged == set()


def facts(store: Path, scan: Scan, subject: str, sql: str) -> list[tuple[Any, ...]]:
    path = store / "scans" / scan.id / "facts" / f"{subject}.sqlite"
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return connection.execute(sql).fetchall()


LISTED = """
SELECT substr(p.url, 1, instr(p.url || '?', '?') - 1), count(*) FROM list_item i JOIN address p ON p.id = i.page
JOIN address l ON l.id = i.listed_in WHERE l.url LIKE '%{column}%' GROUP BY p.url ORDER BY p.url
"""


def test_lists_that_do_not_stand_in_their_pages_are_read(scan: Scan, store: Path) -> None:
    assert facts(store, scan, HEALTH.id, LISTED.format(column="/col1201/")) == [
        ("http://wjw.shili.gov.cn/col/col1201/index.html", 10),
        ("http://wjw.shili.gov.cn/module/web/jpage/dataproxy.jsp", 1),
    ]
    assert facts(store, scan, SHIQIAO.id, LISTED.format(column="/gsgg/")) == [
        ("http://www.shiqiao.shili.gov.cn/zwgk/gsgg/list.json", 3)
    ]


def test_the_footer_that_a_script_writes_is_read_on_every_page(scan: Scan, store: Path) -> None:
    asked = "SELECT a.url, f.outcome FROM fetch f JOIN address a ON a.id = f.url WHERE f.purpose = 'part'"
    assert facts(store, scan, SHIQIAO.id, asked) == [("http://www.shiqiao.shili.gov.cn/js/footer.js", "ok")]
    without = (
        "SELECT count(*) FROM page p WHERE NOT EXISTS (SELECT 1 FROM mark m WHERE m.page = p.url AND m.kind = 'icp')"
    )
    assert facts(store, scan, SHIQIAO.id, without) == [(0,)]


NEEDED = "SELECT a.url FROM page p JOIN address a ON a.id = p.url WHERE p.browser = 'needed' ORDER BY a.url"
CONFLICTS = """
SELECT s.on_date, m.on_date FROM article_date s JOIN article_date m ON m.url = s.url AND m.on_date <> s.on_date
WHERE s.source = 'label' AND m.source = 'meta'
"""
MAPS = "SELECT a.url FROM page p JOIN address a ON a.id = p.url WHERE p.role = 'map'"
ELSEWHERE = """
SELECT a.url, c.name, c.type, c.reason FROM site_column c JOIN address a ON a.id = c.url WHERE c.registered = 0
AND c.reason LIKE '%站外%'
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (NEEDED, {QINGXI.id: [("http://www.qingxi.shili.gov.cn/sjkf/common_list.shtml",)]}),
        (MAPS, {CITY.id: [(f"http://{CITY.host}{CITY.map}",)], SHIQIAO.id: [(f"http://{SHIQIAO.host}{SHIQIAO.map}",)]}),
        (
            ELSEWHERE,
            {
                QINGXI.id: [
                    ("http://zwfw.shili.gov.cn/", "政务服务", "services", "导航链接指向站外，栏目名称含“政务服务”")
                ],
                HEALTH.id: [
                    ("http://12345.shili.gov.cn/", "咨询投诉", "consultation", "导航链接指向站外，栏目名称含“咨询投诉”")
                ],
            },
        ),
        (
            CONFLICTS,
            {QINGXI.id: [("2021-05-02", "2021-11-05")]},
        ),
    ],
    ids=["browser", "map", "elsewhere", "conflict"],
)
def test_what_is_planted_on_single_pages_is_a_fact_there_and_nowhere_else(
    scan: Scan, store: Path, sql: str, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    assert {p.id: facts(store, scan, p.id, sql) for p in PLACES} == {p.id: expected.get(p.id, []) for p in PLACES}


def test_there_are_ten_worked_questions() -> None:
    assert [str(q) for q in questions()] == [str(n) for n in range(1, 11)]


@pytest.fixture(scope="module")
def notified(scan: Scan, store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of the city after a circular that named its vetoes; the store itself knows of none."""
    after = tmp_path_factory.mktemp("notified")
    shutil.copyfile(store / "history.sqlite", after / "history.sqlite")
    vetoes = [a for s in scan.subjects for a in s.assessments if a.effect == "veto" and a.outcome is Outcome.FAIL]
    marks = [f.fingerprint for a in vetoes for f in a.findings if f.certainty == "certain" and not f.notice]
    record_notified(after, marks, date(2021, 11, 15), "示例市第四季度通报")
    return after


@pytest.mark.parametrize("question", questions(), ids=str)
def test_the_worked_questions_have_the_answers_that_the_docs_show(
    scan: Scan, store: Path, notified: Path, question: Question
) -> None:
    asked = notified if question.place is Place.HISTORY else store
    answer = as_table(ask(Where(asked, question.place, scan.id), question.sql).table).decode()
    if os.environ.get("CHECKER_UPDATE_GOLDEN"):
        show(question, answer)
    assert answer == (answer if os.environ.get("CHECKER_UPDATE_GOLDEN") else question.shown)


def test_every_report_of_the_city_gives_the_same_number_of_problems(scan: Scan) -> None:
    found = {name: set(numbers(repeating(scan))) for name, numbers in FORMATS.items()}
    (expected,) = found["json"]
    assert expected > 20
    assert found == {name: {expected} for name in FORMATS}
