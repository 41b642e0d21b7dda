"""Whether the columns of a site are completely known: what an accusation needs that says it has no such column."""

from checker.address import host_of, normalise, same_place
from checker.crawl import is_page
from checker.extract.columns.names import HOME, MAP, cleaned, is_name
from checker.facts.store import FactsWriter
from checker.scan.state import MOST_COLUMNS

_ENOUGH = 3
"""Fewer links are no navigation, and no site map."""

_NAMED = 3
"""Columns that a reason names; the rest it counts."""

_ELSEWHERE = "导航链接指向站外*"
"""Reason of a column on another site, as the extractor writes it."""

_COLUMNS = """
SELECT a.url, c.name, c.type, c.registered, c.reason GLOB ?, coalesce(f.state, ''), coalesce(f.note, ''),
       EXISTS (SELECT 1 FROM fetch g WHERE g.url = c.url AND g.outcome IN ('http-4xx', 'soft-404'))
FROM site_column c JOIN address a ON a.id = c.url LEFT JOIN frontier f ON f.url = a.url
WHERE c.level = 1 OR c.registered = 1 OR c.origin = 'navigation' ORDER BY c.registered DESC, c.level, c.rowid
"""

_ON_HOME = """
SELECT l.url, l.text FROM link l JOIN address h ON h.id = l.page WHERE h.url = ?1 AND l.tag IN ('a', 'area')
UNION
SELECT l.url, l.text FROM page_template t JOIN address h ON h.id = t.page JOIN link l ON l.template = t.template
WHERE h.url = ?1 AND l.tag IN ('a', 'area')
"""

_NAVIGATION = """
SELECT l.text, l.url FROM page_template t JOIN address h ON h.id = t.page
JOIN link l ON l.template = t.template WHERE h.url = ? AND t.region IN ('navigation', 'header')
"""

_FOUND = "SELECT count(*) FROM site_column c WHERE c.origin = 'navigation'"

_MAPS = """
SELECT f.state, f.note,
       EXISTS (SELECT 1 FROM fetch g WHERE g.url = a.id AND g.outcome IN ('http-4xx', 'soft-404')),
       (SELECT count(DISTINCT l.url) FROM link l WHERE l.page = a.id OR (l.page = 0 AND l.template IN (
           SELECT t.template FROM page_template t WHERE t.page = a.id AND t.template NOT IN (
               SELECT h.template FROM page_template h JOIN address b ON b.id = h.page WHERE b.url = ?))))
FROM frontier f LEFT JOIN address a ON a.url = f.url WHERE f.role = 'map'
"""
"""Site maps with the links that they have beyond the templates of the home page."""


def site_gap(facts: FactsWriter, home: str) -> tuple[str, str]:
    """Why the columns of the site at `home` are not completely known, and the state that this means.

    ('', 'complete') once the home page was read, its navigation found, all columns of it and all registered ones read,
    and the site map, too, where the home page leads to one. A page that is gone (4xx) hides nothing; a picture without
    a word may lead anywhere, so the page behind it must have been reached.
    """
    reason = _home_gap(facts, home)
    if reason:
        return reason, "failed"
    parts = (_navigation_gap, _columns_gap, _map_gap, _pictures_gap, _unread_parts, _too_many)
    reasons = [gap for part in parts if (gap := part(facts, home))]
    return ("；".join(reasons), "partial") if reasons else ("", "complete")


def _home_gap(facts: FactsWriter, home: str) -> str:
    rows = facts.execute("SELECT state, note FROM frontier WHERE url = ?", (home,))
    if not rows:
        return "首页未读取"
    state, note = rows[0]
    return "" if state == "done" and not note else f"首页未能读取：{note or state}"


def navigation_seen(facts: FactsWriter, home: str) -> bool:
    """Whether the home page's navigation was found: links in it or in the header that say where they lead.

    Pictures without a word, languages and tools say nothing of the columns. Registered columns alone are no navigation;
    a row of links that was taken for one is.
    """
    named = {url for text, url in facts.execute(_NAVIGATION, (home,)) if _says_where(text)}
    return len(named) >= _ENOUGH or facts.execute(_FOUND)[0][0] >= _ENOUGH


