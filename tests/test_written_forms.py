"""Dates with their time and zone, as exact as written."""

import pytest

from checker.extract.written import address_date, epoch_date, full_dates, meta_date, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013年05月14日 08时20分", "2013-05-14T08:20+08:00"),
        ("2026年9月1日9时", "2026-09-01"),
        ("2023-08-19 10∶08", "2023-08-19T10:08+08:00"),
        ("２０２５－０６－１８　０９：３０", "2025-06-18T09:30+08:00"),
        ("2017-05-02  16:45:12", "2017-05-02T16:45:12+08:00"),
        ("2026-09-1010:20", "2026-09-10T10:20+08:00"),
        ("2018/3/26 8:05:00", "2018-03-26T08:05:00+08:00"),
        ("2020/9/15 下午 3:20:00", "2020-09-15T15:20:00+08:00"),
        ("2020-09-15 上午09:05", "2020-09-15T09:05+08:00"),
        ("2020-09-15 凌晨12:05", "2020-09-15T00:05+08:00"),
        ("2020-09-15 中午12:05", "2020-09-15T12:05+08:00"),
        ("2020-9-15 3:20 PM", "2020-09-15T15:20+08:00"),
        ("2020-9-15 12:20 a.m.", "2020-09-15T00:20+08:00"),
        ("2026-09-10（星期四）09:24", "2026-09-10T09:24+08:00"),
        ("2026-09-10 24:00", "2026-09-10"),
        ("2026-09-10 10:75", "2026-09-10"),
        ("2024-06-25T02:03:27Z", "2024-06-25T10:03:27+08:00"),
        ("2024-06-25T22:03:27.000Z", "2024-06-26T06:03:27+08:00"),
        ("2024-06-25T10:03+08:00", "2024-06-25T10:03+08:00"),
        ("2024-06-25T10:03:00+0900", "2024-06-25T09:03:00+08:00"),
        ("Sep 16, 2011", "2011-09-16"),
        ("September 16, 2026 at 9:05", "2026-09-16T09:05+08:00"),
        ("16th Sept. 2026", "2026-09-16"),
        ("1 May 2026, 10:20 PM", "2026-05-01T22:20+08:00"),
    ],
)
def test_as_exact_as_written(text: str, expected: str) -> None:
    assert [written.at for written in full_dates(plain(text))] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Marching 5, 2026", "Sep 31, 2026", "Section 5, 2026", "2026年10月1日至7日", "2026年3月21日9:00-11:30",
        "〔2024〕5号", "2026-02-00018", "2024年1月1日-3日", "360A05-06-2024-0012-1", "2026年第5号",
    ],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert full_dates(plain(text)) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1789529710870", "2026-09-16T11:35:10+08:00"),
        ("1789529710", "2026-09-16T11:35:10+08:00"),
        ("20200802103000", "2020-08-02"),
        ("2024年07月25日", "2024-07-25"),
        ("2024-01-01T23:00:00Z", "2024-01-02T07:00:00+08:00"),
    ],
)
def test_tags(content: str, expected: str) -> None:
    written = meta_date(content)
    assert written is not None
    assert written.at == expected


@pytest.mark.parametrize("text", ["", "123456", "12345678901", "21789529710870"])
def test_numbers_that_are_no_moment(text: str) -> None:
    assert epoch_date(text) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.cn/a/zhendongtai/2018/0326/1123.html", "2018-03-26"),
        ("http://a.cn/a/gonggao/20231205/2290.html", "2023-12-05"),
        ("http://a.cn/n1/2024/0909/c1024-40315.html", "2024-09-09"),
        ("http://a.cn/2026/05/29/4021.html", "2026-05-29"),
        ("http://a.cn/NewsShow.aspx?id=20181102", None),
        ("http://a.cn/gkmlpt/content/11/11311/post_11311852.html", None),
        ("http://a.cn/info/1030/28464.htm", None),
        ("http://a.cn/20241302/2290.html", None),
    ],
)
def test_addresses(url: str, expected: str | None) -> None:
    found = address_date(url)
    assert (found.isoformat() if found else None) == expected
