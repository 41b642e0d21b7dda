"""Two stored inspections side by side: what is new, what came back, what was mended, and what nobody looked at again.

Comes in: a store and the ids of two finished inspections. Goes out: a `Comparison`. No request is made. A finding of
the earlier one that the later does not have counts as rectified only if its key was examined again (design §3).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.errors import StoreError, UsageError
from checker.facts.query import QueryError
from checker.fleet.diff_suppressed import by_suppression
from checker.fleet.evaluate import folder_of
from checker.fleet.run import assemble
from checker.fleet.store import ScanReader, subject_file
from checker.model.context import KnownFinding
from checker.model.differences import Comparison, Difference, Inspection, Presence, Standing, SubjectDifference
from checker.model.results import (
    Assessment,
    Change,
    Finding,
    Gone,
    Outcome,
    RuleSetInfo,
    Scan,
    SubjectResult,
    SuppressionUse,
)
from checker.rules import RuleSet
from checker.scan.judge import gone

_Sight = tuple[Assessment, Finding]

_PRUNED = "后一次检查的事实文件已清理，不能确认是否重新检查"
_UNREADABLE = "后一次检查的事实文件无法读取，不能确认是否重新检查"
_NOT_ANSWERED = "后一次检查没有重新检查这一处"
_NOT_RECHECKED = "复查没有涉及这一条"
_SEEN_BEFORE = "前一次检查未见，此前已发现"
_CAME_TRUE, _ONLY_WARNS = "预警变为问题", "由问题变为预警"
_NOTES = {
    Presence.BOTH: "",
    Presence.LEFT: "后一次检查的登记册里已没有这个对象",
    Presence.JOINED: "前一次检查的登记册里还没有这个对象",
    Presence.LEFT_OUT: "后一次检查没有检查这个对象（只检查了指定的或需要复查的对象）",
    Presence.LEFT_OUT_BEFORE: "前一次检查没有检查这个对象（只检查了指定的或需要复查的对象）",
}


@dataclass(frozen=True, slots=True)
class _Stored:
    """A finished inspection and where it lies; `partial` = not everybody who was registered was asked for."""

    folder: Path
    scan: Scan
    partial: bool


def pair_of(store: Path, first: str | None, second: str | None) -> tuple[str, str]:
    """Ids of the earlier and the later inspection: as named, else the newest finished scans (rechecks left out).

    Raises UsageError where there are not two, StoreError where one that might be meant cannot be read.
    """
    if first and second:
        if first == second:
            raise UsageError(f"{first}: name two different scans")
        return first, second
    newest = finished_scans(store, 1 if first else 2)
    if first:
        folder_of(store, first)
        if newest in ([first], []):
            raise UsageError(f"{first}: there is no newer finished scan to compare it with")
        return first, newest[0]
    if len(newest) < 2:
        raise UsageError(f"{store}: two finished scans are needed to compare; there are {len(newest)}")
    return newest[1], newest[0]


def recheck_pair(store: Path) -> tuple[str, str]:
    """Ids of the newest finished recheck's scan and of that recheck; raises UsageError if there is none."""
    for folder in _folders(store):
        info = _info(folder)
        if info.get("kind") == "recheck" and "finished_at" in info and info.get("based_on"):
            return info["based_on"], folder.name
    raise UsageError(f"{store}: no finished recheck is stored here; `checker recheck` makes one")


def _folders(store: Path) -> list[Path]:
    found = (p.parent for p in (store / "scans").glob("*/scan.sqlite"))
    return sorted(found, key=lambda folder: folder.name, reverse=True)


def finished_scans(store: Path, most: int) -> list[str]:
    """Ids of the newest finished scans, the newest first; rechecks are none.

    Raises StoreError for one among them that cannot be read: it might be meant.
    """
    found: list[str] = []
    for folder in _folders(store):
        if len(found) == most:
            break
        info = _info(folder)
        if "finished_at" in info and info.get("kind", "scan") == "scan":
            found.append(folder.name)
    return found


