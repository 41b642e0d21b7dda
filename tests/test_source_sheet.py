"""The spreadsheet source: what exports of consoles and monitoring services prove, and what they do not."""

import asyncio
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from checker.model.facts import AccountFunction, Address, Post
from checker.model.registry import Account, Sheet
from checker.registry import read_registry
from checker.sources import SourceResult, gather_account
from checker.sources.reading import Told
from checker.sources.sheet import read

BEIJING = timezone(timedelta(hours=8))
AS_OF = datetime(2025, 6, 20, 10, 0, tzinfo=BEIJING)
ARTICLE = "https://mp.weixin.qq.com/s/1"


def account(**more: Any) -> Account:
    given = {"id": "341525M003WX0001", "name": "某发布", "platform": "wechat-subscription", "organizer": "某办"}
    return Account.model_validate(given | more)


def reading(file: Path, text: str | bytes, complete: bool = True, of: Account | None = None) -> SourceResult:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = Sheet(sheet=str(file), complete=complete)
    return asyncio.run(read(of or account(), source, None, AS_OF))  # type: ignore[arg-type]


def post(key: str, title: str, at: str, url: str = "", original: str = "unknown") -> Post:
    return Post("341525M003WX0001", key, Address(url), title, at[:10], at, original, "sheet")


def told(result: SourceResult) -> tuple[str, str, list[str]]:
    return result.state, result.reason, [p.at for p in result.posts]


