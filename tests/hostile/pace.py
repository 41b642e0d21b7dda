"""Servers that take their time. Nothing sleeps: what hangs waits for an event that is set when the server closes."""

import asyncio

from tests.hostile.speaking import Handler, Request, Server, answer, page, sends, sends_and_hangs


async def _drip(server: Server, _: Request, writer: asyncio.StreamWriter) -> None:
    """A byte again and again for as long as somebody listens: no read timeout, never an end."""
    writer.write(answer("200 OK", b"", b"Content-Length: 100000000"))
    await _again_and_again(server, writer, b".")


async def _early_hints_for_ever(server: Server, _: Request, writer: asyncio.StreamWriter) -> None:
    await _again_and_again(server, writer, b"HTTP/1.1 103 Early Hints\r\n\r\n")


async def _again_and_again(server: Server, writer: asyncio.StreamWriter, piece: bytes) -> None:
    while not server.closing.is_set() and not writer.is_closing():
        writer.write(piece)
        await writer.drain()
        await asyncio.wait([asyncio.ensure_future(server.closing.wait())], timeout=0.01)
    writer.close()


HANDLERS: dict[str, Handler] = {
    "/hang": sends_and_hangs(b""),
    "/slow-head": sends_and_hangs(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht"),
    "/slow": sends_and_hangs(answer("200 OK", b"half", b"Content-Length: 8")),
    "/slow-chunk": sends_and_hangs(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf"),
    "/http10-no-end": sends_and_hangs(b"HTTP/1.0 200 OK\r\n\r\n" + page()),
    "/hang-after-100": sends_and_hangs(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/drip": _drip,
    "/103-for-ever": _early_hints_for_ever,
    "/103-ten": sends(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 10 + answer("200 OK", page())),
}
