"""A scan that is killed goes on where it stopped; a resumed scan ends like one that was never interrupted."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.config import Budget, shipped
from checker.demo import CityServer
from checker.errors import UsageError
from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import Begun, Order, run, stopped_scan
from checker.fleet.store import ScanStore
from checker.fleet.stored import latest
from checker.loopback import Reply
from checker.rules import load_rules, rule_set
from tests.scanning import AS_OF, QUICK, html, order, site

PAGES = 40
SITES = ("www.one.example", "www.two.example")
SCRIPT = """
import sys
from pathlib import Path
from checker.demo import CityServer
from tests.test_scan_resume import the_order
from checker.fleet import run
class There:
    connect_to = sys.argv[1]
def told(event):
    print(type(event).__name__, getattr(event, "pages", 0), flush=True)
run(the_order(There, Path(sys.argv[2])), told)
"""


def city() -> dict[str, dict[str, Reply]]:
    hosts = {}
    for host in SITES:
        items = "".join(f'<li><a href="/n{n}.html">关于第{n}号工作的通知</a>2021-11-01</li>' for n in range(PAGES))
        pages = {f"/n{n}.html": html(f"<h1>关于第{n}号工作的通知</h1><p>正文{n}</p>") for n in range(PAGES)}
        hosts[host] = {"/": html(f"<ul>{items}</ul>"), **pages}
    return hosts


def the_order(server: CityServer, store: Path) -> Order:
    return order(server, store, [site(host) for host in SITES])


def _listing(order_: Order) -> list[tuple[str, object, object]]:
    scan = run(order_, lambda _: None)
    return [(s.id, s.assessments, s.statistics["pages"]) for s in scan.subjects]


@pytest.mark.parametrize("after", [3, 5, 8])
def test_kill_and_resume_loses_nothing(tmp_path: Path, after: int) -> None:
    with CityServer(hosts=city()) as server:
        whole = _listing(the_order(server, tmp_path / "whole"))
        broken = tmp_path / "broken"
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, server.connect_to, str(broken)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent, env=os.environ | {"PYTHONPATH": "."},
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert latest(broken, unfinished=True) is not None
        before = dict(server.counts())
        resumed = _listing(_resuming(the_order(server, broken)))
        assert latest(broken, unfinished=True) is None
        asked = sum(server.counts().values()) - sum(before.values())
    assert _without_times(resumed) == _without_times(whole)
    assert asked < 2 * (PAGES + 3), "what was read before the kill is not asked for again"


def _resuming(wanted: Order) -> Order:
    return replace(wanted, resume=True)


def _without_times(listing: list[tuple[str, object, object]]) -> list[tuple[str, object, object]]:
    """Outcomes and findings; moments of sight differ between two runs."""
    return [
        (subject, [(a.rule, a.outcome, [(f.fingerprint, f.detail) for f in a.findings]) for a in found], pages)  # type: ignore[attr-defined]
        for subject, found, pages in listing
    ]


def test_resume_refuses_another_registry(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        begin(the_order(server, tmp_path))
        other = _resuming(order(server, tmp_path, [site(SITES[0])]))
        with pytest.raises(UsageError, match="the registry changed since scan"):
            run(other, lambda _: None)


def test_resume_refuses_other_rules(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        begin(the_order(server, tmp_path))
        gate = rule_set(load_rules(shipped("rules")), "gate")
        with pytest.raises(UsageError, match="the rules changed since scan"):
            run(replace(_resuming(the_order(server, tmp_path)), rules=gate), lambda _: None)


def test_resume_with_nothing_unfinished_is_refused(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        wanted = order(server, tmp_path, [site(SITES[0])], budget=replace(QUICK, pages=1))
        for _ in range(2):
            with pytest.raises(UsageError, match="there is no unfinished scan to go on with"):
                run(_resuming(wanted), lambda _: None)
            run(wanted, lambda _: None)


def begin(wanted: Order) -> None:
    """A scan that is stopped as soon as it has begun."""

    def stop(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(wanted, stop)


def test_a_resumed_scan_takes_clock_hosts_subjects_and_budget_of_its_beginning(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        first = replace(the_order(server, tmp_path), only=("www-two-example",), budget=replace(QUICK, pages=7))
        begin(first)
        elsewhere = replace(first.fetch, connect_to=(ConnectTo.parse("::127.0.0.1:1"),))
        later = replace(_resuming(first), only=(), budget=QUICK, fetch=elsewhere, as_of=AS_OF + timedelta(days=9))
        scan = run(later, lambda _: None)
    assert (scan.as_of, [(s.id, s.statistics["pages"]) for s in scan.subjects]) == (
        AS_OF.isoformat(), [("www-two-example", 7)],
    )  # fmt: skip


def test_a_live_scan_is_not_gone_on_with_on_another_day(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        wanted = the_order(server, tmp_path)
        begin(replace(wanted, fetch=replace(wanted.fetch, connect_to=()), only=("www-one-example",)))
        with pytest.raises(UsageError, match="more than 24 hours from now"):
            run(_resuming(wanted), lambda _: None)


BEGUN = Begun(
    "20211108-100000", AS_OF, "national", (ConnectTo.parse("a.example:80:[::1]:8765"),), ("a", "b"),
    replace(Budget(), pages=70),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"profile": "gate"}, "began with --profile national; repeat it or leave it out"),
        ({"as_of": AS_OF + timedelta(1)}, r"began with --as-of 2021-11-08T10:00:00\+08:00; repeat"),
        ({"connect_to": [ConnectTo.parse("::127.0.0.1:1")]}, r"with --connect-to a.example:80:\[::1\]:8765; repeat"),
        ({"only": ["a"]}, "began with --only a --only b; repeat it or leave it out"),
        ({"max_pages": 500}, "began with --max-pages 70; repeat it or leave it out"),
    ],
)
def test_what_contradicts_the_beginning_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        BEGUN.agree(**said)


def test_what_repeats_the_beginning_or_says_nothing_is_fine() -> None:
    BEGUN.agree()
    BEGUN.agree(
        as_of=AS_OF, profile="national", connect_to=BEGUN.connect_to, only=["b", "a", "a"], max_pages=70
    )  # fmt: skip
    with pytest.raises(UsageError, match="the scan began without --only; leave it out"):
        replace(BEGUN, only=()).agree(only=["a"])


def test_the_beginning_is_noted_as_it_was(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        wanted = replace(
            the_order(server, tmp_path), only=("www-two-example",),
            fetch=FetchSettings(connect_to=(ConnectTo.parse(server.connect_to), *BEGUN.connect_to)),
        )  # fmt: skip
        begin(wanted)
    begun = stopped_scan(tmp_path)
    assert begun == Begun(begun.id, AS_OF, "national", wanted.fetch.connect_to, wanted.only, QUICK)


def test_a_kill_before_the_end_is_noted_loses_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ScanStore.note

    def killed(store: ScanStore, **values: str) -> None:
        if "finished_at" in values:
            raise KeyboardInterrupt
        real(store, **values)

    with CityServer(hosts=city()) as server:
        wanted = order(server, tmp_path, [site(SITES[0])], budget=replace(QUICK, pages=3))
        monkeypatch.setattr(ScanStore, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            run(wanted, lambda _: None)
        first = remembered(tmp_path)
        monkeypatch.undo()
        scan = run(_resuming(wanted), lambda _: None)
    site_ = scan.subjects[0]
    assert first == remembered(tmp_path) == [(scan.id, site_.id, site_.verdict)]


def remembered(store: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(store / "history.sqlite")
    try:
        return connection.execute("SELECT scan, subject, verdict FROM result").fetchall()
    finally:
        connection.close()
