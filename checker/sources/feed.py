"""Feeds: RSS and Atom by feedparser, JSON Feed by hand; item times only, since channel times are the bridge's own.

A feed proves an update by showing one. It proves silence only if the operator vouches that it is complete, it is
well-formed, every item has a sensible date, and, where `synced` tells, it was filled within a day of the inspection.
"""

import html
import io
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import feedparser

from checker.address import normalise
from checker.model.facts import Address, Post
from checker.model.registry import Account, Feed
from checker.sources.reading import Getter, Source, SourceResult, failed, stamp, unreadable
from checker.sources.texts import written
from checker.sources.times import BEIJING, day_and_time, moment

FRESH = timedelta(days=1)
"""How far the last filling of a feed may lie from the inspection."""

_GOES_ON = ("…", "...")
_A_TEXT = 200
"""Characters from which on the description of an article is taken for its text."""

_SYNC_KEYS = ("synctime", "syncedat", "updatetime", "updatedat")
_NESTED = ("data", "feeds", "list", "items")
_TAG = re.compile(r"<[^>]{0,500}>")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.I)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed; `when` is None if it shows no date that can be read, `text` '' if only a title."""

    key: str
    url: str
    title: str
    when: tuple[datetime, bool] | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A feed as read: its items, and why it is no feed or not a sound one (Chinese, empty if nothing is wrong)."""

    items: tuple[Item, ...]
    refused: str = ""
    flaw: str = ""


def parse_feed(body: bytes, address: str) -> Paper:
    """Items of an RSS, Atom or JSON feed, relative links resolved against `address`; never raises, asks nothing."""
    if not body.strip():
        return Paper((), refused="来源返回空内容")
    if _is_html(body[:20_000]):
        return Paper((), refused="返回的是网页（可能是验证页），不是订阅源")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _json_feed(body, address)
    return _xml_feed(body, address)


def _is_html(head: bytes) -> bool:
    """Whether the first thing after byte order mark, white space and comments is HTML."""
    rest = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    while rest.startswith(b"<!--"):
        rest = rest.partition(b"-->")[2].lstrip()
    return bool(_HTML.match(rest))


def _xml_feed(body: bytes, address: str) -> Paper:
    # A stream, because feedparser opens a file of that name or asks a server when it is given a text.
    read = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not read.get("version"):
        return Paper((), refused="内容不是RSS、Atom或JSON订阅源")
    error = read.get("bozo_exception")
    flaw = "格式有误" if read.get("bozo") and not isinstance(error, feedparser.CharacterEncodingOverride) else ""
    return Paper(tuple(_xml_item(entry, address) for entry in read.entries), flaw=flaw)


def _xml_item(entry: Any, address: str) -> Item:
    def text(name: str) -> str:
        value = dict.get(entry, name)  # the plain lookup: feedparser's own answers for other names, with a warning
        return value.strip() if isinstance(value, str) else ""

    times = (moment(text(name)) for name in ("published", "updated", "created"))
    title = _plain(text("title")) or _plain(text("summary"))[:60]
    item = _item(text("id"), text("link"), title, next((t for t in times if t), None), address)
    parts = dict.get(entry, "content")
    whole = " ".join(str(part.get("value") or "") for part in parts) if isinstance(parts, list) else ""
    return replace(item, text=written(whole) or written(text("summary")))


def _json_feed(body: bytes, address: str) -> Paper:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Paper((), refused="内容不是可读的JSON")
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        return Paper((), refused="内容不是RSS、Atom或JSON订阅源")
    return Paper(tuple(_json_item(item if isinstance(item, dict) else {}, address) for item in items))


def _json_item(item: dict[str, Any], address: str) -> Item:
    def text(*names: str) -> str:
        return next((str(item[n]).strip() for n in names if isinstance(item.get(n), str | int) and item[n] != ""), "")

    times = (moment(item.get(name)) for name in ("date_published", "date_modified"))
    title = _plain(text("title")) or _plain(text("summary", "content_text", "content_html"))[:60]
    read = _item(text("id"), text("url", "external_url"), title, next((t for t in times if t), None), address)
    return replace(read, text=written(text("content_html", "content_text")) or written(text("summary")))


def _goes_on(account: Account, text: str) -> bool:
    """Whether a text may be a summary: it breaks off, or is short for an article; a post of Weibo is short anyway."""
    return text.endswith(_GOES_ON) or (account.platform != "weibo" and len(text) < _A_TEXT)


def _item(guid: str, link: str, title: str, when: tuple[datetime, bool] | None, address: str) -> Item:
    url = (normalise(link, address) if link else None) or (normalise(guid) if guid else None) or ""
    return Item(guid or url or f"{title} {when[0].isoformat() if when else ''}".strip(), url, title, when)


