"""What every account source takes and gives; this file is no source itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from checker.model.facts import AccountFunction, AccountMeta, Post
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
    def detail(self) -> str:
        """What happened, in plain words."""


class Getter(Protocol):
    """What a source uses of `checker.fetch.Fetcher`."""

    async def get(self, url: str) -> Answer:
        """Ask for an address; never raises on network trouble."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source said of an account.

    `complete` only if the source is known to list every post and to be fresh; `partial` if it was readable;
    `failed` if nothing can be concluded from it. `reason` is Chinese, for the report; empty only if complete.
    `fetched` is the inspection time of the reading, ISO 8601.
    """

    posts: tuple[Post, ...]
    functions: tuple[AccountFunction, ...]
    meta: tuple[AccountMeta, ...]
    state: State
    reason: str
    source: str
    fetched: str


Reader = Callable[[Account, Any, Getter, datetime], Awaitable[SourceResult]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source: the key that registers it, the tables it can fill, and how it is read."""

    kind: str
    makes: tuple[str, ...]
    read: Reader


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
    FetchOutcome.TOO_LARGE: "内容过大",
    FetchOutcome.TOO_MANY_REDIRECTS: "跳转次数过多",
    FetchOutcome.REDIRECT_LOOP: "循环跳转",
    FetchOutcome.BAD_ADDRESS: "地址无效",
    FetchOutcome.ROBOTS: "robots协议不允许访问",
    FetchOutcome.BUDGET: "超出访问限额",
}


def unreadable(answer: Answer) -> str:
    """Why an answer cannot be read, for the report; empty if it can. Holds no address: addresses may carry keys."""
    if answer.outcome is FetchOutcome.OK:
        return ""
    status = f"HTTP {answer.status}" if answer.status else ""
    parts = [part for part in (_WORDS.get(answer.outcome, "" if status else "传输错误"), status) if part]
    return f"无法读取（{'，'.join(parts)}）"
