"""The trend from earlier scans, and first sights of the entries of lists: two real scans of a small site."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.fleet import evaluate_scan, load_scan
from checker.fleet.store import subject_file
from checker.history import past_results, record_scan
from checker.history.articles import list_entries, noted_before
from checker.history.files import HISTORY, opened
from checker.model.results import KindSummary, Scan, Verdict
from tests.golden_scan import SCAN as GOLDEN
from tests.scanning import assessment, html, national, scan_pages, site
from tests.test_history_trail import MONTHS, ask

NOBODY = KindSummary(0, 0, 0, 0, 0, 0, None, None)


def scan(month: int, *verdicts: Verdict | None, **more: Any) -> Scan:
    """A scan of a month with so many sites."""
    subjects = tuple(replace(GOLDEN.subjects[0], id=f"s{n}", verdict=v, gone=()) for n, v in enumerate(verdicts))
    return replace(GOLDEN, **({"id": f"scan{month:02}", "as_of": MONTHS[month], "subjects": subjects} | more))


GOOD, BAD, WAITS = Verdict.QUALIFIED, Verdict.UNQUALIFIED, Verdict.PENDING


def test_the_trend_are_earlier_whole_scans_by_the_same_profile(tmp_path: Path) -> None:
    now = scan(11, GOOD)
    assert past_results(tmp_path, now) == ()
    assert not (tmp_path / "history.sqlite").exists()
    record_scan(tmp_path, scan(9, GOOD, BAD, WAITS, None))
    record_scan(tmp_path, scan(8, GOOD, GOOD))
    record_scan(tmp_path, scan(10, BAD, id="some"), partial=True)
    record_scan(tmp_path, scan(10, BAD, id="again", kind="recheck", based_on="scan09"))
    record_scan(tmp_path, scan(10, BAD, id="gate", rules=replace(GOLDEN.rules, profile="gate")))
    record_scan(tmp_path, scan(12, BAD))
    record_scan(tmp_path, now)
    points = [(p.id, p.sites, p.accounts) for p in past_results(tmp_path, now)]
    assert points == [
        ("scan08", KindSummary(2, 2, 0, 2, 0, 0, 1.0, 1.0), NOBODY),
        ("scan09", KindSummary(4, 3, 1, 1, 1, 1, 0.5, 0.3333), NOBODY),
    ]
    assert [p.sites.registered for p in past_results(tmp_path, now, ["s3", "s1"])] == [1, 2]
    assert [p.id for p in past_results(tmp_path, scan(12), points=2)] == ["scan09", "scan11"]


PAGE = '<div class="nav"><a href="/">首页</a><a href="/xw/">政务要闻</a><a href="/gg/">通知公告</a></div>'


def news(*numbers: int) -> str:
    rows = "".join(
        f'<li><a href="/xw/{n}.html">全县工作会议第{n}次召开</a><span>2021-10-{n:02}</span></li>' for n in numbers
    )
    return f"{PAGE}<h1>政务要闻</h1><ul>{rows}</ul>"


def pages(*numbers: int) -> dict[str, Any]:
    reply = {"/": html(news(*numbers)), "/xw/": html(news(*numbers)), "/gg/": html(news(*numbers))}
    text = "<p>会议研究部署了下一阶段的重点工作，强调要抓好落实。</p>" * 4
    articles = {f"/xw/{n}.html": html(f"{PAGE}<h1>全县工作会议第{n}次召开</h1>{text}") for n in numbers}
    return {"www.a.gov.cn": reply | articles}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two scans of one site, the second with three entries more."""
    place = tmp_path_factory.mktemp("store")
    for numbers in ((1, 2, 3), (1, 2, 3, 4, 5, 6)):
        scan_pages(pages(*numbers), place, [site("www.a.gov.cn")])
    return place


def both(store: Path) -> tuple[str, str]:
    first, second = sorted(p.name for p in (store / "scans").iterdir())
    return first, second


def test_entries_of_lists_keep_their_first_sight(store: Path) -> None:
    first, second = both(store)
    seen = [list_entries(subject_file(store / "scans" / s, "facts", "www-a-gov-cn")) or () for s in (first, second)]
    assert [len(s) for s in seen] == [3, 6]
    assert {url for (url,) in ask(store, "SELECT url FROM seen_article")} == set(seen[1])
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        assert (noted_before(db, "www-a-gov-cn"), noted_before(db, "www-b-gov-cn")) == (True, False)
    contexts = [subject_file(store / "scans" / s, "context", "www-a-gov-cn") for s in (first, second)]
    told = []
    for path in contexts:
        with closing(sqlite3.connect(path)) as db:
            log = db.execute("SELECT state FROM context_log WHERE fact = 'seen_article'").fetchone()[0]
            told.append((log, db.execute("SELECT count(*) FROM seen_article").fetchone()[0]))
    assert told == [("partial", 0), ("complete", 3)]


def test_back_dated_batches_can_be_ruled_out_from_the_second_scan_on(store: Path) -> None:
    judged = [assessment(load_scan(store, s), "www-a-gov-cn", "v1-forged-date") for s in both(store)]
    assert [(a.outcome.value, "已见文章" in (a.reason or "")) for a in judged] == [("open", True), ("pass", False)]


def test_a_stored_scan_has_its_trend_and_reading_it_writes_nothing(store: Path) -> None:
    first, second = both(store)
    before = {p: p.read_bytes() for p in store.iterdir() if p.is_file()}
    assert [load_scan(store, s).trend for s in (first, second)] == [
        (),
        load_scan(store, second, ("www-a-gov-cn",)).trend,
    ]
    assert [(p.id, p.sites.registered) for p in load_scan(store, second).trend] == [(first, 1)]
    assert {p: p.read_bytes() for p in store.iterdir() if p.is_file()} == before


def test_judging_the_first_scan_again_changes_nothing_in_the_history(store: Path) -> None:
    with closing(sqlite3.connect(store / "history.sqlite")) as db:
        before = sorted(db.iterdump())
    for stored in both(store):
        evaluate_scan(store, stored, national())
    with closing(sqlite3.connect(store / "history.sqlite")) as db:
        assert sorted(db.iterdump()) == before


@pytest.mark.parametrize("body", [b"no database" * 1000, b""])
def test_a_report_can_do_without_a_history(store: Path, tmp_path: Path, body: bytes) -> None:
    scans = tmp_path / "scans"
    scans.symlink_to(store / "scans")
    (tmp_path / "history.sqlite").write_bytes(body)
    assert load_scan(tmp_path, None).trend == ()
