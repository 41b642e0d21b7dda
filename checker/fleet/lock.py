"""One process at a time writes a store, and a scan in it: locks on files, which the system drops if the process dies.

Probes take none: they have a file of their own, and a week of visits must not have gaps because a scan ran.
"""

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from checker.errors import StoreError
from checker.facts.private import private_folder
from checker.facts.refusal import refusal

_ASK_AGAIN = 0.2
"""Seconds between two tries to get the store while somebody else has it."""


def _silent(_holder: str) -> None:
    """Nobody wants to know that we wait."""


class StoreLock:
    """The whole store for one command: two scans, or a scan and a pruning, never meet in it.

    Waits at most `seconds` for whoever has it (0 = not at all) and then raises StoreError, which names him. `waiting`
    is told once if there is somebody to wait for. `errand` is what the others are told of us. Raises MachineError
    where the machine does not let us write the store.
    """

    def __init__(
        self, store: Path, seconds: float = 0, errand: str = "scan", waiting: Callable[[str], None] = _silent
    ) -> None:
        """Make the lock; it is taken by `with`."""
        self._path = store / "store.lock"
        self._seconds = seconds
        self._errand = errand
        self._waiting = waiting
        self._file = -1

    def __enter__(self) -> Self:
        try:
            private_folder(self._path.parent)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise refusal(self._path, error) or error from error
        try:
            self._take(time.monotonic() + self._seconds)
        except BaseException:
            os.close(self._file)
            raise
        with suppress(OSError):  # on a full disk the lock holds all the same, without our name
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"checker {self._errand}, process {os.getpid()}".encode(), 0)
        return self

    def _take(self, end: float) -> None:
        told = False
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(self._file, 200, 0).decode(errors="replace") or "another process"
                if time.monotonic() >= end:
                    how = f"still after {self._seconds:g} s" if self._seconds else "--lock-timeout SECONDS waits for it"
                    raise StoreError(f"{self._path.parent}: {holder} is at work in this store ({how})") from None
                if not told:
                    self._waiting(holder)
                    told = True
                time.sleep(min(_ASK_AGAIN, max(0.0, end - time.monotonic())))
            else:
                return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Give the store free; the file stays, empty: removing it would let two others hold two files."""
        with suppress(OSError):
            os.ftruncate(self._file, 0)
        os.close(self._file)


class ScanLock:
    """Held from the moment it is made until `release`; raises StoreError if another process holds it."""

    def __init__(self, folder: Path) -> None:
        """Take the lock of the scan in `folder`."""
        self._path = folder / "scan.lock"
        self._file = self._take(folder.name)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def _take(self, name: str) -> int:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._still_there(file):
                    return file
                os.close(file)  # its holder removed the file while we opened it: that lock protects nothing
            except BlockingIOError as error:
                holder = os.pread(file, 20, 0).decode() or "just starting"
                os.close(file)
                raise StoreError(f"scan {name} is still running (process {holder})") from error
            except BaseException:
                os.close(file)
                raise

    def _still_there(self, file: int) -> bool:
        try:
            return self._path.stat().st_ino == os.fstat(file).st_ino
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the scan free and leave no file behind."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)
