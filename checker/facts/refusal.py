"""When the disk or the file system does not let us write: what to tell the person who must act.

Comes in: an error of SQLite or of the system. Goes out: a MachineError, which ends a command instead of staying with
one subject, or None for an error of another kind (a damaged file, a mistake of ours).
"""

import errno
import sqlite3
from pathlib import Path

from checker.errors import MachineError

_FULL = "is the disk full? make room there"
_RIGHTS = "give this user the right to write there, or name another place with --store"
_HELD = "another process holds it; wait until that is done"
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FULL,
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_CANTOPEN: _RIGHTS,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
}
_BY_SYSTEM = {
    errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EFBIG: _FULL, errno.EIO: _FULL,
    errno.EROFS: _RIGHTS, errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS,
}  # fmt: skip
_PRIMARY = 0xFF
"""The low byte of SQLite's extended error codes is the kind of error."""


def refusal(path: Path, error: BaseException) -> MachineError | None:
    """What an error at `path` means for the person, None if it is no refusal of the machine."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)  # errors of the module itself have none
        if code is None or path.is_dir():  # a folder of that name is no refusal
            return None
        advice = _BY_SQLITE.get(code & _PRIMARY)
    else:
        advice = _BY_SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None
    if advice is None:
        return None
    words = error.strerror if isinstance(error, OSError) else str(error)
    return MachineError(f"{path}: cannot be written ({words}): {advice}, then run it again (a scan with --resume)")


def taken_back(path: Path) -> MachineError:
    """SQLite has taken a transaction back by itself, which it does where a write failed."""
    return MachineError(f"{path}: cannot be written: {_FULL}, then run it again (a scan with --resume)")
