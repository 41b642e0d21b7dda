"""Pages that arrive whole and lie about what they are."""

from tests.hostile.speaking import Handler, answer, fixed, page, sends_and_closes

_HTML = b"Content-Type: text/html; charset=utf-8"
_IN_SCRIPT = b"""<script>/* <a href="/404-in-comment">old</a> */ // <a href="/404-in-line">older</a>
var s = '<a href="/404-in-text">x</a>';</script><!-- <a href="/404-in-note">y</a> --><a href="/ok">real</a>"""
_UTF7 = b"<html><head><meta charset=utf-7></head><body>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</body></html>"
_DEEP = b"<div>" * 100_000 + b'<a href="/ok">deep</a>'

HANDLERS: dict[str, Handler] = {
    "/ok": fixed("200 OK", page(), _HTML),
    "/says-image": fixed("200 OK", page(), b"Content-Type: image/jpeg"),
    "/says-nothing": fixed("200 OK", page(), b"Content-Type:"),
    "/says-two-things": fixed("200 OK", page(), b"Content-Type: text/plain", b"Content-Type: text/html"),
    "/says-gbk": fixed("200 OK", page(), b"Content-Type: text/html; charset=gbk"),
    "/charset-unknown": fixed("200 OK", page(), b"Content-Type: text/html; charset=\x1b[31mred"),
    "/two-marks": fixed("200 OK", b"\xef\xbb\xbf\xef\xbb\xbf\xff\xfe" + page(), _HTML),
    "/utf16": fixed("200 OK", page().decode().encode("utf-16"), _HTML),
    "/utf7": fixed("200 OK", _UTF7),
    "/nul-bytes": fixed("200 OK", b"\0" * 50 + page() + b"\0" * 50, _HTML),
    "/refresh-self": fixed("200 OK", b'<meta http-equiv="refresh" content="0;url=/refresh-self">', _HTML),
    "/link-in-script": fixed("200 OK", _IN_SCRIPT, _HTML),
    "/deep": fixed("200 OK", _DEEP, _HTML),
    "/huge-attribute": fixed("200 OK", b'<a href="/ok" title="' + b"x" * 900_000 + b'">a</a>', _HTML),
    "/many-attributes": fixed("200 OK", b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">b</p>", _HTML),
    "/206-unasked": sends_and_closes(answer("206 Partial Content", page(), b"Content-Range: bytes 0-9/99999")),
}
