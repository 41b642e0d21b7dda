"""Which new-media accounts a home page offers, and which of them no registered account answers to."""

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from checker.extract import PageContext, account_mentions
from checker.extract.account_addresses import profile_of
from checker.extract.account_captions import label_of
from checker.extract.contract import Role
from checker.history import ContextCutter
from checker.model.context import FiledAccount
from checker.model.facts import AccountMention, Address, GatherLog
from checker.model.registry import Account, Registry, Subject
from checker.page import parse
from tests.engine_data import HOME, SUBJECT, fact, gathered, site, tuples
from tests.scanning import site as registered
from tests.sources import SHARED

AS_OF = datetime.fromisoformat("2021-11-08T10:00:00+08:00")


def offered(body: str, role: Role = "home") -> tuple[tuple[str, str, str, str], ...]:
    """Family, name, handle and form of the accounts that a page with this body offers."""
    rows = read(f"<html><head><title>示例</title></head><body>{body}</body></html>".encode(), role)
    return tuple((r.platform, r.name, r.handle, r.form) for r in rows if isinstance(r, AccountMention))


def read(body: bytes, role: Role = "home", url: str = HOME) -> tuple[object, ...]:
    context = PageContext(SUBJECT, HOME, (), date(2021, 11, 8), AS_OF, role)
    return account_mentions.extract(parse(url, body, "text/html; charset=utf-8"), context).rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("示例发布微信公众号", ("wechat", "示例发布")),
        ("“示例发布”官方微信", ("wechat", "示例发布")),
        ("微信公众号：示例发布", ("wechat", "示例发布")),
        ("扫一扫关注示例发布微信", ("wechat", "示例发布")),
        ("政 务 微 信", ("wechat", "")),
        ("官方微信", ("wechat", "")),
        ("扫码关注微信公众号", ("wechat", "")),
        ("微信视频号", ("channels", "")),
        ("“穗好办”微信小程序", ("miniprogram", "穗好办")),
        ("广州天河发布微博", ("weibo", "广州天河发布")),
        ("政务微博", ("weibo", "")),
        ("今日头条", ("toutiao", "")),
        ("平安示例抖音号", ("douyin", "平安示例")),
        ("手机APP下载", ("app", "")),
        ("国务院客户端", ("app", "国务院")),
        ("微信矩阵", None),
        ("中国政府网微博、微信", None),
        ("分享到微信", None),
        ("微信支付", None),
        ("手机版", None),
        ("无障碍二维码安卓版", None),
        ("示例市人民政府", None),
        ("我市开通政务微信公众号方便群众办事，市民可以关注后查询", None),
        ("", None),
    ],
)
def test_captions(text: str, expected: tuple[str, str] | None) -> None:
    assert label_of(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://weibo.com/u/2590506142?is_hot=1", ("weibo", "2590506142")),
        ("http://weibo.com/3670452004/profile?s=6cm7D0", ("weibo", "3670452004")),
        ("https://weibo.com/zhengfu", ("weibo", "zhengfu")),
        ("https://m.weibo.cn/u/2590506142", ("weibo", "2590506142")),
        ("https://www.toutiao.com/c/user/token/MS4wLjABAAAA/", ("toutiao", "MS4wLjABAAAA")),
        ("https://www.toutiao.com/c/user/5757425042/", ("toutiao", "5757425042")),
        ("https://www.douyin.com/user/MS4wLjABAAAA", ("douyin", "MS4wLjABAAAA")),
        ("https://live.kuaishou.com/profile/3xabc", ("kuaishou", "3xabc")),
        ("https://v.kuaishou.com/abc123", ("kuaishou", "abc123")),
        ("https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA4&scene=124", ("wechat", "MzA4")),
        ("https://apps.apple.com/cn/app/id1500000001", ("app", "1500000001")),
        ("http://app.a.gov.cn/a.apk", ("app", "http://app.a.gov.cn/a.apk")),
        ("https://a.app.qq.com/o/simple.jsp?pkgname=cn.gov.a", ("app", "")),
        ("https://weibo.com/", None),
        ("https://weibo.com/2590506142/LABcd1234", None),
        ("https://weibo.com/login.php", None),
        ("http://service.weibo.com/share/share.php?url=http://www.a.gov.cn/", None),
        ("https://mp.weixin.qq.com/s/abcdef", None),
        ("https://www.toutiao.com/i7000000000000000001/", None),
        ("http://www.a.gov.cn/xmtjz/", None),
    ],
)
def test_addresses_of_profiles(url: str, expected: tuple[str, str] | None) -> None:
    assert profile_of(url) == expected


