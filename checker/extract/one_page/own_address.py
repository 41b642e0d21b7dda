"""Where a saved page comes from: the address that the page itself gives, for files without one."""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from checker.address import host_of, normalise
from checker.page import ParsedPage

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(https?://[^\s<>]+?)\s*-->", re.IGNORECASE)
_NAMED = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]+")
_HEAD = 4_000
_SOME_LINKS = 5


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """`url`, and the `clue` it was taken from; `placed` = it is the page's own address, not only its host or less."""

    url: str
    clue: str
    placed: bool


def own_address(page: ParsedPage, name: str) -> OwnAddress:
    """The address that `page` (a file called `name`) gives itself.

    In the order of trust: the comment that a browser writes when it saves a page, the canonical link, the tags Url and
    og:url; else the host of the tag SiteDomain, or the one that most full links lead to; else
    http://saved.invalid/NAME, which stands for nothing.
    """
    site = _site(page.meta("SiteDomain"))
    for clue, text in _claims(page):
        url = normalise(text, site if text.startswith("/") and not text.startswith("//") else "")
        if url is not None and _NAMED.fullmatch(host_of(url)):
            return OwnAddress(url, clue, True)
    file = quote(name or "page")
    for clue, root in (("SiteDomain", site), ("links", _linked_most(page))):
        if root:
            return OwnAddress(normalise(file, root) or root, clue, False)
    return OwnAddress(normalise(f"http://saved.invalid/{file}") or "http://saved.invalid/", "none", False)


def _claims(page: ParsedPage) -> list[tuple[str, str]]:
    saved = _SAVED_FROM.search(page.html[:_HEAD])
    canonical = next(
        (e.attribute("href") for e in page.outline.elements if _is_canonical(e.tag, e.attribute("rel"))), ""
    )
    claims = [
        ("saved-from", saved[1] if saved else ""),
        ("canonical", canonical),
        ("Url", page.meta("Url")),
        ("og:url", page.meta("og:url")),
    ]
    return [(clue, text.strip()) for clue, text in claims if text.strip()]


def _linked_most(page: ParsedPage) -> str:
    """The root of the host that more than half of the full links lead to, '' if there is none."""
    full = (link.url for link in page.links if link.tag == "a" and link.href.lstrip().lower().startswith("http"))
    roots = Counter(normalise("/", url) for url in full)
    root, count = roots.most_common(1)[0] if roots else (None, 0)
    return root if root and count >= _SOME_LINKS and count * 2 > roots.total() else ""


def _is_canonical(tag: str, relation: str) -> bool:
    return tag == "link" and "canonical" in relation.lower().split()


def _site(domain: str) -> str:
    """The root of the first host of a SiteDomain tag, which some write with a scheme, a slash or several hosts."""
    first = re.split(r"[,;，；、\s]+", domain.strip())[0]
    root = normalise("/", first if "://" in first else f"http://{first}/") if first else None
    return root if root is not None and _NAMED.fullmatch(host_of(root)) else ""
