"""The report formats: golden files, published schemas, round trips, and hostile page text.

`CHECKER_UPDATE_GOLDEN=1 pytest tests/test_report.py` writes the golden files anew; look at the diff before you commit.
"""

import json
import os
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from rich.cells import cell_len
from rich.text import Text

from checker.model.results import Assessment, Change, Finding, Outcome, Scan, SubjectResult
from checker.report import FORMATS, json_report, ndjson, text, xlsx
from checker.report._lines import plain, wrapped
from tests.golden_scan import BLANK, BONUS, BUREAU, HOSTILE, LINKS, NOTICE, PORTAL, SCAN, WEIBO
from tests.workbook import cells

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SCHEMAS = ROOT / "docs" / "schema"
VIEWS: dict[str, Callable[[Scan], bytes]] = {
    **{f"scan{f.suffix}": f.render for f in FORMATS if not f.binary},
    "scan.xlsx.json": lambda scan: cells(xlsx.render(scan)),
    "scan-80.txt": lambda scan: text.render(scan, width=80),
    "scan-colour.txt": lambda scan: text.render(scan, colour=True),
}
SGR = re.compile(r"\x1b\[[0-9;]*m")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def schema(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / name).read_text("utf-8"))  # type: ignore[no-any-return]


def closed(node: Any) -> Any:
    """The schema with every object closed, so that an undocumented field is an error."""
    if isinstance(node, list):
        return [closed(n) for n in node]
    if not isinstance(node, dict):
        return node
    shut = {key: closed(value) for key, value in node.items()}
    if shut.get("additionalProperties") is True:
        shut["additionalProperties"] = False
    return shut


def errors(instance: Any, name: str, strict: bool = False) -> list[str]:
    wanted = schema(name)
    shared = schema("scan.schema.json")
    if strict:
        wanted, shared = closed(wanted), closed(shared)
    registry: Registry[Any] = Registry().with_resource("scan.schema.json", Resource.from_contents(shared))
    found = Draft202012Validator(wanted, registry=registry).iter_errors(instance)
    return [f"{e.json_path}: {e.message}" for e in found]


