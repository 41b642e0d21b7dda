"""What a caller may set about requests; every number has its unit here."""

from dataclasses import dataclass
from pathlib import Path

from checker import __version__
from checker.fetch.connect import ConnectTo

USER_AGENT = f"checker/{__version__} (zhengfu-wangzhan-jiancha; site inspection)"
"""We say who we are; header values are ASCII, so 政府网站检查 stands in pinyin."""

REFERENCES = (("www.gov.cn", 443), ("www.baidu.com", 443))
"""Two well-known places, connected to only when a host cannot be reached, to tell its trouble from ours."""


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Settings of one Fetcher. Seconds are real seconds, bytes are counted after decompression.

    `interval` lies between the starts of two requests to one host, `concurrency` requests to one host may be under
    way at once; `retries` further attempts are made after a connection was cut or could not be made in time.
    A server that says when to come again is asked once more then, `retry_after_seconds` later at most; 0 = never.
    `platform_interval` is the interval for public pages of new-media platforms.
    `allowed_private` are host names that may lie inside a network or on this machine, because they are registered there
    or a person named them; any other host that does is not asked.
    A longer Retry-After than `retry_after_seconds` is not waited for: until then the host is not asked. After
    `breaker_after` failures to connect in a row a host is not asked for `breaker_seconds`. `ledger` is a folder in
    which several processes keep one limit per host together. `references` are places (host, port) that answer wherever
    there is a network: only if none of them can be connected to either is a failure called our own outage.
    `rates` are requests a second that registered hosts (as `politeness_host` writes them) bear, whoever links to them.
    """

    user_agent: str = USER_AGENT
    connect_seconds: float = 10
    read_seconds: float = 20
    total_seconds: float = 60
    max_bytes: int = 10_000_000
    max_redirects: int = 10
    interval: float = 0.5
    platform_interval: float = 5
    concurrency: int = 2
    retries: int = 1
    retry_after_seconds: float = 60
    crawl_delay_seconds: float = 10
    connect_to: tuple[ConnectTo, ...] = ()
    allowed_private: frozenset[str] = frozenset()
    cacert: Path | None = None
    breaker_after: int = 6
    breaker_seconds: float = 60
    ledger: Path | None = None
    references: tuple[tuple[str, int], ...] = REFERENCES
    rates: tuple[tuple[str, float], ...] = ()