def console() -> bytes:
    """As the console of an account exports it: titles above, serial numbers for dates, links, contacts."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("已发表内容")
    sheet.merge_range(0, 0, 0, 6, "某发布 已发表内容明细")
    sheet.merge_range(1, 0, 1, 6, "导出时间：2025-06-20 09:00")
    sheet.write_row(2, 0, ["内容标题", "发表时间", "内容url", "是否原创", "阅读次数", "联系电话", "openid"])
    sheet.write_row(3, 0, ["防汛提示", 45818.354166666664, ARTICLE, "是", "10万+", "13800000000", "o1"])
    sheet.write_row(4, 0, ["节日放假", None, "https://mp.weixin.qq.com/s/2", "否", 300, "13800000000", "o2"])
    sheet.write_datetime(4, 1, datetime(2025, 5, 30, 8, 0), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    book.close()
    return out.getvalue()


def test_a_console_export_that_reaches_up_to_the_inspection_proves_everything(tmp_path: Path) -> None:
    result = reading(tmp_path / "wechat.xlsx", console())
    assert result == SourceResult(
        (
            post(ARTICLE, "防汛提示", "2025-06-10T08:30:00+08:00", ARTICLE, "yes"),
            post("https://mp.weixin.qq.com/s/2", "节日放假", "2025-05-30T08:00:00+08:00",
                 "https://mp.weixin.qq.com/s/2", "no"),
        ), (), (), "complete", "", "sheet", "2025-06-20T10:00:00+08:00",
        complete_since="2025-05-30", synced_at="2025-06-20",
    )  # fmt: skip
    assert "13800000000" not in repr(result)


LIST = "标题,发布时间,链接\n防汛提示,2025-06-01 08:00,http://a.cn/1\n节日放假,2025年5月30日,\n"
TIMES = ["2025-06-01T08:00:00+08:00", "2025-05-30"]
UNPROVED = "来源不能证明完整"
SILENCE = [
    ("posts.csv", LIST, True, "partial",
     f"{UNPROVED}：表中最新一行为2025-06-01，未注明导出日期，不能证明此后没有发布"),
    ("posts_20250620.csv", LIST, True, "complete", ""),
    ("posts_20250619.csv", LIST, True, "partial", f"{UNPROVED}：导出日期早于监测时间点（表格只到2025-06-19）"),
    ("posts_20250620.csv", LIST, False, "partial", UNPROVED),
    ("posts_20250601-20250630.csv", LIST, True, "partial",
     f"{UNPROVED}：导出日期早于监测时间点（表格只到2025-06-01）"),
    ("posts.csv", f"数据截至2025年6月20日,,\n{LIST}", True, "complete", ""),
    ("posts.csv", f"请于2025年6月20日前报送,,\n{LIST}", True, "partial",
     f"{UNPROVED}：表中最新一行为2025-06-01，未注明导出日期，不能证明此后没有发布"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "complete", "state", "reason"), SILENCE)
def test_silence_is_proved_only_up_to_the_day_of_export(
    name: str, text: str, complete: bool, state: str, reason: str, tmp_path: Path
) -> None:
    assert told(reading(tmp_path / name, text, complete)) == (state, reason, TIMES)


def test_rows_without_a_date_and_rows_of_the_future_are_doubts(tmp_path: Path) -> None:
    text = "标题,日期\n甲,近日\n乙,6月12日\n丙,2025-07-01\n丁,2025-06-20\n,\n"
    expected = ("partial", f"{UNPROVED}：2条没有可读的日期；1条日期晚于检查日", ["2025-07-01", "2025-06-20"])
    assert told(reading(tmp_path / "a.csv", text)) == expected


def test_a_day_without_a_year_is_of_the_year_that_the_title_names(tmp_path: Path) -> None:
    text = "2025年发布情况,,\n序号,标题,日期\n1,甲,6月12日\n"
    assert told(reading(tmp_path / "a_20250620.csv", text)) == ("complete", "", ["2025-06-12"])


def test_what_is_not_public_is_no_post(tmp_path: Path) -> None:
    text = "标题,发布时间,状态\n甲,2025-06-20,已删除\n乙,2025-06-20,草稿\n丙,2025-06-01,已发布\n"
    assert told(reading(tmp_path / "a.csv", text, False)) == ("partial", UNPROVED, ["2025-06-01"])
    text = "标题,发布时间,是否删除\n甲,2025-06-20,是\n丙,2025-06-01,否\n"
    assert told(reading(tmp_path / "a.csv", text, False)) == ("partial", UNPROVED, ["2025-06-01"])


FAILED = [
    ("", "a.csv：表格为空"),
    ("标题,发布时间\n", "a.csv：表格没有数据行"),
    ("姓名,爱好\n甲,乙\n", "a.csv：未找到可识别的表头，表中为：姓名、爱好"),
    ("标题,链接,栏目\n甲,http://a.cn/,乙\n", "a.csv：没有发布时间列，表头为：标题、链接、栏目"),
    ("账号名称,标题,发布时间\n某局,甲,2025-06-20\n某校,乙,2025-06-20\n",
     "a.csv：表中没有该账号的记录（表中账号：某局、某校）"),
    ("标题,发布时间\n甲,近日\n", "1条没有可读的日期"),
    ("<html><body>请登录</body></html>", "a.csv：文件是网页且其中没有表格（可能是登录页）"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), FAILED, ids=[r for _, r in FAILED])
def test_what_shows_nothing_proves_nothing(text: str, reason: str, tmp_path: Path) -> None:
    assert told(reading(tmp_path / "a.csv", text)) == ("failed", reason, [])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    source = Sheet(sheet=str(tmp_path / "wechat.xlsx"))
    result = asyncio.run(read(account(), source, None, AS_OF))  # type: ignore[arg-type]
    assert told(result) == ("failed", "表格文件wechat.xlsx不存在", [])


def test_rows_of_other_accounts_are_left_out(tmp_path: Path) -> None:
    text = (
        "公众号,平台,标识码,标题,发布时间\n某发布,微信公众号,,甲,2025-06-18\n某发布,微博,,乙,2025-06-19\n"
        "某局,微信,,丙,2025-06-20\n改名前,微信,341525m003wx0001,丁,2025-06-17\n某发布,微信,341525M003WX0009,戊,2025-06-20\n"
    )
    assert told(reading(tmp_path / "a.csv", text)) == (
        "partial",
        f"{UNPROVED}：表中最新一行为2025-06-18，未注明导出日期，不能证明此后没有发布",
        ["2025-06-18", "2025-06-17"],
    )  # fmt: skip


def test_the_columns_of_a_monitoring_service(tmp_path: Path) -> None:
    text = (
        "video_id,video_content,video_url,pub_time,update_time,author_name,comment_count\n"
        '="6886537253128473868",防汛提示,https://v.example.cn/1,2020-10-26 18:30:32,2020-10-27 00:00:00,某发布,3\n'
    )
    result = reading(tmp_path / "a.csv", text, False)
    assert result.posts == (
        post("6886537253128473868", "防汛提示", "2020-10-26T18:30:32+08:00", "https://v.example.cn/1"),
    )
    assert result.functions == (AccountFunction("341525M003WX0001", "comment", "评论", 1, Address("")),)
    assert result.told == (Told("account_function", "comments", "complete"),)


def test_the_columns_of_a_weibo_reader(tmp_path: Path) -> None:
    text = "\ufeffid,bid,正文,日期,点赞数,评论数,完整日期,是否原创\n"
    text += "4567890123456789\t,JA1b2c3d4,防汛提示,2025-06-18,1,0,2025-06-18 09:00:00,True\n"
    result = reading(tmp_path / "a.csv", text, False)
    assert result.posts == (post("4567890123456789", "防汛提示", "2025-06-18T09:00:00+08:00", original="yes"),)


def test_days_with_posts_prove_updates_and_days_without_prove_silence(tmp_path: Path) -> None:
    days = [date(2025, 6, 20) - timedelta(n) for n in range(30)]
    rows = "".join(f"{day},{int(day == date(2025, 6, 3)) * 2},100\n" for day in days)
    result = reading(tmp_path / "a.csv", f"日期,群发篇数,阅读次数\n{rows}")
    assert (result.state, result.reason, result.complete_since) == ("complete", "", "2025-05-22")
    assert result.posts == (post("2025-06-03/2025-06-03", "当日发布2篇", "2025-06-03"),)
    silent = reading(tmp_path / "b.csv", "日期,群发篇数\n2025-06-20,0\n2025-06-19,0\n")
    assert told(silent) == ("complete", "", [])


@pytest.mark.parametrize(
    "period", ["统计周期,发布篇数\n2025-06-09至2025-06-15,5\n", "开始日期,结束日期,发布篇数\n2025/6/9,2025/6/15,5篇\n"]
)
def test_a_total_proves_no_more_than_that_something_came_after_its_first_day(period: str, tmp_path: Path) -> None:
    result = reading(tmp_path / "a.csv", period)
    assert (result.state, result.hits_only) == ("partial", True)
    assert result.reason == f"{UNPROVED}：发布篇数按周期汇总，不能确定最近一次发布的日期"
    assert result.posts == (post("2025-06-09/2025-06-15", "2025-06-09至2025-06-15共发布5篇", "2025-06-09"),)


def test_a_period_that_ends_after_the_inspection_proves_nothing(tmp_path: Path) -> None:
    result = reading(tmp_path / "a.csv", "公众号,统计周期,发布篇数\n某发布,2025年6月,30\n")
    assert told(result) == ("failed", "1条日期晚于检查日；发布篇数按周期汇总，不能确定最近一次发布的日期", [])


def test_a_column_on_interaction(tmp_path: Path) -> None:
    def functions(said: str) -> tuple[list[tuple[str, str, int]], set[str], str]:
        result = reading(tmp_path / "a.csv", f"账号名称,发布时间,互动功能\n某发布,2025-06-20,{said}\n")
        states = {str(t.state) for t in result.told}
        return [(f.kind, f.name, f.interaction) for f in result.functions], states, result.state

    assert functions("有") == ([("message", "互动功能", 1)], {"complete"}, "complete")
    expected = [("menu", "我要咨询", 0), ("comment", "留言", 1), ("reply", "自动回复", 0)]
    assert functions("我要咨询、留言；自动回复") == (expected, {"complete"}, "complete")
    assert functions("无") == ([], {"partial"}, "complete")
    assert functions("") == ([], set(), "complete")
    for said in ("无互动功能", "暂无留言", "没有", "留言未开通", "评论已关闭；未提供咨询"):
        assert functions(said) == ([], {"partial"}, "complete")
    assert functions("留言未开通、不动产咨询") == ([("menu", "不动产咨询", 0)], {"complete"}, "complete")
    assert functions("12345热线（电话 138-0013-8000）")[0] == [("menu", "12345热线（电话 …）", 0)]


def test_the_path_counts_from_the_folder_of_the_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "wechat.csv").write_text("标题,发布时间\n甲,2025-06-20\n", "utf-8")
    file = tmp_path / "accounts.yaml"
    file.write_text(
        "version: 1\naccounts:\n  - {id: 341525M003WX0001, name: 某发布, platform: weibo, organizer: 某办,\n"
        "     sources: [{sheet: exports/wechat.csv, complete: true}]}\n",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path.parent)
    (one,) = read_registry(None, file).accounts
    rows, log = asyncio.run(gather_account(one, None, AS_OF))  # type: ignore[arg-type]
    assert [p.at for p in rows if isinstance(p, Post)] == ["2025-06-20"]
    assert [(g.scope, g.state) for g in log if g.fact == "post" and g.scope in {"", "source:1"}] == [
        ("", "complete"), ("source:1", "complete"),
    ]  # fmt: skip


# --- sheets that are not what they seem --------------------------------------------------------------------------

NAMED = "账号名称,标题,发布时间\n{},甲,2025-06-18\n{},乙,2025-05-01\n"


@pytest.mark.parametrize(
    ("registered", "platform", "names", "wanted"),
    [
        ("健康某县（订阅号）", "wechat-subscription", ("健康某县（服务号）", "健康某县(订阅号)"), ["2025-05-01"]),
        ("健康某县（服务号）", "wechat-service", ("健康某县（服务号）", "健康某县(订阅号)"), ["2025-06-18"]),
        ("健康某县", "wechat-subscription", ("健康某县（服务号）", "健康某县"), ["2025-05-01"]),
        ("健康某县", "wechat-service", ("健康某县（公众号）", "别的"), ["2025-06-18"]),
        ("健康某县", "weibo", ("健康某县", "健康 某县（微博）"), ["2025-05-01"]),
        ("健康某县", "weibo", ("健康某县（官方）", "健康某县（试用）"), []),
        ("健康某县", "weibo", ("健康某县（官方）", "别的"), ["2025-06-18"]),
    ],
)
def test_accounts_whose_names_differ_by_a_remark_are_not_mixed_up(
    tmp_path: Path, registered: str, platform: str, names: tuple[str, str], wanted: list[str]
) -> None:
    of = account(name=registered, platform=platform)
    assert told(reading(tmp_path / "a.csv", NAMED.format(*names), of=of))[2] == wanted


def test_a_service_account_is_not_the_subscription_account_of_the_same_name(tmp_path: Path) -> None:
    rows = "平台类型,账号名称,标题,发布时间\n服务号,某发布,甲,2025-06-18\n公众号,某发布,乙,2025-05-01\n"
    assert told(reading(tmp_path / "a.csv", rows))[2] == ["2025-05-01"]
    assert told(reading(tmp_path / "a.csv", rows, of=account(platform="wechat-service")))[2] == [
        "2025-06-18", "2025-05-01",
    ]  # fmt: skip


def test_a_worksheet_that_bears_the_name_of_the_account_is_its_own(tmp_path: Path) -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for title, day in (("某公安", "2025-06-18"), ("某 发布", "2025-05-01")):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, ["标题", "发布时间"])
            sheet.write_row(1, 0, ["甲", day])
    assert told(reading(tmp_path / "a.xlsx", out.getvalue()))[2] == ["2025-05-01"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("标题,发布时间,标题,发布时间\n甲,2025-05-01,乙,2025-06-18\n",
         f"{UNPROVED}：有几列同名（发布时间），只读了第一列"),
        ("日期,群发篇数\n2025-06-01,2\n2025-06-02,0\n", f"{UNPROVED}：逐日数据只到2025-06-02，不能证明此后没有发布"),
        ("日期,群发篇数\n2025-06-01,2\n2025-06-19,0\n", ""),
    ],
)  # fmt: skip
def test_what_leaves_days_untold_proves_no_silence(tmp_path: Path, text: str, reason: str) -> None:
    assert told(reading(tmp_path / "posts_20250620.csv", text))[1] == reason


@pytest.mark.parametrize(
    ("written", "on"), [("3", 1), ("1,204", 1), ("10万+", 1), ("1.2万", 1), ("0", 0), ("0.0", 0), ("", 0), ("—", 0)]
)
def test_comments_however_their_number_is_written(tmp_path: Path, written: str, on: int) -> None:
    result = reading(tmp_path / "a.csv", f'标题,发布时间,评论数\n甲,2025-06-18,"{written}"\n')
    assert len(result.functions) == on
