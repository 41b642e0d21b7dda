"""The seam behind which an HTTP library sits, so that a second one is an addition and not a rewrite.

An engine makes one request and reads one answer. It follows no redirects, retries nothing, waits for nobody and
judges no status: that is policy, and policy is the same for every engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from checker.model.results import FetchOutcome

TlsMode = Literal["strict", "unverified", "old", "old-unverified"]
"""strict verifies the certificate; unverified takes any; old verifies but takes TLS 1.0, CBC and legacy renegotiation
too; old-unverified takes anything."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a page's own script gives along with a call: further headers and, by POST, a body.

    Header names are lower case. Nothing in here replaces what we say about ourselves.
    """

    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: a normalised address and its limits, in seconds and in bytes after decompression.

    Without a `payload` it is a plain GET. `headers` (lower-case names) are our own further ones, If-None-Match and the
    like. `strict_tls`: it carries something secret, so no bad certificate is put up with. `ipv6`: it may only go over
    IPv6.
    """

    url: str
    max_bytes: int
    connect_seconds: float
    read_seconds: float
    total_seconds: float
    fresh: bool = False
    payload: Payload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    tls: TlsMode = "strict"
    strict_tls: bool = False
    ipv6: bool = False


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back. `outcome` is ok if the answer arrived whole, whatever its status says.

    Where it broke off, status, headers and body are what had arrived. Header names are lower case; `location` is
    percent-encoded where the server sent raw bytes. `detail` is the library's own words, for our ears only. `address`
    is the IP address that answered, '' if unknown; `tls` as in `Fetched`.
    """

    outcome: FetchOutcome = FetchOutcome.OK
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    detail: str = ""
    address: str = ""
    tls: str = ""


class Engine(Protocol):
    """Makes requests; keeps cookies and connections. Trouble on the network is an answer, never an exception."""

    async def send(self, ask: Ask) -> RawAnswer:
        """Make one request. With `ask.fresh` no earlier connection is used."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
