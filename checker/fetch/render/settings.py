"""What a caller may set about rendering, and what comes back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Bounds of rendering. Seconds are real seconds and include our own politeness.

    `seconds`, `requests` and `received_bytes` hold for one page, `body_bytes` for one answer, `html_bytes` for the
    page that comes out, `pages` for one Renderer. A page counts as built when for `quiet_seconds` nothing it asked
    for was under way; a script that keeps it from answering for `stuck_seconds` is stopped. `as_of` is the
    inspection time at the making of the Renderer: pages read a clock that runs on from it; None = the real one.
    """

    seconds: float = 20
    requests: int = 60
    pages: int = 30
    quiet_seconds: float = 0.5
    stuck_seconds: float = 5
    body_bytes: int = 5_000_000
    received_bytes: int = 30_000_000
    html_bytes: int = 10_000_000
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as its scripts have built it.

    `html` is UTF-8, empty if nothing could be rendered; `final_url` is where the page's own scripts have led.
    `requests` were made for it by our fetcher, the page itself included unless it was given. `blocked` requests were
    not made or not answered though a reader's browser might show what they bring: where it is not 0, what the page
    lacks is not proven to be missing. `notes` say which (at most ten, in Chinese). `problem` is '' if the page was
    built as far as it could be, else in Chinese why not; `html` then holds what there was.
    """

    url: str
    final_url: str
    html: bytes
    requests: int
    blocked: int
    elapsed_ms: int
    problem: str = ""
    notes: tuple[str, ...] = ()
