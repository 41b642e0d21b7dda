"""Quotes as they stand on the page: readers compare plain text, a person looks for what is printed there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from checker.extract.marks.ground import Ground, Seen

_TAIL = 4000
"""Characters at the end of a page in which its footer is looked for."""

_WIDER = 0xFEE0
"""From an ASCII sign to its full-width form."""


def verbatim(seen: Iterable[Seen], place: Ground) -> Iterator[Seen]:
    """`seen` with quotes of text as the page writes them; one that is not found there stays as it is."""
    text = place.page.text
    for one in seen:
        if one.form != "text" or not one.quote or one.quote in text:
            yield one
            continue
        printed = _pattern(one.quote).search(text, max(0, len(text) - _TAIL))
        yield replace(one, quote=" ".join(printed[0].split())) if printed else one


@lru_cache(maxsize=256)
def _pattern(quote: str) -> re.Pattern[str]:
    """What reads like `quote` when made plain: full-width signs, other blanks; a site's pages share their footer."""
    return re.compile(r"\s*".join(_sign(character) for character in quote if not character.isspace()))


def _sign(character: str) -> str:
    if character == "|":  # stands between parts of the footer that are none on the page
        return r"[|｜]?"
    wide = chr(ord(character) + _WIDER) if "!" <= character <= "~" else ""
    also = "∶" if character == ":" else ""
    return f"[{re.escape(character)}{wide}{also}]" if wide else re.escape(character)
