"""One finding in the history, and what a scan makes of it: pure, so that any order of recording gives the same.

A scan may be recorded again (people answered since, or a kill came between two steps): then what it said before is
taken back where it no longer says so, and what a newer scan said stays.
"""

from dataclasses import dataclass, replace

from checker.history.trail import CLOSING, Event, Sight, State, What, closed_by, notice_of, standing
from checker.model.results import Change, Finding, Gone


@dataclass(frozen=True, slots=True)
class Remembered:
    """A row of the table `finding`, its columns by name (files.py)."""

    fingerprint: str
    subject: str
    rule: str
    problem: str
    first_seen: str
    last_seen: str
    notified_on: str = ""
    rectified_on: str = ""
    clause: str = ""
    item: str = ""
    location: str = ""
    detail: str = ""
    url: str = ""
    key: str = ""
    scope: str = ""
    certainty: str = ""
    source: str = ""
    state: str = State.OPEN
    notified_in: str = ""
    last_scan: str = ""
    seen_before: str = ""
    scan_before: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the history holds of one finding: its row (None = nothing) and its trail."""

    row: Remembered | None
    trail: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding among the rows of a scan, with the subject and rule that it is of."""

    subject: str
    rule: str
    finding: Finding
    effect: str = ""


_SAID = frozenset({What.WARNED, What.FOUND, What.REOPENED, What.RECTIFIED, What.REMOVED})
_COUNTED = frozenset({What.FOUND, What.IMPORTED, What.NOTIFIED})


def said_by(scan: Sight, event: Event) -> bool:
    """Whether an event is what this scan itself saw; what people did on the strength of a scan is theirs."""
    return event.scan == scan.scan and event.what in _SAID and not event.by


def is_beside(known: Known, seen: Seen, scan: Sight) -> bool:
    """Whether a row is an early warning of what has counted before: that is no sight of the finding itself.

    What this scan itself said of it before does not tell. A circular names no clause: of a veto it names what counts.
    """
    row, found = known.row, seen.finding
    if row is None or not found.notice:
        return False
    other = row.clause != found.clause if row.clause else seen.effect == "veto"
    return other and any(e.what in _COUNTED and not said_by(scan, e) for e in known.trail)


def after_warning(known: Known, scan: Sight) -> Known:
    """What is known once a scan has seen an early warning beside a finding: its trail has the first since it opened."""
    others = tuple(e for e in known.trail if not (e.what == What.WARNED and said_by(scan, e)))
    past = [e for e in others if (e.at, e.scan) <= (scan.at, scan.scan) and e.what in {What.WARNED, *_OPENED}]
    last = max(past, key=lambda e: (e.at, e.scan), default=None)
    if known.row is None or (last is not None and last.what == What.WARNED):
        return replace(known, trail=others)
    return replace(known, trail=(*others, Event(known.row.fingerprint, scan.at, What.WARNED, scan.scan)))


_OPENED = frozenset({What.FOUND, What.IMPORTED, What.REOPENED})


def after_sight(known: Known, seen: Seen, scan: Sight) -> Known:
    """What is known once a scan has seen the finding: newest words, last sight, and whether it was open again.

    What was an early warning only and counts now begins with this scan.
    """
    found = seen.finding
    row = known.row or Remembered(
        found.fingerprint, seen.subject, seen.rule, found.problem, scan.at, scan.at, last_scan=scan.scan
    )
    others = tuple(e for e in known.trail if not said_by(scan, e))
    begins = not found.notice and _only_warned(others)
    again = known.row is not None and not begins and _opens_again(known.row, known.trail, scan, found.change)
    trail = (*others, *([Event(row.fingerprint, scan.at, What.REOPENED, scan.scan)] if again else []))
    what = What.WARNED if found.notice and (not others or _only_warned(others)) else What.FOUND
    trail = _with_first_sight(trail, Event(row.fingerprint, scan.at, what, scan.scan))
    row = _renewed(replace(row, first_seen=scan.at) if begins else row, found, scan)
    if what == What.WARNED:
        row = replace(row, first_seen=min(e.at for e in trail if e.what == What.WARNED))
    return _settled(row, trail)


def _only_warned(trail: tuple[Event, ...]) -> bool:
    """Whether a finding was never more than an early warning."""
    what = {e.what for e in trail}
    return What.WARNED in what and not what & {What.FOUND, What.IMPORTED}


