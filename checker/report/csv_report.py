"""One row per finding as CSV, for Excel on a Chinese Windows and for scripts that want no JSON.

RFC 4180 with CRLF, UTF-8 with a byte order mark. The headings are the machine names of `scan.sqlite` (tables
`finding`, `gone`, `subject`, `assessment`), stable within a major version: columns are only added at the end. Texts
are on one line; one that a spreadsheet would take for a formula gets a leading ' (OWASP, CSV injection). JSON has them
unchanged.
"""

import csv
import io
from collections.abc import Iterator

from checker.model.results import Assessment, Change, Finding, Gone, Scan, SubjectResult
from checker.report._lines import plain
from checker.report._rows import NO_XML, Row, known_rule, rows_of, without_row
from checker.report.json_report import number

COLUMNS = (
    "subject", "kind", "name", "unit", "group_name", "organizer", "status", "verdict", "rule", "title", "effect",
    "outcome", "fingerprint", "clause", "problem", "item", "location", "detail", "url", "certainty", "points", "price",
    "notice", "change", "first_seen", "last_seen", "notified_on", "suppressed", "baseline", "reason", "seen_at",
    "quote", "archive", "sha256", "key", "scope", "rechecked", "of_others",
)  # fmt: skip
"""`reason`: why a finding that is gone (`change`: rectified, notSeen, removed) is taken so; it has no outcome.
`rechecked`: the answer of a recheck (rectified, notRectified, unknown), '' for what it did not look at again.
`of_others`: 1 if it only speaks of findings notified before, which have rows of their own."""

_LONGEST = 32_000
_STARTS = frozenset("=+-@\t\r＝＋－＠")
_MARK = b"\xef\xbb\xbf"


def render(scan: Scan) -> bytes:
    """Every finding of the scan, suppressed ones too, and after those of a subject the ones that are gone from it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for subject in scan.subjects:
        for row in (*_present(subject), *_gone(subject, scan.kind == "recheck")):
            writer.writerow([_cell(row.get(name, "")) for name in COLUMNS])
    return _MARK + out.getvalue().encode()


_Cells = dict[str, str | int | float]


def _present(subject: SubjectResult) -> Iterator[_Cells]:
    gone = {(g.rule, g.fingerprint): g for g in subject.gone}
    for row in rows_of(subject):
        f = row.finding
        same = gone.get(row.mark) if f.rechecked or f.certainty == "unknown" else None
        became: _Cells = {"reason": same.reason} if same else {}
        became |= {"change": same.change} if same and not f.rechecked else {}
        yield _who(subject) | _rule(row.assessment) | _finding(row) | became


def _who(subject: SubjectResult) -> _Cells:
    return {
        "subject": subject.id, "kind": subject.kind, "name": subject.name, "unit": subject.unit,
        "group_name": subject.group, "organizer": subject.organizer, "status": subject.status,
        "verdict": subject.verdict or "",
    }  # fmt: skip


def _rule(assessment: Assessment) -> _Cells:
    return {
        "rule": assessment.rule, "title": assessment.title, "effect": assessment.effect,
        "outcome": assessment.outcome.value, "of_others": int(assessment.of_others),
    }  # fmt: skip


def _finding(row: Row) -> _Cells:
    f = row.finding
    return {
        "fingerprint": f.fingerprint, "clause": f.clause, "problem": row.problem, "item": f.item,
        "location": f.location, "detail": f.detail, "url": f.url, "certainty": f.certainty,
        "points": number(f.points), "price": number(f.price), "notice": int(f.notice), "change": _change(f),
        "first_seen": f.first_seen, "last_seen": f.evidence.seen_at if f.certainty != "unknown" else "",
        "notified_on": f.notified_on, "suppressed": f.suppressed or "", "baseline": f.baseline or "",
        "seen_at": f.evidence.seen_at, "quote": f.evidence.quote, "archive": f.evidence.archive or "",
        "sha256": f.evidence.sha256 or "", "key": f.key, "scope": f.scope, "rechecked": f.rechecked,
    }  # fmt: skip


def _change(finding: Finding) -> str:
    """What became of it; nothing of a row that nobody could look at: it is not new, it was not seen."""
    return "" if finding.certainty == "unknown" and not finding.rechecked else finding.change


def _gone(subject: SubjectResult, recheck: bool) -> Iterator[_Cells]:
    """Those that are gone; what could not be looked at again, and is among the rows for that, stands there."""
    here = [(row.assessment.rule, row.finding) for row in rows_of(subject)]
    for gone in without_row(subject.gone, here):
        rule = known_rule(subject, gone.rule)
        about: _Cells = {"title": rule.title, "effect": rule.effect, "of_others": int(rule.of_others)} if rule else {}
        answer = ("rectified" if gone.change == Change.RECTIFIED else "unknown") if recheck else ""
        yield _who(subject) | about | _gone_finding(gone) | {"rechecked": answer}


def _gone_finding(gone: Gone) -> _Cells:
    return {
        "rule": gone.rule, "fingerprint": gone.fingerprint, "clause": gone.clause, "problem": gone.problem,
        "item": gone.item, "location": gone.location, "detail": gone.detail, "url": gone.url,
        "certainty": gone.certainty, "points": 0, "price": 0, "notice": 0, "change": gone.change,
        "first_seen": gone.first_seen, "last_seen": gone.last_seen, "notified_on": gone.notified_on,
        "reason": gone.reason,
    }  # fmt: skip


def _cell(value: str | int | float) -> str | int | float:
    """A number as it is; a text on one line, which no spreadsheet takes for a formula."""
    return safe_cell(value) if isinstance(value, str) else value


def safe_cell(value: str) -> str:
    """Text of pages on one line, which no spreadsheet takes for a formula."""
    shown = NO_XML.sub("", plain(value, _LONGEST))
    return f"'{shown}" if shown[:1] in _STARTS else shown
