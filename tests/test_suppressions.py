"""Suppressions: what is wrong in the file, which rows do not count, and what every report and command says of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.suppressing import tell_strangers_of
from checker.config import shipped
from checker.errors import RuleError
from checker.evaluate import evaluate
from checker.evaluate.suppressed import uses_of
from checker.model.results import Assessment, Scan
from checker.model.rules import Profile
from checker.model.suppressions import Suppression
from checker.report import text
from checker.rules import LoadedRule, RuleBook, RuleSet, load_rules, rule_set
from checker.rules.book import PlacedSuppression
from checker.rules.suppressions import read_suppressions
from tests.engine_data import ROWS_SQL, SUBJECT, found, gathered, reading, rule_of, url
from tests.golden_scan import PORTAL
from tests.scanning import html, scan_pages, site

ENTRY = """
  - rule: d3-links
    scope: {url: "http://a.example/*"}
    reason: 等待上级平台恢复
    owner: 张三
    created: 2021-11-01
    expires: 2021-11-30
"""


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules(shipped("rules"))


def read(folder: Path, body: str, book: RuleBook, profile: str = "national") -> tuple[PlacedSuppression, ...]:
    path = folder / "suppressions.yaml"
    path.write_text(body, encoding="utf-8")
    return read_suppressions(path, book, rule_set(book, profile))


def test_an_entry_is_read_with_its_place(tmp_path: Path, book: RuleBook) -> None:
    (entry,) = read(tmp_path, f"version: 1\nsuppressions:{ENTRY}", book)
    assert entry.place == f"{tmp_path / 'suppressions.yaml'}:3"
    assert (entry.suppression.rule, entry.suppression.scope.url, entry.suppression.expires) == (
        "d3-links", "http://a.example/*", date(2021, 11, 30),
    )  # fmt: skip
    assert read(tmp_path, "version: 1\nsuppressions: []\n", book) == ()


WRONG = [
    ("no owner", ENTRY.replace("    owner: 张三\n", ""), [":3: suppressions[1]: key 'owner' is missing"]),
    ("no reason", ENTRY.replace("    reason: 等待上级平台恢复\n", ""),
     [":3: suppressions[1]: key 'reason' is missing"]),
    ("no expiry", ENTRY.replace("    expires: 2021-11-30\n", ""), [":3: suppressions[1]: key 'expires' is missing"]),
    ("a rule that is not there", ENTRY.replace("d3-links", "d3-link"),
     [":3: suppressions[1].rule: unknown rule 'd3-link'; did you mean 'd3-links'?"]),
    ("a misspelt key", ENTRY.replace("owner:", "ownr:"),
     [":3: suppressions[1]: key 'owner' is missing",
      ":6: suppressions[1].ownr: unknown key 'ownr'; did you mean 'owner'?"]),
    ("no scope", ENTRY.replace('{url: "http://a.example/*"}', "{}"),
     [":4: suppressions[1].scope: scope names none of subject, url, item, fingerprint"]),
    ("a misspelt scope", ENTRY.replace("{url:", "{ulr:"),
     [":4: suppressions[1].scope.ulr: unknown key 'ulr'; did you mean 'url'?"]),
    ("it ends before it begins", ENTRY.replace("2021-11-30", "2021-10-30"),
     [":3: suppressions[1]: expires before it is created"]),
    ("a veto for longer than a quarter",
     ENTRY.replace("d3-links", "v3-home-stale").replace("2021-11-30", "2022-01-31"),
     [":8: suppressions[1].expires: 'v3-home-stale' is a veto (单项否决) and is suppressed for 92 days; at most 90 "
      "from created are allowed: bring expires forward, and look again then"]),
    ("all of it at once", ENTRY.replace("    owner: 张三\n", "") + ENTRY.replace("d3-links", "v3-home-stale")
     .replace("2021-11-30", "2022-02-01").replace("等待上级平台恢复", "''"),
     [":3: suppressions[1]: key 'owner' is missing", ":11: suppressions[2].reason: is empty"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "expected"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_with_its_line(
    name: str, body: str, expected: list[str], tmp_path: Path, book: RuleBook
) -> None:
    with pytest.raises(RuleError) as raised:
        read(tmp_path, f"version: 1\nsuppressions:{body}", book)
    assert [str(p).removeprefix(str(tmp_path / "suppressions.yaml")) for p in raised.value.problems] == expected, name


def test_the_effect_in_the_profile_decides_how_long(tmp_path: Path, book: RuleBook) -> None:
    longer = f"version: 1\nsuppressions:{ENTRY.replace('2021-11-30', '2023-11-30')}"
    assert len(read(tmp_path, longer, book)) == 1  # a deduction may be suppressed for years
    quarter = ENTRY.replace("d3-links", "v3-home-stale").replace("2021-11-30", "2022-01-29")
    assert len(read(tmp_path, f"version: 1\nsuppressions:{quarter}", book)) == 1


@pytest.mark.parametrize(
    "body", ["", "- a\n", "version: 2\nsuppressions: []\n", "version: 1\nsuppressions: [\n", "a\0"]
)
def test_a_file_of_another_kind_is_refused(body: str, tmp_path: Path, book: RuleBook) -> None:
    with pytest.raises(RuleError, match=r"suppressions\.yaml:"):
        read(tmp_path, body, book)


# --- what they amount to ---------------------------------------------------------------------------------------------

DEDUCTION = "effect: {deduct: {cap: 3}}\nproof: %s\nclauses: {a: {points: 1, problem: 甲}, b: {points: 2, problem: 乙}}"


def suppressed(scope: dict[str, str], created: str = "2021-11-01", expires: str = "2021-11-30") -> PlacedSuppression:
    entry = {
        "rule": "t1-test",
        "scope": scope,
        "reason": "等待",
        "owner": "张三",
        "created": created,
        "expires": expires,
    }
    return PlacedSuppression(Suppression.model_validate(entry), "suppressions.yaml:3")


def judged(rule: LoadedRule, entries: tuple[PlacedSuppression, ...], *rows: Any) -> Assessment:
    profile = Profile(name="test", title="测试", blocking=(rule.rule.id,))
    with reading(*rows) as reader:
        return evaluate(reader, RuleSet(profile, (rule,), "", (), entries), "complete")[0]


def brief(a: Assessment) -> list[Any]:
    return [(f.item, f.certainty, f.points, f.price, f.suppressed) for f in a.findings]


TOLD = "等待（负责人：张三，至2021-11-30）"


def test_a_suppressed_row_is_listed_and_costs_nothing(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, DEDUCTION % "presence" + ROWS_SQL)
    rows = (found("a", "x"), found("b", "y"))
    both = judged(rule, (), *rows)
    assert (both.outcome.value, both.points) == ("fail", Decimal(-3))
    one = judged(rule, (suppressed({"item": "y"}),), *rows)
    assert (one.outcome.value, one.points, one.problem) == ("fail", Decimal(-1), "甲")
    assert brief(one) == [
        ("x", "certain", Decimal(-1), Decimal(-1), None), ("y", "certain", Decimal(0), Decimal(-2), TOLD),
    ]  # fmt: skip
    none = judged(rule, (suppressed({"subject": SUBJECT}),), *rows)
    assert (none.outcome.value, none.points, none.at_risk, none.blocks) == ("pass", Decimal(0), Decimal(0), False)
    assert [f.suppressed for f in none.findings] == [TOLD, TOLD]


def test_what_is_left_decides(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{at_least: 2}}}}\nproof: presence{ROWS_SQL}")
    rows = (found(what="x"), found(what="y"), found(what="z", certainty="candidate"))
    assert judged(rule, (), *rows).outcome == "fail"
    left = judged(rule, (suppressed({"item": "x"}),), *rows)
    assert (left.outcome.value, left.blocks, left.need) == ("review", True, 2)
    gone = judged(rule, (suppressed({"item": "x"}), suppressed({"item": "z"})), *rows)
    assert (gone.outcome.value, gone.blocks) == ("pass", False)
    unread = judged(rule, (suppressed({"subject": SUBJECT}),), *rows, gathered("probe", "", "failed", "断网"))
    assert (unread.outcome.value, unread.reason) == ("open", "专项检测采集失败：断网")


@pytest.mark.parametrize("proof", ["absence", "existence"])
def test_what_was_not_gathered_is_not_passed_by_looking_away(tmp_path: Path, proof: str) -> None:
    rule = rule_of(tmp_path, f"effect: {{veto: {{}}}}\nproof: {proof}{ROWS_SQL}")
    a = judged(rule, (suppressed({"subject": SUBJECT}),), found(what="x"), gathered("probe", "", "failed", "断网"))
    assert (a.outcome.value, [(f.certainty, f.suppressed) for f in a.findings]) == ("open", [("unknown", TOLD)])


SCOPES = [
    ({"subject": SUBJECT}, True), ({"subject": "other"}, False), ({"item": "甲  乙"}, True), ({"item": "甲"}, False),
    ({"url": url("p.html")}, True), ({"url": f"{url('')}*"}, True), ({"url": "*.html"}, True),
    ({"url": url("p.htm")}, False), ({"url": url("?.html")}, False), ({"url": url("p.html"), "item": "丙"}, False),
    ({"subject": SUBJECT, "url": "*/p.html", "item": "甲 乙"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("scope", "fits"), SCOPES, ids=[str(case[0]) for case in SCOPES])
def test_everything_that_a_scope_names_must_fit(tmp_path: Path, scope: dict[str, str], fits: bool) -> None:
    rule = rule_of(tmp_path, f"effect: notice\nproof: presence{ROWS_SQL}")
    a = judged(rule, (suppressed(scope),), found(what="甲 乙"))
    assert (a.outcome.value, a.findings[0].suppressed) == (("pass", TOLD) if fits else ("fail", None))


def test_one_finding_is_named_by_its_fingerprint(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: notice\nproof: presence{ROWS_SQL}")
    mark = judged(rule, (), found(what="x")).findings[0].fingerprint
    rows = (found(what="x"), found(what="y"))
    marked = judged(rule, (suppressed({"fingerprint": mark[:8]}),), *rows)
    assert [(f.item, f.suppressed) for f in marked.findings] == [("x", TOLD), ("y", None)]


DAYS = [
    ("2021-11-08", "2021-11-08", "active"), ("2021-10-01", "2021-11-08", "active"),
    ("2021-11-08", "2021-12-08", "active"), ("2021-10-01", "2021-11-07", "expired"),
    ("2021-11-09", "2021-12-09", "future"),
]  # fmt: skip


@pytest.mark.parametrize(("created", "expires", "state"), DAYS)
def test_it_holds_from_its_first_to_its_last_day(tmp_path: Path, created: str, expires: str, state: str) -> None:
    rule = rule_of(tmp_path, f"effect: notice\nproof: presence{ROWS_SQL}")
    entry = suppressed({"item": "x"}, created, expires)
    a = judged(rule, (entry,), found(what="x"))
    assert a.outcome.value == ("pass" if state == "active" else "fail")
    assert [u.state for u in uses_of((entry,), (), "2021-11-08")] == [state]


def test_each_row_is_counted_for_the_suppression_that_hid_it(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, f"effect: notice\nproof: presence{ROWS_SQL}")
    entries = (
        suppressed({"item": "x"}), suppressed({"subject": SUBJECT}, expires="2021-12-01"),
        suppressed({"item": "y"}, expires="2021-11-01"),
    )  # fmt: skip
    a = judged(rule, entries, found(what="x"), found(what="y"), found(what="z"))
    result = PORTAL.__class__(
        **{n: getattr(PORTAL, n) for n in PORTAL.__slots__} | {"id": SUBJECT, "assessments": (a,)}
    )
    uses = uses_of(entries, [result], "2021-11-08")
    assert [(u.scope, u.state, u.hidden) for u in uses] == [
        ("项目 x", "active", 1), (f"对象 {SUBJECT}", "active", 2), ("项目 y", "expired", 0),
    ]  # fmt: skip


# --- from end to end -------------------------------------------------------------------------------------------------

HOST = "www.one.example"
CITY = {HOST: {"/": html('<ul><li><a href="/n1.html">关于召开全体会议的通知</a>2021-12-01</li></ul>'),
               "/n1.html": html("<p>正文</p>")}}  # fmt: skip
FILE = f"""version: 1
suppressions:
  - rule: x-future-date
    scope: {{url: "http://{HOST}/*"}}
    reason: 预发布
    owner: 李四
    created: 2021-11-01
    expires: 2021-11-20
  - rule: d3-links
    scope: {{subject: www-one-example}}
    reason: 旧站链接
    owner: 王五
    created: 2021-07-01
    expires: 2021-09-30
