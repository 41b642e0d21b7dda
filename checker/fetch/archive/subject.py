"""One subject's archive while it is gathered: the `Memory` of its requests.

Whatever goes wrong with the archive's own files ends the archive, not the gathering: then nothing is recalled, and
findings have no archived copy, which `checker evidence` says.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from checker.facts.store import remove
from checker.fetch.answer import Fetched
from checker.fetch.archive.pages import EarlierPages, keep_for_next_scan
from checker.fetch.archive.spool import Spool
from checker.fetch.memory import Remembered
from checker.fetch.render.settings import Rendered
from checker.fetch.settings import FetchSettings
from checker.model.results import FetchOutcome


@dataclass(frozen=True, slots=True)
class Places:
    """Where the archive of one subject lies: its spool, its pages for the next scan, its part of the evidence.

    `fresh`: ask for everything anew. `keep_pages`: keep all bodies, personal data too, and the spool.
    """

    spool: Path
    pages: Path
    evidence: Path
    fresh: bool = False
    keep_pages: bool = False

    def drop_spool(self) -> None:
        """Remove the spool when the subject's result is safe, unless it is to be kept."""
        if not self.keep_pages:
            remove(self.spool)


class SubjectArchive:
    """Remembers for one subject. Made at the beginning of its gathering, closed at the end."""

    def __init__(self, places: Places, settings: FetchSettings, now: Callable[[], datetime]) -> None:
        """`now` is the inspection clock; `settings` tell where requests are sent."""
        self._places = places
        self._now = now
        self._via = " ".join(sorted(f"{c.host}:{c.port}:{c.to_host}:{c.to_port}" for c in settings.connect_to))
        self._received: dict[str, str] = {}
        self._spool: Spool | None = None
        with suppress(sqlite3.Error, OSError):
            self._spool = Spool(places.spool)
        self._earlier = EarlierPages(places.pages, self._via)

    def recall(self, url: str) -> Remembered | None:
        """What the last scan kept of an address; None if there is nothing, or everything is asked for anew."""
        earlier = None if self._places.fresh else self._earlier.recall(url, self._now())
        if earlier is None:
            return None
        self._received[url] = earlier.received_at
        return earlier.remembered

    def keep(self, answer: Fetched, seen_at: str = "") -> None:
        """Take note of an answer; see `Memory`."""
        received_at = self._received.get(answer.url, "") if answer.unchanged else ""
        if self._spool is None:
            return
        try:
            self._spool.add(answer, seen_at or self._now().isoformat(timespec="seconds"), received_at)
        except ValueError:  # what no database can hold, e.g. half a character: of this answer alone nothing is kept
            return
        except (sqlite3.Error, OSError):
            self._end_spool()

    def keep_built(self, page: Rendered) -> None:
        """Take note of a page as a browser has built it; it has a body and no status."""
        digest = sha256(page.html).hexdigest()
        self.keep(
            Fetched(
                page.url, page.final_url, (), FetchOutcome.OK, 0, "text/html; charset=utf-8", {}, page.html,
                page.elapsed_ms, digest, page.problem, 0.0,
            )
        )  # fmt: skip

    def same_body(self, answer: Fetched) -> bool:
        """Whether an answer brought anew what the last scan had already."""
        return bool(answer.sha256) and not answer.unchanged and self._earlier.sha256(answer.url) == answer.sha256

    def forget(self, urls: Iterable[str]) -> None:
        """Keep no body of these addresses: they show personal data. With `keep_pages` they are kept all the same."""
        if self._spool is None or self._places.keep_pages:
            return
        try:
            for url in urls:
                self._spool.forget(url)
        except (sqlite3.Error, OSError):  # what cannot be left out of it must not be kept at all
            self._end_spool()
            remove(self._places.spool)

    def finish(self, complete: bool) -> None:
        """Keep for the next scan what this one has read; see `keep_for_next_scan`."""
        if self._spool is None:
            return
        with suppress(sqlite3.Error, OSError):
            keep_for_next_scan(self._spool, self._earlier, self._places.pages, self._via, complete)

    def close(self) -> None:
        """Close the files."""
        self._end_spool()
        self._earlier.close()

    def _end_spool(self) -> None:
        if self._spool is not None:
            with suppress(sqlite3.Error):
                self._spool.close()
        self._spool = None