def _info(folder: Path) -> dict[str, str]:
    try:
        with ScanReader(folder) as opened:
            return opened.info()
    except (StoreError, sqlite3.Error) as error:
        raise StoreError(f"{error}; to leave this scan out, name the two to compare by their ids") from error


def compare(store: Path, before: str, after: str, rules: RuleSet, only: Sequence[str] = ()) -> Comparison:
    """The difference from one inspection to another, of the subjects in `only` (empty = all).

    `rules` say where a finding must be looked for again: those that judged the later inspection. Raises UsageError for
    an unknown or unfinished scan or subject, StoreError for one that cannot be read.
    """
    old, new = _stored(store, before), _stored(store, after)
    known = {s.id for s in (*old.scan.subjects, *new.scan.subjects)}
    for subject in only:
        if subject not in known:
            raise UsageError(f"--only {subject}: neither {before} nor {after} holds a result of this id")
    troubles: list[str] = []
    subjects = tuple(s for s in _subjects(old, new, rules, troubles) if not only or s.id in only)
    return Comparison(
        _inspection(old.scan), _inspection(new.scan), (*_notes(old.scan, new.scan, rules), *troubles), subjects,
        tuple(_expired(old.scan, new.scan)),
    )  # fmt: skip


def _stored(store: Path, scan: str) -> _Stored:
    folder = folder_of(store, scan)
    try:
        with ScanReader(folder) as opened:
            info = opened.info()
            found = assemble(opened)
    except (sqlite3.Error, ValueError, KeyError) as error:  # written by halves, or by another hand
        raise StoreError(f"{folder}: cannot be read ({type(error).__name__}); compare another scan") from error
    if not found.complete:
        raise UsageError(f"scan {scan} is not finished and cannot be compared; `checker scan --resume` goes on with it")
    return _Stored(folder, found, info.get("only", "[]") != "[]" or found.kind == "recheck")


def _inspection(scan: Scan) -> Inspection:
    return Inspection(scan.id, scan.kind, scan.as_of, scan.finished_at, scan.rules)


def _notes(old: Scan, new: Scan, rules: RuleSet) -> Iterator[str]:
    if old.as_of > new.as_of:
        yield "前一次检查的时点晚于后一次：请核对两个编号的次序"
    if old.rules.sha256 != new.rules.sha256:
        yield (
            f"两次检查的指标不同：{_version(old.rules)}与 {_version(new.rules)}；"
            "新增和不再出现的问题，可能只是因为指标变了"
        )
    if rules.sha256 != new.rules.sha256:
        yield "现在的指标与后一次检查所用的不同：是否重新检查过，按现在的指标判断"
    if new.kind == "recheck":
        yield "后一次是复查：只看已通报的问题，没有复查的不作比较"


def _version(rules: RuleSetInfo) -> str:
    return f"{rules.profile} {rules.version}（{rules.sha256[:8]}）"


def _expired(old: Scan, new: Scan) -> Iterator[SuppressionUse]:
    """Suppressions that still held on the day of the earlier inspection."""
    for use in new.suppressions:
        if use.state == "expired" and use.expires >= old.as_of[:10]:
            yield use


def _subjects(old: _Stored, new: _Stored, rules: RuleSet, troubles: list[str]) -> Iterator[SubjectDifference]:
    before = {s.id: s for s in old.scan.subjects}
    after = {s.id: s for s in new.scan.subjects}
    for subject in new.scan.subjects:
        known = before.get(subject.id)
        unknown = Presence.LEFT_OUT_BEFORE if old.partial else Presence.JOINED
        presence = Presence.BOTH if known else unknown
        seen = _answered(subject) if new.scan.kind == "recheck" else _here(known, subject, old.scan)
        rows = (*seen, *_gone(known, subject, new, rules, troubles))
        yield _difference(presence, known, subject, rows)
    for subject in old.scan.subjects:
        if subject.id not in after:
            presence = Presence.LEFT_OUT if new.partial else Presence.LEFT
            rows = tuple(_row(sight, Change.NOT_SEEN, _NOTES[presence]) for sight in _sights(subject).values())
            yield _difference(presence, subject, None, rows)


