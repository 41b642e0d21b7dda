"""The workbook: typed cells, nothing that a spreadsheet runs, sheets that are handy and can be read back."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from checker.cli.output import chosen_outputs
from checker.errors import UsageError
from checker.history.circulars import ALIASES
from checker.model.results import Assessment, Change, Decided, Finding, Outcome, Scan, SubjectResult, Verdict
from checker.report import xlsx
from checker.report._annexes.page import Page, Table, text
from checker.report._annexes.writer import cell_text, write_book
from checker.sheets import find_tables, read_sheets
from tests.golden_scan import BLANK, BUREAU, LINKS, PORTAL, SCAN, WEIBO
from tests.workbook import parts, records, sheets

SHEETS = [
    "总体情况", "网站检查结果", "政务新媒体检查结果", "单项否决", "问题清单", "整改情况", "待核事项", "预警", "加分",
    "豁免", "趋势", "说明",
]  # fmt: skip
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://evil.cn\")", "\t=1", "\r=1", "＝1", "http://evil.cn/",
           "mailto:a@b.cn", "_x000D_", "'x", "{=1}", "1E5", "007"]  # fmt: skip
ODD = st.text(st.one_of(st.sampled_from("=+-@\t\r\n\x00\x0b\x1b\u202e\ufffe\uffff_x0D🀄<&>\"'"), st.characters()))


def only(*assessments: Assessment, subject: SubjectResult = PORTAL, **more: Any) -> Scan:
    return replace(SCAN, subjects=(replace(subject, assessments=assessments, gone=(), **more),))


def with_text(put: str) -> Scan:
    found = tuple(replace(f, detail=put, problem=put, url=put, item=put) for f in BLANK.findings)
    return only(replace(BLANK, findings=found, advice=put), name=put, unit=put, problems=(put,))


def findings(**more: Any) -> tuple[Finding, ...]:
    return (replace(BLANK.findings[0], **more),)


def test_the_sheets_stand_in_the_order_of_a_circular() -> None:
    assert list(sheets(xlsx.render(SCAN))) == SHEETS


def test_equal_scans_give_equal_bytes_and_the_properties_say_when_the_scan_ended() -> None:
    once = xlsx.render(SCAN)
    assert once == xlsx.render(SCAN)
    core = parts(once)["docProps/core.xml"]
    assert re.findall(r">(20\d\d[^<]+)<", core) == ["2021-11-08T02:03:12Z"] * 2


@pytest.mark.parametrize("put", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(put: str) -> None:
    book = xlsx.render(with_text(put))
    for name, xml in parts(book).items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in xml and "<f " not in xml and "<hyperlink" not in xml, name
    row = records(book, "问题清单")[0]
    assert [row["问题"], row["说明"], row["单位"]] == [cell_text(put)] * 3


@settings(max_examples=40, deadline=None)
@given(ODD)
def test_any_text_comes_back_as_it_was_shown(put: str) -> None:
    page = Page("一", (Table((text("列", 10),), ((put,),)),))
    book = write_book([page], "题", "注", datetime(2021, 11, 8))
    sheet = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_name("一").to_python()
    assert [row[0] for row in sheet[1:]] == ([cell_text(put)] if cell_text(put) else [])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("行一\n行二", "行一 行二"),
        ("\x00\x01", "\\x00\\x01"),
        ("a\u202eb", "a\\u202eb"),
        ("标\ud800题\uffff", "标\ufffd题"),
        ("长" * 40_000, "长" * 32_752 + "……（过长，全文见 JSON）"),
        ("🀄" * 20_000, "🀄" * 16_376 + "……（过长，全文见 JSON）"),
    ],
)
def test_what_a_cell_cannot_hold_is_said(value: str, shown: str) -> None:
    assert cell_text(value) == shown
    assert len(cell_text(value).encode("utf-16-le")) // 2 <= 32_767


def test_a_page_with_too_many_rows_goes_on_in_further_worksheets() -> None:
    many = replace(BLANK, findings=tuple(replace(BLANK.findings[0], fingerprint=f"{n:016x}") for n in range(45)))
    book = sheets(xlsx.render(only(many), most_rows=21))
    parted = {name: len(rows) for name, rows in book.items() if name.startswith("问题清单")}
    assert parted == {"问题清单": 21, "问题清单 (2)": 21, "问题清单 (3)": 6}
    assert {book[name][0][0] for name in parted} == {"指纹"}


def test_numbers_dates_and_rates_are_typed() -> None:
    read = CalamineWorkbook.from_filelike(BytesIO(xlsx.render(SCAN)))
    head, first, second, *_ = read.get_sheet_by_name("问题清单").to_python()
    row = dict(zip(head, second, strict=True))
    assert (row["首次发现"], row["本次发现时间"]) == (datetime(2021, 8, 9, 10), datetime(2021, 11, 8, 10, 2, 31))
    assert [str(row[name]) for name in ("上期通报日期", "通报日期", "整改日期")] == ["2021-08-20", "2021-08-20", ""]
    assert dict(zip(head, first, strict=True))["通报日期"] == ""
    head, *_, now = read.get_sheet_by_name("趋势").to_python()
    assert dict(zip(head, now, strict=True))["新媒体合格率"] == 0.5
    xml = parts(xlsx.render(SCAN))["xl/styles.xml"]
    assert {"yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.00%"} == set(re.findall(r'formatCode="([^"]+)"', xml))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2021-11-07T18:30:00+00:00", datetime(2021, 11, 8, 2, 30)),
        ("2021-11-08T10:00:00", datetime(2021, 11, 8, 10)),
        ("去年", "去年"),
        ("0001-01-01", "0001-01-01"),
        ("", ""),
    ],
)
def test_times_are_those_of_clocks_in_beijing(value: str, shown: object) -> None:
    book = xlsx.render(only(replace(BLANK, findings=findings(first_seen=value))))
    head, row = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_name("问题清单").to_python()
    assert dict(zip(head, row, strict=True))["首次发现"] == shown


def test_sheets_are_filtered_frozen_and_set_up_for_paper() -> None:
    book = parts(xlsx.render(SCAN))
    for number, name in enumerate(SHEETS, 1):
        xml = book[f"xl/worksheets/sheet{number}.xml"]
        paper = re.search(r"<pageSetup [^>]+>", xml)
        assert paper is not None
        assert all(s in paper[0] for s in ('paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"')), name
        if name != "总体情况":
            assert "<autoFilter " in xml and 'ySplit="1"' in xml and 'state="frozen"' in xml, name
    assert book["xl/workbook.xml"].count("_xlnm.Print_Titles") == len(SHEETS) - 1


def test_the_list_of_problems_can_be_read_back_and_no_other_sheet_is_taken_for_it() -> None:
    tables = find_tables(read_sheets("scan.xlsx", xlsx.render(SCAN)), ALIASES)
    (listed,) = [t for t in tables if "fingerprint" in t.columns]
    assert listed.sheet.name == "问题清单"
    wanted = {"fingerprint": "指纹", "notified": "通报日期", "rectified": "整改日期", "found": "首次发现"}
    assert {k: v for k, v in listed.columns.items() if k in wanted} == wanted
    assert [r.text("fingerprint") for r in listed.records][:2] == ["0000000000000001", "0000000000000002"]


def test_the_list_has_what_blames_warns_or_waits_and_no_merit() -> None:
    rows = records(xlsx.render(SCAN), "问题清单")
    assert [r["效果"] for r in rows if r["标识码"] == PORTAL.id] == ["单项否决"] * 3 + ["扣分"] * 17 + ["提示", "预警"]
    said = [r["结论"] for r in rows if r["标识码"] == PORTAL.id]
    assert [*said[:7], *said[-2:]] == [
        "否决",
        "否决",
        "无法判定",
        "计分",
        "已豁免",
        "计分",
        "待人工确认",
        "存在问题",
        "未达标准",
    ]
    hidden = [(r["说明"], r["豁免"], r["扣分"]) for r in rows if r["豁免"]]
    assert hidden == [("“在线访谈”连接超时", "等待上级平台恢复（负责人：张三，至2021-11-30）", -0.2)]
    undecided = Finding(
        "f" * 16,
        "main",
        "空白栏目",
        "",
        "",
        "不能判定：没有采集",
        "",
        "unknown",
        Decimal(0),
        BLANK.findings[0].evidence,
    )
    bare = Assessment("r", "题", "veto", Outcome.OPEN, "空白栏目", reason="没有采集", findings=(undecided,))
    assert records(xlsx.render(only(bare)), "问题清单") == []
    assert [(r["事项"], r["原因或问题"]) for r in records(xlsx.render(only(bare)), "待核事项")] == [
        ("无法判定", "没有采集")
    ]


@pytest.mark.parametrize(
    ("subject", "problems"),
    [
        (PORTAL, "空白栏目（其中1处2021-08-20已通报，仍未整改）；首页链接无法打开；其他页面链接无法打开"),
        (replace(PORTAL, assessments=(replace(BLANK, findings=findings(notified_on="2021-08-20")),)),
         "空白栏目（2021-08-20已通报，仍未整改）"),
        (replace(PORTAL, assessments=(replace(BLANK, findings=findings(notified_on="2021-08-20",
                                                                       change=Change.REOPENED)),)),
         "空白栏目（2021-08-20已通报，再次出现）"),
        (replace(PORTAL, assessments=(replace(BLANK, findings=()),)), "空白栏目"),
        (replace(PORTAL, assessments=(), score=replace(PORTAL.score, part2=Decimal("55.50"))),
         "第二部分得分55.5，低于60分"),
        (BUREAU, ""),
        (replace(BUREAU, verdict=Verdict.QUALIFIED, assessments=()), "未发现（另有1项否决指标未判定）"),
        (replace(BUREAU, verdict=Verdict.QUALIFIED, assessments=(), decided=Decided(13, 13, (), ())), "无"),
    ],
    ids=["some", "all", "again", "no row", "points", "pending", "undecided", "clean"],
)  # fmt: skip
def test_the_main_problems_are_worded_as_circulars_do(subject: SubjectResult, problems: str) -> None:
    (row,) = records(xlsx.render(replace(SCAN, subjects=(subject,))), "网站检查结果")
    assert row["主要存在问题"] == problems


def test_whoever_is_below_the_line_stands_among_the_vetoes() -> None:
    poor = replace(PORTAL, assessments=(LINKS,), score=replace(PORTAL.score, part2=Decimal(59)))
    (row,) = records(xlsx.render(replace(SCAN, subjects=(poor,))), "单项否决")
    assert [row["否决指标"], row["问题"]] == ["第二部分", "第二部分得分59，低于60分"]


def test_an_account_without_a_code_says_so() -> None:
    book = xlsx.render(replace(SCAN, subjects=(replace(WEIBO, id="weibo-police"),)))
    (row,) = records(book, "政务新媒体检查结果")
    assert [row["政务新媒体标识码"], row["账号类型"], row["检查结果"]] == ["无", "微博", "不合格"]
    assert records(book, "问题清单")[0]["标识码"] == "weibo-police"


def rectified(scan: Scan) -> list[list[Any]]:
    names = ("主要存在问题", "处数", "整改情况", "整改日期（不晚于）", "对象整改结论")
    return [[r[name] for name in names] for r in records(xlsx.render(scan), "整改情况")]


def test_what_became_of_known_problems() -> None:
    assert rectified(SCAN) == [
        ["空白栏目", 1, "未整改", "", ""],
        ["发稿日期超前", 1, "再次出现", "", ""],
        ["空白栏目", 1, "已整改", "2021-11-08", ""],
        ["其他页面链接无法打开", 1, "页面或栏目已撤下，待人工确认", "", ""],
        ["错别字", 1, "未能复核", "", ""],
    ]


@pytest.mark.parametrize(
    ("more", "became"),
    [
        ({"change": Change.NEW}, None),
        ({"change": Change.NEW, "notified_on": "2021-08-20"}, "未整改"),
        ({"change": Change.UPDATED}, "未整改（有变化）"),
        ({"change": Change.UNCHANGED, "certainty": "unknown", "notified_on": "2021-08-20"}, "未能复核"),
        ({"change": Change.UNCHANGED, "certainty": "candidate", "notified_on": "2021-08-20"}, "待人工确认"),
        ({"change": Change.UNCHANGED, "certainty": "candidate"}, None),
        ({"change": Change.UNCHANGED, "notice": True}, None),
    ],
)
def test_what_is_still_there_is_told_by_how_sure_it_is(more: dict[str, Any], became: str | None) -> None:
    found = rectified(only(replace(BLANK, findings=findings(first_seen="2021-08-09", **more))))
    assert found == ([] if became is None else [["空白栏目", 1, became, "", ""]])


def test_problems_of_one_wording_stand_on_one_line_and_a_recheck_has_its_word() -> None:
    known = replace(BLANK.findings[0], change=Change.UNCHANGED, rechecked="notRectified")
    thrice = tuple(replace(known, fingerprint=f"{n}") for n in range(3))
    scan = only(replace(BLANK, findings=thrice), rectification="未整改")
    assert rectified(replace(scan, kind="recheck", based_on="20211008-100000")) == [
        ["空白栏目", 3, "未整改", "", "未整改"]
    ]
    assert rectified(only(rectification="整改后合格")) == [["", "", "", "", "整改后合格"]]


def test_the_first_sheet_tells_the_kind_of_inspection_and_that_it_was_not_finished() -> None:
    scan = replace(SCAN, kind="recheck", based_on="20211008-100000", complete=False)
    told = [row[:2] for row in sheets(xlsx.render(scan))["总体情况"]]
    assert ["类别", "复查"] in told and ["复查所依据的检查", "20211008-100000"] in told
    assert told[0][0] == "复查情况（复查没有做完，以下只有已经查完的对象）"
    paper = [xml for name, xml in parts(xlsx.render(scan)).items() if name.startswith("xl/worksheets/sheet")]
    assert all(f"编号 {SCAN.id}（没有做完）" in xml for xml in paper)
    assert ["问题清单", len(records(xlsx.render(scan), "问题清单"))] in told


def test_a_scan_of_nothing_has_every_sheet() -> None:
    nothing = replace(SCAN, subjects=(), units=(), suppressions=(), trend=(), finished_at="", started_at="")
    assert list(sheets(xlsx.render(nothing))) == SHEETS


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("files", [[], [Path("-")]])
def test_a_workbook_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch, files: list[Path]) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    with pytest.raises(UsageError, match=r"^--format xlsx: no text, so it is not written to a terminal; name a file"):
        chosen_outputs(["xlsx"], files)
    assert [f.name for f, _ in chosen_outputs(["csv"], None).pairs] == ["csv"]


def test_a_workbook_goes_through_a_pipe_and_into_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    chosen_outputs(["text", "xlsx"], [Path("-"), tmp_path / "scan.xlsx"])
    monkeypatch.setattr("sys.stdout", StringIO())
    out = TextIOWrapper(BytesIO())
    chosen_outputs(["xlsx"], None).write(SCAN, out)
    assert list(sheets(out.buffer.getvalue())) == SHEETS


def below(scan: Scan, title: str) -> list[list[Any]]:
    """The table of the first sheet below a title that begins so, without its headings and what is empty."""
    rows = sheets(xlsx.render(scan))["总体情况"]
    start = next(n for n, row in enumerate(rows) if str(row[0]).startswith(title)) + 2
    end = next((n for n, row in enumerate(rows[start:], start) if not any(c != "" for c in row)), len(rows))
    return [[c for c in row if c != ""] for row in rows[start:end]]


def test_the_first_sheet_has_the_figures_that_circulars_cite() -> None:
    points = ("104.3", "96", "90", "78.6")
    sites = tuple(
        replace(PORTAL, id=p, assessments=(LINKS, BLANK), grade="优" if n < 3 else "良",
                score=replace(PORTAL.score, total=Decimal(p)))
        for n, p in enumerate(points)
    )  # fmt: skip
    scan = replace(SCAN, subjects=(*sites, WEIBO))
    assert below(scan, "得分情况") == [["政府网站", 4, 92.23, 104.3, 78.6, 1, 2, 1]]
    assert below(scan, "等次情况") == [["政府网站", "优", 3, 0.75], ["政府网站", "良", 1, 0.25]]
    assert below(scan, "主要问题") == [
        ["空白栏目", "单项否决", 4, 8], ["2周内未更新", "单项否决", 1, 1],
        ["其他页面链接无法打开", "扣分", 4, 4], ["首页链接无法打开", "扣分", 4, 4],
    ]  # fmt: skip
    assert [below(replace(SCAN, subjects=()), t) for t in ("得分情况", "等次情况", "主要问题")] == [[], [], []]
