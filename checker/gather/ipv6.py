"""Whether a site can be read over IPv6: its AAAA record, then its home page and one page below, over IPv6 alone.

A machine without IPv6 can tell that there is no AAAA record, and nothing more.
"""

import socket
from dataclasses import dataclass

from checker.address import host_of
from checker.fetch import Fetched, Fetcher, FetchOutcome, is_private, literal
from checker.model.facts import Address, GatherLog, Probe

MAKES = ("probe",)

PLACE = "ipv6"
"""Scope of the coverage line."""

NO_IPV6_HERE = "本机没有IPv6网络"
_BYTES = 65_536
_NO_CONNECTION = frozenset(
    {
        FetchOutcome.CONNECT_TIMEOUT, FetchOutcome.REFUSED, FetchOutcome.UNREACHABLE, FetchOutcome.RESET,
        FetchOutcome.TOTAL_TIMEOUT, FetchOutcome.READ_TIMEOUT,
    }
)  # fmt: skip
_NOT_ASKED = frozenset({FetchOutcome.ROBOTS, FetchOutcome.OWN_OUTAGE, FetchOutcome.HOST_DOWN, FetchOutcome.BUDGET})
_REFUSED_US = frozenset({FetchOutcome.BLOCKED, FetchOutcome.CHALLENGE})
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Doors:
    """A site to test: its home page, one page below ('' if none was read), and how its host may be asked.

    `answers`: its home page answered in the usual way; a site that is down has nothing to say about IPv6.
    """

    subject: str
    home: str
    below: str = ""
    answers: bool = True
    rate: float | None = None
    robots: bool = True


Said = tuple[str, str, str]
"""Outcome, words and certainty of a test."""


class _OpenError(Exception):
    """Nothing can be said; the words say why."""


async def probe_ipv6(doors: Doors, fetch: Fetcher) -> tuple[list[Probe], GatherLog]:
    """Test a site; at most three requests, none if the name has no AAAA record."""
    try:
        outcome, detail, certainty = await _tested(doors, fetch)
    except _OpenError as why:
        return [], GatherLog(doors.subject, "probe", PLACE, "failed", str(why))
    row = Probe(doors.subject, PLACE, "", outcome, Address(doors.home), detail, certainty)
    return [row], GatherLog(doors.subject, "probe", PLACE, "complete", "")


async def _tested(doors: Doors, fetch: Fetcher) -> Said:
    """What came of the test; raises _OpenError where nothing can be said."""
    if fetch.network.sent_elsewhere(doors.home):
        raise _OpenError("检查时指定了连接地址（--connect-to），不检测域名解析和IPv6")
    return await _named(doors, fetch) or await _reached(doors, fetch)


async def _named(doors: Doors, fetch: Fetcher) -> Said | None:
    """What the name alone says; None if it has an IPv6 address that can be tried."""
    host = host_of(doors.home)
    spelt = literal(host)
    if spelt and ":" not in spelt:
        return "no", "网站地址是IPv4地址", "certain"
    try:
        found = await fetch.network.ipv6_addresses(host)
    except socket.gaierror as error:
        raise _OpenError("域名解析服务器没有答复，未能查询AAAA记录") from error
    if not found:
        await _trust_names(fetch, host)
        return "no", "域名没有AAAA记录", "certain"
    if all(is_private(a) for a in found) and host not in fetch.settings.allowed_private:
        return "unclear", f"AAAA记录{found[0]}不是公网地址", "candidate"
    return None


async def _trust_names(fetch: Fetcher, host: str) -> None:
    """A missing AAAA record says nothing where no name server answers, or a proxy of ours answers in its place."""
    plain = await fetch.network.addresses(host, 80)
    if not plain:
        raise _OpenError("域名无法解析，未能查询AAAA记录")
    if all(is_private(a) for a in plain) and host not in fetch.settings.allowed_private:
        raise _OpenError("本机的域名解析给出的不是公网地址，不能判断有无AAAA记录")


async def _reached(doors: Doors, fetch: Fetcher) -> Said:
    """What reading over IPv6 says: a second, slower look on a new connection before a failure counts."""
    if not doors.answers:
        raise _OpenError("首页无法访问，未检测IPv6")
    seen = await _look(fetch, doors, doors.home)
    if seen.outcome in _NO_CONNECTION and not await fetch.network.has_ipv6():
        raise _OpenError(NO_IPV6_HERE)
    if seen.outcome in _NO_CONNECTION:
        seen = await _look(fetch, doors, doors.home, patience=_PATIENCE)
    if seen.outcome in _NOT_ASKED:
        raise _OpenError(f"未能经IPv6访问首页：{seen.detail}")
    if _fine(seen) and doors.below:
        return _judged_below(await _look(fetch, doors, doors.below), doors.below)
    return _judged(seen)


async def _look(fetch: Fetcher, doors: Doors, url: str, patience: float = 1.0) -> Fetched:
    return await fetch.get(
        url, max_bytes=_BYTES, fresh=True, rate=doors.rate, robots=doors.robots, patience=patience, ipv6=True
    )


def _fine(seen: Fetched) -> bool:
    return seen.outcome in {FetchOutcome.OK, FetchOutcome.TOO_LARGE}


def _judged(seen: Fetched) -> Said:
    """Outcome, words and certainty of a look at the home page over IPv6."""
    if _fine(seen):
        return "yes", "首页可经IPv6打开", "certain"
    if seen.outcome in _NO_CONNECTION and not seen.status:
        return "no", f"有AAAA记录，但经IPv6无法连接：{seen.detail}", "certain"
    if seen.outcome in _REFUSED_US:
        return "unclear", f"经IPv6访问首页：{seen.detail}", "candidate"
    return "no", f"经IPv6访问首页：{seen.detail}", "candidate"


def _judged_below(seen: Fetched, url: str) -> Said:
    """The same for the page below, where the home page could be read."""
    if _fine(seen):
        return "yes", "首页和二级页面可经IPv6打开", "certain"
    if seen.outcome in _REFUSED_US:
        return "yes", f"首页可经IPv6打开；二级页面：{seen.detail}", "certain"
    return "no", f"首页可经IPv6打开，二级页面不能：{url}，{seen.detail}", "candidate"
