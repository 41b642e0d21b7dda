"""What a rendered page may ask for, and what is said where nothing can be rendered: no browser is needed here."""

from pathlib import Path

import pytest

from checker.fetch.owner import registrable
from checker.fetch.render import Rendered, Renderer, RenderSettings, available
from checker.fetch.render.policy import Fate, Wish, carried, decide, labelled, same_call
from tests.fetching import run
from tests.rendering import HOME, Body, Pages

OWN, SISTER, FOREIGN = f"{HOME}/x", "http://api.sample.gov.cn/x", "http://www.other.gov.cn/x"


@pytest.mark.parametrize(
    ("kind", "method", "url", "top", "size", "expected"),
    [
        ("document", "GET", OWN, True, 0, (Fate.ASK, "")),
        ("document", "GET", SISTER, False, 0, (Fate.ASK, "")),
        ("document", "GET", FOREIGN, True, 0, (Fate.REFUSE, "页面由脚本跳转到站外")),
        ("document", "GET", FOREIGN, False, 0, (Fate.REFUSE, "站外框架未读取")),
        ("document", "POST", OWN, True, 9, (Fate.REFUSE, "脚本自动提交表单，未执行")),
        ("script", "GET", FOREIGN, False, 0, (Fate.ASK, "")),
        ("script", "GET", "https://hm.baidu.com/hm.js?a", False, 0, (Fate.DROP, "")),
        ("script", "GET", "https://s9.cnzz.com/z_stat.php", False, 0, (Fate.DROP, "")),
        ("script", "GET", "https://notcnzz.com/a.js", False, 0, (Fate.ASK, "")),
        ("xhr", "GET", SISTER, False, 0, (Fate.ASK, "")),
        ("fetch", "POST", OWN, False, 65_536, (Fate.ASK, "")),
        ("fetch", "POST", OWN, False, 65_537, (Fate.REFUSE, "数据接口提交内容过大，未执行")),
        ("fetch", "DELETE", OWN, False, 0, (Fate.REFUSE, "数据接口使用 DELETE 方法，未执行")),
        ("xhr", "GET", FOREIGN, False, 0, (Fate.REFUSE, "站外数据接口未读取")),
        ("stylesheet", "GET", OWN, False, 0, (Fate.EMPTY, "")),
        *((kind, "GET", OWN, False, 0, (Fate.DROP, "")) for kind in ("image", "media", "font", "ping", "other")),
        *((kind, "GET", OWN, False, 0, (Fate.DROP, "")) for kind in ("eventsource", "websocket", "manifest", "new")),
        ("fetch", "GET", "ftp://www.sample.gov.cn/x", False, 0, (Fate.DROP, "")),
    ],
)
def test_what_becomes_of_a_request(
    kind: str, method: str, url: str, top: bool, size: int, expected: tuple[Fate, str]
) -> None:
    assert decide(Wish(kind, method, url, f"{HOME}/", top, size)) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.sample.gov.cn", "sample.gov.cn"),
        ("jyj.xxgk.sample.gov.cn", "sample.gov.cn"),
        ("sample.gov.cn", "sample.gov.cn"),
        ("gov.cn", "gov.cn"),
        ("www.gov.cn", "www.gov.cn"),
        ("data.sample.com", "sample.com"),
        ("a.sample.cn", "sample.cn"),
        ("10.1.2.3", "10.1.2.3"),
        ("::1", "::1"),
        ("localhost", "localhost"),
    ],
)
def test_whose_domain_a_host_is_in(host: str, expected: str) -> None:
    assert registrable(host) == expected


