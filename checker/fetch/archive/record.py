"""One answer as the spool holds it, and how much of its body is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checker.fetch.answer import Fetched

BODY_BYTES = 5_000_000
"""Bodies of pages and data that are longer are not kept, only their SHA-256."""

OTHER_BYTES = 262_144
"""The same for pictures, archives and office files, which no finding quotes."""

SPOOL_BYTES = 200_000_000
"""Compressed bodies of one subject; what comes beyond is not kept, only its SHA-256."""

_TEXT = ("html", "xml", "json", "javascript", "text/")
_OUR_SECRETS = frozenset({"set-cookie", "set-cookie2"})
"""Headers that would let somebody else go on with our session."""


class Whole(StrEnum):
    """Whether the body of an answer is kept, else why not."""

    KEPT = ""
    LARGE = "large"
    FULL = "full"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of the spool; most fields are those of `Fetched`.

    `number` counts the answers of one subject in order. `conditions` are the request headers that asked for the page
    only if it has changed. `received_at` is when the body came, if that was in an earlier scan (`seen_at` is then the
    time of the 304), else ''. `body` is empty unless `whole` is KEPT.
    """

    number: int
    url: str
    final_url: str
    hops: tuple[str, ...]
    outcome: str
    status: int
    detail: str
    elapsed_ms: int
    seen_at: str
    received_at: str
    address: str
    tls: str
    sha256: str
    size: int
    whole: Whole
    headers: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def kept_headers(answer: Fetched) -> dict[str, str]:
    """The headers of an answer as they are kept."""
    return {name: value for name, value in answer.headers.items() if name not in _OUR_SECRETS}


def is_text(content_type: str, body: bytes) -> bool:
    """Whether a body is a page or data, by its type, or without one by its first bytes."""
    kind = content_type.lower()
    return any(word in kind for word in _TEXT) if kind else b"\0" not in body[:1000]


def fits(answer: Fetched) -> bool:
    """Whether the body of an answer is short enough to be kept."""
    most = BODY_BYTES if is_text(answer.content_type, answer.body) else OTHER_BYTES
    return len(answer.body) <= most
