"""Bodies that are packed wrongly, or far larger than they look."""

import gzip
import zlib

from tests.hostile.speaking import Handler, fixed, page, sends

BOMB_SIZE = 64_000_000
HUGE_SIZE = 3_000_000
BINARY = bytes(range(256)) * 4
_GZIP = b"Content-Encoding: gzip"
_CHUNKS = (b"%x\r\n%b\r\n" % (100_000, b"x" * 100_000)) * (HUGE_SIZE // 100_000) + b"0\r\n\r\n"


def _deflated(window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(page()) + packer.flush()


HANDLERS: dict[str, Handler] = {
    "/gzip": fixed("200 OK", gzip.compress(page()), _GZIP),
    "/gzip-members": fixed("200 OK", gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0", _GZIP),
    "/gzip-and-rubbish": fixed("200 OK", gzip.compress(page()) + b"<!-- 0.01 s -->", _GZIP),
    "/gzip-twice": fixed("200 OK", gzip.compress(gzip.compress(page())), b"Content-Encoding: gzip, gzip"),
    "/gzip-twice-untold": fixed("200 OK", gzip.compress(gzip.compress(page())), _GZIP),
    "/gzip-cut": fixed("200 OK", gzip.compress(page())[:-12], _GZIP),
    "/gzip-lie": fixed("200 OK", page(), _GZIP),
    "/gzip-untold": fixed("200 OK", gzip.compress(page())),
    "/gzip-nothing": fixed("200 OK", b"", _GZIP),
    "/deflate": fixed("200 OK", _deflated(zlib.MAX_WBITS), b"Content-Encoding: deflate"),
    "/deflate-bare": fixed("200 OK", _deflated(-zlib.MAX_WBITS), b"Content-Encoding: deflate"),
    "/encoding-utf8": fixed("200 OK", page(), b"Content-Encoding: UTF-8"),
    "/unknown-encoding": fixed("200 OK", page(), b"Content-Encoding: br"),
    "/bomb": fixed("200 OK", gzip.compress(bytes(BOMB_SIZE), 9), _GZIP),
    "/bomb-in-members": fixed("200 OK", gzip.compress(bytes(100_000), 9) * 200, _GZIP),
    "/members-of-nothing": fixed("200 OK", gzip.compress(b"") * 150_000, _GZIP),
    "/huge": fixed("200 OK", b"x" * HUGE_SIZE),
    "/huge-untold": sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _CHUNKS),
    "/huge-404": fixed("404 Not Found", b"x" * HUGE_SIZE),
    "/binary": fixed("200 OK", BINARY, b"Content-Type: application/octet-stream"),
    "/nothing": fixed("200 OK"),
}
