"""A circular that names a problem again, words of 整改情况, addresses as people write them, and what a list says."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker.cli.history_words import state_words
from checker.evaluate.desk import fingerprint
from checker.fleet.history import Circular, keep_foreign, withdrawn
from checker.history import record_scan
from checker.history.listing import Wanted, listed, trail_of
from tests.circulars import HEAD, TODAY, kept, read, told
from tests.golden_scan import finding
from tests.test_history_imports import BLANK, PAGE, SUBJECT, mark, row, scan

# --- how a list calls it


@pytest.mark.parametrize(
    ("state", "notified_on", "certainty", "warned", "words"),
    [
        ("open", "", "certain", False, "已发现，未通报"),
        ("open", "", "certain", True, "预警"),
        ("open", "", "candidate", False, "疑似，待确认"),
        ("open", "2023-10-10", "certain", False, "已通报，未整改"),
        ("open", "2023-10-10", "certain", True, "已通报，未整改"),
        ("open", "2023-10-10", "candidate", False, "已通报，疑似，待确认"),
        ("rectified", "", "certain", False, "已整改"),
        ("rectified", "2023-10-10", "certain", False, "已整改"),
        ("removed", "2023-10-10", "certain", False, "已撤下，待确认"),
    ],
)
def test_where_a_finding_stands(state: str, notified_on: str, certainty: str, warned: bool, words: str) -> None:
    assert state_words(state, notified_on, certainty, warned) == words


def test_a_list_tells_what_only_warns(tmp_path: Path) -> None:
    base = scan(1)
    rows = (finding(1, "空白栏目", "空", PAGE), replace(finding(2, "即将", "近", PAGE), notice=True))
    subject = base.subjects[0]
    rule = replace(subject.assessments[0], findings=rows)
    record_scan(tmp_path, replace(base, subjects=(replace(subject, assessments=(rule,)),)))
    found = {one.fingerprint: one.warned for one in listed(tmp_path, Wanted())}
    assert (found, trail_of(tmp_path, mark(2))[0].warned) == ({mark(1): False, mark(2): True}, True)


# --- named again after it was rectified

FIRST = row("空白栏目", "2023-09-01", "2023-09-20", notified="2023-09-10", rule=BLANK, location=PAGE)


@pytest.mark.parametrize(
    ("again", "stands"),
    [
        (row("空白栏目", notified="2023-10-10", rule=BLANK, location=PAGE), ("open", "", "2023-10-10")),
        (row("空白栏目", notified="2023-10-10", rule=BLANK, location=PAGE, standing="未整改"),
         ("open", "", "2023-10-10")),
        (row("空白栏目", "2023-09-01", notified="2023-10-10", rule=BLANK, location=PAGE), ("open", "", "2023-10-10")),
        (row("空白栏目", "2023-10-05", notified="2023-10-10", rule=BLANK, location=PAGE), ("open", "", "2023-10-10")),
        (row("空白栏目", notified="2023-09-20", rule=BLANK, location=PAGE), ("rectified", "2023-09-20", "2023-09-10")),
        (row("空白栏目", notified="2023-10-10", rule=BLANK, location=PAGE, standing="已整改。"),
         ("rectified", "2023-10-10", "2023-09-10")),
        (row("空白栏目", "2023-09-01", "2023-09-20", notified="2023-10-10", rule=BLANK, location=PAGE),
         ("rectified", "2023-09-20", "2023-09-10")),
    ],
)  # fmt: skip
def test_what_a_later_circular_names_again_is_open_again(
    tmp_path: Path, again: str, stands: tuple[str, str, str]
) -> None:
    kept(HEAD + FIRST, tmp_path, None)
    kept(HEAD + again, tmp_path, None)
    (one,) = listed(tmp_path, Wanted())
    assert (one.state, one.rectified_on, one.notified_on) == stands
    assert kept(HEAD + again, tmp_path, None) == ["unchanged"]


def test_the_day_of_the_circular_opens_what_a_scan_saw_rectified_and_taking_it_back_closes_it(tmp_path: Path) -> None:
    kept(HEAD + FIRST, tmp_path, None)
    before = [trail_of(tmp_path, one.fingerprint) for one in listed(tmp_path, Wanted())]
    sheet = HEAD + row("空白栏目", rule=BLANK, location=PAGE, source="四季度通报")
    on = Circular(date(2023, 11, 20), "", TODAY, "b.csv", "sha")
    (noted,) = keep_foreign(tmp_path, read(sheet, tmp_path, on.on), on, False)
    _, trail = trail_of(tmp_path, noted.row.fingerprint)
    assert (noted.change, noted.state, noted.notified_on) == ("updated", "open", "2023-11-20")
    assert {(e.what, e.note) for e in trail if e.at == "2023-11-20"} == {
        ("notified", "四季度通报"), ("reopened", "四季度通报"),
    }  # fmt: skip
    withdrawn(tmp_path, Path("b.csv"), "sha", False)
    assert [trail_of(tmp_path, one.fingerprint) for one in listed(tmp_path, Wanted())] == before


# --- words of 整改情况

DONE = ["已整改合格", "合格", "整改合格", "整改后合格", "已整改。", "已完成整改任务", "是", "已整改到位", "已完成"]
NOT_DONE = ["部分整改", "否", "未整改", "正在整改", "不合格", "整改后不合格", "未能复核", "", "—"]


@pytest.mark.parametrize(
    ("standing", "day"), [*((word, "2023-10-10") for word in DONE), *((word, "") for word in NOT_DONE)]
)
def test_what_the_words_of_rectification_say(tmp_path: Path, standing: str, day: str) -> None:
    found = read(HEAD + row("空白栏目", notified="2023-10-10", standing=standing), tmp_path, None)
    assert (told(found), [r.rectified_on for r in found.rows]) == ([], [day])


@pytest.mark.parametrize("standing", ["已整改，未复核", "已整改一处", "研究处理", "基本合格"])
def test_words_that_nobody_can_tell_are_told(tmp_path: Path, standing: str) -> None:
    found = read(HEAD + row("空白栏目", notified="2023-10-10", standing=standing), tmp_path, None)
    assert (found.rows, told(found)) == (
        [], [f"c.csv:2: 整改情况 says {standing}: rectified or not? write 已整改 or 未整改, or add 整改日期"]
    )  # fmt: skip
    dated = HEAD + row("空白栏目", "", "2023-10-12", notified="2023-10-10", standing=standing)
    assert [r.rectified_on for r in read(dated, tmp_path, None).rows] == ["2023-10-12"]


# --- addresses as people write them


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("http://www.ganxian.gov.cn", "http://www.ganxian.gov.cn/"),
        ("HTTP://WWW.Ganxian.gov.cn:80/a/../b#top", "http://www.ganxian.gov.cn/b"),
        ("http://www.ganxian.gov.cn/通知/", "http://www.ganxian.gov.cn/%E9%80%9A%E7%9F%A5/"),
        ("首页右下角", "首页右下角"),
    ],
)
def test_a_place_is_the_one_that_a_scan_gives(tmp_path: Path, written: str, place: str) -> None:
    (one,) = read(HEAD + row("空白栏目", "2023-10-01", rule=BLANK, location=written), tmp_path, None).rows
    assert (one.location, one.fingerprint) == (place, fingerprint(BLANK, SUBJECT, place))
