"""What a subject's work remembers of answers: those of an earlier scan for 304, those of this one for evidence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from checker.fetch.answer import Fetched

_ETAG = re.compile(r'(?:W/)?"[^"]+"|[^\s",]+')
_PACKED = re.compile(r"[-;](?:gzip|br|df|deflate)$")
"""What servers put behind an ETag of a compressed answer and leave out of a 304."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_NO_TIME = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this there was no web: 1970 and 1980 are what a clock or an archive says that knows no time."""

_REFUSES_CONDITIONS = frozenset({400, 412})


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier answer with status 200: its body, its headers (lower-case names) and where redirects led.

    It is used only for an address that was read without redirects.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> dict[str, str]:
        """The request headers that ask for the page only if it has changed (RFC 9110 §13.1); {} without validators."""
        etag, modified = self.headers.get("etag", "").strip(), self.headers.get("last-modified", "")
        found = {}
        if _ETAG.fullmatch(etag):
            found["if-none-match"] = etag
        if _settled(modified, self.headers.get("date", "")):
            found["if-modified-since"] = modified
        return found

    def not_answered_by(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether what came is no answer to the conditions: they are refused, or the 304 is about another version."""
        if status != 304:
            return status in _REFUSES_CONDITIONS
        charset = _charset(headers)
        if charset and charset != _charset(self.headers):
            return True
        for name in ("etag", "last-modified"):
            told, known = _version(headers.get(name, "")), _version(self.headers.get(name, ""))
            if told and known:
                return told != known
        return False


def _settled(modified: str, date: str) -> bool:
    """Whether a Last-Modified tells versions apart: it is older than its answer (RFC 9110 §8.8.2.2), and a time."""
    try:
        changed, answered = parsedate_to_datetime(modified), parsedate_to_datetime(date)
        return _NO_TIME < changed <= answered - timedelta(seconds=1)
    except (ValueError, TypeError, OverflowError):
        return False


def _version(validator: str) -> str:
    """An ETag by weak comparison, a date as it is."""
    return _PACKED.sub("", validator.strip().removeprefix("W/").strip('"'))


def _charset(headers: Mapping[str, str]) -> str:
    found = _CHARSET.search(headers.get("content-type", ""))
    return found[1].lower() if found else ""


class Memory(Protocol):
    """What `Fetcher.get` uses of a subject's archive."""

    def recall(self, url: str) -> Remembered | None:
        """The answer that an earlier scan kept for this normalised address, None if there is none to compare with."""
        ...

    def keep(self, answer: Fetched, seen_at: str = "") -> None:
        """Take note of an answer, whatever became of it.

        `seen_at` is its inspection time (ISO 8601) if it was another subject that asked; '' = it came now.
        """
        ...
