"""Where links lead: harmful and wrong targets; most cases are near misses that must stay quiet."""

from pathlib import Path
from typing import Any

import pytest

from checker.config import shipped
from checker.errors import RuleError
from checker.fetch.blocked import judge
from checker.fetch.engine import RawAnswer
from checker.gather.links import doubt_of, is_intranet, load_lexicon, masked
from checker.gather.links.soft404 import says_missing
from checker.gather.links.targets import HARMFUL, WRONG
from checker.loopback import Reply
from checker.model.results import FetchOutcome
from checker.page.glance import glance, glance_at
from tests import scanning
from tests.pages import real_pages
from tests.scanning import assessment, html, scan_pages, site

LEXICON = load_lexicon(shipped("rules") / "lexicon" / "harmful-targets.yaml")
LONG = "本公司主要经营各类商品，欢迎新老顾客光临选购，质量保证，价格优惠，送货上门，详情请咨询客服人员。" * 2


def kind_of(text: str, url: str, title: str, body: str, keywords: str = "") -> str:
    head = f'<title>{title}</title><meta name="keywords" content="{keywords}">'
    found = doubt_of(text, url, url, glance_at(f"<html><head>{head}</head><body>{body}</body></html>"), LEXICON)
    return found.kind if found else ""


@pytest.mark.parametrize(
    ("expected", "text", "url", "title", "body"),
    [
        # harmful
        (HARMFUL, "县人才网", "http://rc.example/", "澳门新葡京娱乐城_真人百家乐_官网", LONG),
        (HARMFUL, "示例旅游网", "http://ly.example/", "足球投注平台-首页", LONG),
        (HARMFUL, "市教育学会", "http://jy.example/", "开元棋牌下载｜官方版", LONG),
        (HARMFUL, "招商网", "http://zs.example/", "彩票平台 六合彩开奖", LONG),
        (HARMFUL, "农业信息", "http://ny.example/", "成 人 视 频 免费观看", LONG),
        (HARMFUL, "示例论坛", "http://lt.example/", "新开传奇私服发布网", LONG),
        (HARMFUL, "健康网", "http://jk.example/", "催情药 听话水 货到付款", LONG),
        (HARMFUL, "县人民政府", "http://x.example/", "&#21338;&#24425;&#24179;&#21488;", LONG),
        (HARMFUL, "链接", "http://y.example/", "ＰＫ１０计划", LONG),
        (HARMFUL, "乙县政府", "http://www.b.gov.cn/", "北京赛车pk10_六合彩_时时彩_百家乐", "<h1>公安局打击犯罪"),
        (HARMFUL, "网", "http://x.example/", "澳門娛樂 線上賭場", LONG),
        (HARMFUL, "网", "http://x.example/", "博彩&#8203;平&zwj;台", LONG),
        (HARMFUL, "网", "http://x.example/", "2024新澳门天天彩_管家婆一码一肖", LONG),
        (HARMFUL, "网", "http://x.example/", "开云体育(中国)官方网站", LONG),
        (HARMFUL, "网", "http://x.example/", "kaiyun全站app", LONG),
        (HARMFUL, "网", "http://x.example/", "国产精品久久久 欧美一区二区三区", LONG),
        (HARMFUL, "网", "http://x.example/", "成人影片在線觀看", LONG),
        (HARMFUL, "网", "http://x.example/", "Online Casino Slots", LONG),
        # near misses: who manages it, fights it, or reports on it
        ("", "体彩", "http://www.lottery.example/", "示例省体育彩票管理中心", "<p>体育彩票开奖公告 彩票投注站</p>"),
        ("", "福彩", "http://www.cwl.example/", "中国福利彩票", "<p>双色球开奖</p>"),
        ("", "福彩中心", "http://fc.example/", "示例省福彩中心 彩票开奖 投注站查询", LONG),
        ("", "扫黄打非", "http://www.shdf.example/", "扫黄打非网：清理色情网站、黄色视频", LONG),
        ("", "禁毒", "http://www.nncc.example/", "中国禁毒网 毒品出售案件曝光", LONG),
        ("", "新闻", "http://news.example/1", "警方打掉特大网络博彩平台，抓获40人", LONG),
        ("", "新闻", "http://news.example/2", "开设赌场罪典型案例：网上赌场老板获刑", LONG),
        ("", "新闻", "http://news.example/3", "跨境博彩的真相", LONG),
        ("", "提示", "http://news.example/4", "警惕！足球投注网站都是骗局", LONG),
        ("", "成教", "http://cj.example/", "示例大学成人教育学院 成人高考报名", LONG),
        ("", "澳门", "http://www.gov.mo.example/", "澳门特别行政区政府 粤港澳大湾区", LONG),
        ("", "旅游", "http://ly.example/", "澳门旅游攻略", LONG),
        ("", "财经", "http://cj.example/", "10月澳门博彩业收入下降", LONG),
        ("", "澳门", "http://dicj.example/", "澳门博彩监察协调局", LONG),
        ("", "福彩", "http://fc.example/", "中国福彩网 双色球 快三 开奖 投注", LONG),
        ("", "体彩", "http://tc.example/", "示例省体彩网 开奖 购彩 投注", LONG),
        ("", "税务", "http://tax.example/", "个体户代开发票操作指引", LONG),
        ("", "证券", "http://zq.example/", "股票行情 盘口数据", LONG),
        ("", "体育", "http://ty.example/", "气枪射击比赛 国家射击队", LONG),
        ("", "商品", "http://tm.example/", "条形码与无码商品管理", LONG),
        ("", "公示", "http://gs.example/", "关于表彰XXX同志的决定", LONG),
        ("", "企业", "http://zc.example/", "示例滚球轴承公司", LONG),
        ("", "学校", "http://kf.example/", "示例开放大学成人直播课堂", LONG),
        ("", "棋牌", "http://qp.example/", "示例市棋牌协会 棋牌赛报名", LONG),
        ("", "招标", "http://zb.example/", "招标投标公共服务平台", LONG),
        ("", "体育", "http://ty.example/", "示例县文化体育和旅游局 足球协会", LONG),
        ("", "文章", "http://a.example/", "读书笔记", f"<p>{'小说里写到赌场、百家乐、色情交易。' * 20}</p>"),
        # nobody's name
        (WRONG, "示例商会", "http://sh.example/", "该域名正在出售", "<p>联系购买</p>"),
        (WRONG, "示例网", "http://w.example/", "w.example", "<p>Buy this domain. The owner offers it for sale.</p>"),
        (WRONG, "旅游网", "http://l.example/", "域名已过期提醒", "<p>请联系服务商续费</p>"),
        (WRONG, "旅游网", "http://l.example/", "提示", "<p>该网站的备案已注销</p>"),
        (WRONG, "网", "http://p.example/", "p.example is for sale", "<p>$2,995"),
        (WRONG, "网", "http://p.example/", "提示", "<p>域名 p.example 可转让，有意请联系"),
        (WRONG, "网", "http://p.example/", "p.example", "<p>The domain p.example is for sale."),
        (WRONG, "网", "http://p.example/", "Expired", "<p>This domain name expired on 2021-10-01."),
        (WRONG, "网", "http://p.example/", "域名續費提醒", "<p>此域名已過期"),
        ("", "网", "http://p.example/", "网站域名变更公告", "<p>原域名已过期停用，现启用新域名"),
        ("", "网", "http://p.example/", "提示", "<p>该域名已停止使用，请访问新网站"),
        ("", "网", "http://p.example/", "提示", "<p>该域名未绑定站点"),
        ("", "域名服务", "http://reg.example/", "示例网络：域名注册", f"<p>域名转让 域名出售 {LONG * 8}</p>"),
        ("", "新闻", "http://n.example/", "政府网站域名管理办法", f"<p>域名转让的规定。{'条文' * 400}</p>"),
        ("", "示例网", "http://w.example/", "示例网", "<p>网站建设中</p>"),
        # an office's name, another's page
        (WRONG, "示例县人民政府", "http://www.shili.com/", "天天家居百货批发商城", LONG),
        (WRONG, "示例县环境保护局", "http://www.hb.com.cn/", "精品男装折扣商城", LONG),
        (WRONG, "示例市网上办事大厅", "http://www.bsdt.net/", "Replica Watches Outlet Shop", "cheap watches " * 20),
        ("", "示例县人民政府", "http://www.shili.gov.cn/", "天天家居百货批发商城", LONG),
        ("", "示例县人民政府", "http://weixin.qq.com/r/abc", "微信扫一扫关注公众号内容", LONG),
        ("", "示例县公安局", "https://weibo.com/u/1", "平安某某的微博主页内容", LONG),
        ("", "示例县环境保护局", "http://www.hb.example/", "生态环境局", LONG),
        ("", "示例县林业局", "http://www.ly.example/", "示例林业信息港资讯频道", LONG),
        ("", "示例市地震局", "http://www.dz.example/", "防震减灾科普知识园地", f"<p>地震预警。{LONG}</p>"),
        ("", "示例县供电局", "http://www.sgcc.example/", "国网电力客户服务", f"<p>供电公司营业厅。{LONG}</p>"),
        ("", "国家开发银行", "http://www.cdb.example/", "大额存单理财产品介绍", LONG),
        ("", "示例日报", "http://www.daily.example/", "天天家居百货批发商城", LONG),
        ("", "示例大学", "http://www.uni.example/", "招生信息就业指导专栏", LONG),
        ("", "市总工会", "http://www.gh.example/", "职工之家服务平台内容", LONG),
        ("", "示例市医保局", "http://ybj.example/", "用户登录", LONG),
        ("", "示例市医保局", "http://ybj.example/", "", "<div id=app></div>"),
        ("", "示例市医保局", "http://10.example/", "网上服务", "<p>短</p>"),
        ("", "示例市财政局", "http://8.8.8.8/", "天天家居百货批发商城", LONG),
        ("", "下一页", "http://www.shop.example/", "天天家居百货批发商城", LONG),
    ],
)  # fmt: skip
def test_what_is_doubted_and_what_is_not(expected: str, text: str, url: str, title: str, body: str) -> None:
    assert kind_of(text, url, title, body) == expected


