"""Findings from elsewhere: the sheets of circulars and our own filled-in reports, read into the history."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker.evaluate.desk import fingerprint
from checker.fleet.history import Circular, keep_foreign, read_foreign
from checker.history.days import day_of
from checker.history.listing import Wanted, listed, trail_of
from checker.history.naming import Catalogue, problems_in
from checker.model.registry import Registry
from checker.report import FORMATS
from checker.sheets import Value, read_sheets
from tests.circulars import (
    HEAD,
    MONTHLY,
    ON,
    TODAY,
    book,
    everything,
    filled,
    kept,
    mark,
    read,
    registry,
    shown,
    stored,
    told,
)
from tests.golden_scan import SCAN as GOLDEN
from tests.scanning import national


def test_the_table_of_a_circular_is_read_as_it_is(tmp_path: Path) -> None:
    found = read(MONTHLY, tmp_path)
    assert told(found) == []
    assert shown(found.rows) == [
        ("3607000001", "", "存在较多错敏字问题未及时处理", "2023-09-07", "2023-09-11"),
        ("3607000002", "x-privacy-leak", "存在个人隐私泄露", "2023-09-25", "2023-09-26"),
        ("3607000003", "x-bad-external-link", "存在不当链接", "2023-10-08", "2023-10-09"),
        ("3607000003", "x-future-date", "信息发稿日期超前于实际发稿日期", "2023-10-08", "2023-10-09"),
        ("360728M001WX0001", "n1-wording", "出现严重表述错误", "2023-10-08", "2023-10-08"),
        ("360700M001WX0001", "n1-wording", "存在严重表述错误", "2023-10-20", "2023-11-03"),
        ("360700M001TT0001", "n1-wording", "存在严重表述错误", "2023-10-20", ""),
    ]
    assert {(r.notified_on, r.source) for r in found.rows} == {("2023-11-20", "月报")}


QUARTERLY = """附件2,,,,,
序号,单位名称,账号类型,账号名称,主要存在问题,抽查整改情况
1,九江市水利局,今日头条,赣州公安,监测时间点2周未更新,整改后合格
2,定南县,微信,定南市场监管,"1.法定主动公开内容中多个栏目未更新；
2.有多个空白栏目。",不合格
3,无,微信,市人社局,无,
"""


def test_numbered_problems_standing_without_a_day_and_rows_without_a_problem(tmp_path: Path) -> None:
    found = read(QUARTERLY, tmp_path)
    assert (told(found), found.without) == ([], 1)
    assert shown(found.rows) == [
        ("360700M001TT0001", "", "监测时间点2周未更新", "", "2023-11-20"),
        ("360728M001WX0001", "", "法定主动公开内容中多个栏目未更新", "", ""),
        ("360728M001WX0001", "", "有多个空白栏目", "", ""),
    ]
    assert told(read(QUARTERLY, tmp_path, on=None)) == [
        "c.csv:3: 抽查整改情况 says 整改后合格 without a day: add 整改日期, or give the day of the circular with --on"
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2023年11月20日", ["2023-09-07"]),
        ("（2023年1月20日）", ["2022-09-07"]),
        ("统计时间2023年4月1日至6月30日", ["2023-09-07"]),  # the first of a period is no day of a circular
        ("2023年第三季度检查情况", ["2023-09-07"]),
    ],
)
def test_the_year_that_the_lines_above_a_table_tell(tmp_path: Path, line: str, found: list[str]) -> None:
    sheet = f"{line},,,\n网站名称,主要存在问题,发现日期,整改日期\n赣县区人民政府,页面打不开,09.07,\n"
    read_it = read(sheet, tmp_path, on=None)
    assert [r.found_on for r in read_it.rows] == found
    assert {r.notified_on for r in read_it.rows} <= {""}  # that it was notified is said by --on or a column


def test_numbers_of_persons_are_masked_before_they_are_kept(tmp_path: Path) -> None:
    row = "3607000001,,,,,泄露身份证110101199003074514,,2023-10-01,,,,见13812345678,,"
    (found,) = read(HEAD + row, tmp_path).rows
    assert (found.problem, found.note) == ("泄露身份证110*************14", "见138******78")


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    assert kept(MONTHLY, tmp_path) == ["new"] * 7
    before = everything(tmp_path)
    assert kept(MONTHLY, tmp_path) == ["unchanged"] * 7
    assert everything(tmp_path) == before


def test_a_dry_run_writes_nothing_not_even_a_store(tmp_path: Path) -> None:
    told = Circular(ON, "", TODAY)
    store = tmp_path / "store"
    for _ in range(2):
        noted = keep_foreign(store, read(MONTHLY, store), told, True)
        assert [n.change for n in noted] == ["new"] * 7
    assert not store.exists()
    kept(QUARTERLY, store)
    before = everything(store)
    assert [n.change for n in keep_foreign(store, read(MONTHLY, store), told, True)] == ["new"] * 7
    assert everything(store) == before


BAD = HEAD + "\n".join(
    [
        "3607009999,,,,,空白栏目,,2023-10-01,,,,,,",
        ",赣县人民政府,,,,空白栏目,,2023-10-01,,,,,,",
        ",赣州公安,,,,不更新,,2023-10-01,,,,,,",
        "3607000001,崇义县人民政府,,,,空白栏目,,2023-10-01,,,,,,",
        ",,,,,空白栏目,,2023-10-01,,,,,,",
        "3607000001,,,,v4-columns-blnk,,,2023-10-01,,,,,,",
        "3607000001,,,,,空白栏目,,2023-13-45,,昨天,,,,",
        "3607000001,,,,,空白栏目,,2023-10-01,2023-09-01,2023-09-30,,,,",
        "3607000001,,,,,空白栏目,,2024-10-01,,,,,,",
        ",,,,,,,,,2023-10-01,,,abcdef12,",
        "3607000001,,,,,空白栏目,,2023-10-01,,2023-10-02,,,,未整改",
        "3607000003,,,,,链接打不开,,2023-10-01,,2023-10-02,,,,",
        "3607000003,,,,,链接 打不开。,,2023-10-01,,2023-10-05,,,,",
    ]
)


def test_everything_that_is_wrong_is_told_at_once_by_row(tmp_path: Path) -> None:
    as_written = "write it as 2026-11-20"
    assert told(read(BAD, tmp_path)) == [
        "c.csv:2: no site or account has the id '3607009999'",
        "c.csv:3: no site or account is registered as '赣县人民政府'; close are 赣县区人民政府 (3607000001)、"
        "崇义县人民政府 (3607000003)",
        "c.csv:4: '赣州公安' may be 360700M001WX0001 赣州公安、360700M001TT0001 赣州公安: give its id (标识码)",
        "c.csv:5: '3607000001' is 赣县区人民政府, but '崇义县人民政府' is 3607000003: which is meant?",
        "c.csv:6: names no site or account: give 标识码, the registered name, or the address",
        "c.csv:7: 规则 'v4-columns-blnk' is no rule; close are v4-columns-blank、v4-columns-stale、"
        "v4-columns-long-stale",
        f"c.csv:8: 发现日期 '2023-13-45' is no day; {as_written}",
        f"c.csv:8: 整改日期 '昨天' is no day; {as_written}",
        "c.csv:9: 通报日期 2023-09-01 lies before 发现日期 2023-10-01",
        "c.csv:9: 整改日期 2023-09-30 lies before 发现日期 2023-10-01",
        "c.csv:10: 发现日期 2024-10-01 lies in the future",
        "c.csv:10: 通报日期 2023-11-20 lies before 发现日期 2024-10-01",
        "c.csv:11: 指纹 'abcdef12': no known findings",
        "c.csv:12: 整改情况 says 未整改, but 整改日期 is given",
        "c.csv:14: contradicts row 13: 整改日期 is 2023-10-02 there and 2023-10-05 here",
    ]


@pytest.mark.parametrize(
    ("code", "name", "platform", "url", "meant"),
    [
        ("3607000001", "", "", "", "3607000001"),
        ("36070 00001", "赣县政府网", "", "", "3607000001"),
        ("", "赣县区人民政府", "", "", "3607000001"),
        ("", "赣县区 人民政府门户网站", "", "", "3607000001"),
        ("", "", "", "https://ganxian.gov.cn/index.html", "3607000001"),
        ("", "", "", "rsj.ganzhou.gov.cn/zwgk/1.html", "3607000002"),
        ("", "市人社局", "", "", "3607000002"),  # a site before an account of the same name
        ("", "市人社局", "服务号", "", "360700M002WX0001"),
        ("", "市人社局（微信公众号）", "", "", "360700M002WX0001"),
        ("", "赣州公安", "头条号", "", "360700M001TT0001"),
        ("360700m001tt0001", "", "", "", "360700M001TT0001"),
    ],
)
def test_whom_a_row_means(tmp_path: Path, code: str, name: str, platform: str, url: str, meant: str) -> None:
    found = read(f"{HEAD}{code},{name},{platform},{url},,空白栏目,,2023-10-01,,,,,,", tmp_path)
    assert ([r.subject for r in found.rows], told(found)) == ([meant], [])


@pytest.mark.parametrize(
    ("value", "year", "before", "day"),
    [
        ("09.07", None, ON, "2023-09-07"),
        ("11.3", None, ON, "2023-11-03"),
        ("12.28", None, date(2024, 1, 10), "2023-12-28"),  # a circular of January names days of December
        ("10月8日", None, ON, "2023-10-08"),
        ("10/8", 2021, None, "2021-10-08"),
        ("2.29", None, date(2025, 3, 1), "2024-02-29"),
        ("2023年10月8日", None, None, "2023-10-08"),
        (9.07, None, ON, "2023-09-07"),
        (10.25, None, ON, "2023-10-25"),
        (11.4, None, ON, "2023-11-04"),  # there is no 40th
        (45207, None, None, "2023-10-08"),
        ("/", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
        ("10.20", None, None, "'10.20' has no year; give the day of the circular with --on, or write it as 2026-11-20"),
        ("13.45", None, ON, "'13.45' is no day; write it as 2026-11-20"),
        (
            10.2, None, ON,
            "'10.2' stands there as a number: it may be 10月2日 or 10月20日; write it as 2026-11-20",
        ),
        ("上周", None, ON, "'上周' is no day; write it as 2026-11-20"),
    ],
)  # fmt: skip
def test_days_as_circulars_write_them(value: Value, year: int | None, before: date | None, day: str | None) -> None:
    try:
        found = day_of(value, year, before)
        assert (found and found.isoformat()) == day
    except ValueError as error:
        assert str(error) == day


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("空白栏目", ["空白栏目"]),
        ("1. 甲不更新；2. 乙是空白。", ["甲不更新", "乙是空白"]),
        ("（1）甲不更新 （2）乙是空白", ["甲不更新", "乙是空白"]),
        ("存在不当链接、个人隐私泄露", ["存在不当链接", "个人隐私泄露"]),
        (
            "栏目逾期更新、空白栏目",
            ["栏目逾期更新、空白栏目"],
        ),  # the first part is no rule's wording: nothing is guessed
        ("1个政策文件更新不及时,未在1个工作日内答复", ["1个政策文件更新不及时,未在1个工作日内答复"]),
    ],
)
def test_one_cell_may_list_several_problems(text: str, parts: list[str]) -> None:
    assert list(problems_in(text, Catalogue(national()), "site")) == parts


def test_a_rule_and_a_place_give_the_fingerprint_that_a_scan_would(tmp_path: Path) -> None:
    page = "http://www.ganxian.gov.cn/tjgb/"
    found = read(f"{HEAD}3607000001,,,,v4-columns-blank 空白栏目,,{page},2023-10-01,,,,,,", tmp_path)
    (row,) = found.rows
    assert (row.fingerprint, row.problem) == (fingerprint("v4-columns-blank", "3607000001", page), "空白栏目")


def test_found_again_after_it_was_rectified(tmp_path: Path) -> None:
    rows = [
        "3607000001,,,,,链接打不开,,2023-08-01,2023-08-05,2023-08-10,八月通报,,,",
        "3607000001,,,,,链接打不开,,2023-09-01,2023-09-05,,九月通报,,,",
    ]
    assert kept(HEAD + "\n".join(rows), tmp_path, None, "") == ["new", "updated"]
    assert kept(HEAD + "\n".join(rows), tmp_path, None, "") == ["unchanged", "unchanged"]
    ((found, trail),) = everything(tmp_path)
    days = (found.state, found.first_seen, found.last_seen, found.notified_on, found.notified_in, found.rectified_on)
    assert days == ("open", "2023-08-01", "2023-09-01", "2023-09-05", "九月通报", "")  # the notification in force
    assert [(e.at, e.what, e.note) for e in trail] == [
        ("2023-08-01", "imported", "八月通报"), ("2023-08-05", "notified", "八月通报"), ("2023-08-10", "rectified", ""),
        ("2023-09-01", "reopened", "九月通报"), ("2023-09-05", "notified", "九月通报"),
    ]  # fmt: skip


def test_days_filled_into_our_own_report_renew_the_finding(tmp_path: Path) -> None:
    kept(f"{HEAD}3607000001,,,,,链接打不开,,2023-10-01,,,,,,", tmp_path, None)
    (one,) = listed(tmp_path, Wanted())
    sheet = (
        f"指纹,标识码,问题,通报日期,整改日期\n〔{one.fingerprint[:8]}〕,3607000001,别的话,2023-10-10,2023-10-20\n,,,,\n"
    )
    assert kept(sheet, tmp_path, None) == ["updated"]
    (after,) = listed(tmp_path, Wanted())
    assert after == replace(
        one, notified_on="2023-10-10", notified_in="月报", rectified_on="2023-10-20", state="rectified"
    )


@pytest.mark.parametrize("heads", ["指纹,问题,通报日期", "指纹,问题"])
def test_a_row_of_our_own_report_is_notified_only_by_its_own_day(tmp_path: Path, heads: str) -> None:
    assert kept(f"{HEAD}3607000001,,,,,空白栏目,,2023-10-01,,,,,,", tmp_path, on=None) == ["new"]
    before = everything(tmp_path)
    lines = "\n".join(f"{one.fingerprint},{one.problem}" for one, _ in before)
    found = read(f"{heads}\n{lines}\n", tmp_path)
    assert (found.rows, found.without, found.untold, told(found)) == ([], 0, 1, [])
    assert everything(tmp_path) == before


def test_of_our_own_workbook_only_the_sheet_with_fingerprints_is_read(tmp_path: Path) -> None:
    kept(f"{HEAD}3607000001,,,,,链接打不开,,2023-10-01,,,,,,", tmp_path, None)
    (one,) = listed(tmp_path, Wanted())
    data = book(
        ("不合格名单", [["网站名称", "主要存在问题"], ["赣县区人民政府", "空白栏目"]]),
        (
            "问题清单",
            [["指纹", "问题", "通报日期", "备注"], [one.fingerprint, "链接打不开", date(2023, 10, 9), "见附件"]],
        ),
    )
    found = read_foreign(tmp_path, read_sheets("r.xlsx", data), registry(), national(), Circular(None, "", TODAY))
    assert (told(found), [(r.known, r.notified_on, r.place) for r in found.rows]) == (
        [], [(True, "2023-10-09", "r.xlsx [问题清单]")],
    )  # fmt: skip
    assert found.left_out == ["r.xlsx [不合格名单]: no findings stand here"]


@pytest.mark.parametrize("report", ["xlsx", "csv"])
def test_our_own_reports_come_back_with_the_days_that_a_person_filled_in(tmp_path: Path, report: str) -> None:
    scan = stored(tmp_path, replace(GOLDEN, subjects=tuple(replace(s, gone=()) for s in GOLDEN.subjects)))
    sheets = read_sheets("r", next(f.render for f in FORMATS if f.name == report)(scan))
    told = Circular(date(2021, 11, 20), "", TODAY)
    found = read_foreign(tmp_path, sheets, Registry(), national(), told)
    # nobody filled anything in: what was notified before is no news, an empty 通报日期 means not notified
    assert ([str(p) for p in found.problems], [r.notified_on for r in found.rows]) == ([], ["2021-08-20"])
    found = read_foreign(tmp_path, [filled(sheet) for sheet in sheets], Registry(), national(), told)
    assert [str(p) for p in found.problems] == []
    keep_foreign(tmp_path, found, told, False)
    one = trail_of(tmp_path, mark(1))[0]
    assert (one.notified_on, one.rectified_on, one.state) == ("2021-11-12", "2021-11-30", "rectified")
