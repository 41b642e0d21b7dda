"""Where a result stands, as SARIF says it: addresses of pages, accounts, and files of a repository."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from checker.model.results import SubjectResult
from checker.report._lines import plain

ROOT = "%SRCROOT%"
"""The root of the repository, as readers of SARIF know it."""

_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_INDEX = "index.html"


def message(text: str, longest: int = 1000) -> dict[str, str]:
    """A SARIF message of page text: one line, nothing that steers, no link and no placeholder in it.

    SARIF reads `[…](…)` in a plain text as a link and `{0}` as a placeholder; both are escaped as it asks for.
    """
    shown = re.sub(r"([\\\[\]])", r"\\\1", plain(text, longest))
    return {"text": shown.replace("{", "{{").replace("}", "}}")}


def uri(address: str) -> str:
    """A web address as a valid URI: whatever RFC 3986 does not allow there is percent-encoded."""
    text = _STRAY.sub("%25", address.strip().encode("utf-8", "replace").decode())
    head, colon, rest = text.partition("://")
    if not colon:
        return quote(text, safe="%/?=&+,;-._~!$'()*@")
    body, hash_mark, fragment = rest.partition("#")
    end = next((at for at, character in enumerate(body) if character in "/?"), len(body))
    host = quote(body[:end], safe="%:@[]-._~!$&'()*+,;=")
    inner = "%/?:@-._~!$&'()*+,;="
    return f"{head}://{host}{quote(body[end:], safe=inner)}{hash_mark}{quote(fragment, safe=inner)}"


def is_web(address: str) -> bool:
    """Whether an address can be opened in a browser; `account:ID` cannot."""
    return _WEB.match(address) is not None


def file_of(address: str, home: str, prefix: str) -> str:
    """The file of a freshly built site that is served at `address`, '' if it is no page of the host of `home`.

    http://www.x.gov.cn/a/ is PREFIX/a/index.html, /a/b.html is PREFIX/a/b.html; a last part without a dot is a folder.
    """
    try:
        page, own = urlsplit(address), urlsplit(home)
        same = _bare(page.hostname) == _bare(own.hostname) and page.port == own.port
    except ValueError:
        return ""
    if not (same and page.hostname and page.scheme in {"http", "https"}):
        return ""
    parts = [p for p in uri(page.path).split("/") if p and p.replace("%2e", ".").replace("%2E", ".") not in {".", ".."}]
    if not parts or page.path.endswith("/") or "." not in parts[-1]:
        parts.append(_INDEX)
    return "/".join([*(quote(p) for p in prefix.split("/") if p not in {"", "."}), *parts])


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def places(subject: SubjectResult, location: str, url: str, prefix: str) -> dict[str, Any]:
    """`locations`, and `relatedLocations` where there is more to see: the page itself, and what it is about."""
    related = [("所指地址", url)] if is_web(url) and url != location else []
    if not is_web(location):
        first: dict[str, Any] = {"logicalLocations": [_owner(subject)]}
    elif prefix and (file := file_of(location, subject.url, prefix)):
        place = {"artifactLocation": {"uri": file, "uriBaseId": ROOT}, "region": {"startLine": 1}}
        first = {"physicalLocation": place, "logicalLocations": [_owner(subject)]}
        related = [("页面", location), *related]
    else:
        first = {"physicalLocation": _page(location), "logicalLocations": [_owner(subject)]}
    found: dict[str, Any] = {"locations": [first]}
    if related:
        found["relatedLocations"] = [
            {"id": number, "physicalLocation": _page(address), "message": {"text": words}}
            for number, (words, address) in enumerate(related, 1)
        ]
    return found


def _page(address: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": uri(address)}}


def _owner(subject: SubjectResult) -> dict[str, str]:
    return {"name": plain(subject.name), "fullyQualifiedName": plain(subject.id), "kind": subject.kind}
