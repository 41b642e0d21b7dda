"""Coverage lines of a site at the end of its gathering: what was read completely, where, and why not."""

from collections.abc import Iterator

from checker.crawl import Rank, is_page
from checker.extract.lists.extractor import LIFTED, READ_BY_CALL
from checker.facts.schema import Need
from checker.facts.store import FactsWriter
from checker.model.facts import GatherLog
from checker.model.results import FetchOutcome
from checker.scan.column_coverage import navigation_seen, site_gap
from checker.scan.state import BY_SCRIPT, CRASHED, CUT, GARBLED, INCOMPLETE, STILL_EMPTY

ESTABLISHED: frozenset[Need] = frozenset(
    {
        Need("list_item", "column"), Need("article_date", "column"), Need("list_item", "home"),
        Need("article_date", "home"), Need("site_column", "navigation"), Need("mark", "footer"), Need("mark", "home"),
        Need("site_column", "site"), Need("page", ""),
        Need("tag", ""), Need("article", ""), Need("article_date", ""), Need("link", ""), Need("link_check", ""),
        Need("hidden_link", "target"), Need("account_mention", "home"), Need("filed_account", ""),
        Need("post", ""), Need("post", "newest"), Need("post", "original"), Need("account_function", ""),
        Need("account_meta", ""), Need("probe", "app-download"), Need("probe", "menu-link"),
        Need("sibling", ""), Need("visit", ""), Need("term_hit", "post"),
        Need("probe", "certificate"), Need("probe", "ipv6"), Need("probe", "closed"),
        Need("known_finding", ""), Need("seen_article", ""),
    }
)  # fmt: skip
"""Coverage that a scan of this version can establish; a rule that needs any other waits, and says so."""

_MORE_THAN_NAVIGATION = 300
"""Characters outside navigation, header and footer from which on a home page does more than navigate."""

_A_TEXT = 150
"""Characters from which on a column page without a list is a page of text (as in the view blank_column)."""

_JUDGED_LEVELS = 2
"""Columns further down are judged if they are registered or were read."""

_UNREAD_ITEMS = """
SELECT DISTINCT a.url FROM list_item i JOIN address a ON a.id = i.url JOIN address l ON l.id = i.listed_in
WHERE l.url = ? AND NOT EXISTS (SELECT 1 FROM article_date d WHERE d.url = i.url)
AND (EXISTS (SELECT 1 FROM gather_log g WHERE g.fact = 'article_date' AND g.scope = a.url AND g.state = 'failed')
     OR NOT EXISTS (SELECT 1 FROM frontier f WHERE f.url = a.url AND f.state = 'done' AND f.note = ''
                    AND f.role = 'article'))
AND NOT EXISTS (SELECT 1 FROM fetch h WHERE h.url = i.url AND h.outcome IN ('http-4xx', 'soft-404'))
"""
"""Entries without a date on a page that was not read as an article; one that is gone (4xx, soft 404) shows none."""

_UNREAD_PAGES = """
SELECT count(*) FROM frontier f LEFT JOIN address a ON a.url = f.url
WHERE (f.state = 'failed' AND EXISTS (
    SELECT 1 FROM fetch g WHERE g.url = a.id AND g.outcome NOT IN ('ok', 'http-4xx', 'soft-404')))
OR f.note GLOB ? OR f.note IN (?, ?, ?)
OR (f.note = ? AND NOT EXISTS (
    SELECT 1 FROM gather_log l WHERE l.fact = 'list_item' AND l.scope = f.url AND l.reason = ?))
OR EXISTS (SELECT 1 FROM gather_log l WHERE l.fact = 'link' AND l.scope = f.url AND l.state = 'partial')
"""

_HALF_BUILT = "SELECT reason FROM gather_log WHERE fact = 'site_column' AND scope = ? AND reason GLOB ?"

_LISTLESS = """
SELECT c.should_update, p.main_length FROM site_column c JOIN page p ON p.url = c.url JOIN address a ON a.id = c.url
WHERE a.url = ? AND NOT EXISTS (SELECT 1 FROM list_item i WHERE i.listed_in = c.url)
"""


