"""What a subject's work remembers of answers: those of an earlier scan for 304, those of this one for evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from checker.fetch.answer import Fetched


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
        etag, modified = self.headers.get("etag", ""), self.headers.get("last-modified", "")
        return {name: value for name, value in (("if-none-match", etag), ("if-modified-since", modified)) if value}


class Memory(Protocol):
    """What `Fetcher.get` uses of a subject's archive."""

    def recall(self, url: str) -> Remembered | None:
        """The answer that an earlier scan kept for this normalised address, None if there is none to compare with."""
        ...

    def keep(self, answer: Fetched) -> None:
        """Take note of an answer, whatever became of it."""
        ...
