"""Pages that mean 404 and say 200: the decision on pages as data, the few requests, a crawl and a link check."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from checker.fetch import Fetched, FetchOutcome
from checker.gather.links.soft404 import (
    MadeUp,
    Probes,
    Signals,
    ending_of,
    made_up_address,
    may_say_missing,
    says_missing,
    signals_of,
)  # fmt: skip
from checker.loopback import Reply
from checker.page.glance import Glance, glance, glance_at
from tests import scanning
from tests.scanning import assessment, html, scan_pages, site

ASKED = "http://a.gov.cn/art/1.html"
HOME = "http://a.gov.cn/"
NAV = "".join(f'<li><a href="/c{n}/">政务公开栏目{n}</a></li>' for n in range(12))
FOOT = "<p>版权所有：示例县人民政府 皖ICP备05000000号 网站标识码3400000001 联系电话0564-0000000</p>"


def shown(body: str, title: str = "示例县人民政府") -> Glance:
    return glance_at(f"<html><head><title>{title}</title></head><body>{body}</body></html>")


def dressed(middle: str, title: str = "示例县人民政府") -> Glance:
    """A page with the navigation and the footer of its site."""
    return shown(f"<ul>{NAV}</ul>{middle}{FOOT}", title)


ERROR = "<h2>抱歉，您访问的页面不存在</h2><p>请检查地址是否正确，或<a href=/>返回首页</a></p>"
ARTICLE = (
    "<h1>关于网站改版的说明</h1><p>"
    + "改版后部分旧地址失效，如果看到页面不存在的提示，请从首页重新进入。" * 20
    + "</p>"
)
SPA = '<div id="app"></div><script src=/app.js></script>'
WORDS, LIKE, AWAY = (True, False, False), (False, True, False), (False, False, True)
FILE = "http://a.gov.cn/files/1.pdf"
LINKS = "".join(f"<a href=/n{n}>其他动态{n}</a>" for n in range(30))
LIKE_AWAY = (False, True, True)
NONE, WORDS_LIKE = (False, False, False), (True, True, False)


@pytest.mark.parametrize(
    ("name", "seen", "expected"),
    [
        ("plain error page", shown(ERROR), True),
        ("within the site's own dress", dressed(ERROR), True),
        ("title alone", shown("<p>返回首页</p>", "404"), True),
        ("title with 404 in front", shown("", "404 - 找不到文件或目录"), True),
        (
            "English",
            shown("<h1>Not Found</h1><p>The requested URL was not found on this server.</p>", "Not Found"),
            True,
        ),
        ("tomcat", shown("<h1>HTTP Status 404 – Not Found</h1>", "HTTP Status 404"), True),
        ("deleted", shown("<p>该信息已被删除</p>"), True),
        ("deleted, other order", shown("<p>您查看的文章已删除或正在审核</p>"), True),
        ("cannot find", shown("<p>对不起，找不到您要访问的页面</p>"), True),
        (
            "GBK",
            glance("<title>出错啦</title><p>您所请求的网页不存在！".encode("gbk"), "text/html; charset=gb2312"),
            True,
        ),
        ("behind a long navigation", shown(f"<ul>{NAV * 40}</ul>{ERROR}{FOOT}"), True),
        ("a column", shown("<p>您访问的栏目不存在</p>"), True),
        ("nothing but a few words", shown("<p>内容不存在</p>"), True),
        ("lost", shown("<p>抱歉，您要访问的页面走丢了</p>"), True),
        ("IIS", shown("<h2>找不到对象！</h2>", "提示"), True),
        ("a framework's own page", shown("<h1>Whitelabel Error Page</h1><p>(type=Not Found, status=404)</p>"), True),
        ("a picture with its words", shown('<img src="/img/e.png" alt="页面不存在">'), True),
        ("a picture by its name", shown('<img src="/images/404.png">'), True),
        ("a box of a script", glance_at("<script>alert('文章不存在');history.back();</script>"), True),
        ("a message in JSON", glance('{"code":404,"msg":"您访问的资源不存在"}'.encode(), "application/json"), True),
        (
            "a footer that names who built and who maintains the site",
            shown(f"{ERROR}<p>示例网站建设公司 网站维护和技术支持：示例县大数据局 建议浏览器版本IE9以上</p>"),
            True,
        ),
        (
            "a box of a script that runs an application",
            shown(f"{SPA}<script>alert('页面不存在');location='/'</script>"),
            False,
        ),
        ("moved", shown("<p>本站已迁移，原页面已下线，5秒后跳转</p>"), False),
        ("under repair, other words", shown("<p>系统升级维护，您访问的页面无法找到</p>"), False),
        ("no right to see it", shown("<p>您没有权限访问，页面不存在或未公开</p>"), False),
        ("a letter on a hotline", dressed("<h1>关于开通404热线的通知</h1><p>欢迎拨打。</p>"), False),
        ("an empty catalogue", dressed("<p>没有找到资源，共0条数据</p>", "开放数据"), False),
        ("the phrase inside an article", shown(ARTICLE), False),
        ("the phrase as an article's title", shown(ARTICLE, "页面不存在怎么办"), False),
        ("an empty column", dressed("<h2>通知公告</h2><p>暂无信息</p>"), False),
        ("an empty column, other words", dressed("<p>对不起，该栏目暂无内容，相关信息不存在</p>"), False),
        ("a search without results", dressed("<p>抱歉，没有找到与“示例”相关的内容</p>"), False),
        ("a search that found no document", dressed("<h2>搜索结果</h2><p>找不到相关文件，共0条</p>"), False),
        ("under repair", shown("<h1>系统维护中</h1><p>您访问的页面暂时不存在，请稍后再试</p>"), False),
        ("a wall", shown("<p>访问过于频繁，您访问的页面已被移除</p>"), False),
        ("a hidden template", dressed('<div style="display:none">页面不存在</div><p>要闻</p>'), False),
        ("a script's words", dressed("<script>alert('页面不存在')</script>"), False),
        ("nothing at all", shown(SPA), False),
        ("a house number", dressed("<p>地址：人民路404号</p>"), False),
        ("a document's number", shown("<p>示政发〔2021〕404号</p>", "示政发〔2021〕404号"), False),
    ],
)
def test_the_words_of_a_short_page(name: str, seen: Glance, expected: bool) -> None:
    assert says_missing(seen) is expected


def made_up(seen: Glance | None, final: str = "http://a.gov.cn/art/checker-0.html") -> MadeUp:
    return MadeUp("http://a.gov.cn/art/checker-0.html", final, seen)


@pytest.mark.parametrize(
    ("name", "final", "seen", "random", "expected"),
    [
        ("error page, like the made-up path", ASKED, shown(ERROR), made_up(shown(ERROR)), WORDS_LIKE),
        ("in the dress of the site", ASKED, dressed(ERROR), made_up(dressed(ERROR)), WORDS_LIKE),
        ("with an id, a time and the path in it", ASKED,
         shown(f"{ERROR}<p>/art/1.html 2021-11-08 10:00:01 编号 9f8e7d6c5b4a</p>"),
         made_up(shown(f"{ERROR}<p>/art/checker-0.html 2021-11-08 10:07:59 编号 0a1b2c3d4e5f</p>")), WORDS_LIKE),
        ("meta refresh to the home page", ASKED, shown(f'<meta http-equiv=refresh content="3;url=/">{ERROR}'),
         made_up(shown(ERROR)), WORDS_LIKE),
        ("GBK against UTF-8", ASKED, glance(f"<meta charset=gbk>{ERROR}".encode("gbk")),
         made_up(glance(f"<meta charset=utf-8>{ERROR}".encode())), WORDS_LIKE),
        ("words, but a made-up path has a proper 404", ASKED, shown(ERROR), made_up(None), WORDS),
        ("words, but made-up paths look otherwise", ASKED, shown(ERROR), made_up(dressed("<p>要闻动态</p>")), WORDS),
        ("words, and no made-up path was asked for", ASKED, shown(ERROR), None, WORDS),
        ("every path shows the home page", ASKED, dressed("要闻" * 40), made_up(dressed("要闻" * 40)), LIKE),
        ("every path shows a shell of a script", ASKED, shown(SPA, "示例政务平台系统"),
         made_up(shown(SPA, "示例政务平台系统")), LIKE),
        ("an empty column on a site that answers everything", ASKED, dressed("<p>暂无信息</p>"),
         made_up(dressed("<p>暂无信息</p>")), LIKE),
        ("a real article", ASKED, dressed(ARTICLE), made_up(shown(ERROR)), NONE),
        ("to an error address with words", "http://a.gov.cn/404.html", shown(ERROR), None, (True, False, True)),
        ("to an error address where made-up paths go", "http://a.gov.cn/error/", shown("<p>出错</p>", "提示"),
         made_up(shown("<p>出错</p>", "提示"), "http://a.gov.cn/error/"), (False, True, True)),
        ("to an error address alone", "http://a.gov.cn/error.html", dressed("<p>要闻</p>"), made_up(None), AWAY),
        ("to the home page like made-up paths: a missing cookie would do that too", HOME, dressed("要闻" * 40),
         made_up(dressed("要闻" * 40), HOME), AWAY),
        ("to the home page, made-up paths have a 404", HOME, dressed("要闻" * 40), made_up(None), NONE),
        ("to the home page with words", HOME, shown(ERROR), made_up(shown(ERROR), HOME), (True, False, True)),
        ("an article about errors", ASKED, dressed(ARTICLE), None, NONE),
        ("a repealed document in the long navigation of its site", ASKED,
         shown(f"<ul>{NAV * 40}</ul><h1>印发办法的通知</h1><p>有效性：该文件已失效</p>{FOOT}"),
         made_up(shown(f"<ul>{NAV * 40}</ul>{ERROR}{FOOT}")), WORDS),
        ("a letter about a page that cannot be found", ASKED,
         dressed("<h1>办事大厅页面找不到</h1><p>您好，已修复。</p>"), made_up(dressed(ERROR)), WORDS),
        ("no certificate of that number", ASKED, dressed("<p>对不起，您查询的证书编号不存在</p>", "证书查询"),
         made_up(dressed(ERROR)), WORDS),
        ("other news beside the message", ASKED, dressed(f"{ERROR}<a href=/1>甲县召开大会</a>{LINKS}"),
         made_up(dressed(f"{ERROR}<a href=/2>乙镇举行演练</a>")), WORDS_LIKE),
        ("the home page for a file", FILE, dressed("要闻" * 40), made_up(dressed("要闻" * 40)), LIKE_AWAY),
        ("the shell of a script for a file", FILE, shown(SPA, "示例政务平台系统"),
         made_up(shown(SPA, "示例政务平台系统")), LIKE_AWAY),
        ("a page that shows the file", FILE, shown("<p>第一页</p>", "文件预览"), made_up(shown(ERROR)), AWAY),
        ("a login for every file", FILE, shown("<p>请登录后下载</p>", "用户登录"),
         made_up(shown("<p>请登录后下载</p>", "用户登录")), LIKE),
        ("an unknown script test for every file", FILE, shown("<script>test()</script>", ""),
         made_up(shown("<script>test()</script>", "")), AWAY),
        ("a wall that sends everybody to an error address", "http://a.gov.cn/error/403.html", shown("<p>禁止访问"),
         made_up(shown("<p>禁止访问"), "http://a.gov.cn/error/403.html"), LIKE),
    ],
)  # fmt: skip
def test_two_signals_are_needed(
    name: str, final: str, seen: Glance, random: MadeUp | None, expected: tuple[bool, bool, bool]
) -> None:
    found = signals_of(FILE if final == FILE else ASKED, final, seen, random)
    assert (found, found.missing) == (Signals(*expected), sum(expected) >= 2)


@pytest.mark.parametrize(
    ("address", "folder", "ending"),
    [
        ("http://a.cn/x/1.html?id=5", "http://a.cn/x/checker-", ".html"),
        ("http://a.cn/x/", "http://a.cn/x/checker-", "/"),
        ("http://a.cn/x", "http://a.cn/checker-", ""),
        ("http://a.cn/info.JSP?id=5", "http://a.cn/checker-", ".jsp"),
        ("http://a.cn/2021.11/12.3", "http://a.cn/2021.11/checker-", ""),
    ],
)
def test_a_made_up_path_is_of_the_same_folder_and_ending(address: str, folder: str, ending: str) -> None:
    made = made_up_address(address)
    assert (made.startswith(folder), ending_of(made), made_up_address(address)) == (True, ending, made)


def test_a_quick_no_saves_the_closer_look() -> None:
    pages = [("要闻", "要闻" * 99), ("404", "要闻" * 99), ("", "要闻" * 5_000 + "页面不存在"), ("", "")]
    assert [may_say_missing(*page) for page in pages] == [False, True, True, True]


# --- the requests --------------------------------------------------------------------------------------------------


def fetched(url: str, body: str, status: int = 200) -> Fetched:
    outcome = FetchOutcome.OK if status == 200 else FetchOutcome.HTTP_4XX
    return Fetched(url, url, (), outcome, status, "text/html; charset=utf-8", {}, body.encode(), 1, "", "", 0.0)


def probe(urls: list[str], page: str, status: int = 200) -> tuple[list[bool], list[str]]:
    """What is said of addresses that all show an error page, where made-up paths show `page`; and what was asked."""
    asked: list[str] = []

    async def ask(url: str) -> Fetched:
        asked.append(url)
        return fetched(url, page, status)

    async def main() -> list[bool]:
        probes = Probes()
        return [await probes.missing(url, url, shown(ERROR), ask) for url in urls]

    return asyncio.run(main()), asked


def test_one_made_up_path_for_a_host_and_ending_and_a_few_for_a_host() -> None:
    page = f"<title>示例县人民政府</title>{ERROR}"
    urls = [f"http://a.cn/{path}" for path in ("1.html", "x/2.html", "3.jsp", "4.php", "5.aspx", "y/6.html")]
    found, asked = probe([*urls, "http://b.cn/1.html"], page)
    assert found == [True, True, True, True, False, True, True]  # a fifth ending is beyond what one host is asked
    assert asked == [made_up_address(u) for u in (urls[0], urls[2], urls[3], "http://b.cn/1.html")]


def test_nothing_is_asked_for_a_page_that_does_not_look_like_an_error() -> None:
    async def never(url: str) -> Fetched:
        raise AssertionError(url)

    async def main() -> list[bool]:
        probes, at = Probes(), "http://a.cn/404.html"
        pages = [(ASKED, dressed(ARTICLE)), (HOME, dressed("要闻")), (at, shown(ERROR))]
        return [await probes.missing(ASKED, final, seen, never) for final, seen in pages]

    assert asyncio.run(main()) == [False, False, True]


@pytest.mark.parametrize(("page", "status"), [("<h1>404</h1>", 404), ("<title>要闻</title><p>欢迎", 200), ("", 200)])
def test_a_host_that_shows_missing_pages_otherwise(page: str, status: int) -> None:
    assert probe([ASKED], page, status)[0] == [False]


# --- from the server to the report ----------------------------------------------------------------------------------

HOST = "www.soft.example"
ID = "www-soft-example"
TOP = '<div class="nav"><a href="/">首页</a><a href="/zwyw/">政务要闻</a><a href="/tzgg/">通知公告</a></div>'
LIST = (
    '<ul><li><a href="/art/1.html">关于召开全体会议的通知</a><span>2021-11-05</span></li>'
    '<li><a href="/art/2.html">关于表彰先进单位的决定</a></li></ul>'
)
COLUMNS = [
    {"name": "政务要闻", "url": "/zwyw/", "type": "news", "level": 1},
    {"name": "通知公告", "url": "/tzgg/", "type": "notice", "level": 1},
]


def ask(store: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    return scanning.ask(store, ID, sql, *values)


VERDICTS = (
    "SELECT a.url, c.verdict, c.reason, c.first_reason FROM link_check c JOIN address a ON a.id = c.url "
    "WHERE c.reason <> 'ok' ORDER BY a.url"
)
FRONTIER = "SELECT url, state, note FROM frontier WHERE note = '页面提示内容不存在' ORDER BY url"


def served(**more: Reply) -> dict[str, Reply]:
    first = html(f"{TOP}<h1>关于召开全体会议的通知</h1><div>发布时间：2021-11-05</div><p>正文内容如下</p>")
    return {"/": html(TOP + LIST), "/zwyw/": html(TOP + LIST), "/art/1.html": first, **more}


def test_a_site_that_answers_everything_with_an_error_page(tmp_path: Path) -> None:
    """/tzgg/ and one entry are gone: neither a blank column nor an article, and dead links, confirmed."""
    pages = {"/robots.txt": Reply(404, "text/plain", b""), **served(), "*": html(TOP + ERROR, title="提示信息")}
    scan, _ = scan_pages({HOST: pages}, tmp_path, [site(HOST, kind="portal", columns=COLUMNS)])
    gone = [f"http://{HOST}/art/2.html", f"http://{HOST}/tzgg/"]
    assert ask(tmp_path, FRONTIER) == [(url, "failed", "页面提示内容不存在") for url in gone]
    assert ask(tmp_path, VERDICTS) == [(url, "broken", "soft-404", "soft-404") for url in gone]
    assert [f.url for f in assessment(scan, ID, "d3-links").findings] == gone
    assert {"（应答正常但内容不存在，经二次确认）" in f.detail for f in assessment(scan, ID, "d3-links").findings} == {
        True
    }
    titles = ask(tmp_path, "SELECT a.url FROM article r JOIN address a ON a.id = r.url")
    assert titles == [(f"http://{HOST}/art/1.html",)]
    blank = [f.url or f.location for f in assessment(scan, ID, "v4-columns-blank").findings if f.certainty == "certain"]
    assert blank == []
    made = ask(tmp_path, "SELECT count(*) FROM fetch WHERE purpose = 'made-up'")
    assert made == [(2,)]  # one for .html, one for folders


def test_the_same_words_on_a_site_with_proper_errors_are_a_page(tmp_path: Path) -> None:
    pages = served(**{"/tzgg/": html(TOP + ERROR, title="提示信息"), "/art/2.html": html(TOP + LIST)})
    scan_pages({HOST: pages}, tmp_path, [site(HOST, columns=COLUMNS)])
    assert (ask(tmp_path, FRONTIER), ask(tmp_path, VERDICTS)) == ([], [])


def test_a_site_that_answers_everything_with_its_home_page(tmp_path: Path) -> None:
    pages = {**served(), "*": html(TOP + LIST), "/robots.txt": Reply(404, "text/plain", b"")}
    scan_pages({HOST: pages}, tmp_path, [site(HOST, columns=COLUMNS)])
    assert (ask(tmp_path, FRONTIER), ask(tmp_path, VERDICTS)) == ([], [])
    assert ask(tmp_path, "SELECT count(*) FROM fetch WHERE purpose = 'made-up'") == [(0,)]


def test_pictures_and_files_in_whose_place_the_host_shows_its_page(tmp_path: Path) -> None:
    """Who answers every path with a script's shell has pages behind it, but no files."""
    shell = html(SPA, title="示例政务数据开放平台")
    links = '<a href="http://spa.example/data/list">数据</a><a href="http://spa.example/f.doc">附件</a>'
    pages = served(
        **{"/": html(f'{TOP}{LIST}{links}<img src="/i.jpg"><a href="/ok.pdf">公报</a>'), "/art/2.html": html(LIST)}
    )
    pages |= {"*": html(TOP + LIST), "/robots.txt": Reply(404, "text/plain", b"")}
    pages |= {"/ok.pdf": Reply(200, "application/pdf", b"%PDF-1.4")}
    hosts = {HOST: pages, "spa.example": {"/robots.txt": Reply(404, "text/plain", b""), "*": shell}}
    scan_pages(hosts, tmp_path, [site(HOST)])
    assert ask(tmp_path, VERDICTS) == [
        (url, "broken", "soft-404", "soft-404") for url in ("http://spa.example/f.doc", f"http://{HOST}/i.jpg")
    ]


def test_an_empty_column_stays_a_blank_one(tmp_path: Path) -> None:
    empty = html(f"{TOP}<h2>通知公告</h2><p>暂无信息</p>")
    pages = {**served(), "/tzgg/": empty, "*": empty, "/robots.txt": Reply(404, "text/plain", b"")}
    scan_pages({HOST: pages}, tmp_path, [site(HOST, columns=COLUMNS)])
    assert ask(tmp_path, FRONTIER) == []
    assert ask(tmp_path, "SELECT count(*) FROM fetch WHERE outcome = 'soft-404'") == [(0,)]
