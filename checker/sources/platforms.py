"""Manners towards platforms: one request at a time, and a host that refused or asked for a captcha is left alone.

This file is no source. What a host said is shared by all accounts that one process reads.
"""

from collections.abc import Callable

from checker.address import politeness_host
from checker.fetch.engine import Payload
from checker.model.results import FetchOutcome
from checker.sources.reading import Answer, Getter

TOO_MANY = frozenset({418, 429, 432})
"""Statuses by which a platform says that it is asked too much."""

REFUSALS = TOO_MANY | {401, 403, 412}
"""Statuses by which it says of a public page that it wants no more of our requests."""

PLATFORM = "平台"
"""How every reason begins that says that a platform wants no more of our requests."""


async def ask(
    fetch: Getter,
    url: str,
    captcha: Callable[[Answer], str],
    *,
    payload: Payload | None = None,
    public: bool = True,
    robots: bool | None = None,
    max_bytes: int = 5_000_000,
) -> tuple[Answer | None, str]:
    """An answer of a platform, or None and the reason (Chinese) why the platform is not asked, now or any more.

    `captcha` says why an answer is no answer but a request for proof that we are a person, '' if it is none.
    A `public` page is asked for slowly and by the rules of robots.txt; an owner's interface is not. `robots=False` is
    for a slow one that is made for programs.
    """
    obey = public if robots is None else robots
    host = politeness_host(url)
    async with fetch.platforms.turn(host):
        if before := fetch.platforms.refused(host):
            return None, f"{before}，本次检查不再访问该平台"
        if payload is None:
            answer = await fetch.get(url, max_bytes=max_bytes, slow=public, robots=obey)
        else:
            answer = await fetch.send(url, payload, max_bytes=max_bytes, slow=public, robots=obey)
        why = _refusal(answer, public=public) or captcha(answer)
        if not why:
            return answer, ""
        fetch.platforms.refuse(host, why)
        return None, why


def _refusal(answer: Answer, *, public: bool) -> str:
    """An interface may refuse one account's key (401, 403): that is no word about the others'."""
    if answer.status in (REFUSALS if public else TOO_MANY):
        return f"{PLATFORM}拒绝或限制访问（HTTP {answer.status}）"
    challenged = answer.outcome is FetchOutcome.CHALLENGE or (public and answer.outcome is FetchOutcome.BLOCKED)
    return f"{PLATFORM}要求验证，未能读取" if challenged else ""
