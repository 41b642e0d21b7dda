"""A sheet of findings from elsewhere, read against registry, rules and history, and put into the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.history.circulars import Meaning, Read, read_circular
from checker.history.importing import Noted, record_foreign, remembered, withdraw
from checker.history.imports import Origin, TakenBack, noted_import
from checker.history.naming import Catalogue, Directory
from checker.history.others import rules_of_others
from checker.model.registry import Registry, Site
from checker.rules import RuleSet
from checker.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Circular:
    """What is said of a sheet besides the sheet itself: its day (None = not said) and its name; `today` is real.

    `file` and `sha256` are the name of the file and the hash over it: by these its import can be taken back.
    """

    on: date | None
    source: str
    today: date
    file: str = ""
    sha256: str = ""


def read_foreign(store: Path, sheets: Sequence[Sheet], registry: Registry, rules: RuleSet, told: Circular) -> Read:
    """The findings of one file, and everything that is wrong with it; nothing is written. Raises SheetError."""
    kinds = {s.id: "site" if isinstance(s, Site) else "account" for s in registry.subjects}
    meaning = Meaning(
        Directory(registry), Catalogue(rules), kinds, remembered(store, rules_of_others(rules)), told.on, told.source,
        told.today,
    )  # fmt: skip
    return read_circular(sheets, meaning)


def keep_foreign(store: Path, found: Read, told: Circular, dry_run: bool) -> tuple[Noted, ...]:
    """Put what was read into the history, all or none. The caller holds the store's lock unless it is a dry run."""
    return record_foreign(store, found.rows, Origin(told.sha256, told.file, told.today.isoformat()), dry_run)


def withdrawn(store: Path, file: Path, sha256: str, dry_run: bool) -> tuple[Origin, tuple[TakenBack, ...]]:
    """Take back what the import of a file added, and say of which import; `sha256` '' = the file is there no more.

    Raises UsageError if no import of it is noted. The caller holds the store's lock unless it is a dry run.
    """
    origin = noted_import(store, sha256, file.name)
    return origin, withdraw(store, origin, dry_run)
