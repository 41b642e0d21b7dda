"""One small site, inspected again and again: found, notified, not read, rectified, reopened."""

from datetime import date
from pathlib import Path
from typing import Any

from checker.fleet import evaluate_scan
from checker.history.files import HISTORY, opened
from checker.history.notifying import record_notified
from checker.history.trail import Event, put_events, settle
from checker.loopback import Reply
from checker.model.results import Change, Scan
from tests.scanning import assessment, html, national, scan_pages, site
from tests.test_history_trail import ask
from tests.test_history_trend import news

RULE, SITE = "v4-columns-blank", "www-a-gov-cn"
BLANK, FULL = html("<h1>通知公告</h1><p>栏目建设中，敬请期待</p>"), html(news(1, 2, 3))
DOWN = Reply(503, "text/html", b"busy")


def inspected(store: Path, notices: Reply) -> tuple[Scan, list[tuple[Any, ...]]]:
    """A scan with this page of notices, and what became of the blank column: in rows, among the gone, in history."""
    text = html("<h1>全县工作会议召开</h1>" + "<p>会议研究部署了下一阶段的重点工作，强调要抓好落实。</p>" * 4)
    pages = {"/": html(news(1, 2, 3)), "/xw/": html(news(1, 2, 3)), "/gg/": notices}
    pages |= {f"/xw/{n}.html": text for n in (1, 2, 3)}
    scan, _ = scan_pages({"www.a.gov.cn": pages}, store, [site("www.a.gov.cn")])
    return scan, became(scan, store)


def became(scan: Scan, store: Path) -> list[tuple[Any, ...]]:
    rows = [(f.change, f.notified_on) for f in assessment(scan, SITE, RULE).findings if f.certainty != "unknown"]
    gone = [(g.change, g.notified_on) for s in scan.subjects for g in s.gone if g.rule == RULE]
    return [*rows, *gone, *ask(store, f"SELECT state, rectified_on FROM finding WHERE rule = '{RULE}'")]


def test_found_notified_not_seen_rectified_reopened(tmp_path: Path) -> None:
    first, told = inspected(tmp_path, BLANK)
    assert told == [(Change.NEW, ""), ("open", "")]
    mark = assessment(first, SITE, RULE).findings[0].fingerprint
    with opened(tmp_path / "history.sqlite", HISTORY, "history") as db:
        db.execute("UPDATE finding SET notified_on = '2021-10-10' WHERE fingerprint = ?", (mark,))
        put_events(db, [Event(mark, "2021-10-10", "notified", note="第三季度通报")])
        settle(db, [mark])
    _, told = inspected(tmp_path, DOWN)  # nobody could look: that is no rectification
    assert told == [(Change.NOT_SEEN, "2021-10-10"), ("open", "")]
    second, told = inspected(tmp_path, FULL)
    assert told == [(Change.RECTIFIED, "2021-10-10"), ("rectified", "2021-11-08")]
    third, told = inspected(tmp_path, BLANK)
    assert told == [(Change.REOPENED, ""), ("open", "")]
    trail = ask(tmp_path, f"SELECT what, scan FROM event WHERE fingerprint = '{mark}' ORDER BY at, scan")
    story = [("notified", ""), ("found", first.id), ("rectified", second.id), ("reopened", third.id)]
    assert trail == story
    for scan in (second, first, third):  # judged again in any order, the story stays
        evaluate_scan(tmp_path, scan.id, national())
    assert ask(tmp_path, f"SELECT what, scan FROM event WHERE fingerprint = '{mark}' ORDER BY at, scan") == story
    assert ask(tmp_path, f"SELECT state FROM finding WHERE fingerprint = '{mark}'") == [("open",)]


def test_who_takes_a_column_away_for_a_time_stays_told_of_it(tmp_path: Path) -> None:
    first, _ = inspected(tmp_path, BLANK)
    mark = assessment(first, SITE, RULE).findings[0].fingerprint
    record_notified(tmp_path, [mark], date(2021, 11, 8), "第三季度通报")
    _, told = inspected(tmp_path, Reply(404, "text/html", b"nothing"))
    assert told == [(Change.REMOVED, "2021-11-08"), ("removed", "")]
    _, told = inspected(tmp_path, BLANK)
    assert told == [(Change.UNCHANGED, "2021-11-08"), ("open", "")]
    assert ask(tmp_path, "SELECT notified_on, notified_in FROM finding WHERE state = 'open' AND notified_on <> ''") == [
        ("2021-11-08", "第三季度通报")
    ]
