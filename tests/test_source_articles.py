import asyncio
from datetime import datetime

import pytest

from checker.model.facts import AccountMeta, Address, GatherLog, Post
from checker.model.registry import ArticleLinks
from checker.model.results import FetchOutcome
from checker.sources import SourceResult, gather_account
from checker.sources.articles import MOST, Article, parse_article, read
from tests.sources import BEIJING, NOTHING, Door, Said, account, at, real

AS_OF = at("2022-08-10T10:00:00")
LINK = "https://mp.weixin.qq.com/s/{}"
STAMP = "2022-08-10T10:00:00+08:00"
PARTLY = "只登记了部分文章链接，不能证明没有更新"


def page(ct: str = "1659274471", name: str = "某发布", gh_id: str = "gh_1", more: str = "") -> bytes:
    return (
        f'<html><body><div id="js_content">正文</div><script>var nickname = htmlDecode("{name}");\n'
        f'var ct = "{ct}";\n'
        f"var user_name = \"{gh_id}\";\nvar msg_title = '标题'.html(false);{more}</script></body></html>"
    ).encode()


def notice(text: str) -> bytes:
    script = "<script>var words = '环境异常 已被发布者删除';</script>"
    return f"<html><head>{script}</head><body><p>{text}</p></body></html>".encode()


def reading(door: Door, *links: str) -> SourceResult:
    return asyncio.run(read(account(), ArticleLinks(articles=links), door, AS_OF))


REAL = [
    ("gcdy_iframe.html", "2018-03-20T11:19:59+08:00", "【视频】石榴花开", "共产党员",
     "gh_9381891f8dd8", "gcdyweixin", ""),
    ("changjiang_voice.html", "2018-03-19T05:30:00+08:00", "语音 | 早安武汉〔2018.3.19 周一〕", "长江日报",
     "gh_09f57d9c1048", "whcjrb", ""),
    ("zhangshang_suide_2022.html", "2022-07-31T21:34:31+08:00", "绥德：33名退役军人被表彰", "掌上绥德",
     "gh_6bab8b88e75e", "zhangshangSD", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "when", "title", "owner", "gh_id", "alias", "kind"), REAL)
def test_real_articles(name: str, when: str, title: str, owner: str, gh_id: str, alias: str, kind: str) -> None:
    moment = (datetime.fromisoformat(when), True)
    assert parse_article(real(f"wechat_article/{name}")) == Article(moment, title, owner, gh_id, alias, kind)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("wechat_article/expired.html", "链接已过期"),
        ("wechat_sogou/antispider.html", "平台要求验证，未能读取"),
        ("wechat_sogou/gzh_search.html", "页面没有发布时间"),
        ("wechat_sogou/article_search.html", "页面没有发布时间"),
        ("wechat_sogou/profile_history.html", "页面没有发布时间"),
    ],
)
def test_real_pages_that_are_no_articles(name: str, why: str) -> None:
    assert parse_article(real(name)) == Article(None, refused=why)


@pytest.mark.parametrize(
    ("script", "when"),
    [
        ('var ct = "1659274471";', "2022-07-31T21:34:31+08:00"),
        ("window.ct = '1659274471';", "2022-07-31T21:34:31+08:00"),
        ('var oct = "1600000000"; window.ct="1659274471"', "2022-07-31T21:34:31+08:00"),
        ("var createTime = '2022-07-31 21:34';", "2022-07-31T21:34:00+08:00"),
        ("ori_create_time: '1659274471',", "2022-07-31T21:34:31+08:00"),
        ('var publish_time = "2018-03-20" || "";', "2018-03-20T00:00:00+08:00"),
        ('var publish_time = "" || "2018-03-20";', "2018-03-20T00:00:00+08:00"),
        ('var ct = "";', None),
        ('var ct = "12";', None),
        ('var svr_time = "1659274471";', None),
    ],
)
def test_forms_of_the_time(script: str, when: str | None) -> None:
    found = parse_article(f"<script>{script}</script>".encode()).when
    assert (found[0].isoformat() if found else None) == when


