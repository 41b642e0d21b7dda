"""Parts that pages load for themselves: asked for once a site, seen by every page, bounded; rendering that fails."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from checker.crawl import Frontier, Rank, Scope, Visit
from checker.facts.store import FactsWriter
from checker.fetch import Fetched, Rendered
from checker.model.results import FetchOutcome
from checker.page import parse
from checker.scan import keeping, rendering, visits
from checker.scan.coverage import coverage_lines
from checker.scan.keeping import keep
from checker.scan.rendering import render_pages
from checker.scan.state import BY_SCRIPT, Reading
from checker.scan.visits import arrive
from tests.scanning import AS_OF, site

HOME = "http://www.a.gov.cn/"
FOOT = f"{HOME}footer.js"


class Pages:
    """Answers for addresses that give way to each other, and the order in which they were asked for."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def get(self, url: str, **_: object) -> Fetched:
        self.asked.append(url)
        await asyncio.sleep(0)
        kind = "text/javascript" if url.endswith(".js") else "text/html; charset=utf-8"
        return Fetched(url, url, (), FetchOutcome.OK, 200, kind, {}, self.pages[url].encode(), 1, "", "", 0.0)

    async def render(self, url: str, **_: object) -> Rendered:
        self.asked.append(url)
        return Rendered(url, url, self.pages[url].encode(), 1, 0, 1, "", ())


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Reading]:
    with FactsWriter(tmp_path / "s.sqlite") as facts:
        scope = Scope(HOME, ())
        yield Reading(site("www.a.gov.cn"), HOME, facts, Frontier(facts, scope, 99, 5), scope, _now)


def _now() -> datetime:
    return AS_OF


def column(name: str) -> Visit:
    return Visit(1, f"{HOME}{name}/", Rank.COLUMN, 1, "column", f"{HOME}{name}/")


def page(*scripts: str) -> str:
    return f"<html><body><p>要闻</p>{''.join(f'<script src={s}></script>' for s in scripts)}</body></html>"


def test_pages_read_together_share_a_part_that_is_asked_for_once(work: Reading) -> None:
    pages = Pages(
        {
            f"{HOME}a/": page("/footer.js"),
            f"{HOME}b/": page("/footer.js"),
            FOOT: "document.write('<p>主办单位：某县</p>')",
        }
    )

    async def both() -> list[visits.Arrived]:
        return await asyncio.gather(*(arrive(work, pages, column(name)) for name in "ab"))  # type: ignore[arg-type]

    texts = [arrived.page.text for arrived in asyncio.run(both()) if arrived.page]
    assert (texts, pages.asked) == (["要闻 主办单位：某县"] * 2, [f"{HOME}a/", f"{HOME}b/", FOOT])


def test_frames_of_ever_new_addresses_do_not_multiply_the_requests(
    work: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "_MOST_PARTS", 1)
    pages = Pages({f"{HOME}a/": page("/footer.js", "/header.js"), FOOT: "", f"{HOME}header.js": ""})
    asyncio.run(arrive(work, pages, column("a")))  # type: ignore[arg-type]
    assert pages.asked == [f"{HOME}a/", FOOT]


