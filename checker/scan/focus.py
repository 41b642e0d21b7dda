"""What a recheck may ask a site for: what was notified of it, and what the rules concerned need to judge that again.

Without a focus a site is read as a whole. With one nothing else is queued, whatever its pages lead to.
"""

from dataclasses import dataclass

from checker.address import normalise, same_place
from checker.crawl import Frontier, Rank
from checker.facts.store import FactsWriter
from checker.model.facts import SiteColumn
from checker.model.results import Sampled

LISTS, SITE = "lists", "site"


@dataclass(frozen=True, slots=True)
class Seed:
    """A page to read again, as what it was read the first time."""

    url: str
    rank: Rank = Rank.SAMPLE
    depth: int = 1
    role: str = "article"
    listed_in: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """What may be asked for besides the home page.

    `lists` are columns whose further list pages are read, `dated` columns (or the home page) of whose entries those
    without a date in the list are opened. `extent` is '' for nothing else, lists (navigation, site map and all
    columns) or site (whatever the home page leads to, too). `targets` are links to be verified, with `offers` also
    those that count as a column or a channel unless they are dead; `probes` the tests to be made. `columns` are those
    that only pages which are not read now led to. `samples` are the original samples by rule.
    """

    seeds: tuple[Seed, ...] = ()
    lists: frozenset[str] = frozenset()
    dated: frozenset[str] = frozenset()
    extent: str = ""
    targets: frozenset[str] = frozenset()
    offers: bool = False
    probes: frozenset[str] = frozenset()
    columns: tuple[SiteColumn, ...] = ()
    samples: tuple[tuple[str, tuple[Sampled, ...]], ...] = ()

    def admits(self, url: str, rank: Rank, depth: int, listed_in: str) -> bool:
        """Whether a page may be queued that the site itself leads to."""
        if rank is Rank.HOME or url in self._named:
            return True
        if rank is Rank.NEXT_PAGE and listed_in in self.lists:
            return True
        return bool(self.extent) and (rank <= Rank.NEXT_PAGE or (self.extent == SITE and depth <= 1))

    @property
    def _named(self) -> frozenset[str]:
        return frozenset(seed.url for seed in self.seeds)


def queue_seeds(frontier: Frontier, focus: Focus) -> None:
    """Queue the pages that were notified."""
    for seed in focus.seeds:
        frontier.add(seed.url, seed.rank, seed.depth, seed.role, seed.listed_in)


def queue_undated(frontier: Frontier, facts: FactsWriter, focus: Focus) -> bool:
    """Queue entries of the columns in question whose list shows no date of them; whether there are any."""
    found = False
    for place in sorted(focus.dated):
        for (url,) in facts.execute(_UNDATED, (place,)):
            address = normalise(url)
            if address is not None:
                found |= frontier.admit(address, Rank.SAMPLE, 2, "article", place)
    return found


_UNDATED = """
SELECT DISTINCT a.url FROM list_item i JOIN address a ON a.id = i.url JOIN address l ON l.id = i.listed_in
WHERE l.url = ? AND NOT EXISTS (SELECT 1 FROM article_date d WHERE d.url = i.url)
"""


def restore_columns(facts: FactsWriter, focus: Focus) -> None:
    """Columns that pages not read now led to are still columns if their own page is still there."""
    known = {same_place(u) for (u,) in facts.execute("SELECT a.url FROM site_column c JOIN address a ON a.id = c.url")}
    facts.write(
        column for column in focus.columns
        if same_place(column.url) not in known and facts.execute(_READ, (column.url,))
    )  # fmt: skip
    facts.commit()


_READ = "SELECT 1 FROM page p JOIN address a ON a.id = p.url WHERE a.url = ?"
