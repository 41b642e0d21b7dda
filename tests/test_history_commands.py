"""Findings from elsewhere, what a circular names, what a person accepts, and how the history is read."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from checker.cli import app
from checker.errors import UsageError
from checker.evaluate.desk import fingerprint
from checker.fleet.begun import rules_note
from checker.fleet.history import Chosen, Circular, keep_foreign, named, notify, read_foreign
from checker.fleet.lock import StoreLock
from checker.fleet.store import ScanStore
from checker.history import record_scan
from checker.history.circulars import Foreign, Read
from checker.history.days import day_of
from checker.history.listing import Listed, Wanted, listed, trail_of
from checker.history.naming import Catalogue, problems_in
from checker.history.notifying import Acceptance, record_accepted
from checker.model.registry import Account, Registry, Site
from checker.model.results import Change, Gone, Scan
from checker.report import FORMATS
from checker.sheets import Row, Sheet, Value, read_sheets
from tests.golden_scan import SCAN as GOLDEN
from tests.scanning import national

TODAY = date(2023, 12, 1)
ON = date(2023, 11, 20)
SITES = """version: 1
sites:
  - {id: "3607000001", name: 赣县区人民政府, url: "http://www.ganxian.gov.cn/", kind: portal, organizer: 赣县区政府办}
  - {id: "3607000002", name: 市人社局, url: "http://rsj.ganzhou.gov.cn/", kind: department, organizer: 市人社局}
  - {id: "3607000003", name: 崇义县人民政府, url: "http://www.chongyi.gov.cn/", kind: portal, organizer: 崇义县政府办}
