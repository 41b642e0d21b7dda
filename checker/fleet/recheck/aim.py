"""What must be asked for to look at findings again: the pages that they name, and what their rules need."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from checker.address import normalise
from checker.crawl import Rank
from checker.facts.schema import Need
from checker.model.context import KnownFinding
from checker.model.facts import SiteColumn
from checker.model.registry import Site, Subject
from checker.model.results import Sampled, SubjectResult
from checker.registry import columns_of
from checker.rules import LoadedRule
from checker.scan.focus import LISTS, SITE, Focus, Seed

MOST_CARRIERS = 30
"""Pages that carried a dead link and are read again, at most; with more of them nobody says that it is off all."""

_LINKED = frozenset({"link_check", "hidden_link"})
_OFFERED = frozenset({"offered_channel", "found_column"})
"""Views in which a link that nobody has verified counts as one that works."""

_ON_HOME = Need("list_item", "home")


class Before:
    """What the scan's facts file knows of pages; empty where it is not there any more."""

    def __init__(self, facts: Path | None) -> None:
        """Open the file read-only, if it is there; None is a file that cannot be read."""
        there = facts is not None and facts.exists()
        self._db = sqlite3.connect(f"{facts.resolve().as_uri()}?mode=ro", uri=True) if facts and there else None

    def close(self) -> None:
        """Give the file back."""
        if self._db is not None:
            self._db.close()

    def _rows(self, sql: str, *values: str | int) -> list[tuple[str | int, ...]]:
        return [] if self._db is None else self._db.execute(sql, values).fetchall()

    def seed(self, url: str, column: bool) -> Seed:
        """A page as what it was read."""
        sql = "SELECT rank, depth, role, listed_in FROM frontier WHERE url = ?"
        for rank, depth, role, listed_in in self._rows(sql, url):
            return Seed(url, Rank(min(int(rank), Rank.SAMPLE)), int(depth), str(role), str(listed_in))
        return Seed(url, Rank.COLUMN, 1, "column", url) if column else Seed(url)

    def columns(self) -> dict[str, SiteColumn]:
        """Every column by its address."""
        sql = (
            "SELECT c.subject, a.url, c.name, c.type, c.level, c.should_update, c.update_days, c.registered, c.origin, "
            "c.reason FROM site_column c JOIN address a ON a.id = c.url"
        )
        return {str(row[1]): SiteColumn(*row) for row in self._rows(sql)}  # type: ignore[arg-type]

    def carriers(self, target: str) -> tuple[str, ...]:
        """Pages that carried a link, one more than are read again; of a template those that carry it."""
        return tuple(str(url) for (url,) in self._rows(_CARRIERS, target, MOST_CARRIERS + 1))

    def crowded(self, target: str) -> bool:
        """Whether more pages carried a link than are read again."""
        return len(self.carriers(target)) > MOST_CARRIERS

    def dead(self, target: str) -> bool:
        """Whether an address was a dead link."""
        sql = "SELECT 1 FROM link_check c JOIN address a ON a.id = c.url WHERE a.url = ? AND c.verdict = 'broken'"
        return bool(self._rows(sql, target))

    def answers(self, target: str) -> bool:
        """Whether a link target was verified and is there."""
        sql = "SELECT 1 FROM link_check c JOIN address a ON a.id = c.url WHERE a.url = ? AND c.verdict = 'ok'"
        return bool(self._rows(sql, target))

    def registered(self) -> tuple[str, bool] | None:
        """Kind of the site and whether it has outward services, as registered then; None of an account."""
        rows = self._rows("SELECT kind, services FROM site")
        return (str(rows[0][0]), bool(rows[0][1])) if rows else None

    def bare_home(self, home: str) -> bool:
        """Whether the home page listed nothing itself."""
        listed = "SELECT 1 FROM list_item i JOIN address a ON a.id = i.listed_in WHERE a.url = ? LIMIT 1"
        return self._db is not None and not self._rows(listed, home)

    def below(self, home: str) -> str:
        """A page of the second level, for tests that want one."""
        return next((str(url) for (url,) in self._rows(_BELOW, home)), "")


_CARRIERS = """
WITH target(id) AS (SELECT id FROM address WHERE url = ?)
SELECT DISTINCT p.url FROM (
    SELECT page FROM link WHERE url = (SELECT id FROM target) AND page <> 0
    UNION SELECT t.page FROM link l JOIN page_template t ON t.template = l.template
    WHERE l.url = (SELECT id FROM target) AND l.template <> 0) c
JOIN address p ON p.id = c.page ORDER BY c.page LIMIT ?
"""