def test_keywords_count_and_an_articles_text_does_not() -> None:
    assert kind_of("网", "http://x.example/", "欢迎", LONG, keywords="真人娱乐,百家乐") == HARMFUL
    assert kind_of("网", "http://x.example/", "欢迎", "真人娱乐 百家乐 六合彩" * 9) == ""


def test_the_quote_shows_the_title_and_the_words() -> None:
    found = doubt_of(
        "县人才网", "http://x.cn/", "http://x.cn/", glance_at("<title>足球投注平台 六合彩</title>"), LEXICON
    )
    assert found is not None
    assert found.quote == "目标页面标题：足球投注平台 六合彩（赌博：足球投注、六合彩）"


def test_long_numbers_are_masked_where_they_are_quoted() -> None:
    seen = glance_at("<title>棋牌平台 微信13800001234</title>")
    found = doubt_of("网", "http://x.cn/", "http://x.cn/", seen, LEXICON)
    assert found is not None
    assert found.quote == "目标页面标题：棋牌平台 微信138******34（赌博：棋牌平台）"
    assert masked("张某34152219900101123X的申请，电话0564-1234567") == "张某341*************3X的申请，电话0564-1234567"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://192.168.1.9/oa/", True), ("http://10.1.2.3:8080/", True), ("http://172.16.0.1/", True),
        ("http://127.0.0.1/", True), ("http://localhost/", True), ("http://oa/", True), ("http://[fd00::1]/", True),
        ("http://100.64.0.1/", True), ("http://192.168.1/", True), ("http://[::ffff:10.0.0.1]/", True),
        ("http://oa.lan/", True), ("http://172.32.0.1/", False), ("http://8.8.8.8/", False),
        ("http://www.a.gov.cn/", False), ("http://[2400:3200::1]/", False),
    ],
)  # fmt: skip
def test_addresses_inside_a_network(url: str, expected: bool) -> None:
    assert is_intranet(url) is expected


