"""The server itself. Plain asyncio streams, because no HTTP library would let us misbehave."""

import asyncio
import socket
import ssl
from collections import Counter
from types import TracebackType
from typing import Self

from tests.hostile import contents, cuts, framing, heads, pace, packing, redirects, walls
from tests.hostile.speaking import Handler, Request, answer, fixed, page

KINDS = (contents, pace, cuts, framing, heads, redirects, packing, walls)
HANDLERS: dict[str, Handler] = {path: handler for kind in KINDS for path, handler in kind.HANDLERS.items()}


class Hostile:
    """The server, as an async context manager; `asked` counts requests by path, `port` is where it listens.

    `robots` is its robots.txt (a whole answer), None = 404. `head_read` is set by a test's transport when it has read
    the head of an answer; only /reset-mid-body waits for it.
    """

    def __init__(self, robots: bytes | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.closing = asyncio.Event()
        self.head_read = asyncio.Event()
        self.robots = robots
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        assert self._server is not None
        self.closing.set()
        self.head_read.set()
        self._server.close()
        await asyncio.gather(*self._running, return_exceptions=True)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path on this server."""
        return f"http://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        closing = asyncio.ensure_future(self.closing.wait())
        try:
            while not writer.is_closing():
                head = asyncio.ensure_future(_head(reader))
                await asyncio.wait([head, closing], return_when=asyncio.FIRST_COMPLETED)
                if not head.done():
                    head.cancel()
                    break
                await self._answer(_parsed(head.result()), writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            closing.cancel()
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        path = request.path.partition("?")[0]
        self.asked[request.path] += 1
        if path == "/robots.txt":
            writer.write(self.robots or answer("404 Not Found"))
        elif path.startswith("/chain/"):
            await redirects.chain(self, request, writer)
        else:
            await HANDLERS.get(path, fixed("200 OK", page()))(self, request, writer)
        if not writer.is_closing():
            await writer.drain()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The head of a request; a TLS greeting on a port without TLS counts as a request for an error page."""
    first = await reader.readexactly(1)
    if first == b"\x16":
        return b"GET /400 HTTP/1.1\r\n\r\n"
    return first + await reader.readuntil(b"\r\n\r\n")


def _parsed(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Request(method, path, {name.lower(): value.strip() for name, value in pairs})


def free_port() -> int:
    """A port of this machine on which nobody listens, for connections that must be refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