_BELOW = """
SELECT a.url FROM page p JOIN address a ON a.id = p.url LEFT JOIN site_column c ON c.url = p.url
WHERE a.url <> ? AND p.depth >= 1 ORDER BY coalesce(c.level, 9), p.rowid LIMIT 1
"""


@dataclass(slots=True)
class _Aim:
    """One site's focus in the making."""

    home: str
    before: Before
    known: Mapping[str, SiteColumn]
    registered: frozenset[str]
    pages: dict[str, None] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    dated: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    probes: set[str] = field(default_factory=set)
    extent: str = ""
    offers: bool = False

    @property
    def columns(self) -> frozenset[str]:
        return self.registered | self.known.keys()

    def add(self, target: KnownFinding, loaded: LoadedRule) -> None:
        """What one finding and its rule need."""
        facts = {need.fact for need in loaded.needs}
        named = {target.location, target.scope}
        if facts & _LINKED:
            self.targets |= set(_addresses((target.url, target.item)))
            named |= set(self.before.carriers(target.url)[:MOST_CARRIERS])
        else:
            named.add(target.url)
        self.offers |= bool(loaded.reads & _OFFERED)
        self.name(_addresses(sorted(named)))
        self.probes |= {need.at for need in loaded.needs if need.fact == "probe" and need.at}
        if "ipv6" in self.probes:
            self.name(_addresses([self.before.below(self.home)]))
        self._widen(target, loaded, facts)

    def name(self, urls: Iterable[str]) -> None:
        for url in urls:
            self.pages[url] = None

    def _widen(self, target: KnownFinding, loaded: LoadedRule, facts: set[str]) -> None:
        """Lists and dates, of the column in question or of all: as far as the rule looks."""
        wants_dates = "article_date" in facts
        mine = {target.scope, target.location} & self.columns
        if any(need.at == "column" for need in loaded.needs) and mine:
            self.lists |= mine
            self.dated |= mine if wants_dates else set()
        if wants_dates and Need("article_date", "home") in loaded.needs:
            self.dated.add(self.home)
        wide = _extent(target, loaded)
        if _ON_HOME in loaded.needs and self.before.bare_home(self.home):
            wide = wide or LISTS
        if wide:
            self.extent = SITE if SITE in {wide, self.extent} else LISTS
            self.dated |= self.columns | {self.home} if wants_dates or wide == SITE else set()

    def focus(self, samples: Mapping[str, tuple[Sampled, ...]]) -> Focus:
        seeds = tuple(self.before.seed(url, url in self.columns) for url in self.pages if url != self.home)
        led_elsewhere = tuple(
            self.known[url] for url in self.pages
            if url in self.known and not self.known[url].registered and self.known[url].origin != "navigation"
        )  # fmt: skip
        return Focus(
            seeds, frozenset(self.lists), frozenset(self.dated), self.extent, frozenset(self.targets),
            self.offers, frozenset(self.probes), led_elsewhere, tuple(samples.items()),
        )  # fmt: skip


def _extent(target: KnownFinding, loaded: LoadedRule) -> str:
    """How far a rule looks beyond the page of a finding: what speaks of its own column needs no other."""
    if Need("site_column", "site") in loaded.needs:
        return SITE
    own = bool(target.scope) and target.key == target.scope
    return LISTS if not own and any(need.at == "column" for need in loaded.needs) else ""


def _addresses(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if text.startswith(("http://", "https://")) and (address := normalise(text)):
            yield address


def focus_of(
    subject: Subject,
    targets: Sequence[KnownFinding],
    rules: Mapping[str, LoadedRule],
    base: SubjectResult,
    facts: Path | None,
) -> Focus:
    """What may be asked of a subject; `facts` is its facts file in the scan that found it."""
    samples = {
        a.rule: a.sample for a in base.assessments
        if a.sample and a.rule in rules and rules[a.rule].rule.sample and any(t.rule == a.rule for t in targets)
    }  # fmt: skip
    if not isinstance(subject, Site):
        return Focus(targets=frozenset(t.url for t in targets if t.url), samples=tuple(samples.items()))
    with closing(Before(facts)) as before:
        home = normalise(subject.url) or subject.url
        aim = _Aim(home, before, before.columns(), frozenset(str(column.url) for column in columns_of(subject)))
        for target in targets:
            if target.rule in rules:
                aim.add(target, rules[target.rule])
        aim.name(_addresses(member.url or member.key for members in samples.values() for member in members))
        return aim.focus(samples)
