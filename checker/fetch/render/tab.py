"""One page in one tab: hands it what it asks for, waits until it is built, and takes its text."""

import asyncio
import json
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Literal

from checker.address import normalise
from checker.fetch.answer import Fetched
from checker.fetch.engine import Payload
from checker.fetch.render.answers import Answers
from checker.fetch.render.policy import Fate, Wish, carried, decide, is_own, labelled
from checker.model.results import FetchOutcome

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page, Request, Route

_MOST_MOVES = 5
_LAST_LOOK_SECONDS = 2
_HANDED_ON = ("content-security-policy", "x-content-type-options", "x-frame-options")
_WORLD = "checker"
_LEFT = "aborted"
"""How the browser is told that a request is not made: for a document it then stays where it is."""

_NOT_SHOWN = {FetchOutcome.ROBOTS, FetchOutcome.CHALLENGE}
"""Answers that are not handed over; a script that tests the browser is never run."""


_TAKE = """
(() => {
  const limit = %d;
  const inside = (root, inner, depth) => {
    const put = new Map();
    if (depth < 3) root.querySelectorAll('iframe').forEach((frame, i) => {
      let page = null;
      try { page = frame.contentDocument; } catch (e) { return; }
      if (!page || !page.body || !page.body.childNodes.length || !frame.getClientRects().length) return;
      frame.setAttribute('data-checker-frame', i);
      put.set(String(i), [frame, page.baseURI, inside(page.body, true, depth + 1)]);
    });
    const raw = inner ? root.innerHTML : root.outerHTML;
    if (!put.size) return raw;
    const inert = new DOMParser().parseFromString(raw, 'text/html');
    put.forEach(([frame, base, text], i) => {
      frame.removeAttribute('data-checker-frame');
      const place = inert.querySelector(`iframe[data-checker-frame="${i}"]`);
      if (!place) return;
      const box = inert.createElement('div');
      box.setAttribute('data-frame', base);
      box.innerHTML = text;
      for (const name of ['href', 'src']) box.querySelectorAll(`[${name}]`).forEach(element => {
        try { element.setAttribute(name, new URL(element.getAttribute(name), base).href); } catch (e) { }
      });
      place.replaceWith(box);
    });
    return inner ? inert.body.innerHTML : inert.documentElement.outerHTML;
  };
  const root = document.documentElement;
  const text = root ? inside(root, false, 0) : '';
  return [document.readyState, text.length, (document.doctype ? '<!doctype html>' : '') + text.slice(0, limit)];
})()
"""
"""The text of the document as it stands, with what frames of the same origin show in the place of the frames.

Runs beside the page's own scripts, not among them: what they have done to the language's own objects does not matter.
"""


