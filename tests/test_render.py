"""Pages that scripts build, rendered by a browser whose every request is answered by our own fetcher."""

import asyncio
import os
import signal
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from checker.config import SHANGHAI
from checker.fetch.render import Rendered, Renderer, RenderSettings
from checker.page import parse
from tests.fetching import run
from tests.rendering import HOME, Asked, Body, Pages, needs_browser

pytestmark = needs_browser

CALM = RenderSettings(seconds=60, stuck_seconds=30, quiet_seconds=0.3)
"""Bounds that a loaded machine does not meet; tests of bounds make their own."""

JQUERY_LIKE = """
var $ = s => document.querySelector(s);
$.getJSON = (url, then) => {
  var x = new XMLHttpRequest();
  x.open('GET', url); x.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  x.onload = () => then(JSON.parse(x.responseText)); x.send();
};
"""
POSTS = """<ul id="l"></ul><script>
fetch('/api/post', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({page: 1})})
  .then(r => r.json()).then(rows => { l.innerHTML = rows.map(r => '<li>' + r + '</li>').join(''); });
</script>"""
SHELL = """<div id="app"></div><script src="/static/app.js"></script>"""
APP = """
const listed = rows => '<ul>' + rows.map(r => `<li><a href="${r.u}">${r.t}</a></li>`).join('') + '</ul>';
fetch('/api/menu').then(r => r.json()).then(menu => fetch('/api/list?channel=' + menu.channel))
  .then(r => r.json()).then(rows => { document.getElementById('app').innerHTML = listed(rows); });
"""
ALERTS = "<script>alert(1); confirm(2); prompt(3); document.write('<p>读到了</p>');</script>"
FILLED = '<ul id="l"></ul><script>fetch("/api/rows").then(r => r.text()).then(t => { l.innerHTML = t; });</script>'
POLLS = "<p id=l></p><script>setInterval(() => fetch('/api/rows?_=' + Date.now()).then(r => r.text())"
GROWS = """<div id="d"></div><script>for (let i = 0; i < 10000; i++) {
  const e = document.createElement('p'); e.textContent = 'r' + i; d.appendChild(e); }</script>"""
FRAMES = '<p>前</p><iframe src="/sub/inner.html"></iframe><p>后</p>'
INNER = '<p>内<a href="a.html">甲</a></p>'
TAMPERS = """<p>原文</p><script>Array.prototype.toJSON = () => 'x'; Map = Promise = undefined; JSON = null;
Object.defineProperty(Element.prototype, 'outerHTML', {get() { return 'forged'; }});</script>"""
WINDOWS = "<p>正文</p><script>window.open('/get'); document.write(typeof Notification)</script>"

PAGES: dict[str, Body] = {
    "/api/rows": "<li>甲</li><li>乙</li>",
    "/api/json": '[{"t": "甲"}, {"t": "乙"}]',
    "/api/post": '["甲", "乙"]',
    "/api/menu": '{"channel": 7}',
    "/api/list?channel=7": '[{"u": "/a.html", "t": "甲"}]',
    "/static/jquery.js": JQUERY_LIKE,
    "/static/app.js": APP,
    "/get": FILLED,
    "/xhr": '<script src="/static/jquery.js"></script><p id="l"></p><script>$.getJSON("/api/json?page=1", '
    "rows => { l.textContent = rows.map(r => r.t).join('、'); })</script>",
    "/again": '<script src="/static/jquery.js"></script><p>已有脚本</p>',
    "/post": POSTS,
    "/shell": SHELL,
    "/alerts": ALERTS,
    "/moves": '<script>location.href = "/get"</script>',
    "/moves-redirected": '<script>location.href = "/old"</script>',
    "/old": "302 /sub/new.html",
    "/sub/new.html": "<p>新址</p>",
    "/away": '<p>留在原处</p><script>location.href = "http://elsewhere.example/"</script>',
    "/to-and-fro": '<p>往</p><script>location.href = "/fro-and-to"</script>',
    "/fro-and-to": '<p>返</p><script>location.href = "/to-and-fro"</script>',
    "/polls": f"{POLLS}.then(t => {{ l.textContent = t; }}), 20)</script>",
    "/grows": GROWS,
    "/frames": FRAMES,
    "/sub/inner.html": INNER,
    "/tampers": TAMPERS,
    "/windows": WINDOWS,
    "/route": "<p id=l></p><script>l.textContent = location.hash</script>",
    "/sister": FILLED.replace('"/api', '"http://api.sample.gov.cn/api'),
    "/foreign": FILLED.replace('"/api', '"http://api.elsewhere.example/api'),
    "/foreign-script": '<p id="l"></p><script src="http://cdn.elsewhere.example/static/lib.js"></script>',
    "/static/lib.js": "l.textContent = '外站脚本';",
    "/tracked": '<p>正文</p><script src="https://hm.baidu.com/hm.js?1"></script>',
    "/forbidden": FILLED.replace("/api/rows", "/api/closed/rows"),
    "/broken": FILLED.replace("/api/rows", "/api/nothing"),
    "/puts": "<p>正文</p><script>fetch('/api/rows', {method: 'PUT', body: 'x'}).catch(() => 0)</script>",
    "/submits": "<p>正文</p><form method=post action=/get></form><script>document.forms[0].submit()</script>",
    "/gbk": "<p>汉字</p><script>document.write('<p>脚本</p>')</script>".encode("gbk"),
    "/lies": '<meta charset="gb2312"><p>汉字</p>'.encode(),
    "/pictures": '<link rel="stylesheet" href="/s.css" onload="l.textContent += 1"><p id="l"></p><img src="/i.png">'
    '<video src="/v.mp4"></video><script>new Image().src = "/pixel.gif"</script>',
}
ROBOTS = "User-agent: *\nDisallow: /api/closed/\n"
ROBOTS_SAYS = f"robots.txt 不允许访问（Disallow: /api/closed/）：{HOME}/api/closed/rows"