def _plain(text: str) -> str:
    """Text of a title: tags and entities gone, white space collapsed, at most 200 characters."""
    return " ".join(html.unescape(_TAG.sub("", text[:5000])).split())[:200]


def _distinct(items: tuple[Item, ...]) -> list[Item]:
    """Each item once, the newest first: same guid (else address), or same address at the same time."""
    newest_first = sorted((i for i in items if i.when), key=lambda i: i.when[0] if i.when else 0, reverse=True)
    seen: set[Any] = set()
    kept = []
    for item in newest_first:
        marks = {item.key, (item.url, item.when)} if item.url else {item.key}
        if not marks & seen:
            kept.append(item)
        seen |= marks
    return kept


def _post(account: Account, item: Item) -> Post:
    assert item.when
    day, at = day_and_time(item.when)
    return Post(account.id, item.key[:500], Address(item.url), item.title, day, at, "unknown", "feed")


def synced_at(body: bytes, feed: str) -> datetime | None:
    """When a bridge says that it last filled a feed: a bare time, or JSON with syncTime or updateTime.

    Of a list of feeds the one counts whose id stands in the feed's address; else the one filled longest ago.
    """
    text = body[:1_000_000].decode("utf-8-sig", "replace").strip()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = text
    found = _sync_times(data, feed, 3)
    return min(found) if found else None


def _sync_times(data: Any, feed: str, depth: int) -> list[datetime]:
    if isinstance(data, list) and depth:
        rows = [row for row in data if isinstance(row, dict)]
        own = [row for row in rows if len(str(row.get("id") or "")) > 3 and str(row["id"]) in feed]
        return [time for row in own or rows for time in _sync_times(row, feed, depth - 1)]
    if isinstance(data, dict) and depth:
        named = {str(key).lower().replace("_", ""): value for key, value in data.items()}
        own_times = [time for key in _SYNC_KEYS if (time := moment(named.get(key)))]
        if own_times:
            return [own_times[0][0]]
        return [time for key in _NESTED for time in _sync_times(named.get(key), feed, depth - 1)]
    time = moment(data)
    return [time[0]] if time and depth == 3 else []


async def _stale(source: Feed, fetch: Getter, as_of: datetime) -> tuple[str, str]:
    """Why the feed cannot be called fresh, empty if it can, and when it was filled (ISO 8601, empty if unknown).

    A feed without `synced` is taken at its operator's word.
    """
    if source.synced is None:
        return "", ""
    answer = await fetch.get(source.synced)
    why = unreadable(answer)
    if why:
        return f"同步状态{why}", ""
    at = synced_at(answer.body, source.feed)
    if at is None:
        return "同步状态中没有可读的时间", ""
    apart, filled = as_of - at, stamp(at)
    shown = at.strftime("%Y-%m-%d %H:%M")
    if apart > FRESH:
        return f"上次同步时间为{shown}，距检查时间超过{FRESH.days}天", filled
    return f"同步时间{shown}晚于检查时间" if apart < -FRESH else "", filled


def _doubts(paper: Paper, posts: list[Post], as_of: datetime) -> list[str]:
    today = as_of.astimezone(BEIJING).date().isoformat()
    undated = sum(item.when is None for item in paper.items)
    ahead = sum(post.on_date > today for post in posts)
    counted = [(undated, "条没有可读的日期"), (ahead, "条日期晚于检查日")]
    return [text for text in (paper.flaw, *(f"{n}{words}" for n, words in counted if n)) if text]


async def read(account: Account, source: Feed, fetch: Getter, as_of: datetime) -> SourceResult:
    """The posts that a feed shows, and whether it proves that there are no others."""
    answer = await fetch.get(source.feed)
    why = unreadable(answer)
    paper = Paper((), refused=why) if why else parse_feed(answer.body, answer.final_url or source.feed)
    if paper.refused:
        return failed("feed", paper.refused, as_of)
    items = _distinct(paper.items)
    posts, texts = [_post(account, item) for item in items], {item.key[:500]: item.text for item in items if item.text}
    doubts = _doubts(paper, posts, as_of)
    filled = ""
    if source.complete and not doubts:
        stale, filled = await _stale(source, fetch, as_of)
        doubts = [stale] if stale else []
    complete = source.complete and not doubts
    reason = "" if complete else "：".join(part for part in ("来源不能证明完整", "；".join(doubts)) if part)
    since = posts[-1].on_date if complete and posts else ""
    return SourceResult(
        tuple(posts), (), (), "complete" if complete else "partial", reason, "feed", stamp(as_of),
        complete_since=since, synced_at=filled, texts=texts,
        cut=frozenset(key for key, text in texts.items() if _goes_on(account, text)),
    )  # fmt: skip


def _addresses(source: Feed) -> tuple[str, ...]:
    return (source.feed, source.synced) if source.synced else (source.feed,)


SOURCE = Source("feed", ("post",), read, _addresses)
