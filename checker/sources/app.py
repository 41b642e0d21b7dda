"""A mobile client where it can be downloaded: the App Store (China) and the address of its Android package.

It can be downloaded if one listed channel gives it, and cannot only if every one fails twice; all else is unclear.
What the store says is no content, so it proves nothing about updates.
"""

import json
from datetime import datetime
from typing import Any

from checker.address import normalise
from checker.model.facts import AccountMeta, Address, Probe
from checker.model.registry import Account, AppStore
from checker.sources.package import Channel, try_package
from checker.sources.platforms import ask
from checker.sources.reading import Getter, Source, SourceResult, Told, stamp, unreadable
from checker.sources.times import moment

LOOKUP = "https://itunes.apple.com/lookup"
_STORE = "App Store"
_NO_POSTS = "应用商店和安装包不含发布内容，无法判断更新"
_AGAIN = 2
"""How often a channel is tried that does not give the app."""


async def read(account: Account, source: AppStore, fetch: Getter, as_of: datetime) -> SourceResult:
    """Whether the app can be downloaded, and what the store says of it; no posts."""
    app = source.app
    channels: list[Channel] = []
    meta: tuple[AccountMeta, ...] = ()
    if app.itunes_id is not None:
        found, meta = await _store(account.id, app.itunes_id, fetch)
        channels.append(found)
    if app.apk is not None:
        channels.append(await _package(app.apk, fetch))
    return SourceResult(
        (), (), meta, "failed", _NO_POSTS, "app", stamp(as_of),
        told=(Told("probe", "app-download", "complete"),), probes=(_probe(account.id, channels),),
    )  # fmt: skip


def _probe(account: str, channels: list[Channel]) -> Probe:
    """The test of the app as a whole; a `no` by one channel alone is a candidate, for there may be others."""
    order = {"yes": 0, "unclear": 1, "no": 2}
    best = min(channels, key=lambda channel: order[channel.outcome])
    detail = "；".join(f"{channel.name}：{channel.detail}" for channel in channels)
    certain = best.outcome == "yes" or (best.outcome == "no" and len(channels) > 1)
    return Probe(
        account, "app-download", "", best.outcome, Address(normalise(best.url) or ""), detail,
        "certain" if certain else "candidate",
    )  # fmt: skip


async def _package(url: str, fetch: Getter) -> Channel:
    for _ in range(_AGAIN):
        channel = await try_package(url, fetch)
        if channel.outcome != "no":
            return channel
    return channel


async def _store(account: str, number: str, fetch: Getter) -> tuple[Channel, tuple[AccountMeta, ...]]:
    url = f"{LOOKUP}?id={number}&country=cn"
    for _ in range(_AGAIN):
        answer, refused = await ask(fetch, url, lambda _: "", robots=False)
        why = refused if answer is None else unreadable(answer)
        if answer is None or why:
            return Channel(_STORE, "unclear", why, url), ()
        channel, meta = parse_lookup(account, answer.body, url)
        if channel.outcome != "no":
            return channel, meta
    return channel, ()


def parse_lookup(account: str, body: bytes, url: str) -> tuple[Channel, tuple[AccountMeta, ...]]:
    """What an answer of the iTunes lookup (country=cn) says: yes with name and version, no, or unclear."""
    try:
        data = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or "errorMessage" in data or not isinstance(data.get("resultCount"), int):
        return Channel(_STORE, "unclear", "应用商店没有给出查询结果", url), ()
    rows = [row for row in data.get("results") or () if isinstance(row, dict)]
    if data["resultCount"] == 0:
        return Channel(_STORE, "no", "中国区应用商店查无此应用", url), ()
    if not rows:
        return Channel(_STORE, "unclear", "应用商店没有给出查询结果", url), ()
    return Channel(_STORE, "yes", _described(rows[0]), url), _meta(account, rows[0])


def _described(row: dict[str, Any]) -> str:
    changed = moment(row.get("currentVersionReleaseDate"))
    parts = (
        f"可以查到“{_text(row, 'trackName')}”",
        f"版本{_text(row, 'version')}" if _text(row, "version") else "",
        f"{changed[0].date().isoformat()}更新" if changed else "",
    )
    return "，".join(part for part in parts if part)


def _meta(account: str, row: dict[str, Any]) -> tuple[AccountMeta, ...]:
    named = (("name", _text(row, "trackName")), ("organizer", _text(row, "sellerName")))
    return tuple(AccountMeta(account, field, value, "app") for field, value in named if value)


def _text(row: dict[str, Any], name: str) -> str:
    return " ".join(str(row.get(name) or "").split())[:200]


def _addresses(source: AppStore) -> tuple[str, ...]:
    app = source.app
    return tuple(url for url in (LOOKUP if app.itunes_id is not None else None, app.apk) if url)


SOURCE = Source("app", ("probe", "account_meta"), read, _addresses)
