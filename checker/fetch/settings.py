"""What a caller may set about requests; every number has its unit here."""

from dataclasses import dataclass
from pathlib import Path

from checker import __version__
from checker.fetch.connect import ConnectTo

USER_AGENT = f"checker/{__version__} (zhengfu-wangzhan-jiancha; site inspection)"
"""We say who we are; header values are ASCII, so 政府网站检查 stands in pinyin."""


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Settings of one Fetcher. Seconds are real seconds, bytes are counted after decompression.

    `interval` lies between the starts of two requests to one host, `concurrency` requests to one host may be under
    way at once; `retries` further attempts are made after a connection was cut or could not be made in time.
    """

    user_agent: str = USER_AGENT
    connect_seconds: float = 10
    read_seconds: float = 20
    total_seconds: float = 60
    max_bytes: int = 10_000_000
    max_redirects: int = 10
    interval: float = 0.5
    concurrency: int = 2
    retries: int = 1
    retry_after_seconds: float = 60
    crawl_delay_seconds: float = 10
    connect_to: tuple[ConnectTo, ...] = ()
    cacert: Path | None = None
