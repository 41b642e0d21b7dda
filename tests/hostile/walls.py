"""Refusals, requests to come later, and the pages that protection layers show instead of a site."""

from tests.hostile.speaking import Handler, first_then, fixed, page, to

_RUISHU = b"""<!DOCTYPE html><html><head><meta id="x" content="abc" r='m'><script r='m'>
$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd="qEr";</script></head><body></body></html>"""
_JSL = b"<script>document.cookie=('_')+('_')+('j')+('s');location.href=location.pathname+location.search</script>"
_COOKIE = b"<html><body><script>document.cookie='waf=1a2b;path=/';window.location.reload();</script></body></html>"
_CAPTCHA = """<html><head><title>安全验证</title></head><body><form><p>请输入验证码后继续访问</p>
<input name="code"><img src="/captcha.png"></form></body></html>""".encode()


def _later(status: str, when: bytes) -> Handler:
    return fixed(status, b"", b"Retry-After: " + when)


HANDLERS: dict[str, Handler] = {
    "/400": fixed("400 Bad Request"),
    "/401": fixed("401 Unauthorized"),
    "/403": fixed("403 Forbidden"),
    "/404": fixed("404 Not Found", page("没有")),
    "/405": fixed("405 Method Not Allowed"),
    "/410": fixed("410 Gone"),
    "/412": fixed("412 Precondition Failed"),
    "/418": fixed("418 I'm a teapot", page("您的请求已被拦截")),
    "/451": fixed("451 Unavailable For Legal Reasons"),
    "/500": fixed("500 Oops"),
    "/502": fixed("502 Bad Gateway"),
    "/429": fixed("429 Too Many"),
    "/429-later": _later("429 Too Many", b"600"),
    "/429-now": _later("429 Too Many", b"0"),
    "/429-date-past": _later("429 Too Many", b"Mon, 01 Jan 2001 00:00:00 GMT"),
    "/429-date-far": _later("429 Too Many", b"Fri, 01 Jan 2100 00:00:00 GMT"),
    "/429-nonsense": _later("429 Too Many", "稍后再试".encode("gbk")),
    "/429-endless": _later("429 Too Many", b"9" * 400),
    "/429-soon": _later("429 Too Many", b"1"),
    "/503-later": _later("503 Busy", b"7"),
    "/busy-once": first_then(_later("503 Busy", b"7"), fixed("200 OK", page())),
    "/412-ruishu": fixed("412 Precondition Failed", _RUISHU),
    "/202-ruishu": fixed("202 Accepted", _RUISHU),
    "/200-ruishu": fixed("200 OK", _RUISHU),
    "/200-ruishu-passed": fixed("200 OK", _RUISHU.replace(b"<body>", b"<body>" + page("新闻" * 60))),
    "/202-empty": fixed("202 Accepted"),
    "/521": fixed("521 ", _JSL, b"Set-Cookie: __jsluid_s=1"),
    "/521-bare": fixed("521 "),
    "/cookie-script": fixed("200 OK", _COOKIE),
    "/geo": fixed("200 OK", b"<p>reason:GeoBL</p>"),
    "/validator": to(b"/GE/CC/VALIDATOR?back=1", "307 Check"),
    "/captcha": fixed("200 OK", _CAPTCHA),
}
