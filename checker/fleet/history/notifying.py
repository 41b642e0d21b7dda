"""Which findings of a stored scan a circular names: those that count, with their evidence."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from checker.config import SHANGHAI
from checker.errors import UsageError
from checker.fleet.evaluate import load_scan
from checker.fleet.history.inventory import alike
from checker.history.notifying import Notification, record_notified
from checker.history.others import OF_OTHERS, WARNINGS
from checker.model.results import Assessment, Finding, Outcome, Scan, SubjectResult

_OFFENCES = {"veto", "deduct", "notice"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which findings: of these subjects and rules (empty = all); `candidates`: also what a person has not confirmed."""

    only: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    candidates: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One finding with its subject and rule, and what became of noting it."""

    subject: SubjectResult
    assessment: Assessment
    finding: Finding
    noted: Notification


def notify(store: Path, scan: str | None, on: date, document: str, chosen: Chosen) -> tuple[Told, ...]:
    """Note that a circular of the day `on` names the chosen findings of a scan (None = the newest), all or none.

    Raises UsageError for a scan that is not finished, a day before its inspection, an unknown rule, or if nothing is
    left to notify of. The caller holds the store's lock.
    """
    stored = load_scan(store, scan, chosen.only)
    if not stored.complete:
        raise UsageError(f"scan {stored.id} is not finished; a circular rests on a finished one")
    inspected = datetime.fromisoformat(stored.as_of).astimezone(SHANGHAI).date()
    if on < inspected:
        raise UsageError(f"--on {on}: scan {stored.id} inspected on {inspected}, after that day")
    judged = {a.rule: a.title for s in stored.subjects for a in s.assessments}
    for rule in chosen.rules:
        if rule not in judged:
            raise UsageError(f"--rule {rule}: scan {stored.id} holds no result of this rule{alike(rule, judged)}")
    found = list(named(stored, chosen))
    if not found:
        raise UsageError(f"scan {stored.id} has no such finding to notify of")
    marks = list(dict.fromkeys(f.fingerprint for _, _, f in found))
    noted = {n.fingerprint: n for n in record_notified(store, marks, on, document)}
    return tuple(Told(s, a, f, noted[f.fingerprint]) for s, a, f in _distinct(found))


def named(scan: Scan, chosen: Chosen) -> Iterator[tuple[SubjectResult, Assessment, Finding]]:
    """What a circular prints of a scan: the certain rows of failed assessments, without early warnings.

    Suppressed rows are left out, and so is what repeats other findings. With candidates also the doubtful rows of what
    failed or waits for a person.
    """
    outcomes = {Outcome.FAIL} | ({Outcome.REVIEW} if chosen.candidates else set())
    certainties = {"certain", "candidate"} if chosen.candidates else {"certain"}
    for subject in scan.subjects:
        for a in subject.assessments:
            if a.outcome not in outcomes or _is_aside(a) or (chosen.rules and a.rule not in chosen.rules):
                continue
            for f in a.findings:
                if f.certainty in certainties and f.suppressed is None and not _warns_only(a, f):
                    yield subject, a, f


def _is_aside(assessment: Assessment) -> bool:
    """Whether a rule names nothing that must be mended: a merit, a repetition of other findings, an early warning."""
    rule = assessment.rule
    return assessment.effect not in _OFFENCES or assessment.of_others or rule in OF_OTHERS or rule in WARNINGS


def _warns_only(assessment: Assessment, finding: Finding) -> bool:
    """A clause that warns before a limit is reached; of a rule that is a notice as a whole, every row counts."""
    return finding.notice and assessment.effect != "notice"


def _distinct(
    found: Collection[tuple[SubjectResult, Assessment, Finding]],
) -> list[tuple[SubjectResult, Assessment, Finding]]:
    return list({f.fingerprint: (s, a, f) for s, a, f in reversed(list(found))}.values())[::-1]
