"""A page that is put together from parts, as one text: what its scripts write and load, what its frames show.

Only fragments that are given are put in; what else the page asks for is named. Hostile pages stay within the bounds
below, and nothing here raises for what a page or a fragment holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from checker.address import normalise, same_place
from checker.page.bounds import bounded
from checker.page.places import Place, names_part, places, writes_part
from checker.page.written import Put, Script, read

MAX_INCLUDES = 8
"""Fragments that a page may take in, those of its fragments included."""

MAX_UNNAMED = 5
"""Of them, those whose name does not say header, footer or navigation: frames must not crowd out the footer."""

MAX_FRAGMENT = 500_000
"""Characters of one fragment."""

MAX_NESTED = 2
"""A fragment may take in fragments; what those take in is not followed."""

MAX_GROWTH = 2_000_000
"""Characters by which a page may grow."""

MAX_CODE = 1_000_000
"""Characters of inline scripts that are read for what they write."""

MAX_PUTS = 50
_MOST_ELEMENTS = 4
_ACTS = (
    ("write", re.compile(r"document\s*\.\s*write")),
    ("load", re.compile(r"\.\s*load\s*\(\s*[\"'\w]")),
    ("get", re.compile(r"(?:\$|jQuery)\s*\.\s*get\s*\(")),
)
"""What takes in parts of a page, behind a word that each needs: most scripts have none of them, which is soon seen."""
_MAY_ACT = (
    ("innerHTML", re.compile("innerHTML")),
    ("html", re.compile(r"\.\s*html\s*\(")),
    ("append", re.compile(r"\.\s*append\s*\(")),
    ("ajax", re.compile(r"(?:\$|jQuery)\s*\.\s*ajax\s*\(")),
    ("post", re.compile(r"(?:\$|jQuery)\s*\.\s*post\s*\(")),
)
"""What inline scripts mostly do to other things than parts of the page."""
_WRITES = re.compile(r"document\s*\.\s*write|\.\s*(?:load|html|append)\s*\(|innerHTML")
_OTHER_ACTS = re.compile(
    r"appendChild|insertAdjacentHTML|outerHTML|\b(?:append|prepend)To\b|replaceWith|insert(?:Before|After)"
)
_MARKUP = re.compile(r"[\"'`]\s*<[a-z]", re.IGNORECASE)
_READ_WHERE_IT_STANDS = re.compile(r"conac\.cn|_ideConac|jiucuo|网站标识码|ICP备|公网安备")
"""Badges and numbers in an inline script are read from the script, and known to come from one."""
_NUMBERS = re.compile(r"网站标识码|ICP备|公网安备")
_BLOCK = re.compile(
    r"<(?:div|ul|ol|dl|li|table|tr|td|p|h\d|header|footer|nav|section|article|iframe|frameset)(?=[\s/>])", re.IGNORECASE
)
_TAGS = re.compile(r"<[^<>]*>?")
_SOURCE = re.compile(r"<script[^>]{0,300}?\ssrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_LONG_TEXT = 20
_DATE = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}")
_A_DAY = re.compile(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_NO_FRAMES = re.compile(r"<noframes(?=[\s/>]).*?(?:</noframes[^>]*>|\Z)", re.IGNORECASE | re.DOTALL)
_OPEN_TAG = re.compile(r"<[a-zA-Z/!][^>]*\Z")


@dataclass(frozen=True, slots=True)
class Whole:
    """`html`: the page with its parts; `includes`: addresses it asks for that were not given.

    `unexpanded`: addresses ('' = an inline script) from which header, footer or navigation may come, yet unseen.
    """

    html: str
    includes: tuple[str, ...]
    unexpanded: tuple[str, ...]


def put_together(html: str, url: str, included: Mapping[str, str] | None) -> Whole:
    """The page at `url` with every fragment that `included` has by its absolute address (None: scripts have run)."""
    if included is None or _is_data(html):
        return Whole(html, (), ())
    parts = _Parts(included)
    text = parts.document(html, url, (same_place(url),))
    return Whole(text, tuple(parts.wanted), tuple(parts.unread))


def _is_data(text: str) -> bool:
    """Whether a text is JSON or XML, in which markup is data."""
    start = text[:1000].lstrip("\ufeff \t\r\n")
    return start[:1] in {"{", "["} or (start[:5] == "<?xml" and "<html" not in start.lower())


def _does(code: str, acts: tuple[tuple[str, re.Pattern[str]], ...]) -> bool:
    return any(word in code and act.search(code) for word, act in acts)


@lru_cache(maxsize=64)
def _script(code: str) -> Script | None:
    """A script's reading: a site's pages share theirs."""
    return read(code)


@dataclass(slots=True)
class _Pending:
    """Something to be put into elements once the document around it is whole; addresses resolve against `base`."""

    put: Put
    chain: tuple[str, ...]


class _Parts:
    def __init__(self, included: Mapping[str, str]) -> None:
        self.included = included
        self.wanted: dict[str, None] = {}
        self.unread: dict[str, None] = {}
        self.used: dict[str, bool] = {}
        self.room = MAX_GROWTH
        self.code = MAX_CODE

    def document(self, html: str, url: str, chain: tuple[str, ...]) -> str:
        """A document with its parts. `chain`: the places of the documents around it and its own, outermost first."""
        found = places(html)[0]
        base = next((normalise(p.address, url) or url for p in found if p.kind == "base" and p.address), url)
        later: list[_Pending] = []
        text = self._text(html, found, base, chain, later)
        return self._filled(text, base, later)

    def _text(self, html: str, found: list[Place], base: str, chain: tuple[str, ...], later: list[_Pending]) -> str:
        """`html` with what its places write or show in their stead."""
        parts: list[str] = []
        position = 0
        for place in found:
            instead = self._instead(html, place, base, chain, later)
            if instead is not None:
                parts += [html[position : place.start], instead]
                position = place.end
        return "".join([*parts, html[position:]]) if parts else html

    def _instead(self, html: str, place: Place, base: str, chain: tuple[str, ...], later: list[_Pending]) -> str | None:
        """What stands there instead of a place; None if it stays as it is."""
        if place.kind == "noframes":
            return ""
        if place.kind == "frameset":
            return self._frameset(html, place, base, chain)
        if place.kind == "frame":
            return self._frame(normalise(place.address, base), chain, named=names_part(place.address))
        written = ""
        if place.kind == "script":
            written = self._by_file(normalise(place.address, base), base, chain, later)
        elif place.kind == "code":
            written = self._by_code(place.code, base, chain, later)
        return html[place.start : place.end] + written if written else None

    def _fragment(self, address: str | None, chain: tuple[str, ...], *, named: bool) -> str | None:
        """The fragment at an address if it is given and within the bounds; else it is noted what is missing."""
        if not address or same_place(address) in chain:
            return None
        text = self._given(address, chain, named=named)
        if text is None and named:
            self.unread[address] = None
        return text

    def _given(self, address: str, chain: tuple[str, ...], *, named: bool) -> str | None:
        if len(chain) > MAX_NESTED:
            return None
        if address not in self.used:
            unnamed = sum(not known for known in self.used.values())
            if len(self.used) >= MAX_INCLUDES or (not named and unnamed >= MAX_UNNAMED):
                return None
            self.used[address] = named
        text = self.included.get(address)
        if text is None:
            self.wanted[address] = None
        elif len(text) > min(MAX_FRAGMENT, self.room):
            text = None
        else:
            self.room -= len(text)
        return text

    # scripts

    def _by_file(self, address: str | None, base: str, chain: tuple[str, ...], later: list[_Pending]) -> str:
        """What a script file writes, if by its name it may write a part of the page."""
        if not address or not (names_part(address) or address in self.included):
            return ""
        code = self._fragment(address, chain, named=names_part(address))
        if code is None:
            return ""
        if _OTHER_ACTS.search(code) and _MARKUP.search(code):
            self.unread[address] = None
        if not _WRITES.search(code):
            return ""
        script = _script(code)
        if script is None or any(
            missed.startswith("document write") or writes_part(missed) for missed in script.missed
        ):
            self.unread[address] = None
        if script is None:
            return ""
        chain = (*chain, same_place(address))
        later += [_Pending(put, chain) for put in script.puts]
        return self._markup(script.written, base, chain, later)

    def _by_code(self, code: str, base: str, chain: tuple[str, ...], later: list[_Pending]) -> str:
        """What an inline script writes: a part of the page, not a badge, a counter or a clock."""
        if not (_does(code, _ACTS) or (_does(code, _MAY_ACT) and writes_part(code))):
            return ""
        self.code -= len(code)
        script = _script(code) if self.code >= 0 else None
        if script is None:
            self._doubt(writes_part(code))
            return ""
        self._doubt(any(writes_part(missed) for missed in script.missed))
        chain = (*chain, "")
        later += [_Pending(put, chain[:-1]) for put in script.puts if put.address or _fills_part(put)]
        if not _worth(script.written):
            self._doubt(bool(_NUMBERS.search(script.written)))
            return ""
        return self._markup(script.written, base, chain, later)

    def _doubt(self, something: bool) -> None:
        if something:
            self.unread[""] = None

    def _markup(self, markup: str, base: str, chain: tuple[str, ...], later: list[_Pending]) -> str:
        """Markup that stands in the page, with its own parts; it must not swallow what follows."""
        if not markup.strip() or len(chain) > MAX_NESTED + 1 or len(markup) > self.room:
            return ""
        self.room -= len(markup)
        found, ends_inside = places(markup)
        if ends_inside or _OPEN_TAG.search(markup[-2000:]):
            markup = _closed(markup)
            found = places(markup)[0]
        return self._text(markup, found, base, chain, later)

    # frames

    def _frame(self, address: str | None, chain: tuple[str, ...], *, named: bool) -> str | None:
        """What a frame shows, as an element of the page around it; its links stay those of its own address."""
        text = self._fragment(address, chain, named=named)
        if text is None or address is None:
            return None
        inside = self.document(text, address, (*chain, same_place(address)))
        return f'<div data-frame="{address.replace(chr(34), "%22")}">{_body(inside, address)}</div>'

    def _frameset(self, html: str, place: Place, base: str, chain: tuple[str, ...]) -> str:
        """The frames of a frameset as the body of the page; if none is given, the frameset as a visitor has it."""
        shown = []
        for source in place.addresses:
            address = normalise(source, base)
            inside = self._frame(address, chain, named=True)
            shown.append((address, inside))
        if all(inside is None for _, inside in shown):
            return _NO_FRAMES.sub("", html[place.start : place.end])
        kept = (inside or (f'<iframe src="{address}"></iframe>' if address else "") for address, inside in shown)
        return f"<body>{''.join(kept)}</body>"

    # places that a script fills when the page is there

    def _filled(self, html: str, base: str, later: list[_Pending]) -> str:
        """`html` with what scripts load or write into its elements; what such fragments load comes after them."""
        tree: LexborHTMLParser | None = None
        for count, pending in enumerate(later):
            if count >= MAX_PUTS:
                break
            put = pending.put
            markup = self._put(put, base, pending.chain, later)
            if not markup:
                continue
            tree = tree or LexborHTMLParser(bounded(html))
            nodes = _selected(tree, put.selector)
            for node in nodes[:_MOST_ELEMENTS]:
                if len(markup) <= self.room:
                    self.room -= len(markup)
                    _fill(node, markup, adds=put.adds)
            if not nodes and _names(put):
                self.unread[(normalise(put.address, base) or "") if put.address else ""] = None
        return (tree.html or html) if tree is not None else html

    def _put(self, put: Put, base: str, chain: tuple[str, ...], later: list[_Pending]) -> str | None:
        """The markup that is put there; None if it is not given."""
        if not put.address:
            return self._markup(put.markup, base, chain, later)
        address = normalise(put.address, base)
        text = self._fragment(address, chain, named=_names(put))
        if text is None or address is None:
            return None
        if put.part:
            text = "".join(node.html or "" for node in _selected(LexborHTMLParser(bounded(text)), put.part))
        return bounded(self._markup(text, base, (*chain, same_place(address)), later))


def _names(put: Put) -> bool:
    return names_part(put.address) or writes_part(put.selector)


def _fills_part(put: Put) -> bool:
    return writes_part(put.selector) and not _READ_WHERE_IT_STANDS.search(put.markup)


def _worth(written: str) -> bool:
    """Whether what an inline script writes is a part of the page: a block, a line of text, a day, another script."""
    if not written or _READ_WHERE_IT_STANDS.search(written):
        return False
    if _BLOCK.search(written) or any(names_part(source) for source in _SOURCE.findall(written)):
        return True
    return len(_TAGS.sub("", written).strip()) >= _LONG_TEXT or bool(_A_DAY.search(written))


def _selected(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Elements of a selector; none for one that only jQuery understands."""
    try:
        return tree.css(selector) if len(selector) < 200 else []
    except SelectolaxError:
        return []