"""


def registry() -> Registry:
    def place(code: str, name: str, host: str) -> Site:
        return Site(id=code, name=name, url=f"http://{host}/", kind="portal", organizer=name)

    def account(code: str, name: str, platform: Any) -> Account:
        return Account(id=code, name=name, platform=platform, organizer=name)

    return Registry(
        sites=(
            place("3607000001", "赣县区人民政府", "www.ganxian.gov.cn"),
            place("3607000002", "市人社局", "rsj.ganzhou.gov.cn"),
            place("3607000003", "崇义县人民政府", "www.chongyi.gov.cn"),
        ),
        accounts=(
            account("360728M001WX0001", "定南市场监管", "wechat-subscription"),
            account("360700M001WX0001", "赣州公安", "wechat-subscription"),
            account("360700M001TT0001", "赣州公安", "toutiao"),
            account("360700M002WX0001", "市人社局", "wechat-service"),
        ),
    )


def read(text: str, store: Path, on: date | None = ON, source: str = "月报", today: date = TODAY) -> Read:
    told = Circular(on, source, today)
    return read_foreign(store, read_sheets("c.csv", text.encode()), registry(), national(), told)


def kept(text: str, store: Path, on: date | None = ON, source: str = "月报") -> list[str]:
    """What became of each row of a sheet."""
    found = read(text, store, on, source)
    assert found.problems == []
    return [n.change for n in keep_foreign(store, found, Circular(on, source, TODAY), False)]


def told(found: Read) -> list[str]:
    return [str(problem) for problem in found.problems]


def shown(rows: Iterable[Foreign]) -> list[tuple[str, ...]]:
    return [(r.subject, r.rule, r.problem, r.found_on, r.rectified_on) for r in rows]


MONTHLY = """附件 1,,,,,,
9 月政府网站与政务新媒体问题整改情况,,,,,,
序号,网站/政务新媒体名称,主要存在问题,主办单位,发现日期,整改日期,备注
1,赣县区人民政府网,存在较多错敏字问题未及时处理,赣县区政府办,09.07,09.11,
2,市人社局,存在个人隐私泄露,市人社局,09.25,09.26,
3,崇义县人民政府网,存在不当链接、信息发稿日期超前于实际发稿日期,崇义县政府办,10.08,10.09,已核
5,定南市场监管(微信订阅号),出现严重表述错误,定南县市监局,10.08,10.08,
序号,网站/政务新媒体名称,主要存在问题,主办单位,发现日期,整改日期,备注
17,赣州公安(微信公众号),存在严重表述错误,市公安局,10.20,11.3,
18,赣州公安（今日头条）,存在严重表述错误,市公安局,10.20,,
"""


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


def everything(store: Path) -> list[tuple[Listed, Any]]:
    return [trail_of(store, one.fingerprint) for one in listed(store, Wanted())]


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


HEAD = "标识码,名称,平台,网址,规则,问题,所在页面,发现日期,通报日期,整改日期,来源,备注,指纹,整改情况\n"
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


def filled(sheet: Sheet) -> Sheet:
    """The sheet with the days of a circular in the row of the first finding, as a person adds them."""
    head, *rows = sheet.rows
    names = list(head.cells)
    notified = next((n for n in ("通报日期", "notified_on") if n in names), None)
    if notified is None or not {"指纹", "fingerprint"} & {*names}:
        return sheet
    if "整改日期" not in names:
        names.append("rectified_on")
    full = [[*row.cells, *[None] * (len(names) - len(row.cells))] for row in rows]
    for cells in (c for c in full if mark(1) in c):
        cells[names.index(notified)], cells[-1] = date(2021, 11, 12), date(2021, 11, 30)
    return replace(sheet, rows=(Row(1, tuple(names)), *(Row(n, tuple(c)) for n, c in enumerate(full, 2))))


def book(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as made:
        for name, rows in sheets:
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


# --- what a circular names


def stored(store: Path, scan: Scan = GOLDEN, *, finished: bool = True) -> Scan:
    """The scan made by hand, in a store with its history."""
    made = ScanStore(store / "scans" / scan.id, create=True)
    made.note(id=scan.id, started_at=scan.started_at, as_of=scan.as_of, tool_version="1", only="[]")
    made.note(**rules_note(national()), **({"finished_at": scan.finished_at} if finished else {}))
    made.replace_results(enumerate(scan.subjects))
    made.close()
    record_scan(store, scan)
    return scan


def marks(found: Iterable[Any]) -> list[str]:
    return [f"{int(f.fingerprint, 16)}" for f in found]


def test_what_a_circular_names() -> None:
    assert marks(f for _, _, f in named(GOLDEN, Chosen())) == ["1", "2", "10", "12", "8", "13", "14"]
    some = named(GOLDEN, Chosen(rules=("b4-guides", "v3-home-stale"), candidates=True))
    assert marks(f for _, _, f in some) == ["6", "9"]


def test_a_first_notification_stays_and_the_trail_has_every_circular(tmp_path: Path) -> None:
    stored(tmp_path)
    first = notify(tmp_path, None, date(2021, 11, 12), "第三季度通报", Chosen(only=("4211250001",)))
    again = notify(tmp_path, None, date(2021, 11, 12), "第三季度通报", Chosen(only=("4211250001",)))
    later = notify(tmp_path, None, date(2022, 2, 1), "第四季度通报", Chosen(rules=("v4-columns-blank",)))
    assert [(t.noted.news, t.noted.first_on) for t in first] == [(True, "2021-11-12")] * 5
    assert [(t.noted.news, t.noted.first_on) for t in again] == [(False, "2021-11-12")] * 5
    assert [(t.noted.news, t.noted.first_on) for t in later] == [(True, "2021-11-12")] * 2
    found, trail = trail_of(tmp_path, later[0].finding.fingerprint)
    assert (found.notified_on, found.notified_in) == ("2021-11-12", "第三季度通报")
    assert [(e.at, e.what, e.note) for e in trail if e.what == "notified"] == [
        ("2021-11-12", "notified", "第三季度通报"), ("2022-02-01", "notified", "第四季度通报"),
    ]  # fmt: skip


def test_judging_a_scan_again_keeps_what_was_notified(tmp_path: Path) -> None:
    scan = stored(tmp_path)
    notify(tmp_path, None, date(2021, 11, 12), "通报", Chosen())
    before = [(one.notified_on, [e for e in trail if not e.scan]) for one, trail in everything(tmp_path)]
    record_scan(tmp_path, scan)
    assert [(one.notified_on, [e for e in trail if not e.scan]) for one, trail in everything(tmp_path)] == before


@pytest.mark.parametrize(
    ("on", "chosen", "finished", "message"),
    [
        (date(2021, 11, 7), Chosen(), True, "--on 2021-11-07: scan 20211108-100000-7c1f inspected on 2021-11-08"),
        (date(2021, 11, 9), Chosen(rules=("v9",)), True, "--rule v9: scan 20211108-100000-7c1f holds no result"),
        (
            date(2021, 11, 9),
            Chosen(only=("x",)),
            True,
            "--only x: scan 20211108-100000-7c1f holds no result of this id",
        ),
        (date(2021, 11, 9), Chosen(only=("421125M001WX0001",)), True, "has no such finding to notify of"),
        (date(2021, 11, 9), Chosen(), False, "is not finished; a circular rests on a finished one"),
    ],
)
def test_what_cannot_be_notified_is_refused(
    tmp_path: Path, on: date, chosen: Chosen, finished: bool, message: str
) -> None:
    stored(tmp_path, finished=finished)
    with pytest.raises(UsageError, match=message):
        notify(tmp_path, None, on, "", chosen)


# --- what a person accepts


def next_scan(*, number: str = "20211208-100000", change: Change | None = None) -> Scan:
    """A month later the first finding is gone, as a scan says so; the second is still there."""
    portal = GOLDEN.subjects[0]
    blank = portal.assessments[0]
    lost = blank.findings[0]
    words = (lost.clause, lost.problem, lost.item, lost.location, lost.detail, lost.url, lost.certainty)
    gone = Gone(blank.rule, lost.fingerprint, *words, lost.first_seen, lost.first_seen, "", change, "页面已不存在") \
        if change else None  # fmt: skip
    rest = replace(blank, findings=blank.findings[1:])
    result = replace(portal, assessments=(rest, *portal.assessments[1:]), gone=(gone,) if gone else ())
    at = "2021-12-08T10:00:00+08:00"
    return replace(GOLDEN, id=number, started_at=at, finished_at=at, as_of=at, subjects=(result, *GOLDEN.subjects[1:]))


SAID = Acceptance("张三", date(2021, 12, 10), "栏目已按要求撤下")


def mark(number: int) -> str:
    return f"{number:016x}"


@pytest.mark.parametrize("change", [Change.REMOVED, Change.NOT_SEEN])
def test_a_person_accepts_what_a_scan_cannot_judge(tmp_path: Path, change: Change) -> None:
    stored(tmp_path)
    stored(tmp_path, next_scan(change=change))
    assert record_accepted(tmp_path, [mark(1)], replace(SAID, rectified_on=date(2021, 12, 1))) == (mark(1),)
    found, trail = trail_of(tmp_path, mark(1))
    assert found.state == "accepted"
    assert [(e.at, e.what, e.by, e.note) for e in trail if e.by] == [
        ("2021-12-01", "rectified", "张三", "栏目已按要求撤下"), ("2021-12-10", "accepted", "张三", "栏目已按要求撤下"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="张三 accepted it already on 2021-12-10"):
        record_accepted(tmp_path, [mark(1)], SAID)


@pytest.mark.parametrize(
    ("wanted", "said", "message"),
    [
        ([mark(2)], SAID, "the newest scan of its subject, 20211208-100000, still finds it"),
        ([mark(1), mark(2)], SAID, "still finds it.*\nnothing was accepted"),
        (["ffff"], SAID, "ffff: the history knows no finding with this fingerprint"),
        ([""], SAID, "the history knows no finding"),
        (["0000"], SAID, r"0000: \d+ findings begin so; give more of it"),
        ([mark(1)], replace(SAID, rectified_on=date(2021, 11, 1)), "was still seen on 2021-11-08, after 2021-11-01"),
    ],
)
def test_what_cannot_be_accepted_is_refused(tmp_path: Path, wanted: list[str], said: Acceptance, message: str) -> None:
    stored(tmp_path)
    stored(tmp_path, next_scan(change=Change.REMOVED))
    with pytest.raises(UsageError, match=message):
        record_accepted(tmp_path, wanted, said)
    assert {f.state for f in listed(tmp_path, Wanted())} == {"open", "removed"}


# --- the commands


def command(*words: str, store: Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["history", *words, "--store", str(store)])
    if done.exception and not isinstance(done.exception, SystemExit):
        return getattr(done.exception, "exit", 99), done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr


def test_the_story_of_a_finding_through_the_commands(tmp_path: Path) -> None:
    stored(tmp_path)
    code, out, err = command(
        "notify", "--on", "2021-11-12", "--document", "第三季度通报", "--only", "4211250001", store=tmp_path
    )
    assert (code, len(out.splitlines())) == (0, 6)
    counts = "5 newly noted, 0 noted before on other days"
    assert err == f"5 findings of 1 subjects noted as notified on 2021-11-12: {counts}\n"
    stored(tmp_path, next_scan(change=Change.REMOVED))
    code, out, err = command("list", "--state", "notified", "-f", "csv", store=tmp_path)
    assert (code, err) == (0, "5 findings\n")
    assert [line for line in out.splitlines() if line.startswith(("指纹", mark(1)))] == [
        "指纹,主体标识,名称,规则,问题,位置,现状,发现日期,最近发现,通报日期,通报,整改日期,来源",
        f"{mark(1)},4211250001,浠水县人民政府,v4-columns-blank,空白栏目,http://www.xishui.gov.cn/tjgb/,"
        "已撤下，待确认,2021-11-08,2021-11-08,2021-11-12,第三季度通报,,",
    ]
    code, out, err = command("accept", mark(1), "--by", "张三", "--note", "栏目已撤下", store=tmp_path)
    assert (code, err) == (0, "1 findings accepted\n")
    code, out, err = command("list", mark(1), store=tmp_path)
    lines = out.splitlines()
    assert lines[:2] == [f"〔{mark(1)}〕 空白栏目（v4-columns-blank）", "主体  4211250001 浠水县人民政府"]
    assert lines[-5].split() == ["日期", "经过", "依据", "说明", "姓名"]
    assert [line.split()[1:] for line in (lines[-3], lines[-2], lines[-1])] == [
        ["通报", "第三季度通报"], ["10:00", "撤下", "检查20211208-100000", "页面已不存在"],
        ["确认整改", "栏目已撤下", "张三"],
    ]  # fmt: skip
    code, out, err = command("list", mark(1), "-f", "json", store=tmp_path)
    assert [e["what"] for e in json.loads(out)["trail"]] == ["found", "notified", "removed", "accepted"]


def test_merits_are_no_problems_and_doubts_are_told_as_such(tmp_path: Path) -> None:
    stored(tmp_path)
    rows = [line.split(",") for line in command("list", "-f", "csv", store=tmp_path)[1].splitlines()]
    stands = {row[3]: row[6] for row in rows}
    assert ("e2-interpretation-forms" in stands, stands["b4-guides"], stands["v4-columns-blank"]) == (
        False, "疑似，待确认", "已发现，未通报",
    )  # fmt: skip
    asked = command("list", "--rule", "e2-interpretation-forms", "-f", "json", store=tmp_path)[1]
    assert [row["fingerprint"] for row in json.loads(asked)] == [mark(7)]


def test_an_import_through_the_command(tmp_path: Path) -> None:
    sites, sheet, store = tmp_path / "sites.yaml", tmp_path / "c.csv", tmp_path / "store"
    sites.write_text(SITES, "utf-8")
    head, *rows = MONTHLY.splitlines()[2:6]
    sheet.write_text("\n".join([head, *rows, "9,没有这个网,空白栏目,,10.08,,"]), "utf-8")
    words = ("import", str(sheet), "--sites", str(sites), "--on", "2023-11-20", "--source", "月报")
    code, out, err = command(*words, store=store)
    assert (code, out, store.exists()) == (2, "", False)
    assert err.splitlines()[:2] == [
        f"{sheet}: nothing was written; mend these rows, or import the others with --skip-bad:",
        f"{sheet}:5: no site or account is registered as '没有这个网'",
    ]
    code, out, err = command(*words, "--skip-bad", store=store)
    assert (code, [line.split()[:2] for line in out.splitlines()[1:]]) == (
        0, [["2", "新增"], ["3", "新增"], ["4", "新增"], ["4", "新增"]],
    )  # fmt: skip
    assert err.splitlines()[-1] == "4 new, 0 updated, 0 unchanged, 1 rows left out as wrong"
    code, out, err = command(*words, "--skip-bad", "--dry-run", "-f", "json", store=store)
    assert (code, {row["change"] for row in json.loads(out)}) == (0, {"unchanged"})
    assert err.splitlines()[-1].endswith("; nothing was written (--dry-run)")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("list", "--state", "lost"), 2, "--state lost: there are open, notified, rectified, removed, accepted"),
        (("list", "-f", "xml"), 2, "--format xml: must be text, json, csv"),
        (("list", "abc"), 2, "no history is here yet"),
        (("list", "--since", "2999-01-01"), 2, "--since 2999-01-01: lies in the future"),
        (("accept", "abc", "--by", "张三", "--note", "看过"), 2, "there is no store here"),
        (("notify",), 2, "there is no store here"),
        (("accept", "abc", "--by", " ", "--note", "看过"), 2, "--by and --note: who accepts it, and why"),
        (("notify", "--on", "gestern"), 2, "--on gestern: not a day; write it as 2026-11-20"),
        (
            ("import", "/nowhere.xlsx", "--sites", "SITES"),
            2,
            "/nowhere.xlsx: cannot be read (No such file or directory)",
        ),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, words: tuple[str, ...], code: int, message: str) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    given = tuple(str(tmp_path / "sites.yaml") if word == "SITES" else word for word in words)
    ended, _, said = command(*given, store=tmp_path / "none")
    assert (ended, message in said) == (code, True)


def test_formulas_of_pages_stay_texts_in_a_list(tmp_path: Path) -> None:
    kept(f'{HEAD}3607000001,,,,,"=HYPERLINK(""http://x/"")",,2023-10-01,,,,,,', tmp_path, None)
    assert "'=HYPERLINK" in command("list", "-f", "csv", store=tmp_path)[1]


@pytest.mark.parametrize("words", [("notify",), ("accept", mark(1), "--by", "张三", "--note", "看过")])
def test_a_store_that_somebody_works_in_is_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    stored(tmp_path)
    with StoreLock(tmp_path, 0, "scan"):
        code, _, said = command(*words, store=tmp_path)
    assert (code, "is at work in this store" in said) == (4, True)
