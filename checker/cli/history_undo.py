"""`checker history import FILE --undo`: what an import added is taken back, first said and with --yes done."""

import hashlib
from dataclasses import asdict
from pathlib import Path

from checker.cli.held import held
from checker.cli.history_words import EVENTS
from checker.cli.terminal import new_table, print_json, print_table, say
from checker.errors import UsageError
from checker.fleet.history import withdrawn
from checker.history.imports import TakenBack
from checker.history.trail import What


def undo_import(store: Path, file: Path, yes: bool, format: str, lock_timeout: float) -> None:
    """Print what taking the import of a file back changes; do it if `yes`. Raises UsageError, StoreError."""
    if not store.is_dir():
        raise UsageError(f"{store}: there is no store here; name it with --store")
    sha256 = _digest(file)
    if yes:
        with held(store, lock_timeout, "history import --undo"):
            origin, found = withdrawn(store, file, sha256, dry_run=False)
    else:
        origin, found = withdrawn(store, file, sha256, dry_run=True)
    if format == "json":
        print_json([asdict(one) for one in found], 2)
    elif found:
        _show(found)
    if origin.sha256 != sha256:
        say(f"{file} is not as it was imported, or there no more: by its name the import of {origin.file} is meant")
    others = [one for one in found if not one.goes]
    entries = sum(len(one.events) for one in others)
    done = "" if yes else "; nothing was taken back, --yes does it"
    say(f"import of {origin.file} on {origin.on_date}: {len(found) - len(others)} findings go, "
        f"{entries} entries in the trails of {len(others)} others{done}")  # fmt: skip


def _digest(file: Path) -> str:
    """Hash over the file, '' if it is there no more."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error


def _show(found: tuple[TakenBack, ...]) -> None:
    table = new_table("what", "指纹", "主体标识", "规则", "问题", "经过")
    for one in found:
        events = "、".join(f"{day}{EVENTS.get(What(what), what)}" for day, what in one.events)
        table.add_row(
            "remove" if one.goes else "take back", one.fingerprint[:10], one.subject, one.rule, one.problem, events
        )
    print_table(table)
