"""Pagers that inline scripts make: the calls and variables of the usual CMS, and markup that a script writes out."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from checker.address import normalise
from checker.page import ParsedPage

_MOST_SCRIPT = 200_000
_MOST_MARKUP = 20
_MOST_CALLS = 8
_CALL = re.compile(r"(?<!function )\bcreatePageHTML\w*\(([^()]{5,400})\)")
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|(\d+)|([A-Za-z_$][\w$]*))\s*(?:,|$)")
_STEM = re.compile(r"(?:\.{0,2}/)?[\w./-]{1,100}")
_SUFFIX = re.compile(r"\.?(s?html?|jspx?|aspx?|php)", re.IGNORECASE)
_COUNT = re.compile(r"\bcountPage\s*=\s*[\"']?(\d+)")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*[\"']?(\d+)")
_FILE = re.compile(r"/([\w-]+?)(?:_\d+)?\.(s?html?)$")
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.){8,20000})\"|'((?:[^'\\\n]|\\.){8,20000})'")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")


def from_script(page: ParsedPage, script: str) -> str:
    """Absolute address of the next page by a pager script; '' if the script is none, or its pages end here."""
    if "createPageHTML" not in script and "countPage" not in script:
        return ""
    bare = _without_comments(script[:_MOST_SCRIPT])
    return _from_call(page, bare) or _from_variables(page, bare)


def _from_call(page: ParsedPage, script: str) -> str:
    """With a container argument pages count from 1 (stem_2 follows 1), without it from 0 (stem_1 follows 0)."""
    for match in islice(_CALL.finditer(script), _MOST_CALLS):
        arguments = _arguments(match[1], script)
        container = bool(arguments) and not arguments[0].isdigit()
        count, current, stem, suffix = (*arguments[container : container + 4], "", "", "", "")[:4]
        extension = _SUFFIX.fullmatch(suffix)
        if not (count.isdigit() and current.isdigit() and _STEM.fullmatch(stem) and extension):
            continue
        following = int(current) + 1
        if following < int(count) or (container and following == int(count)):
            return normalise(f"{stem}_{following}.{extension[1]}", page.base_url) or ""
    return ""


def _arguments(inside: str, script: str) -> list[str]:
    """The arguments of a call as texts; a variable stands for the constant that the script gives it, else for ''."""
    found: list[str] = []
    position = 0
    while position < len(inside) and (match := _ARGUMENT.match(inside, position)):
        double, single, number, name = match.groups()
        known = next((text for text in (double, single, number) if text is not None), None)
        found.append(_constant(name, script) if known is None else known)
        position = match.end()
    return found


def _constant(name: str, script: str) -> str:
    given = re.search(rf"(?<![\w.$]){re.escape(name)}\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|(\d+))", script)
    return next((text for text in given.groups() if text is not None), "") if given else ""


def _without_comments(script: str) -> str:
    """`script` without /* … */ and // …; what stands behind an unclosed comment is one too."""
    first, *others = script.split("/*")
    whole = first + "".join(part.partition("*/")[2] for part in others)
    return re.sub(r"(?<![:\"'\w])//[^\n]*", "", whole)


def _from_variables(page: ParsedPage, script: str) -> str:
    count, current = _COUNT.search(script), _CURRENT.search(script)
    if not count or not current or int(current[1]) + 1 >= int(count[1]):
        return ""
    name = _FILE.search(page.base_url)
    stem, suffix = (name[1], name[2]) if name else ("index", "html")
    return normalise(f"{stem}_{int(current[1]) + 1}.{suffix}", page.base_url) or ""


def markup_in(script: str) -> Iterator[str]:
    """Pieces of HTML with links that a script holds as constants: plain, percent-encoded or in base64."""
    text = _without_comments(script[:_MOST_SCRIPT]) if "/*" in script else script[:_MOST_SCRIPT]
    pieces = []
    for match in _STRING.finditer(text):
        piece = _decoded(match[1] if match[1] is not None else match[2])
        if "<a" in piece and "href" in piece:
            pieces.append(piece)
            if len(pieces) >= _MOST_MARKUP:
                break
    if pieces:
        yield "".join(pieces)


def _decoded(text: str) -> str:
    if "%3C" in text or "%3c" in text:
        return unquote(text)
    if _BASE64.fullmatch(text):
        try:
            inner = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return ""
        return unquote(inner) if "%3C" in inner or "%3c" in inner else inner
    return text.replace('\\"', '"').replace("\\'", "'").replace("\\/", "/") if "<" in text else ""
