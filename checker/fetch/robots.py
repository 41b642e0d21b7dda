"""robots.txt (RFC 9309), asked for once per host through the same gate as everything else.

What came of the request, and what we do (§2.3.1):

- read, also after redirects (up to those of the settings, at least five): its rules hold. Bytes are read leniently:
  byte order marks, GBK, NUL bytes; the first 500 KiB count. A web page in its place says nothing and forbids nothing.
- 4xx, 401 and 403 included, and a refusal or challenge by a protection layer: there are no rules, all is allowed.
- 5xx, 429, and a server that takes the connection and then gives no answer in time: nothing may be asked for now.
- no connection at all (no such name, refused, cut, no answer, TLS): all is allowed, since the request for the page will
  fail in the same way and then says what is wrong with the host, which is what an inspection wants to know.
- our own outage, or a host that asked us to come later: nothing is known, so that answer stands for the page too.

Rules that were read hold for a day, a refusal for ten minutes, a failed connection for one, or until the host answers.
"""

import asyncio
import codecs
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from weakref import WeakValueDictionary

from protego import Protego

from checker.fetch.answer import Fetched
from checker.fetch.politeness import Clock
from checker.fetch.politeness.keys import place_of_url
from checker.model.results import FetchOutcome

MAX_BYTES = 512_000
"""RFC 9309 wants at least 500 KiB to be read."""

MOST_HOSTS = 5_000
"""Hosts whose rules are kept."""

_ANSWERED = {FetchOutcome.OK, FetchOutcome.TOO_LARGE}
_NEVER_ASKED = {FetchOutcome.OWN_OUTAGE, FetchOutcome.BUDGET}
_SILENT = {FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT}
_DAY, _SOON, _AT_ONCE = 86_400.0, 600.0, 60.0
_LINE, _LINES = 80, 50
"""Characters shown of a Disallow line, and lines among which it is looked for."""

_FORBIDS = ("disal", "dissal", "diasl")
"""How a Disallow line begins, typing errors that the parser understands included."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a host's robots.txt says to us. Without `rules`, everything is allowed or (`closed`) nothing is.

    `stands` is an answer that holds for every page as well, None if there is none; `seconds` how long this holds;
    `lines` are the Disallow lines of the file.
    """

    rules: Protego | None = None
    closed: bool = False
    note: str = ""
    seconds: float = _DAY
    stands: FetchOutcome | None = None
    lines: tuple[str, ...] = ()

    @property
    def unreached(self) -> bool:
        """Whether no connection came about, so that nothing is known of the rules."""
        return self.seconds == _AT_ONCE

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` (a product token) may ask for `url`."""
        if self.rules is None:
            return not self.closed
        return bool(self.rules.can_fetch(url, agent))

    def line(self, url: str) -> str:
        """The Disallow line that keeps us from a forbidden address; '' where several do, or none by itself."""
        alone = (line for line in self.lines if not Protego.parse(f"User-agent: *\n{line}").can_fetch(url, "*"))
        found = list(islice(alone, 2))
        return found[0][:_LINE] if len(found) == 1 else ""

    def delay(self, agent: str) -> float:
        """Crawl-delay in seconds, 0 if none is given."""
        value = self.rules.crawl_delay(agent) if self.rules is not None else None
        return value if value is not None and value > 0 else 0.0


def _text(body: bytes) -> str:
    """The file as text, whatever an editor on Windows made of it."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def _read(body: bytes) -> RobotsRules:
    text = _text(body).replace("\x00", "").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return RobotsRules()  # a web page, whatever its type says
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    distinct = dict.fromkeys(line for line in lines if line.lower().startswith(_FORBIDS))
    return RobotsRules(Protego.parse(text), lines=tuple(islice(distinct, _LINES)))


def read_rules(fetched: Fetched) -> RobotsRules:
    """The rules that an answer for robots.txt stands for; see above."""
    outcome, status = fetched.outcome, fetched.status
    if outcome in _ANSWERED:
        return _read(fetched.body)
    if outcome in _NEVER_ASKED:
        return RobotsRules(seconds=0, stands=outcome)
    if outcome is FetchOutcome.HTTP_5XX or status == 429 or outcome in _SILENT:
        return RobotsRules(closed=True, note=f"robots.txt 无法读取：{fetched.detail}", seconds=_SOON)
    if outcome is FetchOutcome.HTTP_4XX or status in {401, 403}:
        return RobotsRules()
    return RobotsRules(note=f"robots.txt 未取得：{fetched.detail}", seconds=_SOON if status else _AT_ONCE)


class Robots:
    """Knows the rules of every host that was asked; `fetch` gets an address of a robots.txt."""

    def __init__(self, fetch: Callable[[str], Awaitable[Fetched]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: OrderedDict[str, tuple[RobotsRules, float]] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._asked_again: set[str] = set()

    async def rules(self, url: str) -> RobotsRules:
        """The rules that hold for `url`; those who ask meanwhile wait for the one request."""
        place = place_of_url(url)
        async with self._locks.setdefault(place, asyncio.Lock()):
            known = self._known.get(place)
            if known is None or known[1] <= self._clock():
                rules = read_rules(await self._fetch(f"{place}/robots.txt"))
                known = self._known[place] = rules, self._clock() + rules.seconds
            self._known.move_to_end(place)
        self._forget()
        return known[0]

    def _forget(self) -> None:
        """Rules may be large: of hosts that were not asked for longest they are let go."""
        while len(self._known) > MOST_HOSTS:
            self._known.popitem(last=False)

    def note_answer(self, url: str) -> None:
        """The server of `url` answered: if its robots.txt did not come for want of a connection, it is asked for again.

        Once, since some servers cut off whoever asks for it.
        """
        place = place_of_url(url)
        known = self._known.get(place)
        if known is not None and known[0].unreached and place not in self._asked_again:
            self._asked_again.add(place)
            self._known[place] = known[0], self._clock()

    def notes(self) -> dict[str, str]:
        """Hosts whose robots.txt could not be read, with the reason."""
        return {place: rules.note for place, (rules, _) in self._known.items() if rules.note}
