"""Finished scans: their results, what became of every finding, and the entries of lists that they saw."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, fields
from pathlib import Path

from checker.history.articles import record_articles
from checker.history.files import HISTORY, opened
from checker.history.remembered import (
    Known,
    Remembered,
    Seen,
    after_absence,
    after_sight,
    after_warning,
    is_beside,
    said_by,
)
from checker.history.trail import Event, Sight
from checker.model.results import Outcome, Scan, SubjectResult

UNKNOWN_PAGES = -1
"""Stands for the number of pages of a subject that was not read to its end: it says nothing of the next scan."""

NOT_NOTED = -1
"""Stands for the number of entries of lists of a subject whose entries were not noted."""


def record_scan(
    store: Path, scan: Scan, cut_short: Collection[str] = (), partial: bool = False,
    entries: Mapping[str, Collection[str]] | None = None,
) -> None:  # fmt: skip
    """Remember a finished scan in the store, all of it or nothing; raises StoreError.

    `cut_short` are the subjects that were not read to their end; `partial` says that it was of some subjects only;
    `entries` are the addresses of the entries of all lists, by subject, without those whose lists cannot be told.
    Recording the same scan again changes nothing, unless it was judged anew; then what it no longer says is taken back.
    Whatever a newer scan said stays.
    """
    noted = entries or {}
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        db.execute("BEGIN IMMEDIATE")
        info = (scan.id, scan.as_of, scan.started_at, scan.finished_at, scan.rules.profile, scan.rules.sha256,
                scan.kind, scan.based_on, int(partial), int(scan.complete))  # fmt: skip
        _put(db, "scan", "id as_of started_at finished_at profile rules_sha256 kind based_on partial complete", info)
        for subject in scan.subjects:
            pages = UNKNOWN_PAGES if subject.id in cut_short else subject.statistics.get("pages", 0)
            _put(db, "result", _RESULT, (*_result(scan.id, subject, noted.get(subject.id)), pages))
            _record_findings(db, subject, Sight(scan.as_of, scan.id), scan.kind == "recheck")
            record_articles(db, subject.id, noted.get(subject.id, ()), scan.as_of)


_RESULT = "scan subject kind verdict total grade part2 unit articles pages"


def _result(scan: str, subject: SubjectResult, entries: Collection[str] | None) -> tuple[str | int, ...]:
    total, part2 = ("" if points is None else str(points) for points in (subject.score.total, subject.score.part2))
    articles = NOT_NOTED if entries is None else len(entries)
    return (scan, subject.id, subject.kind, subject.verdict or "", total, subject.grade or "", part2, subject.unit,
            articles)  # fmt: skip


def _put(db: sqlite3.Connection, table: str, columns: str, values: tuple[str | int, ...]) -> None:
    names = ", ".join(columns.split())
    db.execute(f"INSERT OR REPLACE INTO {table}({names}) VALUES ({', '.join('?' * len(values))})", values)


def _record_findings(db: sqlite3.Connection, subject: SubjectResult, scan: Sight, recheck: bool) -> None:
    """A recheck carries the old rows on; a sight are only those that it looked at again.

    An early warning of what has counted before is no sight of that: its trail has the warning, its state is its own.
    """
    known = _known(db, subject.id)
    rows = (s for s in _seen(subject) if not recheck or s.finding.rechecked == "notRectified")
    seen = {s.finding.fingerprint: s for s in rows}
    beside = {mark for mark, s in seen.items() if mark in known and is_beside(known[mark], s, scan)}
    gone = {g.fingerprint: g for g in subject.gone}
    judged = {a.rule for a in subject.assessments if a.outcome not in {Outcome.OPEN, Outcome.NOT_APPLICABLE}}
    for mark, was in (dict.fromkeys(seen, Known(None)) | known).items():
        if mark in seen and mark not in beside:
            now = after_sight(was, seen[mark], scan)
        elif mark in gone or _claims(was, scan):
            now = after_absence(was, gone.get(mark), was.row is not None and was.row.rule in judged, scan)
        elif mark not in beside:
            continue
        else:
            now = was
        now = after_warning(now, scan) if mark in beside else now
        if now.row != was.row:
            _keep_row(db, mark, now)
        if now.trail != was.trail:
            _keep_trail(db, mark, now)


def _seen(subject: SubjectResult) -> Iterator[Seen]:
    """Findings of a scan that are a sight; of the same identity the last counts: no warning, and a certain one."""
    rows = [Seen(subject.id, a.rule, f, a.effect) for a in subject.assessments for f in a.findings]
    sights = (s for s in rows if s.finding.certainty != "unknown")
    yield from sorted(sights, key=lambda s: (not s.finding.notice, s.finding.certainty == "certain"))


def _claims(known: Known, scan: Sight) -> bool:
    """Whether anything that is known of a finding comes from this scan."""
    return known.row is not None and (known.row.last_scan == scan.scan or any(said_by(scan, e) for e in known.trail))


_ROW = " ".join(f.name for f in fields(Remembered))


def _known(db: sqlite3.Connection, subject: str) -> dict[str, Known]:
    trails: dict[str, list[Event]] = defaultdict(list)
    sql = "SELECT e.fingerprint, at, scan, what, note, by FROM event e JOIN finding f USING (fingerprint)"
    for mark, at, made_by, what, note, by in db.execute(f"{sql} WHERE f.subject = ? ORDER BY e.rowid", (subject,)):
        trails[mark].append(Event(mark, at, what, made_by, note, by))
    rows = db.execute(f"SELECT {_ROW.replace(' ', ', ')} FROM finding WHERE subject = ?", (subject,))
    return {row[0]: Known(Remembered(*row), tuple(trails[row[0]])) for row in rows}


def _keep_row(db: sqlite3.Connection, mark: str, now: Known) -> None:
    if now.row is None:
        db.execute("DELETE FROM finding WHERE fingerprint = ?", (mark,))
    else:
        _put(db, "finding", _ROW, tuple(getattr(now.row, name) for name in _ROW.split()))


def _keep_trail(db: sqlite3.Connection, mark: str, now: Known) -> None:
    db.execute("DELETE FROM event WHERE fingerprint = ?", (mark,))
    for event in now.trail:
        _put(db, "event", "fingerprint at what scan note by", astuple(event))


def pages_before(store: Path) -> dict[str, int]:
    """Pages of each subject in the latest scan that read it to its end; nothing where there was none."""
    if not (store / "history.sqlite").exists():
        return {}
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        sql = "SELECT r.subject, r.pages FROM result r JOIN scan s ON s.id = r.scan WHERE r.pages >= 0"
        return dict(db.execute(f"{sql} AND s.kind = 'scan' ORDER BY s.finished_at").fetchall())
