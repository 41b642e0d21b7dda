"""A recheck in every format: what is rectified, what is not, and what nobody can tell, each said once and as it is."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

from jsonschema.validators import validator_for

from checker.model.results import Assessment, Change, Finding, Gone, Outcome, Scan
from checker.report import csv_report, html, junit, markdown, sarif, text, xlsx
from tests.golden_scan import BLANK, GUIDES, LINKS, NOTICE, PORTAL, SCAN
from tests.test_report_sarif import SCHEMA
from tests.workbook import records

TOLD = {"notified_on": "2021-11-12", "certainty": "certain", "change": Change.UNCHANGED}
HOME = "http://www.xishui.gov.cn/"


def row(of: Finding, mark: str, detail: str, **more: Any) -> Finding:
    return replace(of, **(TOLD | {"fingerprint": mark, "detail": detail, "suppressed": None} | more))


def gone(of: Assessment, mark: str, change: Change, reason: str) -> Gone:
    return Gone(of.rule, mark, "main", of.problem, HOME, HOME, f"{mark}的情况", HOME, "certain", "2021-08-09",
                "2021-11-08", "2021-11-12", change, reason)  # fmt: skip


BLANKS = replace(BLANK, findings=(
    row(BLANK.findings[0], "still", "栏目甲没有内容", rechecked="notRectified"),
    row(BLANK.findings[0], "unread", "栏目乙没有内容", rechecked="unknown"),
    row(BLANK.findings[0], "taken-over", "栏目丙没有内容", change=Change.NEW, notified_on=""),
))  # fmt: skip
DEAD = replace(LINKS, findings=(row(LINKS.findings[0], "hidden", "链接打不开", rechecked="unknown"),))
DATED = replace(NOTICE, findings=(row(NOTICE.findings[0], "dated", "日期没有修改", rechecked="unknown"),))
VAGUE = replace(GUIDES, findings=(
    row(GUIDES.findings[0], "maybe", "材料含糊", certainty="candidate", rechecked="notRectified"),
))  # fmt: skip
SUBJECT = replace(PORTAL, assessments=(BLANKS, DEAD, VAGUE, DATED), rectification="不合格", problems=(), gone=(
    gone(BLANK, "unread", Change.NOT_SEEN, "页面打不开"),
    gone(LINKS, "hidden", Change.NOT_SEEN, "链接所在页面打不开"),
    gone(NOTICE, "dated", Change.NOT_SEEN, "没有读到该页"),
    gone(BLANK, "mended", Change.RECTIFIED, "栏目已有内容"),
    gone(BLANK, "page-gone", Change.REMOVED, "返回404"),
))  # fmt: skip
RECHECK = replace(SCAN, kind="recheck", based_on="20211108-100000", as_of="2021-11-20T10:00:00+08:00",
                  subjects=(SUBJECT,))  # fmt: skip
TALLY = "复查问题 7 个：已整改 1，未整改 1，无法判定 5"


def test_every_format_counts_alike() -> None:
    for name, out in (("text", text.render), ("markdown", markdown.render), ("junit", junit.render)):
        assert TALLY in out(RECHECK).decode(), name
    became = [(r["整改情况"], r["处数"]) for r in records(xlsx.render(RECHECK), "整改情况")]
    assert {w: sum(n for word, n in became if word == w) for w, _ in became} == {
        "已整改": 1,
        "未整改": 1,
        "无法判定": 5,
    }
    answers = [r["rechecked"] for r in _csv(RECHECK)]
    assert {a: answers.count(a) for a in answers} == {
        "rectified": 1, "notRectified": 2, "unknown": 4, "": 1,
    }  # fmt: skip


def _csv(scan: Scan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report.render(scan).decode("utf-8-sig"))))


def test_csv_has_every_finding_once_with_the_reason() -> None:
    told = {r["fingerprint"]: (r["change"], r["reason"]) for r in _csv(RECHECK)}
    assert len(told) == len(_csv(RECHECK)) == 8
    assert told["unread"] == ("unchanged", "页面打不开")
    assert told["mended"] == ("rectified", "栏目已有内容")


def test_the_workbook_calls_nothing_unmended_that_nobody_saw() -> None:
    book = xlsx.render(RECHECK)
    assert [(r["主要存在问题"], r["整改情况"], r["备注"]) for r in records(book, "整改情况")] == [
        ("空白栏目", "无法判定", "页面打不开；页面或栏目已不存在，请人工确认：返回404"),
        (LINKS.problem, "无法判定", "链接所在页面打不开"),
        (NOTICE.problem, "无法判定", "没有读到该页"),
        ("空白栏目", "已整改", "栏目已有内容"),
        ("空白栏目", "未整改", ""),
        (GUIDES.findings[0].problem, "无法判定", "疑似问题仍在，待人工确认：材料含糊"),
    ]
    (site,) = records(book, "网站检查结果")
    assert (site["主要存在问题"], site["提示"]) == ("空白栏目（其中1处2021-11-12已通报，仍未整改）", "")
    assert {r["指纹"]: (r["变化"], r["结论"]) for r in records(book, "问题清单")} == {
        "still": ("仍未整改", "否决"), "unread": ("未能复核", "无法判定"), "taken-over": ("未复查", "否决"),
        "hidden": ("未能复核", "无法判定"), "maybe": ("仍存在", "待人工确认"), "dated": ("未能复核", "无法判定"),
    }  # fmt: skip
    assert [r["说明"] for r in records(book, "单项否决")] == ["栏目甲没有内容", "栏目丙没有内容"]


def test_markdown_lists_the_answers_and_leaves_the_rest_to_the_report_of_the_scan() -> None:
    lines = markdown.render(RECHECK).decode().splitlines()
    assert lines[0] == "## 政府网站与政务新媒体复查结果"
    assert [one for one in lines if one.startswith("### ")] == [
        "### 复查结果（1）", "### 未整改（1）", "### 无法判定（5）", "### 已整改（1）", "### 豁免（1）",
    ]  # fmt: skip
    assert "只重新采集了所通报的问题；其余沿用原检查结果，见原检查的报告。" in lines
    (mended,) = [one for one in lines if "〔mended〕" in one]
    assert mended == (
        "- **浠水县人民政府** 空白栏目：栏目已有内容（原问题：mended的情况） `http://www.xishui.gov.cn/` "
        "\\[2021-11-12已通报\\] 〔mended〕"
    )


def test_junit_skips_a_rule_whose_rows_nobody_could_look_at() -> None:
    cases = {c.get("name", "").split()[0]: c for c in ET.fromstring(junit.render(RECHECK)).iter("testcase")}
    skipped = cases[LINKS.rule].find("skipped")
    assert skipped is not None and (skipped.get("type"), skipped.get("message")) == ("open", "无法判定：复查时未能复核")
    failure = cases[BLANK.rule].find("failure")
    assert failure is not None and failure.text is not None
    marks = [one.partition("]")[0] + "]" for one in failure.text.splitlines() if one.startswith("[")]
    assert marks == ["[确定，仍未整改]", "[确定，未能复核]", "[确定，未复查]"]


def test_sarif_has_a_finding_once_and_fails_nothing_that_nobody_saw() -> None:
    log = json.loads(sarif.render(RECHECK))
    assert list(validator_for(SCHEMA)(SCHEMA).iter_errors(log)) == []
    found = {r["partialFingerprints"]["checkerFinding/v1"]: r for r in log["runs"][0]["results"]}
    assert len(found) == len(log["runs"][0]["results"]) == 8
    assert {mark: (r["kind"], r["level"], r["baselineState"]) for mark, r in found.items()} == {
        "still": ("fail", "error", "unchanged"), "unread": ("open", "none", "unchanged"),
        "taken-over": ("fail", "error", "unchanged"), "hidden": ("open", "none", "unchanged"),
        "maybe": ("review", "none", "unchanged"), "dated": ("open", "none", "unchanged"),
        "mended": ("pass", "none", "absent"), "page-gone": ("review", "none", "absent"),
    }  # fmt: skip
    assert found["unread"]["message"]["text"].startswith("复查时无法判定：空白栏目：栏目乙没有内容（页面打不开）")


def test_a_known_finding_that_is_only_there_as_unknown_is_one_result_and_not_new() -> None:
    unread = row(BLANK.findings[0], "unread", "不能判定：没有读到", certainty="unknown", change=Change.NEW)
    rule = replace(BLANK, findings=(unread,), outcome=Outcome.OPEN)
    plain = replace(SCAN, subjects=(replace(PORTAL, assessments=(rule,), gone=SUBJECT.gone[:1]),))
    (result,) = json.loads(sarif.render(plain))["runs"][0]["results"]
    assert (result["kind"], result["baselineState"]) == ("open", "unchanged")
    assert result["message"]["text"].startswith("无法判定是否存在“空白栏目”：没有读到")


def test_html_counts_only_what_was_looked_at_again() -> None:
    page = html.render(RECHECK).decode()
    (section,) = re.findall(r'<section id="mended".*?</section>', page, re.DOTALL)
    assert re.findall(r'<td class="num"[^>]*>(\d+)</td>', section) == ["1", "1", "5"]
    assert "未复查" in page
