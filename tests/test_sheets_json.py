"""Exports in JSON and the real answers of back offices and platforms, read as spreadsheets are."""

import asyncio
import json
from datetime import datetime
from typing import Any

import pytest

from checker.model.registry import Sheet
from checker.sheets import SheetError, read_sheets
from checker.sources.sheet import read
from checker.sources.wechat_api import parse_published, understood
from tests.sources import BEIJING, SHARED, account, real

AS_OF = datetime(2026, 11, 1, 10, 0, tzinfo=BEIJING)


def rows(value: Any) -> list[tuple[Any, ...]]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [row.cells for row in read_sheets("a.json", text.encode())[0].rows]


@pytest.mark.parametrize(
    ("name", "platform", "owner", "count", "newest", "oldest"),
    [  # as a person reads them in the files
        ("toutiao/search_list.json", "toutiao", "小夏街拍", 2,
         ("2016-06-06T16:31:55+08:00", "小夏街拍：三分流水七分尘，清雅少妇冷如痕",
          "http://toutiao.com/group/6292991203978133761/"), "2016-05-21T20:19:56+08:00"),
        ("toutiao/search_list.json", "toutiao", "美女名录", 1,
         ("2018-09-18T09:20:00+08:00", "街拍：女神", "http://toutiao.com/group/6602140390814384653/"),
         "2018-09-18T09:20:00+08:00"),
        ("douyin/fixture_invented.json", "douyin", "数码老王", 1,
         ("2026-06-08T12:00:00+08:00", "三分钟看懂大模型是怎么训练出来的 #人工智能 #科普",
          "https://www.douyin.com/video/7412345678901234567?from=search"), "2026-06-08T12:00:00+08:00"),
        ("wechat_history/gqtzy.jsonl", "wechat-subscription", "共青团中央", 30,
         ("2019-09-30T06:35:08+08:00", "赢了！焊接、数控、移动机器人……世界技能大赛中国青年再创新高！未来就要这样干！",
          "http://mp.weixin.qq.com/s?__biz=MzA3NTE5MzQzMA==&mid=2655077856&idx=1&sn=bd33ea60b48d3f3b8ceaf8dc1189596f"
          "&chksm=84c1a8d9b3b621cf92f87ad1ae3ba8996a9f3333132c7533b7b0c3bbcba856c0429d1ed7aa74&scene=27"),
         "2019-09-24T10:41:17+08:00"),
        ("wechat_history/appmsg_list.jsonl", "wechat-subscription", "某号", 26,
         ("2020-11-06T21:55:46+08:00", "iPhone 12 mini/Pro Max预约破百万 A14X性能曝光 多核大提升",
          "http://mp.weixin.qq.com/s?__biz=MjM5MDQ4MzU5NQ==&mid=2659017567&idx=1&sn=6db6409f6eb50576c8ba2fedad3c1cb6"
          "&chksm=bdcdd6bb8aba5fadd7b34b7072d9a089a3ffa8289e22fcff0bc59294e62999f6c1eb47d36c62"),
         "2020-11-02T21:19:19+08:00"),
    ],
)  # fmt: skip
def test_real_lists(
    name: str, platform: str, owner: str, count: int, newest: tuple[str, str, str], oldest: str
) -> None:
    real(name)  # skips where the samples are not at hand
    of = account({"sheet": "x"}, platform=platform, name=owner)
    result = asyncio.run(read(of, Sheet(sheet=str(SHARED / "real_newmedia" / name)), None, AS_OF))  # type: ignore[arg-type]
    first, last = result.posts[0], result.posts[-1]
    assert (result.state, len(result.posts)) == ("partial", count)
    assert ((first.at, first.title, first.url), last.at) == (newest, oldest)


def test_real_answers_that_hold_no_posts() -> None:
    total = understood(real("wechat_api/datacube_getarticletotal.json")).data
    day = understood(real("wechat_api/datacube_getarticlesummary.json")).data
    info = understood(real("wechat_api/component_api_get_authorizer_info.json")).data
    first = total["list"][0]
    assert (first["ref_date"], first["title"], first["details"][0]["int_page_read_user"]) == (
        "2014-12-08",
        "test",
        23676,
    )
    assert (day["list"][0]["ref_date"], day["list"][0]["int_page_read_user"]) == ("2014-12-08", 23676)
    assert (info["authorizer_info"]["user_name"], info["authorizer_info"]["alias"]) == ("gh_eb5e3a772040", "paytest01")
    assert [parse_published("acc", one) for one in (total, day, info)] == [(), (), ()]


def test_a_list_wherever_it_stands_and_one_object_a_line() -> None:
    posts = [{"title": "甲", "time": 1}, {"title": "乙", "tags": [{"name": "x"}] * 3}]
    expected = [("title", "time"), ("甲", 1), ("乙", None)]
    assert rows(posts) == expected
    assert rows({"ok": 1, "data": {"list": posts, "cards": []}}) == expected
    assert rows("\n".join(json.dumps(post) for post in posts)) == expected


def test_what_stands_within_counts_by_its_name_and_what_is_others_not_at_all() -> None:
    post = {
        "desc": "", "statistics": {"comment_count": 3}, "video": {"desc": "内"},
        "author": {"nickname": "某发布", "created_at": "2011-01-01", "phone": "13800138000"},
        "retweeted_status": {"created_at": "2012-01-01"}, "url": "http:\\/\\/a.cn\\/s?a=1&amp;b=2",
    }  # fmt: skip
    assert rows([post]) == [
        ("desc", "url", "comment_count", "nickname"), ("内", "http://a.cn/s?a=1&b=2", 3, "某发布"),
    ]  # fmt: skip


def test_what_is_deleted_or_private_is_no_row() -> None:
    hidden = [{"t": "b", "is_delete": True}, {"t": "c", "status": {"private_status": 1}}]
    assert rows([{"t": "a", "is_delete": False, "status": {"private_status": 0}}, *hidden])[1:] == [("a", False, 0)]
    with pytest.raises(SheetError, match="is JSON without a list of published objects"):
        rows(hidden)


@pytest.mark.parametrize("text", ['{"ok": -100}', "[]", "{}"])
def test_json_without_a_list_is_told(text: str) -> None:
    with pytest.raises(SheetError) as told:
        rows(text)
    assert told.value.reason == "JSON文件中没有已发布内容的列表"


def test_a_csv_that_begins_with_a_bracket_is_one() -> None:
    assert rows("[标题],发布时间\n甲,2025-06-01\n") == [("[标题]", "发布时间"), ("甲", "2025-06-01")]


def test_depth_without_end_comes_back() -> None:
    assert rows("[" * 20_000) == [("[" * 20_000,)]
