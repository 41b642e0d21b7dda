"""A sheet of findings from elsewhere, read against registry, rules and history, and put into the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.history.circulars import Meaning, Read, read_circular
from checker.history.importing import Noted, known_subjects, record_foreign
from checker.history.naming import Catalogue, Directory
from checker.model.registry import Registry, Site
from checker.rules import RuleSet
from checker.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Circular:
    """What is said of a sheet besides the sheet itself: its day (None = not said) and its name; `today` is real."""

    on: date | None
    source: str
    today: date


def read_foreign(store: Path, sheets: Sequence[Sheet], registry: Registry, rules: RuleSet, told: Circular) -> Read:
    """The findings of one file, and everything that is wrong with it; nothing is written. Raises SheetError."""
    kinds = {s.id: "site" if isinstance(s, Site) else "account" for s in registry.subjects}
    meaning = Meaning(
        Directory(registry), Catalogue(rules), kinds, known_subjects(store), told.on, told.source, told.today
    )
    return read_circular(sheets, meaning)


def keep_foreign(store: Path, found: Read, told: Circular, dry_run: bool) -> tuple[Noted, ...]:
    """Put what was read into the history, all or none. The caller holds the store's lock unless it is a dry run."""
    return record_foreign(store, found.rows, told.today, dry_run)
