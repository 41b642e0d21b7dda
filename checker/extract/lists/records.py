"""Lists that a page or an answer holds as data: records with a title, an address and a day → entries like any other.

Which field is which is read off the values of all records; names of fields only settle what the values leave open.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html import unescape

from checker.address import normalise
from checker.extract.lists.literals import MAX_LENGTH, Value, document, lists
from checker.extract.written import full_dates, month_days, plain, with_year

MOST_RECORDS = 1000
_DEEPEST = 8
_LONGEST_ITEM = 20_000

ARTICLE = re.compile(
    r"(?:/t\d{8}_\d+|/art_\w+|/content_\d+|/m?post_\d+|/\d{5,}|/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|/info/\d+/\d+"
    r"|/c\d{5,}|/detail\w*)(?:/\w)?(?:\.(?:s?html?|jspx?|aspx?|php)|$)|/art/\d{4}/|/(?:19|20)\d{2}[-/]?\d{2}/"
    r"|[?&]\w*id=\w{2,}|mp\.weixin\.qq\.com/s",
    re.IGNORECASE,
)
"""What the address of an article looks like, that of a column does not."""

FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)(?:$|\?)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?:)?//\S+|\.{0,2}/\S+|[\w./-]+\.(?:s?html?|jspx?|aspx?|php|pdf|docx?|xlsx?)(?:[?#]\S*)?|\?\S+=\S+",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:png|gif|jpe?g|svg|webp|ico|bmp|mp4|css|js)(?:$|\?)|^data:", re.IGNORECASE)
_URL_NAME = re.compile(r"(?:.*(?:url|link|href|lj|path)|au)\d*", re.IGNORECASE)
_TITLE_NAME = re.compile(r".*(?:title|biaoti)|(?:a?t|bt|name|subject|mc|xxbt|wjbt|headline|topic)", re.IGNORECASE)
_PUBLISHED = re.compile(
    r".*(?:pub|release|fabu|issue|show_?time|display|reltime).*|fb(?:rq|sj)|apd|date|time|day|rq|sj|dt|datetime|addtime",
    re.IGNORECASE,
)
_DAY_NAME = re.compile(r".*(?:date|time|day|rq|sj)$|.*(?:pub|fabu).*|apd|create\w*|update\w*", re.IGNORECASE)
_OTHER_DAY = re.compile(
    r".*(?:end|expire|deadline|close|abolish|invalid|effect|implement|sign|write|compose|start|begin|birth|reply|answer"
    r"|jz|sx|cw|ss|fz|yf|qf)_?(?:date|time|day|rq|sj|at)|.*(?:deadline|expire).*|cwrq|ssrq|jzrq|yfrq|fzrq",
    re.IGNORECASE,
)
_LATER_DAY = re.compile(r".*(?:update|modif|edit|crawl|sync|index|create|insert|save).*", re.IGNORECASE)
_PINNED_NAME = re.compile(r"(?:is_?)?(?:top|zd|zhiding|stick|sticky|pinned)", re.IGNORECASE)
_ITEM = re.compile(r"<(item|entry|row|article|doc|record)(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_MEMBER = re.compile(
    r"<([A-Za-z_][\w.:-]{0,40})(?:\s[^<>]{0,300})?>([^<]*+(?:<!\[CDATA\[.*?\]\]>)?[^<]*+)</\1\s*>", re.DOTALL
)
_TAGS = re.compile(r"<[^<>]{1,300}>")
_FOLDER = re.compile(r"/(?:(?:index|list|default)\.\w+)?$")
_HEADLINE = 10
_WORDS = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2}")
_BEIJING = timezone(timedelta(hours=8))
_EARLIEST, _LATEST = 883_584_000, 4_102_444_800
"""1998-01-01 and 2100-01-01 as epoch seconds: what lies beyond is a number, no day."""


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: its absolute address ('' if the data has none), its title, its day as exact as written, as found."""

    url: str
    title: str
    on: date | None
    at: str
    quote: str
    pinned: bool


Rows = Sequence[dict[str, Value]]


def in_answer(text: str, base_url: str, today: date) -> list[Record]:
    """The records of an answer to a data call (JSON, JSON in a call, XML items), [] if it holds no list.

    The longest list counts, with those of the same fields; here a record needs no address of its own.
    """
    start = text[:400].lstrip("\ufeff \t\r\n")
    found = [_items(text[:MAX_LENGTH])] if start.startswith("<") else list(_tables(document(text)))
    tables = [(rows, records) for rows in found if (records := _read(rows, base_url, today, addressed=False))]
    if not tables:
        return []
    names = set(max(tables, key=lambda table: len(table[1]))[0][0])
    return [record for rows, records in tables if len(names & set(rows[0])) * 4 >= len(names) * 3 for record in records]


