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
Form = Literal["list", "blank", "script", "text", "files", "feed", "store"]


@dataclass(frozen=True, slots=True)
class Section:
    """A column (栏目) of a site, with what is planted in it.

    `form` says what its page is: a list; an empty list; a shell that scripts fill; one running text (概况); a list of
    files without any date; a list that a script asks for as JSON; records in a data store, the further ones behind a
    data call. `newest` is the age in days of the newest entry, `ahead` gives entries dated after the inspection day.
    The keys of `notes` and `touched` are positions in the list; the values are HTML added to that article and another
    age that its PubDate tag pretends. `under` names the column in whose drop-down it stands.
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
    touched: Mapping[int, int] = field(default_factory=dict)
    under: str = ""

    @property
    def lists(self) -> bool:
        """Whether it holds dated entries, however its page shows them."""
        return self.form in {"list", "feed", "store"}


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
    """One website of the city. `home_note` is HTML at the foot of its home page's main part, `friends` its 友情链接.

    `elsewhere` are entries of its navigation that lead to other hosts, `access` the address of its entry for the old
    and the disabled, `map` that of its site map; `written_footer`: a script writes the footer ('' = none of it).
    """

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
    elsewhere: tuple[tuple[str, str], ...] = ()
    access: tuple[str, str] = ("", "")
    map: str = ""
    written_footer: str = ""
    extra: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: an article or a file; `tagged` is the day of its PubDate tag where that is another."""

    title: str
    url: str
    day: date | None
    clock: str
    source: str
    pinned: bool = False
    gone: bool = False
    two_anchors: bool = False
    note: str = ""
    tagged: date | None = None


def day(age: int) -> date:
    """The calendar day so many days before the inspection day (negative: after it)."""
    return TODAY - timedelta(days=age)
