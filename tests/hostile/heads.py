"""Status lines and headers that no specification knows."""

from tests.hostile.speaking import Handler, answer, fixed, page, sends, sends_and_closes

GBK_SERVER = "政府网站"
_LENGTH = b"Content-Length: %d\r\n\r\n%b" % (len(page()), page())


def _line(status: bytes) -> Handler:
    return sends_and_closes(status + b"\r\n" + _LENGTH)


def _header(raw: bytes) -> Handler:
    return sends_and_closes(b"HTTP/1.1 200 OK\r\n" + raw + b"\r\n" + _LENGTH)


HANDLERS: dict[str, Handler] = {
    "/garbage": sends_and_closes(b"\x16\x03\x01 \xff\xfe no http at all\r\n\r\n"),
    "/status-000": _line(b"HTTP/1.1 000 Nothing"),
    "/status-99": _line(b"HTTP/1.1 99 Short"),
    "/status-600": _line(b"HTTP/1.1 600 Beyond"),
    "/status-999": _line(b"HTTP/1.1 999 Request denied"),
    "/status-in-words": _line(b"HTTP/1.1 OK"),
    "/no-reason": _line(b"HTTP/1.1 200"),
    "/gbk-reason": _line("HTTP/1.1 404 找不到".encode("gbk")),
    "/http2-line": _line(b"HTTP/2 200"),
    "/empty-lines-first": sends_and_closes(b"\r\n\r\nHTTP/1.1 200 OK\r\n" + _LENGTH),
    "/bare-line-ends": sends_and_closes(answer("200 OK", page()).replace(b"\r\n", b"\n")),
    "/204-with-body": sends_and_closes(answer("204 No Content", page())),
    "/304-unasked": sends(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "/big-header": _header(b"X-Big: " + b"x" * 65_536),
    "/endless-header": _header(b"X-Big: " + b"x" * 1_000_000),
    "/many-headers": _header(b"\r\n".join(b"X-%d: %d" % (n, n) for n in range(10_000))),
    "/folded-header": _header(b"X-Long: one\r\n two"),
    "/nul-in-header": _header(b"X-Nul: a\0b"),
    "/no-colon": _header(b"this is no header"),
    "/space-before-colon": _header(b"Content-Type : text/html"),
    "/gbk-header": fixed("200 OK", page(), b"Server: " + GBK_SERVER.encode("gbk")),
    "/utf8-header": fixed("200 OK", page(), b"Server: " + GBK_SERVER.encode()),
}
