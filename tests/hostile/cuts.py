"""Servers that end the connection at the wrong moment."""

import asyncio

from tests.hostile.speaking import Handler, Request, Server, answer, cut, first_then, fixed, page, sends_and_closes


async def _reset(_: Server, __: Request, writer: asyncio.StreamWriter) -> None:
    cut(writer)


async def _reset_mid_body(server: Server, _: Request, writer: asyncio.StreamWriter) -> None:
    """Cut once the client has read the head: a reset throws away what is still on its way."""
    server.head_read.clear()
    writer.write(answer("200 OK", b"the first half", b"Content-Length: 100000"))
    await writer.drain()
    await server.head_read.wait()
    cut(writer)


async def _half_close(_: Server, __: Request, writer: asyncio.StreamWriter) -> None:
    """No length and no further keep-alive: the end of the body is the end of what we send."""
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + page())
    writer.write_eof()


HANDLERS: dict[str, Handler] = {
    "/reset": _reset,
    "/reset-mid-body": _reset_mid_body,
    "/half-close": _half_close,
    "/empty": sends_and_closes(b""),
    "/close-mid-head": sends_and_closes(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "/close-after-head": sends_and_closes(answer("200 OK", b"", b"Content-Length: 100")),
    "/close-mid-chunk": sends_and_closes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf"),
    "/flaky-once": first_then(_reset, fixed("200 OK", page())),
    "/down-once": first_then(fixed("500 Oops"), fixed("200 OK")),
}
