"""An account's gathering: its sources, the wording of its posts, then the links of its menu."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

from checker.address import host_of
from checker.config import Budget
from checker.facts.schema import table_of
from checker.facts.store import FactsWriter
from checker.fetch import Fetched, Fetcher, SubjectArchive
from checker.fetch.engine import Payload
from checker.gather.links import LinkBudget, LinkTarget, judge_links
from checker.model.facts import ACCOUNT_FACTS, AccountFunction, GatherLog, LinkCheck, Probe, TermHit
from checker.model.lexicon import WordList
from checker.model.registry import Account
from checker.scan.post_wording import post_wording
from checker.scan.state import fetch_row
from checker.sources import Platforms, read_account
from checker.sources.reading import outcome_words

_MOST_LINKS = 100
_SECONDS = 300
_KEYS = frozenset(
    {
        "access_token", "token", "secret", "appsecret", "appid", "key", "apikey", "api_key", "access_key", "auth",
        "auth_key", "authkey", "code", "passwd", "password", "pwd", "session", "sid", "sig", "sign", "signature",
    }
)  # fmt: skip
_PLATFORM_HOSTS = ("weixin.qq.com", "weibo.com", "weibo.cn", "toutiao.com", "douyin.com", "kuaishou.com")
_PLATFORMS: WeakKeyDictionary[Fetcher, Platforms] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class AccountWork:
    """One account being read: its facts file, the door to the network, the clock, what answers are kept in, and the
    word lists by which its posts are read. `targets`: the menu's links that are verified; None = all.
    """

    account: Account
    facts: FactsWriter
    fetch: Fetcher
    now: Callable[[], datetime]
    budget: Budget
    archive: SubjectArchive | None = None
    lexicons: tuple[WordList, ...] = ()
    targets: frozenset[str] | None = None


async def gather_whole_account(work: AccountWork) -> None:
    """Read an account's sources and judge its menu's links; what a killed scan left half read is read anew."""
    for fact in (*ACCOUNT_FACTS, Probe, TermHit):
        work.facts.execute(f"DELETE FROM {table_of(fact)}")
        work.facts.execute("DELETE FROM gather_log WHERE fact = ?", (table_of(fact),))
    reading = await read_account(work.account, _Noting(work), work.now())
    rows, log = reading.rows, reading.log
    work.facts.write(rows)
    work.facts.write(log)
    found, wording = post_wording(work.account.id, reading, work.lexicons, work.now().date())
    work.facts.write([*found, wording])
    probes, line = await _menu_links(work, [row for row in rows if isinstance(row, AccountFunction)], log)
    work.facts.write([*probes, line])
    work.facts.commit()


async def _menu_links(
    work: AccountWork, functions: list[AccountFunction], log: Iterable[GatherLog]
) -> tuple[list[Probe], GatherLog]:
    """A test for each link of the menu, confirmed as a site's links are, and how complete that is."""
    named = {row.url: row.name for row in reversed(functions) if row.kind == "menu" and row.url}
    if work.targets is not None:
        named = {url: name for url, name in named.items() if url in work.targets}
    verdicts: list[LinkCheck] = []
    if named:
        begun = work.now() - timedelta(seconds=work.fetch.elapsed())
        slow = _slow(work.fetch)
        targets = [LinkTarget(url, rate=slow if _is_platform(url) else None) for url in named]
        bounds = LinkBudget(count=_MOST_LINKS, seconds=_SECONDS, at_once=4, pause=work.budget.confirm_after)
        await judge_links(work.account.id, targets, work.fetch, begun, bounds, verdicts.append)
    probes = [_probe(work.account.id, named[row.url], row) for row in verdicts]
    unclear = sum(probe.outcome == "unclear" for probe in probes)
    menu = next(line for line in log if (line.fact, line.scope) == ("account_function", "menu"))
    state, reason = menu.state, menu.reason
    if state == "complete" and unclear:
        state, reason = "partial", f"{unclear}个菜单链接无法判断能否打开"
    return probes, GatherLog(work.account.id, "probe", "menu-link", state, reason)


def _probe(account: str, name: str, row: LinkCheck) -> Probe:
    outcome = {"ok": "yes", "broken": "no"}.get(row.verdict, "unclear")
    words = f"HTTP {row.status}" if row.status >= 400 else outcome_words(row.reason)
    detail = "" if outcome == "yes" else f"{words}，经二次确认" if outcome == "no" else words
    return Probe(
        account, "menu-link", name, outcome, row.url, detail, "candidate" if outcome == "unclear" else "certain"
    )


def _slow(fetch: Fetcher) -> float | None:
    """Requests a second to a platform's public pages; None (the usual interval) where the settings have no own one."""
    interval = fetch.settings.platform_interval
    return 1 / interval if interval > 0 else None


def _is_platform(url: str) -> bool:
    host = host_of(url)
    return any(host == known or host.endswith(f".{known}") for known in _PLATFORM_HOSTS)


def without_keys(url: str) -> str:
    """An address as it may be stored: without its query if that holds anything like a key or a token."""
    query = urlsplit(url).query
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return urlsplit(url)._replace(query="").geturl() if names & _KEYS else url


class _Noting:
    """The fetcher as account sources see it; every request they make becomes a fact, without keys."""

    def __init__(self, work: AccountWork) -> None:
        self._work = work
        self._fetch = work.fetch

    @property
    def platforms(self) -> Platforms:
        """Which platforms refused this process."""
        return _PLATFORMS.setdefault(self._fetch, Platforms())

    async def get(self, url: str, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True) -> Fetched:
        """Ask, note, hand over. An address with keys is not kept, and no bad certificate is put up with."""
        memory = self._work.archive if url == without_keys(url) else None
        answer = await self._fetch.get(
            url, max_bytes=max_bytes, rate=self._rate(slow), robots=robots, memory=memory, strict_tls=True
        )
        return self._noted(answer, "account" if slow else "feed", memory)

    async def send(
        self, url: str, payload: Payload, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True
    ) -> Fetched:
        """Ask with headers or a body of our own, note, hand over."""
        rate = self._rate(slow)
        answer = await self._fetch.send(url, payload, max_bytes=max_bytes, rate=rate, robots=robots)
        return self._noted(answer, "account", None)

    def _rate(self, slow: bool) -> float | None:
        return _slow(self._fetch) if slow else None

    def _noted(self, answer: Fetched, purpose: str, archive: SubjectArchive | None) -> Fetched:
        """Every answer has a row; keys stay out of its addresses."""
        shown = replace(
            answer,
            url=without_keys(answer.url),
            final_url=without_keys(answer.final_url),
            hops=tuple(without_keys(hop) for hop in answer.hops),
        )
        seen_at = self._work.now().isoformat(timespec="seconds")
        self._work.facts.write([fetch_row(self._work.account.id, shown, purpose, seen_at, archive)])
        return answer
