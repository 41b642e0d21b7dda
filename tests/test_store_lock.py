"""The store lock: two commands never meet in a store; whoever waits is served; probes and readers are not held up."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from checker.errors import MachineError, StoreError
from checker.fleet import StoreLock
from checker.history import record_visits, week_of
from checker.model.context import Visit

HOLDER = """
import sys, time
from pathlib import Path
from checker.fleet.lock import StoreLock
with StoreLock(Path(sys.argv[1]), errand="prune"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(store: Path) -> subprocess.Popen[str]:
    """Another process that has the store until its stdin ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_command_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        with (
            pytest.raises(
                StoreError,
                match=rf"^{tmp_path}: checker prune, process {other.pid} is at work in this store "
                r"\(--lock-timeout SECONDS waits for it\)$",
            ),
            StoreLock(tmp_path),
        ):
            pass
        assert other.stdin is not None
        other.stdin.close()
    with StoreLock(tmp_path):
        pass


def test_whoever_waits_is_told_once_and_goes_on_when_the_store_is_free(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        told: list[str] = []

        def free(who: str) -> None:
            told.append(who)
            assert other.stdin is not None
            other.stdin.close()

        with StoreLock(tmp_path, seconds=60, waiting=free):
            pass
        assert told == [f"checker prune, process {other.pid}"]


def test_waiting_has_an_end(tmp_path: Path) -> None:
    with (
        StoreLock(tmp_path),
        pytest.raises(StoreError, match=r"\(still after 0\.3 s\)$"),
        StoreLock(tmp_path, seconds=0.3),
    ):
        pass


def test_a_killed_holder_holds_nobody_up(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with StoreLock(tmp_path):
            pass


def test_probes_and_readers_are_not_held_up(tmp_path: Path) -> None:
    with StoreLock(tmp_path):
        record_visits(tmp_path, [Visit("s1", "2021-11-08T10:00:00+08:00", "2021-11-08", "ok", 120)])
        (week,) = week_of(tmp_path, date(2021, 11, 9), ["s1"])
        assert week.visits == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(MachineError, match="cannot be written"), StoreLock(tmp_path / "store"):
        pass
    tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("mine")
    with pytest.raises((MachineError, OSError)), StoreLock(tmp_path / "store"):
        pass
