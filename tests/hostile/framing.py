"""Bodies whose length is told wrong, or in a way of its own."""

from tests.hostile.speaking import Handler, answer, page, sends, sends_and_closes

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_CHUNK = b"%x\r\n%b\r\n" % (len(page()), page())

HANDLERS: dict[str, Handler] = {
    "/short": sends_and_closes(answer("200 OK", b"too short", b"Content-Length: 5000")),
    "/long": sends(answer("200 OK", page(), b"Content-Length: 9")),
    "/long-with-answer": sends(answer("200 OK", page()) + answer("404 Not Found", b"planted")),
    "/negative-length": sends_and_closes(answer("200 OK", page(), b"Content-Length: -1")),
    "/length-in-words": sends_and_closes(answer("200 OK", page(), b"Content-Length: many")),
    "/two-lengths": sends_and_closes(answer("200 OK", page(), b"Content-Length: 5", b"Content-Length: 9")),
    "/same-length-twice": sends(answer("200 OK", page(), *[b"Content-Length: %d" % len(page())] * 2)),
    "/length-and-chunks": sends(
        answer("200 OK", _CHUNK + b"0\r\n\r\n", b"Content-Length: 5", b"Transfer-Encoding: chunked")
    ),
    "/one-byte-chunks": sends(_CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in page()) + b"0\r\n\r\n"),
    "/chunks-with-trailers": sends(_CHUNKED + _CHUNK + b"0\r\nX-Sum: 1\r\n\r\n"),
    "/bad-chunk-size": sends_and_closes(_CHUNKED + b"size\r\n" + page() + b"\r\n0\r\n\r\n"),
    "/no-last-chunk": sends_and_closes(_CHUNKED + _CHUNK),
    "/huge-chunk-size": sends_and_closes(_CHUNKED + b"F" * 30 + b"\r\n" + page()),
    "/huge-chunk-head": sends_and_closes(_CHUNKED + b"5;" + b"x" * 200_000 + b"\r\nabcde\r\n0\r\n\r\n"),
    "/http10": sends_and_closes(b"HTTP/1.0 200 OK\r\n\r\n" + page()),
    "/http09": sends_and_closes(page()),
}
