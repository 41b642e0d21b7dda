"""The certificate of a site that is registered as https, from a handshake of our own with its home page's server.

Comes in: the home address. Goes out: `Probe` rows certificate and certificate-expiry, and how far they can be trusted.
"""

from collections.abc import Iterator
from datetime import datetime

from checker.address import host_of
from checker.config import shanghai
from checker.fetch import Certificate, Fetcher, FetchOutcome, outcome_words
from checker.model.facts import Address, GatherLog, Probe

MAKES = ("probe",)

PLACE = "certificate"
"""Scope of the coverage line."""

_MOST_NAMES = 3


async def probe_certificate(subject: str, home: str, fetch: Fetcher, now: datetime) -> tuple[list[Probe], GatherLog]:
    """Test the certificate of a normalised home address; `now` is the real time, by which TLS judges."""

    def log(state: str, reason: str) -> GatherLog:
        return GatherLog(subject, "probe", PLACE, state, reason)

    if not home.startswith("https:"):
        return [], log("notApplicable", "登记为http的网站不看证书")
    if fetch.network.sent_elsewhere(home):
        return [], log("failed", "检查时指定了连接地址（--connect-to），看到的不是正式网站的证书")
    found = await fetch.certificate(home)
    if found.outcome not in {FetchOutcome.OK, FetchOutcome.TLS}:
        return [], log("failed", f"未能取得证书：{outcome_words(found.outcome)}")
    return list(certificate_rows(subject, home, found, now)), log("complete", "")


def certificate_rows(subject: str, home: str, found: Certificate, now: datetime) -> Iterator[Probe]:
    """The rows that a certificate makes: whether it is in order, and the last day on which it is valid."""
    if found.outcome is FetchOutcome.TLS:  # speaks no TLS that we know; Chinese national algorithms are such a one
        words = "安全连接失败，没有得到证书（也可能只支持国密算法）"
        yield Probe(subject, PLACE, "", "unclear", Address(home), words, "candidate")
        return
    words, certain = _problems(found, host_of(home), now)
    yield Probe(
        subject, PLACE, "", "no" if words else "yes", Address(home), words, "certain" if certain else "candidate"
    )
    if found.not_after is not None:
        last = shanghai(found.not_after).date().isoformat()
        yield Probe(subject, "certificate-expiry", last, "yes", Address(home), found.issuer)


def _problems(found: Certificate, host: str, now: datetime) -> tuple[str, bool]:
    """What is wrong in words, and whether that is certain: a root that we do not know may be known elsewhere."""
    kinds = found.problem.split(",") if found.problem else []
    if "expired" not in kinds and _out_of_date(found, now):  # a handshake tells only the first thing that is wrong
        kinds.append("expired")
    words = [_WORDS[kind] if kind in _WORDS else _said(kind, found, host, now) for kind in kinds]
    doubtful = kinds == ["untrusted"] and not found.self_signed
    return "；".join(words), not doubtful


def _out_of_date(found: Certificate, now: datetime) -> bool:
    return (found.not_before is not None and found.not_before > now) or (
        found.not_after is not None and found.not_after < now
    )


_WORDS = {"old": "服务器只支持过时的TLS协议或算法"}


def _said(kind: str, found: Certificate, host: str, now: datetime) -> str:
    if kind == "wrong-host":
        more = f" 等{len(found.names)}个" if len(found.names) > _MOST_NAMES else ""
        named = "、".join(found.names[:_MOST_NAMES]) or "未写明域名"
        return f"证书与域名{host}不符（证书为 {named}{more}）"
    if kind == "untrusted":
        return "证书为自签名" if found.self_signed else f"颁发机构不受信任或证书链不完整（颁发者：{found.issuer}）"
    if found.not_before is not None and found.not_before > now:
        return f"{shanghai(found.not_before).date()}起才生效"
    if found.not_after is not None and found.not_after < now:
        return f"已于{shanghai(found.not_after).date()}过期"
    return "证书链中有证书已过期"