def with_text(value: Any, put: str) -> Any:
    """The same frozen tree with `put` in every field that pages or people may fill freely."""
    kept = {"kind", "status", "effect", "outcome", "verdict", "certainty", "change", "rule", "fingerprint"}
    if isinstance(value, tuple):
        return tuple(with_text(v, put) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        news = {f.name: with_text(getattr(value, f.name), put) for f in fields(value) if f.name not in kept}
        return replace(value, **news)
    return put if type(value) is str else value


def strings(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set().union(*map(strings, node.values())) if node else set()
    if isinstance(node, list):
        return set().union(*map(strings, node)) if node else set()
    return {node} if isinstance(node, str) else set()


@pytest.mark.parametrize("name", VIEWS)
def test_golden(name: str) -> None:
    actual = VIEWS[name](SCAN)
    if os.environ.get("CHECKER_UPDATE_GOLDEN") == "1":
        (GOLDEN / name).write_bytes(actual)
    assert (GOLDEN / name).read_bytes().decode() == actual.decode()


def test_no_golden_file_is_left_over() -> None:
    assert set(VIEWS) == {p.name for p in GOLDEN.iterdir() if p.name.startswith("scan")}


def test_every_file_of_the_folder_is_a_registered_format() -> None:
    folder = ROOT / "checker" / "report"
    files = {p.stem for p in folder.glob("[!_]*.py")} | {p.parent.name for p in folder.glob("[!_]*/__init__.py")}
    assert {f"checker.report.{name}" for name in files} == {f.render.__module__ for f in FORMATS}


def test_formats_have_their_contract_names() -> None:
    expected = {
        "text": ".txt",
        "json": ".json",
        "ndjson": ".ndjson",
        "sarif": ".sarif",
        "csv": ".csv",
        "xlsx": ".xlsx",
        "junit": ".xml",
        "markdown": ".md",
        "html": ".html",
    }
    assert {f.name: f.suffix for f in FORMATS} == expected


@pytest.mark.parametrize("name", ["scan.schema.json", "event.schema.json"])
def test_schemas_are_schemas_with_a_sentence_per_field(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    bare: list[str] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            properties = node.get("properties", {})
            bare.extend(f"{path}.{k}" for k, v in properties.items() if not v.get("description", "").endswith("."))
            for key, value in node.items():
                walk(value, f"{path}.{key}")
        if isinstance(node, list):
            for value in node:
                walk(value, path)

    walk(schema(name), "")
    assert bare == []


def test_json_is_as_the_schema_says_and_has_no_undocumented_field() -> None:
    assert errors(json.loads(json_report.render(SCAN)), "scan.schema.json", strict=True) == []


def test_every_event_is_as_the_schema_says() -> None:
    lines = [json.loads(line) for line in ndjson.render(SCAN).splitlines()]
    assert [errors(line, "event.schema.json") for line in lines] == [[]] * 7
    assert [errors(line, "event.schema.json", strict=True) for line in (lines[0], lines[-1])] == [[], []]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("subjects", 0, "verdict"), "failed"),
        (("subjects", 0, "assessments", 0, "points"), "0"),
        (("subjects", 0, "assessments", 0, "effect"), "deduction"),
        (("summary", "apps"), {}),
        (("schema_version",), "2.0"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_know(path: tuple[Any, ...], value: Any) -> None:
    document = deepcopy(json_report.document(SCAN))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert errors(document, "scan.schema.json") != []


def test_json_has_the_key_order_and_the_numbers_of_the_contract() -> None:
    document = json.loads(json_report.render(SCAN))
    portal = document["subjects"][0]
    assert list(document) == [
        "schema_version", "tool", "scan", "summary", "units", "subjects", "suppressions", "trend",
    ]  # fmt: skip
    assert portal["score"] == {"total": None, "part2": 91.5, "bonus": 3, "lowest": 88}
    links = next(a for a in portal["assessments"] if a["rule"] == "d3-links")
    assert (links["points"], links["at_risk"], links["cap"]) == (-0.5, -0.5, 1)
    assert [f["points"] for f in links["findings"][:3]] == [-0.2, -0.2, -0.1]
    assert "v6-no-services" not in [a["rule"] for a in portal["assessments"]]
    assert document["subjects"][2]["verdict"] is None
    assert [s["platform"] for s in document["subjects"]] == [None, None, None, "weibo", "wechat-subscription"]


@pytest.mark.parametrize(
    ("value", "written"),
    [("91.5", "91.5"), ("-0.5", "-0.5"), ("3.0", "3"), ("-0", "0"), ("1E+2", "100"), ("0.1", "0.1"), ("99.30", "99.3")],
)
def test_decimals_are_written_as_a_person_would(value: str, written: str) -> None:
    assert json.dumps(json_report.number(Decimal(value))) == written


@given(st.decimals(-200, 200, places=4))
def test_no_decimal_is_bent_by_json(value: Decimal) -> None:
    written = json.dumps(json_report.number(value))
    assert json.loads(written, parse_float=Decimal, parse_int=Decimal) == value


def test_ndjson_streams_the_same_lines_that_it_renders() -> None:
    head = ndjson.started(
        scan_id=SCAN.id,
        started_at=SCAN.started_at,
        as_of=SCAN.as_of,
        tool_version=SCAN.tool_version,
        rules=SCAN.rules,
        sites=3,
        accounts=2,
    )
    streamed = head + b"".join(ndjson.subject(s) for s in SCAN.subjects) + ndjson.finished(SCAN)
    assert streamed == ndjson.render(SCAN)
    document = json_report.document(SCAN)
    events = [json.loads(line) for line in streamed.splitlines()]
    assert [e["type"] for e in events] == ["scan-started", *["subject"] * 5, "scan-finished"]
    assert [{"type": "subject", **s} for s in document["subjects"]] == events[1:-1]
    assert (document["scan"], document["summary"], document["units"]) == (
        events[-1]["scan"], events[-1]["summary"], events[-1]["units"],
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_any_text_survives_json_and_ndjson(put: str) -> None:
    scan = with_text(SCAN, put)
    written = json_report.render(scan)
    document = json.loads(written)
    assert put in strings(document)
    assert json.loads(json.dumps(json_report.document(scan))) == document
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written.decode())
    lines = ndjson.render(scan).decode().splitlines()
    assert [e["type"] for e in map(json.loads, lines)][1:-1] == ["subject"] * 5
    assert [json.loads(line) for line in lines][1] == {"type": "subject", **document["subjects"][0]}


def test_a_lone_surrogate_breaks_no_format() -> None:
    scan = with_text(SCAN, "标\ud800题")
    assert "标\ufffd题" in strings(json.loads(json_report.render(scan)))
    assert "标\ufffd题" in text.render(scan).decode()


@settings(max_examples=60, deadline=None)
@given(st.one_of(ANY_TEXT, st.text(st.sampled_from("\x1b\x9b[2J]0;\x07\u202e\r\n\t字，a[/] "))))
def test_no_page_text_steers_the_terminal(put: str) -> None:
    scan = with_text(SCAN, put)
    quiet = text.render(scan).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", quiet)
    assert SGR.sub("", text.render(scan, colour=True).decode()) == quiet


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.integers(30, 120))
def test_no_line_is_wider_than_the_terminal_but_web_addresses(put: str, width: int) -> None:
    lines = text.render(with_text(SCAN, put), width=width).decode().split("\n")
    assert [line for line in lines if cell_len(line) > width and "http" not in line] == []


def test_a_hostile_title_is_shown_for_what_it_is() -> None:
    shown = text.render(SCAN).decode()
    assert "通知\\x1b]0;占线\\x07\\x1b[2J[bold red]公告[/]\\u202e\\x9b31m" in shown
    assert HOSTILE not in shown


def test_clickable_addresses_only_on_a_terminal_and_only_plain_ones() -> None:
    hostile = replace(BLANK.findings[0], url="http://e.cn/\x1b]8;;http://evil.cn/\x07汉")
    scan = replace(SCAN, subjects=(replace(PORTAL, assessments=(replace(BLANK, findings=(hostile,)),)),))
    on_terminal = text.render(scan, terminal=True).decode()
    targets = set(re.findall(r"\x1b\]8;id=\d+;([^\x1b]+)\x1b\\", on_terminal))
    assert {
        "http://www.xishui.gov.cn/",
        "http://www.xishui.gov.cn/tjgb/",
        "http://e.cn/%5Cx1b]8;;http://evil.cn/%5Cx07%E6%B1%89",
    } == targets
    assert "\x1b" not in text.render(scan).decode()
    assert "]8;id=" not in text.render(scan, colour=True).decode()


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = text.render(SCAN), text.render(SCAN, colour=True)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "JUPYTER_COLUMNS"):
        monkeypatch.setenv(name, "17")
    assert before == (text.render(SCAN), text.render(SCAN, colour=True))


def test_of_a_clause_the_first_rows_are_told_and_the_others_counted() -> None:
    certain = tuple(replace(LINKS.findings[0], detail=f"第{n}条确定") for n in range(40))
    rule = replace(LINKS, findings=LINKS.findings[3:] + certain)
    scan = replace(SCAN, subjects=(replace(PORTAL, assessments=(rule,)),))
    shown = text.render(scan).decode()
    assert [f"第{n}条确定" for n in range(5)] == re.findall(r"第\d+条确定", shown)
    assert "首页链接无法打开：另有 35 处，见 XLSX、HTML 或 JSON" in shown
    assert "其他页面链接无法打开：另有 8 处（其中候选 8 处），见 XLSX、HTML 或 JSON" in shown
    assert [f"第{n}个外部链接" for n in range(1, 6)] == re.findall(r"第\d+个外部链接", shown)


def test_a_scan_of_nothing_renders_in_every_format() -> None:
    nothing = replace(SCAN.sites, registered=0, inspected=0, closed=0, qualified=0, pending=0, unqualified=0,
                      pass_rate=None, pass_rate_if_pending_fail=None)  # fmt: skip
    scan = replace(SCAN, subjects=(), units=(), sites=nothing, accounts=nothing, complete=False)
    assert errors(json.loads(json_report.render(scan)), "scan.schema.json") == []
    assert [e["type"] for e in map(json.loads, ndjson.render(scan).splitlines())] == ["scan-started", "scan-finished"]
    assert "检查没有做完" in text.render(scan).decode()


def shown(subject: SubjectResult, *assessments: Assessment) -> str:
    alone = replace(subject, assessments=assessments)
    return text.render(replace(SCAN, subjects=(alone,)), width=400).decode()


def seen_before(assessment: Assessment, first_seen: str = "2021-11-07T23:59:00+08:00", **more: Any) -> Assessment:
    findings: tuple[Finding, ...] = tuple(
        replace(f, change=Change.UNCHANGED, first_seen=first_seen, **more) for f in assessment.findings[:1]
    )
    return replace(assessment, findings=findings)


@pytest.mark.parametrize("assessment", [BLANK, LINKS, NOTICE], ids=lambda a: a.effect)
def test_a_certain_problem_of_an_earlier_day_is_still_not_mended(assessment: Assessment) -> None:
    assert "· [仍未整改] " in shown(PORTAL, seen_before(assessment))


@pytest.mark.parametrize(
    "assessment",
    [
        seen_before(BONUS),
        seen_before(BLANK, certainty="candidate"),
        seen_before(BLANK, certainty="unknown"),
        seen_before(BLANK, first_seen="2021-11-08T00:00:00+08:00"),
        seen_before(BLANK, first_seen=""),
    ],
    ids=["a merit", "a candidate", "an unknown", "the same day", "never said"],
)
def test_nothing_else_is_called_not_mended(assessment: Assessment) -> None:
    assert "仍未整改" not in shown(PORTAL, assessment)


def test_an_account_is_no_address() -> None:
    (stale, *_) = WEIBO.assessments
    nowhere = replace(stale.findings[0], location="account:421125M003XL0001", url="account:421125M003XL0001")
    printed = shown(WEIBO, replace(stale, findings=(nowhere,)))
    assert nowhere.detail in printed
    assert "account:" not in printed


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (
            "列表条目（首页）采集失败：返回的是校验脚本，无法判断；发布日期（首页）采集失败：返回的是校验脚本，无法判断",
            ["  首页未能读取：返回的是校验脚本，无法判断"],
        ),
        ("发布日期（首页）采集失败：服务器没有应答；请求 2 次；另有2处", ["  首页未能读取：服务器没有应答；请求 2 次"]),
        ("列表条目（首页）采集不完整：首页有正文，但未识别到信息列表", []),
        ("规则执行出错：timeout", []),
    ],
)
def test_a_home_page_that_could_not_be_read_is_said_at_the_top(reason: str, line: list[str]) -> None:
    (home,) = BUREAU.assessments
    lines = shown(BUREAU, replace(home, outcome=Outcome.OPEN, reason=reason, findings=())).splitlines()
    assert [one for one in lines if "首页未能读取" in one] == line
    if line:
        assert lines[lines.index(line[0]) - 1].strip() == BUREAU.url