def coverage_lines(subject: str, home: str, facts: FactsWriter) -> Iterator[GatherLog]:
    """All lines of one site, from what its facts file and its frontier hold; a resumed scan says the same."""

    def line(fact: str, scope: str, reason: str, state: str = "partial") -> GatherLog:
        return GatherLog(subject, fact, scope, state if reason else "complete", reason)

    columns = facts.execute("SELECT a.url, c.registered FROM site_column c JOIN address a ON a.id = c.url")
    bad_columns = 0
    for url, registered in columns:
        reason, state = _list_gap(facts, url) if registered else _elsewhere(facts, url) or _list_gap(facts, url)
        bad_columns += bool(reason) and state != "notApplicable"
        yield line("list_item", url, reason, state)
        dates, date_state = (reason, state) if reason else _date_gap(facts, url)
        yield line("article_date", url, dates, date_state)
    yield from _home_lines(subject, home, facts, bad_columns)
    unread, state = _page_gap(facts, home)
    whole = _left(facts) or _unread_pages(facts)
    reasons = {
        "page": _sample_gap(facts), "tag": _sample_gap(facts), "article": whole, "article_date": whole, "link": whole,
        "link_check": whole or _unjudged(facts),
    }  # fmt: skip
    for fact, reason in reasons.items():
        yield line(fact, "", unread or reason or _crashed(facts, fact), state if unread else "partial")
    targets = unread or whole or _crashed(facts, "link") or _unjudged_targets(facts, home)
    yield line("hidden_link", "target", targets, state if unread else "partial")


def _home_lines(subject: str, home: str, facts: FactsWriter, bad_columns: int) -> Iterator[GatherLog]:
    reason, state = _list_gap(facts, home)
    entries = facts.execute(
        "SELECT count(*) FROM list_item i JOIN address a ON a.id = i.listed_in WHERE a.url = ?", (home,)
    )
    words = facts.execute("SELECT p.main_length FROM page p JOIN address a ON a.id = p.url WHERE a.url = ?", (home,))
    if not reason and not entries[0][0] and words and words[0][0] >= _MORE_THAN_NAVIGATION:
        reason, state = "首页有正文，但未识别到信息列表", "partial"
    elif not reason and not entries[0][0] and bad_columns:
        reason, state = f"首页为导航页，有{bad_columns}个栏目未读全", "partial"
    dates, date_state = (reason, state) if reason else _date_gap(facts, home)
    nav, nav_state = _navigation_gap(facts, home)
    footer, footer_state = _page_gap(facts, home)
    marks, marks_state = _own_gap(facts, home, "mark", "首页标识未读取")
    offered, offered_state = _own_gap(facts, home, "account_mention", "首页展示的账号未读取")
    site, site_state = site_gap(facts, home)
    for fact, scope, why, how in (
        ("list_item", "home", reason, state), ("article_date", "home", dates, date_state),
        ("site_column", "navigation", nav, nav_state), ("mark", "footer", footer, footer_state),
        ("mark", "home", marks, marks_state), ("account_mention", "home", offered, offered_state),
        ("site_column", "site", site, site_state),
    ):  # fmt: skip
        yield GatherLog(subject, fact, scope, how if why else "complete", why)


def _page_gap(facts: FactsWriter, url: str) -> tuple[str, str]:
    """Why a page was not read, and the state that this means; '' if it was."""
    rows = facts.execute("SELECT state, note FROM frontier WHERE url = ?", (url,))
    if not rows:
        return "不在本站范围内或不是网页，未读取", "failed"
    state, note = rows[0]
    if state == "done" and not note:
        return "", "complete"
    return str(note) or "未读取", "failed"


def _elsewhere(facts: FactsWriter, url: str) -> tuple[str, str] | None:
    """A discovered column that is another site's, or so deep that the budget did not reach it: nothing to judge."""
    rows = facts.execute("SELECT state, note FROM frontier WHERE url = ?", (url,))
    if not rows or str(rows[0][1]).startswith("跳转到站外"):
        return "栏目指向站外或不是网页", "notApplicable"
    deep = facts.execute("SELECT c.level FROM site_column c JOIN address a ON a.id = c.url WHERE a.url = ?", (url,))
    if rows[0][0] in {"left", "queued"} and deep[0][0] > _JUDGED_LEVELS:
        return "三级及以下栏目未登记、未读取", "notApplicable"
    return None


def _own_gap(facts: FactsWriter, home: str, fact: str, unread: str) -> tuple[str, str]:
    """Whether every mark (or account) of the home page was there to be seen, as the page's own reading says."""
    reason, state = _page_gap(facts, home)
    if reason:
        return reason, state
    own = facts.execute("SELECT state, reason FROM gather_log WHERE fact = ? AND scope = ?", (fact, home))
    return (str(own[-1][1]), str(own[-1][0])) if own else (unread, "failed")


