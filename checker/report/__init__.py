"""Reports: one file or folder per format, each a pure `render(scan) -> bytes`; only the commands write files or print.

To add a format: write `checker/report/NAME.py` with a `render`, add it to `FORMATS`, add a golden file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from checker.model.results import Scan
from checker.report import csv_report, html, json_report, junit, markdown, ndjson, sarif, text, xlsx
from checker.report._evidence import render_evidence
from checker.report._page import render_page


@dataclass(frozen=True, slots=True)
class Format:
    """A report format: its name on the command line, the suffix of its files, and what renders it.

    A `binary` one is no text and never goes to a terminal.
    """

    name: str
    suffix: str
    render: Callable[[Scan], bytes]
    binary: bool = False


FORMATS: tuple[Format, ...] = (
    Format("text", ".txt", text.render),
    Format("json", ".json", json_report.render),
    Format("ndjson", ".ndjson", ndjson.render),
    Format("sarif", ".sarif", sarif.render),
    Format("csv", ".csv", csv_report.render),
    Format("xlsx", ".xlsx", xlsx.render, binary=True),
    Format("junit", ".xml", junit.render),
    Format("markdown", ".md", markdown.render),
    Format("html", ".html", html.render),
)
"""Every format, the default first. A file of this folder that is missing here fails a test."""

__all__ = ["FORMATS", "Format", "render_evidence", "render_page"]
