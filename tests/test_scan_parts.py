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
from checker.scan import rendering, visits
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