def in_script(script: str, base_url: str, today: date) -> list[list[Record]]:
    """The lists of records that a script of a page writes down as literals; menus, slides and settings are none."""
    found: list[list[Record]] = []
    for value in lists(script):
        for rows in _tables(value):
            records = _read(rows, base_url, today, addressed=True)
            if records:
                found.append(records)
    return found


def _tables(value: Value, depth: int = 0) -> Iterator[Rows]:
    """Every list of objects within a value, outermost first."""
    if depth > _DEEPEST:
        return
    inner: Iterable[Value] = ()
    if isinstance(value, list):
        rows = [row for row in value[:MOST_RECORDS] if isinstance(row, dict) and row]
        if rows and len(rows) * 2 >= len(value[:MOST_RECORDS]):
            yield rows
        inner = value[:MOST_RECORDS]
    elif isinstance(value, dict):
        inner = value.values()
    for member in inner:
        if isinstance(member, list | dict):
            yield from _tables(member, depth + 1)


def _items(text: str) -> Rows:
    """Repeated elements of an XML answer with plain members, such as the items of a feed."""
    match = _ITEM.search(text)
    if match is None:
        return []
    rows: list[dict[str, Value]] = []
    for part in re.split(rf"<{match[1]}(?:\s[^<>]{{0,300}})?>", text, flags=re.IGNORECASE)[1 : MOST_RECORDS + 1]:
        inner = part.partition(f"</{match[1]}")[0][:_LONGEST_ITEM]
        row: dict[str, Value] = {m[1]: _content(m[2]) for m in _MEMBER.finditer(inner)}
        if row:
            rows.append(row)
    return rows


def _content(text: str) -> str:
    bare = text.replace("<![CDATA[", "").replace("]]>", "").strip()
    return bare if "<![CDATA[" in text else unescape(bare)


def _read(rows: Rows, base_url: str, today: date, *, addressed: bool) -> list[Record]:
    """The records of one table; [] unless most rows have a title and (where `addressed`) an address, and a day.

    Without days the addresses must look like articles, and a record with a picture is a slide.
    """
    columns = {name: [row.get(name) for row in rows] for row in rows[:5] for name in row}
    url = _best(columns, _is_address, _url_rank)
    title = _best({n: v for n, v in columns.items() if n != url}, _is_title, _title_rank)
    if not title or (addressed and not url):
        return []
    day = _best({n: v for n, v in columns.items() if n not in {url, title}}, _is_day, _day_rank)
    found = [_record(row, (url, title, day), base_url, today) for row in rows]
    kept = [record for record in found if record is not None]
    return kept if _a_list(kept, rows, columns) else []


def _a_list(kept: Sequence[Record], rows: Rows, columns: dict[str, list[Value]]) -> bool:
    if not kept or len(kept) * 10 < len(rows) * 6:
        return False
    if sum(1 for r in kept if _FOLDER.search(r.url) and len(r.title) < _HEADLINE) * 2 > len(kept):
        return False  # columns with the days of their last change
    if sum(1 for record in kept if record.on) * 2 >= len(kept):
        return True
    articles = sum(1 for r in kept if ARTICLE.search(r.url) or FILE.search(r.url))
    pictures = any(isinstance(v, str) and _PICTURE.search(v) for values in columns.values() for v in values[:3])
    return not pictures and articles * 10 >= len(kept) * 8


def _best(
    columns: dict[str, list[Value]], fits: Callable[[str, Value], bool], rank: Callable[[str, list[Value]], int]
) -> str:
    """The column most of whose values fit; among several the one that `rank` puts first. '' if there is none."""
    suited = []
    for place, (name, values) in enumerate(columns.items()):
        share = sum(1 for value in values if fits(name, value))
        if share * 2 >= len(values) and rank(name, values) >= 0:
            suited.append((rank(name, values), share, -place, name))
    return max(suited)[3] if suited else ""


def _is_address(_: str, value: Value) -> bool:
    if not isinstance(value, str) or len(value) > 1000:
        return False
    return bool(_ADDRESS.fullmatch(value.strip())) and not _PICTURE.search(value)


