"""Hanweb's data stores: list entries as records inside a script or an answer, and the address of the next group."""

import re
from html import unescape

from checker.address import normalise
from checker.page import Element, ParsedPage

MAX_LENGTH = 3_000_000
"""Characters of one store that are read."""

_STORE = re.compile(r"<datastore|<recordset|<record[\s>]", re.IGNORECASE)
_RECORD = re.compile(r"<record(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_ROW = re.compile(r"\s*(?:<!--[^<>]{0,200}-->\s*)?<tr[\s>]", re.IGNORECASE)
_TABLE = re.compile(r"</?(?:table|tbody)(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_GROUP = re.compile(r"<nextgroup(?:\s[^<>]{0,200})?>(.{0,4000}?)</nextgroup", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'<>\s]{1,2000})", re.IGNORECASE)


def is_answer(text: str) -> bool:
    """Whether a text is a data store sent by itself, as the answer to a call for one group."""
    start = text[:600].lstrip("\ufeff \t\r\n")
    start = re.sub(r"^<\?xml[^<>]{0,200}\?>\s*", "", start)
    return bool(re.match(r"<(?:datastore|recordset)[\s>]", start, re.IGNORECASE))


def stores(page: ParsedPage) -> list[tuple[Element, str]]:
    """The stores of a page as (element that holds it, source), or the one that the whole answer is."""
    if is_answer(page.html):
        return [(page.outline.elements[0], page.html[:MAX_LENGTH])]
    found = [
        (page.outline.elements[index], script[:MAX_LENGTH])
        for index, script in page.outline.scripts
        if _STORE.search(script[:5000]) and ("</record" in script or "<![CDATA[" in script)
    ]
    return found or _elsewhere(page)


def _elsewhere(page: ParsedPage) -> list[tuple[Element, str]]:
    """A store that stands in a hidden field or in the open page."""
    for element in page.outline.elements:
        if element.tag in {"textarea", "datastore", "xml"}:
            start = page.html.find("<datastore")
            if start >= 0:
                return [(element, page.html[start : start + MAX_LENGTH].partition("</datastore")[0])]
            start = page.html.find("&lt;datastore")
            if start >= 0:
                return [(element, unescape(page.html[start : start + MAX_LENGTH].partition("&lt;/datastore")[0]))]
    return []


def records_html(store: str) -> str:
    """The records of a store as one list in HTML, whether they stand in CDATA, as elements or escaped."""
    parts = [_inner(part.partition("</record")[0]) for part in _RECORD.split(store)[1:]]
    if parts and all("<table" in part for part in parts):
        parts = [_TABLE.sub("", part) for part in parts]
    if parts and _ROW.match(parts[0]):
        return "<table><tbody>" + "".join(parts) + "</tbody></table>"
    if parts and re.match(r"\s*<li[\s>]", parts[0], re.IGNORECASE):
        return "<ul>" + "".join(parts) + "</ul>"
    return "<ul>" + "".join(f"<li>{part}</li>" if "<tr" not in part else part for part in parts) + "</ul>"


def _inner(part: str) -> str:
    _, opened, data = part.partition("<![CDATA[")
    if opened:
        return data.partition("]]>")[0]
    return part if "<" in part else unescape(part)


def next_group(store: str, base_url: str) -> str:
    """Absolute address that answers with the next group of records; '' if the store names none."""
    group = _GROUP.search(store)
    link = _HREF.search(unescape(group[1])) if group else None
    return normalise(link[1], base_url) or "" if link else ""
