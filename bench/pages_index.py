"""The hand-made pages: their bytes as a government CMS would send them, and what a person reads off them.

In: `bench/pages/*.html` (texts in UTF-8), described by the `*.yaml` files of that folder, one entry a page.
Out: HandMade. A page without an entry, an entry without a page and a doubtful value are errors: `file:line: message`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from checker.model.registry import ColumnType
from checker.yaml_lines import Lines, validated
from checker.yaml_lines import load as read_yaml
from checker.yaml_lines.events import Spot

FOLDER = Path(__file__).resolve().parent / "pages"
Encoding = Literal["utf-8", "utf-8-bom", "gbk", "gb18030", "utf-16-le-bom", "big5"]
Kind = Literal["article", "list", "home", "text", "map", "shell", "data"]
State = Literal["list", "empty", "script", "text", "elsewhere"]
_CODECS = {"utf-8-bom": ("\ufeff", "utf-8"), "utf-16-le-bom": ("\ufeff", "utf-16-le")}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a page's main list; `date` is YYYY-MM-DD, '' if the entry shows none."""

    title: str
    url: str
    date: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column that the page offers; `type` '' = the person left it open, `level` 1 = top-level."""

    name: str
    url: str
    type: str
    level: int


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """A mark that the page carries; `value` '' = present without a value to read."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class HandMade:
    """A page and what a person reads off it. `known` names the truths that its entry states.

    A truth that is not in `known` was not read off, so nothing may be measured against its empty value here.
    `published` and `newest` are YYYY-MM-DD; '' with the name in `known` = a person finds none. `body` are the bytes
    as sent, `path` the file they come from, `not_seen` the kinds of marks that a script which was not run may write.
    """

    file: str
    path: Path
    body: bytes
    url: str
    family: str
    encoding: Encoding
    content_type: str
    kind: Kind
    note: str
    known: frozenset[str]
    published: str
    newest: str
    items: tuple[Item, ...]
    next: tuple[str, ...]
    columns: tuple[ColumnSeen, ...]
    marks: tuple[MarkSeen, ...]
    not_seen: tuple[str, ...]
    state: State | None


class PagesError(ValueError):
    """The index and the pages do not fit; the message holds every problem, one a line."""


def load(folder: Path = FOLDER) -> tuple[HandMade, ...]:
    """Every hand-made page of `folder`, in the order of file names. Raises PagesError."""
    problems: list[str] = []
    entries = [entry for path in sorted(folder.glob("*.yaml")) for entry in _entries(path, problems)]
    pages = [page for entry in entries if (page := _page(folder, entry, problems)) is not None]
    problems += _unmatched(folder, [entry.file for entry in entries])
    if problems:
        raise PagesError("\n".join(problems))
    return tuple(sorted(pages, key=lambda page: page.file))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: Any) -> Any:
    """Null and '' are no date; anything else must be a day that exists."""
    if value is None or value == "":
        return ""
    return (value if type(value) is date else date.fromisoformat(str(value))).isoformat()


def _absolute(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"'{url}' is no absolute address")
    return url


class _ItemEntry(_Strict):
    title: str
    url: str
    date: str = ""
    pinned: bool = False
    _days = field_validator("date", mode="before")(_day)
    _addresses = field_validator("url")(_absolute)


class _ColumnEntry(_Strict):
    name: str
    url: str
    type: str | None = ""
    level: int = 1
    _addresses = field_validator("url")(_absolute)

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str | None) -> str:
        if value and value not in get_args(ColumnType):
            raise ValueError(f"'{value}' is no column type")
        return value or ""


class _MarkEntry(_Strict):
    kind: Literal[
        "party", "code", "icp", "police", "organizer", "contact", "error-report", "header-name", "accessibility"
    ]
    value: str | None = ""


class _Entry(_Strict):
    file: str
    url: str
    family: str
    encoding: Encoding
    content_type: str = ""
    kind: Kind
    note: str = ""
    published: str = ""
    newest: str = ""
    items: tuple[_ItemEntry, ...] = ()
    next: tuple[str, ...] = ()
    columns: tuple[_ColumnEntry, ...] = ()
    marks: tuple[_MarkEntry, ...] = ()
    not_seen: tuple[str, ...] = ()
    state: State | None = None
    _days = field_validator("published", "newest", mode="before")(_day)
    _addresses = field_validator("url")(_absolute)
    _following = field_validator("next")(lambda values: tuple(_absolute(value) for value in values))

    @model_validator(mode="after")
    def _truth(self) -> "_Entry":
        needed = {"article": "published", "list": "newest", "home": "newest"}.get(self.kind)
        if needed and needed not in self.model_fields_set:
            raise ValueError(f"a page of kind {self.kind} needs '{needed}' (null if a person finds none)")
        dates = [item.date for item in self.items if item.date]
        if self.items and self.kind == "list" and self.newest != max(dates, default=""):
            raise ValueError(f"newest {self.newest or 'null'} is not the newest date of its items")
        return self


_TRUTHS = frozenset({"published", "newest", "items", "next", "columns", "marks", "not_seen", "state"})


class _File(_Strict):
    pages: tuple[_Entry, ...]


def _entries(path: Path, problems: list[str]) -> tuple[_Entry, ...]:
    """The entries of one index file: a plain YAML list."""
    lines, found = read_yaml(path, path.name)
    problems += [str(problem) for problem in found]
    if lines is None:
        return ()
    whole = Lines(lines.file, {"pages": lines.data}, Spot(1, {"pages": lines.root}))
    index, found = validated(_File, whole)
    problems += [str(problem) for problem in found]
    return index.pages if index else ()


def _page(folder: Path, entry: _Entry, problems: list[str]) -> HandMade | None:
    path = folder / entry.file
    try:
        body = encoded(path.read_bytes().decode("utf-8"), entry.encoding)
    except (OSError, UnicodeError) as error:
        problems.append(f"{entry.file}: {error}")
        return None
    return HandMade(
        path=path,
        body=body,
        known=_TRUTHS & entry.model_fields_set,
        items=tuple(Item(i.title, i.url, i.date, i.pinned) for i in entry.items),
        columns=tuple(ColumnSeen(c.name, c.url, c.type or "", c.level) for c in entry.columns),
        marks=tuple(MarkSeen(m.kind, m.value or "") for m in entry.marks),
        **entry.model_dump(exclude={"items", "columns", "marks"}),
    )


def encoded(text: str, encoding: Encoding) -> bytes:
    """`text` as bytes, with the byte order mark where the encoding has one. Raises UnicodeEncodeError."""
    mark, codec = _CODECS.get(encoding, ("", encoding))
    return (mark + text).encode(codec)


def _unmatched(folder: Path, named: list[str]) -> list[str]:
    """Files without an entry, and files with two."""
    stored = {path.name for path in folder.iterdir() if path.suffix != ".yaml"}
    lone = [f"{name}: no index file of {folder.name}/ describes it" for name in sorted(stored - set(named))]
    return lone + [f"{name}: described {n} times" for name, n in sorted(Counter(named).items()) if n > 1]
