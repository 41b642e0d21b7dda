"""Newline-delimited JSON: one event a line, described in `docs/schema/event.schema.json`.

`scan-started` comes first, one `subject` as each subject is finished (in whatever order that is), `scan-finished`
last; a stream without `scan-finished` was interrupted. The commands write single events while a scan runs.
"""

from checker.model.results import RuleSetInfo, Scan, SubjectResult
from checker.report.json_report import (
    SCHEMA_VERSION,
    encoded,
    scan_object,
    subject_object,
    summary_object,
    tool_object,
    unit_object,
)


def render(scan: Scan) -> bytes:
    """The whole scan as the events that it would have streamed, subjects in the scan's order."""
    head = started(
        scan_id=scan.id,
        started_at=scan.started_at,
        as_of=scan.as_of,
        tool_version=scan.tool_version,
        rules=scan.rules,
        sites=scan.sites.registered,
        accounts=scan.accounts.registered,
    )
    return b"".join([head, *map(subject, scan.subjects), finished(scan)])


def started(
    *, scan_id: str, started_at: str, as_of: str, tool_version: str, rules: RuleSetInfo, sites: int, accounts: int
) -> bytes:
    """The line that opens a stream; `sites` and `accounts` count the registered subjects of this scan."""
    event = {
        "type": "scan-started",
        "schema_version": SCHEMA_VERSION,
        "tool": tool_object(tool_version, rules),
        "scan": {"id": scan_id, "started_at": started_at, "as_of": as_of},
        "registered": {"sites": sites, "accounts": accounts},
    }
    return encoded(event)


def subject(result: SubjectResult) -> bytes:
    """The line of one finished subject: the object of `subjects` in the JSON result, plus its `type`."""
    return encoded({"type": "subject", **subject_object(result)})


def finished(scan: Scan) -> bytes:
    """The line that closes a stream: the scan, the summary and the units, without the subjects again."""
    event = {
        "type": "scan-finished",
        "scan": scan_object(scan),
        "summary": summary_object(scan),
        "units": [unit_object(u) for u in scan.units],
    }
    return encoded(event)
