"""Pages that scripts build, rendered by a system Chromium that has no network of its own.

Comes in: an address. Goes out: a `Rendered`, whatever the page does. Every request of the browser is answered by our
own fetcher: politeness, robots.txt, --connect-to, certificates, limits and the name we give ourselves are the same as
for every other page. Needs the extra `checker[browser]` and a Chromium; `available` says what is missing.
"""

import asyncio
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag

from checker.fetch.answer import Fetched
from checker.fetch.client import Fetcher
from checker.fetch.render.answers import Answers, Manners, Scripts
from checker.fetch.render.browser import Chromium, available
from checker.fetch.render.settings import Rendered, RenderSettings
from checker.fetch.render.tab import open_tab
from checker.model.results import FetchOutcome

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

_PAGE_TYPES = ("html", "text/plain")
_CLOSE_SECONDS = 3
_CLOCK_SECONDS = 60
"""A page whose clock would differ by less keeps the real one."""

_CLOCK = """
{
  const ahead = %d, real = Date, now = () => real.now() + ahead;
  globalThis.Date = new Proxy(real, {
    construct: (_, given, made) => Reflect.construct(real, given.length ? given : [now()], made),
    apply: () => new real(now()).toString(),
    get: (_, name) => name === 'now' ? now : Reflect.get(real, name),
  });
  real.prototype.constructor = globalThis.Date;
}
"""
"""The page's clock set to the inspection's; it runs on, because scripts wait by it."""

_VIEW_WIDTH, _VIEW_HEIGHT = 1280, 4000
"""A high window: lists that are loaded when they come into view are in view."""


class Renderer:
    """Renders pages of one site; an async context manager.

    `chromium` is the process to use, shared by the sites of one event loop; without it the Renderer has its own.
    """

    def __init__(self, fetch: Fetcher, settings: RenderSettings, chromium: Chromium | None = None) -> None:
        self._fetch = fetch
        self._settings = settings
        self._chromium = chromium or Chromium()
        self._owns = chromium is None
        self._scripts = Scripts()
        self._pages = 0
        self._missing = available()
        as_of = settings.as_of
        self._ahead = 0.0 if as_of is None else (as_of - datetime.now(UTC)).total_seconds()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owns:
            await self._chromium.close()

    async def render(
        self, url: str, *, answer: Fetched | None = None, rate: float | None = None, robots: bool = True
    ) -> Rendered:
        """The page at `url` after its scripts have run.

        `answer` is what the fetcher got for it already, so that it is not asked for again; `rate` and `robots` are as
        for `Fetcher.get` and hold for hosts of the page's owner. A fragment of `url` is kept: pages that are one
        script choose by it what to show. Never raises for what page, server or browser do.
        """
        refusal = self._missing or self._over_budget()
        if refusal:
            return Rendered(url, url, b"", 0, 0, 0, refusal)
        self._pages += 1
        first = answer or await self._fetch.get(url, rate=rate, robots=robots)
        asked = 0 if answer else 1
        refusal = _no_page(first)
        if refusal:
            return Rendered(url, first.final_url, b"", asked, 0, first.elapsed_ms, refusal)
        answers = Answers(self._fetch, self._settings, Manners(first.final_url, rate, robots), self._scripts, asked)
        async with self._chromium.place(first.final_url):
            return await self._rendered(url, first, answers)

    def _over_budget(self) -> str:
        most = self._settings.pages
        return f"超过每个网站{most}个渲染页面的上限" if self._pages >= most else ""

    async def _rendered(self, url: str, first: Fetched, answers: Answers) -> Rendered:
        begun = time.monotonic()
        browser = await self._chromium.browser()
        final, html = first.final_url, b""
        if isinstance(browser, str):
            answers.trouble(browser)
        else:
            final, html = await self._shown(browser, url, first, answers)
        elapsed = round((time.monotonic() - begun) * 1000)
        return Rendered(
            url, final, html, answers.requests, answers.blocked, elapsed, answers.problem, tuple(answers.notes)
        )

    async def _shown(self, browser: "Browser", url: str, first: Fetched, answers: Answers) -> tuple[str, bytes]:
        """Final address and text of a page in a context of its own, which is gone afterwards."""
        context: BrowserContext | None = None
        fragment = urldefrag(url).fragment
        try:
            async with asyncio.timeout(self._settings.seconds):
                context = await self._context(browser)
                tab = await open_tab(context, answers, first)
            html = await tab.read(f"{first.final_url}#{fragment}" if fragment else first.final_url)
            return tab.address(), html
        except Exception as error:  # the browser went away while the tab was made
            answers.trouble(f"浏览器无法打开页面：{type(error).__name__}")
            return first.final_url, b""
        finally:
            await answers.close()
            await self._close(context)
            await answers.close()  # what the page asked for while it was going

    async def _context(self, browser: "Browser") -> "BrowserContext":
        context = await browser.new_context(
            user_agent=self._fetch.settings.user_agent,
            viewport={"width": _VIEW_WIDTH, "height": _VIEW_HEIGHT},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            service_workers="block",
            accept_downloads=False,
        )
        if abs(self._ahead) >= _CLOCK_SECONDS:
            await context.add_init_script(_CLOCK % round(self._ahead * 1000))
        return context

    async def _close(self, context: "BrowserContext | None") -> None:
        """Close a context; a browser that does not do so in time is ended."""
        try:
            if context is not None:
                await asyncio.wait_for(context.close(), _CLOSE_SECONDS)
        except Exception:
            await self._chromium.discard()


def _no_page(answer: Fetched) -> str:
    """Why an answer is nothing to be rendered, in Chinese; '' if it is a page."""
    if answer.outcome is not FetchOutcome.OK:
        return answer.detail
    kind = answer.content_type.lower()
    return "" if not kind or any(t in kind for t in _PAGE_TYPES) else f"不是网页（{answer.content_type}）"