def _says_where(text: str) -> bool:
    name = cleaned(text)
    return is_name(name) or bool(HOME.fullmatch(name))


def _navigation_gap(facts: FactsWriter, home: str) -> str:
    """A navigation, or columns that the home page leads to where no class tells its navigation."""
    if navigation_seen(facts, home):
        return ""
    led_to = f"SELECT count(*) FROM site_column c WHERE c.url IN (SELECT url FROM ({_ON_HOME}))"
    return "" if facts.execute(led_to, (home,))[0][0] >= _ENOUGH else "首页未识别到导航"


def _columns_gap(facts: FactsWriter, home: str) -> str:
    unread: list[str] = []
    for url, name, kind, registered, elsewhere, state, note, gone in facts.execute(_COLUMNS, (_ELSEWHERE,)):
        foreign = elsewhere or (not state and registered and host_of(url) != host_of(home))
        if not (foreign or gone or _known(url, kind, state, note)):
            unread.append(name)
    if not unread:
        return ""
    named = "、".join(unread[:_NAMED]) + ("等" if len(unread) > _NAMED else "")
    return f"{len(unread)}个导航或已登记栏目未能读取（{named}）"


def _known(url: str, kind: str, state: str, note: str) -> bool:
    """Whether it is known what stands there: read, no page at all, or a typed name that leads to another site."""
    if state == "done":
        return not note or note.startswith("不是网页")
    if not state:
        return not is_page(url)
    return note == "跳转到首页" or (note.startswith("跳转到站外") and kind != "other")


def _map_gap(facts: FactsWriter, home: str) -> str:
    """The site maps that the home page leads to; one read with its links is enough, one that is gone is none."""
    maps = [row for row in facts.execute(_MAPS, (home,)) if not row[2]]
    if any(state == "done" and not note and links >= _ENOUGH for state, note, _, links in maps):
        return ""
    if maps or _offered_unread(facts, home):
        return "网站地图未能读取"
    return ""


def _offered_unread(facts: FactsWriter, home: str) -> bool:
    """Whether the home page leads to a site map of its own host that was never queued as one."""
    sql = f"SELECT a.url, o.text FROM ({_ON_HOME}) o JOIN address a ON a.id = o.url"
    queued = {same_place(url) for (url,) in facts.execute("SELECT url FROM frontier WHERE role = 'map'")}
    offered = (
        normalise(url) or url for url, text in facts.execute(sql, (home,)) if MAP.fullmatch("".join(text.split()))
    )
    return any(host_of(url) == host_of(home) and same_place(url) not in queued for url in offered)


def _pictures_gap(facts: FactsWriter, home: str) -> str:
    """Pictures on the home page that lead, without a word, to pages of the site that were not reached."""
    sql = (
        f"SELECT count(*) FROM ({_ON_HOME}) o JOIN address a ON a.id = o.url JOIN frontier f ON f.url = a.url "
        "WHERE o.text = '' AND f.state NOT IN ('done', 'failed')"
    )
    unread = facts.execute(sql, (home,))[0][0]
    return f"首页{unread}个无文字的图片链接未读取" if unread else ""


def _unread_parts(facts: FactsWriter, home: str) -> str:
    """What the extractor said it could not see: a navigation that a script writes, from a file that was not read."""
    sql = "SELECT reason FROM gather_log WHERE fact = 'site_column' AND scope = ? AND state <> 'complete'"
    rows = facts.execute(sql, (home,))
    return str(rows[0][0]) if rows else ""


def _too_many(facts: FactsWriter, home: str) -> str:
    """Columns beyond the bound are not noted: what is missing may be among them."""
    full = facts.execute("SELECT count(*) FROM site_column")[0][0] >= MOST_COLUMNS
    return f"发现的栏目达到{MOST_COLUMNS}个的上限，其余未作为栏目读取" if full else ""
