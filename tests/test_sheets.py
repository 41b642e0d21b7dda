"""Spreadsheets: bytes to rows, tables below titles and instructions, dates in every way they are written."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
import xlwt

from checker.sheets import Aliases, SheetError, When, find_table, find_tables, read_sheets, span_of, text_of, when_of
from checker.sheets import packed as bounds

BEIJING = timezone(timedelta(hours=8))
ALIASES: Aliases = {"name": ("网站名称", "名称"), "code": ("网站标识码", "标识码"), "day": ("开通时间",)}


def xlsx(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book, book.add_worksheet("网站"))
    book.close()
    return out.getvalue()


def plain_xlsx(*rows: list[Any], **options: Any) -> bytes:
    def fill(_: Any, sheet: Any) -> None:
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)

    return xlsx(fill, **options)


def grid(name: str, data: bytes) -> list[list[Any]]:
    (sheet,) = read_sheets(name, data)
    return [[row.number, *row.cells] for row in sheet.rows]


def typed(book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 3, "全市网站一览")
    sheet.write_datetime(1, 0, datetime(2025, 6, 10, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    sheet.write_datetime(2, 0, date(2025, 6, 10), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
    sheet.write_row(4, 0, [3415220046, 0.5, True, "  某\u200b县 "])
    sheet.write_formula(5, 0, "=1/0", None, "#DIV/0!")
    sheet.merge_range(6, 1, 7, 1, "某办")
    sheet.write(6, 0, "甲")
    sheet.write(7, 0, "乙")


@pytest.mark.parametrize("mac", [False, True])
def test_cells_of_a_workbook_keep_their_types_and_merged_cells_their_value(mac: bool) -> None:
    title = "全市网站一览"
    assert grid("a.xlsx", xlsx(typed, date_1904=mac)) == [
        [1, title, title, title, title],
        [2, datetime(2025, 6, 10, 8, 30), None, None, None],
        [3, date(2025, 6, 10), None, None, None],
        [5, 3415220046, 0.5, True, "  某\u200b县 "],
        [7, "甲", "某办", None, None],
        [8, "乙", "某办", None, None],
    ]


def test_an_old_workbook_is_read_and_its_name_does_not_matter() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    sheet.write_merge(0, 0, 0, 1, "标题")
    sheet.write(1, 0, datetime(2025, 6, 10), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(1, 1, "某办")
    out = BytesIO()
    book.save(out)
    assert grid("export.xlsx", out.getvalue()) == [[1, "标题", "标题"], [2, date(2025, 6, 10), "某办"]]


def test_hidden_sheets_are_not_read() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "甲")
        words = book.add_worksheet("字典")
        words.write(0, 0, "乙")
        words.hide()

    assert [s.name for s in read_sheets("a.xlsx", xlsx(fill))] == ["网站"]


TEXT = '标题,发布时间\n"防汛,提示\n第二行",2025-06-10\n\n甲,\n'
ROWS = [[1, "标题", "发布时间"], [2, "防汛,提示 第二行", "2025-06-10"], [5, "甲", None]]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_text_in_every_charset(charset: str, newline: str) -> None:
    assert grid("a.csv", TEXT.replace("\n", newline).encode(charset)) == ROWS


@pytest.mark.parametrize("sign", [",", "\t", ";", "，"])
def test_text_with_every_sign_between(sign: str) -> None:
    text = f"标题{sign}发布时间\n防汛{sign}2025-06-10\n"
    assert grid("a.txt", text.encode()) == [[1, "标题", "发布时间"], [2, "防汛", "2025-06-10"]]


def test_text_tricks_of_spreadsheet_programs() -> None:
    assert grid("a.csv", b'sep=;\n="0123";a,b\n') == [[2, "0123", "a,b"]]
    assert grid("a.csv", b"4567\t,x\n89\t,y\n") == [[1, "4567", "x"], [2, "89", "y"]]


def test_a_web_page_under_the_name_of_a_workbook() -> None:
    page = """<html><head><meta charset="utf-8"></head><body><table>
      <tr><th>单位</th><th colspan=2>账号</th></tr>
      <tr><td rowspan=2>某局</td><td>甲</td><td>微信</td></tr>
      <tr><td>乙</td><td>微博</td></tr></table></body></html>"""
    expected = [[1, "单位", "账号", "账号"], [2, "某局", "甲", "微信"], [3, "某局", "乙", "微博"]]
    assert grid("a.xls", page.encode()) == expected


def zipped(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", body)
    return out.getvalue()


FAR = b'<worksheet><sheetData><row r="9"><c r="XFD9"><v>1</v></c></row></sheetData></worksheet>'
WRONG = [
    (b"", "a: holds nothing: no cell of a visible sheet is filled", "表格为空"),
    (b"\n , \n", "a: holds nothing: no cell of a visible sheet is filled", "表格为空"),
    (plain_xlsx(), "a: holds nothing: no cell of a visible sheet is filled", "表格为空"),
    (plain_xlsx(["甲"])[:900], "a: is a damaged workbook (File is not a zip file); open it and save it anew",
     "表格文件损坏，无法打开"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
     "a: cannot be read as a workbook (Cannot detect file format); open it and save it as xlsx",
     "表格文件损坏或格式不受支持，无法读取"),
    (zipped(word__document=b"<a/>"), "a: is a zip but no xlsx workbook; save it as xlsx",
     "不是可读取的表格文件（xlsx）"),
    (zipped(xl__workbook=b"<a/>", xl__worksheets__sheet1=FAR),
     "a: reaches to row 9 and column 16,384; at most 200,000 and 500: split it", "表格过大（9行16384列），未读取"),
    (zipped(xl__workbook=bytes(2_000_000)), "a: unpacks to 2,000,000 bytes in 1 parts; split it",
     "表格解压后过大，未读取"),
    (b"\x89PNG\r\n\x1a\n\xff\xff\x01\x02",
     "a: is neither a workbook nor a text in UTF-8, GB18030 or UTF-16; save it as xlsx",
     "不是可读取的表格文件"),
    (b"<!DOCTYPE html><html><body>login</body></html>",
     "a: is a web page without a table (a login page?); export it anew", "文件是网页且其中没有表格（可能是登录页）"),
    (b'<?xml version="1.0"?><Workbook/>', "a: is an XML spreadsheet; open it and save it as xlsx",
     "XML格式的表格不能读取，请另存为xlsx"),
    (b"a" * 30_000_001, "a: is larger than 30 MB; split it", "表格文件过大，未读取"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message", "reason"), WRONG, ids=[m[:40] for _, m, _ in WRONG])
def test_what_is_no_sheet_says_why(data: bytes, message: str, reason: str) -> None:
    with pytest.raises(SheetError) as told:
        read_sheets("a", data)
    assert (str(told.value), told.value.reason) == (message, reason)


def test_too_many_rows_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.sheets.reading.MAX_ROWS", 3)
    monkeypatch.setattr(bounds, "MAX_ROWS", 3)
    with pytest.raises(SheetError, match="reaches to row 4 and column 2"):
        read_sheets("a.csv", b"a,b\n" * 5)


# --- tables


def test_a_table_below_titles_and_instructions() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 4, "2025年第二季度网站信息表")
        sheet.merge_range(1, 0, 1, 4, "填写须知：1.网站名称应与备案一致；2.网站标识码为10位。")
        sheet.merge_range(2, 1, 2, 2, "网站信息")
        sheet.merge_range(2, 0, 3, 0, "序号")
        sheet.write_row(3, 1, ["* 网站名称（必填）", "网站 标识码", "开通时间", "联系电话"])
        sheet.write_row(4, 0, [1, "甲", 3415220046, "6月10日", "13800000000"])
        sheet.write_row(5, 0, ["序号", "* 网站名称（必填）", "网站 标识码", "开通时间", "联系电话"])
        sheet.write_row(6, 0, [2, "乙", "3415220047", 45818])
        sheet.write_row(8, 0, ["合计", 2])
        sheet.merge_range(9, 0, 9, 4, "注：以上信息截至6月底")

    table = find_table(read_sheets("a.xlsx", xlsx(fill))[0], ALIASES)
    assert (table.row, dict(table.columns)) == (
        4, {"name": "* 网站名称（必填）", "code": "网站 标识码", "day": "开通时间"},
    )  # fmt: skip
    assert (table.unknown, table.contacts, table.above[0]) == (("序号",), ("联系电话",), "2025年第二季度网站信息表")
    assert [(r.number, r.text("name"), r.text("code"), r.when("day")) for r in table.records] == [
        (5, "甲", "3415220046", When(date(2025, 6, 10))),
        (7, "乙", "3415220047", When(date(2025, 6, 10))),
    ]
    assert [set(r.cells) for r in table.records] == [{"name", "code", "day"}] * 2


def test_the_more_telling_of_two_headings_wins() -> None:
    (sheet,) = read_sheets("a.csv", "名称,网站名称,标识码\n甲,乙,1\n".encode())
    assert find_table(sheet, ALIASES).records[0].text("name") == "乙"


def test_a_table_without_known_headings_names_those_found_and_nobodys_data() -> None:
    sheets = read_sheets("a.csv", "姓名,爱好\n张三,13800000000\n".encode())
    with pytest.raises(SheetError) as told:
        find_tables(sheets, ALIASES)
    assert str(told.value) == "a.csv:1: no row of known headings; found: 姓名、爱好"
    assert told.value.reason == "未找到可识别的表头，表中为：姓名、爱好"


# --- dates


def at(*parts: int) -> When:
    moment = datetime(*parts, tzinfo=BEIJING)  # type: ignore[misc,arg-type]
    return When(moment.date(), moment)


DAY = When(date(2025, 6, 10))
DATES = [
    (date(2025, 6, 10), DAY), (datetime(2025, 6, 10, 8, 30), at(2025, 6, 10, 8, 30)), (45818, DAY),
    (45818.354166666664, at(2025, 6, 10, 8, 30)), ("2025年6月10日", DAY), ("2025/6/10", DAY), ("2025.06.10", DAY),
    ("20250610", DAY), (20250610, DAY), ("2025-06-10 08:30", at(2025, 6, 10, 8, 30)),
    ("2025-06-10 18:30:32", at(2025, 6, 10, 18, 30, 32)), ("2025年6月10日 8时30分", at(2025, 6, 10, 8, 30)),
    ("2025年6月10日（星期二）下午3:05", at(2025, 6, 10, 15, 5)), ("2025-06-10T00:30:00Z", at(2025, 6, 10, 8, 30)),
    ("2025-06-10T08:30:00+0800", at(2025, 6, 10, 8, 30)), ("2025-06-10T08:30:00.123", at(2025, 6, 10, 8, 30)),
    ("Tue Jun 10 08:30:29 +0800 2025", at(2025, 6, 10, 8, 30, 29)), (1749515400, at(2025, 6, 10, 8, 30)),
    ("1749515400000", at(2025, 6, 10, 8, 30)), ("6月10日", None), ("2025年6月", None), ("2025-13-10", None),
    ("2025-06-10 25:00", None), ("2025-06-10 或之后", None), ("刚刚", None), ("", None), (None, None), (True, None),
    (12, None), (time(8, 30), None), ("1970-01-01", None), (0, None), ("昨天 12:30", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), DATES, ids=[str(w) or "empty" for w, _ in DATES])
def test_dates_as_they_are_written(written: Any, expected: When | None) -> None:
    assert when_of(written) == expected


def test_a_day_without_a_year_and_a_number_of_a_macintosh() -> None:
    assert when_of("6月10日", 2025) == DAY
    assert when_of("2月29日", 2025) is None
    assert when_of(45818 - 1462, since_1904=True) == DAY


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-06-01至2025-06-07", (date(2025, 6, 1), date(2025, 6, 7))),
        ("2025.06.01-2025.06.07", (date(2025, 6, 1), date(2025, 6, 7))),
        ("2025/6/1 - 2025/6/7", (date(2025, 6, 1), date(2025, 6, 7))),
        ("2025年6月1日—6月7日", (date(2025, 6, 1), date(2025, 6, 7))),
        ("2025年6月1日-7日", (date(2025, 6, 1), date(2025, 6, 7))),
        ("2025年2月", (date(2025, 2, 1), date(2025, 2, 28))),
        ("2025年12月份", (date(2025, 12, 1), date(2025, 12, 31))),
        ("2025-06-10", (date(2025, 6, 10), date(2025, 6, 10))),
        ("2025-06-07至2025-06-01", None), ("2025年13月", None), ("上周", None), ("", None),
    ],
)  # fmt: skip
def test_periods(written: str, expected: tuple[date, date] | None) -> None:
    assert span_of(written) == expected


def test_text_of_cells() -> None:
    values = [None, " 甲\u200b 乙\n", 3.0, 2.5, True, date(2025, 6, 10), datetime(2025, 6, 10, 8, 30), time(8, 30)]
    assert [text_of(v) for v in values] == [
        "", "甲 乙", "3", "2.5", "是", "2025-06-10", "2025-06-10 08:30", "08:30:00",
    ]  # fmt: skip
