"""A home page that grows old: a warning, the veto, notified, mended to a warning, rechecked, and stale once more."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from checker.cli.baseline import read_baseline
from checker.cli.diff import arrived_at
from checker.cli.output import exit_code
from checker.demo import CityServer
from checker.fleet import evaluate_scan, run
from checker.fleet.diff import compare
from checker.fleet.recheck import Wanted, prepared, recheck
from checker.history.notifying import record_notified
from checker.model.results import Finding, Scan
from checker.report import csv_report, json_report, sarif
from checker.score import with_baseline
from tests.scanning import assessment, html, national, order, site
from tests.test_history_trail import ask

HOST, SITE, RULE = "www.a.gov.cn", "www-a-gov-cn", "v3-home-stale"
TEXT = html("<h1>全县工作会议召开</h1>" + "<p>会议研究部署了下一阶段的重点工作，强调要抓好落实。</p>" * 4)


def pages(day: str) -> dict[str, Any]:
    """A home page whose newest entry is of a day."""
    entries = "".join(
        f'<li><a href="/xw/{n}.html">全县重点工作推进会议召开之{n}</a><span>{day}</span></li>' for n in (1, 2, 3)
    )
    return {"/": html(f"<ul>{entries}</ul>"), **{f"/xw/{n}.html": TEXT for n in (1, 2, 3)}}


def moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def inspected(store: Path, today: str, newest: str) -> Scan:
    with CityServer(hosts={HOST: pages(newest)}) as server:
        return run(order(server, store, [site(HOST)], as_of=moment(today)), lambda _: None)


def rechecked(store: Path, today: str, newest: str, scan: str | None = None) -> Scan:
    with CityServer(hosts={HOST: pages(newest)}) as server:
        asked = order(server, store, [site(HOST)], as_of=moment(today))
        return recheck(asked, prepared(store, Wanted(scan), asked.rules), lambda _: None)


def row(scan: Scan) -> Finding:
    (found,) = assessment(scan, SITE, RULE).findings
    return found


def told(scan: Scan) -> tuple[str, str, str]:
    found = row(scan)
    return found.clause, found.change.value, found.notified_on


def history(store: Path) -> list[tuple[Any, ...]]:
    return ask(store, f"SELECT state, clause, substr(first_seen, 1, 10) FROM finding WHERE rule = '{RULE}'")


def trail(store: Path) -> list[tuple[Any, ...]]:
    return ask(
        store, "SELECT substr(at, 1, 10), what FROM event JOIN finding USING (fingerprint) "
        f"WHERE rule = '{RULE}' ORDER BY at, scan, event.rowid",
    )  # fmt: skip


def test_from_a_warning_to_a_veto_and_back_and_again(tmp_path: Path) -> None:
    early = inspected(tmp_path, "2021-11-08", "2021-10-27")
    assert (told(early), early.subjects[0].verdict) == (("warning", "new", ""), "pending")
    assert history(tmp_path) == [("open", "warning", "2021-11-08")]
    known = tmp_path / "baseline.json"
    known.write_bytes(json_report.render(early))

    late = inspected(tmp_path, "2021-11-21", "2021-10-27")
    assert (told(late), late.subjects[0].verdict) == (("main", "new", ""), "unqualified")
    assert history(tmp_path) == [("open", "main", "2021-11-21")]
    baseline, _ = read_baseline(known)
    assert (exit_code(late, "veto", True, baseline), row(with_baseline(late, baseline)).baseline) == (1, "new")
    compared = compare(tmp_path, early.id, late.id, national())
    (arrived,) = [f for s in compared.subjects for f in s.findings if f.rule == RULE]
    assert (arrived.change, arrived.reason, arrived_at(compared, "veto")) == ("new", "预警变为问题", True)

    record_notified(tmp_path, [row(late).fingerprint], date(2021, 11, 22), "通报")
    answer = rechecked(tmp_path, "2021-12-08", "2021-11-26").subjects[0]
    assert (answer.rectification, answer.verdict, len(assessment_rows(answer))) == ("整改后合格", "pending", 0)
    (gone,) = answer.gone
    assert (gone.change, gone.reason) == (
        "rectified", "已重新检查，未再发现；仍有预警：首页最新信息为2021-11-26"
        "《全县重点工作推进会议召开之1》，距检查日12天，超过10天",
    )  # fmt: skip
    assert history(tmp_path) == [("rectified", "main", "2021-11-21")]

    mended = inspected(tmp_path, "2021-12-08", "2021-11-26")
    assert told(mended) == ("warning", "new", "")
    assert assessment(mended, SITE, "x-unrectified").findings == ()
    assert history(tmp_path) == [("rectified", "main", "2021-11-21")]

    stale = inspected(tmp_path, "2021-12-20", "2021-11-26")
    assert (told(stale), stale.subjects[0].verdict) == (("main", "reopened", ""), "unqualified")
    assert history(tmp_path) == [("open", "main", "2021-11-21")]
    assert arrived_at(compare(tmp_path, mended.id, stale.id, national()), "veto")
    story = [
        ("2021-11-08", "warned"), ("2021-11-21", "found"), ("2021-11-22", "notified"), ("2021-12-08", "rectified"),
        ("2021-12-08", "warned"), ("2021-12-20", "reopened"),
    ]  # fmt: skip
    assert trail(tmp_path) == story
    for scan in (mended, early, late, stale):  # judged again in any order, the story stays
        evaluate_scan(tmp_path, scan.id, national())
    assert (sorted(trail(tmp_path)), history(tmp_path)) == (sorted(story), [("open", "main", "2021-11-21")])


def assessment_rows(result: Any) -> list[Finding]:
    return [f for a in result.assessments if a.rule == RULE for f in a.findings]


def test_a_scan_shows_the_warning_and_what_was_mended(tmp_path: Path) -> None:
    late = inspected(tmp_path, "2021-11-21", "2021-10-27")
    record_notified(tmp_path, [row(late).fingerprint], date(2021, 11, 22), "通报")
    mended = inspected(tmp_path, "2021-12-08", "2021-11-26")
    assert told(mended) == ("warning", "new", "")
    assert [(g.clause, g.change, g.notified_on) for g in mended.subjects[0].gone if g.rule == RULE] == [
        ("main", "rectified", "2021-11-22")
    ]
    assert assessment(mended, SITE, "x-unrectified").findings == ()
    assert history(tmp_path) == [("rectified", "main", "2021-11-21")]
    lines = [line for line in csv_report.render(mended).decode().splitlines() if RULE in line]
    assert [("rectified" in line, "warning" in line) for line in lines] == [(False, True), (True, False)]
    (log,) = json.loads(sarif.render(mended))["runs"]
    states = [r["baselineState"] for r in log["results"] if r["ruleId"] == RULE]
    assert sorted(states) == ["absent", "new"]


def test_the_recheck_of_a_scan_that_only_warned_asks_for_what_was_notified(tmp_path: Path) -> None:
    early = inspected(tmp_path, "2021-11-08", "2021-10-27")
    late = inspected(tmp_path, "2021-11-21", "2021-10-27")
    record_notified(tmp_path, [row(late).fingerprint], date(2021, 11, 22), "通报")
    (target,) = prepared(tmp_path, Wanted(early.id), national()).targets[SITE]
    assert (target.clause, target.notified_on) == ("main", "2021-11-22")
    said = [
        ("2021-11-20", [("warning", ""), ("main", "notRectified")], []),  # 18 days old: not mended
        ("2021-11-26", [("warning", "")], ["rectified"]),
    ]
    for newest, rows, gone in said:
        answer = rechecked(tmp_path, "2021-12-08", newest, early.id).subjects[0]
        assert [(f.clause, f.rechecked) for f in assessment_rows(answer)] == rows
        assert [g.change.value for g in answer.gone] == gone
