"""The scans that a store holds or held, a history that does not know them, and what lists and circulars leave out."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.config import SHANGHAI
from checker.fleet.doctor.contract import Surroundings
from checker.fleet.doctor.store import examine_store
from checker.fleet.history import Chosen, Stands, alike, named, scan_lines, strangers
from checker.history import record_scan
from checker.history.scans import pruned
from checker.model.results import Assessment, Outcome, Scan
from tests.circulars import stored
from tests.golden_scan import SCAN, finding

BASED = "20211108-100000-7c1f"
OTHERS = Assessment("x-mine", "旧账", "notice", Outcome.FAIL, "旧账", of_others=True,
                    findings=(finding(91, "旧账", "", "http://www.xishui.gov.cn/"),))  # fmt: skip
UNRECTIFIED = replace(OTHERS, rule="x-unrectified", of_others=False,
                      findings=(finding(92, "上期通报问题未整改", "", "http://www.xishui.gov.cn/"),))  # fmt: skip
DUE = replace(UNRECTIFIED, rule="x-column-due-soon",
              findings=(finding(93, "栏目即将超过更新期限", "", "http://www.xishui.gov.cn/"),))  # fmt: skip


def telling(*more: Assessment) -> Scan:
    portal = SCAN.subjects[0]
    return replace(SCAN, subjects=(replace(portal, assessments=(*portal.assessments, *more)), *SCAN.subjects[1:]))


def command(store: Path, *words: str) -> tuple[int, str, str]:
    done: Any = CliRunner().invoke(app, ["history", *words, "--store", str(store)])
    if done.exception and not isinstance(done.exception, SystemExit):
        return done.exception.exit, done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr


def test_scans_that_are_there_and_those_that_are_gone(tmp_path: Path) -> None:
    stored(tmp_path)
    stored(tmp_path, replace(SCAN, id="20211201-090000"))
    stored(tmp_path, replace(SCAN, id="20211202-090000"), finished=False)
    rmtree(tmp_path / "scans" / "20211201-090000")
    broken = tmp_path / "scans" / "20211001-090000"
    broken.mkdir()
    (broken / "scan.sqlite").write_bytes(b"no database" * 99)
    code, out, err = command(tmp_path, "scans", "-f", "csv")
    assert (code, err) == (0, "3 scans stored, 1 pruned\n")
    assert [row[:1] + row[3:] for row in csv.reader(io.StringIO(out))] == [
        ["检查", "检查日", "状态", "方案", "对象数", "合格", "待核", "不合格", "历史记录"],
        ["20211202-090000", "2021-11-08", "未完成", "national", "5", "1", "1", "2", "有"],
        ["20211201-090000", "2021-11-08", "已清理", "national", "5", "1", "1", "2", "有"],
        [BASED, "2021-11-08", "已完成", "national", "5", "1", "1", "2", "有"],
        ["20211001-090000", "", "无法读取", "", "0", "0", "0", "0", "无"],
    ]
    assert [pruned(tmp_path, i) for i in ("20211201-090000", BASED, "20200101-000000")] == [True, False, False]
    code, out, _ = command(tmp_path, "scans", "-f", "json")
    assert [row["state"] for row in json.loads(out)] == ["unfinished", "pruned", "finished", "unreadable"]
    assert command(tmp_path, "scans")[1].count("\n") == 5
    assert command(tmp_path, "scans", "-f", "xml")[::2] == (2, "--format xml: must be text, json, csv")


def test_a_store_without_anything(tmp_path: Path) -> None:
    assert (scan_lines(tmp_path), strangers(tmp_path).unknown) == ((), ())
    assert command(tmp_path, "scans") == (0, "", "0 scans stored, 0 pruned\n")


def around(store: Path) -> Surroundings:
    return Surroundings(datetime(2026, 11, 22, tzinfo=SHANGHAI), store, None, None, None, None, None, network=False)


@pytest.mark.parametrize("empty", [True, False])
def test_a_history_that_knows_none_of_the_scans_is_told(tmp_path: Path, empty: bool) -> None:
    stored(tmp_path)
    (tmp_path / "history.sqlite").unlink()
    if empty:
        (tmp_path / "history.sqlite").touch()
    checks = {c.name: (c.state.value, c.found) for c in examine_store(around(tmp_path))}
    assert checks["known scans"] == ("warning", f"the history knows none of the 1 stored scans ({BASED})")
    assert checks.get("history") == (("warning", f"{tmp_path / 'history.sqlite'} is empty") if empty else None)
    told = f"{tmp_path / 'history.sqlite'}: knows none of the 1 stored scans; `checker doctor` says what to do\n"
    assert command(tmp_path, "list")[::2] == (0, f"{told}0 findings\n")
    record_scan(tmp_path, SCAN)  # a file without a schema is gone on with
    assert "known scans" not in {c.name for c in examine_store(around(tmp_path))}
    assert (strangers(tmp_path).unknown, scan_lines(tmp_path)[0].state) == ((), Stands.FINISHED)


def test_a_circular_names_neither_repetitions_nor_early_warnings(tmp_path: Path) -> None:
    marks = {f.fingerprint for _, _, f in named(telling(OTHERS, UNRECTIFIED, DUE), Chosen(candidates=True))}
    assert marks == {f.fingerprint for _, _, f in named(SCAN, Chosen(candidates=True))}


def test_a_list_leaves_repetitions_out_unless_their_rule_is_named(tmp_path: Path) -> None:
    stored(tmp_path, telling(OTHERS, UNRECTIFIED))
    rules = {row["rule"] for row in json.loads(command(tmp_path, "list", "-f", "json")[1])}
    assert rules & {"x-mine", "x-unrectified"} == set()
    asked = command(tmp_path, "list", "--rule", "x-mine", "--rule", "x-unrectified", "-f", "json")[1]
    assert {row["rule"] for row in json.loads(asked)} == {"x-mine", "x-unrectified"}


def test_what_was_notified_on_another_day_is_counted(tmp_path: Path) -> None:
    stored(tmp_path)
    counts = []
    for words in (("--on", "2021-11-12", "--rule", "v4-columns-blank"), ("--on", "2021-11-20"), ("--on", "2021-11-20")):
        code, _, err = command(tmp_path, "notify", *words)
        counts.append((code, err.split(": ", 1)[1].strip()))
    assert counts == [
        (0, "2 newly noted, 0 noted before on other days"),
        (0, "5 newly noted, 2 noted before on other days"),
        (0, "0 newly noted, 2 noted before on other days, 5 noted before on this day"),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("list", "--rule", "v4"),
            "--rule v4: nothing stored in STORE has this id; close are v4-columns-blank 空白栏目",
        ),
        (("list", "--subject", "99"), "--subject 99: nothing stored in STORE has this id"),
        (
            ("list", "--subject", "浠水县教育局"),
            "--subject 浠水县教育局: nothing stored in STORE has this id; close are",
        ),
        (
            ("notify", "--on", "2021-11-12", "--rule", "v4-columns-blnk"),
            f"scan {BASED} holds no result of this rule; close are v4-columns-blank 空白栏目",
        ),
    ],
)
def test_a_rule_or_subject_that_nobody_knows_is_refused(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    stored(tmp_path)
    code, out, said = command(tmp_path, *words)
    assert (code, out, message.replace("STORE", str(tmp_path)) in said) == (2, "", True)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("v4", "; close are v4-blank 空白、v4-stale 不更新"),
        ("不更新", "; close are v4-stale 不更新"),
        ("v5-blank", "; close are v4-blank 空白"),
        ("99", ""),
    ],
)
def test_what_may_have_been_meant(wanted: str, told: str) -> None:
    assert alike(wanted, {"v4-stale": "不更新", "v4-blank": "空白"}) == told
