"""Retention: what of a store may go, that it is overwritten, and that a kill leaves a store that works."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.config import SHANGHAI
from checker.errors import MachineError
from checker.fleet.history import Plan, Retention, planned, prune, wipe, wiping
from checker.fleet.lock import ScanLock, StoreLock
from checker.fleet.store import ScanStore
from checker.fleet.stored import latest
from checker.history import record_answers
from checker.history.files import HISTORY, opened
from checker.history.listing import Wanted, listed
from checker.history.pruning import FORGOTTEN, forget, forgettable, notified_open
from checker.history.trail import Event, What, put_events, settle
from checker.model.context import Answer
from checker.model.results import SubjectResult
from tests.golden_scan import PORTAL, finding

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)
MARK = b"MARK-13812345678-MARK"


def stored(store: Path, name: str, days_ago: int, subjects: str = "ab", *, ended: bool = True, **notes: str) -> Path:
    """A scan that ended so many days before NOW, with a result for each letter of `subjects`."""
    moment = NOW - timedelta(days=days_ago)
    scan = ScanStore(store / "scans" / name, create=True)
    scan.note(id=name, as_of=moment.isoformat(), only=notes.pop("only", "[]"), **notes)
    if ended:
        scan.note(finished_at=moment.isoformat())
    scan.replace_results(enumerate(result(letter, *notes.get("marks", "").split()) for letter in subjects))
    scan.close()
    return store / "scans" / name


def result(subject: str, *marks: str) -> SubjectResult:
    rows = tuple(replace(finding(1, "空白栏目", "空", "http://a/"), fingerprint=mark) for mark in marks)
    return replace(PORTAL, id=subject, assessments=(replace(PORTAL.assessments[0], findings=rows),), gone=())


def plan(store: Path, keep: int | None = None, days: int | None = None, drop: bool = False, **told: str) -> Plan:
    return planned(store, Retention(keep, days, drop, NOW), told)


def goes(found: Plan) -> list[str]:
    return sorted(removal.scan.id for removal in found.removals)


def stays(found: Plan) -> dict[str, str]:
    return {kept.scan.id: kept.why for kept in found.kept}


@pytest.mark.parametrize(
    ("keep", "days", "removed"),
    [
        (1, None, ["s1", "s2", "s3"]),
        (2, None, ["s1", "s2"]),
        (4, None, []),
        (None, 15, ["s1", "s2"]),
        (None, 1, ["s1", "s2", "s3"]),  # the newest stays, however old
        (3, 15, ["s1"]),  # both bounds: what either keeps stays
        (1, 25, ["s1"]),
    ],
)
def test_what_goes_by_number_and_by_age(tmp_path: Path, keep: int | None, days: int | None, removed: list[str]) -> None:
    for number, ago in enumerate((30, 20, 10, 5), 1):
        stored(tmp_path, f"s{number}", ago)
    assert removed == goes(plan(tmp_path, keep, days))


def test_the_newest_of_each_registry_stays(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 90, "ab")
    stored(tmp_path, "s2", 80, "xy")
    stored(tmp_path, "s3", 70, "bc")  # the registry of s1 after one site was closed and one came
    found = plan(tmp_path, days=30)
    newest = "is the newest scan of its registry"
    assert (["s1"], {"s2": newest, "s3": newest}) == (goes(found), stays(found))


def test_a_scan_of_chosen_subjects_never_pushes_out_the_last_whole_one(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 90)
    stored(tmp_path, "s2", 80)
    stored(tmp_path, "s3", 70, "a", only='["a"]')
    stored(tmp_path, "s4", 60, "a", only='["a"]')
    stored(tmp_path, "s5", 50, "c", only='["c"]')
    found = plan(tmp_path, keep=1, days=30)
    # older than the newest whole scan: only s1; by both bounds the later ones are not beyond the number
    assert goes(found) == ["s1"]
    found = plan(tmp_path, days=30)
    assert goes(found) == ["s1", "s3"]
    assert stays(found) == {
        "s2": "is the newest scan of its registry", "s4": "is the newest scan of a", "s5": "is the newest scan of c",
    }  # fmt: skip


def test_what_notified_findings_rest_on_stays_until_they_are_rectified_or_the_operator_says_so(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 90, marks="f1 f2")
    stored(tmp_path, "s2", 80, marks="f1")
    stored(tmp_path, "s3", 70, marks="f1")
    stored(tmp_path, "s4", 5)
    on = (NOW - timedelta(days=75)).date().isoformat()
    found = plan(tmp_path, days=30, f1=on, f2="2020-01-01", other=on)
    why = "holds the evidence of 1 notified findings that are not rectified"
    # f1 was notified after s2; f2 by an older circular than any scan that is left
    assert (["s3"], {"s2": why, "s1": why}) == (goes(found), stays(found))
    assert goes(plan(tmp_path, days=30, drop=True, f1=on)) == ["s1", "s2", "s3"]


def test_what_a_recheck_that_stays_is_based_on_stays(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 90)
    stored(tmp_path, "s2", 40)
    stored(tmp_path, "s3", 5, "a", based_on="s1", kind="recheck")
    found = plan(tmp_path, days=20)
    assert (goes(found), stays(found)) == ([], {"s1": "scan s3, which stays, looked at its findings again",
                 "s2": "is the newest scan of its registry"})  # fmt: skip


def test_unfinished_and_unreadable_scans_go_by_their_age_but_running_ones_stay(tmp_path: Path) -> None:
    stored(tmp_path, "s1", 1)
    for name in ("old", "young", "running"):
        stored(tmp_path, name, 0, ended=False)
    (tmp_path / "scans" / "damaged").mkdir()
    (tmp_path / "scans" / "damaged" / "scan.sqlite").write_bytes(b"no database")
    for name in ("old", "running", "damaged"):
        aged(tmp_path / "scans" / name, 60)
    aged(tmp_path / "scans" / "young", 2)
    lock = ScanLock(tmp_path / "scans" / "running")
    aged(tmp_path / "scans" / "running", 60)
    try:
        found = plan(tmp_path, days=30)
    finally:
        lock.release()
    assert (goes(found), stays(found)) == (["damaged", "old"], {"running": "a process is working on it"})
    assert {"never finished, 60 days old"} == {removal.why for removal in found.removals}


def aged(folder: Path, days: int) -> None:
    """Date a folder and its scan.sqlite so many days back."""
    stamp = (NOW - timedelta(days=days)).timestamp()
    for path in (folder / "scan.sqlite", folder):
        if path.exists():
            os.utime(path, (stamp, stamp))


def test_what_earlier_runs_left_behind_goes_whatever_the_bounds(tmp_path: Path) -> None:
    whole = stored(tmp_path, "s1", 1)
    kept = stored(tmp_path, "s2", 1, keep_pages="1")
    left = [
        whole / "spool" / "a.sqlite", whole / "politeness" / "x", whole / "evidence" / "a.warc.gz",
        tmp_path / "removed" / "s0" / "facts" / "a.sqlite", tmp_path / "pages" / "gone.sqlite",
        tmp_path / "pages" / "b.sqlite.new",
    ]  # fmt: skip
    stay = [kept / "spool" / "a.sqlite", whole / "evidence.warc.gz", tmp_path / "pages" / "a.sqlite"]
    for path in (*left, *stay):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 10)
    for path in (tmp_path / "pages").iterdir():
        aged_file(path, 40 if path.name == "gone.sqlite" else 1)
    found = plan(tmp_path, keep=5)
    assert found.freed == 60
    assert prune(tmp_path, found, print) == 60
    assert ([p.exists() for p in left], [p.exists() for p in stay]) == ([False] * 6, [True] * 3)
    assert (plan(tmp_path, keep=5).freed, plan(tmp_path, keep=5).leftovers) == (0, ())


def aged_file(path: Path, days: int) -> None:
    stamp = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (stamp, stamp))


def test_a_removed_file_is_overwritten_before_it_is_unlinked(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    path.write_bytes(MARK * 100_000)
    path.chmod(0o400)
    with path.open("rb") as still_open:
        assert len(MARK) * 100_000 == wipe(path)
        assert bytes(len(MARK) * 100_000) == still_open.read()
    assert (wipe(path), path.exists()) == (0, False)


def test_other_names_of_a_file_and_what_links_lead_to_are_not_touched(tmp_path: Path) -> None:
    folder, backup = tmp_path / "scan", tmp_path / "backup"
    folder.mkdir()
    (folder / "a").write_bytes(MARK)
    backup.hardlink_to(folder / "a")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_bytes(MARK)
    (folder / "link").symlink_to(outside)
    assert wipe(folder) == 0
    assert (backup.read_bytes(), (outside / "b").read_bytes(), folder.exists()) == (MARK, MARK, False)


def test_nothing_that_was_planted_is_left_in_the_store(tmp_path: Path) -> None:
    stored(tmp_path, "s2", 5)
    old = stored(tmp_path, "s1", 90)
    for part in ("facts/a.sqlite", "context/a.sqlite", "spool/a.sqlite", "evidence.warc.gz", "scan.sqlite-wal.bak"):
        (old / part).parent.mkdir(exist_ok=True)
        (old / part).write_bytes(MARK)
    planted_history(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "z.sqlite").write_bytes(MARK)
    aged_file(tmp_path / "pages" / "z.sqlite", 50)
    assert sum(MARK in body for body in everything(tmp_path)) == 7
    prune(tmp_path, plan(tmp_path, days=30), print)
    forget(tmp_path, (NOW - timedelta(days=30)).date(), NOW.date())
    assert [body for body in everything(tmp_path) if MARK in body] == []
    assert latest(tmp_path) == "s2"


def everything(store: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in store.rglob("*") if path.is_file())


def planted_history(store: Path) -> None:
    """A finding rectified long ago and an open one; an answer that has expired and one that counts; who accepted."""
    mark = MARK.decode()
    columns = "fingerprint, subject, rule, problem, first_seen, last_seen, item, detail, url, key, location"
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        for name, detail in (("f1", mark), ("f2", "still open"), ("f3", mark)):
            row = (name, "a", "r", "问题", "2026-01-01", "2026-01-01", detail, detail, detail, detail, "http://a/")
            db.execute(f"INSERT INTO finding({columns}) VALUES ({', '.join('?' * 11)})", row)
        put_events(db, [
            Event("f1", "2026-01-02", What.NOTIFIED, note="通报"), Event("f1", "2026-02-01", What.RECTIFIED),
            Event("f2", "2026-01-02", What.NOTIFIED), Event("f3", "2026-03-01", What.ACCEPTED, note=mark, by=mark),
        ])  # fmt: skip
        settle(db, ["f1", "f2", "f3"])
        db.execute("UPDATE finding SET notified_on = '2026-01-02' WHERE fingerprint <> 'f3'")
    record_answers(store, [
        Answer("a", "r", "main", "", 1, mark, mark, "2026-01-01", "2026-02-01"),
        Answer("a", "r2", "main", "", 1, "来源", "李四", "2026-01-01", "2026-12-31"),
    ])  # fmt: skip


def test_what_the_history_forgets_and_what_it_keeps(tmp_path: Path) -> None:
    planted_history(tmp_path)
    before, today = (NOW - timedelta(days=30)).date(), NOW.date()
    found = forgettable(tmp_path, before, today)
    assert (found.findings, found.answers, found.events) == (2, 1, 2)
    assert found == forget(tmp_path, before, today)
    rows = {f.fingerprint: (f.rule, f.location, f.detail, f.notified_on, f.rectified_on, f.state)
            for f in listed(tmp_path, Wanted())}  # fmt: skip
    assert rows == {
        "f1": ("r", "http://a/", "", "2026-01-02", "2026-02-01", "rectified"),
        "f2": ("r", "http://a/", "still open", "2026-01-02", "", "open"),
        "f3": ("r", "http://a/", "", "", "", "accepted"),
    }
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as db:
        assert db.execute("SELECT rule, by, detail FROM answer").fetchall() == [
            ("r", FORGOTTEN, ""),
            ("r2", "李四", "来源"),
        ]
    assert forget(tmp_path, before, today).total == 0
    assert notified_open(tmp_path) == {"f2": "2026-01-02"}


def test_what_people_wrote_of_a_case_goes_wherever_it_stands(tmp_path: Path) -> None:
    """A remark of an import stands in the trail too, and the problem of a free text is what somebody wrote."""
    mark = MARK.decode()
    columns = "fingerprint, subject, rule, problem, first_seen, last_seen, source, detail"
    with opened(tmp_path / "history.sqlite", HISTORY, "history") as db:
        row = ("f1", "a", "", mark, "2026-01-01", "2026-01-01", mark, mark)
        db.execute(f"INSERT INTO finding({columns}) VALUES ({', '.join('?' * 8)})", row)
        put_events(db, [
            Event("f1", "2026-01-01", What.IMPORTED, note=mark), Event("f1", "2026-01-02", What.NOTIFIED, note=mark),
            Event("f1", "2026-02-01", What.RECTIFIED, note=mark),
        ])  # fmt: skip
        settle(db, ["f1"])
    forget(tmp_path, (NOW - timedelta(days=30)).date(), NOW.date())
    assert [body for body in everything(tmp_path) if MARK in body] == []
    (left,) = listed(tmp_path, Wanted())
    assert (left.problem, left.notified_on, left.rectified_on) == (FORGOTTEN, "2026-01-02", "2026-02-01")


@pytest.mark.parametrize("survive", [0, 1, 2])
def test_a_kill_in_the_middle_leaves_whole_scans_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survive: int
) -> None:
    stored(tmp_path, "s2", 5)
    old = stored(tmp_path, "s1", 90)
    (old / "facts").mkdir()
    (old / "facts" / "a.sqlite").write_bytes(MARK)
    (old / "evidence.warc.gz").write_bytes(MARK)
    done: list[Path] = []
    real = wiping._overwrite

    def until(path: Path, size: int) -> None:
        if len(done) == survive:
            raise KeyboardInterrupt
        done.append(path)
        real(path, size)

    monkeypatch.setattr(wiping, "_overwrite", until)
    with pytest.raises(KeyboardInterrupt):
        prune(tmp_path, plan(tmp_path, days=30), print)
    assert [path.name for path in (tmp_path / "scans").iterdir()] == ["s2"]
    monkeypatch.setattr(wiping, "_overwrite", real)
    found = plan(tmp_path, days=30)
    assert [(left.path.name, left.why) for left in found.leftovers] == [("s1", "an earlier prune was stopped here")]
    prune(tmp_path, found, print)
    assert [body for body in everything(tmp_path) if MARK in body] == []
    assert not (tmp_path / "removed").exists()


def test_a_scan_that_was_begun_meanwhile_stays_and_is_told(tmp_path: Path) -> None:
    stored(tmp_path, "s2", 5)
    folder = stored(tmp_path, "s1", 90)
    found, told = plan(tmp_path, days=30), list[str]()
    lock = ScanLock(folder)
    try:
        assert prune(tmp_path, found, told.append) == 0
    finally:
        lock.release()
    assert (
        folder.exists(), [t.replace(str(os.getpid()), "PID") for t in told],
    ) == (True, ["scan s1 is still running (process PID); it stays"])  # fmt: skip


def test_a_disk_that_refuses_ends_it_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, size: int) -> None:
        raise OSError(30, "Read-only file system")

    (tmp_path / "a").write_bytes(MARK)
    monkeypatch.setattr(wiping, "_overwrite", refuse)
    with pytest.raises(MachineError, match="Read-only file system"):
        wipe(tmp_path / "a")


def known(store: Path, *scans: str) -> None:
    """Let the history know these scans."""
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        for scan in scans:
            db.execute("INSERT INTO scan(id, as_of, started_at, finished_at, profile, rules_sha256) VALUES "
                       "(?, '2026-01-01', '', '', 'national', '')", (scan,))  # fmt: skip


def command(store: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["history", "prune", "--store", str(store), *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_says_first_and_does_with_yes(tmp_path: Path) -> None:
    real = (datetime.now(SHANGHAI) - NOW).days
    stored(tmp_path, "s2", -real + 5)
    old = stored(tmp_path, "s1", -real + 90)
    known(tmp_path, "s1")
    code, out, err = command(tmp_path, "--older-than", "30")
    assert (0, ["what", "remove", "keep"][:2]) == (code, [line.split()[0] for line in out.splitlines()])
    assert ("scan s1" in out, "nothing was removed; --yes does it" in err, old.exists()) == (True, True, True)
    code, out, err = command(tmp_path, "--older-than", "30", "--yes")
    assert (code, "freed; the store takes" in err, old.exists()) == (0, True, False)
    code, out, err = command(tmp_path, "--older-than", "30", "--yes")
    assert (code, out, "nothing to remove" in err) == (0, "", True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a retention: --keep-scans NUMBER, --older-than DAYS, or both"),
        (["--keep-scans", "1", "--store", "/nowhere/at/all"], "/nowhere/at/all: there is no store here"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, words: list[str], message: str) -> None:
    done: Any = CliRunner().invoke(app, ["history", "prune", "--store", str(tmp_path), *words])
    assert message in str(done.exception)


def test_a_store_that_somebody_works_in_is_left_alone(tmp_path: Path) -> None:
    old = stored(tmp_path, "s1", 90)
    stored(tmp_path, "s2", 5)
    with StoreLock(tmp_path, 0, "scan"):
        done: Any = CliRunner().invoke(
            app, ["history", "prune", "--store", str(tmp_path), "--keep-scans", "1", "--yes"]
        )
    assert ("is at work in this store" in str(done.exception), old.exists()) == (True, True)


def test_nothing_goes_while_the_history_cannot_be_read(tmp_path: Path) -> None:
    """What was notified stands there: without it nobody knows what evidence must stay."""
    stored(tmp_path, "s2", 5)
    old = stored(tmp_path, "s1", 90)
    planted_history(tmp_path)
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as db:
        db.execute("UPDATE schema_info SET version = 99")
        db.commit()
    done: Any = CliRunner().invoke(app, ["history", "prune", "--store", str(tmp_path), "--keep-scans", "1", "--yes"])
    assert (done.exception.exit, "schema 99" in str(done.exception), old.exists()) == (4, True, True)


@pytest.mark.parametrize("begun", [False, True])
def test_nothing_goes_that_the_history_does_not_know_unless_the_operator_says_so(tmp_path: Path, begun: bool) -> None:
    """A history that was cut off to nothing looks new: what was notified is forgotten with it."""
    real = (datetime.now(SHANGHAI) - NOW).days
    stored(tmp_path, "s2", -real + 5)
    old = stored(tmp_path, "s1", -real + 90)
    (tmp_path / "history.sqlite").touch()
    if begun:
        known(tmp_path, "s2")
    words = ["history", "prune", "--store", str(tmp_path), "--keep-scans", "1", "--yes"]
    done: Any = CliRunner().invoke(app, words)
    assert (done.exception.exit, old.exists()) == (4, True)
    assert "does not know 1 of the scans that would go (s1), so nobody can tell" in str(done.exception)
    done = CliRunner().invoke(app, [*words, "--drop-notified"])
    assert (done.exit_code, old.exists(), "1 newer one stays" in done.stdout) == (0, False, True)


def test_a_plan_that_only_forgets_says_so(tmp_path: Path) -> None:
    planted_history(tmp_path)
    code, _, err = command(tmp_path, "--older-than", "30")
    assert (code, " rows of the history to be forgotten\n" in err, "nothing to remove" in err) == (0, True, False)
