"""The engine on httpx. Nobody else in the project imports that library, except the transport beside this file."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpcore
import httpx

from checker.fetch.body import Body
from checker.fetch.connect import ConnectTransport
from checker.fetch.cookies import Cookies, no_cookies
from checker.fetch.engine import Ask, RawAnswer, TlsMode
from checker.fetch.failures import CAUGHT, outcome_of, words_of
from checker.fetch.network import Network
from checker.fetch.settings import FetchSettings
from checker.fetch.tls import context_for
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


class _Sockets(httpx.AsyncHTTPTransport):
    """httpx's own transport on connections of ours; httpx has no way of its own to name a network backend."""

    def __init__(self, network: Network, mode: TlsMode, *, kept: int, guarded: bool, ipv6: bool) -> None:
        context = context_for(mode, network.settings.cacert)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=kept,
            keepalive_expiry=5.0,
            network_backend=network.backend(guarded=guarded, ipv6=ipv6, fresh=not kept),
        )


class _Arrival:
    """What has come of an answer so far; kept outside the request so that a timeout does not lose it."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = Body(cap, "")
        self.address = ""

    def begin(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.address = _address(response)
        for name, value in response.headers.raw:
            key, text = _text(name).lower(), _text(value)
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        if _LOCATION in response.extensions:
            self.headers["location"] = _location(response.extensions[_LOCATION])
        leads_on = response.is_redirect and "location" in self.headers
        cap = min(self._cap, _REDIRECT_BODY) if leads_on else self._cap
        self.body = Body(cap, self.headers.get("content-encoding", ""))

    def answer(self, outcome: FetchOutcome, detail: str = "") -> RawAnswer:
        return RawAnswer(outcome, self.status, self.headers, self.body.data, detail, self.address)


class HttpxEngine:
    """Makes requests with httpx; cookies are kept for all of them. `transport` replaces the network in tests."""

    def __init__(
        self,
        settings: FetchSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        network: Network | None = None,
    ) -> None:
        self._settings = settings
        self._given = transport
        self._network = network or Network(settings)
        self._cookies = Cookies()
        self._clients: dict[tuple[bool, TlsMode, bool], httpx.AsyncClient] = {}

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
        client = self._client(ask.fresh, ask.tls, ask.ipv6)
        timeout = httpx.Timeout(ask.read_seconds, connect=ask.connect_seconds, pool=ask.total_seconds)
        request = _request(client, ask, timeout)
        self._cookies.add_to(request)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            self._cookies.keep_from(response)
            arrival.begin(response)
            async for chunk in response.aiter_raw():
                if not arrival.body.feed(chunk):
                    break
        finally:
            connection = _connection_of(response)
            await response.aclose()
            if connection is not None and connection._h11_state.trailing_data[0]:
                await connection.aclose()  # what an answer leaves over would be taken for the next answer

    def _client(self, fresh: bool, mode: TlsMode, ipv6: bool) -> httpx.AsyncClient:
        kind = fresh, mode, ipv6
        if kind not in self._clients:
            self._clients[kind] = httpx.AsyncClient(
                transport=_LocationAside(ConnectTransport(self._settings.connect_to, self._maker(*kind))),
                headers={"User-Agent": self._settings.user_agent, **_HEADERS},
                cookies=no_cookies(),
                trust_env=False,
            )
        return self._clients[kind]

    def _maker(self, fresh: bool, mode: TlsMode, ipv6: bool) -> Callable[[bool], httpx.AsyncBaseTransport]:
        """How to make a transport; a fresh one keeps no connection for the next request.

        Where a connect-to rule names the place, a person named it: it may be a private one.
        """
        kept = 0 if fresh else 50

        def make(sent: bool) -> httpx.AsyncBaseTransport:
            if self._given is not None:
                return self._given
            return _Sockets(self._network, mode, kept=kept, guarded=not sent, ipv6=ipv6)

        return make


def _connection_of(response: httpx.Response) -> Any:
    """The connection beneath an answer by HTTP/1.1, None if there is none: no library tells what came after the end."""
    stream: Any = getattr(response, "stream", None)
    for name in ("_stream", "_httpcore_stream", "_stream"):
        stream = getattr(stream, name, stream)
    connection = getattr(stream, "_connection", None)
    return connection if hasattr(connection, "_h11_state") else None


def _request(client: httpx.AsyncClient, ask: Ask, timeout: httpx.Timeout) -> httpx.Request:
    """The request of an ask; headers of a payload stand beside ours, and where both name one, ours holds but Accept."""
    if ask.payload is None:
        return client.build_request("GET", ask.url, headers=dict(ask.headers), timeout=timeout)
    ours = {name.lower() for name in client.headers} - {"accept"}
    headers = {name: value for name, value in ask.payload.headers.items() if name not in ours}
    content = ask.payload.body if ask.payload.method == "POST" else None
    return client.build_request(ask.payload.method, ask.url, headers=headers, content=content, timeout=timeout)


def _address(response: httpx.Response) -> str:
    """IP address that an answer came from, '' if the transport does not say."""
    stream = response.extensions.get("network_stream")
    place = stream.get_extra_info("server_addr") if stream is not None else None
    return str(place[0]) if isinstance(place, tuple) else ""


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
