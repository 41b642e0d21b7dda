"""A page at first glance: title, headings and the first words, read from its start only and without its layout."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from checker.page.bounds import bounded
from checker.page.charset import decode

_NOT_SHOWN = (
    "script, style, noscript, template, svg, select, "
    "[hidden], [style*='display:none' i], [style*='display: none' i], [style*='visibility:hidden' i]"
)
_HEADINGS = "h1, h2, h3"
_TEXT = 1_500
_OWN = 600
_TITLE = 300
_MESSAGE = 1_000
_NO_TEXT = 20
_ALERT = re.compile(r"""\balert\(\s*["']([^"']{2,80})["']""")
_GOES = re.compile(r"\b(?:history|location|window\.close)\b")
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<[!a-zA-Z?]")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a reader sees first. All texts have single blanks and are cut: the title at 300 characters and so on.

    Where a page shows next to no text, what its pictures are called and what its script says in a box are `headings`.

    `keywords` are those of the meta tags keywords and description, `text` the first visible words, `own` those that
    are no link; `own_length` counts the characters of all of the latter.
    """

    title: str
    keywords: str
    headings: str
    text: str
    own: str
    own_length: int


def is_markup(body: bytes, content_type: str) -> bool:
    """Whether an answer is a page, by its Content-Type, or by its first characters where it has none."""
    kind = content_type.lower()
    return "html" in kind or (not kind and bool(_MARKUP.match(body[:200])))


def is_readable(body: bytes, content_type: str) -> bool:
    """Whether an answer is a page, or a short message as text or JSON in place of one."""
    message = len(body) <= _MESSAGE and any(kind in content_type.lower() for kind in ("json", "text/plain"))
    return message or is_markup(body, content_type)


def glance(body: bytes, content_type: str = "") -> Glance:
    """The page whose bytes begin with `body`. Never raises."""
    return glance_at(decode(body, content_type)[0].replace("\x00", ""))


def glance_at(html: str) -> Glance:
    """The page with this markup. Never raises."""
    tree = LexborHTMLParser(bounded(html))
    title = _first(tree, "title")
    keywords = " ".join(
        node.attributes.get("content") or ""
        for node in tree.css("meta[name]")
        if (node.attributes.get("name") or "").lower() in {"keywords", "description"}
    )
    alert = _alert(tree) if len(html) <= _MESSAGE else ""
    for node in tree.css(_NOT_SHOWN):
        if node.tag not in {"html", "body"}:
            node.decompose()
    headings = " ".join(node.text(separator=" ") for node in tree.css(_HEADINGS))
    text = _words(tree)
    for node in tree.css("a"):
        node.decompose()
    own = _words(tree)
    if len(own) < _NO_TEXT:
        headings = f"{headings} {alert} {_pictures(tree)}"
    return Glance(title, _plain(keywords)[:_TITLE], _plain(headings)[:_TITLE], text[:_TEXT], own[:_OWN], len(own))


def _first(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return _plain(node.text())[:_TITLE] if node is not None else ""


def _pictures(tree: LexborHTMLParser) -> str:
    """What pictures are called: their words, and the names of their files."""
    shown = [node.attributes for node in tree.css("img")]
    return " ".join(f"{of.get('alt') or ''} {(of.get('src') or '').rpartition('/')[2]}" for of in shown)


def _alert(tree: LexborHTMLParser) -> str:
    """What a page says that is nothing but a script: a message, and then it goes elsewhere."""
    script = " ".join(node.text() for node in tree.css("script"))
    found = _ALERT.search(script) if _GOES.search(script) and not tree.css("body div") else None
    return found[1] if found else ""


def _words(tree: LexborHTMLParser) -> str:
    return _plain(tree.body.text(separator=" ")) if tree.body is not None else ""


def _plain(text: str) -> str:
    return " ".join(text.split())
