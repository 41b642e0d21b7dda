"""What outlives a scan: visits, findings with first and last sight, and the context cut from them."""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from checker.errors import StoreError
from checker.facts.query import open_facts
from checker.history import ContextCutter, pages_before, record_scan, record_visits, visit_coverage
from checker.model.context import Answer, ContextLog, KnownFinding, Sibling, Visit
from checker.model.registry import Account, Registry, Site
from checker.model.results import Assessment, Evidence, Finding, Outcome, Scan
from tests.engine_data import fact, site
from tests.golden_scan import SCAN as GOLDEN

DAY = date(2021, 11, 8)


def visits(counts: dict[int, int], subject: str = "s1") -> list[Visit]:
    """So many visits on the day so many days before the inspection day."""
    return [
        Visit(subject, f"{day}T{n // 60:02}:{n % 60:02}:00+08:00", day, "ok", 100)
        for ago, count in counts.items()
        for day in [(DAY - timedelta(days=ago)).isoformat()]
        for n in range(count)
    ]


WEEK = dict.fromkeys(range(1, 8), 20)


@pytest.mark.parametrize(
    ("counts", "state", "recorded", "gaps"),
    [
        ({}, "partial", 0, ""),
        ({0: 50}, "partial", 0, ""),  # the inspection day itself is not over
        ({1: 20, 2: 20}, "partial", 40, ""),  # the days before the first visit are no gaps
        (WEEK, "complete", 140, ""),
        (WEEK | {0: 3, 8: 20}, "complete", 140, ""),
        # begun in the middle of its first day: one more day will do
        (WEEK | {7: 19}, "partial", 139, "11月1日只有19次"),
        (WEEK | {4: 19}, "partial", 139, "11月4日只有19次"),
        (WEEK | {4: 19, 8: 1}, "failed", 139, "11月4日只有19次"),
        (WEEK | {3: 0, 4: 19, 5: 0}, "partial", 119 - 20, "11月4日只有19次，11月3日、11月5日没有访问"),
        ({8: 20, **dict.fromkeys(range(2, 8), 20)}, "failed", 120, "11月7日没有访问"),
        ({100: 20, **WEEK, 1: 3}, "failed", 123, "11月7日只有3次"),
    ],
)
def test_how_complete_the_week_of_visits_is(counts: dict[int, int], state: str, recorded: int, gaps: str) -> None:
    log = visit_coverage(visits(counts), DAY)
    reason = f"近7天已记录{recorded}次访问，应不少于140次（每天不少于20次）{gaps and f'；其中{gaps}'}"
    assert log == ContextLog("visit", state, "" if state == "complete" else reason)


def registry() -> Registry:
    def place(number: int, **more: Any) -> Site:
        values = {"id": f"s{number}", "name": f"网站{number}", "url": f"http://{number}.gov.cn/", "kind": "department"}
        return Site(**(values | {"organizer": "甲局", "unit": "甲县"} | more))

    def account(number: int, **more: Any) -> Account:
        values = {"id": f"n{number}", "name": f"账号{number}", "platform": "weibo", "organizer": "甲局", "unit": "甲县"}
        return Account(**(values | more))

    return Registry(
        sites=(
            place(1, kind="portal"),
            place(2, parent="s1", unit="乙县"),
            place(3, parent="s1"),
            place(4, unit="丙县"),
        ),
        accounts=(account(1), account(2, platform="app", status="closed"), account(3, unit="乙县")),
    )


def context_of(store: Path, subject: str, table: str) -> list[dict[str, Any]]:
    """Rows of a table in the context cut for a subject."""
    path = store / "context.sqlite"
    known = registry()
    chosen = next(s for s in known.subjects if s.id == subject)
    ContextCutter(store, known, DAY).cut(chosen, path)
    facts = store / "facts.sqlite"
    if not facts.exists():
        from checker.facts.store import FactsWriter  # noqa: PLC0415

        with FactsWriter(facts) as writer:
            writer.write([site()])
    with open_facts(facts, path) as reader:
        return reader.ask(f"SELECT * FROM {table}")


def rows_of(*rows: Any) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in type(row).__slots__} for row in rows]


def test_siblings_are_of_the_same_unit_or_children(tmp_path: Path) -> None:
    def sibling(relation: str, other: str, platform: str, kind: str = "site", status: str = "running") -> Sibling:
        name = f"{'网站' if kind == 'site' else '账号'}{other[1:]}"
        return Sibling("s1", relation, kind, other, name, platform, "甲局", status)

    assert context_of(tmp_path, "s1", "sibling") == rows_of(
        sibling("child", "s2", "department"), sibling("unit", "s3", "department"), sibling("child", "s3", "department"),
        sibling("unit", "n1", "weibo", "account"), sibling("unit", "n2", "app", "account", "closed"),
    )  # fmt: skip
    assert context_of(tmp_path, "s4", "sibling") == []