def _difference(
    presence: Presence, before: SubjectResult | None, after: SubjectResult | None, rows: Iterable[Difference]
) -> SubjectDifference:
    subject = after or before
    assert subject is not None
    return SubjectDifference(
        subject.kind, subject.id, subject.name, subject.unit, subject.group, presence, _NOTES[presence],
        _standing(before), _standing(after), tuple(rows), tuple(by_suppression(before, after)),
    )  # fmt: skip


def _standing(result: SubjectResult | None) -> Standing | None:
    return Standing(result.verdict, result.grade, result.score, result.rectification) if result else None


def _sights(result: SubjectResult | None) -> dict[str, _Sight]:
    """What was seen, each finding once, the gravest and surest row of it; what earns points is nothing to be mended."""
    found: dict[str, _Sight] = {}
    for assessment in result.assessments if result else ():
        for row in assessment.findings if assessment.effect != "bonus" else ():
            known = found.get(row.fingerprint)
            if row.certainty != "unknown" and (known is None or _weight(row) < _weight(known[1])):
                found[row.fingerprint] = assessment, row
    return found


def _weight(row: Finding) -> tuple[bool, bool]:
    return row.notice, row.certainty != "certain"


def _apart(old: Finding, new: Finding) -> bool:
    """Whether one is an early warning and the other more than that: they have one identity, and are two findings."""
    return old.notice != new.notice


def _here(before: SubjectResult | None, after: SubjectResult, old: Scan) -> Iterator[Difference]:
    known = _sights(before)
    unsure = _unsure(before)
    for mark, sight in _sights(after).items():
        if mark in known and _apart(known[mark][1], sight[1]):
            yield _row(sight, *_turned(sight[1], old.as_of))
        elif mark in known:
            reason = _updated(known[mark][1], sight[1])
            yield _row(sight, Change.UPDATED if reason else Change.UNCHANGED, reason)
        else:
            yield _row(sight, *_arrived(sight[1], old.as_of, mark in unsure or before is None))


def _turned(finding: Finding, as_of: str) -> tuple[Change, str]:
    """A warning that came true has arrived; a problem that is no more than a warning has not."""
    return (Change.UPDATED, _ONLY_WARNS) if finding.notice else (_arrived(finding, as_of, False)[0], _CAME_TRUE)


def _answered(after: SubjectResult) -> Iterator[Difference]:
    """The rows that a recheck looked at, or could not look at; those that it only took over are not compared."""
    why = {g.fingerprint: g.reason for g in after.gone}
    for mark, sight in _sights(after).items():
        if sight[1].rechecked == "notRectified":
            yield _row(sight, Change.REOPENED if sight[1].change is Change.REOPENED else Change.UNCHANGED, "")
        elif sight[1].rechecked:
            yield _row(sight, Change.NOT_SEEN, why.get(mark, ""))


def _unsure(before: SubjectResult | None) -> set[str]:
    """Findings that the earlier inspection knew of, but could not look at."""
    if before is None:
        return set()
    rows = {f.fingerprint for a in before.assessments for f in a.findings if f.certainty == "unknown"}
    return rows | {g.fingerprint for g in before.gone if g.change is Change.NOT_SEEN}


