"""Hand-made pages and contexts for the tests of parsing and extraction."""

import csv
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.extract import ColumnHint, PageContext, Role
from checker.page import ParsedPage, parse

HOME = "http://www.a.gov.cn/"
TODAY = date(2026, 9, 20)
SHARED = Path(os.environ.get("CHECKER_SHARED", Path(__file__).parents[2] / "shared"))


def page(body: str, url: str = HOME, head: str = "", charset: str = "utf-8") -> ParsedPage:
    html = f"<!DOCTYPE html><html><head><meta charset={charset}>{head}</head><body>{body}</body></html>"
    return parse(url, html.encode(charset))


def context(role: Role, listed_in: str = "", columns: tuple[ColumnHint, ...] = ()) -> PageContext:
    as_of = datetime(2026, 9, 20, 10, tzinfo=timezone(timedelta(hours=8)))
    return PageContext("3400000001", HOME, (), TODAY, as_of, role, listed_in, columns, 1)


def real_pages() -> list[tuple[dict[str, str], bytes]]:
    """Rows of the index of real pages with their bytes; skips the test where the folder is absent."""
    index = SHARED / "real_pages" / "INDEX.tsv"
    if not index.exists():
        pytest.skip(f"no real pages: {index} is absent (CHECKER_SHARED names the folder)")
    with index.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [(row, (SHARED / row["local_copy"]).read_bytes()) for row in rows]
