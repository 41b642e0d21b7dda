"""Parse once: bytes of an HTML page → ParsedPage, which every extractor reads.

Never raises and does bounded work on anything: what goes beyond MAX_BYTES, MAX_DEPTH or MAX_ELEMENTS is left out,
and `truncated` says so.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from checker.address import normalise
from checker.page.charset import decode
from checker.page.outline import Element, Outline, Run, Walk
from checker.page.regions import FOOTER, HEADER, MAIN, NAVIGATION, regions

__all__ = [
    "FOOTER", "HEADER", "MAIN", "MAX_BYTES", "MAX_DEPTH", "NAVIGATION", "Element", "Outline", "ParsedPage", "RawLink",
    "Run", "decode", "parse",
]  # fmt: skip

MAX_BYTES = 10_000_000
"""Bytes of a body that are read."""

MAX_DEPTH = 2_000
"""Elements open at once; HTML parsers take time with the square of this."""

MAX_ATTRIBUTES = 500
"""Attributes of one start tag; here too parsers take time with the square."""

_QUOTED = r"=\s*+\"[^\"]*+\"|=\s*+'[^']*+'"
_START_TAG = re.compile(rf"<[a-zA-Z](?:[^>=]++|{_QUOTED}|=)*+")
_VALUE = re.compile(_QUOTED)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SHALLOW = frozenset({
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dd", "dt", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup",
})  # fmt: skip
"""Elements that are empty or end by themselves at the next of their kind: they do not nest."""

_LINKED = {
    "a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "frame": "src",
}  # fmt: skip
_LINK_RELATIONS = frozenset({"stylesheet", "icon"})
_UNFILLED = re.compile(r"\{\{|[$#@]\{|<[%?]|[%?]>|\{[a-zA-Z_][\w.$]*\}|[\"']\s*\+|\+\s*[\"']|\[object\b")
"""A template's placeholder or a piece of script: what stands there before a script has made a link of it."""
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]?\s*url\s*=\s*[\"']?\s*([^\"'>]+)", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page, parsed once. `text` is what a reader sees: no script, style, comment or inline display:none."""

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


def parse(url: str, body: bytes, content_type: str = "") -> ParsedPage:
    """The page at `url` (its final address) with body bytes and Content-Type header as received. Never raises."""
    text, charset, declared = decode(body[:MAX_BYTES], content_type)
    text = text.replace("\x00", "")
    html = _shallow(_slim(text))
    tree = LexborHTMLParser(html)
    outline = Walk().over(tree.root) if tree.root is not None else Outline((), (), (), False)
    areas = regions(outline)
    base_url = _base(outline, url)
    links = tuple(_links(outline, areas, base_url))
    visible = outline.text(0, len(outline.runs))
    metas = tuple(
        (e.attribute("name") or e.attribute("property"), e.attribute("content"))
        for e in outline.elements
        if e.tag == "meta" and (e.attribute("name") or e.attribute("property"))
    )
    return ParsedPage(
        url=url,
        charset=charset,
        declared_charset=declared,
        title=_title(tree),
        base_url=base_url,
        tree=tree,
        links=links,
        metas=metas,
        text=visible,
        html=html,
        script_built=_script_built(outline, visible, links),
        refresh=_refresh(outline, base_url),
        truncated=len(body) > MAX_BYTES or len(html) < len(text) or outline.truncated,
        outline=outline,
        regions=areas,
    )


def _slim(html: str) -> str:
    """`html` up to the first start tag with more than MAX_ATTRIBUTES attributes."""
    for match in _START_TAG.finditer(html):
        if match.end() - match.start() > MAX_ATTRIBUTES * 2:
            bare = _VALUE.sub(" ", match[0]).replace("/", " ")
            if len(bare.split()) > MAX_ATTRIBUTES and not _in_script(html, match.start()):
                return html[: match.start()]
    return html


def _in_script(html: str, position: int) -> bool:
    """Whether `a<b` there is a comparison, not a tag."""
    return html.rfind("<script", 0, position) > html.rfind("</script", 0, position)


def _shallow(html: str) -> str:
    """`html` up to where more than MAX_DEPTH elements are open at once."""
    if html.count("<") <= MAX_DEPTH:
        return html
    counts: dict[str, int] = {}
    depth = 0
    match = _TAG.search(html)
    while match is not None:
        name = match[2].lower()
        if match[1]:
            if counts.get(name, 0):
                counts[name] -= 1
                depth -= 1
        elif name not in _SHALLOW:
            counts[name] = counts.get(name, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                return html[: match.start()]
        match = _TAG.search(html, _behind(html, match, name))
    return html


def _behind(html: str, match: re.Match[str], name: str) -> int:
    """Where to look for the next tag: the content of a script is not markup."""
    if name != "script" or match[1]:
        return match.end()
    end = html.find("</script", match.end())
    return end if end >= 0 else match.end()


def _base(outline: Outline, url: str) -> str:
    for element in outline.elements:
        if element.tag == "base" and element.attribute("href"):
            return normalise(element.attribute("href"), url) or url
    return url


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return " ".join(node.text().split()) if node is not None else ""


def _links(outline: Outline, areas: tuple[str, ...], base_url: str) -> list[RawLink]:
    found: list[RawLink] = []
    origin = normalise("/", base_url) or base_url
    for element in outline.elements:
        name = _LINKED.get(element.tag)
        href = element.attribute(name) if name else ""
        if not href or href.startswith("#") or _UNFILLED.search(href):
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


def _refresh(outline: Outline, base_url: str) -> str:
    for element in outline.elements:
        if element.tag == "meta" and element.attribute("http-equiv").lower() == "refresh":
            target = _REFRESH.match(element.attribute("content"))
            if target:
                return normalise(target[1], base_url) or ""
    return ""


def _script_built(outline: Outline, text: str, links: tuple[RawLink, ...]) -> bool:
    if not outline.scripts:
        return False
    anchors = sum(1 for link in links if link.tag in {"a", "area", "frame", "iframe"})
    if len(text) < 80 and anchors < 3:
        return True
    shells = (e for e in outline.elements if e.tag in {"div", "app-root"} and e.first_run == e.end_run)
    return len(text) < 200 and anchors < 10 and any(_SHELL.fullmatch(e.attribute("id") or e.tag[4:]) for e in shells)