def test_the_lexicon_says_its_version_and_what_is_wrong_in_it(tmp_path: Path) -> None:
    assert (LEXICON.version, LEXICON.least, len(LEXICON.words) > 100) == ("2026.11", 3, True)
    with pytest.raises(RuleError, match="is not there"):
        load_lexicon(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("version: '1'\nwords: [a]\n", "utf-8")
    with pytest.raises(RuleError, match=r"bad.yaml:\d+: .*least"):
        load_lexicon(tmp_path / "bad.yaml")


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected"),
    [
        (404, "<p>您的请求被拦截：网站防火墙</p>".encode(), {}, FetchOutcome.BLOCKED),
        (405, b"<title>405</title><a href=https://errors.aliyun.com/images/x>", {}, FetchOutcome.BLOCKED),
        (500, "<p>您的访问被阻断</p>".encode("gbk"), {}, FetchOutcome.BLOCKED),
        (404, b"", {"cf-mitigated": "challenge"}, FetchOutcome.BLOCKED),
        (999, b"", {}, FetchOutcome.BLOCKED),
        (404, "<p>页面不存在</p>".encode(), {}, FetchOutcome.HTTP_4XX),
        (200, "<p>网站防火墙采购公告</p>".encode(), {}, FetchOutcome.OK),
    ],
)
def test_walls_that_give_strangers_a_404(
    status: int, body: bytes, headers: dict[str, str], expected: FetchOutcome
) -> None:
    assert judge(RawAnswer(status=status, body=body, headers=headers)) is expected


