"""One process at a time writes a scan: a lock on a file of its folder, which the system drops if the process dies."""

import fcntl
import os
from pathlib import Path

from checker.errors import StoreError


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