class Tab:
    """Reads one page; `first` is the answer with which it begins. Made for one use."""

    def __init__(self, page: "Page", session: "CDPSession", answers: Answers, first: Fetched) -> None:
        self._page = page
        self._session = session
        self._answers = answers
        self._settings = answers.settings
        self._first: Fetched | None = first
        self._home = first.final_url
        self._waiting: dict[str, Fetched] = {}
        self._moves = 0
        self._gone = ""
        page.on("crash", lambda _: self._lose("页面使浏览器标签崩溃"))
        page.on("close", lambda _: self._lose("浏览器意外退出"))

    async def read(self, address: str) -> bytes:
        """The page at `address` once it is built, as UTF-8; what hindered it is told to the answers."""
        task = asyncio.ensure_future(self._build(address))
        done, _ = await asyncio.wait({task}, timeout=self._settings.seconds)
        try:
            if done:
                return task.result()
            self._answers.trouble(f"超过每页{self._settings.seconds:g}秒的上限，页面可能不完整")
            return await self._last_look()
        except _Stuck:
            self._answers.trouble(f"页面脚本超过{self._settings.stuck_seconds:g}秒不让出控制，已终止")
            return await self._last_look()
        except Exception as error:  # whatever the driver says: this page could not be read
            words = str(error).strip().partition("\n")[0][:200]
            self._answers.trouble(self._gone or f"浏览器无法打开页面：{words or type(error).__name__}")
            return b""
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def address(self) -> str:
        """Where the page is now; the address it began with if it went nowhere."""
        here = normalise(self._page.url)
        return here if here is not None and is_own(here, self._home) else self._home

    async def serve(self, route: "Route") -> None:
        """Answer one request of the browser; the handler of all its requests."""
        task = self._answers.start(self._serve(route))
        await asyncio.wait({task})
        if task.cancelled() or not task.result():
            raise asyncio.CancelledError  # a tab that has gone cannot be told, and the driver would wait for it forever

    def _lose(self, words: str) -> None:
        self._gone = self._gone or words
        self._answers.touch()

    async def _build(self, address: str) -> bytes:
        with suppress(Exception):  # a page that goes elsewhere at once is waited for below, like any other
            await self._page.goto(address, wait_until="commit", timeout=self._settings.seconds * 1000)
        while True:
            quiet_since = await self._answers.quiet()
            if self._gone or self._first is not None:
                raise ConnectionError(self._gone or "页面没有打开")
            try:
                state, text = await asyncio.wait_for(self._take(), self._settings.stuck_seconds)
            except TimeoutError:
                raise _Stuck from None
            except Exception:
                if self._gone or self._page.is_closed():
                    raise
                state, text = "loading", b""  # it was on its way to another address
            if state != "loading" and quiet_since == self._answers.last:
                return text
            self._answers.touch()

    async def _last_look(self) -> bytes:
        """What there is of a page that is not done: its scripts are stopped first."""
        with suppress(Exception):  # a timer may start the same script again before we get in
            async with asyncio.timeout(_LAST_LOOK_SECONDS):
                await self._session.send("Runtime.terminateExecution")
                return (await self._take())[1]
        return b""

    async def _take(self) -> tuple[str, bytes]:
        """The document's state and text."""
        session = self._session  # opened before the page: a busy page lets nobody in
        tree = await session.send("Page.getFrameTree")
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": _WORLD}
        world = await session.send("Page.createIsolatedWorld", frame)
        asked = {
            "expression": _TAKE % self._settings.html_bytes,
            "contextId": world["executionContextId"],
            "returnByValue": True,
        }
        found = await session.send("Runtime.evaluate", asked)
        state, length, text = found["result"]["value"]
        whole = str(text).encode("utf-8", "replace")
        if length > self._settings.html_bytes or len(whole) > self._settings.html_bytes:
            self._answers.trouble(f"页面超过{self._settings.html_bytes // 1_000_000}兆字节的上限，只读取了开头部分")
        return str(state), whole[: self._settings.html_bytes]

    async def _serve(self, route: "Route") -> bool:
        """Whether the browser could be told what becomes of its request."""
        try:
            wish = self._wish(route.request)
            fate, reason = (Fate.DROP, "") if wish is None else decide(wish)
            if wish is not None and fate is Fate.ASK:
                await self._ask(route, wish)
            elif fate is Fate.EMPTY:
                await route.fulfill(status=200, content_type="text/css", body="")
            else:
                if wish is not None:
                    self._turn_down(wish, fate, reason)
                await route.abort(_LEFT)
        except Exception as error:
            if not type(error).__module__.startswith("playwright"):  # those say that tab or request have gone
                self._answers.trouble(f"页面的请求处理出错：{type(error).__name__}")
            return False
        return True

    def _wish(self, request: "Request") -> Wish | None:
        """What the browser wants; None if it is not for this page (a pop-up, a tab that is being made)."""
        try:
            frame = request.frame
        except Exception:  # a window that is only being made has none yet
            return None
        if frame.page != self._page:
            return None
        top = request.is_navigation_request() and frame.parent_frame is None
        size = len(request.post_data_buffer or b"")
        return Wish(request.resource_type, request.method, request.url, self._home, top, size)

    def _turn_down(self, wish: Wish, fate: Fate, reason: str) -> None:
        if fate is Fate.REFUSE:
            self._answers.refuse(wish, reason)
            if wish.top:
                self._answers.trouble(f"{reason}：{wish.url}")

    async def _ask(self, route: "Route", wish: Wish) -> None:
        answer, new = await self._answer(route.request, wish)
        if answer is None or not answer.status or answer.outcome in _NOT_SHOWN:
            await route.abort(_LEFT)
            return
        if wish.kind == "document" and answer.hops and answer.final_url != normalise(wish.url):
            await self._lead_on(route, wish, answer)
            return
        kind = labelled(answer.content_type, answer.body) if wish.kind == "document" else answer.content_type
        headers = {name: answer.headers[name] for name in _HANDED_ON if name in answer.headers}
        if kind:
            headers["content-type"] = kind
        with self._answers.moving() if new else nullcontext():  # what it has had already does not keep it busy
            await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _answer(self, request: "Request", wish: Wish) -> tuple[Fetched | None, bool]:
        """The answer, and whether it is news to the page."""
        if wish.top:
            if self._first is not None:
                first, self._first = self._first, None
                return first, True
            waiting = self._waiting.pop(normalise(wish.url) or "", None)
            if waiting is not None:
                return waiting, True
            self._moves += 1
            if self._moves > _MOST_MOVES:
                self._answers.refuse(wish, "页面脚本反复跳转")
                self._answers.trouble("页面脚本反复跳转")
                return None, True
        method: Literal["GET", "POST"] = "POST" if wish.method == "POST" else "GET"
        if wish.kind not in {"xhr", "fetch"}:
            return await self._answers.ask(wish, Payload())
        return await self._answers.ask(wish, Payload(method, carried(request.headers), request.post_data_buffer or b""))

    async def _lead_on(self, route: "Route", wish: Wish, answer: Fetched) -> None:
        """A redirected document: the browser must know where it is, and it cannot be told by a redirect of ours."""
        final = answer.final_url
        if not is_own(final, self._home):
            self._turn_down(Wish(wish.kind, wish.method, final, wish.home, wish.top), Fate.REFUSE, "跳转到站外")
            await route.abort(_LEFT)
            return
        self._waiting[final] = answer
        target = json.dumps(final).replace("<", "\\u003c")
        await route.fulfill(
            status=200, content_type="text/html; charset=utf-8", body=f"<script>location.replace({target})</script>"
        )
        self._answers.touch()


class _Stuck(Exception):
    """A script keeps the page from answering."""


async def open_tab(context: "BrowserContext", answers: Answers, first: Fetched) -> Tab:
    """A tab in which nothing but our own answers arrives. Pop-ups are closed, dialogs dismissed."""
    page = await context.new_page()
    tab = Tab(page, await context.new_cdp_session(page), answers, first)
    await context.route("**/*", tab.serve)
    context.on("page", _close_at_once)
    return tab


async def _close_at_once(page: Any) -> None:
    with suppress(Exception):
        await page.close()
