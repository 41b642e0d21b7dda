"""The outline of a page: its elements and text runs in document order, from one walk over the parsed tree.

Extractors need ancestors, siblings and the text between two places; on the outline that is arithmetic on integers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

MAX_ELEMENTS = 400_000
"""More elements than this are not walked; the page says that it was truncated."""

UNSEEN = frozenset({"script", "style", "noscript", "template", "title", "iframe", "object", "textarea"})
"""Elements whose content is no visible text."""

INLINE = frozenset({
    "a", "abbr", "b", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "tt", "u",
})  # fmt: skip
"""Elements that do not part words: a title is often one element a character."""

_BLANK = re.compile(r"\s+")
_HIDING = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its place in the outline and what its start tag says."""

    index: int
    parent: int
    tag: str
    attributes: Mapping[str, str | None]
    end: int
    first_run: int
    end_run: int
    hidden: bool

    def attribute(self, name: str) -> str:
        """Value of an attribute, trimmed; '' if it is missing or bare."""
        return (self.attributes.get(name) or "").strip()

    @property
    def names(self) -> str:
        """Class and id together, as written."""
        return f"{self.attributes.get('class') or ''} {self.attributes.get('id') or ''}".strip()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text without markup inside, blanks collapsed."""

    text: str
    element: int
    apart: bool
    linked: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """Elements in document order (an element's descendants are `index + 1 … end - 1`), text runs, inline scripts."""

    elements: tuple[Element, ...]
    runs: tuple[Run, ...]
    scripts: tuple[tuple[int, str], ...]
    truncated: bool

    def text(self, first_run: int, end_run: int, *, hidden: bool = False) -> str:
        """Text of runs as a reader sees it; `hidden` adds what an inline style hides."""
        parts: list[str] = []
        for run in self.runs[first_run:end_run]:
            if hidden or not run.hidden:
                parts.append(" " + run.text if run.apart else run.text)
        return "".join(parts).strip()

    def text_of(self, element: Element, *, hidden: bool = False) -> str:
        """Text inside an element."""
        return self.text(element.first_run, element.end_run, hidden=hidden)

    def ancestors(self, element: Element) -> Iterator[Element]:
        """Parents, nearest first."""
        while element.parent >= 0:
            element = self.elements[element.parent]
            yield element


class Walk:
    """Builds an Outline; one element opens, its text and children follow, it closes."""

    def __init__(self) -> None:
        self.tags: list[tuple[int, str, Mapping[str, str | None], int, bool, bool]] = []
        self.ends: list[int] = []
        self.end_runs: list[int] = []
        self.runs: list[Run] = []
        self.scripts: list[tuple[int, str]] = []
        self.open: list[int] = []
        self.apart = True
        self.truncated = False

    def over(self, root: LexborNode) -> Outline:
        """The outline below `root`."""
        node: LexborNode | None = root
        while node is not None:
            down = self._enter(node)
            following = node.child if down else None
            while following is None and node is not None:
                if node.is_element_node:
                    self._leave()
                following = node.next if self.open else None
                if following is None:
                    node = node.parent if self.open else None
            node = following
            if len(self.tags) >= MAX_ELEMENTS:
                self.truncated = True
                break
        while self.open:
            self._leave()
        return self._finished()

    def _enter(self, node: LexborNode) -> bool:
        if node.is_text_node:
            self._text(node.text_content or "")
            return False
        if not node.is_element_node:
            return False
        tag = node.tag or ""
        attributes = node.attributes
        parent = self.open[-1] if self.open else -1
        hidden = parent >= 0 and self.tags[parent][4]
        hidden = hidden or bool(_HIDING.search(attributes.get("style") or "")) or "hidden" in attributes
        linked = tag == "a" or (parent >= 0 and self.tags[parent][5])
        self.open.append(len(self.tags))
        self.tags.append((parent, tag, attributes, len(self.runs), hidden, linked))
        self.ends.append(0)
        self.end_runs.append(0)
        if tag not in INLINE:
            self.apart = True
        if tag == "script":
            self.scripts.append((self.open[-1], _own_text(node)))
        return tag not in UNSEEN

    def _leave(self) -> None:
        index = self.open.pop()
        self.ends[index] = len(self.tags)
        self.end_runs[index] = len(self.runs)
        if self.tags[index][1] not in INLINE:
            self.apart = True

    def _text(self, content: str) -> None:
        text = _BLANK.sub(" ", content)
        if text[:1] == " ":
            self.apart = True
        stripped = text.strip()
        if not stripped or not self.open:
            return
        _, _, _, _, hidden, linked = self.tags[self.open[-1]]
        self.runs.append(Run(stripped, self.open[-1], self.apart, linked, hidden))
        self.apart = text[-1] == " "

    def _finished(self) -> Outline:
        elements = tuple(
            Element(i, parent, tag, attributes, self.ends[i], first, self.end_runs[i], hidden)
            for i, (parent, tag, attributes, first, hidden, _) in enumerate(self.tags)
        )
        return Outline(elements, tuple(self.runs), tuple(self.scripts), self.truncated)


def _own_text(node: LexborNode) -> str:
    child = node.child
    return (child.text_content or "") if child is not None and child.is_text_node else ""
