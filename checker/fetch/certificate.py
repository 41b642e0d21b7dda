"""A server's certificate, from a handshake of our own; no request is made."""

import asyncio
import ssl
import warnings
from dataclasses import dataclass
from datetime import datetime

import httpcore
import httpx
from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from checker.address import host_of
from checker.fetch.connect import place_of
from checker.fetch.engine import TlsMode
from checker.fetch.failures import connect_outcome
from checker.fetch.network import Network
from checker.fetch.tls import context_for, next_mode, noted
from checker.model.results import FetchOutcome

HTTPS = 443


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server showed. `outcome` is ok if there was a handshake of any kind, else why there was none.

    `names` are the hosts it is for (subject alternative names, else the common name), `issuer` who signed it;
    `not_before` and `not_after` are aware times, None if it cannot be read. `problem` as in `Fetched.tls`: expired
    (also not yet valid), wrong-host, untrusted, old, joined by commas; '' if it is in order.
    """

    names: tuple[str, ...] = ()
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    problem: str = ""
    self_signed: bool = False
    outcome: FetchOutcome = FetchOutcome.OK


async def read_certificate(network: Network, url: str) -> Certificate:
    """The certificate of the server of a normalised https address (connect-to included) and what is wrong with it.

    At most three handshakes: as strict as browsers, then without verifying, then with old protocols. Never raises for
    what the network or the server does.
    """
    mode: TlsMode = "strict"
    notes: tuple[str, ...] = ()
    first: FetchOutcome | None = None
    while True:
        try:
            return _parsed(await _handshake(network, url, mode), ",".join(notes))
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            outcome = connect_outcome(error)
        first = first or outcome
        following = next_mode(mode, outcome)
        if following is None:
            return Certificate(outcome=first)
        mode, notes = following, noted(notes, outcome)


async def _handshake(network: Network, url: str, mode: TlsMode) -> bytes:
    """The certificate (DER) that the server shows in this mode; raises httpcore's connection errors."""
    settings, parsed = network.settings, httpx.URL(url)
    place = place_of(parsed, settings.connect_to)
    host, port = place or (parsed.raw_host.decode("ascii"), parsed.port or HTTPS)
    sockets = network.backend(guarded=place is None)
    stream = await sockets.connect_tcp(host, port, settings.connect_seconds)
    try:
        context = context_for(mode, settings.cacert)
        secure = await stream.start_tls(context, host_of(url), settings.connect_seconds)
    except asyncio.CancelledError:
        await stream.aclose()
        raise
    try:
        shown: ssl.SSLObject = secure.get_extra_info("ssl_object")
        return shown.getpeercert(binary_form=True) or b""
    finally:
        await secure.aclose()


def _parsed(der: bytes, problem: str) -> Certificate:
    """The parts of a certificate that are asked about; one that cannot be read has none."""
    try:
        with warnings.catch_warnings():  # old certificates break rules that are no matter of ours
            warnings.simplefilter("ignore")
            found = x509.load_der_x509_certificate(der)
            names, issuer = _names(found), _issuer(found)
            own = found.issuer == found.subject
            return Certificate(names, issuer, found.not_valid_before_utc, found.not_valid_after_utc, problem, own)
    except ValueError:
        return Certificate(problem=problem)


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        alternatives = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        assert isinstance(alternatives, x509.SubjectAlternativeName)
        hosts = alternatives.get_values_for_type(x509.DNSName)
        addresses = [str(a) for a in alternatives.get_values_for_type(x509.IPAddress)]
        return (*hosts, *addresses)
    except (x509.ExtensionNotFound, ValueError):
        return tuple(str(a.value) for a in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME))


def _issuer(found: x509.Certificate) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in found.issuer.get_attributes_for_oid(oid):
            return str(attribute.value)
    return ""
