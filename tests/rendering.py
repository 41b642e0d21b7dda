"""A loopback server for pages that scripts build: answers by path, and remembers whatever reached it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import pytest

from checker.fetch import ConnectTo, Fetcher, FetchSettings
from checker.fetch.render import available
from tests.fetching import no_wait

HOST = "www.sample.gov.cn"
HOME = f"http://{HOST}"

needs_browser = pytest.mark.skipif(bool(available()), reason=f"no browser to render with: {available()}")

Body = str | bytes | Callable[["Asked"], Awaitable[str]]


class Asked:
    """One request as it arrived: method, host, path with query, headers (lower-case names) and body."""

    def __init__(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ", 2)
        pairs = (line.split(":", 1) for line in lines if ":" in line)
        self.headers = {name.lower(): value.strip() for name, value in pairs}
        self.host = self.headers.get("host", "")
        self.body = b""

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path}"


class Pages:
    """The server, as an async context manager.

    `pages` maps a path (with its query, else without) to a body, which may be a coroutine function of the request;
    `307 ADDRESS` is a redirect, what is not there a 404. `/robots.txt` is `robots`. `asked` are all requests but those
    for robots.txt; `strangers` are connections without a request and datagrams.
    """

    def __init__(self, pages: dict[str, Body], robots: str = "") -> None:
        self.pages = pages
        self.robots = robots
        self.asked: list[Asked] = []
        self.strangers: list[str] = []
        self.stranger_came = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._strange), local_addr=("127.0.0.1", self.port)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._datagrams.close()
        self._server.close()
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _strange(self, what: str) -> None:
        self.strangers.append(what)
        self.stranger_came.set()

    def fetcher(self, **changes: object) -> Fetcher:
        """A fetcher that is sent here whatever host it asks for, without pauses."""
        return Fetcher(self.settings(**changes), sleep=no_wait)

    def settings(self, **changes: object) -> FetchSettings:
        """The settings of such a fetcher."""
        here = (ConnectTo.parse(f"::127.0.0.1:{self.port}"),)
        return FetchSettings(interval=0, concurrency=50, connect_to=here, **changes)  # type: ignore[arg-type]

    def came(self) -> list[str]:
        """All requests that arrived, in order: method, host and path."""
        return [str(one) for one in self.asked]

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = True
        try:
            while True:
                request = Asked(await reader.readuntil(b"\r\n\r\n"))
                first = False
                request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))
                writer.write(await self._answer(request))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            if first:
                self._strange(f"connection without a request: {type(error).__name__}")
        finally:
            writer.close()

    async def _answer(self, request: Asked) -> bytes:
        if request.path == "/robots.txt":
            return _whole("200 OK", "text/plain", self.robots.encode())
        self.asked.append(request)
        plain = request.path.partition("?")[0]
        body = self.pages.get(request.path, self.pages.get(plain))
        if body is None:
            return _whole("404 Not Found", "text/html", b"<p>404</p>")
        if callable(body):
            body = await body(request)
        if isinstance(body, str) and (found := re.fullmatch(r"(30\d) (\S+)", body)):
            return f"HTTP/1.1 {found[1]} Moved\r\nLocation: {found[2]}\r\nContent-Length: 0\r\n\r\n".encode()
        return _whole("200 OK", _type_of(plain), body.encode() if isinstance(body, str) else body)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._tell(f"datagram of {len(data)} bytes")


def _type_of(path: str) -> str:
    if path.endswith(".js"):
        return "application/javascript"
    return "application/json" if path.startswith("/api/") else "text/html"


def _whole(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
