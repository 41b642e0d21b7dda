"""Account sources: one file per kind; they return posts, functions, meta and how complete that is.

To add a kind: write its file with a `SOURCE`, and put it into `SOURCES`; a test fails when it is missing there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from checker.address import normalise
from checker.model.facts import AccountFunction, AccountMeta, GatherLog, Post, Probe
from checker.model.registry import Account, source_kind
from checker.model.registry import Source as Registered
from checker.sources import app, articles, feed, sheet, wechat_api, weibo
from checker.sources.joining import coverage
from checker.sources.reading import Answer, Getter, Platforms, Source, SourceResult, failed

__all__ = [
    "SOURCES",
    "AccountReading",
    "Answer",
    "Getter",
    "Platforms",
    "Source",
    "SourceResult",
    "addresses_of",
    "gather_account",
    "read_account",
    "read_source",
]

SOURCES: tuple[Source, ...] = (feed.SOURCE, sheet.SOURCE, articles.SOURCE, wechat_api.SOURCE, weibo.SOURCE, app.SOURCE)
"""Every kind of source that this version can read."""

Row = Post | AccountFunction | AccountMeta | Probe

_WORTH_ASKING_FOR = {"account_function", "probe"}
"""What a source is read for although the posts are known."""

_FOR_A_PERSON = {
    "channels": "视频号没有公开接口，需要人工查看（或登记导出的表格）",
    "miniprogram": "小程序无法从外部打开，需要人工查看（或登记导出的表格）",
    "douyin": "抖音网页需要签名，不予读取，需要人工查看（或登记订阅源、导出的表格）",
    "kuaishou": "快手网页需要签名，不予读取，需要人工查看（或登记订阅源、导出的表格）",
    "toutiao": "头条网页需要签名，不予读取，需要人工查看（或登记订阅源、导出的表格）",
}
"""What a person is told who has to look: why no machine does, and what would spare the looking."""


async def read_source(account: Account, source: Registered, fetch: Getter, as_of: datetime) -> SourceResult:
    """What one registered source says; a kind that cannot be read is `failed` and says so."""
    kind = source_kind(source)
    if kind == "manual":
        return failed(kind, _FOR_A_PERSON.get(account.platform, "需要人工查看"), as_of)
    for known in SOURCES:
        if known.kind == kind:
            return await known.read(account, source, fetch, as_of)
    return failed(kind, f"本版本尚不支持该来源：{kind}", as_of)


@dataclass(frozen=True, slots=True)
class AccountReading:
    """An account as its sources tell it: rows, coverage lines, and the texts of posts, which nobody stores.

    Texts stand under the post's key and under its address; `cut`: those whose text is known to go on.
    """

    rows: tuple[Row, ...]
    log: tuple[GatherLog, ...]
    texts: Mapping[str, str]
    cut: frozenset[str]


async def gather_account(
    account: Account, fetch: Getter, as_of: datetime
) -> tuple[tuple[Row, ...], tuple[GatherLog, ...]]:
    """Rows of an account from its sources, and the log lines that say how complete each fact is."""
    reading = await read_account(account, fetch, as_of)
    return reading.rows, reading.log


async def read_account(account: Account, fetch: Getter, as_of: datetime) -> AccountReading:
    """What the sources of an account tell: rows, log lines that say how complete each fact is, and texts to be read.

    Sources are tried in order until one is complete; once a list of posts was read only those are tried that are
    registered as complete, or that tell something else that nobody has told yet. Log: what `joining.coverage` says,
    and one line for each source as `source:N`, counted from 1.
    """
    results: list[SourceResult] = []
    lines: list[GatherLog] = []
    for n, source in enumerate(account.sources, 1):
        needless = _needless(source, results)
        if needless:
            lines.append(GatherLog(account.id, "post", f"source:{n}", "notApplicable", needless))
            continue
        result = await read_source(account, source, fetch, as_of)
        results.append(result)
        lines.append(GatherLog(account.id, "post", f"source:{n}", result.state, _why(result)))
    return AccountReading(_rows(account, results), (*coverage(account, results), *lines), *_texts(results))


def addresses_of(source: Registered) -> Iterator[str]:
    """The addresses that reading a registered source asks for, as far as the registry names their hosts."""
    kind = source_kind(source)
    known = next((one for one in SOURCES if one.kind == kind), None)
    found = known.addresses(source) if known else ()
    yield from (address for address in map(normalise, found) if address)


def _why(result: SourceResult) -> str:
    """Why a source is not complete, with what else was noticed."""
    if result.state == "complete":
        return ""
    return "；".join(dict.fromkeys(text for text in (result.reason, *result.problems) if text))


def _needless(source: Registered, results: list[SourceResult]) -> str:
    told = {"post"} if any(result.posts and not result.hits_only for result in results) else set()
    told |= {t.fact for result in results for t in result.told if t.state == "complete"}
    known = next((one for one in SOURCES if one.kind == source_kind(source)), None)
    tells_more = known is not None and not set(known.makes) & _WORTH_ASKING_FOR <= told
    if any(result.state == "complete" for result in results):
        return "" if tells_more else "已有完整来源，未再读取"
    can_prove_more = getattr(source, "complete", False) or tells_more
    return "已有可读来源，未再读取" if "post" in told and not can_prove_more else ""


def _texts(results: list[SourceResult]) -> tuple[dict[str, str], frozenset[str]]:
    """The longest text of each post by its key and its address (sources name a post differently), and which go on."""
    texts: dict[str, str] = {}
    cut: set[str] = set()
    for result in results:
        addresses = {post.key: str(post.url) for post in result.posts}
        for key, text in result.texts.items():
            for mark in {key, addresses.get(key) or key}:
                if len(text) > len(texts.get(mark, "")):
                    texts[mark] = text
                    (cut.add if key in result.cut else cut.discard)(mark)
    return texts, frozenset(cut)


def _rows(account: Account, results: list[SourceResult]) -> tuple[Row, ...]:
    """Everything that was read; a post that an earlier source gave already is left out."""
    seen: set[str] = set()
    rows: list[Row] = []
    for result in results:
        rows += [post for post in result.posts if not {post.key, post.url or post.key} & seen]
        seen |= {mark for post in result.posts for mark in (post.key, post.url or post.key)}
        rows += (*result.functions, *result.meta, *result.probes)
        for field, value in (("complete-since", result.complete_since), ("synced", result.synced_at)):
            rows += [AccountMeta(account.id, field, value, result.source)] if value else []
    return tuple(dict.fromkeys(rows))
