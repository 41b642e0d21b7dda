"""Judging a stored scan again, what its results are held back by, and what a plan is reckoned from."""

import multiprocessing
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import checker.fleet.judged as judging
from checker.cli import app
from checker.config import shipped
from checker.demo import CityServer
from checker.errors import UsageError
from checker.fleet import Order, Progressed, evaluate_scan, load_scan, plan, run
from checker.fleet.evaluate import folder_of
from checker.fleet.judged import held_back, judged
from checker.fleet.store import subject_file
from checker.history import record_scan
from checker.loopback import Reply
from checker.model.results import Scan, Score, Verdict
from checker.rules import RuleSet, load_rules, rule_set
from checker.scan import judge
from tests.golden_scan import SCAN
from tests.scanning import QUICK, html, national, order, scan_pages, site

HOSTS = ("www.one.example", "www.two.example")
PAGE = html('<ul><li><a href="/n1.html">关于召开全体会议的通知</a>2021-11-01</li></ul>')
CITY = {host: {"/": PAGE, "/n1.html": html("<p>正文</p>")} for host in HOSTS}
GOOD = SCAN.subjects[-1]


@pytest.fixture
def scanned(tmp_path: Path) -> Scan:
    return scan_pages(CITY, tmp_path, [site(host) for host in HOSTS])[0]


def gate() -> RuleSet:
    return rule_set(load_rules(shipped("rules")), "gate")


