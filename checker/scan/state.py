"""What is needed while one site is read; everything that must survive a kill stands in the facts file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from checker.address import same_place
from checker.crawl import Frontier, Scope
from checker.extract import ColumnHint
from checker.facts.store import FactsWriter
from checker.fetch import Fetched, SubjectArchive
from checker.model.facts import Address, Fetch
from checker.model.registry import Site
from checker.scan.focus import Focus
from checker.scan.hours import never_shut

BY_SCRIPT = "页面由脚本生成，需要浏览器渲染"
STILL_EMPTY = "浏览器渲染后页面仍无内容"
"""Notes of a page that shows next to nothing without its scripts, and of one that shows no more with them."""

Progress = Callable[[str, int, str], None]
"""Told (subject id, pages read, what is being done)."""

MOST_COLUMNS = 300
"""Discovered columns that are read as columns; a directory of thousands of links is not a navigation."""

GARBLED = "页面编码无法识别，文字为乱码"
CUT = "页面过大或标签嵌套过深，只读取了开头部分"
CRASHED = "处理出错："
INCOMPLETE = "浏览器渲染不完整："
"""Notes of a page whose bytes make no words, that was cut, on which our code threw, that a browser half built."""

SAYS_MISSING = "页面提示内容不存在"
"""Note of a page that comes with status 200 and says that there is nothing."""


@dataclass(slots=True)
class Reading:
    """One site being read. `fragments` are parts that its pages load, by address; `asked` those that were asked for.

    `bringing` is held while parts are asked for: pages read together mostly load the same ones. `shut` says why the
    site may not be asked just now. `focus`: what a recheck may ask for.
    """

    site: Site
    home: str
    facts: FactsWriter
    frontier: Frontier
    scope: Scope
    now: Callable[[], datetime]
    templates: set[str] = field(default_factory=set)
    columns: dict[str, ColumnHint] = field(default_factory=dict)
    queued: dict[str, int] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    bringing: asyncio.Lock = field(default_factory=asyncio.Lock)
    dead: int = 0
    gave_up: bool = False
    outage_waited: float = 0.0
    archive: SubjectArchive | None = None
    shut: Callable[[], str] = never_shut
    focus: Focus | None = None

    @property
    def asks_robots(self) -> bool:
        """Whether robots.txt is obeyed on the site's own host."""
        return self.site.robots == "obey"

    def moment(self) -> str:
        """The inspection time of now, to the second."""
        return self.now().isoformat(timespec="seconds")


def known_columns(facts: FactsWriter) -> dict[str, ColumnHint]:
    """Every column of the facts file by its place."""
    sql = "SELECT a.url, c.name, c.type, c.registered FROM site_column c JOIN address a ON a.id = c.url"
    found = (ColumnHint(url, name, kind, bool(reg)) for url, name, kind, reg in facts.execute(sql))
    return {same_place(column.url): column for column in found}


def fetch_row(
    subject: str, answer: Fetched, purpose: str, seen_at: str, archive: SubjectArchive | None = None
) -> Fetch:
    """One request as a fact; `archive` knows what the last scan had."""
    same = archive is not None and archive.same_body(answer)
    return Fetch(
        subject, Address(answer.url), purpose, answer.outcome.value, answer.status, Address(answer.final_url),
        len(answer.hops), answer.content_type, len(answer.body), answer.elapsed_ms, seen_at, answer.sha256,
        answer.tls, int(answer.unchanged), " → ".join(answer.hops), int(same),
    )  # fmt: skip
