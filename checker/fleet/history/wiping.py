"""Files and folders taken away so that what they held cannot simply be read from the disk again.

A plain file is overwritten with zeros, forced to the disk, and unlinked. On flash memory and on file systems that write
beside instead of over (copy on write, snapshots, journals of data) older copies of a block may stay: only encryption of
the whole disk helps there. A file with further names (hard links, as some backups make them) loses this name only.
"""

import os
import stat
from pathlib import Path

from checker.facts.refusal import refusal

_CHUNK = bytes(1_000_000)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all plain files in a folder; 0 of what is gone meanwhile. Links are not followed."""
    try:
        info = path.lstat()
        if stat.S_ISDIR(info.st_mode):
            return sum(size_of(child) for child in path.iterdir())
    except FileNotFoundError:
        return 0
    return info.st_size if stat.S_ISREG(info.st_mode) else 0


def wipe(path: Path) -> int:
    """Overwrite and remove a file, or a folder with all that is in it; returns the bytes freed.

    What is gone already is no error. Raises MachineError where the machine refuses; what is left can be wiped again.
    """
    try:
        return _wiped(path)
    except OSError as error:
        raise refusal(path, error) or error from error


def _wiped(path: Path) -> int:
    try:
        info = path.lstat()
    except FileNotFoundError:
        return 0
    if stat.S_ISDIR(info.st_mode):
        freed = sum(_wiped(child) for child in sorted(path.iterdir()))
        path.rmdir()
        return freed
    plain = stat.S_ISREG(info.st_mode) and info.st_nlink == 1
    if plain:
        _overwrite(path, info.st_size)
    path.unlink()
    return info.st_size if plain else 0


def _overwrite(path: Path, size: int) -> None:
    if not os.access(path, os.W_OK):
        path.chmod(0o600)
    with path.open("r+b", buffering=0) as file:
        left = size
        while left > 0:
            left -= file.write(_CHUNK[: min(left, len(_CHUNK))])
        os.fsync(file.fileno())
