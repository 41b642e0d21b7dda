"""Sending the requests for one host to another place, as curl's --connect-to does.

The address, the Host header, cookies and the name that TLS asks for stay those of the registered host; only the
socket goes elsewhere. So a staging copy or a simulated city is inspected under its real names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import httpx

from checker.address import host_of, normalise
from checker.errors import UsageError

_HOST = r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]\s/]*)"
_FORM = re.compile(rf"{_HOST}:(\d*):{_HOST}:(\d*)")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """One rule: requests for `host`:`port` go to `to_host`:`to_port`; '' and 0 mean any, or unchanged."""

    host: str
    port: int
    to_host: str
    to_port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read HOST1:PORT1:HOST2:PORT2 (IPv6 in brackets, any part may be empty); raises UsageError."""
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise UsageError(
                f"connect-to {text!r}: expected HOST1:PORT1:HOST2:PORT2 (IPv6 in brackets), "
                "for example ::127.0.0.1:8765 to send everything to port 8765 of this machine"
            )
        host, port, to_host, to_port = match.groups()
        return cls(_name(host, text), _port(port, text), _name(to_host, text), _port(to_port, text))

    def covers(self, host: str, port: int) -> bool:
        """Whether requests for this host and port are meant."""
        return self.host in {"", host} and self.port in {0, port}


def _name(host: str, text: str) -> str:
    if not host:
        return ""
    address = normalise(f"http://{host}/")
    if address is None:
        raise UsageError(f"connect-to {text!r}: {host!r} is not a host name")
    return host_of(address)


def _port(port: str, text: str) -> int:
    number = int(port) if port else 0
    if number > 65_535:
        raise UsageError(f"connect-to {text!r}: port {port} is above 65535")
    return number


def place_of(url: httpx.URL, rules: tuple[ConnectTo, ...]) -> tuple[str, int] | None:
    """Host and port that a request for `url` really goes to; None if no rule covers it. The first rule wins."""
    host = url.raw_host.decode("ascii")
    port = url.port or _DEFAULT_PORTS[url.scheme]
    for rule in rules:
        if rule.covers(host, port):
            return rule.to_host or host, rule.to_port or port
    return None


class ConnectTransport(httpx.AsyncBaseTransport):
    """Rewrites where a request goes, nothing else.

    `make` gives a transport and is told whether a rule names where its requests go. Https hosts that are sent elsewhere
    get one each: a pool knows connections by their socket address and would answer for one host over a connection
    whose certificate was checked for another.
    """

    def __init__(self, rules: tuple[ConnectTo, ...], make: Callable[[bool], httpx.AsyncBaseTransport]) -> None:
        self._rules = rules
        self._make = make
        self._inner: dict[tuple[bool, str], httpx.AsyncBaseTransport] = {}

    def _transport(self, sent: bool, name: str = "") -> httpx.AsyncBaseTransport:
        if (sent, name) not in self._inner:
            self._inner[sent, name] = self._make(sent)
        return self._inner[sent, name]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the place that the rules name."""
        place = place_of(request.url, self._rules)
        if place is None:
            return await self._transport(False).handle_async_request(request)
        name = request.url.raw_host.decode("ascii")
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host=place[0], port=place[1]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        own = name if request.url.scheme == "https" else ""
        return await self._transport(True, own).handle_async_request(sent)

    async def aclose(self) -> None:
        """Close every transport that was made."""
        for transport in self._inner.values():
            await transport.aclose()
        self._inner.clear()