def _arrived(finding: Finding, as_of: str, unseen: bool) -> tuple[Change, str]:
    """What a finding is that the earlier inspection of `as_of` does not have; `unseen`: it could not tell.

    History says when it was seen first: what is older than the earlier inspection is not new.
    """
    older = finding.first_seen < as_of if finding.first_seen else finding.change is not Change.NEW
    if finding.change is Change.REOPENED:
        return Change.REOPENED, ""
    if not older:
        return Change.NEW, ""
    if unseen:
        return Change.UNCHANGED, f"{_SEEN_BEFORE}（{finding.first_seen[:10]}）"
    return (Change.NEW, "") if finding.change is Change.NEW else (Change.REOPENED, "")


def _updated(old: Finding, new: Finding) -> str:
    """What changed of a finding that both have, in words; '' if nothing. Its text is no change: it holds day counts."""
    parts = []
    if old.certainty != new.certainty:
        parts.append("由候选变为查实" if new.certainty == "certain" else "由查实变为候选")
    if old.clause != new.clause:
        parts.append(f"原为“{old.problem}”")
    if old.price != new.price:
        parts.append(f"分值由 {old.price:f} 变为 {new.price:f}")
    if old.url != new.url:
        parts.append("所指地址变化")
    if bool(old.suppressed) != bool(new.suppressed):
        parts.append("已豁免" if new.suppressed else "豁免不再有效")
    return "，".join(parts)


def _row(sight: _Sight, change: Change, reason: str) -> Difference:
    assessment, finding = sight
    return Difference(
        assessment.rule, assessment.title, assessment.effect, finding.fingerprint, finding.clause,
        finding.problem or assessment.problem, finding.item, finding.location, finding.detail, finding.url,
        finding.certainty, finding.notice, finding.points, finding.first_seen, finding.notified_on,
        finding.suppressed, assessment.outcome is Outcome.FAIL, change, reason, assessment.of_others,
    )  # fmt: skip


def _gone(
    before: SubjectResult | None, after: SubjectResult, new: _Stored, rules: RuleSet, troubles: list[str]
) -> Iterator[Difference]:
    """The findings that only the earlier inspection has, each with what can be said of it."""
    here = _sights(after)
    lost = {mark: sight for mark, sight in _sights(before).items() if mark not in here or _lessened(sight, here[mark])}
    if not lost or before is None:
        return
    if new.scan.kind == "recheck":
        found, otherwise = {g.fingerprint: g for g in after.gone}, _NOT_RECHECKED
    else:
        found, otherwise = _looked_up(lost, after, new, rules, troubles)
    for mark, sight in lost.items():
        answer = found.get(mark)
        yield _row(sight, answer.change, answer.reason) if answer else _row(sight, Change.NOT_SEEN, otherwise)


def _lessened(old: _Sight, new: _Sight) -> bool:
    """Whether only an early warning, by another clause of its rule, is left of what counted."""
    return new[1].notice and not old[1].notice and new[1].clause != old[1].clause


def _looked_up(
    lost: Mapping[str, _Sight], after: SubjectResult, new: _Stored, rules: RuleSet, troubles: list[str]
) -> tuple[dict[str, Gone], str]:
    """What the later inspection's facts say of findings that it does not have, and the reason for all others."""
    facts, context = (subject_file(new.folder, part, after.id) for part in ("facts", "context"))
    if not facts.exists():
        return {}, _PRUNED
    known = [_known(after.id, sight) for sight in lost.values()]
    try:
        return {g.fingerprint: g for g in gone(facts, context, rules, known, after.assessments)}, _NOT_ANSWERED
    except (StoreError, QueryError, sqlite3.Error) as error:
        troubles.append(f"{after.name}（{after.id}）的事实文件无法读取，不再出现的问题不能确认：{error}")
        return {}, _UNREADABLE


def _known(subject: str, sight: _Sight) -> KnownFinding:
    assessment, f = sight
    return KnownFinding(
        subject, f.fingerprint, assessment.rule, f.problem, f.first_seen, f.evidence.seen_at, f.notified_on, "",
        f.clause, f.item, f.location, f.detail, f.url, f.key, f.scope, f.certainty,
    )  # fmt: skip