def _fill(node: LexborNode, markup: str, *, adds: bool) -> None:
    if not adds:
        node.inner_html = markup
        return
    body = LexborHTMLParser(f"<div>{markup}</div>").body
    if body is not None:
        node.insert_child(body)


def _closed(markup: str) -> str:
    """Markup with its open ends closed, as a parser closes them."""
    body = LexborHTMLParser(f"<body>{bounded(markup)}").body
    return (body.inner_html or "") if body is not None else ""


def _body(html: str, url: str) -> str:
    """What the document at `url` shows, its links made absolute."""
    tree = LexborHTMLParser(bounded(html))
    base = url
    for node in tree.css("base"):
        base = normalise(node.attributes.get("href") or "", url) or base if base == url else base
        node.decompose()
    for name in ("href", "src"):
        for node in tree.css(f"[{name}]"):
            written = (node.attributes.get(name) or "").strip()
            absolute = normalise(written, base) if written and not written.startswith("#") else None
            if absolute and "{" not in written and "'" not in written and "<" not in written:
                node.attrs[name] = absolute
    for node in tree.css("meta"):
        node.decompose()
    scripts = "".join(node.html or "" for node in tree.head.css("script")) if tree.head is not None else ""
    return scripts + ((tree.body.inner_html or "") if tree.body is not None else "")
