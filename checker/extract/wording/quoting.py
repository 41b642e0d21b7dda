"""What of a text may be quoted: some characters around a hit, personal data masked."""

import re

AROUND = 30
"""Characters on either side of a hit."""

_LONGEST = 40
_NUMBER = re.compile(
    r"(?<!\d)(?:\d{10,18}[\dXxＸｘ]|[1１][3-9３-９]\d[ 　-]\d{4}[ 　-]\d{4}"
    r"|\d{6}[ 　-]\d{8}[ 　-]\d{3}[\dXxＸｘ])(?!\d)"
)


def masked(text: str) -> str:
    """The text, as long as before, with numbers as long as those of phones, identity cards and bank cards masked:
    the first three and the last two characters stay.
    """
    return _NUMBER.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text)


def quote_of(text: str, start: int, end: int) -> str:
    """The original text around a hit in one line; what is cut off is shown by …"""
    left, right = max(start - AROUND, 0), min(end + AROUND, len(text))
    begin = max(left - _LONGEST, 0)
    near = masked(text[begin : right + _LONGEST])[left - begin : right - begin]
    return f"{'…' if left else ''}{' '.join(near.split())}{'…' if right < len(text) else ''}"
