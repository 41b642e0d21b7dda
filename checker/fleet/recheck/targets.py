"""Which findings a recheck looks at again: those that were notified, or all of whoever was found unqualified."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from checker.errors import StoreError, UsageError
from checker.evaluate.findings import counted
from checker.facts.query import open_facts
from checker.fleet.remember import is_partial
from checker.fleet.run import assemble
from checker.fleet.store import ScanReader, subject_file
from checker.history.notified import last_notice, notified_findings, settled_findings, settled_notices
from checker.history.others import rules_of_others
from checker.history.trail import State
from checker.model.context import KnownFinding
from checker.model.results import Assessment, Finding, Scan, SubjectResult, Verdict
from checker.rules import RuleSet

Targets = Mapping[str, tuple[KnownFinding, ...]]
"""What is looked at again, by subject."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: the scan to start from (None = the newest), all findings or those notified, whose."""

    scan: str | None = None
    everything: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a recheck will look at: the folder of the scan it is based on, that scan, and its findings.

    `profile_body` is the profile as that scan was judged by it: its effects go on to hold. `settled` are its other
    findings that were rectified or accepted since: nobody looks at them, and they stand against nobody. `damaged` are
    the subjects whose facts file of that scan cannot be read, `elsewhere` those with notified findings of which that
    scan holds no result, with their number.
    """

    folder: Path
    base: Scan
    targets: Targets
    profile_body: str
    settled: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    def facts_of(self, subject: str) -> Path | None:
        """The facts file of a subject in the scan; None if it cannot be read. It may have been pruned."""
        return None if subject in self.damaged else subject_file(self.folder, "facts", subject)


def base_of(store: Path, scan: str | None) -> str:
    """Id of the scan to start from; raises UsageError for any that cannot be it.

    By default the one that the last circular rests on: the newest finished one of a whole registry (a later --only left
    out whom the circular names) on or before the day of the notification. Without such a one the newest.
    """
    folders = sorted((p.parent for p in (store / "scans").glob("*/scan.sqlite")), reverse=True)
    if scan is None:
        if found := _newest(folders, last_notice(store)) or _newest(folders):
            return found
        raise UsageError(f"{store}: no finished scan is stored here; `checker scan` makes one")
    if scan not in {f.name for f in folders}:
        names = ", ".join(f.name for f in folders[:5]) or "none"
        raise UsageError(f"{store}: no scan {scan}; the newest are {names}")
    if why := _refused(store / "scans" / scan):
        raise UsageError(f"--scan {scan}: {why}")
    return scan


def _newest(folders: Iterable[Path], until: str = "") -> str:
    """The newest that can be it, of a whole registry if there is one; none after the day `until`."""
    some = ""
    for folder in folders:
        if not _refused(folder):
            with ScanReader(folder) as opened:
                info = opened.info()
            if until and info["as_of"][:10] > until:
                continue
            if not is_partial(info):
                return folder.name
            some = some or folder.name
    return some


def _refused(folder: Path) -> str:
    """Why a scan cannot be what a recheck starts from, '' if it can."""
    try:
        with ScanReader(folder) as opened:
            info = opened.info()
    except (StoreError, sqlite3.Error) as error:
        return str(error)
    if info.get("kind", "scan") != "scan":
        return f"is a recheck itself; name the scan it is based on, {info.get('based_on', '')}"
    return "" if "finished_at" in info else "is not finished; `checker scan --resume` goes on with it"


def prepared(store: Path, wanted: Wanted, rules: RuleSet) -> Prepared:
    """Read the scan and choose its findings; raises UsageError where there is nothing to look at again."""
    scan = base_of(store, wanted.scan)
    folder = store / "scans" / scan
    with ScanReader(folder) as opened:
        base, body = assemble(opened), opened.info()["profile_body"]
    results = {s.id: s for s in base.subjects}
    for subject in wanted.only:
        if subject not in results:
            raise UsageError(f"--only {subject}: scan {scan} holds no result of this id")
    others = rules_of_others(rules)
    notified = {} if wanted.everything else notified_findings(store)
    chosen = _everything(base) if wanted.everything else _notified(notified, results, rules)
    settled = settled_findings(store)
    mine = {
        subject: tuple(row for row in rows if row.rule not in others and settled.get(row.fingerprint) != State.ACCEPTED)
        for subject, rows in chosen.items()
        if not wanted.only or subject in wanted.only
    }
    found = {subject: rows for subject, rows in mine.items() if rows}
    if not wanted.everything:  # whoever has mended all of it by now is asked for nothing, and is told to be 整改后合格
        found |= {s: () for s in _mended(store, results) if s not in found and (not wanted.only or s in wanted.only)}
    if not found:
        raise UsageError(_nothing(scan, wanted))
    asked = {row.fingerprint for rows in found.values() for row in rows}
    damaged = frozenset(s for s in found if _damaged(subject_file(folder, "facts", s)))
    elsewhere = {} if wanted.only else {s: len(rows) for s, rows in notified.items() if s not in results}
    return Prepared(folder, base, found, body, frozenset(settled.keys() - asked), damaged, elsewhere)


def _mended(store: Path, results: Mapping[str, SubjectResult]) -> list[str]:
    """Subjects of a scan that were unqualified, and of whose notified findings something is settled by now."""
    settled = settled_notices(store)
    return [
        r.id for r in results.values()
        if r.verdict is Verdict.UNQUALIFIED
        and any(f.fingerprint in settled.get(r.id, ()) and not f.notice for a in r.assessments for f in a.findings)
    ]  # fmt: skip


def refuse_earlier(ask: Prepared, as_of: datetime) -> None:
    """Raise UsageError for a recheck before its scan, or before a day on which one of its findings was notified.

    What is mended then would be noted as mended before it was found.
    """
    said = "--as-of names a later time (a day alone is its 00:00, Beijing time)"
    if as_of < datetime.fromisoformat(ask.base.as_of):
        raise UsageError(f"as_of {as_of.isoformat()} is before scan {ask.base.id} ({ask.base.as_of}); {said}")
    last = max((k.notified_on for known in ask.targets.values() for k in known), default="")
    if as_of.date().isoformat() < last:
        raise UsageError(f"as_of {as_of.isoformat()} is before {last}, when findings were notified; {said}")


def _damaged(facts: Path) -> bool:
    if not facts.exists():
        return False
    try:
        with open_facts(facts):
            return False
    except StoreError:
        return True


def _nothing(scan: str, wanted: Wanted) -> str:
    which = f" of {', '.join(wanted.only)}" if wanted.only else ""
    if wanted.everything:
        return f"scan {scan} found nobody unqualified{which}: there is nothing to look at again"
    return (
        f"no finding{which} in scan {scan} is noted as notified and still unrectified; after the circular, "
        f"`checker history notify --scan {scan}` notes it; --all looks at everything of whoever was found unqualified"
    )


def _everything(base: Scan) -> dict[str, tuple[KnownFinding, ...]]:
    return {
        s.id: tuple(known_of(s, a, f) for a in s.assessments if a.effect != "bonus" for f in a.findings if _stands(f))
        for s in base.subjects if s.verdict is Verdict.UNQUALIFIED
    }  # fmt: skip


def _stands(finding: Finding) -> bool:
    return finding.certainty != "unknown" and finding.suppressed is None


def _notified(
    notified: Targets, results: Mapping[str, SubjectResult], rules: RuleSet
) -> dict[str, tuple[KnownFinding, ...]]:
    """What the circular named, as the scan has it where it has it; an early warning there is not what counted."""
    found, loaded = {}, {one.rule.id: one.rule for one in rules.rules}

    def differs(k: KnownFinding, f: Finding) -> bool:
        return f.notice and k.rule in loaded and counted(loaded[k.rule], k.clause)

    for subject, rows in notified.items():
        if subject not in results:
            continue
        result = results[subject]
        mine = {f.fingerprint: (a, f) for a in result.assessments for f in a.findings if _stands(f)}
        found[subject] = tuple(
            replace(
                known_of(result, *mine[k.fingerprint]), notified_on=k.notified_on, first_seen=k.first_seen,
                last_seen=k.last_seen,
            )
            if k.fingerprint in mine and not differs(k, mine[k.fingerprint][1]) else k
            for k in rows
        )  # fmt: skip
    return found


def known_of(subject: SubjectResult, assessment: Assessment, finding: Finding) -> KnownFinding:
    """A row of a result as a known finding."""
    return KnownFinding(
        subject=subject.id, fingerprint=finding.fingerprint, rule=assessment.rule,
        problem=finding.problem or assessment.problem, first_seen=finding.first_seen,
        last_seen=finding.evidence.seen_at, notified_on=finding.notified_on, rectified_on="", clause=finding.clause,
        item=finding.item, location=finding.location, detail=finding.detail, url=finding.url, key=finding.key,
        scope=finding.scope, certainty=finding.certainty,
    )  # fmt: skip
