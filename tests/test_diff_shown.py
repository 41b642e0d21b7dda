"""How a difference is shown: exit codes, files, golden files, schema, and what pages may not do in it.

`CHECKER_UPDATE_GOLDEN=1 pytest tests/test_diff_shown.py` writes the golden files anew; look at what changed.
"""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.diff import arrived_at
from checker.demo import CityServer
from checker.fleet import run
from checker.fleet.diff import compare, pair_of
from checker.model.differences import Comparison
from checker.model.results import (
    Assessment,
    Change,
    Outcome,
    RuleSetInfo,
    Scan,
    Score,
    SuppressionUse,
    Verdict,
)
from checker.report._diff import DIFF_FORMATS, document
from checker.report._diff_text import render_text
from tests.comparing import NOW, RULES, THEN, again, answering, keep, row, rule, scan, seen_now, subject
from tests.golden_scan import HOSTILE
from tests.scanning import html, national, order, site
from tests.test_report import errors

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Change]:
    """What the facts say of findings that are gone, by fingerprint."""
    return answering(monkeypatch)


def invoke(store: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["diff", "--store", str(store), *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


LEVELS: list[tuple[Assessment, dict[str, int]]] = [
    (rule(seen_now("a")), {"never": 0, "veto": 1, "deduction": 1, "notice": 1}),
    (rule(again("a")), {"veto": 1}),
    (rule(seen_now("a"), effect="deduct"), {"veto": 0, "deduction": 1, "notice": 1}),
    (rule(seen_now("a"), effect="notice"), {"veto": 0, "deduction": 0, "notice": 1}),
    (rule(seen_now("a", notice=True), outcome=Outcome.PASS), {"veto": 0, "deduction": 0, "notice": 1}),
    (rule(seen_now("a", certainty="candidate")), {"veto": 0, "notice": 0}),
    (rule(seen_now("a", suppressed="r")), {"veto": 0, "notice": 0}),
    (rule(seen_now("a"), outcome=Outcome.PASS), {"veto": 0, "notice": 0}),
    (rule(row("a")), {"veto": 0, "notice": 0}),
    (rule(row("w")), {"veto": 1, "notice": 1}),
    (rule(row("w", notice=True), outcome=Outcome.PASS), {"veto": 0, "notice": 0}),
]


@pytest.mark.parametrize(("found", "codes"), LEVELS, ids=range(len(LEVELS)))
def test_only_what_arrived_fails_and_only_if_asked_to(tmp_path: Path, found: Assessment, codes: dict[str, int]) -> None:
    known = rule(row("a")) if found == rule(row("a")) else rule(row("w", notice=True), outcome=Outcome.PASS)
    keep(tmp_path, scan("1", THEN, subject(known)))
    keep(tmp_path, scan("2", NOW, subject(found)))
    compared = compare(tmp_path, "1", "2", RULES)
    assert {level: int(arrived_at(compared, level)) for level in codes} == codes


def test_the_exit_code_is_that_of_what_arrived(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject(rule(seen_now("a")))))
    assert [invoke(tmp_path, *words)[0] for words in ((), ("--fail-on", "veto"))] == [0, 1]


def test_the_format_goes_to_a_file(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", THEN, subject()))
    keep(tmp_path, scan("2", NOW, subject()))
    assert invoke(tmp_path, "-f", "json", "-o", str(tmp_path / "new" / "diff.json")) == (0, "")
    assert json.loads((tmp_path / "new" / "diff.json").read_text("utf-8")) == json.loads(
        invoke(tmp_path, "-f", "json", "-o", "-")[1]
    )


def _golden(answered: dict[str, Change], store: Path) -> Comparison:
    answered |= {"old-gone": Change.RECTIFIED, "old-page": Change.REMOVED, "old-unread": Change.NOT_SEEN}
    links = {"rule": "d3-links", "title": "可用性", "effect": "deduct", "problem": "存在无法打开的链接"}
    mended = row("old-gone", problem="首页链接无法打开", detail="“省政府”返回 404", notified_on="2021-11-02")
    then = subject(
        rule(row("old-page"), row("old-unread"), outcome=Outcome.PASS),
        rule(mended, row("same", problem="其他页面链接无法打开", price=Decimal("-0.1")), **links),
    )
    now = subject(
        rule(seen_now("new-blank", f"栏目“{HOSTILE}”列表为空，=1+1，|表格|，<b>，@所有人"), again("back"),
             seen_now("soon", "最新一条为 2021-10-27，已 12 天", problem="应更新栏目即将到期", notice=True)),
        rule(row("same", problem="其他页面链接无法打开", price=Decimal("-0.2"), points=Decimal("-0.2")),
             seen_now("doubt", certainty="candidate"),
             seen_now("kept", suppressed="等待恢复（负责人：张三，至2021-11-30）"),
             **links),
        verdict=Verdict.UNQUALIFIED, grade="不合格", score=Score(None, Decimal("91.5"), Decimal(0), Decimal(88)),
    )  # fmt: skip
    left, quiet = subject(rule(row("left")), id="www-left-example"), subject(rule(row("x")), id="www-quiet-example")
    keep(store, scan("20211101-100000", THEN, then, left, quiet))
    keep(store, scan("20211108-100000", NOW, now, quiet, rules=RuleSetInfo("national", "2019.2", "bbbbbbbb" * 8)))
    use = SuppressionUse("x-typo", "网站 4211250023", "人名用字", "李四", "2021-07-01", "2021-11-03",
                         "suppressions.yaml:9", "expired", 0)  # fmt: skip
    return replace(compare(store, "20211101-100000", "20211108-100000", RULES), expired=(use,))


VIEWS: dict[str, Callable[[Comparison], bytes]] = {
    "diff.txt": render_text,
    "diff-80.txt": lambda c: render_text(c, verbose=True, width=80),
    "diff.json": lambda c: DIFF_FORMATS["json"](c, False),
    "diff.md": lambda c: DIFF_FORMATS["markdown"](c, False),
    "diff.csv": lambda c: DIFF_FORMATS["csv"](c, True),
}


@pytest.fixture
def golden(tmp_path: Path, answered: dict[str, Change]) -> Comparison:
    return _golden(answered, tmp_path)


@pytest.mark.parametrize("name", VIEWS)
def test_the_golden_files(name: str, golden: Comparison) -> None:
    out = VIEWS[name](golden)
    if os.environ.get("CHECKER_UPDATE_GOLDEN"):
        (GOLDEN / name).write_bytes(out)
    assert (GOLDEN / name).read_bytes() == out


def test_no_line_is_wider_than_asked(golden: Comparison) -> None:
    for width in (60, 80, 100):
        lines = render_text(golden, True, width).decode().splitlines()
        assert [line for line in lines if cell_len(line) > width and "http" not in line] == []


def test_json_is_what_the_schema_says_and_every_field_has_a_sentence(golden: Comparison) -> None:
    assert errors(document(golden), "diff-1.0.json", strict=True) == []
    schema = json.loads((GOLDEN.parent.parent / "docs/schema/diff-1.0.json").read_text("utf-8"))
    assert _silent(schema) == []


def _silent(node: Any, name: str = "") -> list[str]:
    """Properties without a description that ends like a sentence."""
    found = []
    for key, value in node.get("properties", {}).items():
        told = str(value.get("description", ""))
        found += ([] if told.endswith(".") else [f"{name}.{key}"]) + _silent(value, f"{name}.{key}")
    for key, value in node.get("$defs", {}).items():
        found += _silent(value, key)
    return found


def test_csv_holds_no_formula_and_a_row_a_finding(golden: Comparison) -> None:
    out = DIFF_FORMATS["csv"](golden, True).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == sum(len(s.findings) for s in golden.subjects)
    assert [v for r in rows for k, v in r.items() if v.startswith(("=", "+", "@")) and k != "分值"] == []
    assert (
        len(list(csv.DictReader(io.StringIO(DIFF_FORMATS["csv"](golden, False).decode("utf-8-sig")))))
        == len(rows) - golden.counts[Change.UNCHANGED]
    )


def test_formulas_are_disarmed() -> None:
    from checker.report._diff import _cell  # noqa: PLC0415

    texts = ("=1+1", "-0.2", "-x", "@a", "文", "＝1", "\t@a", "-1+1", "\uffff=1")
    safe = ["'=1+1", "-0.2", "'-x", "'@a", "文", "'＝1", "'@a", "'-1+1", "'=1"]
    assert [_cell(v) for v in texts] == safe


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_pages_steer_neither_the_terminal_nor_the_markup(name: str, golden: Comparison) -> None:
    out = DIFF_FORMATS[name](golden, True).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)
    if name == "markdown":
        assert r"\|表格\|" in out
        assert not re.search(r"(?<!\\)<b", out)
        assert "@\u200b所有人" in out and "&#64;" not in out  # an entity still calls people


def test_two_scans_of_real_pages(tmp_path: Path) -> None:
    """A dead link is mended, another one dies, and a third page is not asked for any more."""
    host = "www.one.example"
    found: list[Scan] = []
    for day, dead, pages in ((THEN, "/a.html", ("/a.html", "/c.html")), (NOW, "/b.html", ("/a.html", "/b.html"))):
        links = "".join(f'<li><a href="{p}">关于召开{p}会议的通知</a>2021-11-01</li>' for p in pages)
        city = {host: {"/": html(f"<ul>{links}</ul>"), **{p: html("<p>正文</p>") for p in pages if p != dead}}}
        with CityServer(hosts=city) as server:
            wanted = order(server, tmp_path, [site(host, kind="portal")], as_of=datetime.fromisoformat(day))
            found.append(run(wanted, lambda _: None))
    assert pair_of(tmp_path, None, None) == (found[0].id, found[1].id)
    (one,) = compare(tmp_path, found[0].id, found[1].id, national()).subjects
    links_of = [(f.change.value, f.url) for f in one.findings if f.rule == "d3-links"]
    assert sorted(links_of) == [("new", f"http://{host}/b.html"), ("rectified", f"http://{host}/a.html")]
    shutil.rmtree(tmp_path / "scans" / found[1].id / "facts")
    (one,) = compare(tmp_path, found[0].id, found[1].id, national()).subjects
    assert [(f.change.value, f.url) for f in one.of(Change.NOT_SEEN) if f.rule == "d3-links"] == [
        ("notSeen", f"http://{host}/a.html")
    ]