@dataclass(frozen=True)
class Seen:
    """What a rendered page came to: text, requests that reached the server, and what the Rendered says of itself."""

    text: str
    came: tuple[str, ...]
    final: str
    requests: int = 1
    blocked: int = 0
    problem: str = ""
    notes: tuple[str, ...] = ()


def seen(page: str, text: str, *asked: str, **more: object) -> Seen:
    """A page under its own address that asked for so many more paths of its own host."""
    came = (f"GET www.sample.gov.cn{page}", *(a if " " in a else f"GET www.sample.gov.cn{a}" for a in asked))
    return replace(Seen(text, came, f"{HOME}{page}", len(came)), **more)  # type: ignore[arg-type]


OUTSIDE = "页面由脚本跳转到站外：http://elsewhere.example/"
EXPECTED = {
    "/get": seen("/get", "甲乙", "/api/rows"),
    "/xhr": seen("/xhr", "甲、乙", "/static/jquery.js", "/api/json?page=1"),
    "/again": seen("/again", "已有脚本"),
    "/post": seen("/post", "甲乙", "POST www.sample.gov.cn/api/post"),
    "/shell": seen("/shell", "甲", "/static/app.js", "/api/menu", "/api/list?channel=7"),
    "/alerts": seen("/alerts", "读到了"),
    "/moves": seen("/moves", "甲乙", "/get", "/api/rows", final=f"{HOME}/get"),
    "/moves-redirected": seen(
        "/moves-redirected", "新址", "/old", "/sub/new.html", final=f"{HOME}/sub/new.html", requests=2
    ),
    "/away": seen("/away", "留在原处", blocked=1, problem=OUTSIDE, notes=(OUTSIDE,)),
    "/to-and-fro": seen(
        "/to-and-fro", "返", *["/fro-and-to", "/to-and-fro"] * 2, "/fro-and-to", final=f"{HOME}/fro-and-to", blocked=1,
        problem="页面脚本反复跳转", notes=(f"页面脚本反复跳转：{HOME}/to-and-fro",),
    ),
    "/grows": seen("/grows", "".join(f"r{i}" for i in range(10_000))),
    "/frames": seen("/frames", "前内甲后", "/sub/inner.html"),
    "/tampers": seen("/tampers", "原文"),
    "/windows": seen("/windows", "正文function"),
    "/route#/list/2": seen("/route", "#/list/2"),
    "/sister": seen("/sister", "甲乙", "GET api.sample.gov.cn/api/rows"),
    "/foreign": seen("/foreign", "", blocked=1, notes=("站外数据接口未读取：http://api.elsewhere.example/api/rows",)),
    "/foreign-script": seen("/foreign-script", "外站脚本", "GET cdn.elsewhere.example/static/lib.js"),
    "/tracked": seen("/tracked", "正文"),
    "/forbidden": seen(
        "/forbidden", "", requests=2, blocked=1, notes=(ROBOTS_SAYS,),
        problem=f"页面所需的内容未能读取（robots.txt 不允许访问（Disallow: /api/closed/））：{HOME}/api/closed/rows",
    ),
    "/broken": seen("/broken", "404", "/api/nothing", notes=(f"页面不存在（HTTP 404）：{HOME}/api/nothing",)),
    "/puts": seen("/puts", "正文", blocked=1, notes=(f"数据接口使用 PUT 方法，未执行：{HOME}/api/rows",)),
    "/submits": seen(
        "/submits", "正文", blocked=1, notes=(f"脚本自动提交表单，未执行：{HOME}/get",),
        problem=f"脚本自动提交表单，未执行：{HOME}/get",
    ),
    "/gbk": seen("/gbk", "汉字脚本"),
    "/lies": seen("/lies", "汉字"),
    "/pictures": seen("/pictures", "1"),
}  # fmt: skip


