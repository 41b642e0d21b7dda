"""Account sources: one file per kind; they return posts, functions, meta and how complete that is.

To add a kind: write its file with a `SOURCE`, and put it into `SOURCES`; a test fails when it is missing there.
"""

from datetime import datetime

from checker.model.facts import AccountFunction, AccountMeta, GatherLog, Post
from checker.model.registry import Account, source_kind
from checker.model.registry import Source as Registered
from checker.sources import feed
from checker.sources.reading import Answer, Getter, Source, SourceResult, failed

__all__ = ["SOURCES", "Answer", "Getter", "Source", "SourceResult", "gather_account", "read_source"]

SOURCES: tuple[Source, ...] = (feed.SOURCE,)
"""Every kind of source that this version can read."""

Row = Post | AccountFunction | AccountMeta


async def read_source(account: Account, source: Registered, fetch: Getter, as_of: datetime) -> SourceResult:
    """What one registered source says; a kind that cannot be read is `failed` and says so."""
    kind = source_kind(source)
    if kind == "manual":
        return failed(kind, "需要人工查看", as_of)
    for known in SOURCES:
        if known.kind == kind:
            return await known.read(account, source, fetch, as_of)
    return failed(kind, f"本版本尚不支持该来源：{kind}", as_of)


async def gather_account(
    account: Account, fetch: Getter, as_of: datetime
) -> tuple[tuple[Row, ...], tuple[GatherLog, ...]]:
    """Rows of an account from its sources, and the log lines that say how complete the posts are.

    Sources are tried in order until one is complete; once posts were read only those are tried that are registered as
    complete. Log: one line for scope '' (the posts as a whole), one for each source as `source:N`, counted from 1.
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
        lines.append(GatherLog(account.id, "post", f"source:{n}", result.state, result.reason))
    return _rows(results), (_summary(account, results), *lines)


def _needless(source: Registered, results: list[SourceResult]) -> str:
    if any(result.state == "complete" for result in results):
        return "已有完整来源，未再读取"
    can_prove_more = getattr(source, "complete", False)
    return "已有可读来源，未再读取" if any(result.posts for result in results) and not can_prove_more else ""


def _summary(account: Account, results: list[SourceResult]) -> GatherLog:
    if not results:
        return GatherLog(account.id, "post", "", "failed", "未登记信息来源")
    best = next((r for state in ("complete", "partial") for r in results if r.state == state), None)
    if best:
        return GatherLog(account.id, "post", "", best.state, best.reason)
    reasons = "；".join(f"来源{n}（{r.source}）：{r.reason}" for n, r in enumerate(results, 1))
    return GatherLog(account.id, "post", "", "failed", reasons)


def _rows(results: list[SourceResult]) -> tuple[Row, ...]:
    """Everything that was read; a post that an earlier source gave already is left out."""
    seen: set[str] = set()
    rows: list[Row] = []
    for result in results:
        rows += [post for post in result.posts if not {post.key, post.url or post.key} & seen]
        seen |= {mark for post in result.posts for mark in (post.key, post.url or post.key)}
        rows += (*result.functions, *result.meta)
    return tuple(dict.fromkeys(rows))
