"""A local server that behaves as badly as the real ones: one path, one misbehaviour.

Plain asyncio streams, because no HTTP library would let us misbehave. Ports are chosen by the system. Nothing sleeps:
what hangs waits for an event that is set when the server closes.
"""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

BOMB_SIZE = 64_000_000
HUGE_SIZE = 3_000_000
BINARY = bytes(range(256)) * 4
CHINESE_PATH = "/中文/页面.html"
GBK_SERVER = "政府网站"

Handler = Callable[["Hostile", "Request", asyncio.StreamWriter], Awaitable[None]]


class Request:
    """What a client sent: method, path and headers (lower-case names)."""

    def __init__(self, method: str, path: str, headers: dict[str, str]) -> None:
        self.method = method
        self.path = path
        self.headers = headers


def answer(status: str, body: bytes = b"", *headers: bytes) -> bytes:
    """A whole answer; Content-Length is given unless `headers` say otherwise."""
    lines = [b"HTTP/1.1 " + status.encode(), *headers]
    if not any(h.lower().startswith((b"content-length:", b"transfer-encoding:")) for h in headers):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def page(text: str = "正常页面") -> bytes:
    """A small HTML page."""
    return f"<!doctype html><html><head><title>{text}</title></head><body><p>{text}</p></body></html>".encode()


def fixed(status: str, body: bytes = b"", *headers: bytes) -> Handler:
    """A handler that always gives the same answer."""

    async def handle(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(status, body, *headers))

    return handle


def _cut(writer: asyncio.StreamWriter) -> None:
    """Send a TCP reset instead of a friendly end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


async def _hang(server: "Hostile", _: Request, writer: asyncio.StreamWriter) -> None:
    await server.closing.wait()
    writer.close()


async def _slow(server: "Hostile", _: Request, writer: asyncio.StreamWriter) -> None:
    """Half of the body at once, the rest never: data flows, but the end does not come."""
    writer.write(answer("200 OK", b"half", b"Content-Length: 8"))
    await writer.drain()
    await server.closing.wait()
    writer.close()


async def _drip(server: "Hostile", _: Request, writer: asyncio.StreamWriter) -> None:
    """A byte again and again for as long as somebody listens: no read timeout, never an end."""
    writer.write(answer("200 OK", b"", b"Content-Length: 100000000"))
    while not server.closing.is_set() and not writer.is_closing():
        writer.write(b".")
        await writer.drain()
        await asyncio.wait([asyncio.ensure_future(server.closing.wait())], timeout=0.01)
    writer.close()


async def _reset_mid_body(server: "Hostile", _: Request, writer: asyncio.StreamWriter) -> None:
    """Cut once the client has read the head: a reset throws away what is still on its way."""
    server.head_read.clear()
    writer.write(answer("200 OK", b"the first half", b"Content-Length: 100000"))
    await writer.drain()
    await server.head_read.wait()
    _cut(writer)


async def _reset(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    _cut(writer)


async def _half_close(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    """No length and no further keep-alive: the end of the body is the end of what we send."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + page())
    writer.write_eof()


async def _short(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("200 OK", b"too short", b"Content-Length: 5000"))
    writer.close()