def test_no_real_page_is_doubted() -> None:
    """Pages of government sites, taken for the targets of links with an office's name and with none."""
    doubted = []
    for row, body in real_pages():
        seen = glance(body)
        for text in ("示例县人民政府", "通知公告"):
            found = doubt_of(text, "http://www.foreign.example/", "http://www.foreign.example/", seen, LEXICON)
            doubted += [(row["local_copy"], text, found.quote)] if found else []
        doubted += [(row["local_copy"], "soft-404", seen.title)] if says_missing(seen) else []
    assert doubted == []


# --- from the server to the report ----------------------------------------------------------------------------------

HOST = "www.targets.example"
ID = "www-targets-example"


def ask(store: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    return scanning.ask(store, ID, sql, *values)


ROWS = (
    "SELECT p.url, h.kind, t.url, h.text, h.first_seen_on, h.quote FROM hidden_link h "
    "JOIN address p ON p.id = h.page JOIN address t ON t.id = h.url ORDER BY t.url"
)
LOG = "SELECT state, reason FROM gather_log WHERE fact = 'hidden_link' AND scope = 'target'"
LED = ("Location", "http://bet.example/")
NAV = '<div class="nav"><a href="/">首页</a><a href="/x/">政务要闻</a></div>'


def test_doubtful_targets_reach_the_report_once_each(tmp_path: Path) -> None:
    links = (
        '<a href="http://bet.example/">县人才网</a><a href="http://sale.example/">示例商会</a>'
        '<a href="http://192.168.1.9/oa/">办公系统</a><a href="http://news.example/">新闻</a>'
    )
    bet, sale = html(LONG, title="澳门新葡京_真人百家乐"), html("<p>联系我们</p>", title="该域名正在出售")
    hosts = {
        HOST: {"/": html(NAV + links), "/x/": html(NAV + links)},
        "bet.example": {"/": bet},
        "sale.example": {"/": sale},
        "news.example": {"/": html(LONG, title="警方打掉网络博彩平台")},
    }
    scan, _ = scan_pages(hosts, tmp_path, [site(HOST)])
    home, day = f"http://{HOST}/", "2021-11-08"
    assert ask(tmp_path, ROWS) == [
        (home, WRONG, "http://192.168.1.9/oa/", "办公系统", day, "链接指向内网地址"),
        (home, HARMFUL, "http://bet.example/", "县人才网", day,
         "目标页面标题：澳门新葡京_真人百家乐（赌博：新葡京、真人百家乐、澳门）"),
        (home, WRONG, "http://sale.example/", "示例商会", day, "目标域名已无人使用：该域名正在出售（该域名正在出售）"),
    ]  # fmt: skip
    assert ask(tmp_path, LOG) == [("complete", "")]
    found = assessment(scan, ID, "x-bad-external-link")
    assert (found.outcome, sorted(f.url for f in found.findings), {f.certainty for f in found.findings}) == (
        "review", ["http://192.168.1.9/oa/", "http://bet.example/", "http://sale.example/"], {"candidate"},
    )  # fmt: skip
    assert [f.url for f in assessment(scan, ID, "v1-harmful").findings] == ["http://bet.example/"]


def test_what_a_redirect_of_the_site_itself_leads_to_is_weighed_and_what_is_empty_is_not_passed(tmp_path: Path) -> None:
    links = '<a href="/go?id=1">县人才网</a><a href="http://refresh.example/">商会</a>'
    hosts = {
        HOST: {"/": html(NAV + links), "/x/": html(NAV), "/go": Reply(302, "text/html", b"", (LED,))},
        "bet.example": {"/": html(LONG, title="澳门新葡京_真人百家乐")},
        "refresh.example": {"/": html('<meta http-equiv=refresh content="0;url=http://bet.example/">', title="")},
    }
    scan, _ = scan_pages(hosts, tmp_path, [site(HOST)])
    assert [(kind, url, text) for _, kind, url, text, *_ in ask(tmp_path, ROWS)] == [
        (HARMFUL, f"http://{HOST}/go?id=1", "县人才网")
    ]
    assert ask(tmp_path, LOG) == [("partial", "1个外部链接的目标页面未能读取")]
    assert assessment(scan, ID, "x-bad-external-link").outcome == "review"


def test_targets_that_could_not_be_read_are_not_passed(tmp_path: Path) -> None:
    hosts = {
        HOST: {"/": html(f'{NAV}<a href="http://wall.example/">人才网</a>'), "/x/": html(NAV)},
        "wall.example": {"/": Reply(403, "text/html", b"no"), "/robots.txt": Reply(404, "text/plain", b"")},
    }
    scan, _ = scan_pages(hosts, tmp_path, [site(HOST)])
    assert ask(tmp_path, LOG) == [("partial", "1个外部链接的目标页面未能读取")]
    assert assessment(scan, ID, "x-bad-external-link").outcome == "open"
