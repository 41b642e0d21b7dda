"""The rules again over the facts of a stored scan, without any request."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from checker.errors import StoreError
from checker.fleet.run import assemble, rules_note
from checker.fleet.store import ScanStore, latest, subject_file
from checker.model.results import Assessment, Outcome, Scan
from checker.model.rules import Profile
from checker.rules import LoadedRule, RuleSet
from checker.scan import judge


def folder_of(store: Path, scan: str | None) -> Path:
    """The folder of a scan, by default the newest; raises StoreError with what there is."""
    found = scan or latest(store)
    if found is None:
        raise StoreError(f"{store}: no scan is stored here; `checker scan` makes one")
    folder = store / "scans" / found
    if not (folder / "scan.sqlite").exists():
        known = ", ".join(sorted(p.name for p in (store / "scans").glob("*"))[-5:]) or "none"
        raise StoreError(f"{store}: no scan {found}; the newest are {known}")
    return folder


def profile_of(store: Path, scan: str | None) -> str:
    """Name of the profile that a stored scan was judged by last."""
    opened = ScanStore(folder_of(store, scan))
    try:
        return opened.info()["profile"]
    finally:
        opened.close()


def load_scan(store: Path, scan: str | None) -> Scan:
    """A stored scan as it was judged."""
    opened = ScanStore(folder_of(store, scan))
    try:
        return assemble(opened)
    finally:
        opened.close()


def evaluate_scan(store: Path, scan: str | None, rules: RuleSet) -> Scan:
    """Judge a stored scan anew and keep the new results in it; the facts are not touched."""
    opened = ScanStore(folder_of(store, scan))
    try:
        for position, old in enumerate(opened.results()):
            facts = subject_file(opened.folder, "facts", old.id)
            context = subject_file(opened.folder, "context", old.id)
            result = judge(facts, context, rules) if facts.exists() else old
            opened.replace_result(position, replace(result, problems=old.problems))
        opened.note(**rules_note(rules))
        return assemble(opened)
    finally:
        opened.close()


def try_rule(store: Path, scan: str | None, loaded: LoadedRule) -> Iterator[tuple[str, str, Assessment]]:
    """One rule over every subject of a stored scan that it applies to: id, name and assessment."""
    rules = RuleSet(Profile(name="try", title="try"), (loaded,), "")
    opened = ScanStore(folder_of(store, scan))
    try:
        for old in opened.results():
            facts = subject_file(opened.folder, "facts", old.id)
            assessment = judge(facts, subject_file(opened.folder, "context", old.id), rules).assessments[0]
            if assessment.outcome is not Outcome.NOT_APPLICABLE:
                yield old.id, old.name, assessment
    finally:
        opened.close()
