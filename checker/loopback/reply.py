"""What a host on loopback answers: prepared answers by path, asked for by whoever serves them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers; `first` is another answer for the very first request, `seconds` a delay."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    first: "Reply | None" = None


Pages = Mapping[str, Reply]
"""The answers of one host by path, query included or not; `*` stands for every other path."""
