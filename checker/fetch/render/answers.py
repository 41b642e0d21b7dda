"""What one page in the browser asks for, answered by our own fetcher within the page's bounds."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from checker.fetch.answer import Fetched
from checker.fetch.client import Fetcher
from checker.fetch.engine import Payload
from checker.fetch.render.policy import Wish, is_own, same_call
from checker.fetch.render.settings import RenderSettings
from checker.model.results import FetchOutcome

_READ = {FetchOutcome.OK, FetchOutcome.HTTP_4XX, FetchOutcome.SOFT_404}
"""Outcomes after which a reader sees what we see: with any other, his browser may get what we did not."""

_BEYOND_SECONDS = 10
"""A request may outlive its page, with which it is ended: else chance decides which of the two bounds is told."""

_MOST_NOTES = 10
_MOST_PROBLEMS = 3
_KEPT_SCRIPTS = 20_000_000


class Scripts:
    """Scripts from files, kept for the next pages of the site up to a number of bytes: none is asked for twice."""

    def __init__(self) -> None:
        self._known: dict[str, Fetched] = {}
        self._room = _KEPT_SCRIPTS

    def get(self, url: str) -> Fetched | None:
        """The answer for a script that an earlier page needed."""
        return self._known.get(url)

    def keep(self, url: str, answer: Fetched) -> None:
        """Keep an answer if it is one and there is room."""
        if answer.outcome is FetchOutcome.OK and len(answer.body) <= self._room:
            self._known[url] = answer
            self._room -= len(answer.body)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site may be asked; holds for the page's own owner, everybody else gets the usual manners."""

    home: str
    rate: float | None = None
    robots: bool = True


@dataclass(slots=True)
class Answers:
    """Asks for one page and counts; `Rendered` says what the numbers mean. `close` when the page is done."""

    fetch: Fetcher
    settings: RenderSettings
    manners: Manners
    scripts: Scripts
    requests: int = 0
    blocked: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _received: int = 0
    _under_way: int = 0
    last: float = field(default_factory=time.monotonic)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _known: dict[tuple[str, str, bytes], asyncio.Task[Fetched | None]] = field(default_factory=dict)
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def problem(self) -> str:
        """What went wrong so far, in Chinese; '' if nothing."""
        return "；".join(self.problems[:_MOST_PROBLEMS])

    def trouble(self, words: str) -> None:
        """Note something that leaves the page unfinished; said once."""
        if words not in self.problems:
            self.problems.append(words)

    def refuse(self, wish: Wish, reason: str) -> None:
        """Count a request that is not made."""
        self.blocked += 1
        self._note(wish, reason)

    async def ask(self, wish: Wish, payload: Payload) -> tuple[Fetched | None, bool]:
        """The answer to a request of the page, and whether it is news to it; None where a bound forbids to ask.

        The same call for data is made once: a page that asks again and again gets the answer it has had.
        """
        if wish.kind == "document":
            return await self._limited(wish, payload), True
        known = self.scripts.get(wish.url) if wish.kind == "script" else None
        if known is not None:
            return known, True
        key = same_call(payload.method, wish.url, payload.body)
        new = key not in self._known
        if new:
            self._known[key] = self.start(self._limited(wish, payload))
        return await asyncio.shield(self._known[key]), new

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something that must not outlive the page."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def close(self) -> None:
        """Stop whatever is still being asked."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def touch(self) -> None:
        """Something has moved: the quiet time begins anew."""
        self.last = time.monotonic()
        self._changed.set()

    async def quiet(self) -> float:
        """Wait until nothing has been under way for the quiet time; no bound of its own. When it last was: `last`."""
        while True:
            self._changed.clear()
            rest = self.last + self.settings.quiet_seconds - time.monotonic()
            if not self._under_way and rest <= 0:
                return self.last
            try:
                async with asyncio.timeout(None if self._under_way else rest):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _limited(self, wish: Wish, payload: Payload) -> Fetched | None:
        bound = self._bound()
        if bound:
            self.blocked += bound not in self.problems  # how often it was met is a matter of chance
            self.trouble(bound)
            return None
        self.requests += 1
        with self.moving():
            answer = await self._get(wish, payload)
        self._received += len(answer.body)
        self._judge(wish, answer)
        if wish.kind == "script":
            self.scripts.keep(wish.url, answer)
        return answer

    def _bound(self) -> str:
        if self.requests >= self.settings.requests:
            return f"超过每页{self.settings.requests}次请求的上限，页面可能不完整"
        if self._received >= self.settings.received_bytes:
            return f"超过每页{self.settings.received_bytes // 1_000_000}兆字节的接收上限，页面可能不完整"
        return ""

    async def _get(self, wish: Wish, payload: Payload) -> Fetched:
        own = is_own(wish.url, self.manners.home)
        return await self.fetch.send(
            wish.url,
            payload,
            max_bytes=self.settings.body_bytes,
            total_seconds=self.settings.seconds + _BEYOND_SECONDS,
            rate=self.manners.rate if own else None,
            robots=self.manners.robots or not own,
        )

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Something is under way inside: it is not quiet before its end."""
        self._under_way += 1
        self.touch()
        try:
            yield
        finally:
            self._under_way -= 1
            self.touch()

    def _judge(self, wish: Wish, answer: Fetched) -> None:
        """A failure is told; where a reader might have got an answer it counts, and from the owner it matters."""
        if answer.outcome is FetchOutcome.OK:
            return
        self._note(wish, answer.detail)
        if answer.outcome not in _READ:
            self.blocked += 1
        if wish.top:
            self.trouble(f"脚本跳转到的页面未能读取（{answer.detail}）：{wish.url}")
        elif answer.outcome not in _READ and is_own(wish.url, self.manners.home):
            self.trouble(f"页面所需的内容未能读取（{answer.detail}）：{wish.url}")

    def _note(self, wish: Wish, reason: str) -> None:
        words = f"{reason}：{wish.url}"
        if len(self.notes) < _MOST_NOTES and words not in self.notes:
            self.notes.append(words)