"""


def test_a_subject_that_nobody_registered_is_told(
    tmp_path: Path, book: RuleBook, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = (
        "{rule: d3-links, scope: {subject: '%s'}, reason: 理由, owner: 张三, created: 2021-11-01, expires: 2021-11-30}"
    )
    body = "version: 1\nsuppressions:\n" + "".join(f"  - {entry % i}\n" for i in ("3607990001", "3607990009"))
    rules = replace(rule_set(book, "national"), suppressions=read(tmp_path, body, book))
    tell_strangers_of(rules, {"3607990001"})
    told = " ".join(capsys.readouterr().err.split())
    assert told.endswith(
        "suppressions.yaml:4: the suppression of d3-links is for 3607990009, which is not registered; did you mean "
        "3607990001?"
    )
    assert told.count("is not registered") == 1


def suppressed_rows(scan: Scan) -> list[tuple[str, str | None]]:
    return [
        (a.rule, f.suppressed) for s in scan.subjects for a in s.assessments for f in a.findings
        if a.rule == "x-future-date"
    ]  # fmt: skip


def test_scan_evaluate_and_report_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    scan, _ = scan_pages(CITY, store, [site(HOST)])
    assert suppressed_rows(scan) == [("x-future-date", None)]
    monkeypatch.chdir(tmp_path)
    runner, at = CliRunner(), ["--store", str(store), "--pending-ok"]
    plainly = runner.invoke(app, ["evaluate", *at, "--fail-on", "notice"])
    assert "豁免" not in plainly.stdout
    (tmp_path / "my.yaml").write_text(FILE, encoding="utf-8")
    named = runner.invoke(app, ["evaluate", *at, "--suppressions", "my.yaml"])
    assert named.exit_code == 0
    assert (
        "my.yaml:9: the suppression of d3-links (对象 www-one-example, owner 王五) expired on 2021-09-30"
        in named.stderr
    )
    assert "已豁免：预发布（负责人：李四，至2021-11-20）" in named.stdout
    assert "已过期的豁免" in named.stdout
    stored = runner.invoke(app, ["report", "--store", str(store)])
    assert stored.stdout == named.stdout
    (tmp_path / "suppressions.yaml").write_text(FILE.replace("预发布", "默认文件"), encoding="utf-8")
    assert "已豁免：默认文件" in runner.invoke(app, ["evaluate", *at]).stdout
    missing = runner.invoke(app, ["evaluate", *at, "--suppressions", "none.yaml"])
    assert str(missing.exception) == "--suppressions none.yaml: no such file"
    (tmp_path / "suppressions.yaml").write_text(FILE.replace("    owner: 李四\n", ""), encoding="utf-8")
    wrong = runner.invoke(app, ["evaluate", *at])
    assert str(wrong.exception) == "suppressions.yaml:3: suppressions[1]: key 'owner' is missing"
    assert "已豁免：默认文件" in runner.invoke(app, ["report", "--store", str(store)]).stdout  # nothing was lost
    assert text.render(scan).count("豁免".encode()) == 0