def test_the_report_ends_with_what_its_words_mean() -> None:
    lines = text.render(SCAN, width=400).decode().splitlines()
    legend = lines[lines.index(next(one for one in lines if one.startswith("── 说明"))) + 1 :]
    assert [one.partition("：")[0] for one in legend] == [
        "合格（15项中5项已判定）",
        "待核",
        "候选",
        "〔1a2b3c4d〕",
        "第二部分",
        "最低",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("行一\r\n行二\t三\u3000四", "行一 行二 三 四"),
        ("\x1b[31m红", "\\x1b[31m红"),
        ("零\u200b宽\ufeff", "零宽"),
        ("a\u202eb", "a\\u202eb"),
        ("[bold]不是标记[/bold]", "[bold]不是标记[/bold]"),
        ("", ""),
        ("长" * 700, "长" * 600 + "……（过长，全文见 JSON）"),
    ],
)
def test_plain(value: str, shown: str) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("value", "width", "lines"),
    [
        ("政府网站集约化", 8, ["政府网站", "集约化"]),
        ("政府网站，集约化", 8, ["政府网", "站，集约", "化"]),
        ("见《条例》第三条", 6, ["见《条", "例》第", "三条"]),
        ("自《条例》", 4, ["自", "《条", "例》"]),
        ("open data 开放", 9, ["open data", "开放"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 4, [""]),
    ],
)
def test_wrapping_is_chinese(value: str, width: int, lines: list[str]) -> None:
    assert [line.plain for line in wrapped(Text(value), width)] == lines
