"""What this inspection looked at again: pages, link targets, columns, posts, asked one by one of a facts file.

Comes in: a closed facts file. Goes out: for a place whether it was read, is gone, or was not reached, in Chinese words.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from checker.address import same_place
from checker.facts.query import FactsReader
from checker.model.results import FetchOutcome

_FETCHED = """
SELECT f.outcome, f.status, coalesce(e.url, '') AS final_url FROM fetch f JOIN address a ON a.id = f.url
LEFT JOIN address e ON e.id = f.final_url WHERE a.url = :url AND f.purpose IN ('page', 'render', 'check', 'confirm')
ORDER BY f.seen_at DESC, f.rowid DESC LIMIT 1
"""

_PAGE = """
SELECT p.role, p.script_built, p.browser FROM page p JOIN address a ON a.id = p.url WHERE a.url = :url
ORDER BY p.rowid DESC LIMIT 1
"""

_CHECKED = """
SELECT c.verdict, c.reason, c.status FROM link_check c JOIN address a ON a.id = c.url WHERE a.url = :url
ORDER BY c.rowid DESC LIMIT 1
"""

_COLUMN = """
SELECT c.name, c.should_update, c.registered FROM site_column c JOIN address a ON a.id = c.url
WHERE a.url = :url ORDER BY c.registered DESC LIMIT 1
"""

_DATED_AHEAD = """
SELECT 1 FROM column_item i JOIN known_finding k ON k.url = i.url
WHERE i.column_url = :url AND i.on_date <> '' AND i.on_date = (
    SELECT max(n.on_date) FROM column_item n WHERE n.column_url = :url)
AND substr(k.first_seen, 1, 10) < i.on_date AND instr(k.detail, i.on_date) > 0
"""

_GONE_STATUS = frozenset({404, 410})


class Sight(StrEnum):
    """What became of a place: read whole, gone for good, or not (wholly) read."""

    READ = "read"
    GONE = "gone"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a facts file says of single places."""

    facts: FactsReader
    subject: str
    home: str

    @classmethod
    def at(cls, facts: FactsReader) -> "Looked":
        """The places of the subject of `facts`; `home` is '' for an account."""
        sites = facts.ask("SELECT s.subject, a.url AS url FROM site s JOIN address a ON a.id = s.url")
        if sites:
            return cls(facts, str(sites[0]["subject"]), str(sites[0]["url"]))
        return cls(facts, str(facts.ask("SELECT subject FROM account")[0]["subject"]), "")

    @property
    def lost(self) -> bool:
        """Whether the home page itself says that there is nothing: then the whole site may be down for a while."""
        fetched = self._one(_FETCHED, self.home) if self.home else None
        return bool(fetched and _gone(fetched["outcome"], fetched["status"]))

    def page(self, url: str) -> tuple[Sight, str]:
        """Whether a page of the site was read whole; a home page is never gone, whatever it answers."""
        fetched = self._one(_FETCHED, url)
        if fetched and url != self.home and (why := _gone(fetched["outcome"], fetched["status"])):
            return Sight.GONE, f"所在页面已不存在（{why}）"
        page = self._one(_PAGE, url)
        crawled = self.facts.crawled(url)
        if page is None:
            return Sight.UNREAD, f"所在页面本次未读取{_because(crawled)}"
        if crawled is not None and (crawled[0] != "done" or crawled[1]):
            return Sight.UNREAD, f"所在页面本次未读全{_because(crawled)}"
        if page["script_built"] or page["browser"] == "needed":
            return Sight.UNREAD, "所在页面由脚本生成，本次未读全"
        if fetched and page["role"] not in {"home", "column", "map"} and self._sent_up(url, fetched["final_url"]):
            return Sight.GONE, f"所在页面已跳转到{fetched['final_url']}"
        return Sight.READ, ""

    def _sent_up(self, url: str, end: str) -> bool:
        """Whether an article's address now leads to the home page or to a column: the article is no more."""
        if not end or same_place(end) == same_place(url):
            return False
        return same_place(end) == same_place(self.home) or self.column(end) is not None

    def link(self, target: str) -> tuple[str, str] | None:
        """Verdict and reason of a link target as checked now; None if nobody checked it."""
        row = self._one(_CHECKED, target)
        return (str(row["verdict"]), str(row["reason"])) if row else None

    def carried(self, target: str, page: str = "") -> bool:
        """Whether a page that was read (any, if none is named) carries a link to `target`."""
        sql = "SELECT 1 FROM link_carrier WHERE url = :url AND (:page = '' OR page = :page) LIMIT 1"
        return bool(self.facts.ask(sql, {"url": target, "page": page}))

    def column(self, url: str) -> dict[str, Any] | None:
        """A column as the registry or the navigation has it now: name, should_update, registered."""
        return self._one(_COLUMN, url)

    def spellings(self, url: str) -> tuple[str, ...]:
        """Other addresses of this inspection that are the same place (https, www., index file)."""
        here = same_place(url)
        rows = self.facts.ask(
            "SELECT url FROM address WHERE url LIKE '%' || :rest || '%'", {"rest": here[2:].rstrip("/")}
        )
        return tuple(sorted(str(r["url"]) for r in rows if r["url"] != url and same_place(str(r["url"])) == here))

    def other_spelling(self, url: str) -> str:
        """The address of a column that is the same place in another spelling (https, www., index file), '' if none."""
        rows = self.facts.ask("SELECT a.url AS url FROM site_column c JOIN address a ON a.id = c.url ORDER BY a.url")
        here = same_place(url)
        return next((str(r["url"]) for r in rows if r["url"] != url and same_place(str(r["url"])) == here), "")

    def newest_in(self, column: str) -> str:
        """The newest date in a column's list, '' if it shows none."""
        row = self._one("SELECT newest_on FROM column_freshness WHERE url = :url", column)
        return str(row["newest_on"]) if row else ""

    def dated_ahead(self, place: str) -> bool:
        """Whether the newest entry of a list was dated ahead of an earlier inspection: time alone has made it new."""
        return self._one(_DATED_AHEAD, place) is not None

    def blank(self, column: str) -> bool:
        """Whether a column shows nothing."""
        return self._one("SELECT 1 AS n FROM blank_column WHERE url = :url", column) is not None

    def any(self, sql: str, params: dict[str, str]) -> bool:
        """Whether a query has rows."""
        return bool(self.facts.ask(sql, params))

    def _one(self, sql: str, url: str) -> dict[str, Any] | None:
        rows = self.facts.ask(sql, {"url": url})
        return rows[0] if rows else None


def _gone(outcome: str, status: int) -> str:
    """How an answer says that there is nothing any more, '' if it says nothing of the kind."""
    if status in _GONE_STATUS:
        return f"HTTP {status}"
    return "应答正常但内容不存在" if outcome == FetchOutcome.SOFT_404.value else ""


def _because(crawled: tuple[str, str] | None) -> str:
    return f"（{crawled[1]}）" if crawled and crawled[1] else ""