def test_headers_that_a_script_set_go_along_and_nothing_that_says_who_asks() -> None:
    given = {
        "Content-Type": "application/json", "token": "abc", "X-Requested-With": "XMLHttpRequest", "accept": "*/*",
        "user-agent": "Mozilla/5.0", "cookie": "a=1", "referer": HOME, "origin": HOME, "sec-ch-ua": "x", "host": "y",
        "if-none-match": "z", "long": "x" * 2001, "中文": "x", "name": "a\nb",
    }  # fmt: skip

    expected = {
        "content-type": "application/json",
        "token": "abc",
        "x-requested-with": "XMLHttpRequest",
        "accept": "*/*",
    }
    assert (carried(given), len(carried({f"x-{n}": "1" for n in range(30)}))) == (expected, 20)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOME}/a?page=2&_=1795364749897", f"{HOME}/a?page=2"),
        (f"{HOME}/a?t=0.123&page=2", f"{HOME}/a?page=2"),
        (f"{HOME}/a?t=news&page=2", f"{HOME}/a?t=news&page=2"),
        (f"{HOME}/a?id=1795364749897", f"{HOME}/a?id=1795364749897"),
        (f"{HOME}/a?flag", f"{HOME}/a?flag"),
    ],
)
def test_calls_that_differ_in_a_number_against_caches_are_the_same(url: str, expected: str) -> None:
    assert same_call("GET", url, b"") == ("GET", expected, b"")


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html", "汉字".encode(), "text/html; charset=utf-8"),
        ("text/html; charset=gb2312", "汉字".encode(), "text/html; charset=utf-8"),
        ("text/html; charset=gbk", "汉字".encode("gbk"), "text/html; charset=gbk"),
        ("text/html", "<meta charset=gbk>汉字".encode("gbk"), "text/html"),
        ("", "汉字".encode("gbk"), "text/html; charset=gb18030"),
        ("text/html; charset=utf-8", "\ufeff汉字".encode("utf-16-le"), "text/html; charset=utf-8"),
    ],
)
def test_a_page_is_handed_over_in_the_charset_we_read(content_type: str, body: bytes, expected: str) -> None:
    assert labelled(content_type, body) == expected


def test_what_is_missing_is_said_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHECKER_CHROMIUM", raising=False)
    program = tmp_path / "chromium-browser"

    without = available()
    monkeypatch.setenv("CHECKER_CHROMIUM", str(program))
    wrong = available()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    named = available()
    monkeypatch.delenv("CHECKER_CHROMIUM")
    found = available()
    monkeypatch.setattr("checker.fetch.render.browser.find_spec", lambda _: None)

    assert (without, wrong, named, found, available()) == (
        "没有找到 Chromium 浏览器：apt-get install chromium，或用环境变量 CHECKER_CHROMIUM 指明其位置",
        f"CHECKER_CHROMIUM 指定的浏览器不存在：{program}",
        "",
        "",
        "未安装浏览器组件：pip install '.[browser]'",
    )


def test_without_a_browser_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.fetch.render.browser.find_spec", lambda _: None)

    async def main() -> tuple[Rendered, list[str]]:
        async with Pages({}) as server, server.fetcher() as fetch, Renderer(fetch, RenderSettings()) as renderer:
            return await renderer.render(f"{HOME}/a"), server.came()

    problem = "未安装浏览器组件：pip install '.[browser]'"
    assert run(main()) == (Rendered(f"{HOME}/a", f"{HOME}/a", b"", 0, 0, 0, problem), [])


def test_what_is_no_page_is_not_given_to_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.fetch.render.renderer.available", lambda: "")

    async def main() -> list[tuple[str, str, int]]:
        async with Pages({"/api/data": "{}"}) as server, server.fetcher() as fetch:
            async with Renderer(fetch, RenderSettings()) as renderer:
                pages = [await renderer.render(f"{HOME}{path}") for path in ("/api/data", "/nothing", "/../x y")]
            return [(page.final_url, page.problem, page.requests) for page in pages]

    assert run(main()) == [
        (f"{HOME}/api/data", "不是网页（application/json）", 1),
        (f"{HOME}/nothing", "页面不存在（HTTP 404）", 1),
        (f"{HOME}/x%20y", "页面不存在（HTTP 404）", 1),
    ]


def test_a_program_that_is_no_browser_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("playwright")
    monkeypatch.setenv("CHECKER_CHROMIUM", "/bin/false")

    async def main() -> list[str]:
        pages: dict[str, Body] = {"/a": "<p>甲</p>"}
        async with Pages(pages) as server, server.fetcher() as fetch, Renderer(fetch, RenderSettings()) as renderer:
            return [(await renderer.render(f"{HOME}/a")).problem.partition("：")[0] for _ in range(2)]

    assert run(main()) == ["浏览器无法启动", "浏览器无法启动"]


def test_the_bounds_are_documented() -> None:
    text = (Path(__file__).parent.parent / "docs" / "browser.md").read_text("utf-8")

    assert [name for name in RenderSettings.__slots__ if f"`{name}`" not in text] == []
