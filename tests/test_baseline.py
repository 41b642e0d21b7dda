"""`--baseline FILE`: what is known stays visible and only what is new fails; verdicts and scores stay as they are."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.baseline import read_baseline
from checker.cli.output import exit_code
from checker.errors import Exit, UsageError
from checker.fleet import load_scan
from checker.model.results import Outcome, Scan, Score, SubjectResult, Verdict
from checker.report import json_report, text
from checker.score import Baseline, with_baseline
from tests.comparing import NOW, keep, row, rule, scan, seen_now, subject
from tests.golden_scan import SCAN
from tests.scanning import html, scan_pages, site
from tests.test_report import errors

KNOWN = Baseline(frozenset({"a", "b"}), frozenset({"was-bad"}), frozenset({"w"}))
DEDUCT = {"effect": "deduct"}
LOW = Score(None, Decimal(55), Decimal(0), Decimal(50))
BAD: dict[str, Any] = {"verdict": Verdict.UNQUALIFIED, "score": LOW}


def code(found: SubjectResult, fail_on: str = "veto", baseline: Baseline | None = KNOWN) -> int:
    return exit_code(scan("1", NOW, found), fail_on, False, baseline)


# --- what fails

CASES: list[tuple[str, SubjectResult, str, int, int]] = [
    # what, subject, --fail-on, without a baseline, with it
    ("known veto", subject(rule(row("a"))), "veto", 1, 0),
    ("new veto", subject(rule(row("a"), row("z"))), "veto", 1, 1),
    ("new, but a person must confirm", subject(rule(row("a"), row("z", certainty="candidate"))), "veto", 1, 0),
    ("new, but not read", subject(rule(row("a"), row("z", certainty="unknown"))), "veto", 1, 0),
    ("new, but suppressed", subject(rule(row("a"), row("z", suppressed="r"))), "veto", 1, 0),
    ("new, but an early warning", subject(rule(row("a"), row("z", notice=True))), "veto", 1, 0),
    ("new warning asked for", subject(rule(row("z", notice=True), outcome=Outcome.PASS)), "notice", 1, 1),
    ("known warning", subject(rule(row("a", notice=True), outcome=Outcome.PASS)), "notice", 1, 0),
    ("a warning came true", subject(rule(row("w"))), "veto", 1, 1),
    ("a warning came true, notices asked for", subject(rule(row("w"))), "notice", 1, 1),
    ("a warning as before", subject(rule(row("w", notice=True), outcome=Outcome.PASS)), "notice", 1, 0),
    ("suppressed warning", subject(rule(row("z", notice=True, suppressed="r"), outcome=Outcome.PASS)), "notice", 0, 0),
    ("known deduction", subject(rule(row("b"), **DEDUCT)), "deduction", 1, 0),
    ("new deduction", subject(rule(row("z"), **DEDUCT)), "deduction", 1, 1),
    ("new deduction below the level", subject(rule(row("z"), **DEDUCT)), "veto", 0, 0),
    ("never", subject(rule(row("z"))), "never", 0, 0),
    ("unqualified by a known veto", subject(rule(row("a")), verdict=Verdict.UNQUALIFIED), "veto", 1, 0),
    ("unqualified by a known veto, and was", subject(rule(row("a")), id="was-bad", verdict=Verdict.UNQUALIFIED),
     "veto", 1, 0),
    ("too few points, as before", subject(rule(row("b"), **DEDUCT), id="was-bad", **BAD), "veto", 1, 0),
    ("too few points, was not so", subject(rule(row("b"), **DEDUCT), **BAD), "veto", 1, 1),
    ("too few points, and something new", subject(rule(row("z"), **DEDUCT), id="was-bad", **BAD), "veto", 1, 1),
    ("too few points and a known veto", subject(rule(row("a")), rule(row("b"), **DEDUCT), **BAD), "veto", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("found", "fail_on", "without", "with_it"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_only_what_is_new_fails(found: SubjectResult, fail_on: str, without: int, with_it: int) -> None:
    assert (code(found, fail_on, None), code(found, fail_on)) == (without, with_it)


def test_a_blocking_rule_that_is_open_ends_with_3_whatever_the_baseline_knows() -> None:
    waiting = subject(rule(row("a", certainty="candidate"), outcome=Outcome.REVIEW, blocks=True))
    found = scan("1", NOW, waiting)
    assert [exit_code(found, "veto", ok, KNOWN) for ok in (False, True)] == [Exit.OPEN, Exit.CLEAN]


def test_what_broke_ends_with_4_whatever_the_baseline_knows() -> None:
    assert code(subject(rule(row("a")), problems=("采集中断",))) == Exit.INTERNAL


# --- what is marked


def test_rows_are_marked_and_nothing_else_changes() -> None:
    found = scan("1", NOW, subject(rule(row("a"), row("z"), row("b", suppressed="r"))))
    marked = with_baseline(found, KNOWN)
    rows = marked.subjects[0].assessments[0].findings
    assert [(f.fingerprint, f.baseline) for f in rows] == [("a", "known"), ("z", "new"), ("b", "known")]
    plain = [replace(f, baseline=None) for f in rows]
    (one,) = marked.subjects
    again = replace(one, assessments=(replace(one.assessments[0], findings=tuple(plain)),))
    assert replace(marked, subjects=(again,)) == found
    assert with_baseline(found, None) is found


def test_the_text_says_what_is_known_and_how_much() -> None:
    found = scan("1", NOW, subject(rule(row("a"), seen_now("z"), row("u", certainty="unknown"))))
    out = text.render(with_baseline(found, KNOWN)).decode()
    assert [line.strip() for line in out.splitlines() if "基线" in line] == [
        "· 空白栏目：栏目“a”没有内容（基线已有） 〔a〕",
        "与基线对照：基线已有 1 项，基线之外 1 项",
    ]  # fmt: skip
    assert "基线" not in text.render(found).decode()


# --- the file


def test_a_baseline_holds_all_that_was_seen_suppressed_or_not(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(json_report.render(SCAN))
    baseline, profile = read_baseline(path)
    rows = [f for s in SCAN.subjects for a in s.assessments for f in a.findings]
    assert profile == "national"
    assert baseline == Baseline(
        frozenset(f.fingerprint for f in rows if f.certainty != "unknown" and not f.notice),
        frozenset(s.id for s in SCAN.subjects if s.verdict is Verdict.UNQUALIFIED),
        frozenset(f.fingerprint for f in rows if f.certainty != "unknown" and f.notice),
    )
    assert baseline.warnings
    assert any(f.suppressed and baseline.knows(f) for f in rows)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_baseline(path) == (baseline, profile)


def _without_marks(found: dict[str, Any]) -> None:
    for subject_ in found["subjects"]:
        for assessment in subject_["assessments"]:
            for finding in assessment["findings"]:
                del finding["fingerprint"]


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("newer", lambda d: d.update(schema_version="2.0"), "has schema 2.0, this version of checker reads 1.0"),
    ("no marks", _without_marks, "holds findings without a fingerprint, or is damaged"),
    ("no subjects", lambda d: d.pop("subjects"), "is no JSON result of a scan; write one with `checker scan -f json"),
    ("another tool", lambda d: d["tool"].update(name="other"), "is no JSON result of a scan"),
    ("odd tool", lambda d: d.update(tool="checker"), "is no JSON result of a scan"),
    ("odd subjects", lambda d: d.update(subjects=[1]), "is damaged"),
    ("odd marks", lambda d: d["subjects"][0]["assessments"][0]["findings"][0].update(fingerprint=7), "fingerprint 7"),
]


@pytest.mark.parametrize(("spoil", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_file_that_is_none_is_refused(tmp_path: Path, spoil: Callable[[Any], Any], message: str) -> None:
    found = json_report.document(SCAN)
    spoil(found)
    path = tmp_path / "baseline.json"
    path.write_bytes(json_report.encoded(found))
    with pytest.raises(UsageError) as told:
        read_baseline(path)
    assert str(told.value).startswith(f"--baseline {path}: ")
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[1]", "is no JSON result of a scan"),
        (b"[" * 100_000, "is no JSON"),
        (None, "cannot be read (No such file or directory)"),
    ],
    ids=["empty", "no text", "a list", "deep", "none"],
)
def test_what_is_no_json_is_refused(tmp_path: Path, body: bytes | None, message: str) -> None:
    path = tmp_path / "baseline.json"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(UsageError, match="--baseline") as told:
        read_baseline(path)
    assert message in str(told.value)


def test_a_newer_minor_version_is_read(tmp_path: Path) -> None:
    found = json_report.document(SCAN) | {"schema_version": "1.9"}
    (tmp_path / "b.json").write_bytes(json_report.encoded(found))
    assert read_baseline(tmp_path / "b.json")[0].unqualified


# --- the commands


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("command", ["scan", "evaluate", "report"])
def test_a_bad_file_is_refused_before_anything_is_done(tmp_path: Path, command: str) -> None:
    sites = tmp_path / "sites.yaml"
    entry = "id: a, code: null, name: 甲, url: 'http://www.one.example/', kind: department, organizer: 甲"
    sites.write_text(f"version: 1\nsites: [{{{entry}}}]\n", "utf-8")
    (tmp_path / "bad.json").write_text("{}")
    store = tmp_path / "store"
    if command != "scan":
        keep(store, scan("1", NOW, subject()))
    words = ["--sites", str(sites)] if command == "scan" else []
    result = invoke(command, *words, "--store", str(store), "--baseline", str(tmp_path / "bad.json"))
    assert isinstance(result.exception, UsageError)
    assert "is no JSON result of a scan" in str(result.exception)
    assert store.exists() is (command != "scan")


def test_a_report_marks_and_tells_of_another_profile(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", NOW, subject(rule(row("a"), row("z")))))
    path = tmp_path / "b.json"
    found = json_report.document(scan("0", NOW, subject(rule(row("a")))))
    found["tool"]["rules"]["profile"] = "gate"
    path.write_bytes(json_report.encoded(found))
    result = invoke("report", "--store", str(tmp_path), "-f", "json", "--baseline", str(path))
    out = json.loads(result.stdout)
    assert errors(out, "scan.schema.json", strict=True) == []
    assert [f["baseline"] for f in out["subjects"][0]["assessments"][0]["findings"]] == ["known", "new"]
    assert f"--baseline {path}: made under the profile gate; what only national finds is new" in result.stderr
    assert load_scan(tmp_path, None).subjects[0].assessments[0].findings[0].baseline is None


def test_a_baseline_does_not_replace_itself(tmp_path: Path) -> None:
    keep(tmp_path, scan("1", NOW, subject()))
    path = tmp_path / "b.json"
    path.write_bytes(json_report.render(scan("0", NOW, subject())))
    before = path.read_bytes()
    result = invoke("report", "--store", str(tmp_path), "-f", "json", "-o", str(path), "--baseline", str(path))
    assert isinstance(result.exception, UsageError)
    assert "would be replaced by this result" in str(result.exception)
    assert path.read_bytes() == before


def test_a_gate_passes_what_its_baseline_knows_over_real_pages(tmp_path: Path) -> None:
    """Judged again with its own result as the baseline nothing is new; with an emptied one everything is."""
    host = "www.one.example"
    city = {host: {"/": html('<ul><li><a href="/dead.html">关于召开会议的通知</a>2021-11-01</li></ul>')}}
    found, _ = scan_pages(city, tmp_path, [site(host, kind="portal")])
    own, empty = tmp_path / "own.json", tmp_path / "empty.json"
    own.write_bytes(json_report.render(found))
    empty.write_bytes(json_report.render(_emptied(found)))
    common = ("evaluate", "--store", str(tmp_path), "--fail-on", "deduction", "--pending-ok", "-f", "ndjson")
    runs = {path.stem: invoke(*common, "--baseline", str(path)) for path in (own, empty)}
    assert {name: run.exit_code for name, run in runs.items()} == {"own": 0, "empty": 1}
    for name, word in (("own", "known"), ("empty", "new")):
        lines = [json.loads(line) for line in runs[name].stdout.splitlines()]
        rows = [f for e in lines if e["type"] == "subject" for a in e["assessments"] for f in a["findings"]]
        assert {f["baseline"] for f in rows if f["certainty"] == "certain"} == {word}
    assert invoke(*common).exit_code == 1


def _emptied(found: Scan) -> Scan:
    return replace(found, subjects=tuple(replace(s, assessments=()) for s in found.subjects))