def text_of(page: Rendered) -> str:
    return "".join(parse(page.final_url, page.html, "text/html; charset=utf-8", None).text.split())


async def look(server: Pages, renderer: Renderer, path: str) -> Seen:
    before = len(server.asked)
    page = await renderer.render(f"{HOME}{path}")
    came = tuple(server.came()[before:])
    return Seen(text_of(page), came, page.final_url, page.requests, page.blocked, page.problem, page.notes)


async def rendered(*paths: str, settings: RenderSettings = CALM, pages: dict[str, Body] = PAGES) -> dict[str, Seen]:
    async with Pages(pages, ROBOTS) as server, server.fetcher() as fetch, Renderer(fetch, settings) as renderer:
        return {path: await look(server, renderer, path) for path in paths}


def test_pages_read_as_their_scripts_build_them_and_everything_comes_through_the_fetcher() -> None:
    assert run(rendered(*EXPECTED, settings=replace(CALM, pages=len(EXPECTED)))) == EXPECTED


def test_a_page_that_asks_for_the_same_data_again_and_again_is_given_the_answer_it_has_had() -> None:
    found = run(rendered("/polls"))["/polls"]

    assert (found.text, len(found.came), found.requests, found.problem) == ("<li>甲</li><li>乙</li>", 2, 2, "")


def test_a_page_that_never_stops_to_load_is_cut_at_its_bound() -> None:
    endless = "<p>正文</p><script>let n = 0; setInterval(() => fetch('/api/rows?n=' + n++), 5)</script>"
    patient = replace(CALM, requests=4, quiet_seconds=3)  # a loaded machine may pause the page's timer

    found = run(rendered("/endless", settings=patient, pages={**PAGES, "/endless": endless}))

    asked = [f"/api/rows?n={n}" for n in range(3)]
    problem = "超过每页4次请求的上限，页面可能不完整"
    assert found == {"/endless": seen("/endless", "正文", *asked, blocked=1, problem=problem)}


def test_a_script_that_never_ends_is_stopped_and_the_next_page_is_read() -> None:
    pages: dict[str, Body] = {
        "/stuck": "<p>前</p><script>while (true) {}</script>",
        "/stuck-again": "<p>前</p><script>setInterval(() => { while (true) {} }, 0)</script>",
        "/fine": "<p>下一页</p>",
    }

    async def main() -> list[tuple[str, str]]:
        async with Pages(pages) as server, server.fetcher() as fetch:
            quick = replace(CALM, stuck_seconds=1)
            async with Renderer(fetch, quick) as renderer:
                found = [await renderer.render(f"{HOME}/{path}") for path in ("stuck", "stuck-again")]
            async with Renderer(fetch, CALM) as renderer:
                found.append(await renderer.render(f"{HOME}/fine"))
            return [(page.problem, text_of(page)) for page in found]

    stopped = "页面脚本超过1秒不让出控制，已终止"
    (first, second, third) = run(main())
    assert (first, second[0], third) == ((stopped, "前"), stopped, ("", "下一页"))


def test_what_takes_too_long_is_shown_as_far_as_it_came() -> None:
    async def main() -> tuple[str, str]:
        held = asyncio.Event()

        async def hold(_: Asked) -> str:
            await held.wait()
            return ""

        pages: dict[str, Body] = {"/waits": FILLED + "<p>已显示</p>", "/api/rows": hold}
        async with Pages(pages) as server, server.fetcher() as fetch:
            async with Renderer(fetch, replace(CALM, seconds=3)) as renderer:
                page = await renderer.render(f"{HOME}/waits")
            held.set()
            return page.problem, text_of(page)

    assert run(main()) == ("超过每页3秒的上限，页面可能不完整", "已显示")


