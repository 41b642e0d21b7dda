"""The words by which link targets are doubted: read from the file that ships with the rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from checker import yaml_lines
from checker.errors import RuleError


@dataclass(frozen=True)
class Lexicon:
    """Words with their points, what excuses them, what parked names say, and hosts that need no look.

    `words` gives (points, topic) by word in lower case; `least` points make a candidate, from `stuffed` points on
    nothing excuses a page.
    """

    version: str
    least: int
    stuffed: int
    innocent: tuple[str, ...]
    guards: tuple[str, ...]
    parked: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    words: Mapping[str, tuple[int, str]]

    @cached_property
    def harmful(self) -> "re.Pattern[str]":
        """Finds the words, the longest first; a Latin word stands by itself."""
        ordered = sorted(self.words, key=len, reverse=True)
        return re.compile("|".join(rf"(?<![a-z0-9]){w}(?![a-z0-9])" if w.isascii() else re.escape(w) for w in ordered))

    @cached_property
    def excused(self) -> "re.Pattern[str]":
        """Finds harmless words that contain harmful ones."""
        return _any(self.innocent)

    @cached_property
    def guarding(self) -> "re.Pattern[str]":
        """Finds what those say who fight it."""
        return _any(self.guards)

    @cached_property
    def for_sale(self) -> "re.Pattern[str]":
        """Finds what the page of a parked name says."""
        return _any(self.parked)


class _Written(BaseModel):
    """The file as it is written: `words` by topic and points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    source: str
    least: int
    stuffed: int
    innocent: tuple[str, ...]
    guards: tuple[str, ...]
    words: dict[str, dict[int, tuple[str, ...]]]
    parked: tuple[str, ...]
    trusted_hosts: tuple[str, ...]


def load_lexicon(path: Path) -> Lexicon:
    """The lexicon in `path`; raises RuleError with all that is wrong in it."""
    lines, problems = yaml_lines.load(path)
    written, found = yaml_lines.validated(_Written, lines) if lines else (None, [])
    if written is None or problems:
        raise RuleError(problems + found)
    words = {
        word.lower(): (points, topic)
        for topic, ranks in written.words.items()
        for points, listed in ranks.items()
        for word in listed
    }
    return Lexicon(
        written.version,
        written.least,
        written.stuffed,
        _lower(written.innocent),
        _lower(written.guards),
        _lower(written.parked),
        _lower(written.trusted_hosts),
        words,
    )


def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _any(words: tuple[str, ...]) -> "re.Pattern[str]":
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)))
