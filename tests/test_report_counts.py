"""How many problems there are: every format gives the same number, tells each finding once and folds what is alike."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from checker.model.results import Assessment, Change, Finding, Outcome, Scan, Verdict
from checker.report import csv_report, html, json_report, junit, markdown, sarif, text, xlsx
from tests.golden_scan import BLANK, BONUS, LINKS, NOTICE, PORTAL, SCAN, STALE, finding, gone
from tests.workbook import records, sheets

REPEATS = Assessment(
    "x-unrectified", "上期通报问题未整改", "notice", Outcome.FAIL, "上期通报问题未整改", of_others=True,
    findings=tuple(
        finding(100 + n, "上期通报问题未整改", f"2021-10-10通报的问题“空白栏目”本次检查仍然存在（第{n}条）",
                "http://www.xishui.gov.cn/", item=f"{n}", certainty="candidate" if n > 7 else "certain")
        for n in range(1, 11)
    ),
)  # fmt: skip
"""Seven notified findings that are still there, and three that nobody could confirm."""


def alone(*assessments: Assessment, **more: Any) -> Scan:
    return replace(SCAN, subjects=(replace(PORTAL, **{"assessments": assessments, "gone": ()} | more),))


def many(rule: Assessment, number: int, **more: Any) -> Assessment:
    """The rule with so many findings of one clause."""
    rows = (replace(rule.findings[0], fingerprint=f"{n:016x}", detail=f"第{n}处", **more) for n in range(number))
    return replace(rule, findings=tuple(rows))


def repeating(scan: Scan) -> Scan:
    """The scan with a rule in each subject that repeats what was notified."""
    return replace(scan, subjects=tuple(replace(s, assessments=(*s.assessments, REPEATS)) for s in scan.subjects))


# --- one number in every format


def _text(scan: Scan) -> Iterator[int]:
    yield from map(int, re.findall(r"查实问题 (\d+) 条", text.render(scan).decode()))


def _markdown(scan: Scan) -> Iterator[int]:
    out = markdown.render(scan).decode()
    yield from map(int, re.findall(r"查实问题 (\d+) 条", out))
    table = out.partition("### 检查结果")[2].partition("\n###")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith(("| ❌", "| ❔", "| ✅", "| ➖"))]
    yield sum(int(cells[8]) for cells in rows)


def _html(scan: Scan) -> Iterator[int]:
    page = LexborHTMLParser(html.render(scan).decode())
    tallies = {n.css("dt")[0].text(): n.css("dd")[0].text() for n in page.css(".tallies div")}
    yield int(re.sub(r"\D", "", tallies["查实问题"]))
    yield sum(int(n) for n in re.findall(r"查实问题 (\d+) 条", page.html or ""))


def _xlsx(scan: Scan) -> Iterator[int]:
    book = xlsx.render(scan)
    yield from (row[1] for row in sheets(book)["总体情况"] if row[0] == "查实问题、候选问题合计")
    listed = records(book, "问题清单")
    yield sum(
        r["确定性"] == "确定" and not r["豁免"] and r["效果"] != "预警" and r["规则"] != "x-unrectified" for r in listed
    )


def _csv(scan: Scan) -> Iterator[int]:
    rows = csv.DictReader(io.StringIO(csv_report.render(scan).decode("utf-8-sig")))
    yield sum(
        r["outcome"] != "" and r["certainty"] == "certain" and r["suppressed"] == "" and r["notice"] == "0"
        and r["effect"] != "bonus" and r["of_others"] == "0" for r in rows
    )  # fmt: skip


def _json(scan: Scan) -> Iterator[int]:
    found = [(a, f) for s in json.loads(json_report.render(scan))["subjects"] for a in s["assessments"]
             for f in a["findings"]]  # fmt: skip
    yield sum(
        f["certainty"] == "certain" and f["suppressed"] is None and not f["notice"] and a["effect"] != "bonus"
        and "of_others" not in a for a, f in found
    )  # fmt: skip


def _junit(scan: Scan) -> Iterator[int]:
    root = ET.fromstring(junit.render(scan))
    told = [str(p.get("value")) for p in root.iter("property") if p.get("name") == "问题"]
    yield sum(int(n) for value in told for n in re.findall(r"查实问题 (\d+) 条", value))


def _sarif(scan: Scan) -> Iterator[int]:
    results = json.loads(sarif.render(scan))["runs"][0]["results"]
    yield sum(
        r["kind"] == "fail" and "suppressions" not in r and "of_others" not in r["properties"]
        and not r["message"]["text"].startswith("预警：") for r in results
    )  # fmt: skip


FORMATS: dict[str, Callable[[Scan], Iterator[int]]] = {
    "text": _text, "markdown": _markdown, "html": _html, "xlsx": _xlsx, "csv": _csv, "json": _json, "junit": _junit,
    "sarif": _sarif,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("scan", "problems"), [(SCAN, 7), (repeating(SCAN), 7)], ids=["golden", "repeating"])
def test_every_format_gives_the_same_number_of_problems(name: str, scan: Scan, problems: int) -> None:
    assert set(FORMATS[name](scan)) == {problems}


def test_what_repeats_others_has_a_line_of_its_own() -> None:
    scan = repeating(alone(BLANK, LINKS, NOTICE, BONUS, STALE))
    line = "查实问题 5 条，候选问题 13 条，上期通报未整改 7 条，上期通报待确认 3 条，预警 1 条，已豁免 1 条"
    assert line in re.sub(r"\n +", "", text.render(scan, width=200).decode())
    said = markdown.render(scan).decode()
    assert "；候选问题 13 条，上期通报未整改 7 条，上期通报待确认 3 条，预警 1 条，已豁免 1 条。" in said
    assert "### 上期通报未整改（10）" in said
    assert said.partition("### 提示（")[2].startswith("1）")
    page = LexborHTMLParser(html.render(scan).decode())
    tallies = {n.css("dt")[0].text(): n.css("dd")[0].text() for n in page.css(".tallies div")}
    assert (tallies["上期通报未整改"], tallies["上期通报待确认"], tallies["候选问题"]) == ("7 条", "3 条", "13 条")
    rows = {row[0]: row[1:5] for row in sheets(xlsx.render(scan))["总体情况"]}
    assert rows["上期通报未整改"] == [7, 3, 0, 0]
    assert rows["查实问题、候选问题合计"] == [5, 13, 1, 1]


# --- one finding once


UNREAD = finding(200, "空白栏目", "栏目“甲”没有读到", "http://www.xishui.gov.cn/jia/", certainty="unknown",
                 notified_on="2021-08-20", change=Change.UNCHANGED)  # fmt: skip
LOST = gone(200, "v4-columns-blank", "空白栏目", "栏目“甲”列表为空", "http://www.xishui.gov.cn/jia/", Change.NOT_SEEN,
            "采集不完整，本次不能判定", notified_on="2021-08-20")  # fmt: skip


def test_a_finding_that_could_not_be_told_is_not_among_those_that_are_gone_too() -> None:
    rule = replace(BLANK, outcome=Outcome.OPEN, reason="采集不完整", findings=(UNREAD,))
    scan = alone(rule, gone=(LOST,), problems=())
    (row,) = records(xlsx.render(scan), "整改情况")
    assert (row["处数"], row["整改情况"], row["备注"]) == (1, "未能复核", "采集不完整，本次不能判定")
    assert [r["变化"] for r in records(xlsx.render(scan), "问题清单")] == ["未能复核"]
    (line,) = csv.DictReader(io.StringIO(csv_report.render(scan).decode("utf-8-sig")))
    assert [line[k] for k in ("certainty", "change", "reason")] == ["unknown", "notSeen", "采集不完整，本次不能判定"]
    assert len(json.loads(sarif.render(scan))["runs"][0]["results"]) == 1
    outs = [e.text or "" for e in ET.fromstring(junit.render(scan)).iter("system-out")]
    assert "".join(outs).count("栏目“甲”") == 1 and "未能复核：采集不完整，本次不能判定" in "".join(outs)
    assert markdown.render(scan).decode().count("http://www.xishui.gov.cn/jia/") == 1
    assert text.render(scan).decode().count("http://www.xishui.gov.cn/jia/") == 1
    page = LexborHTMLParser(html.render(scan).decode())
    assert len(page.css(".findings li")) == 1
    assert "采集不完整，本次不能判定" in page.css(".findings li")[0].text()
    bars = [n.text() for n in page.css("table.bars tr") if "未能复核" in n.text()]
    assert len(bars) == 1 and "1 条" in bars[0]


def test_findings_that_repeat_others_are_not_mended_a_second_time() -> None:
    told = replace(
        LOST, rule="x-unrectified", fingerprint="e" * 16, change=Change.RECTIFIED, problem="上期通报问题未整改"
    )
    mended = replace(LOST, fingerprint="f" * 16, change=Change.RECTIFIED)
    scan = alone(REPEATS, gone=(told, mended))
    assert [(r["主要存在问题"], r["整改情况"]) for r in records(xlsx.render(scan), "整改情况")] == [
        ("空白栏目", "已整改")
    ]
    assert "；已整改 1；" in markdown.render(scan).decode()


# --- what is alike


def test_what_is_alike_is_folded_where_people_read_and_whole_in_tables() -> None:
    scan = alone(many(BLANK, 20), many(LINKS, 5))
    expected = [f"第{n}处" for n in (*range(5), *range(5))]
    said, shown = markdown.render(scan).decode(), text.render(scan).decode()
    assert re.findall(r"第\d+处", said) == re.findall(r"第\d+处", shown) == expected
    assert "- **浠水县人民政府** 空白栏目：另有 15 处，见 XLSX、HTML 或 CSV" in said
    assert "### 单项否决（20）" in said
    assert "空白栏目：另有 15 处，见 XLSX、HTML 或 JSON" in shown
    assert len(records(xlsx.render(scan), "问题清单")) == 25
    assert len(LexborHTMLParser(html.render(scan).decode()).css(".findings li")) == 25


def test_the_annex_of_what_was_mended_names_the_first_reasons() -> None:
    lost = (replace(LOST, fingerprint=f"{n:016x}", reason=f"第{n}页没有读到") for n in range(20))
    scan = alone(BLANK, gone=tuple(lost))
    row = next(r for r in records(xlsx.render(scan), "整改情况") if r["整改情况"] == "未能复核")
    assert row["处数"] == 20
    assert row["备注"] == "；".join(f"第{n}页没有读到" for n in range(5)) + "；另有 15 条，见 CSV"


def _passed(decided: int) -> Scan:
    """The portal alone, 合格 with so many of its 13 vetoes decided."""
    one = replace(PORTAL, verdict=Verdict.QUALIFIED, decided=replace(PORTAL.decided, of=13, decided=decided))
    return replace(SCAN, subjects=(one,))


@pytest.mark.parametrize(("decided", "said"), [(12, True), (13, False)])
def test_no_report_says_passed_without_saying_how_much_was_decided(decided: int, said: bool) -> None:
    scan = _passed(decided)
    page = LexborHTMLParser(html.render(scan).decode())
    first = "".join(str(cell) for row in sheets(xlsx.render(scan))["总体情况"] for cell in row)
    sentence = "合格 1 个中 1 个尚有否决项未判定"
    overview = "".join(node.text() for node in page.css("#overview"))
    assert [sentence in told for told in (overview, first, markdown.render(scan).decode())] == [said] * 3
    assert {row.css("td")[2].text().strip() for row in page.css("#rows tbody tr")} == {
        "合格（未判定完）" if said else "合格"
    }


def test_what_cannot_be_told_says_so_before_the_problem() -> None:
    unread = replace(BLANK.findings[0], certainty="unknown", problem="僵尸账号", detail="不能判定：没有读到")
    scan = _one_unread(unread)
    sentence = "无法判定是否存在“僵尸账号”：没有读到"
    assert [sentence in one.decode() for one in (text.render(scan, width=300), html.render(scan))] == [True, True]
    (row,) = records(xlsx.render(scan), "问题清单")
    assert (row["问题"], row["说明"], row["结论"]) == ("无法判定是否存在“僵尸账号”", "没有读到", "无法判定")
    (line,) = csv.DictReader(io.StringIO(csv_report.render(scan).decode("utf-8-sig")))
    assert line["change"] == ""


def _one_unread(unread: Finding) -> Scan:
    rule = replace(BLANK, outcome=Outcome.OPEN, reason="没有读完", findings=(unread,))
    return replace(SCAN, subjects=(replace(PORTAL, assessments=(rule,), gone=()),))
