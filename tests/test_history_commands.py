"""What a circular names, what a person accepts, and the commands of the history as their users meet them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker.errors import UsageError
from checker.fleet.history import Chosen, named, notify
from checker.fleet.lock import StoreLock
from checker.history import record_scan
from checker.history.listing import Wanted, listed, trail_of
from checker.history.notifying import Acceptance, record_accepted
from checker.model.results import Change
from tests.circulars import HEAD, MONTHLY, SITES, command, everything, kept, mark, marks, next_scan, stored
from tests.golden_scan import SCAN as GOLDEN


def test_what_a_circular_names() -> None:
    assert marks(f for _, _, f in named(GOLDEN, Chosen())) == ["1", "2", "10", "12", "8", "13", "14"]
    some = named(GOLDEN, Chosen(rules=("b4-guides", "v3-home-stale"), candidates=True))
    assert marks(f for _, _, f in some) == ["6", "9"]


def test_a_first_notification_stays_and_the_trail_has_every_circular(tmp_path: Path) -> None:
    stored(tmp_path)
    first = notify(tmp_path, None, date(2021, 11, 12), "第三季度通报", Chosen(only=("4211250001",)))
    again = notify(tmp_path, None, date(2021, 11, 12), "第三季度通报", Chosen(only=("4211250001",)))
    later = notify(tmp_path, None, date(2022, 2, 1), "第四季度通报", Chosen(rules=("v4-columns-blank",)))
    assert [(t.noted.news, t.noted.first_on) for t in first] == [(True, "2021-11-12")] * 5
    assert [(t.noted.news, t.noted.first_on) for t in again] == [(False, "2021-11-12")] * 5
    assert [(t.noted.news, t.noted.first_on) for t in later] == [(True, "2021-11-12")] * 2
    found, trail = trail_of(tmp_path, later[0].finding.fingerprint)
    assert (found.notified_on, found.notified_in) == ("2021-11-12", "第三季度通报")
    assert [(e.at, e.what, e.note) for e in trail if e.what == "notified"] == [
        ("2021-11-12", "notified", "第三季度通报"), ("2022-02-01", "notified", "第四季度通报"),
    ]  # fmt: skip


def test_judging_a_scan_again_keeps_what_was_notified(tmp_path: Path) -> None:
    scan = stored(tmp_path)
    notify(tmp_path, None, date(2021, 11, 12), "通报", Chosen())
    before = [(one.notified_on, [e for e in trail if not e.scan]) for one, trail in everything(tmp_path)]
    record_scan(tmp_path, scan)
    assert [(one.notified_on, [e for e in trail if not e.scan]) for one, trail in everything(tmp_path)] == before


@pytest.mark.parametrize(
    ("on", "chosen", "finished", "message"),
    [
        (date(2021, 11, 7), Chosen(), True, "--on 2021-11-07: scan 20211108-100000-7c1f inspected on 2021-11-08"),
        (date(2021, 11, 9), Chosen(rules=("v9",)), True, "--rule v9: scan 20211108-100000-7c1f holds no result"),
        (
            date(2021, 11, 9),
            Chosen(only=("x",)),
            True,
            "--only x: scan 20211108-100000-7c1f holds no result of this id",
        ),
        (date(2021, 11, 9), Chosen(only=("421125M001WX0001",)), True, "has no such finding to notify of"),
        (date(2021, 11, 9), Chosen(), False, "is not finished; a circular rests on a finished one"),
    ],
)
def test_what_cannot_be_notified_is_refused(
    tmp_path: Path, on: date, chosen: Chosen, finished: bool, message: str
) -> None:
    stored(tmp_path, finished=finished)
    with pytest.raises(UsageError, match=message):
        notify(tmp_path, None, on, "", chosen)


SAID = Acceptance("张三", date(2021, 12, 10), "栏目已按要求撤下")


@pytest.mark.parametrize("change", [Change.REMOVED, Change.NOT_SEEN])
def test_a_person_accepts_what_a_scan_cannot_judge(tmp_path: Path, change: Change) -> None:
    stored(tmp_path)
    stored(tmp_path, next_scan(change=change))
    assert record_accepted(tmp_path, [mark(1)], replace(SAID, rectified_on=date(2021, 12, 1))) == (mark(1),)
    found, trail = trail_of(tmp_path, mark(1))
    assert found.state == "accepted"
    assert [(e.at, e.what, e.by, e.note) for e in trail if e.by] == [
        ("2021-12-01", "rectified", "张三", "栏目已按要求撤下"), ("2021-12-10", "accepted", "张三", "栏目已按要求撤下"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="张三 accepted it already on 2021-12-10"):
        record_accepted(tmp_path, [mark(1)], SAID)


@pytest.mark.parametrize(
    ("wanted", "said", "message"),
    [
        ([mark(2)], SAID, "the newest scan of its subject, 20211208-100000, still finds it"),
        ([mark(1), mark(2)], SAID, "still finds it.*\nnothing was accepted"),
        (["ffff"], SAID, "ffff: the history knows no finding with this fingerprint"),
        ([""], SAID, "the history knows no finding"),
        (["0000"], SAID, r"0000: \d+ findings begin so; give more of it"),
        ([mark(1)], replace(SAID, rectified_on=date(2021, 11, 1)), "was still seen on 2021-11-08, after 2021-11-01"),
    ],
)
def test_what_cannot_be_accepted_is_refused(tmp_path: Path, wanted: list[str], said: Acceptance, message: str) -> None:
    stored(tmp_path)
    stored(tmp_path, next_scan(change=Change.REMOVED))
    with pytest.raises(UsageError, match=message):
        record_accepted(tmp_path, wanted, said)
    assert {f.state for f in listed(tmp_path, Wanted())} == {"open", "removed"}


def test_the_story_of_a_finding_through_the_commands(tmp_path: Path) -> None:
    stored(tmp_path)
    code, out, err = command(
        "notify", "--on", "2021-11-12", "--document", "第三季度通报", "--only", "4211250001", store=tmp_path
    )
    assert (code, len(out.splitlines())) == (0, 6)
    counts = "5 newly noted, 0 noted before on other days"
    assert err == f"5 findings of 1 subjects noted as notified on 2021-11-12: {counts}\n"
    stored(tmp_path, next_scan(change=Change.REMOVED))
    code, out, err = command("list", "--state", "notified", "-f", "csv", store=tmp_path)
    assert (code, err) == (0, "5 findings\n")
    assert [line for line in out.splitlines() if line.startswith(("指纹", mark(1)))] == [
        "指纹,主体标识,名称,规则,问题,位置,现状,发现日期,最近发现,通报日期,通报,整改日期,来源",
        f"{mark(1)},4211250001,浠水县人民政府,v4-columns-blank,空白栏目,http://www.xishui.gov.cn/tjgb/,"
        "已撤下，待确认,2021-11-08,2021-11-08,2021-11-12,第三季度通报,,",
    ]
    code, out, err = command("accept", mark(1), "--by", "张三", "--note", "栏目已撤下", store=tmp_path)
    assert (code, err) == (0, "1 findings accepted\n")
    code, out, err = command("list", mark(1), store=tmp_path)
    lines = out.splitlines()
    assert lines[:2] == [f"〔{mark(1)}〕 空白栏目（v4-columns-blank）", "主体  4211250001 浠水县人民政府"]
    assert lines[-5].split() == ["日期", "经过", "依据", "说明", "姓名"]
    assert [line.split()[1:] for line in (lines[-3], lines[-2], lines[-1])] == [
        ["通报", "第三季度通报"], ["10:00", "撤下", "检查20211208-100000", "页面已不存在"],
        ["确认整改", "栏目已撤下", "张三"],
    ]  # fmt: skip
    code, out, err = command("list", mark(1), "-f", "json", store=tmp_path)
    assert [e["what"] for e in json.loads(out)["trail"]] == ["found", "notified", "removed", "accepted"]


def test_merits_are_no_problems_and_doubts_are_told_as_such(tmp_path: Path) -> None:
    stored(tmp_path)
    rows = [line.split(",") for line in command("list", "-f", "csv", store=tmp_path)[1].splitlines()]
    stands = {row[3]: row[6] for row in rows}
    assert ("e2-interpretation-forms" in stands, stands["b4-guides"], stands["v4-columns-blank"]) == (
        False, "疑似，待确认", "已发现，未通报",
    )  # fmt: skip
    asked = command("list", "--rule", "e2-interpretation-forms", "-f", "json", store=tmp_path)[1]
    assert [row["fingerprint"] for row in json.loads(asked)] == [mark(7)]


def test_an_import_through_the_command(tmp_path: Path) -> None:
    sites, sheet, store = tmp_path / "sites.yaml", tmp_path / "c.csv", tmp_path / "store"
    sites.write_text(SITES, "utf-8")
    head, *rows = MONTHLY.splitlines()[2:6]
    sheet.write_text("\n".join([head, *rows, "9,没有这个网,空白栏目,,10.08,,"]), "utf-8")
    words = ("import", str(sheet), "--sites", str(sites), "--on", "2023-11-20", "--source", "月报")
    code, out, err = command(*words, store=store)
    assert (code, out, store.exists()) == (2, "", False)
    assert err.splitlines()[:2] == [
        f"{sheet}: nothing was written; mend these rows, or import the others with --skip-bad:",
        f"{sheet}:5: no site or account is registered as '没有这个网'",
    ]
    code, out, err = command(*words, "--skip-bad", store=store)
    assert (code, [line.split()[:2] for line in out.splitlines()[1:]]) == (
        0, [["2", "新增"], ["3", "新增"], ["4", "新增"], ["4", "新增"]],
    )  # fmt: skip
    assert err.splitlines()[-1] == "4 new, 0 updated, 0 unchanged, 1 rows left out as wrong"
    code, out, err = command(*words, "--skip-bad", "--dry-run", "-f", "json", store=store)
    assert (code, {row["change"] for row in json.loads(out)}) == (0, {"unchanged"})
    assert err.splitlines()[-1].endswith("; nothing was written (--dry-run)")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("list", "--state", "lost"), 2, "--state lost: there are open, notified, rectified, removed, accepted"),
        (("list", "-f", "xml"), 2, "--format xml: must be text, json, csv"),
        (("list", "abc"), 2, "no history is here yet"),
        (("list", "--since", "2999-01-01"), 2, "--since 2999-01-01: lies in the future"),
        (("accept", "abc", "--by", "张三", "--note", "看过"), 2, "there is no store here"),
        (("notify",), 2, "there is no store here"),
        (("accept", "abc", "--by", " ", "--note", "看过"), 2, "--by and --note: who accepts it, and why"),
        (("notify", "--on", "gestern"), 2, "--on gestern: not a day; write it as 2026-11-20"),
        (
            ("import", "/nowhere.xlsx", "--sites", "SITES"),
            2,
            "/nowhere.xlsx: cannot be read (No such file or directory)",
        ),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, words: tuple[str, ...], code: int, message: str) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    given = tuple(str(tmp_path / "sites.yaml") if word == "SITES" else word for word in words)
    ended, _, said = command(*given, store=tmp_path / "none")
    assert (ended, message in said) == (code, True)


def test_formulas_of_pages_stay_texts_in_a_list(tmp_path: Path) -> None:
    kept(f'{HEAD}3607000001,,,,,"=HYPERLINK(""http://x/"")",,2023-10-01,,,,,,', tmp_path, None)
    assert "'=HYPERLINK" in command("list", "-f", "csv", store=tmp_path)[1]


@pytest.mark.parametrize("words", [("notify",), ("accept", mark(1), "--by", "张三", "--note", "看过")])
def test_a_store_that_somebody_works_in_is_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    stored(tmp_path)
    with StoreLock(tmp_path, 0, "scan"):
        code, _, said = command(*words, store=tmp_path)
    assert (code, "is at work in this store" in said) == (4, True)
