"""Everything that the hostile server does, and what must become of it: one table, which the documentation prints."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.fetch import Fetched, Fetcher, FetchSettings
from checker.gather.links import LinkBudget, LinkTarget, judge_links
from checker.model.facts import LinkCheck
from checker.page import parse
from tests.fetching import PATIENT, FakeTime, TellsTheServer, quick_fetcher, run
from tests.hostile import HANDLERS, Hostile, page
from tests.test_tls import CLASSES

TABLE = yaml.safe_load((Path(__file__).parent / "hostile_cases.yaml").read_text("utf-8"))
CASES: list[dict[str, Any]] = [TABLE["defaults"] | case for kind in TABLE["kinds"] for case in kind["cases"]]
OF_THE_DOOR = ("outcome", "status", "words", "hops", "size", "tls", "asked")
OF_A_LINK = ("verdict", "reason")
ECHOES = {"/host", "/port"}
"""Paths that tell a test what the server saw; they do nothing wrong."""

LONGEST_WORDS = 40


def settings_of(case: dict[str, Any]) -> FetchSettings:
    return replace(PATIENT, **case.get("settings", {}))


def door_to(case: dict[str, Any], server: Hostile) -> Fetcher:
    """A Fetcher of its own: a server that asks to come later holds up everything else for its host.

    Its clock stands still but where a timeout must end the case.
    """
    fake = FakeTime()
    clock = time.monotonic if "settings" in case else fake.clock
    return Fetcher(settings_of(case), TellsTheServer(server), clock=clock, sleep=fake.sleep)


async def asked(case: dict[str, Any]) -> dict[str, Any]:
    """What the door says of a case, in the words of the table."""
    async with Hostile() as server, door_to(case, server) as fetcher:
        got = await fetcher.get(server.url(case["path"]), robots=False)
        return _row(case, got, server)


def _row(case: dict[str, Any], got: Fetched, server: Hostile) -> dict[str, Any]:
    here, secure = server.url(""), server.url("").replace("http:", "https:")
    words = got.detail if len(got.detail) <= LONGEST_WORDS else got.detail[: LONGEST_WORDS // 2] + "…"
    hops = [hop.replace(here, "").replace(secure, "https://HOST") for hop in got.hops]
    size: int | str = case["size"] if case["size"] == "varies" else len(got.body)
    times = server.asked[case["path"]]
    values = (got.outcome.value, got.status, words, hops, size, got.tls, times)
    return dict(zip(OF_THE_DOOR, values, strict=True))


async def judged(case: dict[str, Any]) -> dict[str, Any]:
    """What is said of a link to a case after both passes."""
    rows: list[LinkCheck] = []
    async with Hostile() as server, door_to(case, server) as fetcher:
        budget = LinkBudget(pause=0, confirm_rate=1000)
        target = LinkTarget(server.url(case["path"]), robots=False)
        await judge_links("site", [target], fetcher, datetime(2026, 11, 22, tzinfo=UTC), budget, rows.append)
    return {"verdict": rows[0].verdict, "reason": rows[0].reason}


async def of_all(one: Any) -> dict[str, dict[str, Any]]:
    """Every case alone, so that a busy machine ends none too early; those that only a timeout ends side by side."""
    waiting = [case for case in CASES if "settings" in case]
    rows = dict(zip((c["path"] for c in waiting), await asyncio.gather(*map(one, waiting)), strict=True))
    return {case["path"]: rows.get(case["path"]) or await one(case) for case in CASES}


def expected(fields: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {case["path"]: {name: case[name] for name in fields} for case in CASES}


def test_every_path_is_in_the_table_once() -> None:
    paths = [case["path"] for case in CASES]
    assert sorted(paths) == sorted(set(paths))
    assert set(HANDLERS) - ECHOES <= set(paths)
    assert len(paths) >= 60


def test_the_servers_over_https_are_those_of_their_own_tests() -> None:
    assert {row["name"]: (row["strict"], row["outcome"], row["tls"]) for row in TABLE["secure"]} == CLASSES


def test_every_case_has_its_outcome() -> None:
    assert run(of_all(asked)) == expected(OF_THE_DOOR)


def test_every_case_has_its_verdict_as_a_link() -> None:
    assert run(of_all(judged)) == expected(OF_A_LINK)


@pytest.mark.parametrize("first", ["/long", "/long-with-answer", "/204-with-body", "/huge", "/gzip-and-rubbish"])
def test_what_one_answer_leaves_over_is_no_answer_to_the_next_request(first: str) -> None:
    async def main() -> list[tuple[int, bytes]]:
        async with Hostile() as server, quick_fetcher() as fetcher:
            got = [await fetcher.get(server.url(path), robots=False) for path in (first, "/404", first, "/ok")]
        return [(f.status, f.body) for f in got[1::2]]

    assert run(main()) == [(404, page("没有")), (200, page())]


def test_a_storm_of_429_is_not_answered_with_a_storm_of_requests() -> None:
    async def main() -> tuple[set[tuple[str, str]], int]:
        rows: list[LinkCheck] = []
        fake = FakeTime()
        async with Hostile() as server:
            async with Fetcher(PATIENT, clock=fake.clock, sleep=fake.sleep) as fetcher:
                targets = [LinkTarget(server.url(f"/429-soon?n={n}"), robots=False) for n in range(30)]
                budget = LinkBudget(seconds=1e9, pause=0, confirm_rate=1000, at_once=1)
                await judge_links("site", targets, fetcher, datetime(2026, 11, 22, tzinfo=UTC), budget, rows.append)
            return {(row.verdict, row.reason) for row in rows}, server.asked.total()

    verdicts, requests = run(main())
    assert {verdict for verdict, _ in verdicts} == {"unknown"}
    assert requests <= 60


# ---- what is read from the pages that arrive


CONTENTS: dict[str, tuple[str, str, list[str]]] = {
    "/says-gbk": ("utf-8", "正常页面", []),
    "/charset-unknown": ("utf-8", "正常页面", []),
    "/two-marks": ("utf-8", "\ufeff\ufffd\ufffd 正常页面", []),
    "/utf16": ("utf-16-le", "正常页面", []),
    "/nul-bytes": ("utf-8", "正常页面", []),
    "/utf7": ("utf-8", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", []),
    "/link-in-script": ("utf-8", "real", ["/ok"]),
    "/huge-attribute": ("utf-8", "a", ["/ok"]),
    "/many-attributes": ("utf-8", "", []),
    "/deep": ("utf-8", "", []),
}
"""Path → charset, visible text and addresses of links; what lies beyond the bounds of parsing is left out."""


@pytest.mark.parametrize(("path", "facts"), CONTENTS.items())
def test_what_is_read_from_a_page(path: str, facts: tuple[str, str, list[str]]) -> None:
    async def main() -> tuple[str, str, list[str]]:
        async with Hostile() as server, quick_fetcher() as fetcher:
            got = await fetcher.get(server.url(path), robots=False)
            read = parse(got.final_url, got.body, got.content_type)
            links = [link.url.removeprefix(server.url("")) for link in read.links]
        return read.charset, read.text.strip(), links

    assert run(main()) == facts
