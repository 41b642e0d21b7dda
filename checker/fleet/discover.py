"""What columns a site has: its home page, navigation, site map and column pages are read, nothing else.

Comes in: a registry entry and the settings of a scan. Goes out: one Proposal a column, and what stayed unread.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from checker.address import normalise
from checker.config import Budget
from checker.facts.query import FactsReader, open_facts
from checker.fetch import Chromium, Fetcher, FetchSettings, available
from checker.history import ContextCutter
from checker.model.registry import STANDARD_PERIODS, Registry, Site
from checker.registry import hosts_of
from checker.scan import Clockwork, Progress, Task, gather

PERIODS = (14, 30, 60, 90, 180, 365)
"""Periods in days that are suggested; none is shorter than what the standard asks of news."""

_SLACK = 2.5
"""A period is so many usual distances of entries, and never shorter than the longest one seen."""

_STEADY = frozenset({"profile", "functions", "leaders", "services", "consultation", "application", "petition"})
"""Types whose pages are kept right rather than published at intervals: no period is suggested."""

_FEWEST = 4
"""Dated entries from which on their distances say something."""

_LATEST = 12

EMPTY = "栏目为空，未见任何信息"
NO_LIST = "未见信息列表"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column as found: `update_days` is a suggestion (0 = none), `standing` new, registered, elsewhere or unread."""

    name: str
    url: str
    type: str
    level: int
    standing: str
    newest_on: str
    items: int
    update_days: int
    should_update: bool
    origin: str
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """All columns of a site, those of the top level first; `gaps` says what was not read, and why.

    `title`, `code` and `organizer` are what the home page says of itself, '' where it says nothing.
    """

    columns: tuple[Proposal, ...]
    gaps: tuple[str, ...]
    title: str
    code: str
    organizer: str
    pages: int


async def discover(
    site: Site, settings: FetchSettings, as_of: datetime, budget: Budget, progress: Progress
) -> Discovery:
    """Read the site's columns. Raises nothing for what the site does: what could not be read stands in `gaps`."""
    with TemporaryDirectory(prefix="checker-") as folder:
        facts, context = Path(folder) / "facts.sqlite", Path(folder) / "context.sqlite"
        ContextCutter(Path(folder), Registry(sites=(site,)), as_of.date()).cut(site, context)
        task, clock = Task(site, facts, context, budget), Clockwork.starting(as_of)
        own = replace(settings, allowed_private=settings.allowed_private | hosts_of(site))
        async with Fetcher(own) as fetch, Chromium() as chromium:
            await gather(task, fetch, clock, progress, None if available() else chromium)
        with open_facts(facts, context) as reader:
            return _read(reader, site)


def _read(reader: FactsReader, site: Site) -> Discovery:
    rows = reader.ask(_COLUMNS)
    log = reader.ask("SELECT scope, state, reason FROM gather_log WHERE fact IN ('list_item', 'site_column')")
    states = {row["scope"]: (row["state"], row["reason"]) for row in log}
    dates: dict[str, list[str]] = {}
    for row in reader.ask("SELECT column_url, on_date FROM column_item WHERE on_date <> '' AND future = 0"):
        dates.setdefault(row["column_url"], []).append(row["on_date"])
    blank = {row["url"] for row in reader.ask("SELECT url FROM blank_column")}
    columns = tuple(_proposal(row, states, dates.get(row["url"], []), row["url"] in blank) for row in rows)
    gaps = dict.fromkeys(reason for scope in ("site", "navigation") if (reason := states.get(scope, ("", ""))[1]))
    told = tuple(g for g in gaps if not any(g != other and g in other for other in gaps))
    home = _first(reader, "SELECT title AS value FROM page WHERE role = 'home'")
    title = site_name(_first(reader, _NAME)) or site_name(home)
    pages = reader.ask("SELECT count(*) AS n FROM page")[0]["n"]
    return Discovery(columns, told, title, _mark(reader, "code"), _mark(reader, "organizer"), int(pages))


