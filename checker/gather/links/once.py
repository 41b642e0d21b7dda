"""What is asked once for all that want it, in one process."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Answers by key: whoever comes first asks, the others wait for his answer or find it."""

    def __init__(self) -> None:
        self._found: dict[K, asyncio.Future[V]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def has(self, key: K) -> bool:
        """Whether somebody has asked or is asking."""
        return key in self._found

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """The answer for `key`. If the one who asks is stopped, one of those who wait asks anew."""
        while True:
            waiting = self._found.get(key)
            if waiting is None:
                return await self._ask(key, ask)
            try:
                return await asyncio.shield(waiting)
            except asyncio.CancelledError:
                if not waiting.cancelled() or self._stopped():
                    raise

    async def _ask(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        mine: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._found[key] = mine
        try:
            found = await ask()
        except BaseException:
            del self._found[key]
            mine.cancel()
            raise
        mine.set_result(found)
        return found

    @staticmethod
    def _stopped() -> bool:
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
