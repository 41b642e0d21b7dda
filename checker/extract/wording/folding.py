"""One form for what is written in many: width, case, quotation marks and blanks; with the way back to the original."""

import unicodedata
from collections.abc import Iterator
from functools import cache

_QUOTES = frozenset("“”„‟〝〞「」『』﹁﹂﹃﹄")
_plain: set[str] = set()
"""Characters that were found to be their own form already."""


@cache
def _folded(character: str) -> str:
    """A character as it is compared: half width, lower case, one kind of quotation mark; invisible ones are nothing."""
    if character in _QUOTES:
        return '"'
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    return unicodedata.normalize("NFKC", character).lower()


def fold(text: str) -> str:
    """The text as it is compared; blanks in a row are one, those at its ends none. Few characters differ: each is
    replaced everywhere at once, which is ten times as fast as normalising the text.
    """
    for character in sorted(set(text) - _plain):
        form = _folded(character)
        if form != character:
            text = text.replace(character, form)
        else:
            _plain.add(character)
    return " ".join(text.split())


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its characters the place in the original."""
    parts: list[str] = []
    places: list[int] = []
    for place, character in _visible(text):
        parts.append(character)
        places.append(place)
    while parts and parts[-1] == " ":
        parts.pop()
        places.pop()
    return "".join(parts), places


def _visible(text: str) -> Iterator[tuple[int, str]]:
    blank = True
    for place, character in enumerate(text):
        for one in _folded(character):
            if one.isspace():
                if not blank:
                    yield place, " "
                blank = True
            else:
                yield place, one
                blank = False
