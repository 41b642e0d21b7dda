"""The whole sample city as answers: host → path → Reply. Pure and always the same bytes."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from checker.demo import accounts, delivery, platforms, render
from checker.demo.entries import entries, list_pages
from checker.demo.places import CITY, PLACES, QINGXI, SHIQIAO
from checker.demo.plan import Place, Section
from checker.loopback import Reply

City = Mapping[str, Mapping[str, Reply]]

CHALLENGED = "gaj.shili.gov.cn"
"""A site behind a browser check: whoever runs no scripts is told nothing."""

CLOSED = "lyj.shili.gov.cn"
"""A closed site whose name still leads somewhere: every path of it is missing."""

_ROBOTS = Reply(200, "text/plain; charset=utf-8", b"User-agent: *\nDisallow: /manage/\n")
_NEIGHBOURS = {
    "www.gov.cn": "中国政府网", "bszs.conac.cn": "党政机关网站标识",
    "beian.miit.gov.cn": "备案管理系统", "www.beian.gov.cn": "公安备案平台", "zfwzgl.www.gov.cn": "我为政府网站找错",
    "www.xinwen.shili.example": "示例新闻网",
    "12345.shili.gov.cn": "示例市12345政务服务便民热线", "zwfw.shili.gov.cn": "示例市政务服务网",
}  # fmt: skip
"""Hosts beside the sites of the city that these link to; here each is one small page: nothing leaves the machine."""

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 300" width="960" height="300" '
    'preserveAspectRatio="xMidYMid slice">'
    '<rect width="960" height="300" fill="#f7e2c6"/><circle cx="720" cy="96" r="46" fill="#fff4d6"/>'
    '<path d="M0 210Q200 80 420 200T960 150V300H0Z" fill="{colour}" opacity=".45"/>'
    '<path d="M0 250Q260 150 520 240T960 220V300H0Z" fill="{colour}" opacity=".75"/></svg>'
)
_BADGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><circle cx="30" cy="30" r="26" fill="#c8161d"/>'
    '<text x="30" y="36" font-size="15" fill="#fff" text-anchor="middle">{text}</text></svg>'
)
_CHALLENGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="c0" content="qk7d" r="m">'
    "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=54017;$_ts.cd='qkrZrAlqclq';</script></head><body></body></html>"
)


@lru_cache(maxsize=1)
def city() -> City:
    """Every answer of every host; a host that is not here does not exist, a path that is not here is missing."""
    hosts: dict[str, Mapping[str, Reply]] = {
        place.host: {path: _tagged(reply) for path, reply in _place(place)} for place in PLACES
    }
    hosts["shili.gov.cn"] = {"/": _moved(f"http://{CITY.host}/"), "/robots.txt": _ROBOTS}
    hosts[accounts.HOST] = dict(_feeds())
    hosts |= platforms.platforms()
    hosts[CLOSED] = {}  # closed as it should be: nothing is there any more
    challenge = Reply(412, "text/html; charset=utf-8", _CHALLENGE.encode())
    hosts[CHALLENGED] = {"/robots.txt": _ROBOTS, "*": challenge}
    for host, name in _NEIGHBOURS.items():
        hosts[host] = dict(_neighbour(name))
    return hosts


def _tagged(reply: Reply) -> Reply:
    """A page with an ETag, so that a second scan of the city shows what conditional requests save."""
    if reply.status != 200 or "html" not in reply.content_type:
        return reply
    tag = hashlib.sha256(reply.body).hexdigest()[:16]
    return dataclasses.replace(reply, headers=(*reply.headers, ("ETag", f'"{tag}"')))


_OPEN_DATA = (
    "常住人口",
    "财政收支",
    "学校名录",
    "医疗机构名录",
    "公交线路",
    "水库水位",
    "空气质量",
    "行政许可",
    "农产品价格",
    "停车场",
)
_FILLS_APP = (
    f"var names = {list(_OPEN_DATA)};\n"
    'document.getElementById("app").innerHTML = "<h3>数据开放目录</h3><table>" + names.map(function (name) {\n'
    '  return "<tr><td>" + name + "数据集</td><td>含指标说明和历年数据，更新至2021年三季度</td></tr>";\n'
    '}).join("") + "</table>";\n'
)
"""The script without which one column of the sample city shows nothing."""


def missing(host: str) -> Reply:
    """The 404 answer of a known host, in the charset of its pages."""
    place = next((p for p in PLACES if p.host == host), None)
    if place is None:
        return Reply(404, "text/plain; charset=utf-8", "页面不存在".encode())
    return _html(place, render.plain_page(place, "页面不存在", "<p>您访问的页面不存在。</p>"), 404)


def _html(place: Place, text: str, status: int = 200) -> Reply:
    # pages that declare gb2312 use characters beyond it in real life: the bytes are GBK
    codec = "gbk" if place.charset == "gb2312" else place.charset
    header = f"text/html; charset={place.charset}" if place.header_charset else "text/html"
    return Reply(status, header, text.encode(codec))


def _moved(url: str) -> Reply:
    return Reply(301, "text/plain", b"", headers=(("Location", url),))


def _place(place: Place) -> Iterator[tuple[str, Reply]]:
    yield "/", _html(place, render.home_page(place))
    yield "/robots.txt", _ROBOTS
    yield "/images/banner.svg", Reply(200, "image/svg+xml", _SVG.format(colour=place.colour).encode())
    yield "/images/pic.svg", Reply(200, "image/svg+xml", _SVG.format(colour="#7f9bb0").encode())
    yield "/images/dzjg.svg", Reply(200, "image/svg+xml", _BADGE.format(text="机关").encode())
    for section in place.sections:
        for n, address in enumerate(list_pages(place, section)):
            yield address, _html(place, render.column_page(place, section, n))
        for i, entry in enumerate(entries(place, section)):
            if entry.day is None:
                yield entry.url, Reply(200, "application/pdf", _pdf(i))
            elif not entry.gone:
                yield entry.url, _html(place, render.article_page(place, section, entry, i))
        yield from _data(place, section)
    if place.map:
        yield place.map, _html(place, render.map_page(place))
    if place.written_footer:
        yield place.written_footer, _script(render.footer_script(place))
    for path, (title, body) in place.extra.items():
        yield path, _html(place, render.plain_page(place, title, body))
    yield from _oddities(place)


def _data(place: Place, section: Section) -> Iterator[tuple[str, Reply]]:
    """Answers to the calls of a column whose list does not stand in its page."""
    if section.form == "feed":
        body = delivery.feed(entries(place, section))
        yield delivery.feed_path(section), Reply(200, "application/json; charset=utf-8", body.encode())
    if section.form == "store":
        yield delivery.PROXY, Reply(200, "text/xml; charset=utf-8", render.further_items(place, section).encode())
        yield "/script/jpage.js", _script(delivery.SHOW)


def _script(text: str) -> Reply:
    return Reply(200, "text/javascript; charset=utf-8", text.encode())


def _oddities(place: Place) -> Iterator[tuple[str, Reply]]:
    """Answers that are no fault although they look like one, and the script of the page that needs scripts."""
    if place is CITY:
        first, second = list(place.extra)[:2]
        flaky, slow = (_html(place, render.plain_page(place, *place.extra[path])) for path in (first, second))
        busy = Reply(503, "text/plain; charset=utf-8", "服务繁忙，请稍后再试".encode(), headers=(("Retry-After", "1"),))
        yield first, dataclasses.replace(flaky, first=busy)
        yield second, dataclasses.replace(slow, seconds=1.2)
    if place in (QINGXI, SHIQIAO):
        yield "/old/index.shtml", _moved(f"http://{place.host}/")
    if place is SHIQIAO:
        yield "/neibu/index.shtml", Reply(403, "text/plain; charset=utf-8", "仅限内部访问".encode())
    if place is QINGXI:
        yield "/static/js/app.js", _script(_FILLS_APP)


def _feeds() -> Iterator[tuple[str, Reply]]:
    yield "/robots.txt", _ROBOTS
    for channel in accounts.CHANNELS:
        if channel.newest is None:
            continue
        kind = accounts.CONTENT_TYPES[channel.form]
        yield channel.path, Reply(200, f"{kind}; charset=utf-8", accounts.feed(channel).encode())
        for url, title, _ in accounts.posts(channel):
            body = f'<!DOCTYPE html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>\n'
            yield url.removeprefix(f"http://{accounts.HOST}"), Reply(200, "text/html; charset=utf-8", body.encode())


def _neighbour(name: str) -> Iterator[tuple[str, Reply]]:
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}</title></head><body>{name}</body></html>\n'
    html = Reply(200, "text/html; charset=utf-8", page.encode())
    yield "/robots.txt", _ROBOTS
    yield "/", html
    yield "/sitename", html
    yield "/portal/registerSystemInfo", html
    yield "/exposure/jiucuo.js", Reply(200, "text/javascript; charset=utf-8", b"/* error report */\n")


def _pdf(number: int) -> bytes:
    """A small, valid PDF file with one empty page."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d 842]>>" % (595 + number),
    )
    out, places = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (i, body)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
