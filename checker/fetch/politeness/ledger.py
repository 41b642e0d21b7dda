"""What several processes share of a politeness key: its seats and its next start, as locked files in one folder.

A server that asks to come later asks all of them: until when stands in a file that is replaced as a whole.

A seat is a lock (flock) on a file, which the system drops when its process dies, so nothing is left behind by a kill.
The next start stands in a file as Unix time. Works on one machine and on a file system that machines share with flock.
"""

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from checker.errors import StoreError
from checker.fetch.politeness.pace import Clock, Sleep

_LOOK_AGAIN = (0.02, 0.25)
"""Seconds between looks for a free seat: the first, and the longest."""

_BUSY_SECONDS = 0.005
_FARTHEST = 60.0
_TURNS = 8
"""A start that lies farther ahead than this and so many intervals was written before a clock was set."""

_LONGEST_REST = 86_400.0
_A_MOMENT = 0.01

_TAKEN = {errno.EWOULDBLOCK, errno.EACCES}


class Ledger:
    """The files of all keys in `folder`; `wall` is Unix time. Raises StoreError if the folder cannot be used."""

    def __init__(self, folder: Path, sleep: Sleep, wall: Clock = time.time) -> None:
        self._folder = folder
        self._sleep = sleep
        self._wall = wall
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error) from error

    @asynccontextmanager
    async def seat(self, key: str, seats: int) -> AsyncIterator[None]:
        """Hold one of the key's seats, as soon as one is free among all processes."""
        pause, longest = _LOOK_AGAIN
        while (file := self._free_seat(key, seats)) is None:
            await self._sleep(pause)
            pause = min(pause * 2, longest)
        try:
            yield
        finally:
            os.close(file)

    async def reserve(self, key: str, wait: float, interval: float, registered: float) -> float:
        """Seconds until the start that is ours: at least `wait`, and after those that others have reserved.

        The next start is `interval` later, or a registered interval of any process if that is longer.
        """
        path = self._path(key, "start")
        while (file := self._locked(path)) is None:  # held for the moment of a read and a write only
            await self._sleep(_BUSY_SECONDS)
        try:
            now = self._wall()
            next_start, slowest = _read(file)
            slowest = max(slowest, registered)
            step = max(interval, slowest)
            start = max(now + wait, min(next_start, now + _FARTHEST + _TURNS * step))
            _write(file, start + step, slowest)
            return start - now
        except OSError as error:
            raise _unusable(self._folder, error) from error
        finally:
            os.close(file)

    def rest(self, what: str, seconds: float) -> None:
        """Nobody asks anything of `what` (a key or a place) within the next `seconds`; a longer rest stays."""
        path = self._path(what, "rest")
        seconds = max(seconds, self.resting(what))
        try:
            new = path.with_suffix(f".{os.getpid()}")
            new.write_text(f"{self._wall() + seconds:.6f}", encoding="ascii")
            new.replace(path)
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def resting(self, what: str) -> float:
        """Seconds for which nothing may be asked of `what`, 0 if it may be asked."""
        try:
            until = float(self._path(what, "rest").read_text("ascii"))
        except FileNotFoundError:
            return 0.0
        except (OSError, ValueError) as error:
            if isinstance(error, OSError):
                raise _unusable(self._folder, error) from error
            return 0.0
        left = until - self._wall()
        return min(left, _LONGEST_REST) if left > _A_MOMENT else 0.0

    def _free_seat(self, key: str, seats: int) -> int | None:
        for number in range(seats):
            file = self._locked(self._path(key, str(number)))
            if file is not None:
                return file
        return None

    def _locked(self, path: Path) -> int | None:
        """The file, locked; None if somebody else holds it."""
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self._folder, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if error.errno in _TAKEN:
                return None
            raise _unusable(self._folder, error) from error
        return file

    def _path(self, key: str, part: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.{part}"


def _read(file: int) -> tuple[float, float]:
    """Next start and slowest registered interval; zeros if the file is new or was cut off."""
    try:
        next_start, slowest = os.pread(file, 100, 0).split()
        return float(next_start), float(slowest)
    except ValueError:
        return 0.0, 0.0


def _write(file: int, next_start: float, slowest: float) -> None:
    os.pwrite(file, f"{next_start:17.6f} {slowest:12.6f}\n".encode(), 0)


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{folder}: cannot keep the limits per host among several workers there ({error.strerror}); "
        "free space or rights on that folder, or scan with --workers 1"
    )
