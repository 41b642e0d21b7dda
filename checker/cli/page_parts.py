"""Parts that live pages load for header, footer, navigation or frames: asked for once, and only on their own site."""

from checker.address import in_scope, normalise
from checker.extract.one_page.answer import Placed, Taken, placed
from checker.fetch import Fetcher, FetchOutcome
from checker.page import decode

MOST_KEPT = 40
"""Parts kept for the next pages; hundreds of pages share a few."""

_DEPTH = 2
"""Parts that load parts of their own are followed so deep, as in a scan."""


class Parts:
    """The parts of the pages that are being read."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self._known: dict[str, str | None] = {}

    async def put_in(self, taken: Taken, found: Placed, home: str) -> Placed:
        """The page with the parts that could be had; those of other sites and those refused stay out."""
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        bounds = home or normalise("/", found.page.url) or found.page.url
        for _ in range(_DEPTH):
            wanted = [url for url in found.page.includes if in_scope(url, bounds)]
            for url in wanted:
                if url not in self._known:
                    self._known[url] = await self._text(url)
            texts = {url: text for url, text in self._known.items() if text is not None}
            if not any(url in texts for url in wanted):
                break
            found = placed(taken, texts)
        return found

    async def _text(self, url: str) -> str | None:
        answer = await self._fetch.get(url)
        return decode(answer.body, answer.content_type)[0] if answer.outcome is FetchOutcome.OK else None