def _list_gap(facts: FactsWriter, url: str) -> tuple[str, str]:
    """A list that was read but could not be told from the rest of the page is not a blank one."""
    called = _read_by_call(facts, url)
    reason, state = _page_gap(facts, url)
    if reason and not (called and reason == BY_SCRIPT):
        return reason, state
    if not facts.execute("SELECT 1 FROM frontier WHERE url = ? AND role IN ('column', 'home')", (url,)):
        return "读取该页时还不知道它是栏目，未读取列表", "partial"
    found = facts.execute(
        "SELECT reason FROM gather_log WHERE fact = 'list_item' AND scope = ? AND state <> 'complete'", (url,)
    )
    doubts = [str(doubt) for (doubt,) in found if not (called and doubt in LIFTED)]
    if doubts:
        return doubts[0], "partial"
    listless = [] if called else facts.execute(_LISTLESS, (url,))
    if listless and listless[0][1] >= _A_TEXT:
        if listless[0][0] == "yes":
            return "栏目页有正文，但未识别到信息列表", "partial"
        return "栏目页为正文，没有信息列表", "notApplicable"
    return "", "complete"


def _read_by_call(facts: FactsWriter, url: str) -> bool:
    """Whether the column's list was read from the data that its page asks for."""
    sql = "SELECT 1 FROM gather_log WHERE fact = 'list_item' AND scope = ? AND reason = ?"
    return bool(facts.execute(sql, (url, READ_BY_CALL)))


def _date_gap(facts: FactsWriter, url: str) -> tuple[str, str]:
    """Entries without a date whose own page was not read; a file has no page that could show its date."""
    unread = sum(is_page(entry) for (entry,) in facts.execute(_UNREAD_ITEMS, (url,)))
    return (f"{unread}条列表未标日期的信息未能读到正文页", "partial") if unread else ("", "complete")


def _navigation_gap(facts: FactsWriter, home: str) -> tuple[str, str]:
    """Registered columns do not make a navigation known; links in the home page's navigation or header do."""
    reason, state = _page_gap(facts, home)
    if reason:
        return reason, state
    half = facts.execute(_HALF_BUILT, (home, f"{INCOMPLETE}*"))
    if half:
        return str(half[0][0]), "partial"
    return ("", "complete") if navigation_seen(facts, home) else ("首页未识别到导航", "partial")


def _left(facts: FactsWriter) -> str:
    left, note = facts.execute("SELECT count(*), max(note) FROM frontier WHERE state = 'left'")[0]
    return f"{note}，尚有{left}页未读" if left else ""


def _unjudged(facts: FactsWriter) -> str:
    """Links that nobody asked for; a refusal is an answer, and what it hides is said link by link."""
    for reason, words in _NOT_ASKED.items():
        unjudged = facts.execute("SELECT count(*) FROM link_check WHERE reason = ?", (reason.value,))[0][0]
        if unjudged:
            return f"{unjudged}个链接{words}"
    left = facts.execute("SELECT reason FROM gather_log WHERE fact = 'link_check' AND state = 'partial' LIMIT 1")
    return str(left[0][0]) if left else ""


_NOT_ASKED = {
    FetchOutcome.BUDGET: "超出核验的数量或时间上限",
    FetchOutcome.OWN_OUTAGE: "因本机网络中断未能核验",
    FetchOutcome.HOST_DOWN: "因所在主机连续无法访问未再核验",
}
"""Why links were not asked for, by the reasons of their verdicts."""


def _unjudged_targets(facts: FactsWriter, home: str) -> str:
    """Why not every foreign link target was judged, as the checking of links says."""
    own = facts.execute("SELECT state, reason FROM gather_log WHERE fact = 'hidden_link' AND scope = ?", (home,))
    return "链接目标未核验" if not own else str(own[-1][1])


def _sample_gap(facts: FactsWriter) -> str:
    """Samples are drawn from home, columns and their first items; pages beyond do not make them incomplete."""
    sql = (
        "SELECT count(*) FROM frontier f WHERE f.rank <= ? "
        "AND (f.state = 'left' OR (f.state = 'done' AND f.note <> '') "
        "OR (f.state = 'failed' AND NOT EXISTS (SELECT 1 FROM fetch g JOIN address a ON a.id = g.url "
        "WHERE a.url = f.url AND g.outcome IN ('http-4xx', 'soft-404'))))"
    )
    unread = facts.execute(sql, (int(Rank.SAMPLE),))[0][0]
    return f"抽样所需的{unread}页未能读取" if unread else ""


def _unread_pages(facts: FactsWriter) -> str:
    """Pages that could not be read although they may well exist; what is gone (4xx, soft 404) leaves nothing unread."""
    unread = facts.execute(_UNREAD_PAGES, (f"{CRASHED}*", GARBLED, STILL_EMPTY, CUT, BY_SCRIPT, READ_BY_CALL))[0][0]
    return f"{unread}个页面未能读取" if unread else ""


def _crashed(facts: FactsWriter, fact: str) -> str:
    """Pages on which our own extractor of this fact threw."""
    sql = "SELECT count(*) FROM gather_log WHERE fact = ? AND state = 'failed' AND reason LIKE '提取出错%'"
    crashed = facts.execute(sql, (fact,))[0][0]
    return f"{crashed}个页面提取出错" if crashed else ""
