"""`checker doctor`: each thing that may be missing is told with what to do, and nothing is changed by asking."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.config import SHANGHAI
from checker.fetch import FetchSettings
from checker.fleet import StoreLock, doctor
from checker.fleet.doctor import Check, State, Surroundings, examine
from checker.fleet.doctor.browser import examine_browser
from checker.fleet.doctor.calendar import examine_calendar
from checker.fleet.doctor.data import examine_registry, examine_rules
from checker.fleet.doctor.machine import examine_extras, examine_zone
from checker.fleet.doctor.network import examine_network
from checker.fleet.doctor.store import examine_store
from checker.history.files import SCHEMA_VERSION

NOW = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """An empty folder to work in, with no store yet."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return Surroundings(NOW, tmp_path / "store", None, None, None, None, None, network=False)


def states(checks: Iterator[Check]) -> dict[str, str]:
    return {c.name: c.state.value for c in checks}


def the(checks: Iterator[Check], name: str) -> Check:
    (found,) = [c for c in checks if c.name == name]
    return found


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (datetime(2025, 6, 1), {"2024": "ok", "2025": "ok", "2026": "ok"}),
        (datetime(2031, 6, 1), {"2030": "missing", "2031": "missing"}),
        (datetime(2031, 12, 1), {"2030": "missing", "2031": "missing", "2032": "warning"}),
    ],
)
def test_years_whose_holiday_notice_is_not_in_the_data(
    around: Surroundings, on: datetime, expected: dict[str, str]
) -> None:
    assert states(examine_calendar(replace(around, now=on.replace(tzinfo=SHANGHAI)))) == expected


def test_a_missing_browser_is_a_warning_with_the_way_to_get_one(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKER_CHROMIUM", "/nowhere/chromium")
    found = the(examine_browser(around), "Chromium")
    assert (found.state, "apt-get install chromium" in found.advice) == (State.WARNING, True)


def test_a_browser_that_does_not_run_is_told(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKER_CHROMIUM", "/bin/false")
    found = the(examine_browser(around), "Chromium")
    assert (found.state, found.found) == (State.WARNING, "/bin/false does not run")


def test_an_extra_that_is_not_installed(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.fleet.doctor.machine.find_spec", lambda _: None)
    assert states(examine_extras(around)) == dict.fromkeys(
        ("checker[browser]", "checker[notify]", "checker[dask]"), "warning"
    )


def test_a_zone_that_is_no_longer_eight_hours_ahead(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Moved:
        def __init__(self, _: str) -> None:
            pass

        def utcoffset(self, _: datetime) -> timedelta:
            return timedelta(hours=9)

    assert states(examine_zone(around)) == {"tzdata": "ok", "now": "ok"}
    monkeypatch.setattr("checker.fleet.doctor.machine.ZoneInfo", Moved)
    assert the(examine_zone(around), "tzdata").state is State.MISSING


def test_registry_and_rules_that_cannot_be_used(around: Surroundings, tmp_path: Path) -> None:
    assert the(examine_registry(around), "registry").found == "no sites.yaml or accounts.yaml here"
    Path("sites.yaml").write_text("version: 1\nsites:\n  - {id: a}\n", "utf-8")
    broken = the(examine_registry(around), "registry")
    assert (broken.state, broken.found.startswith("sites.yaml:3: ")) == (State.MISSING, True)
    assert the(examine_rules(around), "rules").state is State.OK
    wrong = the(examine_rules(replace(around, profile="nationl")), "rules")
    assert (wrong.state, "did you mean 'national'" in wrong.found) == (State.MISSING, True)


def test_a_store_that_is_not_there_yet_is_left_so(around: Surroundings) -> None:
    assert states(examine_store(around)) == {"folder": "ok", "room": "ok"}
    assert not around.store.exists()


def test_what_is_wrong_with_a_store(around: Surroundings) -> None:
    store = around.store
    store.mkdir(mode=0o755)
    (store / "scans" / "20260101-000000").mkdir(parents=True)
    (store / "scans" / "20260101-000000" / "scan.sqlite").write_bytes(b"no database at all" * 100)
    (store / "visits.sqlite").write_bytes(b"neither" * 1000)
    with sqlite3.connect(store / "history.sqlite") as db:
        db.execute("CREATE TABLE schema_info(version INTEGER, kind TEXT)")
        db.execute("INSERT INTO schema_info VALUES (?, 'history')", (SCHEMA_VERSION + 1,))
    db.close()
    before = {p: p.read_bytes() for p in store.rglob("*") if p.is_file()}
    with StoreLock(store, errand="prune"):
        found = {c.name: c for c in examine_store(around)}
    assert {name: c.state.value for name, c in found.items()} == {
        "folder": "ok", "room": "ok", "rights": "warning", "lock": "warning", "history": "missing",
        "visits": "missing", "scans": "ok", "unreadable scans": "warning",
    }  # fmt: skip
    assert "checker prune, process" in found["lock"].found
    assert found["history"].advice == "update checker; nothing of it is lost"
    assert {p: p.read_bytes() for p in before} == before


class Server(BaseHTTPRequestHandler):
    """A site whose clock is ten minutes behind ours."""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Date", format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_sites_are_asked_once_and_our_clock_is_held_to_theirs(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.fleet.doctor.network.FetchSettings", partial(FetchSettings, references=()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        Path("sites.yaml").write_text(
            f'version: 1\nsites:\n  - {{id: a, code: null, name: 甲, url: "{url}", kind: portal, organizer: 甲}}\n'
            '  - {id: b, code: null, name: 乙, url: "http://nowhere.invalid/", kind: portal, organizer: 乙}\n',
            "utf-8",
        )
        checks = {c.name: c for c in examine_network(replace(around, network=True))}
        assert {name: c.state.value for name, c in checks.items()} == {
            url: "ok", "http://nowhere.invalid/": "warning", "our clock": "warning",
        }  # fmt: skip
        assert "ahead of 1 servers" in checks["our clock"].found
        assert states(examine_network(around)) == {"sites": "ok"}
    finally:
        server.shutdown()
        server.server_close()


def test_an_examination_that_breaks_stops_nothing(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    def examine_luck(_: Surroundings) -> Iterator[Check]:
        raise ZeroDivisionError("none")
        yield

    monkeypatch.setattr(doctor, "EXAMINATIONS", (examine_luck, examine_calendar))
    checks = list(examine(around))
    assert checks[0] == Check("luck", "luck", State.MISSING, "could not be examined: ZeroDivisionError: none")
    assert len(checks) > 1


def test_the_command(around: Surroundings) -> None:
    ran = CliRunner().invoke(app, ["doctor", "--offline", "--store", str(around.store), "-f", "json"])
    checks = json.loads(ran.stdout)["checks"]
    assert ran.exit_code == 0
    assert {c["area"] for c in checks} == {
        "machine",
        "extras",
        "clock",
        "calendar",
        "browser",
        "data",
        "store",
        "network",
    }
    assert all(c["advice"] for c in checks if c["state"] != "ok")
    Path("sites.yaml").write_text("version: 2\n", "utf-8")
    text = CliRunner().invoke(app, ["doctor", "--offline", "--store", str(around.store)])
    assert (text.exit_code, "missing registry: sites.yaml" in " ".join(text.stdout.split())) == (4, True)
    assert "Traceback" not in text.output
