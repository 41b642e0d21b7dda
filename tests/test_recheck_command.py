"""`checker recheck` as its users meet it: streams, exit codes, messages; and accounts, whose sources are read again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from checker.cli.recheck import exit_code
from checker.demo import CityServer
from checker.fleet import load_scan
from checker.history.notifying import record_notified
from checker.loopback import Reply
from checker.model.results import Change, Scan
from tests.golden_scan import SCAN
from tests.scanning import html
from tests.test_cli import ROOT, Ran, checker

SITES = """
version: 1
sites:
  - {id: old, code: null, name: 陈旧的网站, url: "http://old.example", kind: department, organizer: 乙局, rate: 9,
     services: false, columns: [{name: 咨询, url: /zx/, type: consultation, level: 1}]}
"""
NAV = '<div class="nav"><a href="/">首页</a><a href="/zx/">咨询投诉</a><a href="/gk/">概况</a></div>'
ACCOUNTS = """
version: 1
accounts:
  - {id: wb, code: null, name: 某局发布, platform: douyin, organizer: 乙局,
     sources: [{sheet: posts.csv, complete: true}]}
"""


def pages(day: str) -> dict[str, dict[str, Reply]]:
    listed = f'<ul><li><a href="/art_1.html">关于召开全体会议的通知</a><span>{day}</span></li></ul>'
    form = html(f'{NAV}<form action="/send"><textarea name="text"></textarea></form>')
    return {"old.example": {"/": html(NAV + listed), "/zx/": form, "/art_1.html": html("<h1>通知</h1>"), "/gk/": form}}


def run(folder: Path, day: str, command: str, at: str, *words: str, hosts: Mapping[str, Any] | None = None) -> Ran:
    with CityServer(hosts=hosts if hosts is not None else pages(day)) as server:
        connect = ("--connect-to", server.connect_to, "--as-of", f"{at}T10:00:00+08:00")
        return checker(command, *connect, *words, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    return tmp_path


def notified(folder: Path) -> Scan:
    scan = load_scan(folder / ".checker", None)
    marks = [f.fingerprint for a in scan.subjects[0].assessments if a.outcome == "fail" for f in a.findings]
    record_notified(folder / ".checker", marks, date(2021, 11, 10), "通报")
    return scan


def test_a_circular_from_the_scan_to_the_answer(folder: Path) -> None:
    assert run(folder, "2021-01-01", "scan", "2021-11-08").code == 1
    nothing = run(folder, "2021-01-01", "recheck", "2021-11-20")
    assert (nothing.code, nothing.out) == (2, "")
    assert "checker history notify --scan" in nothing.err
    base = notified(folder)
    assert run(folder, "2021-01-01", "recheck", "2021-11-20").code == 1
    assert run(folder, "2021-01-01", "recheck", "2021-11-20", "--fail-on", "never").code == 0
    down = {"old.example": {"*": Reply(503, "text/html", b"")}}
    unknown = run(folder, "", "recheck", "2021-11-21", hosts=down)
    assert (unknown.code, "整改情况：待核" in unknown.out) == (3, True)
    assert run(folder, "", "recheck", "2021-11-21", "--pending-ok", hosts=down).code == 0
    mended = run(folder, "2021-11-20", "recheck", "2021-11-22", "-f", "json", "-f", "text", "-o", "r.json")
    assert mended.code == 0
    assert "整改情况：整改后合格" in mended.out
    assert f"findings of 1 subjects again, from scan {base.id}" in mended.err
    written = json.loads((folder / "r.json").read_text("utf-8"))
    jsonschema.validate(written, json.loads((ROOT / "docs/schema/scan.schema.json").read_text("utf-8")))
    assert (written["scan"]["kind"], written["scan"]["based_on"]) == ("recheck", base.id)
    assert {g["change"] for g in written["subjects"][0]["gone"]} == {"rectified"}


def test_a_scan_between_the_circular_and_the_recheck_takes_nothing_from_its_answer(folder: Path) -> None:
    """The weekly scan saw first that all of it is mended: 整改情况 is still told against the scan of the circular."""
    assert run(folder, "2021-01-01", "scan", "2021-11-08").code == 1
    base = notified(folder)
    assert run(folder, "2021-11-19", "scan", "2021-11-20", "--pending-ok").code == 0
    mended = run(folder, "2021-11-19", "recheck", "2021-11-21", "--pending-ok")
    assert ("整改情况：整改后合格" in mended.out, f"again, from scan {base.id}" in mended.err) == (True, True), (
        mended.err
    )
    assert run(folder, "2021-01-01", "scan", "2021-11-28").code == 1
    again = run(folder, "2021-01-01", "recheck", "2021-11-29")
    assert "整改情况：整改后合格" not in again.out


def test_the_sources_of_an_account_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, "utf-8")
    sheet = tmp_path / "posts.csv"
    sheet.write_text("标题,发布时间,导出日期\n一则消息,2021-09-01,2021-11-10\n", "utf-8")
    at = ("--as-of", "2021-11-10T10:00:00+08:00", "--connect-to", "::127.0.0.1:")
    assert checker("scan", *at, cwd=tmp_path).code == 1
    notified(tmp_path)
    assert checker("recheck", *at, cwd=tmp_path).code == 1
    sheet.write_text("标题,发布时间,导出日期\n一则消息,2021-09-01,2021-11-10\n又一则,2021-11-09,2021-11-10\n", "utf-8")
    ran = checker("recheck", *at, cwd=tmp_path)
    assert (ran.code, "整改情况：整改后合格" in ran.out) == (0, True)


def test_before_the_scan_or_the_circular_nothing_is_looked_at_again(folder: Path) -> None:
    assert run(folder, "2021-01-01", "scan", "2021-11-08").code == 1
    notified(folder)
    for day, expected in (
        ("2021-11-07", "is before scan "),
        ("2021-11-09", "is before 2021-11-10, when findings were"),
    ):
        ran = run(folder, "2021-11-08", "recheck", day)
        assert (ran.code, ran.out, expected in ran.err, "a day alone is its 00:00" in ran.err) == (2, "", True, True)
    assert len(list((folder / ".checker/scans").iterdir())) == 1
    assert run(folder, "2021-11-09", "recheck", "2021-11-10").code == 0


def test_the_line_at_the_end_counts_as_the_report_does(folder: Path) -> None:
    assert run(folder, "2021-01-01", "scan", "2021-11-08").code == 1
    notified(folder)
    without = pages("")["old.example"] | {"/": Reply(404, "text/html", b"")}
    ran = run(folder, "", "recheck", "2021-11-20", hosts={"old.example": without})
    (told,) = [line.split(": ", 1)[1] for line in ran.err.splitlines() if line.startswith("recheck ")]
    assert told in ran.out.replace("\n      ", "")
    assert told == "复查问题 5 个：已整改 0，未整改 0，无法判定 5"


def test_evidence_that_a_recheck_took_over_is_found(folder: Path) -> None:
    assert run(folder, "2021-01-01", "scan", "2021-11-08").code == 1
    base = notified(folder)
    assert (
        run(folder, "", "recheck", "2021-11-20", hosts={"old.example": {"*": Reply(503, "text/html", b"")}}).code == 3
    )
    again = max(p.name for p in (folder / ".checker/scans").iterdir())
    (mark,) = [f.fingerprint for a in base.subjects[0].assessments if a.outcome == "fail" for f in a.findings][:1]
    ran = checker("evidence", mark, "--scan", again, "-f", "json", cwd=folder)
    shown = json.loads(ran.out)
    assert (ran.code, shown["scan"], shown["archive"].startswith(f"../{base.id}/")) == (0, again, True)
    assert [(a["named"], a["body"], a["status"]) for a in shown["answers"]] == [(True, "intact", 200)]


SOME_GONE = next(g for s in SCAN.subjects for g in s.gone)


def rechecked(rechecked: str, change: Change | None, **row: Any) -> Scan:
    """A recheck of one certain veto row and one gone finding."""
    subject = next(s for s in SCAN.subjects if any(a.effect == "veto" and a.findings for a in s.assessments))
    veto = next(a for a in subject.assessments if a.effect == "veto" and a.findings)
    sure: dict[str, Any] = {"certainty": "certain", "notice": False} | row
    finding = replace(veto.findings[0], rechecked=rechecked, **sure)
    gone = () if change is None else (replace(SOME_GONE, change=change),)
    mine = replace(subject, assessments=(replace(veto, findings=(finding,)),), gone=gone, problems=())
    return replace(SCAN, subjects=(mine,), kind="recheck")


@pytest.mark.parametrize(
    ("scan", "fail_on", "pending_ok", "expected"),
    [
        (rechecked("notRectified", None), "veto", False, 1),
        (rechecked("notRectified", Change.NOT_SEEN), "veto", False, 1),
        (rechecked("notRectified", None), "never", False, 0),
        (rechecked("notRectified", None, notice=True), "veto", False, 0),
        (rechecked("notRectified", None, notice=True), "notice", False, 1),
        (rechecked("notRectified", None, certainty="candidate"), "veto", False, 3),
        (rechecked("notRectified", None, suppressed="另有安排（负责人：甲，至2022-01-01）"), "veto", False, 0),
        (rechecked("", Change.RECTIFIED), "veto", False, 0),
        (rechecked("unknown", Change.NOT_SEEN), "veto", False, 3),
        (rechecked("unknown", Change.REMOVED), "veto", False, 3),
        (rechecked("unknown", Change.REMOVED), "veto", True, 0),
    ],
)
def test_the_exit_code_tells_what_is_certain(scan: Scan, fail_on: str, pending_ok: bool, expected: int) -> None:
    assert exit_code(scan, fail_on, pending_ok) == expected