def _url_rank(name: str, values: list[Value]) -> int:
    articles = sum(1 for v in values if isinstance(v, str) and (ARTICLE.search(v) or FILE.search(v)))
    return 2 * (articles * 2 >= len(values)) + bool(_URL_NAME.fullmatch(name))


def _is_title(name: str, value: Value) -> bool:
    if not isinstance(value, str) or not _WORDS.search(value) or _is_address(name, value):
        return False
    return len(value) < 400 or bool(_TITLE_NAME.fullmatch(name))


def _title_rank(name: str, values: list[Value]) -> int:
    """A field that is called title; else the longer words, unless they are a text."""
    if _TITLE_NAME.fullmatch(name):
        return 1000 + (name.lower() in {"title", "at", "bt", "doctitle"})
    lengths = [len(v) for v in values if isinstance(v, str)]
    mean = sum(lengths) // max(len(lengths), 1)
    return mean if 4 <= mean <= 100 else -1


def _is_day(name: str, value: Value) -> bool:
    return _day(name, value, "", date(2000, 1, 1)) is not None


def _day_rank(name: str, _: list[Value]) -> int:
    if _OTHER_DAY.fullmatch(name):
        return -1
    return 0 if _LATER_DAY.fullmatch(name) else 2 if _PUBLISHED.fullmatch(name) else 1


def _record(row: dict[str, Value], names: tuple[str, str, str], base_url: str, today: date) -> Record | None:
    """One record under the names of its address, title and day; None if it has no title."""
    url, title, day = (row.get(name) for name in names)
    words = " ".join(unescape(_TAGS.sub("", title)).split()) if isinstance(title, str) else ""
    if not words or (names[0] and not _is_address("", url)):
        return None
    place = normalise(url.strip(), base_url) or "" if isinstance(url, str) else ""
    read = _day(names[2], day, place, today)
    pinned = any(_PINNED_NAME.fullmatch(n) and v in {1, "1", "true", "是"} for n, v in row.items() if _flat(v))
    on, at = read if read else (None, "")
    return Record(place, words[:300], on, at, str(day)[:80] if read else "", pinned)


def _flat(value: Value) -> bool:
    return isinstance(value, str | int | bool)


def _day(name: str, value: Value, url: str, today: date) -> tuple[date, str] | None:
    """The day that a value means and as exact as it says: a written date, or one in seconds or milliseconds."""
    if isinstance(value, dict):
        return _day("time", value.get("time"), url, today)
    if isinstance(value, bool) or value is None or isinstance(value, list):
        return None
    text = plain(str(value)).strip(" []()")
    if re.fullmatch(r"\d{10}(?:\d{3})?(?:\.0)?", text):
        return _moment(int(text[:10])) if _DAY_NAME.fullmatch(name) else None
    return _written(name, text, url, today) if len(text) <= 40 else None


def _written(name: str, text: str, url: str, today: date) -> tuple[date, str] | None:
    if re.fullmatch(r"20\d{12}|20\d{6}", text):
        spread = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"[: 19 if text[8:] else 10]
        compact = full_dates(spread) if _DAY_NAME.fullmatch(name) else None
        return (compact[0].on, compact[0].at) if compact else None
    elsewhere = _in_zone(text)
    if elsewhere:
        return elsewhere
    whole = full_dates(text)
    if whole and whole[0].start == 0:
        return whole[0].on, whole[0].at
    pairs = month_days(text)
    if len(pairs) == 1 and len(text) <= 6:
        on = with_year(*pairs[0], url, today)
        return (on, on.isoformat()) if on else None
    return None


def _in_zone(text: str) -> tuple[date, str] | None:
    """A moment written in another zone than ours: 2026-09-14T16:00:00.000Z, Mon, 14 Sep 2026 16:00:00 GMT."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})", text):
            moment = datetime.fromisoformat(text)
        elif re.match(r"[A-Za-z]{3}, \d", text):
            moment = parsedate_to_datetime(text)
        else:
            return None
        return _moment(int(moment.timestamp()))
    except (ValueError, OverflowError):
        return None


def _moment(seconds: int) -> tuple[date, str] | None:
    if not _EARLIEST <= seconds < _LATEST:
        return None
    moment = datetime.fromtimestamp(seconds, _BEIJING)
    midnight = not (moment.hour or moment.minute or moment.second)
    return moment.date(), moment.date().isoformat() if midnight else moment.isoformat(timespec="seconds")
