"""Text of pages as Markdown shows it letter by letter, on GitHub and GitLab too: nothing of it becomes alive.

Both sites look for mentions, references and addresses in the finished page as well, after all escapes are gone; a
zero-width space behind the sign keeps them from finding any.
"""

import re

from checker.report._lines import plain

_ACTIVE = re.compile(r"([\\`*_\[\]{<>|~&$])")
_CALLS = re.compile(r"([@#!~%&$^])(?=[\w\"\u201c\[{]|$)|(:)(?=//|[a-z0-9_+-]+:)|\b(www|GH-|gh-)(?=[.\d])")
_GAP = "\u200b"
_NOT_IN_CODE = {"`": "%60", "|": "%7C"}


def inert(text: str, longest: int = 600) -> str:
    """`text`, within a line, without markup, link, picture, HTML, mention, reference or the end of a table cell."""
    apart = _CALLS.sub(lambda found: found[0] + _GAP, plain(text, longest))
    return _ACTIVE.sub(r"\\\1", apart)


def as_code(address: str, longest: int = 300) -> str:
    """An address as code: it is read and copied, never followed by chance; '' for none."""
    shown = plain(address, longest)
    for sign, instead in _NOT_IN_CODE.items():
        shown = shown.replace(sign, instead)
    return f"`{shown}`" if shown else ""
