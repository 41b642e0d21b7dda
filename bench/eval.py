"""How exact the page readers are on real pages, against what a person reads off them; prints numbers.

The pages and their INDEX.tsv are not part of the project: CHECKER_SHARED or ../shared names their folder.
"""

import csv
import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from checker.extract import EXTRACTORS, PageContext, Role
from checker.model.facts import ArticleDate
from checker.page import parse

ROOT = Path(__file__).resolve().parent.parent
LISTS = {"list": "column", "column page": "column", "home": "home"}
SHOWN = ("label", "structure")
"""Sources that a person sees; what only meta tags or the address say is not shown."""
RUNS = 5


@dataclass(frozen=True, slots=True)
class RealPage:
    """One saved page and the dates a person reads off it ('' = none is shown)."""

    url: str
    role: Role
    body: bytes
    published: str
    newest: str


def real_pages(folder: Path) -> Iterator[RealPage]:
    """Every page of INDEX.tsv."""
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            kind = next((role for words, role in LISTS.items() if row["page_type"].startswith(words)), "article")
            role: Role = "home" if kind == "home" else "column" if kind == "column" else "article"
            body = (folder.parent / row["local_copy"]).read_bytes()
            url = f"http://{row['site']}/{row['path']}"
            yield RealPage(url, role, body, row["visible_publish_date"], row["newest_item_date"])


def dates(page: RealPage) -> list[ArticleDate]:
    """Every date that the extractors read off a page, in the order of their trust."""
    parsed = parse(page.url, page.body)
    as_of = datetime(2026, 11, 22, tzinfo=UTC)
    context = PageContext("eval", f"http://{page.url.split('/')[2]}/", (), as_of.date(), as_of, page.role, page.url)
    rows = [row for e in EXTRACTORS for row in e.run(parsed, context).rows if isinstance(row, ArticleDate)]
    return sorted(rows, key=lambda r: -r.confidence)


def report(name: str, pairs: list[tuple[str, str, str]]) -> None:
    """One line of accuracy, and one for each page that was read differently."""
    right = sum(wanted == got for _, wanted, got in pairs)
    share = f"{right / len(pairs):.1%}" if pairs else "-"
    print(f"{name:<28} {right:>3} of {len(pairs):<3} {share}")
    for url, wanted, got in pairs:
        if wanted != got:
            print(f"    {url}: a person reads {wanted or 'no date'}, we read {got or 'no date'}")


def main() -> int:
    """Print accuracy of publish dates and of the newest entry of lists, and the speed of reading."""
    folder = Path(os.environ.get("CHECKER_SHARED") or ROOT.parent / "shared") / "real_pages"
    if not folder.is_dir():
        print(f"{folder} is not there; name the folder of real data with CHECKER_SHARED")
        return 0
    known = list(real_pages(folder))
    published, newest, runs = [], [], []
    for page in known:
        found = dates(page)
        if page.role == "article":
            shown = next((d.on_date for d in found if d.source in SHOWN and d.url == page.url), "")
            published.append((page.url, page.published, shown))
        else:
            listed = max((d.on_date for d in found if d.source == "list"), default="")
            newest.append((page.url, page.newest, listed))
    report("publish date as shown", published)
    report("newest entry of lists", newest)
    for _ in range(RUNS):
        start = time.perf_counter()
        for page in known:
            dates(page)
        runs.append(len(known) / (time.perf_counter() - start))
    print(f"{'pages read and extracted':<28} {statistics.median(runs):.0f} pages/s (median of {RUNS})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