def _with_first_sight(trail: tuple[Event, ...], first: Event) -> tuple[Event, ...]:
    """There is one first sight; an older scan that is recorded late takes its place."""
    if any(e.what == first.what and e.at <= first.at for e in trail):
        return trail
    return (*(e for e in trail if e.what != first.what), first)


def _opens_again(row: Remembered, trail: tuple[Event, ...], scan: Sight, change: Change) -> bool:
    """Whether this scan saw again what had been closed before it."""
    if (scan.at, scan.scan) < (row.last_seen, row.last_scan):  # others have seen it since: as it was said then
        return any(e.what == What.REOPENED and said_by(scan, e) for e in trail)
    others = tuple(e for e in trail if not said_by(scan, e))
    if change is Change.REOPENED and closed_by(others):
        return True
    others = tuple(e for e in others if _precedes(e, scan))
    return standing(_sight_before(row, scan), others)[0] is not State.OPEN


def _precedes(event: Event, scan: Sight) -> bool:
    day = "T" not in event.at
    return event.at < scan.at[:10] if day else (event.at, event.scan) < (scan.at, scan.scan)


def _sight_before(row: Remembered, scan: Sight) -> Sight:
    """The last sight without this scan."""
    return (
        Sight(row.seen_before, row.scan_before) if row.last_scan == scan.scan else Sight(row.last_seen, row.last_scan)
    )


def _renewed(row: Remembered, found: Finding, scan: Sight) -> Remembered:
    first = min(row.first_seen, scan.at)
    mine, last = (scan.at, scan.scan), (row.last_seen, row.last_scan)
    if mine < last:
        between = mine > (row.seen_before, row.scan_before)
        row = replace(row, seen_before=scan.at, scan_before=scan.scan) if between else row
        return replace(row, first_seen=first)
    adopted = row.last_scan in {"", scan.scan} and row.last_seen == scan.at  # the very sight that is known already
    before = (row.seen_before, row.scan_before) if adopted else last
    return replace(
        row, problem=found.problem, first_seen=first, last_seen=scan.at, clause=found.clause, item=found.item,
        location=found.location, detail=found.detail, url=found.url, key=found.key, scope=found.scope,
        certainty=found.certainty, last_scan=scan.scan, seen_before=before[0], scan_before=before[1],
    )  # fmt: skip


def after_absence(known: Known, gone: Gone | None, judged: bool, scan: Sight) -> Known:
    """What is known once a scan has been recorded whose rows do not hold the finding.

    `gone` is what the scan says of it, if anything; `judged` whether its rule came to a result. Row None = it was only
    ever claimed by this scan, which no longer says so.
    """
    if known.row is None or not (judged or gone):
        return known
    others = tuple(e for e in known.trail if not said_by(scan, e))
    mine = tuple(e for e in known.trail if said_by(scan, e))
    row = known.row
    if row.last_scan == scan.scan:
        before = Sight(row.seen_before, row.scan_before)
        if not before.at and gone is None:
            return known if others or row.notified_on or row.source else Known(None)
        before = before if before.at else Sight(gone.last_seen if gone else "")
        row = replace(row, last_seen=before.at, last_scan=before.scan, seen_before="", scan_before="")
    first = tuple(e for e in mine if e.what == What.FOUND and not any(o.what == What.FOUND for o in others))
    first = first or tuple(e for e in mine if e.what == What.WARNED and not any(o.what in _FIRST for o in others))
    return _settled(row, (*others, *first, *_ending(row, (*others, *first), gone, scan, mine)))


_FIRST = frozenset({What.WARNED, What.FOUND, What.IMPORTED})
_ENDS = {Change.RECTIFIED: What.RECTIFIED, Change.REMOVED: What.REMOVED}


def _ending(
    row: Remembered, others: tuple[Event, ...], gone: Gone | None, scan: Sight, mine: tuple[Event, ...]
) -> tuple[Event, ...]:
    """The event of this scan that closes a finding, none where it is closed like that already."""
    what = _ENDS.get(gone.change) if gone else None
    if gone is None or what is None:
        return ()
    said = any(e.what == what for e in mine)
    if not said and standing(Sight(row.last_seen, row.last_scan), others)[0] == CLOSING[what]:
        return ()
    return (Event(row.fingerprint, scan.at, what, scan.scan, gone.reason),)


def _settled(row: Remembered, trail: tuple[Event, ...]) -> Known:
    state, rectified_on = standing(Sight(row.last_seen, row.last_scan), trail)
    on, document = notice_of(trail) or (row.notified_on, row.notified_in)
    return Known(replace(row, state=state, rectified_on=rectified_on, notified_on=on, notified_in=document), trail)
