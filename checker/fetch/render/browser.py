"""The browser process: finding it, starting it fenced in, and getting rid of it.

No address reaches the network from in there: names and numbers alike resolve to nothing, and the proxy that everything
would have to pass does not exist. What a page needs is handed in by `render_page`, which asks our own fetcher.
"""

import asyncio
import os
import shutil
from contextlib import suppress
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from checker.address import politeness_host

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
"""Names under which a system has it, in this order; CHECKER_CHROMIUM names another."""

FENCE: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-quic",
)
"""What keeps the browser off the network; a proxy, because the resolver's rules do not cover everything alone."""

_ARGUMENTS = (*FENCE, "--disable-gpu", "--js-flags=--max-old-space-size=512", "--block-new-web-contents")
_PAGES_AT_ONCE = 2
_CLOSE_SECONDS = 5
_START_SECONDS = 30
_KEPT_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "LD_LIBRARY_PATH",
    "FONTCONFIG_PATH",
)


def program() -> str:
    """Path of the Chromium of this machine; '' if there is none."""
    named = os.environ.get("CHECKER_CHROMIUM", "").strip()
    names = (named,) if named else PROGRAMS
    return next((path for name in names if (path := shutil.which(name))), "")


def available() -> str:
    """'' if pages can be rendered here, else in Chinese what is missing and how to get it."""
    if find_spec("playwright") is None:
        return "未安装浏览器组件：pip install '.[browser]'"
    if program():
        return ""
    named = os.environ.get("CHECKER_CHROMIUM", "").strip()
    if named:
        return f"CHECKER_CHROMIUM 指定的浏览器不存在：{named}"
    return "没有找到 Chromium 浏览器：apt-get install chromium，或用环境变量 CHECKER_CHROMIUM 指明其位置"


class Chromium:
    """One browser process for any number of sites; an async context manager. It starts with the first page.

    `place` is where a page waits for its turn: one page at a time for each host, two for the whole process.
    """

    def __init__(self) -> None:
        self._starting = asyncio.Lock()
        self._seats = asyncio.Semaphore(_PAGES_AT_ONCE)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._broken = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def place(self, url: str) -> "_Place":
        """The turn of a page; an async context manager."""
        return _Place(self._hosts.setdefault(politeness_host(url), asyncio.Lock()), self._seats)

    async def browser(self) -> "Browser | str":
        """The running browser, started anew if the last one has ended; else in Chinese why there is none."""
        async with self._starting:
            if self._broken or (self._browser is not None and self._browser.is_connected()):
                return self._broken or self._browser or ""
            await self._end_browser()
            found = await self._launched()
            if isinstance(found, str):  # the driver may have died with the browser: once more with a new one
                found = await self._launched()
            if isinstance(found, str):
                self._broken = found
            else:
                self._browser = found
            return found

    async def discard(self) -> None:
        """End the browser process, because it does not obey any more; the next page gets a new one."""
        async with self._starting:
            await self._end_browser()

    async def close(self) -> None:
        """End the browser and its driver; never raises."""
        async with self._starting:
            await self._end_browser()
            await self._end_playwright()

    async def _launched(self) -> "Browser | str":
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await self._launch()
        except Exception as error:  # of the driver or of the system: there is no browser, whatever it was
            await self._end_playwright()
            words = str(error).strip().partition("\n")[0][:200]
            return f"浏览器无法启动：{words or type(error).__name__}"

    async def _launch(self) -> "Browser":
        from playwright.async_api import async_playwright  # noqa: PLC0415 - an extra

        if self._playwright is None:
            self._playwright = await async_playwright().start()
        return await self._playwright.chromium.launch(
            executable_path=program(),
            args=list(_ARGUMENTS),
            chromium_sandbox=os.geteuid() != 0,  # as root it does not start with its sandbox
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            handle_sigint=False,  # signals are the scan's: it ends between two steps
            handle_sigterm=False,
            handle_sighup=False,
        )

    async def _end_browser(self) -> None:
        browser, self._browser = self._browser, None
        if browser is None:
            return
        try:
            await asyncio.wait_for(browser.close(), _CLOSE_SECONDS)
        except Exception:  # it does not answer: its driver kills it on leaving
            await self._end_playwright()

    async def _end_playwright(self) -> None:
        driver, self._playwright = self._playwright, None
        if driver is not None:
            with suppress(Exception):
                await asyncio.wait_for(driver.stop(), _CLOSE_SECONDS)


class _Place:
    """A host's turn and a seat, taken in this order and given back together."""

    def __init__(self, host: asyncio.Lock, seats: asyncio.Semaphore) -> None:
        self._host = host
        self._seats = seats

    async def __aenter__(self) -> None:
        await self._host.acquire()
        try:
            await self._seats.acquire()
        except BaseException:
            self._host.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seats.release()
        self._host.release()
