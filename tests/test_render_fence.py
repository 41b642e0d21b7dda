"""Nothing of the browser reaches the network: only what our own fetcher asks for."""

import asyncio

import pytest

from checker.fetch.render import Rendered, Renderer, RenderSettings
from checker.fetch.render import browser as render_browser
from tests.fetching import run
from tests.rendering import Asked, Pages, needs_browser

pytestmark = needs_browser

CALM = RenderSettings(seconds=60, stuck_seconds=30)

ESCAPES = """<!doctype html><html><head>
<link rel="prefetch" href="http://127.0.0.1:PORT/prefetch"><link rel="preconnect" href="http://127.0.0.1:PORT/">
<link rel="dns-prefetch" href="http://127.0.0.1:PORT/"><link rel="icon" href="http://127.0.0.1:PORT/favicon.ico">
<link rel="modulepreload" href="/preloaded.js"><link rel="stylesheet" href="http://127.0.0.1:PORT/s.css">
<style>@font-face { font-family: f; src: url(http://127.0.0.1:PORT/f.woff) } body { font-family: f }
@import url(http://127.0.0.1:PORT/import.css); p { background: url(http://127.0.0.1:PORT/background.png) }</style>
<script type="speculationrules">{"prerender": [{"source": "list", "urls": ["/prerender"]}],
"prefetch": [{"source": "list", "urls": ["/speculated"]}]}</script>
</head><body><p id="l">正文</p><img src="http://127.0.0.1:PORT/image.png"><a ping="/ping" href="/linked">甲</a>
<video src="http://127.0.0.1:PORT/video.mp4" autoplay></video><object data="/object.swf"></object>
<embed src="/embed.pdf"><iframe src="http://127.0.0.1:PORT/frame"></iframe>
<script>
const place = '127.0.0.1:PORT', tried = [], over = [];
const attempt = (name, what) => { try { const p = what(); tried.push(name); if (p) over.push(p.catch(() => 0)); }
  catch (e) { tried.push(name + ' ' + e.name); } };
const socket = url => new Promise(done => { const s = new WebSocket(url); s.onclose = s.onerror = s.onopen = done; });
const gathered = servers => new Promise(done => {
  const peer = new RTCPeerConnection({iceServers: servers});
  peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === 'complete') done(); };
  peer.createDataChannel('d'); peer.createOffer().then(offer => peer.setLocalDescription(offer)); });
fetch('/api/wait').then(r => r.text()).then(text => { l.textContent += text; });
attempt('socket', () => socket(`ws://${place}/socket`));
attempt('beacon', () => { navigator.sendBeacon(`http://${place}/beacon`, 'x'); });
attempt('stun', () => gathered([{urls: `stun:${place}`}]));
attempt('turn', () => gathered([{urls: `turn:${place}?transport=tcp`, username: 'u', credential: 'c'}]));
attempt('events', () => { new EventSource(`http://${place}/events`); });
attempt('transport', () => new WebTransport(`https://${place}/transport`).ready);
attempt('image', () => { new Image().src = `http://${place}/pixel.gif`; });
attempt('keepalive', () => fetch(`http://${place}/keepalive`, {keepalive: true, mode: 'no-cors'}));
attempt('put', () => fetch('/put', {method: 'PUT'}));
attempt('worker', () => { new Worker(URL.createObjectURL(new Blob([`fetch('http://${place}/worker')`]))); });
attempt('shared', () => { new SharedWorker(URL.createObjectURL(new Blob([`fetch('http://${place}/shared')`]))); });
attempt('service', () => navigator.serviceWorker && navigator.serviceWorker.register('/service.js'));
attempt('popup', () => { window.open(`http://${place}/popup`); });
attempt('download', () => { const a = document.createElement('a');
  a.href = `http://${place}/download`; a.download = 'x'; a.click(); });
attempt('form', () => { const f = document.createElement('form'); f.action = `http://${place}/form`; f.method = 'post';
  f.target = '_blank'; document.body.append(f); f.submit(); });
Promise.all(over).then(() => fetch('/api/tried?' + encodeURIComponent(tried.join(','))));
</script></body></html>"""

TRIED = "socket,beacon,stun,turn,events,transport,image,keepalive,put,worker,shared,service,popup,download,form"


async def visit() -> tuple[Rendered, list[str], list[str]]:
    """A page that tries every way out, and the requests and strangers that came.

    It is built once all ways were tried, or once somebody has got out.
    """
    tried = asyncio.Event()

    async def wait(_: Asked) -> str:
        ways = [asyncio.ensure_future(event.wait()) for event in (tried, server.stranger_came)]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        return "，都试过了"

    async def note(_: Asked) -> str:
        tried.set()
        return ""

    async with Pages({"/api/wait": wait, "/api/tried": note}) as server, server.fetcher() as fetch:
        server.pages["/escapes"] = ESCAPES.replace("PORT", str(server.port))
        async with Renderer(fetch, CALM) as renderer:
            page = await renderer.render("http://localhost/escapes")
        return page, sorted(server.came()), server.strangers


ASKED = ["/api/tried?" + TRIED.replace(",", "%2C"), "/api/wait", "/embed.pdf", "/escapes", "/preloaded.js"]
CAME = [f"GET localhost{path}" for path in ASKED]


def test_the_server_sees_only_what_the_fetcher_asks_for() -> None:
    page, came, strangers = run(visit())

    assert (came, strangers, "正文，都试过了".encode() in page.html) == (CAME, [], True)


def test_without_the_fence_the_same_page_does_get_out(monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",)
    monkeypatch.setattr(render_browser, "_ARGUMENTS", only_loopback)

    _, came, strangers = run(visit())

    assert {*came, *strangers} - set(CAME) != set()
