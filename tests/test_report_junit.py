"""JUnit XML: what Jenkins and GitLab read from it."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.model.results import Assessment, Change, Finding, Outcome, Scan, SubjectResult
from checker.report import junit
from tests.golden_scan import ASKED, BLANK, BONUS, GUIDES, LINKS, NOTICE, PORTAL, SCAN, STALE

ODD = st.text(
    st.one_of(st.sampled_from("\x00\x08\x0b\x1b\u202e\ufffe\uffff\r\n\t]]>&<\"'"), st.characters()), max_size=40
)

# The elements and attributes of the schema of the Jenkins xUnit plugin (junit-10), and which of them must be there.
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, {"name", "time", "tests", "failures", "errors"}, set()),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "group",
         "file", "log", "url"},
        {"name", "tests", "failures", "errors"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, {"name", "value"}),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"}, {"name", "time", "classname", "group"}, {"name"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}  # fmt: skip
TIME = re.compile(r"[0-9]+(\.[0-9]*)?")
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(scan: Scan) -> ET.Element:
    return ET.fromstring(junit.render(scan))


def faults(root: ET.Element) -> list[str]:
    """What the schema objects to, and counts that do not agree."""
    found = []
    for node in root.iter():
        children, attributes, needed = ALLOWED[node.tag]
        found += [f"{node.tag}: {child.tag}" for child in node if child.tag not in children]
        found += [f"{node.tag}@{name}" for name in node.attrib if name not in attributes]
        found += [f"{node.tag} lacks {name}" for name in needed - node.attrib.keys()]
    for suite in root:
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if int(suite.get(name, "")) != len(suite.findall(f"testcase/{tag}")):
                found.append(f"{suite.get('name')}: {name}")
        if int(suite.get("tests", "")) != len(suite.findall("testcase")):
            found.append(f"{suite.get('name')}: tests")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", "")):
            found.append("timestamp")
    for name in ("tests", "failures", "errors"):
        if int(root.get(name, "")) != sum(int(suite.get(name, "")) for suite in root):
            found.append(f"testsuites: {name}")
    return found + [f"time {t}" for t in [root.get("time", "0")] if not TIME.fullmatch(t)]


def case(*assessments: Assessment, subject: SubjectResult = PORTAL, **more: Any) -> ET.Element:
    (suite,) = read(replace(SCAN, subjects=(replace(subject, assessments=assessments, problems=(), **more),)))
    (found,) = suite.findall("testcase")
    return found


def tags(element: ET.Element) -> list[str]:
    return [child.tag for child in element]


def test_it_is_as_the_schema_says() -> None:
    root = read(SCAN)
    assert faults(root) == []
    assert dict(root.attrib) == {
        "name": "checker 20211108-100000-7c1f", "tests": "21", "failures": "3", "errors": "1", "time": "192",
    }  # fmt: skip
    assert [s.get("name") for s in root] == [
        "浠水县人民政府 4211250001", "浠水县教育局 4211250023", "浠水县农机网 4211250031",
        "平安浠水（微博） 421125M003XL0001", "浠水发布（微信订阅号） 421125M001WX0001",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ODD)
def test_any_text_makes_proper_xml(put: str) -> None:
    found = (replace(BLANK.findings[0], detail=put, problem=put, location=put),)
    rule = replace(BLANK, title=put, findings=found, advice=put)
    subject = replace(
        PORTAL, id="1", name=put, group=put, assessments=(rule, replace(ASKED, reason=put)), problems=(put,)
    )
    written = junit.render(replace(SCAN, subjects=(subject,))).decode()
    assert FORBIDDEN.search(written) is None
    assert faults(ET.fromstring(written)) == []


def test_properties_say_what_was_inspected_by_what() -> None:
    told = {p.get("name"): p.get("value") for p in read(SCAN)[0].findall("properties/property")}
    wanted = {
        "scan": SCAN.id, "as_of": "2021-11-08T10:00:00+08:00", "profile": "national", "rules_sha256": "4f2a91c0" * 8,
        "verdict": "unqualified", "结论": "不合格（13项中11项已判定）",
    }  # fmt: skip
    assert {k: v for k, v in told.items() if k in wanted} == wanted
    assert read(SCAN)[0].get("timestamp") == "2021-11-08T10:00:00"


def test_a_failed_veto_is_a_failure_with_its_evidence() -> None:
    one = case(BLANK)
    assert one.attrib == {"classname": "4211250001", "name": "v4-columns-blank 空白栏目"}
    (failure,) = one
    assert failure.attrib == {"type": "veto", "message": "空白栏目"}
    lines = (failure.text or "").splitlines()
    assert lines[:3] == [
        "[确定，新增] 空白栏目：栏目“统计公报”自开设以来没有内容，列表页显示“栏目建设中，敬请期待”",
        "  位置：http://www.xishui.gov.cn/tjgb/",
        "  摘录：栏目建设中，敬请期待",
    ]
    assert f"  SHA-256：{'9f2c' * 16}" in lines and "  已通报：2021-08-20" in lines
    assert case(LINKS)[0].attrib == {"type": "deduct", "message": "存在无法打开的链接（-0.5分）"}
    assert tags(case(replace(BLANK, findings=()))) == ["failure"]


@pytest.mark.parametrize(
    ("assessment", "message"),
    [
        (ASKED, "无法判定：需要人工判定"),
        (GUIDES, "待人工确认：有候选问题，需人工确认"),
        (replace(ASKED, outcome=Outcome.NOT_APPLICABLE, reason="不适用"), "不适用"),
        (replace(ASKED, outcome=Outcome.NOT_APPLICABLE, reason="没有办事服务"), "不适用：没有办事服务"),
        (replace(ASKED, effect="bonus"), "无法判定：需要人工判定"),
    ],
)
def test_what_cannot_be_judged_is_skipped_with_its_reason(assessment: Assessment, message: str) -> None:
    skipped = case(assessment).find("skipped")
    assert skipped is not None
    assert skipped.get("message") == message


@pytest.mark.parametrize("assessment", [NOTICE, STALE, BONUS], ids=["notice", "early warning", "bonus"])
def test_notices_warnings_and_merits_fail_nothing(assessment: Assessment) -> None:
    assert tags(case(assessment)) == ["system-out"]


HIDDEN: Finding = replace(LINKS.findings[1], change=Change.UNCHANGED)
KNOWN = tuple(replace(f, baseline="known") for f in BLANK.findings)


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (replace(LINKS, outcome=Outcome.PASS, findings=(HIDDEN,)), ["system-out"]),
        (replace(BLANK, findings=KNOWN), ["system-out"]),
        (replace(BLANK, findings=(replace(KNOWN[0], baseline="new"), *KNOWN[1:])), ["failure"]),
    ],
    ids=["suppressed", "known to the baseline", "one is new"],
)
def test_what_somebody_answers_for_or_knew_is_told_and_fails_nothing(
    assessment: Assessment, expected: list[str]
) -> None:
    found = case(assessment)
    assert tags(found) == expected
    text = found[0].text or ""
    assert ("已豁免" in text) == (HIDDEN in assessment.findings)
    assert ("基线已有" in text) == (HIDDEN not in assessment.findings)


def test_our_own_faults_are_errors_and_gone_findings_are_told() -> None:
    suite = read(SCAN)[0]
    assert [e.get("message") for e in suite.findall("testcase/error")] == [PORTAL.problems[0]]
    out = suite.find("system-out")
    assert out is not None
    lines = (out.text or "").splitlines()
    assert [line[: line.index("]") + 1] for line in lines] == [
        "[已整改，2021-08-20已通报]", "[页面或栏目已撤下，待人工确认]", "[未能复核]",
    ]  # fmt: skip


def test_a_scan_of_nothing_and_one_that_still_runs() -> None:
    root = read(replace(SCAN, subjects=(), finished_at=""))
    assert dict(root.attrib) == {"name": f"checker {SCAN.id}", "tests": "0", "failures": "0", "errors": "0"}
