"""One request for all who ask for the same thing at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Work under way by what is asked for; those who ask meanwhile get the same answer, or the same exception.

    Who is cancelled leaves the others waiting; when nobody waits any more, the work is cancelled too.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}
        self._waiting: dict[asyncio.Task[T], int] = {}

    def under_way(self, what: Hashable) -> bool:
        """Whether somebody is asking for this already."""
        return what in self._under_way

    async def ask(self, what: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The answer of `work`, which is begun only if the same is not under way."""
        task = self._under_way.get(what)
        if task is None:
            task = self._under_way[what] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._forget(what, done))
        self._waiting[task] = self._waiting.get(task, 0) + 1
        try:
            return await asyncio.shield(task)
        finally:
            await self._leave(what, task)

    async def _leave(self, what: Hashable, task: asyncio.Task[T]) -> None:
        self._waiting[task] -= 1
        if self._waiting[task]:
            return
        del self._waiting[task]
        if not task.done():
            self._forget(what, task)  # who asks from now on must not get an answer that is being cancelled
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # nobody is left to hear it

    def _forget(self, what: Hashable, task: asyncio.Task[T]) -> None:
        if self._under_way.get(what) is task:
            del self._under_way[what]
