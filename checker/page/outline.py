"""The outline of a page: its elements and text runs in document order, from one walk over the parsed tree.

Extractors need ancestors, siblings and the text between two places; on the outline that is arithmetic on integers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Final

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

_HIDING = re.compile(r"display\s*:\s*none", re.IGNORECASE)


# Elements and runs are built by the thousand, and `frozen` makes that five times as slow: here the type checker alone
# keeps fields from being set again.
@dataclass(slots=True)
class Element:
    """One element: its place in the outline and what its start tag says. Only the walk sets its ends, as it closes."""

    index: Final[int]
    parent: Final[int]
    tag: Final[str]
    attributes: Final[Mapping[str, str | None]]
    end: int
    first_run: Final[int]
    end_run: int
    hidden: Final[bool]

    def attribute(self, name: str) -> str:
        """Value of an attribute, trimmed; '' if it is missing or bare."""
        return (self.attributes.get(name) or "").strip()

    @property
    def names(self) -> str:
        """Class and id together, as written."""
        attributes = self.attributes
        return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip() if attributes else ""


@dataclass(slots=True, unsafe_hash=True)
class Run:
    """A piece of text without markup inside, blanks collapsed."""

    text: Final[str]
    element: Final[int]
    apart: Final[bool]
    linked: Final[bool]
    hidden: Final[bool]


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
        self.elements: list[Element] = []
        self.runs: list[Run] = []
        self.scripts: list[tuple[int, str]] = []
        self.open: list[Element] = [Element(-1, -1, "", {}, 0, 0, 0, False)]
        self.nodes: list[int] = []
        self.unseen: set[int] = set()
        self.anchors = 0
        self.apart = True

    def over(self, root: LexborNode) -> Outline:
        """The outline below `root`."""
        nodes, unseen, elements = self.nodes, self.unseen, self.elements
        nodes.append(root.parent.mem_id if root.parent is not None else 0)
        # the parser's own traversal is many times as fast as steps from child to child in Python, but does not tell
        # where elements close: that is seen by the parent of the next node
        for node in root.traverse(include_text=True):
            parent = node.parent
            around = parent.mem_id if parent is not None else 0
            if around in unseen:
                unseen.add(node.mem_id)
                continue
            if around != nodes[-1]:
                self._leave(around)
            tag = node.tag
            if tag == "-text":
                content = node.text_content or ""
                if not content.isspace():
                    self._text(content)
                else:
                    self.apart = True
            elif tag and tag[0] != "-":
                self._enter(node, intern(tag))
                if len(elements) >= MAX_ELEMENTS:
                    break
        self._leave(nodes[0])
        return Outline(tuple(elements), tuple(self.runs), tuple(self.scripts), len(elements) >= MAX_ELEMENTS)

    def _enter(self, node: LexborNode, tag: str) -> None:
        around = self.open[-1]
        attributes = node.attributes
        hidden = around.hidden or "hidden" in attributes or ("style" in attributes and _hides(attributes["style"]))
        elements, run = self.elements, len(self.runs)
        index = len(elements)
        element = Element(index, around.index, tag, attributes, index + 1, run, run, hidden)
        elements.append(element)
        if tag not in INLINE:
            self.apart = True
        elif tag == "a":
            self.anchors += 1
        if tag in UNSEEN:
            self.unseen.add(node.mem_id)
            if tag == "script":
                self.scripts.append((index, _own_text(node)))
        else:
            self.open.append(element)
            self.nodes.append(node.mem_id)

    def _leave(self, around: int) -> None:
        """Close the elements inside the node `around`."""
        nodes, opened = self.nodes, self.open
        end, end_run = len(self.elements), len(self.runs)
        while nodes[-1] != around:
            nodes.pop()
            element = opened.pop()
            element.end, element.end_run = end, end_run
            if element.tag not in INLINE:
                self.apart = True
            elif element.tag == "a":
                self.anchors -= 1

    def _text(self, content: str) -> None:
        text = " ".join(content.split())
        if text:
            around = self.open[-1]
            apart = self.apart or content[0].isspace()
            self.runs.append(Run(text, around.index, apart, self.anchors > 0, around.hidden))
            self.apart = content[-1].isspace()


def _hides(style: str | None) -> bool:
    return bool(style and _HIDING.search(style))


def _own_text(node: LexborNode) -> str:
    child = node.child
    return (child.text_content or "") if child is not None and child.is_text_node else ""
