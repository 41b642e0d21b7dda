"""Pages that only a browser can show: rendered when the rest of the site has been read, the home page first."""

from hashlib import sha256

from checker.crawl import Rank, Visit
from checker.extract.lists.extractor import READ_BY_CALL
from checker.fetch import Rendered, Renderer
from checker.model.facts import Address, Fetch, GatherLog
from checker.model.results import FetchOutcome
from checker.page import parse
from checker.scan.keeping import keep
from checker.scan.state import BY_SCRIPT, CRASHED, INCOMPLETE, Reading
from checker.scan.visits import Arrived

_WANTED = f"""
SELECT f.id, f.url, f.rank, f.depth, f.role, f.listed_in FROM frontier f
WHERE f.state = 'done' AND f.url NOT IN (
    SELECT a.url FROM fetch t JOIN address a ON a.id = t.url WHERE t.purpose = 'render')
AND NOT EXISTS (
    SELECT 1 FROM gather_log c WHERE c.fact = 'list_item' AND c.scope = f.url AND c.reason = '{READ_BY_CALL}')
AND (f.note = ?
     OR (f.role IN ('home', 'column') AND f.url = f.listed_in AND EXISTS (
         SELECT 1 FROM gather_log g WHERE g.fact = 'list_item' AND g.scope = f.url AND g.state = 'partial'
         AND g.reason LIKE '%未运行脚本%'))
     OR (f.role = 'home' AND EXISTS (
         SELECT 1 FROM gather_log g WHERE g.fact = 'mark' AND g.state = 'partial'
         AND (g.scope = f.url OR substr(g.scope, 1, length(f.url) + 1) = f.url || '#'))))
ORDER BY f.rank, f.id LIMIT ?
"""

_NEEDED = "UPDATE page SET browser = 'needed' WHERE url = (SELECT id FROM address WHERE url = ?)"

_SHOWN = ("list_item", "mark", "site_column", "link")
"""Facts that a page built by half may lack; its tags stand in what the server sent."""

_OF_A_PAGE = (
    ("page", "url"), ("list_item", "page"), ("article_date", "page"), ("link", "page"), ("page_template", "page"),
    ("mark", "page"), ("tag", "page"), ("article", "url"),
)  # fmt: skip


def note_needed(work: Reading) -> None:
    """Say of each page that still shows too little without its scripts that it needs a browser."""
    for _, url, *_ in work.facts.execute(_WANTED, (BY_SCRIPT, -1)):
        work.facts.execute(_NEEDED, (url,))


async def render_pages(work: Reading, renderer: Renderer, most: int) -> int:
    """Render at most `most` pages that show too little without their scripts; how many were rendered."""
    done = work.facts.execute("SELECT count(*) FROM fetch WHERE purpose = 'render'")[0][0]
    rows = work.facts.execute(_WANTED, (BY_SCRIPT, max(most - done, 0)))
    for number, url, rank, depth, role, listed_in in rows:
        rendered = await renderer.render(url, rate=work.site.rate, robots=work.asks_robots)
        work.facts.write([_fetch_row(work, rendered)])
        _take_in(work, Visit(number, url, Rank(rank), depth, role, listed_in), rendered)
        work.facts.commit()
    return len(rows)


def _take_in(work: Reading, visit: Visit, rendered: Rendered) -> None:
    """The rendered page in the place of the bare one; what could not be rendered stays bare, and its doubts stay."""
    away = not work.scope.holds(rendered.final_url)
    doubt = f"跳转到站外：{rendered.final_url}" if away else rendered.problem
    if not doubt and rendered.blocked:
        doubt = f"有{rendered.blocked}个请求未完成（{'；'.join(rendered.notes[:2])}）"
    if rendered.html and not away:
        try:
            _replace(work, visit, rendered)
        except Exception as error:  # a page must never take its site down with it
            work.frontier.close(visit, "failed", f"{CRASHED}{type(error).__name__}")
    if not rendered.html:
        work.facts.execute(_NEEDED, (visit.url,))
    if doubt:  # what is shown is shown, but nothing is proven to be missing
        reason = f"{INCOMPLETE}{doubt}"
        work.facts.write([GatherLog(work.site.id, fact, visit.url, "partial", reason) for fact in _SHOWN])


def _replace(work: Reading, visit: Visit, rendered: Rendered) -> None:
    page = parse(rendered.final_url, rendered.html, "text/html; charset=utf-8", included=None)
    if work.archive is not None:
        work.archive.keep_built(rendered)
    _forget(work, visit.url)
    keep(work, visit, Arrived(FetchOutcome.OK, sha256(rendered.html).hexdigest(), page, rendered=True))


def _forget(work: Reading, url: str) -> None:
    """Remove what was read from the page before its scripts ran."""
    for table, column in _OF_A_PAGE:
        work.facts.execute(f"DELETE FROM {table} WHERE {column} = (SELECT id FROM address WHERE url = ?)", (url,))
    work.facts.execute(
        "DELETE FROM gather_log WHERE scope = ?1 OR substr(scope, 1, length(?1) + 1) = ?1 || '#'", (url,)
    )


def _fetch_row(work: Reading, rendered: Rendered) -> Fetch:
    outcome = FetchOutcome.OK if not rendered.problem else FetchOutcome.BUDGET
    return Fetch(
        work.site.id, Address(rendered.url), "render", outcome.value, 0, Address(rendered.final_url),
        0, "text/html", len(rendered.html), rendered.elapsed_ms, work.moment(), "",
    )  # fmt: skip
