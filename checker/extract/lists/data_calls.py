"""Plain GET calls that bring a page its list: read off the page's scripts, asked for like further pages of the column.

No script is run: an address counts only as a constant, without holes to be filled.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from checker.address import in_scope, normalise, same_place
from checker.extract.contract import PageContext
from checker.extract.lists.filled import empty_places, mentions
from checker.extract.lists.literals import Value, document, value_at
from checker.page import ParsedPage

MOST_CALLS = 3
"""Calls of one page that are followed; what asks for more is no list."""

_MOST_SCRIPT = 200_000
_BEFORE = 60
"""Characters before a call in which the place that it fills may be named."""

_QUOTED = r"[\"'`](?P<{name}>[^\"'`\s<>{{}}$]{{2,500}})[\"'`]"
_CALLS = (
    re.compile(r"(?:\$|jQuery)\.(?:getJSON|get)\(\s*" + _QUOTED.format(name="url") + r"\s*[,)]"),
    re.compile(r"\bfetch\(\s*" + _QUOTED.format(name="url") + r"\s*(?P<more>[,)][^)]{0,200})"),
    re.compile(r"\baxios(?:\.get)?\(\s*" + _QUOTED.format(name="url") + r"\s*[,)]"),
    re.compile(r"\.open\(\s*[\"']GET[\"']\s*,\s*" + _QUOTED.format(name="url") + r"\s*[,)]", re.IGNORECASE),
)
_AJAX = re.compile(r"(?:\$|jQuery)\.ajax\(\s*\{(?P<inside>.{0,1500}?)(?:success|done|\}\s*\))", re.DOTALL)
_AJAX_URL = re.compile(r"(?<![\w.])[\"']?url[\"']?\s*:\s*" + _QUOTED.format(name="url") + r"\s*(?=[,}\n])")
_POSTS = re.compile(r"(?:type|method)[\"']?\s*:\s*[\"']post", re.IGNORECASE)
_SENDS = re.compile(r"(?<![\w.])[\"']?data[\"']?\s*:(?!\s*(?:null|[\"']{2}))")
_A_LIST = re.compile(
    r"\.(?:json|xml|s?html?|jsp|jspx|do|action|php|aspx|ashx)(?:$|\?)|/api/|list|news|data", re.IGNORECASE
)
_NO_LIST = re.compile(
    r"weather|tianqi|visit|count(?!r?y)|hits?(?:\b|\.)|click|/pv|tongji|stat(?:istics)?\b|qr(?:code|\b)|captcha|login|user|foot|head(?:er)?\b"
    r"|bottom|/top\b|nav|menu|hot(?:news|list)?\b|rank|recommend|tuijian|banner|slide|link(?:s|list)?\b|config|i18n|\blang\b",
    re.IGNORECASE,
)
_CONFIG = re.compile(r"_CONFIG\s*=\s*(?=\{)")
_SID = re.compile(r"[\"']?\bSID[\"']?\s*:\s*[\"']?(\d{1,20})")
_CATALOG = re.compile(
    r"[\"']?\b(?:catalog|catalog_?id|column_?id|CATALOG(?:_ID)?|COLUMN_ID)[\"']?\s*:\s*[\"']?(\d{1,20})"
)
_DIRECTORY = re.compile(r"^(?P<before>.*/gkmlpt)/(?:index|policy|guide|annual_report)?(?:$|[/?#])")
_FRAGMENT = re.compile(r"#(\d{1,12})$")
_PAGE_NUMBER = re.compile(r"page(?:_?(?:no|num|index))?|cur_?page|current_?page|p", re.IGNORECASE)
_TOTALS = ("total", "totalcount", "total_count", "totalrecord", "count", "recordcount")
_PAGES = ("pages", "totalpage", "totalpages", "total_page", "total_pages", "pagecount", "last_page", "lastpage")


def data_calls(page: ParsedPage, context: PageContext) -> tuple[str, ...]:
    """Addresses (absolute, in scope) that answer with the list of a column page whose own text holds none."""
    found = dict.fromkeys(
        url for url in (*_directory(page, context), *_constant(page)) if url and _may_ask(url, page, context)
    )
    return tuple(found)[:MOST_CALLS]


def _may_ask(url: str, page: ParsedPage, context: PageContext) -> bool:
    return in_scope(url, context.home, context.aliases) and same_place(url) not in {
        same_place(page.url), same_place(page.base_url), same_place(context.home),
    }  # fmt: skip


def _constant(page: ParsedPage) -> list[str]:
    """Addresses that a script asks for as they stand, to fill an empty place of the main part.

    Where no call names such a place beside it, the only call of the page must be the one.
    """
    places = empty_places(page)
    found: list[tuple[str, bool]] = []
    for _, script in page.outline.scripts:
        text = script[:_MOST_SCRIPT]
        calls = sorted(_written(text))
        for number, (start, written) in enumerate(calls):
            end = calls[number + 1][0] if number + 1 < len(calls) else len(text)
            if _A_LIST.search(written) and not _NO_LIST.search(written.partition("?")[0]) and written[-1] != "=":
                around = text[max(start - _BEFORE, 0) : end]
                found.append((normalise(written, page.base_url) or "", any(mentions(around, p) for p in places)))
    filling = [url for url, fills in found if fills]
    return filling or ([found[0][0]] if len({url for url, _ in found}) == 1 else [])


def _written(script: str) -> Iterator[tuple[int, str]]:
    """Where each call stands and the address that it asks for, with the constants that it sends along."""
    for pattern in _CALLS:
        for match in pattern.finditer(script):
            if not _POSTS.search(match.groupdict().get("more") or ""):
                url = _with_query(match["url"], script, match.end())
                if url:
                    yield match.start(), url
    for match in _AJAX.finditer(script):
        inside = match["inside"]
        named = _AJAX_URL.search(inside)
        if named and not _POSTS.search(inside):
            sent = _SENDS.search(inside)
            url = _with_query(named["url"], script, match.start("inside") + sent.end()) if sent else named["url"]
            if url:
                yield match.start(), url


def _with_query(url: str, script: str, position: int) -> str:
    """`url` with the constants of the object that begins at `position`, '' if it is not made of constants."""
    if not re.match(r"\s*\{", script[position : position + 20]):
        return url if script[position - 1 : position] != ":" else ""
    sent = value_at(script, position)
    if not isinstance(sent, dict) or any(not isinstance(v, str | int) for v in sent.values()):
        return ""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(sent)}" if sent else url


def _directory(page: ParsedPage, context: PageContext) -> Iterator[str]:
    """The call of a Guangdong disclosure directory: its site number and a column stand in the page's settings.

    The column is the one that the address or the settings name, else one called like the column asked for, else all.
    """
    place = _DIRECTORY.match(page.base_url.partition("?")[0])
    for _, script in page.outline.scripts:
        start = _CONFIG.search(script)
        sid = _SID.search(script, start.end()) if start else None
        if not place or not start or not sid:
            continue
        catalog = _CATALOG.search(script, start.end(), start.end() + 4000)
        name = next((c.name for c in context.columns if c.url == context.listed_in), "")
        chosen = _FRAGMENT.search(page.url) or _FRAGMENT.search(context.listed_in)
        column = chosen[1] if chosen else catalog[1] if catalog else _called(name, value_at(script, start.end())) or "0"
        yield normalise(f"{place['before']}/api/all/{column}?page=1&sid={sid[1]}") or ""


def _called(name: str, tree: Value, depth: int = 0) -> str:
    """The number of the column in a directory's tree that has a name; '' if none has."""
    if not name or depth > 12:
        return ""
    if isinstance(tree, dict):
        if tree.get("name") == name and isinstance(tree.get("id"), int | str):
            return str(tree["id"])
        tree = list(tree.values())
    members = tree if isinstance(tree, list) else ()
    return next((found for m in members if isinstance(m, dict | list) and (found := _called(name, m, depth + 1))), "")


def next_answer(text: str, url: str, records: int) -> str:
    """The call that brings the next group, where an answer of `records` entries says that there are more; else ''."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    place = next((n for n, (name, value) in enumerate(query) if _PAGE_NUMBER.fullmatch(name) and value.isdigit()), -1)
    if place < 0 or not records:
        return ""
    number = max(int(query[place][1]), 1)
    if not _has_more(document(text), number, records):
        return ""
    query[place] = (query[place][0], str(number + 1))
    return normalise(urlunsplit(parts._replace(query=urlencode(query)))) or ""


def _has_more(answer: Value, number: int, records: int) -> bool:
    if not isinstance(answer, dict):
        return False
    inner = [value for value in answer.values() if isinstance(value, dict)]
    for level in (answer, *inner):
        known = {name.lower(): value for name, value in level.items() if isinstance(value, int)}
        if any(known.get(name, 0) > number for name in _PAGES):
            return True
        if any(known.get(name, 0) > number * records for name in _TOTALS):
            return True
    return False
