"""The frontier of one site: which pages to read, in which order, and when to stop.

It is a table of the subject's facts file, so a killed scan goes on where it stopped. It ends by construction: an
address is queued once, depth and number of pages are bounded, and nothing that was read is queued again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from checker.address import in_scope, normalise
from checker.facts.store import FactsWriter

PAGE_SUFFIXES = frozenset(
    {"", "html", "htm", "shtml", "shtm", "xhtml", "jsp", "jspx", "asp", "aspx", "php", "do", "action"}
)
"""Address endings that can be pages; everything else is checked as a link target, never crawled."""

DATA_SUFFIXES = frozenset({"json", "xml", "js", "txt"})
"""Address endings that a list's data may have, beside those of pages."""


class Rank(IntEnum):
    """The order of reading: what decides vetoes first, what fills samples next, the rest last."""

    HOME = 0
    NAVIGATION = 1
    COLUMN = 2
    NEXT_PAGE = 3
    SAMPLE = 4
    ITEM = 5
    REST = 6


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to read: its number in the frontier, its address, and what it is to the site."""

    number: int
    url: str
    rank: Rank
    depth: int
    role: str
    listed_in: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to a site: its home address and its further hosts."""

    home: str
    aliases: tuple[str, ...]

    def holds(self, url: str) -> bool:
        """Whether an address belongs to the site."""
        return in_scope(url, self.home, self.aliases)


def is_page(url: str) -> bool:
    """Whether an address can be a page, by its ending."""
    return _suffix(url) in PAGE_SUFFIXES


def _suffix(url: str) -> str:
    name = url.split("?", 1)[0].rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[1].lower() if "." in name else ""


def _readable(url: str, rank: Rank) -> bool:
    return is_page(url) or (rank is Rank.NEXT_PAGE and _suffix(url) in DATA_SUFFIXES)


Admits = Callable[[str, Rank, int, str], bool]
"""Whether a page may be queued: address, rank, depth, and the column that lists it."""


class Frontier:
    """The queue of one site. States: queued, reading, done, failed, left (over a budget)."""

    def __init__(
        self, facts: FactsWriter, scope: Scope, pages: int, depth: int, last: Rank = Rank.REST,
        admits: Admits | None = None,
    ) -> None:  # fmt: skip
        """Open the frontier in `facts`; what was left reading is queued again; `last` is the last rank read.

        `admits` says which pages may be queued at all, None = all of the site.
        """
        self._admits = admits
        self._facts = facts
        self._scope = scope
        self._pages = pages
        self._depth = depth
        self._last = last
        facts.execute("UPDATE frontier SET state = 'queued' WHERE state = 'reading'")
        self._read = int(facts.execute("SELECT count(*) FROM frontier WHERE state IN ('done', 'failed')")[0][0])

    def add(self, url: str, rank: Rank, depth: int, role: str = "other", listed_in: str = "") -> bool:
        """Queue a page of the site; False if it is foreign, no page, too deep, not admitted, or known already.

        A known page that was not read yet takes the better rank, and the role and column if they say more.
        """
        address = normalise(url)
        if address is None or (self._admits is not None and not self._admits(address, rank, depth, listed_in)):
            return False
        return self.admit(address, rank, depth, role, listed_in)

    def admit(self, address: str, rank: Rank, depth: int, role: str, listed_in: str) -> bool:
        """`add` for an address in normal form that may be queued whatever else may."""
        if depth > self._depth or not _readable(address, rank) or not self._scope.holds(address):
            return False
        fresh = self._facts.connection.execute(
            "INSERT OR IGNORE INTO frontier(url, rank, depth, role, listed_in, state) VALUES (?, ?, ?, ?, ?, 'queued')",
            (address, int(rank), depth, role, listed_in),
        ).rowcount
        if not fresh:
            self._facts.execute(
                "UPDATE frontier SET rank = ?, role = CASE ? WHEN 'other' THEN role ELSE ? END, "
                "listed_in = CASE ? WHEN '' THEN listed_in ELSE ? END "
                "WHERE url = ? AND state = 'queued' AND rank > ?",
                (int(rank), role, role, listed_in, listed_in, address, int(rank)),
            )
            self._facts.execute(
                "UPDATE frontier SET depth = ? WHERE url = ? AND state = 'queued' AND depth > ?",
                (depth, address, depth),
            )
        return bool(fresh)

    def add_all(self, urls: Iterable[str], rank: Rank, depth: int, role: str = "other", listed_in: str = "") -> None:
        """Queue several pages alike."""
        for url in urls:
            self.add(url, rank, depth, role, listed_in)

    def take(self, most: int) -> list[Visit]:
        """The next pages to read, best rank first; none once the page budget is spent."""
        most = min(most, self._pages - self._read)
        if most <= 0:
            return []
        rows = self._facts.execute(
            "SELECT id, url, rank, depth, role, listed_in FROM frontier WHERE state = 'queued' AND rank <= ? "
            "ORDER BY rank, depth, id LIMIT ?",
            (int(self._last), most),
        )
        for row in rows:
            self._facts.execute("UPDATE frontier SET state = 'reading' WHERE id = ?", (row[0],))
        self._read += len(rows)
        return [Visit(n, url, Rank(rank), depth, role, listed_in) for n, url, rank, depth, role, listed_in in rows]

    def close(self, visit: Visit, state: str, note: str = "") -> None:
        """Say what became of a page: done or failed, with the reason."""
        self._facts.execute("UPDATE frontier SET state = ?, note = ? WHERE id = ?", (state, note, visit.number))

    def give_up(self, reason: str) -> int:
        """Leave whatever is still queued, with the reason; the number of pages left."""
        left = int(self._facts.execute("SELECT count(*) FROM frontier WHERE state IN ('queued', 'reading')")[0][0])
        self._facts.execute(
            "UPDATE frontier SET state = 'left', note = ? WHERE state IN ('queued', 'reading')", (reason,)
        )
        return left

    @property
    def read(self) -> int:
        """Pages read or being read so far."""
        return self._read
