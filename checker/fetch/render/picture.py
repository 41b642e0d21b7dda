"""A picture of an archived page: its body as it was kept, in a browser that loads nothing else and runs no script."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from checker.errors import MachineError
from checker.fetch.render.browser import Chromium, available

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

_SECONDS = 30
_WIDTH, _HEIGHT = 1280, 1024
_MOST_PIXELS = 16_000
"""Height that a picture is cut at; browsers cannot draw higher ones."""


async def picture(url: str, body: bytes, content_type: str) -> bytes:
    """The body of the page at `url` as PNG; pictures and styles of its own are not there. Raises MachineError."""
    missing = available()
    if missing:
        raise MachineError(f"--screenshot: {missing}")
    try:
        async with asyncio.timeout(_SECONDS), Chromium() as chromium:
            browser = await chromium.browser()
            if isinstance(browser, str):
                raise MachineError(f"--screenshot: {browser}")
            return await _taken(browser, url, body, content_type)
    except TimeoutError as error:
        raise MachineError(f"--screenshot: the browser did not draw the page within {_SECONDS} seconds") from error


async def _taken(browser: "Browser", url: str, body: bytes, content_type: str) -> bytes:
    first = [True]

    async def serve(route: "Route") -> None:
        if first and route.request.is_navigation_request():
            first.clear()
            await route.fulfill(status=200, body=body, headers={"content-type": content_type or "text/html"})
        else:
            await route.abort()

    context = await browser.new_context(
        viewport={"width": _WIDTH, "height": _HEIGHT},
        java_script_enabled=False,
        service_workers="block",
        accept_downloads=False,
        locale="zh-CN",
    )
    try:
        page = await context.new_page()
        await context.route("**/*", serve)
        await page.goto(url, wait_until="load")
        height = min(await _height(page), _MOST_PIXELS)
        return await page.screenshot(clip={"x": 0, "y": 0, "width": _WIDTH, "height": height}, full_page=True)
    except Exception as error:  # whatever the driver says: there is no picture
        words = str(error).strip().partition("\n")[0][:200]
        raise MachineError(f"--screenshot: the archived page cannot be drawn ({words})") from error
    finally:
        with suppress(Exception):
            await context.close()


async def _height(page: object) -> int:
    """Height of the whole page; the browser tells without a script."""
    session = await page.context.new_cdp_session(page)  # type: ignore[attr-defined]
    metrics = await session.send("Page.getLayoutMetrics")
    return max(int(metrics["cssContentSize"]["height"]), 1)
