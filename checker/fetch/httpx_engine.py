"""The engine on httpx. Nobody else in the project imports that library, except the transport beside this file."""

import asyncio
import os
import ssl
from collections.abc import Callable
from functools import cache
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote

import httpx

from checker.fetch.body import Body
from checker.fetch.connect import ConnectTransport
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.failures import CAUGHT, outcome_of, words_of
from checker.fetch.settings import FetchSettings
from checker.model.results import FetchOutcome

_LOCATION = "checker.location"
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
_REDIRECT_BODY = 65_536


class _LocationAside(httpx.AsyncBaseTransport):
    """Takes the Location header out of httpx's sight: it raises on one that it cannot read, where we need a fact."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        for name, value in response.headers.raw:
            if name.lower() == b"location":
                response.extensions[_LOCATION] = value
        response.headers.pop("location", None)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Arrival:
    """What has come of an answer so far; kept outside the request so that a timeout does not lose it."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = Body(cap, "")

    def begin(self, response: httpx.Response) -> None:
        self.status = response.status_code
        for name, value in response.headers.raw:
            key, text = _text(name).lower(), _text(value)
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        if _LOCATION in response.extensions:
            self.headers["location"] = _location(response.extensions[_LOCATION])
        leads_on = response.is_redirect and "location" in self.headers
        cap = min(self._cap, _REDIRECT_BODY) if leads_on else self._cap
        self.body = Body(cap, self.headers.get("content-encoding", ""))

    def answer(self, outcome: FetchOutcome, detail: str = "") -> RawAnswer:
        return RawAnswer(outcome, self.status, self.headers, self.body.data, detail)


class HttpxEngine:
    """Makes requests with httpx; one cookie jar for all of them. `transport` replaces the network in tests."""

    def __init__(self, settings: FetchSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._given = transport
        self._jar = CookieJar()
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def send(self, ask: Ask) -> RawAnswer:
        """Make one request; see `Engine`."""
        arrival = _Arrival(ask.max_bytes)
        try:
            async with asyncio.timeout(ask.total_seconds):
                await self._receive(ask, arrival)
        except TimeoutError:
            return arrival.answer(FetchOutcome.TOTAL_TIMEOUT)
        except CAUGHT as error:
            return arrival.answer(outcome_of(error), words_of(error))
        arrival.body.finish()
        return arrival.answer(arrival.body.outcome)

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _receive(self, ask: Ask, arrival: _Arrival) -> None:
        client = self._client(ask.fresh)
        timeout = httpx.Timeout(ask.read_seconds, connect=ask.connect_seconds, pool=ask.total_seconds)
        request = _request(client, ask, timeout)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            arrival.begin(response)
            async for chunk in response.aiter_raw():
                if not arrival.body.feed(chunk):
                    break
        finally:
            await response.aclose()

    def _client(self, fresh: bool) -> httpx.AsyncClient:
        if fresh not in self._clients:
            self._clients[fresh] = httpx.AsyncClient(
                transport=_LocationAside(ConnectTransport(self._settings.connect_to, self._maker(fresh))),
                headers={"User-Agent": self._settings.user_agent, **_HEADERS},
                cookies=self._jar,
                trust_env=False,
            )
        return self._clients[fresh]

    def _maker(self, fresh: bool) -> Callable[[], httpx.AsyncBaseTransport]:
        """How to make a transport; a fresh one keeps no connection for the next request."""
        kept = 0 if fresh else 50
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept)

        def make() -> httpx.AsyncBaseTransport:
            if self._given is not None:
                return self._given
            tls = _context(self._settings.cacert, os.environ.get("SSL_CERT_FILE"))
            return httpx.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False)

        return make


def _request(client: httpx.AsyncClient, ask: Ask, timeout: httpx.Timeout) -> httpx.Request:
    """The request of an ask; headers of a payload stand beside ours, and where both name one, ours holds but Accept."""
    if ask.payload is None:
        return client.build_request("GET", ask.url, headers=dict(ask.headers), timeout=timeout)
    ours = {name.lower() for name in client.headers} - {"accept"}
    headers = {name: value for name, value in ask.payload.headers.items() if name not in ours}
    content = ask.payload.body if ask.payload.method == "POST" else None
    return client.build_request(ask.payload.method, ask.url, headers=headers, content=content, timeout=timeout)


@cache
def _context(cacert: Path | None, _: str | None) -> ssl.SSLContext:
    """The usual roots (or those of SSL_CERT_FILE), and those of `cacert` beside them. Costly, so made once."""
    context = httpx.create_ssl_context()
    if cacert is not None:
        context.load_verify_locations(cafile=str(cacert))
    return context


def _text(raw: bytes) -> str:
    """A header as text: ASCII by rule, UTF-8 or GBK by habit."""
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _location(raw: bytes) -> str:
    """Raw bytes stay the bytes they are, percent-encoded, as browsers send them back."""
    return "".join(chr(b) if b < 0x80 else quote(bytes([b])) for b in raw)
