"""The annexes of a circular as a workbook: one page per annex, typed columns, nothing that a spreadsheet would run."""

from datetime import UTC, datetime

from checker.config import shanghai
from checker.model.results import Scan
from checker.report._annexes import findings, subjects
from checker.report._annexes.legend import legend
from checker.report._annexes.page import Page
from checker.report._annexes.writer import MOST_ROWS, cell_text, write_book
from checker.report._rows import SCAN_WORDS
from checker.report._wording import moment


def render(scan: Scan, most_rows: int = MOST_ROWS) -> bytes:
    """The scan as an xlsx file; equal scans give equal bytes. `most_rows` is what a worksheet holds."""
    rules = f"{scan.rules.profile} {scan.rules.version}（{scan.rules.sha256[:8]}）"
    cut = "" if scan.complete else "（没有做完）"
    about = f"编号 {scan.id}{cut}　检查时点 {moment(scan.as_of)}　指标 {rules}　checker {scan.tool_version}"
    note = cell_text(about)[:200]
    title = f"政府网站与政务新媒体{SCAN_WORDS.get(scan.kind, '检查')}结果"
    return write_book(pages(scan), title, note, _created(scan), most_rows)


def pages(scan: Scan) -> tuple[Page, ...]:
    """The pages in their order; the first tells how many rows the others have."""
    others = (
        subjects.sites(scan), subjects.accounts(scan), subjects.vetoes(scan), findings.problems(scan),
        findings.rectification(scan), findings.doubts(scan), findings.warnings(scan), findings.merits(scan),
        findings.suppressions(scan), subjects.trend(scan), legend(),
    )  # fmt: skip
    return subjects.overview(scan, others), *others


def _created(scan: Scan) -> datetime:
    """When the scan finished, in UTC; of one that still runs, when it began."""
    for value in (scan.finished_at, scan.started_at, scan.as_of):
        try:
            return shanghai(datetime.fromisoformat(value)).astimezone(UTC).replace(tzinfo=None)
        except ValueError:
            continue
    return datetime(2000, 1, 1)