async def _empty(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _garbage(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 \xff\xfe no http at all\r\n\r\n")
    writer.close()


async def _one_byte_chunks(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write(b"".join(b"1\r\n%c\r\n" % byte for byte in page()) + b"0\r\n\r\n")


async def _chain(_: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    number = int(request.path.rpartition("/")[2])
    writer.write(answer("302 Found", b"", b"Location: /chain/%d" % (number - 1)) if number else answer("200 OK"))


async def _cookie_wall(_: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    if "seen=1" in request.headers.get("cookie", ""):
        writer.write(answer("200 OK", page()))
    else:
        writer.write(answer("302 Found", b"", b"Set-Cookie: seen=1; Path=/", b"Location: /cookie-wall"))


async def _cookie_trap(server: "Hostile", _: Request, writer: asyncio.StreamWriter) -> None:
    number = server.asked["/cookie-trap"]
    writer.write(answer("302 Found", b"", b"Set-Cookie: n=%d" % number, b"Location: /cookie-trap"))


async def _flaky_once(server: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    if server.asked[request.path] == 1:
        _cut(writer)
    else:
        writer.write(answer("200 OK", page()))


async def _busy_once(server: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    if server.asked[request.path] == 1:
        writer.write(answer("503 Busy", b"", b"Retry-After: 7"))
    else:
        writer.write(answer("200 OK", page()))


async def _down_once(server: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("500 Oops" if server.asked[request.path] == 1 else "200 OK"))


async def _show_host(_: "Hostile", request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("200 OK", request.headers["host"].encode()))


async def _show_port(_: "Hostile", __: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("200 OK", str(writer.get_extra_info("peername")[1]).encode()))


def _deflated(window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(page()) + packer.flush()


_RUISHU = b"""<!DOCTYPE html><html><head><meta id="x" content="abc" r='m'><script r='m'>
$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd="qEr";</script></head><body></body></html>"""
_JSL = b"<script>document.cookie=('_')+('_')+('j')+('s');location.href=location.pathname+location.search</script>"

HANDLERS: dict[str, Handler] = {
    "/ok": fixed("200 OK", page(), b"Content-Type: text/html; charset=utf-8"),
    "/hang": _hang,
    "/slow": _slow,
    "/drip": _drip,
    "/reset": _reset,
    "/reset-mid-body": _reset_mid_body,
    "/half-close": _half_close,
    "/short": _short,
    "/empty": _empty,
    "/garbage": _garbage,
    "/one-byte-chunks": _one_byte_chunks,
    "/loop-a": fixed("302 Found", b"", b"Location: /loop-b"),
    "/loop-b": fixed("302 Found", b"", b"Location: /loop-a"),
    "/to-ok": fixed("301 Moved", b"moved", b"Location: ok#part"),
    "/to-chinese": fixed("302 Found", b"", b"Location: " + CHINESE_PATH.encode()),
    "/to-gbk": fixed("302 Found", b"", b"Location: " + CHINESE_PATH.encode("gbk")),
    "/to-nowhere": fixed("302 Found", b"", b"Location: http://[bad"),
    "/to-script": fixed("302 Found", b"", b"Location: javascript:history.back()"),
    "/no-location": fixed("302 Found"),
    "/validator": fixed("307 Check", b"", b"Location: /GE/CC/VALIDATOR?back=1"),
    "/bomb": fixed("200 OK", gzip.compress(bytes(BOMB_SIZE), 9), b"Content-Encoding: gzip"),
    "/gzip": fixed("200 OK", gzip.compress(page()), b"Content-Encoding: gzip"),
    "/gzip-members": fixed(
        "200 OK", gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0", b"Content-Encoding: gzip"
    ),
    "/gzip-cut": fixed("200 OK", gzip.compress(page())[:-12], b"Content-Encoding: gzip"),
    "/gzip-lie": fixed("200 OK", page(), b"Content-Encoding: gzip"),
    "/gzip-nothing": fixed("200 OK", b"", b"Content-Encoding: gzip"),
    "/deflate": fixed("200 OK", _deflated(zlib.MAX_WBITS), b"Content-Encoding: deflate"),
    "/deflate-bare": fixed("200 OK", _deflated(-zlib.MAX_WBITS), b"Content-Encoding: deflate"),
    "/unknown-encoding": fixed("200 OK", page(), b"Content-Encoding: br"),
    "/huge": fixed("200 OK", b"x" * HUGE_SIZE),
    "/huge-404": fixed("404 Not Found", b"x" * HUGE_SIZE),
    "/binary": fixed("200 OK", BINARY, b"Content-Type: application/octet-stream"),
    "/nothing": fixed("200 OK"),
    "/gbk-header": fixed("200 OK", page(), b"Server: " + GBK_SERVER.encode("gbk")),
    "/400": fixed("400 Bad Request"),
    "/401": fixed("401 Unauthorized"),
    "/403": fixed("403 Forbidden"),
    "/404": fixed("404 Not Found", page("没有")),
    "/405": fixed("405 Method Not Allowed"),
    "/410": fixed("410 Gone"),
    "/429": fixed("429 Too Many"),
    "/429-later": fixed("429 Too Many", b"", b"Retry-After: 600"),
    "/500": fixed("500 Oops"),
    "/503-later": fixed("503 Busy", b"", b"Retry-After: 7"),
    "/busy-once": _busy_once,
    "/412-ruishu": fixed("412 Precondition Failed", _RUISHU),
    "/202-ruishu": fixed("202 Accepted", _RUISHU),
    "/200-ruishu": fixed("200 OK", _RUISHU),
    "/200-ruishu-passed": fixed("200 OK", _RUISHU.replace(b"<body>", b"<body>" + page("新闻" * 60))),
    "/412": fixed("412 Precondition Failed"),
    "/521": fixed("521 ", _JSL, b"Set-Cookie: __jsluid_s=1"),
    "/521-bare": fixed("521 "),
    "/geo": fixed("200 OK", b"<p>reason:GeoBL</p>"),
    "/flaky-once": _flaky_once,
    "/down-once": _down_once,
    "/cookie-wall": _cookie_wall,
    "/cookie-trap": _cookie_trap,
    "/host": _show_host,
    "/port": _show_port,
}


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
            await _chain(self, request, writer)
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