PAIR = (
    '<div class="foot"><ul><li><img src="/i/ewm_wx.jpg"><p>示例发布微信</p></li>'
    '<li><img src="/i/ewm_wb.jpg"><p>示例发布微博</p></li></ul></div>'
)
IN_A_ROW = (
    '<div class="footer"><div><img src="/i/zwwx.png"><span>微信公众号</span><img src="/i/rw.png"><span>政务微博</span>'
    '<img src="/i/tt.png"><span>头条号</span></div></div>'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PAIR, (("wechat", "示例发布", "", "image"), ("weibo", "示例发布", "", "image"))),
        (IN_A_ROW, (("wechat", "", "", "image"), ("weibo", "", "", "image"), ("toutiao", "", "", "image"))),
        ('<img src="/i/1.jpg" alt="示例文旅官方微信">', (("wechat", "示例文旅", "", "image"),)),
        (  # a popup that a click opens
            '<div class="right-bar"><a href="javascript:;">政务微信</a>'
            '<div style="display:none"><img src="/i/qrcode.jpg"></div></div>',
            (("wechat", "", "", "image"),),
        ),
        (
            '<a href="https://weibo.com/u/2590506142"><img src="/i/wb.png" alt="示例发布官方微博"></a>',
            (("weibo", "示例发布", "2590506142", "link"),),
        ),
        ('<a href="https://weibo.com/u/2590506142">微动态</a>', (("weibo", "", "2590506142", "link"),)),
        ("<p>微信公众号：示例发布</p>", (("wechat", "示例发布", "", "text"),)),
        (  # one account, told in two ways
            '<a href="https://weibo.com/u/2590506142">示例发布</a><div><img src="/i/wb.jpg"><p>示例发布微博</p></div>',
            (("weibo", "示例发布", "2590506142", "link"),),
        ),
        (
            '<a href="https://apps.apple.com/cn/app/id1500000001">我的示例</a>',
            (("app", "我的示例", "1500000001", "link"),),
        ),
        # near misses
        (
            '<div class="bdsharebuttonbox"><a class="bds_weixin"><img src="/i/wx.png" alt="微信"></a></div>',
            (),
        ),
        ('<p>分享到 <img src="/i/weixin_code.png" alt="微信"> <img src="/i/weibo.png" alt="微博"></p>', ()),
        ('<a href="http://service.weibo.com/share/share.php?url=x"><img src="/i/wb.png" alt="新浪微博"></a>', ()),
        ('<img src="/i/ewm.png">', ()),
        ('<img src="/i/icon.png" alt="微信">', ()),
        ('<a href="/xmtjz/index.html"><img src="/i/wx.png" alt="政务微信"></a>', ()),
        ('<a href="/xmtjz/index.html">政务新媒体矩阵</a>', ()),
        ('<a href="https://mp.weixin.qq.com/s/abcdef">示例市举办科技节</a>', ()),
        ('<ul><li><a href="https://weibo.com/u/2590506142">示例发布</a> 2021-11-01</li></ul>', ()),
        ("<p>市民可以通过“示例办”APP预约</p>", ()),
        ("<p>示例市的政务微信公众号今日上线，欢迎关注微信公众号：示例发布，了解更多信息和服务</p>", ()),
    ],
)
def test_what_a_home_page_offers(body: str, expected: tuple[tuple[str, str, str, str], ...]) -> None:
    assert offered(body) == expected
    assert offered(body, "article") == ()


def test_the_row_says_where_and_what_was_read() -> None:
    assert read(PAIR.encode())[0] == AccountMention(
        SUBJECT, Address(HOME), "wechat", "示例发布", "", Address(HOME), "image", "示例发布微信 ewm_wx.jpg"
    )


def test_what_scripts_may_write_was_not_seen() -> None:
    whole = GatherLog(SUBJECT, "account_mention", HOME, "complete", "")
    assert read(PAIR.encode())[-1] == whole
    shell = b'<html><body><div id="app"></div><script src="/app.js"></script></body></html>'
    assert read(shell) == (
        GatherLog(SUBJECT, "account_mention", HOME, "partial", "首页由脚本生成，未能看到所展示的新媒体账号"),
    )
    links = "".join(f'<a href="/{n}/">栏目{n}的名称要长一些</a>' for n in range(12))
    footer = f'{links}{PAIR}<script src="/js/footer.js"></script>'
    reason = "页面的一部分由脚本写入，未能看到其中的新媒体账号"
    assert read(footer.encode())[-1] == GatherLog(SUBJECT, "account_mention", HOME, "partial", reason)
    assert read(PAIR.encode(), "article") == ()


