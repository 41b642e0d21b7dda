"""Text of pages as Markdown shows it letter by letter, on GitHub and GitLab too: nothing of it becomes alive.

Addresses become code, so that they can be copied as they are. Both sites look for mentions and references in the
finished page as well, after all escapes are gone; a zero-width space behind the sign keeps them from finding any.
"""

import re

from checker.report._lines import plain

_ACTIVE = re.compile(r"([\\`*_\[\]{<>|~&$])")
_CALLS = re.compile(r"([@#!~%&$^])(?=[\w\"\u201c\[{]|$)|(:)(?=//|[a-z0-9_+-]+:)|\b(www|GH-|gh-)(?=[.\d])")
_ADDRESS = re.compile(r"(?:https?://|\bwww\.(?=[\w%]))[!-~]*", re.IGNORECASE | re.ASCII)
_ENDS = re.compile(r"[\s\"'<>()\[\]{}\\^`|]")
_GAP = "\u200b"
_NOT_IN_CODE = {"`": "%60", "|": "%7C"}


def inert(text: str, longest: int = 600) -> str:
    """`text`, within a line, without markup, link, picture, HTML, mention, reference or the end of a table cell."""
    shown, at, parts = plain(text, longest), 0, list[str]()
    while found := _ADDRESS.search(shown, at):
        address = _ENDS.split(found[0])[0].rstrip(".,;:!?")
        parts += [_apart(shown[at : found.start()]), as_code(address, len(address))]
        at = found.start() + len(address)
    return "".join([*parts, _apart(shown[at:])])


def _apart(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", _CALLS.sub(lambda found: found[0] + _GAP, text))


def as_code(address: str, longest: int = 300) -> str:
    """An address as code: it is read and copied, never followed by chance; '' for none."""
    shown = plain(address, longest)
    for sign, instead in _NOT_IN_CODE.items():
        shown = shown.replace(sign, instead)
    return f"`{shown}`" if shown else ""
