"""The one table of verdicts: what two looks at a link target mean. Pure.

ok and broken are said only of what was seen; whatever may be about us, our network or the way we ask is unknown with
the named reason. Broken needs two looks that both show a dead target.
"""

from enum import StrEnum

from checker.model.results import FetchOutcome as F

HOST_VANISHED = "host-vanished"
"""Reason of an unknown verdict: the host answered earlier and then could not be reached; it may be it or us."""

OWN_OUTAGE = F.OWN_OUTAGE.value
"""Reason of an unknown verdict: no host could be reached, so it was us."""

UNCONFIRMED = "not-confirmed"
"""Reason of an unknown verdict: only the second look showed a dead target, so nothing has confirmed it."""


class Standing(StrEnum):
    """What one look means: fine; dead if it lasts; doubtful: looked at again, never dead; unsure: no more to learn."""

    FINE = "fine"
    DEAD = "dead"
    DOUBTFUL = "doubtful"
    UNSURE = "unsure"


BY_OUTCOME: dict[F, Standing] = {
    F.OK: Standing.FINE,  # over a bad certificate too (`tls`): browsers warn, but the page is there
    F.TOO_LARGE: Standing.FINE,  # we stopped reading, not the server
    F.HTTP_4XX: Standing.DEAD,  # as BY_STATUS says
    F.HTTP_5XX: Standing.DEAD,  # as BY_STATUS says
    F.BLOCKED: Standing.UNSURE,  # says something about us
    F.CHALLENGE: Standing.UNSURE,  # a browser would pass it
    F.SOFT_404: Standing.DEAD,  # two signals of it, at both looks
    F.DNS: Standing.DEAD,  # unless no name at all resolves: our outage
    F.REFUSED: Standing.DEAD,  # a server that says that nobody listens
    F.UNREACHABLE: Standing.UNSURE,  # there is no way from here: the network between, or ours
    F.RESET: Standing.DOUBTFUL,  # firewalls cut off strangers like this, and servers under load everybody
    F.CONNECT_TIMEOUT: Standing.DEAD,  # a reader gives up as well; the second look waits twice as long
    F.READ_TIMEOUT: Standing.DEAD,
    F.TOTAL_TIMEOUT: Standing.DEAD,
    F.TLS_EXPIRED: Standing.UNSURE,  # nothing was read behind it; a reader may click the warning away
    F.TLS_WRONG_HOST: Standing.UNSURE,
    F.TLS_UNTRUSTED: Standing.UNSURE,  # domestic roots are missing in some stores
    F.TLS: Standing.DOUBTFUL,  # it may be cut off in the handshake; or it wants what no library speaks any more
    F.PROTOCOL: Standing.DOUBTFUL,  # browsers forgive more than our parser
    F.DECOMPRESSION: Standing.DOUBTFUL,  # damaged on the way, or made in a way that browsers forgive
    F.TOO_MANY_REDIRECTS: Standing.UNSURE,  # browsers follow twice as many
    F.REDIRECT_LOOP: Standing.DEAD,  # browsers show an error as well; a cookie set on the way was tried
    F.BAD_ADDRESS: Standing.UNSURE,  # a redirect to something that browsers may still mend
    F.ROBOTS: Standing.UNSURE,  # not asked
    F.PRIVATE: Standing.UNSURE,  # not asked; where the link leads is a finding of its own
    F.OWN_OUTAGE: Standing.DOUBTFUL,  # we may be back
    F.HOST_DOWN: Standing.UNSURE,  # not asked: what befell other addresses of the host proves nothing of this one
    F.BUDGET: Standing.UNSURE,  # not asked
}
"""Every outcome of the closed list; a test fails if one is missing."""

BY_STATUS: dict[int, Standing] = {
    404: Standing.DEAD,
    410: Standing.DEAD,
    500: Standing.DEAD,
    501: Standing.DEAD,
    502: Standing.DEAD,
    503: Standing.DEAD,
    504: Standing.DEAD,
    507: Standing.DEAD,
    508: Standing.DEAD,
    # a distributor that does not reach the server behind it (521 is a script challenge in China: blocked)
    520: Standing.DEAD,
    522: Standing.DEAD,
    523: Standing.DEAD,
    524: Standing.DEAD,
}
"""Statuses of http-4xx and http-5xx that say "not there" or "failed". All others object to how we asked (400, 402, 405,
406, 407, 408, 409, 411–428, 431, 451, 505, 511 …) or belong to walls (418, 444, 567, 999 …): unsure."""

_SLOW = {F.READ_TIMEOUT, F.TOTAL_TIMEOUT}
SILENT = {F.DNS, F.REFUSED, F.CONNECT_TIMEOUT}
"""Nobody is there, as far as we see."""

OUTAGE = {F.DNS, F.REFUSED, F.UNREACHABLE, F.OWN_OUTAGE}
"""Outcomes that our own outage shows, whatever the state of the host."""


def standing(outcome: F, status: int) -> Standing:
    """What one look means."""
    if outcome in {F.HTTP_4XX, F.HTTP_5XX}:
        return BY_STATUS.get(status, Standing.UNSURE)
    if outcome in _SLOW and 200 <= status < 300:
        return Standing.DOUBTFUL  # it answers: a stream, a slow download, a connection that is never closed
    return BY_OUTCOME[outcome]


def reason_of(outcome: F, status: int) -> str:
    """The named outcome, with the status where that says more: http-404, blocked-403."""
    if BY_OUTCOME[outcome] is Standing.FINE:
        return F.OK.value  # that we read only the start of a file is no news about the link
    if outcome in {F.HTTP_4XX, F.HTTP_5XX}:
        return f"http-{status}"
    return f"blocked-{status}" if outcome is F.BLOCKED and status else outcome.value


def verdict_of(first: tuple[F, int], second: tuple[F, int], answered: bool) -> tuple[str, str]:
    """Verdict and reason from two looks (outcome, status), the first of which was dead or doubtful.

    A host that `answered` at some time and then gives no answer at all may be our own trouble: unknown.
    """
    before, now = standing(*first), standing(*second)
    reason = reason_of(*second)
    if now is Standing.FINE:
        return "ok", reason
    if now is not Standing.DEAD:
        return "unknown", reason
    if answered and second[0] in SILENT:
        return "unknown", HOST_VANISHED
    return ("broken", reason) if before is Standing.DEAD else ("unknown", UNCONFIRMED)