@pytest.mark.parametrize(
    ("script", "title"),
    [
        ('var msg_title = "甲 &amp; 乙";', "甲 & 乙"),
        (r"var msg_title = '甲\x26amp; “乙”'.html(false);", "甲& “乙”"),
        (r'window.msg_title = "他说\"好\"";', '他说"好"'),
        ('</script><meta property="og:title" content="图片消息"/><script>', "图片消息"),
        ('</script><meta property="og:description" content="短文字"/><script>', "短文字"),
        ("", ""),
    ],
)
def test_forms_of_the_title(script: str, title: str) -> None:
    assert parse_article(f"<script>var ct = '1659274471';{script}</script>".encode()).title == title


def test_only_a_declared_original_is_one() -> None:
    script = "<script>var ct='1659274471';var copyright_stat = \"{}\" * 1;var item_show_type = '10'</script>"
    assert [(parse_article(script.format(n).encode()).original, parse_article(script.format(n).encode()).kind)
            for n in (0, 1)] == [("unknown", "10"), ("yes", "10")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("链接已过期", "链接已过期"),
        ("该内容已被发布者删除", "内容已被发布者删除"),
        ("此帐号已自主注销，内容无法查看", "账号已注销"),
        ("该公众号已迁移", "账号已迁移"),
        ("此内容因违规无法查看", "内容因违规无法查看"),
        ("此内容被投诉且经审核涉嫌侵权，无法查看。", "内容因侵权投诉无法查看"),
        ("参数错误", "链接参数错误"),
        ("当前环境异常，完成验证后即可继续访问。", "平台要求验证，未能读取"),
        ("", "页面没有发布时间"),
    ],
)
def test_pages_with_http_200_that_are_no_posts(text: str, why: str) -> None:
    assert parse_article(notice(text)) == Article(None, refused=why)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("链接已过期", "链接已过期"),
        ("环境异常", "平台要求验证，未能读取"),
        ("该内容已被发布者删除", "内容已被发布者删除"),
    ],
)
def test_a_notice_with_some_time_in_its_scripts_is_no_post(words: str, why: str) -> None:
    script = '<script>var createTime = "1660000000"; var publish_time = "2022-08-09";</script>'
    assert parse_article(f"<p>{words}</p>{script}".encode()) == Article(None, refused=why)
    inside = parse_article(f'<div id="js_content">{words}怎么办</div>{script}'.encode())
    assert (inside.refused, inside.text) == ("", f"{words}怎么办")


def test_links_are_read_slowly_and_never_complete() -> None:
    links = [LINK.format(n) for n in range(3)]
    door = Door(
        {links[0]: Said(page()), links[1]: Said(notice("该内容已被发布者删除")), links[2]: Said(page("1659000000"))}
    )
    result = reading(door, *links)
    posts = (
        Post(
            "acc", links[0], Address(links[0]), "标题", "2022-07-31", "2022-07-31T21:34:31+08:00", "unknown", "articles"
        ),
        Post(
            "acc", links[2], Address(links[2]), "标题", "2022-07-28", "2022-07-28T17:20:00+08:00", "unknown", "articles"
        ),
    )
    assert (result.posts, result.state, result.reason, result.hits_only) == (posts, "partial", PARTLY, True)
    assert result.problems == ("1条链接未能读取发布时间：内容已被发布者删除",)
    assert result.meta == (AccountMeta("acc", "name", "某发布", "articles"),)
    assert door.slow == links


def test_after_a_captcha_the_platform_is_left_alone() -> None:
    links = [LINK.format(n) for n in range(3)]
    door = Door({links[0]: Said(page()), links[1]: Said(notice("环境异常")), links[2]: Said(page())})
    first, second = reading(door, *links), reading(door, links[2])
    assert door.asked == links[:2]
    assert first.problems == ("1条链接未能读取发布时间：平台要求验证，未能读取", "1条链接未读取")
    assert (second.state, second.reason) == (
        "failed", "1条链接未能读取发布时间：平台要求验证，未能读取，本次检查不再访问该平台",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(b"", FetchOutcome.BLOCKED, 403), "平台拒绝或限制访问（HTTP 403）"),
        (Said(b"", FetchOutcome.HTTP_4XX, 418), "平台拒绝或限制访问（HTTP 418）"),
        (Said(b"", FetchOutcome.BLOCKED, 429), "平台拒绝或限制访问（HTTP 429）"),
        (Said(b"", FetchOutcome.CHALLENGE, 200), "平台要求验证，未能读取"),
        (
            Said(page(), final_url="https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"),
            "平台要求验证，未能读取",
        ),
    ],
)
def test_what_makes_a_platform_be_left_alone(said: Said, why: str) -> None:
    door = Door({LINK.format(1): said})
    result = reading(door, LINK.format(1), LINK.format(2))
    assert (result.state, result.reason) == ("failed", f"1条链接未能读取发布时间：{why}；1条链接未读取")
    assert door.asked == [LINK.format(1)]


