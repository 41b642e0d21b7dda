"""What the sample city is made of: frozen types of its plan, from which every page follows.

Ages stand in calendar days before the inspection day, because that is what the rules count; a planted fault or a
near miss can be read off the number (14 is in time for news, 15 is late).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Literal

BEIJING = timezone(timedelta(hours=8))
AS_OF = datetime(2021, 11, 8, 10, 0, tzinfo=BEIJING)
"""The moment at which the city is inspected; nothing in this package reads a clock."""

TODAY = AS_OF.date()

Look = Literal["trs", "ucap", "table", "hanweb"]
Form = Literal["list", "blank", "script", "text", "files"]


@dataclass(frozen=True, slots=True)
class Section:
    """A column (栏目) of a site, with what is planted in it.

    `form` says what its page is: a list; an empty list; a shell that scripts fill; one running text (概况); a list of
    files without any date. `newest` is the age in days of the newest entry, `ahead` gives entries dated after the
    inspection day. The keys of `notes` are positions in the list; the value is HTML added to that article.
    """

    name: str
    path: str
    type: str
    newest: int = 0
    count: int = 4
    step: int = 7
    level: int = 1
    update_days: int | None = None
    should_update: bool | None = None
    registered: bool = True
    form: Form = "list"
    home: bool = False
    ahead: tuple[int, ...] = ()
    pinned: int | None = None
    gone: int | None = None
    two_anchors: bool = False
    notes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a footer (网站标识); an empty text means that the footer does not show it."""

    code: str
    organizer: str
    contact: str
    icp: str
    police: str
    party: str


@dataclass(frozen=True, slots=True)
class Place:
    """One website of the city. `home_note` is HTML at the foot of its home page's main part, `friends` its 友情链接."""

    id: str
    host: str
    name: str
    short: str
    look: Look
    colour: str
    marks: Marks
    sections: tuple[Section, ...]
    charset: str = "utf-8"
    header_charset: bool = True
    tags: Literal["full", "flawed", "none"] = "full"
    friends: tuple[tuple[str, str], ...] = ()
    home_note: str = ""
    extra: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: an article or a file."""

    title: str
    url: str
    day: date | None
    clock: str
    source: str
    pinned: bool = False
    gone: bool = False
    two_anchors: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers; `first` is another answer for the very first request, `seconds` a delay."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    first: "Reply | None" = None


def day(age: int) -> date:
    """The calendar day so many days before the inspection day (negative: after it)."""
    return TODAY - timedelta(days=age)
