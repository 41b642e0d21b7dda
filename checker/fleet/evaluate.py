"""What can be done with a stored scan, without any request: read it, and judge it again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from checker.errors import UsageError
from checker.fetch import EvidenceIndex, attached
from checker.fleet.begun import rules_note
from checker.fleet.judged import judged, kept
from checker.fleet.remember import remember
from checker.fleet.run import assemble
from checker.fleet.store import ScanReader, ScanStore, subject_file
from checker.fleet.stored import latest
from checker.history import answers_of, renew_answers
from checker.history.scans import pruned
from checker.model.results import Assessment, Outcome, Scan
from checker.model.rules import Profile
from checker.rules import LoadedRule, RuleSet
from checker.scan import judge


def folder_of(store: Path, scan: str | None, rechecks: bool = False) -> Path:
    """The folder of a scan, by default the newest; raises UsageError with what there is.

    A recheck is the newest only where it is asked for: it holds nothing but what was notified.
    """
    found = scan or latest(store, rechecks=rechecks)
    if found is None:
        raise UsageError(f"{store}: no scan is stored here; `checker scan` makes one")
    known = sorted(p.parent.name for p in (store / "scans").glob("*/scan.sqlite"))
    if found not in known and pruned(store, found):
        raise UsageError(f"{store}: scan {found} was pruned; `checker history scans` tells what is known of it")
    if found not in known:
        raise UsageError(f"{store}: no scan {found}; the newest are {', '.join(known[-5:]) or 'none'}")
    return store / "scans" / found


def profile_of(store: Path, scan: str | None) -> str:
    """Name of the profile that a stored scan was judged by last."""
    with ScanReader(folder_of(store, scan)) as opened:
        return assemble(opened).rules.profile


def load_scan(store: Path, scan: str | None, only: tuple[str, ...] = ()) -> Scan:
    """A stored scan as it was judged, finished or not, of the subjects in `only` (empty = all).

    Raises UsageError for a subject that the scan does not hold.
    """
    with ScanReader(folder_of(store, scan, rechecks=True)) as opened:
        known = opened.finished()
        for subject in only:
            if subject not in known:
                raise UsageError(f"--only {subject}: scan {opened.folder.name} holds no result of this id")
        return assemble(opened, only)


def evaluate_scan(store: Path, scan: str | None, rules: RuleSet) -> Scan:
    """Judge a finished scan anew and keep all new results in it, or none; the facts are not touched.

    Raises StoreError while the scan runs, UsageError if it was stopped.
    """
    opened = ScanStore(folder_of(store, scan))
    try:
        if "finished_at" not in opened.info():
            raise UsageError(f"scan {opened.folder.name} is not finished; `checker scan --resume` goes on with it")
        if opened.info().get("kind", "scan") != "scan":
            based_on = opened.info().get("based_on", "")
            raise UsageError(
                f"scan {opened.folder.name} is a recheck: it read only what was notified and cannot be judged as a "
                f"whole; `--scan {based_on}` judges the scan it is based on"
            )
        evidence = EvidenceIndex(opened.folder)
        _renew_answers(store, opened)
        results = [
            attached(
                judged(_part(opened, "facts", old.id), _part(opened, "context", old.id), rules, old, old.problems),
                evidence.of(old.id),
            )
            for old in opened.results()
        ]  # fmt: skip
        opened.replace_results(enumerate(results), **rules_note(rules))
        judged_anew = assemble(opened)
        remember(opened, replace(judged_anew, subjects=tuple(s for s in judged_anew.subjects if not kept(s))))
        return judged_anew
    finally:
        opened.close()


def _renew_answers(store: Path, opened: ScanReader) -> None:
    """People answer after a scan: its contexts take what they said since, or lose what was taken back."""
    answers = answers_of(store)
    for subject in opened.finished():
        context = _part(opened, "context", subject)
        if context.exists():
            renew_answers(context, answers.get(subject, ()))


def try_rule(store: Path, scan: str | None, loaded: LoadedRule) -> Iterator[tuple[str, str, Assessment]]:
    """One rule over every subject of a stored scan that it applies to: id, name and assessment."""
    rules = RuleSet(Profile(name="try", title="try"), (loaded,), "")
    with ScanReader(folder_of(store, scan)) as opened:
        results = opened.results()
    for old in results:
        assessment = judge(_part(opened, "facts", old.id), _part(opened, "context", old.id), rules).assessments[0]
        if assessment.outcome is not Outcome.NOT_APPLICABLE:
            yield old.id, old.name, assessment


def _part(opened: ScanReader, part: str, subject: str) -> Path:
    return subject_file(opened.folder, part, subject)
