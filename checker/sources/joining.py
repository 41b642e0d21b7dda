"""What the sources of an account told together: the coverage lines of its facts. This file is no source."""

from collections.abc import Callable, Iterator

from checker.model.facts import GatherLog
from checker.model.registry import Account
from checker.sources.reading import SourceResult, State, Told

FUNCTION_SCOPES = {"menu": "菜单", "replies": "自动回复", "comments": "评论"}
"""What must have been read before an account can be said to offer no interaction."""

Line = Callable[[str, str, str, str], GatherLog]


def coverage(account: Account, results: list[SourceResult]) -> Iterator[GatherLog]:
    """Lines for posts (all, newest, original), functions, what the platform says, and whether an app can be had."""

    def line(fact: str, scope: str, state: str, reason: str) -> GatherLog:
        return GatherLog(account.id, fact, scope, state, "" if state == "complete" else reason)

    whole = _posts(account, results)
    yield whole
    yield line("post", "newest", *_newest(results, whole.reason))
    yield line("post", "original", *_original(results, whole.reason))
    yield from _functions(line, results)
    yield line("account_meta", "", *_meta(results))
    if account.platform == "app":
        yield line("probe", "app-download", *_told(results, "probe", "app-download", "未登记应用商店编号或安装包地址"))
    else:
        yield GatherLog(account.id, "probe", "app-download", "notApplicable", "")


def _posts(account: Account, results: list[SourceResult]) -> GatherLog:
    if not results:
        return GatherLog(account.id, "post", "", "failed", "未登记信息来源")
    best = next((r for state in ("complete", "partial") for r in results if r.state == state), None)
    if best:
        return GatherLog(account.id, "post", "", best.state, best.reason)
    reasons = "；".join(f"来源{n}（{r.source}）：{r.reason}" for n, r in enumerate(results, 1))
    return GatherLog(account.id, "post", "", "failed", reasons)


def _newest(results: list[SourceResult], otherwise: str) -> tuple[State, str]:
    """Whether the newest post is known: a list shows it, even one that cannot prove to be complete.

    Single posts do not, and an empty list shows nothing unless it is vouched for.
    """
    lists = [r for r in results if not r.hits_only and (r.state == "complete" or (r.state == "partial" and r.posts))]
    if lists:
        return "complete", ""
    if any(r.posts for r in results):
        return "partial", "来源只能证明有更新，不能证明没有更新"
    if any(r.state == "partial" for r in results):
        return "partial", "来源没有列出任何内容，不能证明没有更新"
    return "failed", otherwise


def _original(results: list[SourceResult], otherwise: str) -> tuple[State, str]:
    posts = [(post, r.state) for r in results for post in r.posts]
    if not posts:
        return "failed", otherwise or "来源没有列出任何内容"
    if all(post.original == "unknown" for post, _ in posts):
        return "failed", "来源不提供原创标志"
    if any(post.original == "unknown" for post, _ in posts):
        return "partial", "部分内容没有原创标志"
    return ("complete", "") if any(state == "complete" for _, state in posts) else ("partial", "来源不能证明完整")


def _functions(line: Line, results: list[SourceResult]) -> Iterator[GatherLog]:
    missing, states = [], set()
    for scope, name in FUNCTION_SCOPES.items():
        state, reason = _told(results, "account_function", scope, "没有能读取它的来源")
        states.add(state)
        missing += [] if state == "complete" else [f"{name}：{reason}"]
        yield line("account_function", scope, state, reason)
    whole = "complete" if not missing else "failed" if states == {"failed"} else "partial"
    yield line("account_function", "", whole, "；".join(missing))


def _meta(results: list[SourceResult]) -> tuple[State, str]:
    """What a platform says of an account is told by saying it; a source may also say why it could not."""
    if any(row.field in {"name", "organizer", "status"} for r in results for row in r.meta):
        return "complete", ""
    return _told(results, "account_meta", "", "没有能读取账号资料的来源")


def _told(results: list[SourceResult], fact: str, scope: str, otherwise: str) -> tuple[State, str]:
    """The best that any source told of a scope."""
    told = [t for r in results for t in r.told if (t.fact, t.scope) == (fact, scope)]
    order: tuple[State, ...] = ("complete", "partial", "failed")
    best: Told | None = min(told, key=lambda t: order.index(t.state), default=None)
    return (best.state, best.reason) if best else ("failed", otherwise)
