"""Secure connections as servers really offer them: what is wrong with one, and how a page is read all the same.

A bad certificate is a finding, not a reason to look away (the inspection goes on, and every answer says what was
wrong). Only plain page requests are made so: nothing secret goes over a connection that was not verified.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import monotonic

import httpx

from checker.address import politeness_host
from checker.fetch.engine import Ask, Engine, RawAnswer, TlsMode
from checker.model.results import FetchOutcome

_EXPIRED = {9, 10}
_WRONG_HOST = {62, 64}
_UNTRUSTED = {2, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 50, 79}
"""Codes of X509_verify_cert (openssl x509_vfy.h): not yet valid, expired; host, IP; issuer, self-signed, revoked …"""

_BY_CODE: Mapping[int, FetchOutcome] = {
    **dict.fromkeys(_EXPIRED, FetchOutcome.TLS_EXPIRED),
    **dict.fromkeys(_WRONG_HOST, FetchOutcome.TLS_WRONG_HOST),
    **dict.fromkeys(_UNTRUSTED, FetchOutcome.TLS_UNTRUSTED),
}
_BY_WORDS = (
    ("certificate has expired", FetchOutcome.TLS_EXPIRED),
    ("certificate is not yet valid", FetchOutcome.TLS_EXPIRED),
    ("ostname mismatch", FetchOutcome.TLS_WRONG_HOST),
    ("IP address mismatch", FetchOutcome.TLS_WRONG_HOST),
    ("self-signed certificate", FetchOutcome.TLS_UNTRUSTED),
    ("self signed certificate", FetchOutcome.TLS_UNTRUSTED),
    ("unable to get local issuer", FetchOutcome.TLS_UNTRUSTED),
)
CERTIFICATE_OUTCOMES = {
    FetchOutcome.TLS_EXPIRED: "expired",
    FetchOutcome.TLS_WRONG_HOST: "wrong-host",
    FetchOutcome.TLS_UNTRUSTED: "untrusted",
}
"""Failures by certificate, and how `Fetched.tls` names them."""

HOPELESS_SECONDS = 300.0
"""A host that spoke no protocol of any age is not tried with old ones again for so long."""

OLD = "old"
"""How `Fetched.tls` names a server that only speaks what clients have given up."""

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
_OP_LEGACY_SERVER_CONNECT = 0x4
"""ssl.OP_LEGACY_SERVER_CONNECT has a name from Python 3.12 on."""


def outcome_of_tls(error: ssl.SSLError) -> FetchOutcome:
    """The class of a failed handshake: by OpenSSL's own code, by its words only where there is none."""
    code = getattr(error, "verify_code", None)
    if code:
        return _BY_CODE.get(code, FetchOutcome.TLS)
    if isinstance(error, ssl.SSLCertVerificationError):
        return next((outcome for words, outcome in _BY_WORDS if words in str(error)), FetchOutcome.TLS)
    return FetchOutcome.TLS


def context_for(mode: TlsMode, cacert: Path | None) -> ssl.SSLContext:
    """The context of a mode; verifying ones trust the usual roots (or SSL_CERT_FILE) and those of `cacert`."""
    return _context(mode, cacert, os.environ.get("SSL_CERT_FILE"))


@cache
def _context(mode: TlsMode, cacert: Path | None, _: str | None) -> ssl.SSLContext:
    """Costly, so made once."""
    verifies = mode in {"strict", "old"}
    context = httpx.create_ssl_context(verify=verifies)
    if verifies and cacert is not None:
        context.load_verify_locations(cafile=str(cacert))
    if mode in {"old", "old-unverified"}:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= _OP_LEGACY_SERVER_CONNECT
    return context


def next_mode(mode: TlsMode, outcome: FetchOutcome) -> TlsMode | None:
    """How to try again after a handshake failed in this way; None if there is nothing left to give way on."""
    if outcome in CERTIFICATE_OUTCOMES:
        return {"strict": "unverified", "old": "old-unverified"}.get(mode)  # type: ignore[return-value]
    if outcome is FetchOutcome.TLS:
        return {"strict": "old", "unverified": "old-unverified"}.get(mode)  # type: ignore[return-value]
    return None


def noted(notes: tuple[str, ...], outcome: FetchOutcome) -> tuple[str, ...]:
    """The names of what was wrong so far, with that of this failure."""
    return (*notes, CERTIFICATE_OUTCOMES.get(outcome, OLD))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a host's pages can be read, and what is wrong with that."""

    mode: TlsMode = "strict"
    notes: tuple[str, ...] = ()


class TolerantEngine:
    """An engine that asks again where only the secure connection was in the way; remembers per host what worked.

    The answer then says in `tls` what was wrong. If nothing works, the first failure stands.
    """

    def __init__(self, inner: Engine) -> None:
        self._inner = inner
        self._ways: dict[str, _Way] = {}
        self._hopeless: dict[str, float] = {}

    async def send(self, ask: Ask) -> RawAnswer:
        """Make one request; see `Engine`."""
        if not may_give_way(ask):
            return await self._inner.send(ask)
        host = politeness_host(ask.url)
        known = self._ways.get(host, _Way())
        answer = await self._tried(ask, known)
        if answer.outcome in _FAILED and known.notes:  # the server has changed since
            del self._ways[host]
            answer = await self._tried(ask, _Way())
        return answer

    async def _tried(self, ask: Ask, way: _Way) -> RawAnswer:
        end = monotonic() + ask.total_seconds
        first: RawAnswer | None = None
        while True:
            left = ask.total_seconds if first is None else end - monotonic()
            raw = await self._inner.send(replace(ask, tls=way.mode, total_seconds=max(left, 0.0)))
            if raw.outcome not in _FAILED and (first is None or raw.status):
                self._ways[politeness_host(ask.url)] = way
                return replace(raw, tls=",".join(way.notes)) if raw.status else raw
            first = first or raw
            mode = next_mode(way.mode, raw.outcome)
            if raw.outcome is FetchOutcome.TLS and self._in_vain(ask, way.mode):
                mode = None
            if mode is None:
                return first
            way = _Way(mode, noted(way.notes, raw.outcome))

    def _in_vain(self, ask: Ask, mode: TlsMode) -> bool:
        """Whether old protocols are not worth a try, since they failed too a while ago; takes note if they do now."""
        host = politeness_host(ask.url)
        if mode in {"old", "old-unverified"}:
            self._hopeless[host] = monotonic() + HOPELESS_SECONDS
            return True
        return not ask.fresh and self._hopeless.get(host, 0.0) > monotonic()

    async def close(self) -> None:
        """Close all connections."""
        await self._inner.close()


_FAILED = {*CERTIFICATE_OUTCOMES, FetchOutcome.TLS}


def may_give_way(ask: Ask) -> bool:
    """Whether a request may be made over a connection that is not verified: a plain GET without anything secret."""
    if ask.strict_tls or not ask.url.startswith("https:") or _SECRET & set(ask.headers):
        return False
    return ask.payload is None or (ask.payload.method == "GET" and not ask.payload.headers)
