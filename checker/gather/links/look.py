"""One look at a link target, as far as a verdict or a doubt needs it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from checker.address import host_of, same_place
from checker.fetch import Fetched, FetchOutcome
from checker.gather.links.verdicts import Standing, reason_of, standing
from checker.page.glance import Glance, glance, is_readable

_LOGIN = re.compile(
    r"/(?:(?:user|sys|admin|do|to|go|web|member)?[_-]?login|signin|sso|cas|passport|oauth2?|auth|uaa)(?:[/._-]|$)",
    re.IGNORECASE,
)
_LOGIN_HOST = re.compile(r"^(?:login|sso|cas|passport|auth|uaa|account)\d*\.", re.IGNORECASE)

TO_LOGIN, TO_HOME = "to-login", "to-home"
"""Reasons of an ok verdict that a person may want to look at: the link leads to a login, or from deep down to a home
page. Neither proves that what was linked to is gone."""


@dataclass(frozen=True, slots=True)
class Look:
    """What became of a target, when (inspection time, ISO 8601) and where redirects ended.

    `chain` are the addresses that they led to, `tls` as in `Fetched`, `sent` is to-login, to-home or ''. `glance` is
    the page that was shown, None if there was none or it was not read here.
    """

    outcome: FetchOutcome
    status: int
    final_url: str
    seen_at: str
    chain: tuple[str, ...] = ()
    tls: str = ""
    sent: str = ""
    glance: Glance | None = None

    @property
    def reason(self) -> str:
        """The named outcome, with the status where that says more: http-404, blocked-403; to-login, to-home."""
        return self.sent if self.fine and self.sent else reason_of(self.outcome, self.status)

    @property
    def standing(self) -> Standing:
        """What this look means by itself."""
        return standing(self.outcome, self.status)

    @property
    def fine(self) -> bool:
        """Whether the target answered with something."""
        return self.standing is Standing.FINE

    @property
    def dead(self) -> bool:
        """Whether it failed in a way that means dead, if it lasts."""
        return self.standing is Standing.DEAD


def look_of(fetched: Fetched, as_of: datetime) -> Look:
    """What a request showed, at inspection time."""
    seen_at = (as_of + timedelta(seconds=fetched.seen_elapsed)).isoformat(timespec="seconds")
    look = Look(fetched.outcome, fetched.status, fetched.final_url, seen_at, fetched.hops, fetched.tls)
    if not look.fine:
        return look
    shown = glance(fetched.body, fetched.content_type) if is_readable(fetched.body, fetched.content_type) else None
    return replace(look, sent=sent_to(fetched.url, fetched.final_url), glance=shown)


def sent_to(asked: str, final: str) -> str:
    """to-login if redirects ended at a login, to-home if they led from deep down to a home page, else ''."""
    if same_place(asked) == same_place(final):
        return ""
    if _is_login(final) and not _is_login(asked):
        return TO_LOGIN
    return TO_HOME if is_home(final) and not is_home(asked) else ""


def is_home(url: str) -> bool:
    """Whether an address is a host's home page."""
    parts = urlsplit(same_place(url))
    return parts.path in {"", "/"} and not parts.query


def _is_login(url: str) -> bool:
    return bool(_LOGIN.search(urlsplit(url).path) or _LOGIN_HOST.match(host_of(url)))
