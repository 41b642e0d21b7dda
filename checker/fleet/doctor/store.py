"""The store: whether it can be written, who works in it, what it holds, and how much room there is."""

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from checker.errors import CheckerError
from checker.fleet.doctor.contract import Check, State, Surroundings
from checker.fleet.history import strangers
from checker.fleet.lock import StoreLock
from checker.fleet.store import ScanReader
from checker.history.files import SCHEMA_VERSION

_LEAST_ROOM = 1_000_000_000
_OWNER_ONLY = 0o077


def examine_store(around: Surroundings) -> Iterator[Check]:
    """Everything about the folder of --store."""
    store = around.store
    nearest = next((p for p in (store, *store.absolute().parents) if p.exists()), Path("/"))
    yield _writable(store, nearest)
    yield _room(nearest)
    if not store.is_dir():
        return
    if stat.S_IMODE(store.stat().st_mode) & _OWNER_ONLY:
        advice = f"chmod 700 {store}: it holds what pages say of people"
        yield Check("store", "rights", State.WARNING, "others on this machine may read it", advice)
    yield from _holder(store)
    yield from _history(store)
    yield from _strangers(store)
    yield from _scans(store)


def _writable(store: Path, nearest: Path) -> Check:
    found = str(store) if store.exists() else f"{store} (will be made in {nearest})"
    advice = "give this user the right to write there, or name another place with --store"
    if not nearest.is_dir():
        return Check("store", "folder", State.MISSING, f"{nearest} is no folder", advice)
    try:
        with tempfile.NamedTemporaryFile(dir=nearest, prefix=".checker-doctor-"):
            pass
    except OSError as error:
        return Check("store", "folder", State.MISSING, f"{found}: {error.strerror}", advice)
    return Check("store", "folder", State.OK, found)


def _room(nearest: Path) -> Check:
    free = shutil.disk_usage(nearest).free
    found = f"{free / 1e9:.1f} GB free"
    if free < _LEAST_ROOM:
        advice = "make room: a scan of a city takes some hundred MB; `checker history prune` removes old scans"
        return Check("store", "room", State.WARNING, found, advice)
    return Check("store", "room", State.OK, found)


def _holder(store: Path) -> Iterator[Check]:
    if not (store / "store.lock").exists() or not os.access(store / "store.lock", os.W_OK):
        return
    try:
        with StoreLock(store, errand="doctor"):
            pass
    except CheckerError as error:
        yield Check("store", "lock", State.WARNING, str(error), "a scan would have to wait: --lock-timeout SECONDS")


def _history(store: Path) -> Iterator[Check]:
    for name in ("history", "visits"):
        path = store / f"{name}.sqlite"
        if not path.exists():
            continue
        if not path.stat().st_size:  # a kill came before its schema: the next command makes it
            yield Check("store", name, State.WARNING, f"{path} is empty")
            continue
        try:
            version = _version(path)
        except (sqlite3.Error, TypeError) as error:
            advice = "put back a copy from before; what is in it cannot be gathered again"
            yield Check("store", name, State.MISSING, f"{path} cannot be read ({error})", advice)
            continue
        if version > SCHEMA_VERSION:
            found = f"{path}: schema {version}, this version of checker knows {SCHEMA_VERSION}"
            yield Check("store", name, State.MISSING, found, "update checker; nothing of it is lost")
        else:
            yield Check("store", name, State.OK, f"schema {version}, {path.stat().st_size / 1e6:.1f} MB")


def _strangers(store: Path) -> Iterator[Check]:
    """A history that lacks the stored scans was lost or replaced, however healthy the file is."""
    try:
        lost = strangers(store)
    except CheckerError:
        return  # that it cannot be read was said
    if lost.unknown:
        advice = (
            "put back a copy of history.sqlite from before; without one `checker evaluate --scan ID` records a scan "
            "anew, but nobody knows what was notified, and `checker history prune` keeps such scans"
        )
        yield Check("store", "known scans", State.WARNING, f"the history {lost} ({_named([*lost.unknown])})", advice)


def _version(path: Path) -> int:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("damaged")
        return int(db.execute("SELECT version FROM schema_info").fetchone()[0])
    finally:
        db.close()


def _scans(store: Path) -> Iterator[Check]:
    folders = sorted(p.parent for p in (store / "scans").glob("*/scan.sqlite"))
    broken, unfinished = [], []
    for folder in folders:
        try:
            with ScanReader(folder) as scan:
                if "finished_at" not in scan.info():
                    unfinished.append(folder.name)
        except (CheckerError, sqlite3.Error):
            broken.append(folder.name)
    newest = f", the newest {folders[-1].name}" if folders else ""
    yield Check("store", "scans", State.OK, f"{len(folders)}{newest}")
    if unfinished:
        advice = "`checker scan --resume` goes on with the newest; `checker history prune` removes old ones"
        yield Check("store", "unfinished scans", State.WARNING, _named(unfinished), advice)
    if broken:
        advice = "they are of another version of checker or damaged: reports of them need the version that made them"
        yield Check("store", "unreadable scans", State.WARNING, _named(broken), advice)


def _named(scans: list[str], most: int = 3) -> str:
    more = f" and {len(scans) - most} more" if len(scans) > most else ""
    return f"{', '.join(scans[-most:])}{more}"