@pytest.mark.parametrize(("kind", "problem"), [("", "浏览器意外退出"), ("--type=renderer", "页面使浏览器标签崩溃")])
def test_a_browser_that_dies_is_a_problem_of_one_page(kind: str, problem: str) -> None:
    async def kill(_: Asked) -> str:
        for pid in browsers(kind):
            os.kill(pid, signal.SIGKILL)
        return ""

    pages: dict[str, Body] = {"/kills": FILLED, "/api/rows": kill, "/fine": "<p>下一页</p>"}
    found = run(rendered("/kills", "/fine", pages=pages))

    assert (found["/kills"].problem, found["/fine"]) == (problem, seen("/fine", "下一页"))


def test_a_render_that_is_called_off_leaves_no_process_behind() -> None:
    async def main() -> list[int]:
        reached = asyncio.Event()

        async def hold(_: Asked) -> str:
            reached.set()
            await asyncio.Event().wait()
            return ""

        async with Pages({"/waits": FILLED, "/api/rows": hold}) as server, server.fetcher() as fetch:
            async with Renderer(fetch, CALM) as renderer:
                task = asyncio.ensure_future(renderer.render(f"{HOME}/waits"))
                await reached.wait()
                assert browsers("") != []
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            return browsers("")

    assert run(main()) == []


def test_the_page_reads_the_clock_of_the_inspection_and_it_runs() -> None:
    clock = """<p id=l></p><script>
    const begun = Date.now(); while (Date.now() === begun) { }
    const words = [new Date().toDateString(), Date().slice(0, 15), new Date(2020, 1, 29).getDate(),
      new Date(Date.now()).getFullYear(), new Date() instanceof Date, new Date(0).constructor === Date, Date.length];
    l.textContent = words.join('/');</script>"""
    as_of = datetime(2024, 2, 29, 9, 30, tzinfo=SHANGHAI)

    found = run(rendered("/clock", settings=replace(CALM, as_of=as_of), pages={"/clock": clock}))

    shown = "ThuFeb292024/ThuFeb292024/29/2024/true/true/7"
    assert found == {"/clock": seen("/clock", shown)}


def test_a_page_that_was_read_already_is_not_asked_for_again_and_budgets_hold() -> None:
    async def main() -> tuple[list[str], list[tuple[str, int]]]:
        async with Pages(PAGES) as server, server.fetcher() as fetch:
            answer = await fetch.get(f"{HOME}/get")
            async with Renderer(fetch, replace(CALM, pages=1)) as renderer:
                first = await renderer.render(f"{HOME}/get", answer=answer)
                second = await renderer.render(f"{HOME}/xhr")
            return server.came(), [(first.problem, first.requests), (second.problem, second.requests)]

    came = ["GET www.sample.gov.cn/get", "GET www.sample.gov.cn/api/rows"]
    assert run(main()) == (came, [("", 1), ("超过每个网站1个渲染页面的上限", 0)])


def test_a_script_that_tests_the_browser_is_reported_and_never_run() -> None:
    check = (
        """<html><head><meta content="x" r='m'><script>fetch('/api/rows');$_ts=window['$_ts'];$_ts.cd="q"</script>"""
    )
    moves = '<p>正文</p><script>location.href = "/check"</script>'
    pages: dict[str, Body] = {"/check": check, "/moves": moves}
    words = "返回的是浏览器校验脚本，不是网页内容，无法判断"

    assert run(rendered("/check", "/moves", pages=pages)) == {
        "/check": seen("/check", "", problem=words),
        "/moves": seen(
            "/moves", "正文", "/check", blocked=1, notes=(f"{words}：{HOME}/check",),
            problem=f"脚本跳转到的页面未能读取（{words}）：{HOME}/check",
        ),
    }  # fmt: skip


def browsers(kind: str) -> list[int]:
    """Processes of Chromium that this process has started, of one type ('' = the browser itself)."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_text("utf-8", "replace")
        except OSError:
            continue
        if state != "Z":
            parents[int(folder.name)] = int(parent)
            commands[int(folder.name)] = command
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return [pid for pid in ours if is_browser(commands.get(pid, ""), kind)]


def is_browser(command: str, kind: str) -> bool:
    return kind in command if kind else "--type=" not in command and "--remote-debugging-pipe" in command
