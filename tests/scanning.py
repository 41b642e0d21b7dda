"""Scans of small local cities for tests: a registry as text, pages as a dict, the whole line from end to end."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from checker.config import Budget, shipped
from checker.demo import CityServer
from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import Event, Order, run
from checker.loopback import Reply
from checker.model.registry import Account, Registry, Site
from checker.model.results import Assessment, Scan
from checker.rules import RuleSet, load_rules, rule_set

AS_OF = datetime.fromisoformat("2021-11-08T10:00:00+08:00")
QUICK = replace(Budget(), confirm_after=0.0, minutes=5, link_checks=200, renders=0)


@cache
def national() -> RuleSet:
    """The shipped rules under the national profile."""
    return rule_set(load_rules(shipped("rules")), "national")


def html(body: str, charset: str = "utf-8", title: str = "示例", **headers: str) -> Reply:
    """A page with a head that declares its charset."""
    text = (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title></head><body>{body}</body></html>'
    )
    return Reply(200, f"text/html; charset={charset}", text.encode(charset, "replace"))


def site(host: str, **more: Any) -> Site:
    """A department site at http://host/ that may be asked as fast as a test likes."""
    entry = {
        "id": host.replace(".", "-"), "code": None, "name": host, "url": f"http://{host}/", "kind": "department",
        "organizer": host, "rate": 1000.0,
    }  # fmt: skip
    return Site.model_validate(entry | more)


def order(
    server: CityServer, store: Path, sites: list[Site], accounts: list[Account] | None = None, **more: Any
) -> Order:
    """An order to scan `sites` on a local server."""
    settings = FetchSettings(
        connect_to=(ConnectTo.parse(server.connect_to),), interval=0.001, concurrency=4, connect_seconds=2.0,
        read_seconds=2.0, total_seconds=5.0,
    )  # fmt: skip
    return replace(
        Order(
            registry=Registry(sites=tuple(sites), accounts=tuple(accounts or ())), rules=national(), store=store,
            as_of=AS_OF, fetch=settings, budget=QUICK,
        ),
        **more,
    )  # fmt: skip


def scan_pages(
    pages: Mapping[str, Mapping[str, Reply]],
    store: Path,
    sites: list[Site],
    patience: float = 2.0,
    budget: Budget = QUICK,
) -> tuple[Scan, list[Event]]:
    """Serve pages (host → path → reply), scan the sites, and give the scan and what was told while it ran.

    `patience` is how many seconds an answer may take.
    """
    events: list[Event] = []
    with CityServer(hosts=pages) as server:
        wanted = order(server, store, sites)
        fetch = replace(wanted.fetch, read_seconds=patience, total_seconds=patience * 2)
        scan = run(replace(wanted, fetch=fetch, budget=budget), events.append)
    return scan, events


def assessment(scan: Scan, subject: str, rule: str) -> Assessment:
    """One assessment of a scan."""
    found = next(s for s in scan.subjects if s.id == subject)
    return next(a for a in found.assessments if a.rule == rule)


def ask(store: Path, subject: str, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Rows of one subject's facts file, of the only scan in a store."""
    with closing(sqlite3.connect(next(store.glob(f"scans/*/facts/{subject}.sqlite")))) as facts:
        return facts.execute(sql, values).fetchall()
