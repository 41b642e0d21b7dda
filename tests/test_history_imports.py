"""What is imported and what is refused, whose finding a row means, days that have not come, taking an import back."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker.errors import UsageError
from checker.fleet.history import Circular, keep_foreign, withdrawn
from checker.history import record_scan
from checker.history.forms import check_is_sheet
from checker.history.imports import noted_import
from checker.history.listing import Wanted, listed, trail_of
from checker.history.notifying import record_notified
from checker.model.results import Scan
from checker.report import FORMATS
from tests.circulars import HEAD, SITES, TODAY, book, command, kept, read, told
from tests.golden_scan import PORTAL, SCAN, finding

SUBJECT = "3607000001"
PAGE = "http://www.ganxian.gov.cn/"
BLANK = "v4-columns-blank"


def scan(*marks: int, rule: str = "v4-columns-blank", number: str = "20231001-100000") -> Scan:
    """A scan whose only subject has these findings of one rule."""
    rows = tuple(finding(mark, "空白栏目", "空", f"{PAGE}{mark}/") for mark in marks)
    found = replace(PORTAL.assessments[0], rule=rule, findings=rows)
    subject = replace(PORTAL, id=SUBJECT, assessments=(found,), gone=())
    at = f"{number[:4]}-{number[4:6]}-{number[6:8]}T10:00:00+08:00"
    return replace(SCAN, id=number, as_of=at, started_at=at, finished_at=at, subjects=(subject,))


def mark(number: int) -> str:
    return f"{number:016x}"


def row(problem: str, found: str = "", rectified: str = "", **more: str) -> str:
    """A line under HEAD."""
    cells = {"code": SUBJECT, "problem": problem, "found": found, "rectified": rectified} | more
    names = "code name platform url rule problem location found notified rectified source note fingerprint standing"
    return ",".join(cells.get(name, "") for name in names.split()) + "\n"


# --- what is a sheet


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


REPORTS = {f.name: f.render(SCAN) for f in FORMATS if f.name in {"html", "json", "junit", "sarif", "docx"}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        *((body, "only spreadsheets are imported: xlsx, xls and csv") for body in REPORTS.values()),
        (
            "<html><table><tr><td>网站名称</td><td>主要存在问题</td></tr></table>".encode("utf-16"),
            "is a web page or XML",
        ),
        (b"\xef\xbb\xbf  \n<!-- x --><table>", "is a web page or XML"),
        (b'[{"name": "x"}]', "is JSON"),
        (b"%PDF-1.7", "is a PDF"),
        (docx(), "is a zip but no xlsx workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as a workbook"),
    ],
)
def test_what_is_no_sheet_is_refused_whatever_its_name(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    for name in ("r.html", "r.xlsx", "r.csv"):
        (tmp_path / name).write_bytes(data)
        words = ("import", str(tmp_path / name), "--sites", str(tmp_path / "sites.yaml"), "--skip-bad")
        code, out, said = command(*words, store=tmp_path / "store")
        assert (code, out, message in said) == (2, "", True)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("data", ["[序号],问题\n", "{甲},乙\n", "名称;问题\n", ""])
def test_a_csv_is_a_csv(data: str) -> None:
    check_is_sheet("c.csv", data.encode())


def test_a_problem_with_its_fingerprint_behind_it_is_that_finding(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(0xABCDEF01, 2))
    first, second = f"〔{mark(0xABCDEF01)[:12]}〕", f"〔{mark(2)}〕"
    sheet = HEAD + row(f"空白栏目 {first}", rectified="2023-10-20") + row(f"空白栏目{second}。", rectified="2023-10-21")
    assert told(read(sheet.replace(first, f"〔{mark(0xABCDEF01)}〕"), tmp_path)) == []
    assert kept(sheet.replace(first, f"〔{mark(0xABCDEF01).upper()}〕"), tmp_path) == ["updated", "updated"]
    found = {one.fingerprint: (one.rectified_on, one.notified_on) for one in listed(tmp_path, Wanted())}
    assert found == {mark(0xABCDEF01): ("2023-10-20", ""), mark(2): ("2023-10-21", "")}


def test_several_fingerprints_in_one_cell(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(1, 2))
    both = f"1.空白栏目〔{mark(1)}〕；2.空白栏目〔{mark(2)}〕"
    assert [r.fingerprint for r in read(HEAD + row(both, rectified="2023-10-20"), tmp_path).rows] == [mark(1), mark(2)]
    some = f"1.链接打不开；2.空白栏目〔{mark(2)}〕"
    assert told(read(HEAD + row(some, rectified="2023-10-20"), tmp_path)) == [
        "c.csv:2: only some of its problems bear a fingerprint 〔…〕: write the others in rows of their own"
    ]
    assert told(read(HEAD + row("空白栏目〔abcdef01〕", rectified="2023-10-20"), tmp_path)) == [
        "c.csv:2: 指纹 'abcdef01': no known findings"
    ]


# --- days that have not come


WORDS = [
    "整改中",
    "未整改",
    "正在整改",
    "尚未整改到位",
    "未完成整改",
    "逾期未整改",
    "限期整改",
    "正在整改，预计12月底完成",
    "否",
]
STROKES = ["—", "／", "/", "——", "－", "…", "无", "N/A", ""]


@pytest.mark.parametrize(
    ("day", "note"), [*((word, f"整改日期：{word}") for word in WORDS), *((stroke, "") for stroke in STROKES)]
)
def test_words_instead_of_a_day_of_rectification_mean_not_rectified(tmp_path: Path, day: str, note: str) -> None:
    found = read(HEAD + row("空白栏目", "2023-10-01", day), tmp_path)
    assert (told(found), [(r.rectified_on, r.note) for r in found.rows]) == ([], [("", note)])


@pytest.mark.parametrize(
    ("day", "standing", "message"),
    [
        ("整改中", "整改后合格", "整改日期 says 整改中, but 整改情况 says 整改后合格: which is meant?"),
        ("已整改，未复核", "", "整改日期 '已整改，未复核' is no day; write it as 2026-11-20"),
        ("昨天", "", "整改日期 '昨天' is no day; write it as 2026-11-20"),
    ],
)
def test_what_says_two_things_is_told(tmp_path: Path, day: str, standing: str, message: str) -> None:
    assert told(read(HEAD + row("空白栏目", "2023-10-01", day, standing=standing), tmp_path)) == [f"c.csv:2: {message}"]


# --- rows without a place


def test_a_row_without_a_place_joins_the_one_known_finding_of_its_rule_and_stays_with_it(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(1))
    sheet = HEAD + row("空白栏目", rectified="2023-11-01", notified="2023-10-10", rule=BLANK)
    assert kept(sheet, tmp_path) == ["updated"]
    (one,) = listed(tmp_path, Wanted())
    assert (one.fingerprint, one.state, one.notified_on) == (mark(1), "rectified", "2023-10-10")
    assert kept(sheet, tmp_path) == ["unchanged"]  # though it does not stand open any more
    record_scan(tmp_path, scan(2, number="20231115-100000"))
    assert kept(sheet, tmp_path) == ["unchanged"]
    assert [f.fingerprint for f in listed(tmp_path, Wanted())] == [mark(1), mark(2)]


@pytest.mark.parametrize(
    ("known", "rule", "sheet"),
    [
        ((), BLANK, row("空白栏目", rule=BLANK)),
        ((1, 2), BLANK, row("空白栏目", rule=BLANK)),
        ((1,), "x-unrectified", row("上期通报问题未整改", rule="x-unrectified")),
        ((1,), BLANK, row("空白栏目", rule=BLANK, location=f"{PAGE}gg/")),
        ((1,), BLANK, row("说不清的问题")),
        ((1,), BLANK, row("空白栏目", rule=BLANK) + row("两个空白", rule=BLANK)),
    ],
)
def test_where_it_is_not_clear_which_is_meant_the_row_is_its_own(
    tmp_path: Path, known: tuple[int, ...], rule: str, sheet: str
) -> None:
    record_scan(tmp_path, scan(*known, rule=rule))
    assert set(kept(HEAD + sheet, tmp_path)) == {"new"}
    assert set(kept(HEAD + sheet, tmp_path)) == {"unchanged"}


# --- taking an import back


def brought(store: Path, text: str, name: str = "a.csv") -> None:
    said = Circular(None, "月报", TODAY, name, f"sha of {name}")
    keep_foreign(store, read(text, store, None), said, False)


def back(store: Path, name: str = "a.csv") -> list[tuple[str, bool, list[str]]]:
    _, found = withdrawn(store, Path(name), f"sha of {name}", False)
    return [(one.problem, one.goes, [what for _, what in one.events]) for one in found]


def everything(store: Path) -> list[Any]:
    return [trail_of(store, one.fingerprint) for one in listed(store, Wanted())]


OLD = row("空白栏目", "2023-10-20", "2023-10-25", notified="2023-10-22", rule=BLANK)
NEW = row("链接打不开", "2023-10-02", "2023-10-05", notified="2023-10-03")


def test_what_only_the_import_said_goes_and_the_rest_is_as_before(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(1))
    before = everything(tmp_path)
    brought(tmp_path, HEAD + OLD + NEW)
    after = everything(tmp_path)
    assert (len(after), after[0] == before[0]) == (2, False)
    origin = noted_import(tmp_path, "", "a.csv")
    assert (origin.file, origin.on_date) == ("a.csv", TODAY.isoformat())
    withdrawn(tmp_path, Path("a.csv"), "", dry_run=True)
    assert everything(tmp_path) == after
    assert back(tmp_path) == [
        ("空白栏目", False, ["notified", "rectified"]), ("链接打不开", True, ["imported", "notified", "rectified"]),
    ]  # fmt: skip
    assert everything(tmp_path) == before
    with pytest.raises(UsageError, match="no import of this file is noted; the newest are: none"):
        back(tmp_path)


def test_what_another_file_said_too_stays_until_that_one_is_taken_back(tmp_path: Path) -> None:
    brought(tmp_path, HEAD + NEW)
    alone = everything(tmp_path)
    brought(tmp_path, HEAD + NEW + OLD, "b.csv")
    assert back(tmp_path) == []
    assert [t for t in everything(tmp_path) if t[0].problem == "链接打不开"] == alone
    assert [(problem, goes) for problem, goes, _ in back(tmp_path, "b.csv")] == [
        ("空白栏目", True), ("链接打不开", True)
    ]  # fmt: skip
    assert everything(tmp_path) == []


def test_what_a_scan_has_seen_since_stays_with_what_the_scan_saw(tmp_path: Path) -> None:
    placed = row("空白栏目", "2023-09-01", rule="v4-columns-blank", key="k")
    sheet = HEAD.replace("所在页面", "问题标识") + placed.replace(",空白栏目,", ",空白栏目,k")
    brought(tmp_path, sheet)
    (one,) = listed(tmp_path, Wanted())
    seen = scan(int(one.fingerprint, 16))
    subject = seen.subjects[0]
    found = replace(subject.assessments[0].findings[0], fingerprint=one.fingerprint)
    rule = replace(subject.assessments[0], findings=(found,))
    seen = replace(seen, subjects=(replace(subject, assessments=(rule,)),))
    record_scan(tmp_path, seen)
    record_notified(tmp_path, [one.fingerprint], date(2023, 10, 9), "通报")
    assert back(tmp_path) == [("空白栏目", False, ["imported"])]
    now, trail = trail_of(tmp_path, one.fingerprint)
    assert (now.first_seen, now.notified_on, now.source, [e.what for e in trail]) == (
        seen.as_of, "2023-10-09", "", ["found", "notified"],
    )  # fmt: skip


def test_days_of_a_finding_that_an_import_renewed_are_put_back(tmp_path: Path) -> None:
    record_scan(tmp_path, scan(1))
    before = everything(tmp_path)
    brought(tmp_path, HEAD + row(f"空白栏目〔{mark(1)}〕", "2023-11-05", notified="2023-11-06"))
    assert everything(tmp_path)[0][0].last_seen == "2023-11-05"
    back(tmp_path)
    assert everything(tmp_path) == before


def test_the_command_says_first_and_does_with_yes(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    sheet, store = tmp_path / "c.xlsx", tmp_path / "store"
    rows = [["网站名称", "主要存在问题", "发现日期"], ["赣县区人民政府", "空白栏目", "2023-10-08"]]
    sheet.write_bytes(book(("表", rows)))
    words = ("import", str(sheet), "--sites", str(tmp_path / "sites.yaml"))
    assert command(*words, "--yes", store=store)[::2] == (
        2, "--yes belongs to --undo; an import needs none, and --dry-run says first what it would change",
    )  # fmt: skip
    assert command(*words, "--undo", store=store)[0] == 2
    assert command(*words, store=store)[0] == 0
    code, out, err = command("import", str(sheet), "--undo", store=store)
    assert (code, out.splitlines()[1].split()[0], "; nothing was taken back, --yes does it" in err) == (
        0,
        "remove",
        True,
    )
    assert len(listed(store, Wanted())) == 1
    sheet.unlink()
    code, out, err = command("import", str(sheet), "--undo", "--yes", "-f", "json", store=store)
    assert (code, [one["goes"] for one in json.loads(out)]) == (0, [True])
    assert err.splitlines()[0].endswith(
        "is not as it was imported, or there no more: by its name the import of c.xlsx is meant"
    )
    assert "1 findings go, 0 entries in the trails of 0 others\n" in err
    assert listed(store, Wanted()) == ()


def test_the_command_tells_which_finding_a_row_was_taken_for(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    record_scan(tmp_path, scan(1))
    sheet = tmp_path / "c.csv"
    sheet.write_text(HEAD + row("空白栏目", notified="2023-10-10", rule=BLANK), "utf-8")
    code, _, err = command("import", str(sheet), "--sites", str(tmp_path / "sites.yaml"), store=tmp_path)
    assert (code, err.splitlines()[0]) == (
        0, f"{sheet}:2: is taken for 〔{mark(1)[:10]}〕, the one open finding of v4-columns-blank on {SUBJECT}",
    )  # fmt: skip
