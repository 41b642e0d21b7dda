"""Parse once: bytes of an HTML page → ParsedPage, which every extractor reads.

Never raises and does bounded work on anything: what goes beyond MAX_BYTES, MAX_DEPTH or MAX_ELEMENTS is left out,
and `truncated` says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from checker.address import normalise
from checker.page.bounds import MAX_DEPTH, bounded
from checker.page.charset import decode, garbled
from checker.page.includes import put_together
from checker.page.outline import Element, Outline, Run, Walk
from checker.page.regions import FOOTER, HEADER, MAIN, NAVIGATION, regions
from checker.page.sends import Way, refresh, sends_on

__all__ = [
    "FOOTER", "HEADER", "MAIN", "MAX_BYTES", "MAX_DEPTH", "NAVIGATION", "Element", "Outline", "ParsedPage", "RawLink",
    "Run", "decode", "parse",
]  # fmt: skip

MAX_BYTES = 10_000_000
"""Bytes of a body that are read."""

_LINKED = {
    "a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "frame": "src",
}  # fmt: skip
_LINK_RELATIONS = frozenset({"stylesheet", "icon"})
_UNFILLED = re.compile(r"\{\{|[$#@]\{|<[%?]|[%?]>|\{[a-zA-Z_][\w.$]*\}|[\"']\s*\+|\+\s*[\"']|\[object\b")
"""A template's placeholder or a piece of script: what stands there before a script has made a link of it."""
_IN_UNFILLED = re.compile(r"[{<>\"'\[]")
"""Each such thing has one of these characters, an ordinary address none."""

