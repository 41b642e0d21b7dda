"""The limits of a host among several processes: locked files, and two real processes that ask one server."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checker.errors import StoreError
from checker.fetch.politeness import Ledger, Politeness, Turn
from checker.fetch.politeness.host import Limits
from tests.fetching import FakeTime, run


def test_starts_of_two_ledgers_keep_the_interval_and_the_slowest_registered_rate(tmp_path: Path) -> None:
    async def main() -> list[float]:
        fake = FakeTime()
        one, two = (Ledger(tmp_path / "p", fake.sleep, wall=lambda: 1_700_000_000 + fake.now) for _ in range(2))
        waits = [
            await one.reserve("a", 0, 0.5, 0),
            await two.reserve("a", 0, 0.5, 0),
            await two.reserve("b", 0, 0.5, 0),
        ]
        waits.append(await one.reserve("a", 0, 0.5, 3))  # a registered rate: from now on it holds for both
        waits.append(await two.reserve("a", 0, 0.5, 0))
        waits.append(await one.reserve("a", 0, 0.5, 0))
        waits.append(await two.reserve("a", 60, 0.5, 0))  # told to come later
        waits.append(await one.reserve("a", 0, 0.5, 0))
        return [round(w, 3) for w in waits]

    assert run(main()) == [0, 0.5, 0, 1.0, 4.0, 7.0, 60.0, 63.0]


@pytest.mark.parametrize("text", [b"", b"12", b"\xff\x00 1", b"99999999999999 0\n"])
def test_a_file_that_was_cut_off_or_comes_from_another_clock_holds_nobody_up_for_ever(
    tmp_path: Path, text: bytes
) -> None:
    async def main() -> float:
        ledger = Ledger(tmp_path, FakeTime().sleep, wall=lambda: 1000.0)
        await ledger.reserve("a", 0, 1, 0)
        next(tmp_path.glob("*.start")).write_bytes(text)
        return await ledger.reserve("a", 0, 1, 0)

    assert run(main()) <= 3600


def test_seats_are_shared_by_two_gates(tmp_path: Path) -> None:
    async def main() -> int:
        running = most = 0
        fake = FakeTime()
        ledgers = [Ledger(tmp_path, fake.sleep) for _ in range(2)]
        gates = [Politeness(Limits(2), fake.clock, fake.sleep, ledger) for ledger in ledgers]

        async def one(gate: Politeness) -> None:
            nonlocal running, most
            async with gate.turn("a", Turn("a", 0)):
                running += 1
                most = max(most, running)
                await asyncio.sleep(0)
                running -= 1

        await asyncio.gather(*(one(gate) for gate in gates * 5))
        return most

    assert run(main()) == 2


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StoreError, match="cannot keep the limits per host"):
        Ledger(tmp_path / "file" / "ledger", FakeTime().sleep)


HOLDER = """
import asyncio, sys
from pathlib import Path
from checker.fetch.politeness import Ledger
async def main():
    async with Ledger(Path(sys.argv[1]), asyncio.sleep).seat("a", 1):
        print("held", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


def test_a_killed_process_leaves_its_seat(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"

        async def main() -> list[float]:
            fake = FakeTime()

            async def kill_and_wait(seconds: float) -> None:
                await fake.sleep(seconds)
                child.kill()
                child.wait()

            async with Ledger(tmp_path, kill_and_wait).seat("a", 1):
                return fake.slept

        assert run(main()) == [0.02]


ASKER = """
import asyncio, sys
from pathlib import Path
from checker.fetch import Fetcher, FetchSettings
url, folder, interval, count = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
settings = FetchSettings(
    interval=interval, concurrency=2, ledger=folder, references=(), allowed_private=frozenset({"127.0.0.1"})
)
async def main():
    async with Fetcher(settings) as fetcher:
        await fetcher.get(url + "warm", robots=False)
        print("ready", flush=True)
        sys.stdin.readline()
        got = await asyncio.gather(*(fetcher.get(f"{url}{n}", robots=False) for n in range(count)))
    print(*sorted({f.outcome.value for f in got}), flush=True)
asyncio.run(main())
"""
COUNT, FIRST_LATE = 12, 0.5


class Counting:
    """A server that takes its time for each request and writes down when they came and how many there were at once."""

    def __init__(self, service: float) -> None:
        self.service = service
        self.starts: list[float] = []
        self.running = self.most = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            if b"/warm" not in head:
                self.starts.append(time.monotonic())
                self.running += 1
                self.most = max(self.most, self.running)
                await asyncio.sleep(self.service)
                self.running -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()


async def _ask_together(server: Counting, folder: Path, interval: float) -> list[str]:
    """Two processes ask the server COUNT times each, starting together; what each says at its end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server.handle(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    pipe = asyncio.subprocess.PIPE
    args = (sys.executable, "-c", ASKER, url, str(folder), str(interval), str(COUNT))
    children = [await asyncio.create_subprocess_exec(*args, stdin=pipe, stdout=pipe) for _ in range(2)]
    async with listening:
        for child in children:
            assert child.stdout is not None
            assert await child.stdout.readline() == b"ready\n"
        said = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
    return [out.decode().strip() for out, _ in said]


def test_two_processes_together_keep_the_interval_of_one_host(tmp_path: Path) -> None:
    server, interval = Counting(service=0), 0.1
    assert run(_ask_together(server, tmp_path, interval)) == ["ok", "ok"]
    # A request may come late but never early, so only the lateness of the very first one is left to tolerate.
    early = [n for n, start in enumerate(server.starts) if start < server.starts[0] + n * interval - FIRST_LATE]
    assert (len(server.starts), early) == (2 * COUNT, [])


def test_two_processes_together_keep_the_seats_of_one_host(tmp_path: Path) -> None:
    server = Counting(service=0.1)
    assert run(_ask_together(server, tmp_path, 0)) == ["ok", "ok"]
    assert (len(server.starts), server.most <= 2) == (2 * COUNT, True)