def test_the_context_holds_what_concerns_the_subject_only(tmp_path: Path) -> None:
    mine, others = visits({1: 2}), visits({1: 3}, "s2")
    record_visits(tmp_path, [*mine, *others])
    record_visits(tmp_path, [replace(mine[0], outcome="dns")])  # what was recorded stays
    assert context_of(tmp_path, "s1", "visit") == rows_of(*mine)
    assert context_of(tmp_path, "s2", "visit") == rows_of(*others)
    assert context_of(tmp_path, "s3", "visit") == []
    assert context_of(tmp_path, "s1", "context_log") == rows_of(
        ContextLog("sibling", "complete", ""),
        ContextLog("visit", "partial", "近7天已记录2次访问，应不少于140次（每天不少于20次）；其中11月7日只有2次"),
        ContextLog("filed_account", "complete", ""),
        ContextLog("known_finding", "complete", ""),
        ContextLog("seen_article", "partial", "此前没有读全本站并记录栏目列表的检查，无法比对新出现的信息"),
    )


def test_a_new_context_replaces_a_half_written_one(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"context.sqlite{suffix}").write_bytes(b"left by a killed scan")
    assert len(context_of(tmp_path, "s1", "context_log")) == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["context.sqlite", "facts.sqlite"]


def scan(number: int, as_of: str, *marks: str) -> Scan:
    """A scan of one site with a finding for each mark."""
    found = tuple(
        Finding(mark, "main", f"问题{number}", "i", "l", "d", "u", "certain", Decimal(0), Evidence(as_of))
        for mark in marks
    )
    judged = Assessment("v4-columns-blank", "空白栏目", "veto", Outcome.FAIL, "空白栏目", findings=found)
    result = replace(GOLDEN.subjects[0], id="s1", assessments=(judged,), statistics={"pages": 10 * number})
    return replace(
        GOLDEN, id=f"scan{number}", as_of=as_of, finished_at=f"2021-11-0{number}T12:00:00+08:00", subjects=(result,)
    )


def test_a_finding_keeps_its_first_sight_over_scans(tmp_path: Path) -> None:
    october, november, september = (f"2021-{m}-01T10:00:00+08:00" for m in ("10", "11", "09"))
    assert pages_before(tmp_path) == {}
    record_scan(tmp_path, scan(1, october, "aa", "bb"))
    record_scan(tmp_path, scan(2, november, "aa", "cc"))
    record_scan(tmp_path, scan(3, september, "aa"))  # a later scan of an earlier moment
    record_scan(tmp_path, scan(2, november, "aa", "cc"))  # the same again

    def known(mark: str, first: str, last: str, number: int) -> KnownFinding:
        words = (f"问题{number}", first, last, "", "", "main", "i", "l", "d", "u", "", "", "certain", "")
        return KnownFinding("s1", mark, "v4-columns-blank", *words)

    found = sorted(context_of(tmp_path, "s1", "known_finding"), key=lambda r: str(r["fingerprint"]))
    assert found == rows_of(
        known("aa", september, november, 2), known("bb", october, october, 1), known("cc", november, november, 2)
    )
    assert context_of(tmp_path, "s2", "known_finding") == []
    assert pages_before(tmp_path) == {"s1": 30}


def test_answers_are_cut_too(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(1, "2021-10-01T10:00:00+08:00"))
    values = ("s1", "v1-wording", "main", "", 1, "属实", "王芳", "2021-10-08", "2022-10-08")
    connection = sqlite3.connect(tmp_path / "history.sqlite")
    with connection:
        connection.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.close()
    answer = fact(Answer, **dict(zip(Answer.__slots__, values, strict=True)))
    assert context_of(tmp_path, "s1", "answer") == rows_of(answer)


def test_a_history_that_is_damaged_or_newer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "visits.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"visits\.sqlite"):
        record_visits(tmp_path, visits({1: 1}))
    record_scan(tmp_path, scan(1, "2021-10-01T10:00:00+08:00"))
    connection = sqlite3.connect(tmp_path / "history.sqlite")
    with connection:
        connection.execute("UPDATE schema_info SET version = 99")
    connection.close()
    for use in (lambda: record_scan(tmp_path, scan(2, "2021-11-01")), lambda: pages_before(tmp_path)):
        with pytest.raises(StoreError, match="schema 99"):
            use()