_SHELL = re.compile(r"app|root|__next|__nuxt|ng-view", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawLink:
    """A link as it stands on the page: absolute normalised target, text (or title, or alt), tag and region."""

    url: str
    text: str
    tag: str
    region: str
    href: str
    element: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class ParsedPage:
    """A page, parsed once. `text` is what a reader sees: no script, style, comment or inline display:none.

    `html` is the page with the fragments that were given for it, `includes` the absolute addresses of those that it
    takes in and that were not given. `unexpanded` names what may write header, footer or navigation and was not read
    (an address; '' = a script in the page): a mark that is missing beside such is not seen, not absent. `refresh` is
    the target of a meta refresh, `sends_on` where the page sends its reader in any way, unconditionally ('' =
    nowhere). `garbled`: the text is mojibake, nothing of it may be quoted.
    """

    url: str
    charset: str
    declared_charset: str
    title: str
    base_url: str
    tree: LexborHTMLParser
    links: tuple[RawLink, ...]
    metas: tuple[tuple[str, str], ...]
    text: str
    html: str
    script_built: bool
    refresh: str
    truncated: bool
    outline: Outline
    regions: tuple[str, ...]
    includes: tuple[str, ...] = ()
    unexpanded: tuple[str, ...] = ()
    sends_on: str = ""
    garbled: bool = False

    @property
    def main_length(self) -> int:
        """Characters of visible text outside navigation, header and footer."""
        return sum(len(r.text) for r in self.outline.runs if not r.hidden and self.regions[r.element] == MAIN)

    def meta(self, *names: str) -> str:
        """Content of the first meta tag with one of these names (any case), trimmed; '' if none has any."""
        for name in names:
            for known, content in self.metas:
                if known.lower() == name.lower() and content.strip():
                    return content.strip()
        return ""


def parse(url: str, body: bytes, content_type: str = "", included: Mapping[str, str] | None = {}) -> ParsedPage:
    """The page at `url` (its final address) with body bytes and Content-Type header as received. Never raises.

    `included` has the texts of fragments that pages take in, by the addresses that `includes` names; those that this
    page asks for stand in their places as parts of it. None: a browser has run its scripts, nothing is left to put in.
    """
    text, charset, declared = decode(body[:MAX_BYTES], content_type)
    whole = put_together(text.replace("\x00", ""), url, included)
    html = bounded(whole.html)
    tree = LexborHTMLParser(html)
    outline = Walk().over(tree.root) if tree.root is not None else Outline((), (), (), False)
    areas = regions(outline)
    base_url = _base(outline, url)
    links = tuple(_links(outline, areas, base_url))
    visible = outline.text(0, len(outline.runs))
    return ParsedPage(
        url=url,
        charset=charset,
        declared_charset=declared,
        title=_title(tree),
        base_url=base_url,
        tree=tree,
        links=links,
        metas=_metas(outline),
        text=visible,
        html=html,
        script_built=_script_built(outline, visible, links),
        refresh=refresh(outline, base_url)[0],
        truncated=len(body) > MAX_BYTES or len(html) < len(whole.html) or outline.truncated,
        outline=outline,
        regions=areas,
        includes=whole.includes,
        unexpanded=whole.unexpanded,
        sends_on=sends_on(outline, visible, _ways(links), base_url, url),
        garbled=garbled(visible),
    )


def _metas(outline: Outline) -> tuple[tuple[str, str], ...]:
    return tuple(
        (e.attribute("name") or e.attribute("property"), e.attribute("content"))
        for e in outline.elements
        if e.tag == "meta" and (e.attribute("name") or e.attribute("property"))
    )


def _base(outline: Outline, url: str) -> str:
    for element in outline.elements:
        if element.tag == "base" and element.attribute("href"):
            return normalise(element.attribute("href"), url) or url
    return url


def _title(tree: LexborHTMLParser) -> str:
    # it stands in the head nearly always: to look there is much faster than to set up a selector for one page
    in_head = tree.head.iter() if tree.head is not None else ()
    node = next((child for child in in_head if child.tag == "title"), None) or tree.css_first("title")
    return " ".join(node.text().split()) if node is not None else ""


def _links(outline: Outline, areas: tuple[str, ...], base_url: str) -> list[RawLink]:
    found: list[RawLink] = []
    origin = normalise("/", base_url) or base_url
    for element in outline.elements:
        name = _LINKED.get(element.tag)
        href = element.attribute(name) if name else ""
        if not href or href.startswith("#") or (_IN_UNFILLED.search(href) and _UNFILLED.search(href)):
            continue
        if element.tag == "link" and not _LINK_RELATIONS & set(element.attribute("rel").lower().split()):
            continue
        # what starts at the root is the same on every page of the site, so it is worked out once
        url = normalise(href, origin if href.startswith(("/", "http:", "https:")) else base_url)
        if url is not None:
            text = _link_text(outline, element)
            found.append(RawLink(url, text, element.tag, areas[element.index], href, element.index))
    return found


def _link_text(outline: Outline, element: Element) -> str:
    text = outline.text_of(element, hidden=True) if element.tag == "a" else ""
    if text:
        return text
    for name in ("title", "alt", "aria-label"):
        if element.attribute(name):
            return " ".join(element.attribute(name).split())
    for inner in outline.elements[element.index + 1 : min(element.end, element.index + 8)]:
        if inner.tag == "img" and (inner.attribute("alt") or inner.attribute("title")):
            return inner.attribute("alt") or inner.attribute("title")
    return ""


def _ways(links: tuple[RawLink, ...]) -> tuple[Way, ...]:
    """Links that a visitor follows, those of a page that has few of them."""
    anchors = [link for link in links if link.tag in {"a", "area"}]
    return tuple(Way(link.url, link.text, link.element) for link in anchors) if len(anchors) < 100 else ()


def _script_built(outline: Outline, text: str, links: tuple[RawLink, ...]) -> bool:
    if not outline.scripts:
        return False
    anchors = sum(1 for link in links if link.tag in {"a", "area", "frame", "iframe"})
    if len(text) < 80 and anchors < 3:
        return True
    shells = (e for e in outline.elements if e.tag in {"div", "app-root"} and e.first_run == e.end_run)
    return len(text) < 200 and anchors < 10 and any(_SHELL.fullmatch(e.attribute("id") or e.tag[4:]) for e in shells)