REAL = [
    ("fgw.beijing.gov.cn/050_index.html", (("wechat", "", "", "image"), ("weibo", "", "", "image"))),
    (
        "www.bjft.gov.cn/011_index.html",
        (("weibo", "", "2590506142", "link"), ("wechat", "", "", "image"), ("app", "", "", "image")),
    ),
    (
        "www.gz.gov.cn/014_index.html",
        (("weibo", "中国广州发布", "2605594314", "link"), ("weibo", "广州市政府新闻办", "2532700305", "link")),
    ),
    ("www.gov.cn/070_index.html", (("weibo", "", "zhengfu", "link"),)),
    ("www.gxzf.gov.cn/021_index.html", (("weibo", "", "6431916625", "link"),)),
    ("www.qingdao.gov.cn/026_index.html", (("wechat", "", "", "image"), ("weibo", "", "", "image"))),
    (
        "www.sc.gov.cn/003_index.html",
        (("wechat", "", "", "image"), ("weibo", "", "", "image"), ("toutiao", "", "", "image")),
    ),
    (
        "www.thnet.gov.cn/098_02_积分入学指引_2026.html",
        (
            ("weibo", "", "3670452004", "link"), ("weibo", "广州天河发布", "", "image"),
            ("wechat", "广州天河发布", "", "image"),
        ),
    ),
    ("www.yn.gov.cn/028_index.html", (("weibo", "", "7372791642", "link"),)),
    ("www.nfra.gov.cn/076_merged_cells_page_source.html", ()),
    ("www.sjz.gov.cn/039_index.html", ()),
    ("www.liaoyang.gov.cn/001_index.html", ()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), REAL, ids=[name.partition("/")[0] for name, _ in REAL])
def test_real_pages(name: str, expected: tuple[tuple[str, str, str, str], ...]) -> None:
    """Seen by eye on the saved pages; their headers, side bars and footers are those of the home pages."""
    path = SHARED / "real_pages" / name
    if not path.exists():
        pytest.skip(f"{path} is absent (set CHECKER_SHARED to the folder with the real samples)")
    rows = read(path.read_bytes(), url=f"http://{path.parent.name}/")
    found = tuple((r.platform, r.name, r.handle, r.form) for r in rows if isinstance(r, AccountMention))
    assert found == expected


def account(**more: object) -> Account:
    entry = {"id": "w1", "code": None, "name": "示例发布", "platform": "wechat-service", "organizer": "示例市政府办"}
    return Account.model_validate(entry | more)


def cut(folder: Path, registry: Registry, subject: Subject) -> tuple[list[FiledAccount], list[str]]:
    """The rows of filed_account in a context, and its coverage as state and reason."""
    path = folder / "context.sqlite"
    ContextCutter(folder, registry, date(2021, 11, 8)).cut(subject, path)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT * FROM filed_account").fetchall()
        told = db.execute("SELECT state, reason FROM context_log WHERE fact = 'filed_account'").fetchone()
    return [FiledAccount(*row) for row in rows], list(told)


def test_the_context_of_a_site_lists_every_account_of_the_registry(tmp_path: Path) -> None:
    place = registered("www.a.gov.cn")
    accounts = (
        account(status="closed"),
        account(id="b1", platform="weibo", unit="乙县", sources=[{"weibo": {"uid": 2590506142}}]),
        account(id="a1", platform="app", sources=[{"app": {"itunes_id": 15, "apk": "http://a.cn/a.apk"}}]),
    )
    whole = Registry(sites=(place,), accounts=accounts)
    own = (place.id, "示例发布", "示例市政府办")

    def row(number: str, platform: str, unit: str, status: str, handle: str) -> FiledAccount:
        return FiledAccount(own[0], number, own[1], platform, unit, own[2], status, handle)

    assert cut(tmp_path, whole, place) == (
        [
            row("w1", "wechat", own[2], "closed", ""),
            row("b1", "weibo", "乙县", "running", "2590506142"),
            row("a1", "app", own[2], "running", "15"),
            row("a1", "app", own[2], "running", "http://a.cn/a.apk"),
        ],
        ["complete", ""],
    )
    assert cut(tmp_path, whole, accounts[0]) == ([], ["notApplicable", "账号不展示账号"])
    assert cut(tmp_path, Registry(sites=(place,)), place) == ([], ["failed", "未提供账号名录"])
    given = Registry(sites=(place,), accounts_folder=tmp_path)
    assert cut(tmp_path, given, place) == ([], ["complete", ""])


def test_an_account_is_found_whichever_way_it_answers() -> None:
    filed = fact(FiledAccount, subject=SUBJECT, id="w1", name="示例发布", platform="wechat", status="running")
    sql = "SELECT platform, name, state, filed_as FROM unfiled_mention ORDER BY platform, name"
    named = fact(AccountMention, page=HOME, url=HOME, platform="wechat", name="示例发布")
    other = fact(AccountMention, page=HOME, url=HOME, platform="wechat", name="示例文旅")
    assert tuples(sql, site(), filed, named, other) == [("wechat", "示例文旅", "unfiled", "")]
    assert tuples(sql, site(), filed, other, gathered("filed_account", "", "failed")) == []
