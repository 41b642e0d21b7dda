"""A scan that is killed goes on where it stopped; a resumed scan ends like one that was never interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.demo.plan import Reply
from checker.errors import UsageError
from checker.fleet import Order, run
from checker.fleet.store import latest
from tests.scanning import AS_OF, html, order, site

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
    from dataclasses import replace  # noqa: PLC0415

    return replace(wanted, resume=True)


def _without_times(listing: list[tuple[str, object, object]]) -> list[tuple[str, object, object]]:
    """Outcomes and findings; moments of sight differ between two runs."""
    return [
        (subject, [(a.rule, a.outcome, [(f.fingerprint, f.detail) for f in a.findings]) for a in found], pages)  # type: ignore[attr-defined]
        for subject, found, pages in listing
    ]


def test_resume_refuses_another_registry(tmp_path: Path) -> None:
    def stop(event: object) -> None:
        raise KeyboardInterrupt

    with CityServer(hosts=city()) as server:
        with pytest.raises(KeyboardInterrupt):
            run(the_order(server, tmp_path), stop)
        other = _resuming(order(server, tmp_path, [site(SITES[0])]))
        with pytest.raises(UsageError, match="the registry changed since scan"):
            run(other, lambda _: None)


def test_resume_with_nothing_unfinished_scans_anew(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        found = _listing(_resuming(the_order(server, tmp_path)))
    assert [subject for subject, _, _ in found] == [host.replace(".", "-") for host in SITES]


def test_the_clock_of_a_resumed_scan_is_that_of_its_beginning(tmp_path: Path) -> None:
    def stop(event: object) -> None:
        raise KeyboardInterrupt

    with CityServer(hosts=city()) as server:
        with pytest.raises(KeyboardInterrupt):
            run(the_order(server, tmp_path), stop)
        later = _resuming(the_order(server, tmp_path))
        scan = run(later, lambda _: None)
    assert scan.as_of == AS_OF.isoformat()
