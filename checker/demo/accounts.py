"""The accounts of the sample city and their feeds (RSS 2.0, Atom, JSON Feed); a feed that is None answers 404."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from checker.demo.plan import AS_OF

HOST = "feeds.shili.gov.cn"
"""Where the operator keeps the feeds of the accounts."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One feed: `newest` is the age in days of its newest post, None where the feed itself is missing."""

    id: str
    name: str
    form: Literal["rss", "atom", "json"]
    newest: int | None
    step: int = 2
    count: int = 8

    @property
    def path(self) -> str:
        """Path of the feed on HOST."""
        return f"/{self.form}/{self.id}.{'json' if self.form == 'json' else 'xml'}"


CHANNELS: tuple[Channel, ...] = (
    Channel("349900M001WX0001", "示例发布", "rss", newest=1),
    Channel("349900M001XL0001", "示例发布（微博）", "atom", newest=0, step=1, count=12),
    Channel("349901M001XL0001", "清溪发布", "atom", newest=20, step=4),
    Channel("349900M012WX0001", "示例教育", "rss", newest=30, step=5),
    Channel("349900M015WX0001", "健康示例", "rss", newest=3),
    Channel("349900M015WX0002", "示例疾控科普", "atom", newest=14, step=7),
    Channel("349902M001WX0001", "石桥发布", "rss", newest=None),
    Channel("349900M020TT0001", "平安示例", "json", newest=2, step=3),
)
CONTENT_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
"""What each form of feed is sent as."""

TOPICS = (
    "便民服务提示",
    "天气与出行提醒",
    "政策一图读懂",
    "节约用水小知识",
    "社区活动预告",
    "办事指南问答",
    "健康生活贴士",
    "图说身边变化",
)


def posts(channel: Channel) -> tuple[tuple[str, str, datetime], ...]:
    """Address, title and time of every post, newest first."""
    if channel.newest is None:
        return ()
    first = AS_OF.replace(hour=9, minute=30) - timedelta(days=channel.newest)
    return tuple(
        (
            f"http://{HOST}/post/{channel.id}/{channel.count - i}.html",
            f"{TOPICS[i % len(TOPICS)]}（{channel.name}第{channel.count - i}期）",
            first - timedelta(days=i * channel.step),
        )
        for i in range(channel.count)
    )


def feed(channel: Channel) -> str:
    """The feed as text: XML, or JSON."""
    return {"rss": _rss, "atom": _atom, "json": _json}[channel.form](channel)


def _rss(channel: Channel) -> str:
    items = "\n".join(
        f'<item><title>{title}</title><link>{url}</link><guid isPermaLink="true">{url}</guid>'
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for url, title, at in posts(channel)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{channel.name}</title><link>http://{HOST}{channel.path}</link><description>{channel.name}</description>\n"
        f"{items}\n</channel></rss>\n"
    )


def _atom(channel: Channel) -> str:
    rows = posts(channel)
    items = "\n".join(
        f'<entry><id>{url}</id><title>{title}</title><link rel="alternate" href="{url}"/>'
        f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated></entry>"
        for url, title, at in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>http://{HOST}{channel.path}</id><title>{channel.name}</title><updated>{rows[0][2].isoformat()}</updated>\n"
        f"{items}\n</feed>\n"
    )


def _json(channel: Channel) -> str:
    items = [
        {"id": url, "url": url, "title": title, "date_published": at.isoformat()} for url, title, at in posts(channel)
    ]
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": channel.name, "items": items}
    return json.dumps(whole, ensure_ascii=False)
