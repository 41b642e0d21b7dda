"""Addresses: pure functions on URLs (RFC 3986), shared by every stage that reads, compares or asks for one."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

MAX_LENGTH = 2000
"""Longer addresses are traps or data, never pages."""

_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?[]|{}"
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jspx?|aspx?|php)$", re.IGNORECASE)
_ROUTED = re.compile(r"/gkmlpt/(?:index|policy|guide|annual_report)?$")
"""Pages of the Guangdong disclosure platform show the column whose number is their fragment: /gkmlpt/index#123."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


def _host(name: str) -> str | None:
    """A host in lower case and punycode, IPv6 in brackets; None if no host is written like that."""
    name = name.replace("。", ".").replace("．", ".").rstrip(".").lower()
    if ":" in name:
        name = f"[{name}]"
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    return name if _HOST.fullmatch(name) and ".." not in name else None


def _dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept) or "/"


@lru_cache(maxsize=65_536)
def normalise(url: str, base: str = "") -> str | None:
    """`url` as an absolute http(s) address in one spelling, or None if it is no such address.

    Host in lower case and punycode, default port and fragment dropped (but where it alone tells one column from
    another), raw characters percent-encoded as UTF-8, dot segments resolved, an empty path made `/`. None for
    javascript:, mailto: and the like, for broken addresses and for those longer than MAX_LENGTH.
    """
    text = _CONTROL.sub("", url.strip()) if " " not in url.strip() else _CONTROL.sub(_blank, url.strip())
    if not text or len(text) > MAX_LENGTH or (text.startswith("#") and not base):
        return None
    try:
        parts = urlsplit(urljoin(base, text.replace("\\", "/")) if base else text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = _host(parts.hostname)
    if host is None:
        return None
    netloc = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    path = _dots(quote(parts.path, safe=_SAFE_PATH, errors="replace") or "/")
    query = quote(parts.query, safe=_SAFE_QUERY, errors="replace")
    routed = parts.fragment if parts.fragment.isdecimal() and _ROUTED.search(path) else ""
    result = urlunsplit((parts.scheme, netloc, path, query, routed))
    return result if len(result) <= MAX_LENGTH else None


def _blank(match: re.Match[str]) -> str:
    return "%20" if match[0].strip("\t\r\n") else ""


def host_of(url: str) -> str:
    """Host of a normalised address, '' if it has none."""
    return urlsplit(url).hostname or ""


def politeness_host(url: str) -> str:
    """Host and port that a server's patience is counted by."""
    return urlsplit(url).netloc


def same_place(url: str) -> str:
    """What two spellings of one page's address have in common.

    http or https, with or without www., its index file, slashes at the end.
    """
    parts = urlsplit(url)
    path = _INDEX.sub("/", parts.path).rstrip("/") or "/"
    return urlunsplit(("", parts.netloc.removeprefix("www."), path, parts.query, parts.fragment))


def in_scope(url: str, home: str, aliases: tuple[str, ...] = ()) -> bool:
    """Whether `url` belongs to the site at `home`: same host (with or without www.) or an alias, under its path if any.

    `gov.cn` is a public suffix and a city can share one registered domain, so the host decides, never the domain.
    A home address such as `/index.html` or `/fgw/index.html` counts as its folder, `/fgw` as the folder it names.
    """
    asked = normalise(url)
    if asked is None:
        return False
    parts = urlsplit(asked)
    for place in (home, *aliases):
        netloc, folder = _folder(place)
        if parts.netloc.removeprefix("www.") == netloc and (parts.path.startswith(folder) or parts.path == folder[:-1]):
            return True
    return False


@lru_cache(maxsize=4096)
def _folder(place: str) -> tuple[str, str]:
    """Host without www. and folder of a home address or an alias (a host, or host and path); '' matches nothing."""
    known = normalise(place if "://" in place else f"http://{place}/")
    if known is None:
        return "", "/"
    before, _, last = urlsplit(known).path.rpartition("/")
    return urlsplit(known).netloc.removeprefix("www."), f"{before}/" if not last or "." in last else f"{before}/{last}/"