def test_a_rendered_page_that_breaks_us_does_not_take_the_site_down(
    work: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError

    work.frontier.add(HOME, Rank.HOME, 0, "home", HOME)
    (visit,) = work.frontier.take(1)
    work.frontier.close(visit, "done", BY_SCRIPT)
    monkeypatch.setattr(rendering, "keep", breaks)
    pages = Pages({HOME: page()})
    rendered = asyncio.run(render_pages(work, pages, 5))  # type: ignore[arg-type]
    state = work.facts.execute("SELECT url, state, note FROM frontier")
    assert (rendered, pages.asked, state) == (1, [HOME], [(HOME, "failed", "处理出错：RecursionError")])


def shell(work: Reading, role: str = "home") -> None:
    """The home page as read bare: a list of yesterday, and a note that its scripts were not run."""
    work.frontier.add(HOME, Rank.HOME, 0, role, HOME)
    (visit,) = work.frontier.take(1)
    bare = parse(
        HOME, b"<p class=x>old</p><ul><li><a href=/art/2021/1/1/art_1_1.html>Old news of January</a>2021-01-01</ul>"
    )
    keep(work, visit, visits.Arrived(FetchOutcome.OK, "", bare))
    work.frontier.close(visit, "done", BY_SCRIPT)


class Half(Pages):
    """A browser that shows a page and leaves a doubt about it."""

    def __init__(self, problem: str = "", blocked: int = 0, final: str = HOME) -> None:
        super().__init__({})
        self.left = (problem, blocked, final)

    async def render(self, url: str, **_: object) -> Rendered:
        problem, blocked, final = self.left
        body = "<ul><li><a href=/art/2021/11/5/art_1_2.html>News of November here</a>2021-11-05</ul>" + "x" * 99
        return Rendered(url, final, body.encode(), 1, blocked, 1, problem, ("数据接口未读取",))


def listed(work: Reading) -> list[str]:
    sql = "SELECT DISTINCT a.url FROM list_item i JOIN address a ON a.id = i.url"
    return [url.removeprefix(HOME) for (url,) in work.facts.execute(sql)]


def test_a_rendered_page_stands_in_the_place_of_the_bare_one(work: Reading) -> None:
    shell(work)
    assert listed(work) == ["art/2021/1/1/art_1_1.html"]
    asyncio.run(render_pages(work, Half(), 5))  # type: ignore[arg-type]
    assert listed(work) == ["art/2021/11/5/art_1_2.html"]
    assert work.facts.execute("SELECT browser FROM page") == [("rendered",)]
    assert work.facts.execute("SELECT reason FROM gather_log WHERE reason GLOB '浏览器渲染*'") == []


@pytest.mark.parametrize(
    ("browser", "reason", "shown"),
    [
        (Half(problem="超过20秒"), "浏览器渲染不完整：超过20秒", "art/2021/11/5/art_1_2.html"),
        (Half(blocked=1), "浏览器渲染不完整：有1个请求未完成（数据接口未读取）", "art/2021/11/5/art_1_2.html"),
        (Half(final="http://b.com/"), "浏览器渲染不完整：跳转到站外：http://b.com/", "art/2021/1/1/art_1_1.html"),
    ],
)  # fmt: skip
def test_of_a_page_that_was_half_built_nothing_is_proven_to_be_missing(
    work: Reading, browser: Half, reason: str, shown: str
) -> None:
    shell(work)
    asyncio.run(render_pages(work, browser, 5))  # type: ignore[arg-type]
    assert listed(work) == [shown]
    lines = {(row.fact, row.scope): (row.state, row.reason) for row in coverage_lines("s", HOME, work.facts)}
    doubted = work.facts.execute("SELECT fact, reason FROM gather_log WHERE reason = ? ORDER BY fact", (reason,))
    assert doubted == [(fact, reason) for fact in ("link", "list_item", "mark", "site_column")]
    assert {lines[place][0] for place in PLACES} & {"complete", "notApplicable"} == set()


PLACES = [
    ("list_item", "home"), ("site_column", "navigation"), ("site_column", "site"), ("mark", "home"), ("link", ""),
    ("link_check", ""),
]  # fmt: skip


def test_columns_beyond_the_bound_are_not_read_as_columns(work: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_COLUMNS", 3)
    links = "".join(f"<li><a href=/c{n}/>政务公开{n}</a></li>" for n in range(5))
    work.frontier.add(HOME, Rank.HOME, 0, "home", HOME)
    (visit,) = work.frontier.take(1)
    page_of_links = parse(HOME, f"<div class=nav><ul>{links}</ul></div><p>{'要闻' * 99}</p>".encode())
    keep(work, visit, visits.Arrived(FetchOutcome.OK, "", page_of_links))
    queued = work.facts.execute("SELECT url FROM frontier WHERE role = 'column' ORDER BY url")
    assert queued == [(f"{HOME}c{n}/",) for n in range(3)]
