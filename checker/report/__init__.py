"""Reports: one file per format, each a pure `render(scan) -> bytes`; only the commands write files or print.

To add a format: write `checker/report/NAME.py` with a `render`, add it to `FORMATS`, add a golden file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from checker.model.results import Scan
from checker.report import json_report, ndjson, text
from checker.report._evidence import render_evidence
from checker.report._page import render_page


@dataclass(frozen=True, slots=True)
class Format:
    """A report format: its name on the command line, the suffix of its files, and what renders it."""

    name: str
    suffix: str
    render: Callable[[Scan], bytes]


FORMATS: tuple[Format, ...] = (
    Format("text", ".txt", text.render),
    Format("json", ".json", json_report.render),
    Format("ndjson", ".ndjson", ndjson.render),
)
"""Every format, the default first. A file of this folder that is missing here fails a test."""

__all__ = ["FORMATS", "Format", "render_evidence", "render_page"]
