"""Redirects that lead in circles, nowhere, or where nobody should follow."""

import asyncio

from tests.hostile.speaking import Handler, Request, Server, answer, fixed, page, to

CHINESE_PATH = "/中文/页面.html"


async def chain(_: Server, request: Request, writer: asyncio.StreamWriter) -> None:
    """`/chain/N` leads to a page by N redirects."""
    number = int(request.path.rpartition("/")[2])
    writer.write(answer("302 Found", b"", b"Location: /chain/%d" % (number - 1)) if number else answer("200 OK"))


async def _cookie_wall(_: Server, request: Request, writer: asyncio.StreamWriter) -> None:
    if "seen=1" in request.headers.get("cookie", ""):
        writer.write(answer("200 OK", page()))
    else:
        writer.write(answer("302 Found", b"", b"Set-Cookie: seen=1; Path=/", b"Location: /cookie-wall"))


async def _cookie_trap(server: Server, _: Request, writer: asyncio.StreamWriter) -> None:
    number = server.asked["/cookie-trap"]
    writer.write(answer("302 Found", b"", b"Set-Cookie: n=%d" % number, b"Location: /cookie-trap"))


def _to_own_host(form: str) -> Handler:
    """Sends to an address that names this server; `form` holds `{host}`."""

    async def handle(_: Server, request: Request, writer: asyncio.StreamWriter) -> None:
        location = form.format(host=request.headers["host"]).encode()
        writer.write(answer("302 Found", b"", b"Location: " + location))

    return handle


async def _show_host(_: Server, request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("200 OK", request.headers["host"].encode()))


async def _show_port(_: Server, __: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer("200 OK", str(writer.get_extra_info("peername")[1]).encode()))


HANDLERS: dict[str, Handler] = {
    "/loop-self": to(b"/loop-self"),
    "/loop-a": to(b"/loop-b"),
    "/loop-b": to(b"/loop-a"),
    "/loop-1": to(b"/loop-2"),
    "/loop-2": to(b"/loop-3"),
    "/loop-3": to(b"/loop-1"),
    "/to-loop": to(b"/loop-a", "301 Moved"),
    "/cookie-wall": _cookie_wall,
    "/cookie-trap": _cookie_trap,
    "/to-ok": fixed("301 Moved", b"moved", b"Location: ok#part"),
    "/to-ok-303": to(b"/ok", "303 See Other"),
    "/to-ok-308": to(b"/ok", "308 Permanent"),
    "/to-404": to(b"/404"),
    "/to-hang": to(b"/hang"),
    "/to-chinese": to(CHINESE_PATH.encode()),
    "/to-gbk": to(CHINESE_PATH.encode("gbk")),
    "/to-spaces": to(b" /a b/c  d.html "),
    "/to-backslash": to(b"\\ok"),
    "/to-dots": to(b"../../ok"),
    "/to-query": to(b"?page=2"),
    "/to-no-scheme": _to_own_host("//{host}/ok"),
    "/to-user": _to_own_host("http://user:secret@{host}/ok"),
    "/to-https": _to_own_host("https://{host}/ok"),
    "/to-nowhere": to(b"http://[bad"),
    "/to-nothing": to(b""),
    "/to-script": to(b"javascript:history.back()"),
    "/to-file": to(b"file:///etc/passwd"),
    "/to-data": to(b"data:text/html,hello"),
    "/to-mail": to(b"mailto:a@example.gov.cn"),
    "/to-endless": to(b"/" + b"x" * 5_000),
    "/two-locations": fixed("302 Found", b"", b"Location: /ok", b"Location: /404"),
    "/no-location": fixed("302 Found"),
    "/300": fixed("300 Multiple Choices", page()),
    "/host": _show_host,
    "/port": _show_port,
}