def test_a_missing_page_does_not_end_the_reading() -> None:
    door = Door({LINK.format(1): NOTHING, LINK.format(2): Said(page())})
    result = reading(door, LINK.format(1), LINK.format(2))
    assert [post.url for post in result.posts] == [LINK.format(2)]
    assert result.problems == ("1条链接未能读取发布时间：无法读取（HTTP 404）",)


def test_links_of_other_platforms_are_said_and_not_asked_for() -> None:
    door = Door({})
    result = reading(door, "https://www.toutiao.com/article/1/", "https://www.douyin.com/video/2")
    why = "2条链接不是微信公众号文章，读不到发布时间，请改用订阅源或表格"
    assert (result.state, result.reason, door.asked) == ("failed", why, [])


@pytest.mark.parametrize(
    ("names", "counted"),
    [
        ((("某发布", "gh_1"), ("别家", "gh_2")), [0]),
        ((("某发布", "gh_1"), ("某县之声", "gh_1")), [0, 1]),  # renamed in between
        ((("甲家", "gh_1"), ("别家", "gh_2")), []),
        ((("曾用名", "gh_1"),), [0]),
    ],
)
def test_articles_of_other_accounts_prove_nothing(names: tuple[tuple[str, str], ...], counted: list[int]) -> None:
    links = [LINK.format(n) for n in range(len(names))]
    door = Door({links[n]: Said(page(name=name, gh_id=gh_id)) for n, (name, gh_id) in enumerate(names)})
    assert [links.index(post.url) for post in reading(door, *links).posts] == counted


def test_articles_of_several_accounts_name_none() -> None:
    links = [LINK.format(n) for n in range(2)]
    door = Door({links[0]: Said(page()), links[1]: Said(page(name="别家", gh_id="gh_2"))})
    result = reading(door, *links)
    assert (result.meta, result.problems) == ((), ("链接属于不同账号，其他账号的文章不计：别家、某发布",))


def test_an_account_that_was_closed_is_told() -> None:
    door = Door({LINK.format(1): Said(notice("此帐号已自主注销，内容无法查看"))})
    assert reading(door, LINK.format(1)).meta == (AccountMeta("acc", "status", "closed", "articles"),)


def test_a_date_ahead_of_the_inspection_is_said() -> None:
    door = Door({LINK.format(1): Said(page("1700000000"))})
    assert reading(door, LINK.format(1)).problems == ("1条日期晚于检查日",)


def test_no_more_links_than_are_bearable() -> None:
    links = [LINK.format(n) for n in range(MOST + 5)]
    door = Door({link: Said(page()) for link in links})
    result = reading(door, *links)
    assert (len(result.posts), result.problems, len(door.asked)) == (MOST, ("5条链接未读取",), MOST)


def test_links_prove_an_update_and_never_its_absence() -> None:
    door = Door({LINK.format(1): Said(page())})
    _, log = asyncio.run(
        gather_account(account({"articles": [LINK.format(1)]}), door, datetime(2022, 8, 10, tzinfo=BEIJING))
    )
    assert [line for line in log if line.fact == "post"] == [
        GatherLog("acc", "post", "", "partial", PARTLY),
        GatherLog("acc", "post", "newest", "partial", "来源只能证明有更新，不能证明没有更新"),
        GatherLog("acc", "post", "original", "failed", "来源不提供原创标志"),
        GatherLog("acc", "post", "source:1", "partial", PARTLY),
    ]


def test_pages_without_end_come_back() -> None:
    for body in (
        b"ct = '" + b"\\a" * 500_000,
        b"<meta " * 100_000,
        b"<" * 300_000,
        b"ct" + b" " * 200_000,
        b"<script" * 50_000,
    ):
        assert parse_article(body).when is None
