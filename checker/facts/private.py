"""Folders and files of the store that only their owner may read: they hold what pages say of people."""

import os
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make the folder with mode 0700 if it is not there; an existing one keeps the mode that its owner gave it."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def private_file(path: Path) -> Path:
    """Make an empty file with mode 0600 if it is not there, in a folder that is made likewise.

    SQLite gives the files that it puts beside a database the mode of the database.
    """
    private_folder(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return path
