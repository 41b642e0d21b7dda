"""CSV: what Excel on a Chinese Windows and a script read from it, and what neither may run."""

import csv
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.fleet.tables import ASSESSMENT, FINDING, GONE, SUBJECT
from checker.model.results import Scan
from checker.report import csv_report
from tests.golden_scan import BLANK, PORTAL, SCAN

ODD = st.text(st.one_of(st.sampled_from("=+-@＝\t\r\n\x00\x0b\x1b\u202e\"',;"), st.characters()), max_size=40)


def read(scan: Scan) -> list[dict[str, str]]:
    text = csv_report.render(scan).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def with_detail(put: str) -> Scan:
    found = (replace(BLANK.findings[0], detail=put, item=put),)
    return replace(SCAN, subjects=(replace(PORTAL, name=put, assessments=(replace(BLANK, findings=found),), gone=()),))


def test_it_begins_with_a_mark_and_every_line_ends_as_rfc_4180_says() -> None:
    written = csv_report.render(SCAN)
    assert written.startswith(b"\xef\xbb\xbfsubject,kind,")
    assert written.count(b"\n") == written.count(b"\r\n") == len(read(SCAN)) + 1
    assert written.endswith(b"\r\n")


def test_every_finding_and_every_gone_one_is_a_row() -> None:
    present = [f.fingerprint for s in SCAN.subjects for a in s.assessments for f in a.findings]
    gone = [g.fingerprint for s in SCAN.subjects for g in s.gone]
    assert sorted(r["fingerprint"] for r in read(SCAN)) == sorted(present + gone)


def test_the_headings_are_those_of_the_stored_scan() -> None:
    finding, gone, subject, rule = ({c.name for c in t.columns} for t in (FINDING, GONE, SUBJECT, ASSESSMENT))
    named = set(csv_report.COLUMNS)
    assert finding | gone <= named
    assert named - finding - gone - subject - rule == {"organizer", "price", "baseline", "rechecked", "of_others"}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86 10", "'+86 10"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r@x", "'@x"),
        ("＝1", "'＝1"),
        ("行一\r\n行二", "行一 行二"),
        ('说"好"，是', '说"好"，是'),
        ("\x1b[2J", "\\x1b[2J"),
        ("标\ud800\uffff题", "标\ufffd题"),
        ("通知", "通知"),
    ],
)
def test_no_text_is_a_formula_and_none_has_two_lines(value: str, cell: str) -> None:
    (row,) = read(with_detail(value))
    assert [row["detail"], row["item"], row["name"]] == [cell] * 3


@settings(max_examples=60, deadline=None)
@given(ODD)
def test_no_text_breaks_a_row(put: str) -> None:
    (row,) = read(with_detail(put))
    assert row["detail"][:1] not in set("=+-@\t\r\n＝＋－＠") - {""}
    assert (row["rule"], row["points"], list(row)) == (BLANK.rule, "0", list(csv_report.COLUMNS))


def test_numbers_stay_numbers_and_states_are_told() -> None:
    rows = {r["fingerprint"]: r for r in read(SCAN)}
    link, hidden = rows[f"{10:016x}"], rows[f"{11:016x}"]
    assert [link["points"], link["notice"], link["outcome"], link["effect"]] == ["-0.2", "0", "fail", "deduct"]
    assert [link["suppressed"], hidden["suppressed"]] == ["", "等待上级平台恢复（负责人：张三，至2021-11-30）"]
    known, gone = rows[f"{2:016x}"], rows[f"{30:016x}"]
    assert [known["change"], known["notified_on"]] == ["unchanged", "2021-08-20"]
    assert [gone[k] for k in ("title", "outcome", "change", "reason", "seen_at", "last_seen")] == [
        "空白栏目", "", "rectified", "本次重新检查了该栏目，已有内容", "", "2021-08-09T10:00:00+08:00",
    ]  # fmt: skip
    unknown = rows[f"{3:016x}"]
    assert [unknown["certainty"], unknown["last_seen"], unknown["baseline"]] == ["unknown", "", ""]


def test_a_scan_of_nothing_has_its_headings() -> None:
    assert csv_report.render(replace(SCAN, subjects=())).decode("utf-8-sig") == ",".join(csv_report.COLUMNS) + "\r\n"