_COLUMNS = """
SELECT f.*, s.reason FROM column_freshness f JOIN address a ON a.url = f.url JOIN site_column s ON s.url = a.id
ORDER BY f.registered DESC, f.level, s.rowid
"""
_JOINTS = re.compile(r"\s*[|｜_—–>]+\s*|\s+-+\s*|-+\s+|-+(?=(?:网站)?首页|主页)|(?<=页)-+")
_GREETING = re.compile(r"^(?:您好)?[，,!！]*(?:欢迎(?:您|你)?(?:的)?(?:访问|光临|来到|进入|浏览))+|[!！。]+$")
_NO_NAME = re.compile(
    r"(?:网站|官网|门户)?(?:首页|主页)|(?:home|index|untitled)(?: page)?|无标题(?:文档|页)?", re.IGNORECASE
)
_NAME = """
SELECT t.content AS value FROM tag t JOIN page p ON p.url = t.page WHERE p.role = 'home' AND t.name = 'SiteName'
"""


def site_name(title: str) -> str:
    """The name of a site in a title such as 首页_某县人民政府 or 欢迎访问某市教育局网站; '' if it holds none."""
    parts = (_GREETING.sub("", part).strip() for part in _JOINTS.split(title))
    return next((part for part in parts if part and not _NO_NAME.fullmatch(part)), "")


def _first(reader: FactsReader, sql: str) -> str:
    rows = reader.ask(sql)
    return str(rows[0]["value"]) if rows else ""


def _mark(reader: FactsReader, kind: str) -> str:
    return _first(
        reader,
        "SELECT m.value FROM mark m JOIN page p ON p.url = m.page "
        f"WHERE p.role = 'home' AND m.kind = '{kind}' AND m.value <> ''",
    )


def _proposal(row: dict[str, Any], states: dict[str, tuple[str, str]], dates: list[str], blank: bool) -> Proposal:
    state, reason = states.get(row["url"], ("failed", "未读取"))
    standing = "registered" if row["registered"] else "new"
    if not row["registered"] and state == "notApplicable" and row["items"] == 0 and "站外" in reason:
        standing = "elsewhere"
    elif not row["registered"] and state == "failed":
        standing = "unread"
    days, note = (0, "")
    if row["type"] not in STANDARD_PERIODS and row["type"] not in _STEADY and row["should_update"] != "no":
        days, note = suggested_period(dates, row["days_since"])
    if standing in {"new", "registered"} and state == "complete" and not row["items"]:
        note = EMPTY if blank else NO_LIST
    return Proposal(
        row["name"], row["url"], row["type"], row["level"], standing, row["newest_on"], row["items"], days,
        row["should_update"] != "no", row["origin"], row["reason"], reason if state in {"failed", "partial"} else note,
    )  # fmt: skip


def suggested_period(dates: list[str], days_since: int) -> tuple[int, str]:
    """The period in days that the distances of the latest entries speak for (0 = they do not), and why."""
    latest = sorted({date.fromisoformat(d) for d in dates}, reverse=True)[:_LATEST]
    if len(latest) < _FEWEST:
        return 0, ""
    distances = [(newer - older).days for newer, older in pairwise(latest)]
    usual, longest = median(distances), max(distances)
    period = next((p for p in PERIODS if p >= max(_SLACK * usual, longest)), PERIODS[-1])
    if days_since > period:
        return 0, f"原约{math.ceil(usual)}天更新一次，已{days_since}天未更新，是否归档请人工确认"
    return period, f"近{len(latest)}个更新日一般相隔{math.ceil(usual)}天，最长{longest}天"


def written_url(url: str, home: str) -> str:
    """How a column's address is written in sites.yaml: from the root where it is on the home page's own origin."""
    own, other = urlsplit(normalise(home) or home), urlsplit(url)
    if (own.scheme, own.netloc) != (other.scheme, other.netloc):
        return url
    return other.path + (f"?{other.query}" if other.query else "")
