"""From an exception of httpx to a name of the closed list, with its own words kept."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx

from checker.fetch.network import PrivateAddressError
from checker.fetch.tls import outcome_of_tls
from checker.model.results import FetchOutcome

_TYPES: tuple[tuple[type[Exception], FetchOutcome], ...] = (
    (httpx.ConnectTimeout, FetchOutcome.CONNECT_TIMEOUT),
    (httpx.PoolTimeout, FetchOutcome.TOTAL_TIMEOUT),
    (httpx.TimeoutException, FetchOutcome.READ_TIMEOUT),
    (httpx.NetworkError, FetchOutcome.RESET),
    (httpx.DecodingError, FetchOutcome.DECOMPRESSION),
    (httpx.TooManyRedirects, FetchOutcome.TOO_MANY_REDIRECTS),
    (httpx.UnsupportedProtocol, FetchOutcome.BAD_ADDRESS),
    (httpx.LocalProtocolError, FetchOutcome.BAD_ADDRESS),
    (httpx.InvalidURL, FetchOutcome.BAD_ADDRESS),
    (UnicodeError, FetchOutcome.BAD_ADDRESS),
    (httpx.HTTPError, FetchOutcome.PROTOCOL),
)
CAUGHT = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)
"""Everything by which httpx tells of the network or of an address; other exceptions are our own mistakes."""


def _roots(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that led to it, through groups too (one attempt per address of a host)."""
    current: BaseException | None = error
    while current is not None:
        yield current
        if isinstance(current, BaseExceptionGroup):
            for member in current.exceptions:
                yield from _roots(member)
        current = current.__cause__ or current.__context__


def connect_outcome(error: Exception) -> FetchOutcome:
    """Why no connection came about; where several addresses failed, the one that says most counts."""
    roots = list(_roots(error))
    numbers = {r.errno for r in roots if isinstance(r, OSError)}
    for root in roots:
        if isinstance(root, ssl.SSLError):
            return outcome_of_tls(root)
    for kind, outcome in (
        (PrivateAddressError, FetchOutcome.PRIVATE),
        (socket.gaierror, FetchOutcome.DNS),
        (ConnectionRefusedError, FetchOutcome.REFUSED),
        (ConnectionResetError, FetchOutcome.RESET),
        (TimeoutError, FetchOutcome.CONNECT_TIMEOUT),
        (httpcore.ConnectTimeout, FetchOutcome.CONNECT_TIMEOUT),
    ):
        if any(isinstance(r, kind) for r in roots):
            return outcome
    if errno.ETIMEDOUT in numbers:
        return FetchOutcome.CONNECT_TIMEOUT
    return FetchOutcome.UNREACHABLE  # no route from here, or nothing that proves a dead server


def outcome_of(error: Exception) -> FetchOutcome:
    """The named failure that an exception stands for (one of CAUGHT)."""
    if isinstance(error, httpx.ConnectError):
        return connect_outcome(error)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected without sending" in str(error):
        return FetchOutcome.RESET  # closed without a single byte: cut off, not badly spoken
    return next(outcome for kind, outcome in _TYPES if isinstance(error, kind))


def words_of(error: Exception) -> str:
    """What the library says, the deepest cause last."""
    texts = [str(r) for r in _roots(error) if str(r)]
    return " / ".join(dict.fromkeys(texts))[:300]
