"""SARIF: the official schema, what its readers rely on, files of a repository, limits of GitHub, hostile text."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.output import chosen_outputs
from checker.model.results import Change, Outcome, Scan
from checker.report import sarif
from checker.report._sarif_places import file_of, message, uri
from tests.golden_scan import BUREAU, LINKS, PORTAL, SCAN, WEIBO, ungathered
from tests.test_report import ANY_TEXT, with_text

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json").read_text("utf-8"))
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
PATH = re.compile(r"(?:[A-Za-z0-9\-._~:/@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
BLOCKED = ungathered("v5-unanswered", "留言不回复", "veto", "尚未采集：留言", blocks=True)


def run(scan: Scan, prefix: str = "") -> dict[str, Any]:
    """The only run of a log that fits the official schema."""
    log = json.loads(sarif.render(scan, prefix))
    assert [f"{e.json_path}: {e.message}" for e in Draft4Validator(SCHEMA).iter_errors(log)] == []
    (only,) = log["runs"]
    return only  # type: ignore[no-any-return]


def result(scan: Scan, fingerprint: int, prefix: str = "") -> dict[str, Any]:
    wanted = f"{fingerprint:016x}"
    (found,) = [r for r in run(scan, prefix)["results"] if r["partialFingerprints"]["checkerFinding/v1"] == wanted]
    return found  # type: ignore[no-any-return]


def addresses(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [v for k, v in node.items() if k == "uri"] + [u for v in node.values() for u in addresses(v)]
    return [u for v in node for u in addresses(v)] if isinstance(node, list) else []


def test_the_schema_is_the_official_one() -> None:
    assert SCHEMA["id"] == sarif._SCHEMA
    Draft4Validator.check_schema(SCHEMA)


def test_rules_are_named_once_and_found_by_their_place() -> None:
    found = run(SCAN)
    rules = found["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == sorted({r["id"] for r in rules})
    assert [r["ruleId"] for r in found["results"]] == [rules[r["ruleIndex"]]["id"] for r in found["results"]]
    levels = {r["id"]: r["defaultConfiguration"]["level"] for r in rules}
    assert (levels["v4-columns-blank"], levels["d3-links"], levels["x-future-date"]) == ("error", "warning", "note")
    assert {"e2-interpretation-forms", "e9-user-space", "v6-no-services"} & levels.keys() == set()
    blank = next(r for r in rules if r["id"] == "v4-columns-blank")
    assert blank == {
        "id": "v4-columns-blank", "name": "空白栏目", "shortDescription": {"text": "空白栏目"},
        "fullDescription": {"text": "空白栏目"}, "help": {"text": "补充内容，或把不再使用的栏目从导航中撤下。"},
        "defaultConfiguration": {"level": "error"}, "properties": {"tags": ["单项否决"]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind", "level", "state"),
    [
        (1, "fail", "error", "new"),
        (2, "fail", "error", "unchanged"),
        (3, "open", "none", None),
        (6, "review", "none", "new"),
        (10, "fail", "warning", "new"),
        (5, "fail", "note", "new"),
        (8, "fail", "note", "new"),
        (30, "pass", "none", "absent"),
        (51, "review", "none", "absent"),
        (32, "open", "none", "absent"),
    ],
    ids=[
        "certain",
        "known",
        "unknown",
        "candidate",
        "deduction",
        "early",
        "reopened",
        "rectified",
        "removed",
        "unseen",
    ],
)
def test_what_a_finding_is_taken_for(number: int, kind: str, level: str, state: str | None) -> None:
    scan = SCAN if number < 30 else replace(SCAN, subjects=(replace(PORTAL, assessments=()),))
    found = result(scan, number)
    assert (found["kind"], found["level"], found.get("baselineState")) == (kind, level, state)


def test_a_veto_whose_number_is_not_reached_only_warns() -> None:
    few = replace(LINKS, effect="veto", outcome=Outcome.PASS)
    assert result(replace(SCAN, subjects=(replace(PORTAL, assessments=(few,)),)), 10)["level"] == "warning"


@pytest.mark.parametrize(("baseline", "state"), [("known", "unchanged"), ("new", "new"), (None, "updated")])
def test_a_baseline_counts_before_history(baseline: str | None, state: str) -> None:
    first = replace(LINKS.findings[0], baseline=baseline, change=Change.UPDATED)
    scan = replace(SCAN, subjects=(replace(PORTAL, assessments=(replace(LINKS, findings=(first,)),)),))
    assert result(scan, 10)["baselineState"] == state


def test_what_is_suppressed_stays_with_its_reason() -> None:
    assert result(SCAN, 11)["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "等待上级平台恢复（负责人：张三，至2021-11-30）"}
    ]
    assert "suppressions" not in result(SCAN, 10)


def test_a_rule_that_blocks_without_a_finding_is_a_result() -> None:
    account = replace(WEIBO, assessments=(replace(BLOCKED, rule="n1-secret", reason=None, unasked=("是否泄密？",)),))
    scan = replace(SCAN, subjects=(replace(BUREAU, assessments=(BLOCKED,)), account))
    site, weibo = run(scan)["results"]
    assert (site["ruleId"], site["kind"], site["level"]) == ("v5-unanswered", "open", "none")
    assert site["message"] == {"text": "留言不回复：无法判定（尚未采集：留言）"}
    assert addresses(site["locations"]) == [BUREAU.url]
    assert weibo["message"] == {"text": "留言不回复：无法判定（是否泄密？）"}
    assert weibo["locations"] == [
        {"logicalLocations": [{"name": "平安浠水", "fullyQualifiedName": "421125M003XL0001", "kind": "account"}]}
    ]


def test_the_quote_and_the_other_address_are_told() -> None:
    found = result(SCAN, 8)
    assert found["message"]["text"] == ("发稿日期超前：列表显示 2021-12-31，检查日为 2021-11-08（原文：“2021-12-31”）")
    assert addresses(found["locations"]) == ["http://www.xishui.gov.cn/zwyw/"]
    assert addresses(found["relatedLocations"]) == ["http://www.xishui.gov.cn/zwyw/8.html"]
    post = result(SCAN, 14)
    assert "physicalLocation" not in post["locations"][0]
    assert addresses(post["relatedLocations"]) == ["https://weibo.com/1234567/AbCdEf"]


def test_the_invocation_tells_times_troubles_and_expired_suppressions() -> None:
    (invocation,) = run(SCAN)["invocations"]
    assert (invocation["executionSuccessful"], invocation["startTimeUtc"], invocation["endTimeUtc"]) == (
        False, "2021-11-08T02:00:00Z", "2021-11-08T02:03:12Z",
    )  # fmt: skip
    assert [(n["descriptor"]["id"], n["level"], n["message"]["text"]) for n in invocation[_SAID]] == [
        (
            "subject-problem",
            "error",
            "浠水县人民政府（4211250001）：10 点 02 分起站点连续 5 次无应答，已停止采集，其余页面未读",
        ),
        (
            "suppression-expired",
            "warning",
            "suppressions.yaml:9：x-typo，网站 4211250023：已于2021-09-30过期（人名用字，负责人：李四）",
        ),
    ]
    whole = replace(SCAN, subjects=(BUREAU,))
    assert run(whole)["invocations"][0]["executionSuccessful"]
    cut = run(replace(whole, complete=False))["invocations"][0]
    assert (cut["executionSuccessful"], cut[_SAID][0]["descriptor"]["id"]) == (False, "scan-incomplete")


_SAID = "toolExecutionNotifications"


def test_the_same_scan_gives_the_same_bytes_and_the_next_scan_the_same_fingerprints() -> None:
    assert sarif.render(SCAN) == sarif.render(SCAN)
    first, second = run(SCAN), run(replace(SCAN, id="20211109-100000"))
    prints = [[r["partialFingerprints"] for r in found["results"]] for found in (first, second)]
    assert prints[0] == prints[1]
    assert first["automationDetails"] == second["automationDetails"] == {"id": "checker/national/"}
    guids = [r["guid"] for found in (first, second) for r in found["results"]]
    assert len(set(guids)) == len(guids)


# --- files of a repository


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("http://www.x.gov.cn/", "public/index.html"),
        ("http://www.x.gov.cn", "public/index.html"),
        ("https://www.x.gov.cn/a/", "public/a/index.html"),
        ("http://x.gov.cn/a/b.html?from=1#top", "public/a/b.html"),
        ("http://www.x.gov.cn/a/b", "public/a/b/index.html"),
        ("http://www.x.gov.cn/公告/1.html", "public/%E5%85%AC%E5%91%8A/1.html"),
        ("http://www.x.gov.cn/a/../../etc/%2e%2E/passwd.txt", "public/a/etc/passwd.txt"),
        ("http://www.x.gov.cn:8080/a/", ""),
        ("http://jyj.x.gov.cn/a/", ""),
        ("account:1", ""),
        ("http://[bad/", ""),
    ],
)
def test_addresses_of_the_own_host_are_files(address: str, file: str) -> None:
    assert file_of(address, "http://www.x.gov.cn/", "./public/") == file


def test_with_a_prefix_a_result_stands_in_its_file_and_keeps_its_address() -> None:
    found = result(SCAN, 10, "public")
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "public/index.html", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    assert [(p["message"]["text"], *addresses(p)) for p in found["relatedLocations"]] == [
        ("页面", "http://www.xishui.gov.cn/"),
        ("所指地址", "http://old.example.cn/a.html"),
    ]
    assert found["partialFingerprints"]["primaryLocationLineHash"] == "000000000000000a:1"


def test_with_a_prefix_nothing_that_is_gone_becomes_an_alert() -> None:
    assert {r.get("baselineState") for r in run(SCAN)["results"]} == {None, "new", "unchanged", "absent"}
    assert {r.get("baselineState") for r in run(SCAN, "public")["results"]} == {None, "new", "unchanged"}


# --- limits and hostile text


def test_no_more_results_than_github_takes_and_the_gravest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 5)
    found = run(SCAN)
    assert [(r["ruleId"], r["level"]) for r in found["results"]] == [
        ("v4-columns-blank", "error"),
        ("v4-columns-blank", "error"),
        ("d3-links", "warning"),
        ("d3-links", "warning"),
        ("n2-stale", "error"),
    ]
    left = [n for n in found["invocations"][0][_SAID] if n["descriptor"]["id"] == "results-left-out"]
    assert [n["message"]["text"] for n in left] == ["另有 23 条结果没有列出：一次最多 5 条，较轻的在后；全部见 JSON"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("见[通知](http://evil.cn/)", "见\\[通知\\](http://evil.cn/)"),
        ("{0} 与 {x}", "{{0}} 与 {{x}}"),
        ("a\\[b](1)", "a\\\\\\[b\\](1)"),
        ("红\x1b[31m色\u202e", "红\\\\x1b\\[31m色\\\\u202e"),
        ("两\n行", "两 行"),
    ],
)
def test_a_message_holds_no_link_no_placeholder_and_nothing_that_steers(text: str, shown: str) -> None:
    assert message(text) == {"text": shown}


def test_a_long_message_is_cut() -> None:
    assert len(message("长" * 5000)["text"]) < 1100


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("http://e.cn/附件 1.doc", "http://e.cn/%E9%99%84%E4%BB%B6%201.doc"),
        ("http://e.cn/50%/a%20b#x#y", "http://e.cn/50%25/a%20b#x%23y"),
        ("http://e.cn/\x1b<a>[1]", "http://e.cn/%1B%3Ca%3E%5B1%5D"),
        ("http://[::1]:8080/a[1]", "http://[::1]:8080/a%5B1%5D"),
        ("http://汉字.cn?q={1}", "http://%E6%B1%89%E5%AD%97.cn?q=%7B1%7D"),
    ],
)
def test_addresses_are_valid_uris(address: str, valid: str) -> None:
    assert uri(address) == valid


@settings(max_examples=40, deadline=None)
@given(st.one_of(ANY_TEXT, ANY_TEXT.map(lambda t: f"http://e.cn/{t}")), st.sampled_from(["", "public"]))
def test_no_page_text_breaks_the_log(put: str, prefix: str) -> None:
    found = run(with_times(with_text(SCAN, put)), prefix)
    for address in addresses(found):
        assert URI.fullmatch(address) or (PATH.fullmatch(address) and ":" not in address.split("/")[0])
    written = sarif.render(with_times(with_text(SCAN, put)), prefix).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)


def with_times(scan: Scan) -> Scan:
    return replace(scan, started_at=SCAN.started_at, finished_at=SCAN.finished_at)


# --- the option


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("-f", "sarif", "--sarif-prefix", "/srv/www"),
            "--sarif-prefix /srv/www: must be a folder within the repository",
        ),
        (("-f", "sarif", "--sarif-prefix", "../www"), "--sarif-prefix ../www: must be a folder within the repository"),
        (("--sarif-prefix", "public"), "--sarif-prefix says where SARIF looks for pages; add -f sarif"),
    ],
)
def test_a_prefix_that_cannot_be_meant_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["report", *words, "--store", str(tmp_path)])
    assert said in str(found.exception)


def test_the_option_reaches_the_report() -> None:
    ((chosen, _),) = chosen_outputs(["sarif"], None, sarif_prefix="./public").pairs
    assert chosen.render(SCAN) == sarif.render(SCAN, "public")
    ((plain, _),) = chosen_outputs(["sarif"], None).pairs
    assert plain.render(SCAN) == sarif.render(SCAN)


def test_an_id_that_no_file_can_hold_breaks_no_log() -> None:
    run(replace(SCAN, id="\ud800", subjects=(replace(PORTAL, id="\ud800"),)), "public")