def test_an_evaluation_that_is_stopped_changes_nothing(
    tmp_path: Path, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = judge

    def stopped(facts: Path, context: Path, rules: RuleSet) -> Any:
        if "two" in facts.name:
            raise KeyboardInterrupt
        return real(facts, context, rules)

    monkeypatch.setattr(judging, "judge", stopped)
    with pytest.raises(KeyboardInterrupt):
        evaluate_scan(tmp_path, None, gate())
    assert load_scan(tmp_path, None) == scanned
    monkeypatch.undo()
    assert evaluate_scan(tmp_path, None, gate()).rules.profile == "gate"
    assert evaluate_scan(tmp_path, None, national()).subjects == scanned.subjects


def test_a_subject_that_cannot_be_judged_stays_with_itself(tmp_path: Path, scanned: Scan) -> None:
    facts = subject_file(folder_of(tmp_path, None), "facts", "www-one-example")
    body = facts.read_bytes()
    facts.write_bytes(b"no database" * 1000)
    one, two = evaluate_scan(tmp_path, None, national()).subjects
    assert two == scanned.subjects[1]
    assert one == held_back(scanned.subjects[0], one.problems, national())  # what was found before is not lost
    assert [p[:16] for p in one.problems] == ["评估中断：StoreError:"]
    assert one.problems[0].endswith("；沿用上次判定的结果")
    assert one.verdict is not Verdict.QUALIFIED
    assert evaluate_scan(tmp_path, None, national()).subjects[0] == one
    facts.write_bytes(body)
    assert evaluate_scan(tmp_path, None, national()).subjects == scanned.subjects


def test_problems_of_the_gathering_hold_a_new_evaluation_back_too(
    tmp_path: Path, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "judge", lambda *_: GOOD)
    context = tmp_path / "context"
    known = judged(tmp_path, context, national(), GOOD, ("采集中断：OSError: 磁盘已满",))
    again = judged(tmp_path, context, national(), GOOD, known.problems)
    assert GOOD.verdict is Verdict.QUALIFIED
    assert known == again == replace(
        GOOD, verdict=Verdict.PENDING, grade="待核", problems=("采集中断：OSError: 磁盘已满",)
    )  # fmt: skip


@pytest.mark.parametrize("verdict", [Verdict.UNQUALIFIED, Verdict.PENDING, None])
def test_only_a_pass_is_held_back(verdict: Verdict | None) -> None:
    result = replace(GOOD, verdict=verdict, grade="x")
    assert held_back(result, ()) == result
    assert held_back(result, ("p",)) == replace(result, problems=("p",))


def test_an_unfinished_scan_is_not_judged_again(tmp_path: Path) -> None:
    def stop(event: object) -> None:
        raise KeyboardInterrupt

    with CityServer(hosts=CITY) as server, pytest.raises(KeyboardInterrupt):
        run(order(server, tmp_path, [site(HOSTS[0])]), stop)
    with pytest.raises(UsageError, match="is not finished; `checker scan --resume` goes on with it"):
        evaluate_scan(tmp_path, None, national())
    assert (load_scan(tmp_path, None).complete, load_scan(tmp_path, None).subjects) == (False, ())
    told = CliRunner().invoke(app, ["report", "--store", str(tmp_path), "-f", "csv", "-o", str(tmp_path / "a.csv")])
    assert (told.exit_code, "is not finished: the report holds only" in told.stderr) == (0, True)


def test_a_site_of_which_nothing_was_read_has_no_points(tmp_path: Path) -> None:
    portal = site("www.dead.example", kind="portal")
    scan, _ = scan_pages({"www.dead.example": {"*": Reply(503, "text/html", b"")}}, tmp_path, [portal])
    assert (scan.subjects[0].statistics["pages"], scan.subjects[0].score) == (0, Score())
    read, _ = scan_pages(CITY, tmp_path / "read", [site(HOSTS[0], kind="portal")])
    assert read.subjects[0].score.part2 is not None


def test_a_plan_trusts_only_a_scan_that_read_the_site_whole(tmp_path: Path) -> None:
    sites = [site(HOSTS[0]), site(HOSTS[1]), site("www.dead.example")]
    with CityServer(hosts=CITY | {"www.dead.example": {"*": Reply(503, "text/html", b"")}}) as server:
        short = order(server, tmp_path, sites, budget=replace(QUICK, pages=1))
        run(short, lambda _: None)
        whole = replace(short, budget=QUICK)
        assert bases(whole) == [(h, QUICK.pages, "upper bound") for h in ("www.dead.example", *HOSTS)]
        run(whole, lambda _: None)
        assert bases(whole) == [("www.dead.example", QUICK.pages, "upper bound"), *((h, 2, "last scan") for h in HOSTS)]
        run(short, lambda _: None)  # cut short again: what the one before saw still holds
        assert bases(whole)[1:] == [(h, 2, "last scan") for h in HOSTS]


def bases(wanted: Order) -> list[tuple[str, int, str]]:
    return [(row.key, row.pages, row.basis) for row in plan(wanted)]


def test_recording_a_scan_twice_is_recording_it_once(tmp_path: Path) -> None:
    record_scan(tmp_path, SCAN)
    first = _history(tmp_path)
    record_scan(tmp_path, SCAN)
    assert _history(tmp_path) == first
    assert first


def _history(store: Path) -> list[Any]:
    connection = sqlite3.connect(store / "history.sqlite")
    try:
        return [
            connection.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in ("scan", "result", "finding")
        ]
    finally:
        connection.close()


def test_judging_one_site_holds_no_other_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is judged, another is read: the judging waits here until it is."""
    two_was_read = threading.Event()
    real = judge
    waited: list[bool] = []

    def waiting(facts: Path, context: Path, rules: RuleSet) -> Any:
        if "one" in facts.name:
            waited.append(two_was_read.wait(30))
        return real(facts, context, rules)

    def hear(event: object) -> None:
        if isinstance(event, Progressed) and "two" in event.subject and event.doing == "核验链接":
            two_was_read.set()

    monkeypatch.setattr(judging, "judge", waiting)
    slow = {"/": replace(PAGE, seconds=0.5), "/n1.html": replace(CITY[HOSTS[1]]["/n1.html"], seconds=0.5)}
    with CityServer(hosts=CITY | {HOSTS[1]: slow}) as server:
        run(order(server, tmp_path, [site(h) for h in HOSTS]), hear)
    assert waited == [True]


def test_only_the_pool_s_own_processes_are_ended(tmp_path: Path) -> None:
    def stop(event: object) -> None:
        raise KeyboardInterrupt

    stranger = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    stranger.start()
    try:
        with CityServer(hosts=CITY) as server, pytest.raises(KeyboardInterrupt):
            run(order(server, tmp_path, [site(h) for h in HOSTS], workers=2), _after(2, stop))
        assert stranger.is_alive()
        assert [p for p in multiprocessing.active_children() if p.is_alive()] == [stranger]
    finally:
        stranger.terminate()
        stranger.join()


def _after(number: int, act: Any) -> Any:
    left = iter(range(number - 1))
    return lambda event: None if next(left, None) is not None else act(event)


def test_the_store_of_an_order_is_the_same_place_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with CityServer(hosts={}) as server:
        assert order(server, Path(".checker"), []).store == tmp_path / ".checker"
