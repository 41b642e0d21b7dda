"""Rows → findings: identity over scans, points within the cap, what is known of them from before, their evidence."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from checker.evaluate.outcome import NOTHING, RANK, Row
from checker.facts.query import FactsReader
from checker.model.context import KnownFinding
from checker.model.results import Change, Evidence, Finding
from checker.model.rules import Rule

_KNOWN = f"SELECT {', '.join(f.name for f in fields(KnownFinding))} FROM known_finding"
_SEEN = """
SELECT f.seen_at, f.sha256 FROM address a JOIN fetch f ON f.url = a.id WHERE a.url = :url
ORDER BY f.outcome <> 'ok', f.seen_at DESC LIMIT 1
"""


def fingerprint(rule: str, subject: str, key: str) -> str:
    """Identity of a finding over scans: rule, subject and key; never text, never points."""
    return hashlib.sha256(f"{rule}\0{subject}\0{key}".encode()).hexdigest()[:20]


def known_findings(facts: FactsReader) -> list[KnownFinding]:
    """What history knows of the subject, rectified findings too."""
    return [KnownFinding(**row) for row in facts.ask(_KNOWN)]


@dataclass(frozen=True, slots=True)
class Findings:
    """Makes the findings of one subject; `known` are those of before by fingerprint."""

    facts: FactsReader
    subject: str
    as_of: str
    known: Mapping[str, KnownFinding]

    def of(self, rule: Rule, rows: list[Row]) -> tuple[Finding, ...]:
        """Every row as a finding; the points of an item stand on its first row, within the cap in order."""
        left = rule.effect.cap
        sign = -1 if rule.effect.kind == "deduct" else 1
        paid: set[tuple[str, str]] = set()
        found = []
        for row in sorted(rows, key=lambda r: RANK[r.certainty]):
            clause = rule.clauses[row.clause]
            price = NOTHING if clause.notice else clause.points
            points = NOTHING
            if row.certainty == "certain" and not row.suppressed and (row.clause, row.item) not in paid:
                points = min(left, price)
                left -= points
                paid.add((row.clause, row.item))
            found.append(self._finding(rule, row, sign * points + 0, sign * price + 0))
        return tuple(found)

    def _finding(self, rule: Rule, row: Row, points: Decimal, price: Decimal) -> Finding:
        clause = rule.clauses[row.clause]
        mark = fingerprint(rule.id, self.subject, row.key)
        before = self.known.get(mark)
        seen_at, sha256 = self._seen(row)
        return Finding(
            mark, row.clause, clause.problem, row.item, row.location, row.detail, row.url, row.certainty, points,
            Evidence(seen_at, row.quote, None, sha256 or None), clause.notice, change_of(rule, before, row),
            before.first_seen if before and not _turned(rule, before, row) else self.as_of, row.suppressed or None,
            row.key, row.scope, price, _notified(rule, before, row),
        )  # fmt: skip

    def _seen(self, row: Row) -> tuple[str, str]:
        for url in (row.location, row.url):
            found = self.facts.ask(_SEEN, {"url": url})
            if found:
                return str(found[0]["seen_at"]), str(found[0]["sha256"])
        return self.as_of, ""


def counted(rule: Rule, clause: str) -> bool:
    """Whether a known finding of this clause is more than an early warning; a warning today is no sight of it then.

    A circular names no clause: of a veto it names what counts, of other rules nobody knows which.
    """
    known = rule.clauses.get(clause)
    return rule.effect.kind == "veto" if known is None else not known.notice


def warned(rule: Rule, clause: str) -> bool:
    """Whether a known finding of this clause is an early warning and nothing more."""
    return clause in rule.clauses and rule.clauses[clause].notice


def _turned(rule: Rule, before: KnownFinding, row: Row) -> bool:
    """Whether what was only a warning has come true, or what counted has become a mere warning: then it is another."""
    if row.certainty == "unknown":
        return False
    notice = rule.clauses[row.clause].notice
    return counted(rule, before.clause) if notice else warned(rule, before.clause)


def change_of(rule: Rule, before: KnownFinding | None, row: Row) -> Change:
    """What became of a finding that is there; the wording of its detail never tells, it counts days.

    A row that could not be decided is no sight of a finding: it neither reopens nor changes one. What was known only as
    an early warning is new when it counts; where what counted is no more than a warning now, the warning is new.
    """
    if before is None or _turned(rule, before, row):
        return Change.NEW
    if row.certainty == "unknown":
        return Change.UNCHANGED
    if before.rectified_on:
        return Change.REOPENED
    pairs = ((before.clause, row.clause), (before.url, row.url), (before.certainty, row.certainty))
    return Change.UPDATED if any(old and old != new for old, new in pairs) else Change.UNCHANGED


def _notified(rule: Rule, before: KnownFinding | None, row: Row) -> str:
    """The day on which it was notified and from which it has not been rectified since; a warning is not what was."""
    if before is None or (before.rectified_on and before.rectified_on >= before.notified_on):
        return ""
    if rule.clauses[row.clause].notice and counted(rule, before.clause):
        return ""
    return before.notified_on
