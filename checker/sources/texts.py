"""The text of a post as words: what a source gives is markup as often as not. This file is no source."""

import html
import re

LONGEST = 500_000
"""Characters of markup that are read of one post."""

_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I)
_INLINE = re.compile(r"</?(?:a|b|em|font|i|mark|span|strong|u|wbr)\b[^<>]{0,4000}>", re.I)
_TAG = re.compile(r"<[^<>]{0,4000}>")


def written(markup: str) -> str:
    """The words of a post in one line: no tags, entities resolved; tags inside a line do not part words."""
    text = _TAG.sub(" ", _INLINE.sub("", _UNSEEN.sub(" ", markup[:LONGEST])))
    return " ".join(html.unescape(text).split())
