"""What every misbehaviour is made of: a request as it came, and answers written byte by byte."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol


class Server(Protocol):
    """What a handler may know of its server."""

    asked: Counter[str]
    closing: asyncio.Event
    head_read: asyncio.Event


class Request:
    """What a client sent: method, path and headers (lower-case names)."""

    def __init__(self, method: str, path: str, headers: dict[str, str]) -> None:
        self.method = method
        self.path = path
        self.headers = headers


Handler = Callable[[Server, Request, asyncio.StreamWriter], Awaitable[None]]


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
    return sends(answer(status, body, *headers))


def to(location: bytes, status: str = "302 Found") -> Handler:
    """A handler that always sends to the same place."""
    return fixed(status, b"", b"Location: " + location)


def sends(raw: bytes) -> Handler:
    """A handler that writes these bytes and keeps the connection."""

    async def handle(_: Server, __: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return handle


def sends_and_closes(raw: bytes) -> Handler:
    """A handler that writes these bytes and ends the connection in a friendly way."""

    async def handle(_: Server, __: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        writer.close()

    return handle


def sends_and_hangs(raw: bytes) -> Handler:
    """A handler that writes these bytes and then nothing until the server ends."""

    async def handle(server: Server, _: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        await server.closing.wait()
        writer.close()

    return handle


def first_then(first: Handler, later: Handler) -> Handler:
    """One answer to the first request for an address, another to all that follow."""

    async def handle(server: Server, request: Request, writer: asyncio.StreamWriter) -> None:
        await (first if server.asked[request.path] == 1 else later)(server, request, writer)

    return handle


def cut(writer: asyncio.StreamWriter) -> None:
    """Send a TCP reset instead of a friendly end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()
