"""What every account source takes and gives; this file is no source itself."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from checker.fetch.engine import Payload
from checker.model.facts import AccountFunction, AccountMeta, Post, Probe
from checker.model.registry import Account
from checker.model.results import FetchOutcome
from checker.sources.times import BEIJING

State = Literal["complete", "partial", "failed"]


class Answer(Protocol):
    """What a source uses of `checker.fetch.Fetched`."""

    @property
    def outcome(self) -> FetchOutcome:
        """What became of the request."""

    @property
    def status(self) -> int:
        """HTTP status, 0 if there was no answer."""

    @property
    def body(self) -> bytes:
        """Body as far as it was read."""

    @property
    def final_url(self) -> str:
        """Address after redirects."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer, names in lower case."""

    @property
    def detail(self) -> str:
        """What happened, in plain words."""


class Platforms:
    """Which hosts refused, and whose turn it is; one for each `Fetcher`."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def turn(self, host: str) -> asyncio.Lock:
        """Held during a request to the host, so that nobody asks while somebody is being refused."""
        return self._turns.setdefault(host, asyncio.Lock())

    def refused(self, host: str) -> str:
        """Why the host is not asked any more (Chinese), '' if it may be."""
        return self._refused.get(host, "")

    def refuse(self, host: str, reason: str) -> None:
        """Ask this host no more in this run."""
        self._refused.setdefault(host, reason)


class Getter(Protocol):
    """What a source uses of the network. `slow` keeps the distance between requests that platforms are owed."""

    @property
    def platforms(self) -> Platforms:
        """Which platforms asked to be left alone."""

    async def get(self, url: str, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True) -> Answer:
        """Ask for an address; never raises on network trouble."""

    async def send(
        self, url: str, payload: Payload, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True
    ) -> Answer:
        """Ask with headers of our own, or with a body by POST; over a connection that is secure, where it is one."""


@dataclass(frozen=True, slots=True)
class Told:
    """How completely a source told one thing beside posts: a fact table and a scope of it.

    Scopes: of account_function menu, replies and comments; of account_meta ''; of probe app-download.
    """

    fact: str
    scope: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source said of an account.

    `state` is about posts: `complete` only if the source is known to list every post and to be fresh; `partial` if it
    was readable; `failed` if nothing can be concluded from it. `reason` is Chinese, for the report; empty only if
    complete. `fetched` is the inspection time of the reading, ISO 8601. `told` is the coverage of all else.
    `complete_since`: the day from which on a complete source lists every post, '' if it does not say. `synced_at`: when
    the source itself was last filled, ISO 8601, '' if unknown. `problems`: what else was noticed (Chinese).
    `hits_only`: it shows single posts and is no list: a post in time proves an update, an old one proves nothing.
    `texts`: the text of a post by its key, where the source gives one; handed on to be read, never stored.
    `cut`: keys of posts whose text is known to go on.
    """

    posts: tuple[Post, ...]
    functions: tuple[AccountFunction, ...]
    meta: tuple[AccountMeta, ...]
    state: State
    reason: str
    source: str
    fetched: str
    told: tuple[Told, ...] = ()
    probes: tuple[Probe, ...] = ()
    complete_since: str = ""
    synced_at: str = ""
    problems: tuple[str, ...] = ()
    hits_only: bool = False
    texts: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    cut: frozenset[str] = field(default=frozenset(), compare=False)


def _nowhere(_: Any) -> tuple[str, ...]:
    """The addresses of a source that asks nobody."""
    return ()


Reader = Callable[[Account, Any, Getter, datetime], Awaitable[SourceResult]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source: the key that registers it, the tables it can fill, how it is read, and where it asks.

    Once the posts are known, a further source is read only for functions and tests that none has told yet.
    """

    kind: str
    makes: tuple[str, ...]
    read: Reader
    addresses: Callable[[Any], tuple[str, ...]] = _nowhere


def stamp(as_of: datetime) -> str:
    """The inspection time as facts carry it."""
    return as_of.astimezone(BEIJING).isoformat(timespec="seconds")


def failed(kind: str, reason: str, as_of: datetime) -> SourceResult:
    """A source that nothing can be concluded from."""
    return SourceResult((), (), (), "failed", reason, kind, stamp(as_of))


_WORDS = {
    FetchOutcome.BLOCKED: "被对方服务器拦截",
    FetchOutcome.CHALLENGE: "对方要求验证",
    FetchOutcome.SOFT_404: "页面不存在",
    FetchOutcome.DNS: "域名无法解析",
    FetchOutcome.REFUSED: "连接被拒绝",
    FetchOutcome.RESET: "连接中断",
    FetchOutcome.CONNECT_TIMEOUT: "连接超时",
    FetchOutcome.READ_TIMEOUT: "响应超时",
    FetchOutcome.TOTAL_TIMEOUT: "响应超时",
    FetchOutcome.TLS: "证书或加密连接错误",
    FetchOutcome.TLS_EXPIRED: "证书已过期",
    FetchOutcome.TLS_WRONG_HOST: "证书与域名不符",
    FetchOutcome.TLS_UNTRUSTED: "证书不受信任",
    FetchOutcome.UNREACHABLE: "从本机无法到达",
    FetchOutcome.PRIVATE: "指向内网地址",
    FetchOutcome.OWN_OUTAGE: "本机网络中断",
    FetchOutcome.HOST_DOWN: "主机连续无法访问",
    FetchOutcome.TOO_LARGE: "内容过大",
    FetchOutcome.TOO_MANY_REDIRECTS: "跳转次数过多",
    FetchOutcome.REDIRECT_LOOP: "循环跳转",
    FetchOutcome.BAD_ADDRESS: "地址无效",
    FetchOutcome.ROBOTS: "robots协议不允许访问",
    FetchOutcome.BUDGET: "超出访问限额",
}


def outcome_words(outcome: str) -> str:
    """A named outcome in Chinese words; the name itself where there are none."""
    return next((words for known, words in _WORDS.items() if known.value == outcome), outcome)


def secret(name: str) -> str:
    """The value of an environment variable that accounts.yaml names, '' if it is not set; never to be shown."""
    return os.environ.get(name, "").strip()


def unreadable(answer: Answer) -> str:
    """Why an answer cannot be read, for the report; empty if it can. Holds no address: addresses may carry keys."""
    if answer.outcome is FetchOutcome.OK:
        return ""
    status = f"HTTP {answer.status}" if answer.status else ""
    parts = [part for part in (_WORDS.get(answer.outcome, "" if status else "传输错误"), status) if part]
    return f"无法读取（{'，'.join(parts)}）"
