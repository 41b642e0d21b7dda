"""Real pages under their own host names, replayed by a local server and scanned: nothing crashes, nothing is invented.

The pages are no part of the project; without the folder of real data this is skipped, and says so.
"""

import csv
import re
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.fleet import run
from checker.loopback import Reply
from checker.model.results import Outcome, Scan
from tests.scanning import html, order, site

AS_OF = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
"""After every date on the pages."""


@dataclass(frozen=True)
class Saved:
    """A saved page: its host, the path it is served under, and what a person read off it."""

    host: str
    path: str
    published: str
    kind: str


@pytest.fixture(scope="module")
def saved(shared: Path) -> list[Saved]:
    index = shared / "real_pages" / "INDEX.tsv"
    if not index.exists():
        pytest.skip(f"{index} is not there")
    with index.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if (shared / r["local_copy"]).is_file()]
    return [
        Saved(
            r["site"],
            f"/content/post_{Path(r['local_copy']).stem.split('_')[0]}.html",
            r["visible_publish_date"],
            r["page_type"],
        )
        for r in rows
    ]


@pytest.fixture(scope="module")
def city(shared: Path, saved: list[Saved]) -> dict[str, dict[str, Reply]]:
    """Each host gets a home page of ours that leads to its saved pages; anything else is missing there."""
    with (shared / "real_pages" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        bodies = [shared / r["local_copy"] for r in csv.DictReader(file, delimiter="\t")]
    hosts: dict[str, dict[str, Reply]] = {}
    for page, path in zip(saved, [b for b in bodies if b.is_file()], strict=True):
        hosts.setdefault(page.host, {})[page.path] = Reply(200, "text/html", path.read_bytes())
    for host, pages in hosts.items():
        entries = "".join(f'<li><a href="{path}">原网页存档{path}</a></li>' for path in pages)
        pages["/"] = html(f"<ul>{entries}</ul>", title=host)
    return hosts


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def scan(city: dict[str, dict[str, Reply]], store: Path) -> Scan:
    with CityServer(hosts=city) as server:
        wanted = order(server, store, [site(host, max_pages=40) for host in city])
        return run(replace(wanted, as_of=AS_OF), lambda _: None)


def facts(store: Path, host: str, sql: str, *values: str) -> list[tuple[object, ...]]:
    path = next(store.glob(f"scans/*/facts/{host.replace('.', '-')}.sqlite"))
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def test_every_saved_page_is_read(scan: Scan, store: Path, saved: list[Saved]) -> None:
    assert [s.problems for s in scan.subjects if s.problems] == []
    unread = [
        page
        for page in saved
        if not facts(
            store, page.host, "SELECT 1 FROM page p JOIN address a ON a.id = p.url WHERE a.url = ?",
            f"http://{page.host}{page.path}",
        )
    ]  # fmt: skip
    assert unread == []


def test_no_mojibake_reaches_a_fact(scan: Scan, store: Path, saved: list[Saved]) -> None:
    for host in {page.host for page in saved}:
        assert facts(store, host, "SELECT title FROM page WHERE instr(title, char(65533))") == []
        assert facts(store, host, "SELECT title FROM list_item WHERE instr(title, char(65533))") == []


def test_the_visible_publish_date_is_a_fact(scan: Scan, store: Path, saved: list[Saved]) -> None:
    """All that a person reads off the articles is read by us."""
    articles = [page for page in saved if page.published and page.kind.startswith("article")]
    sql = (
        "SELECT on_date FROM article_date d JOIN address a ON a.id = d.url "
        "WHERE a.url = ? AND source IN ('label', 'structure')"
    )
    wrong = [
        (page, found)
        for page in articles
        if (page.published,) not in (found := facts(store, page.host, sql, f"http://{page.host}{page.path}"))
    ]
    assert wrong == []


def test_no_site_is_accused_of_what_was_not_read(scan: Scan) -> None:
    """Columns are not registered, most addresses are missing: no veto but that of a home page with old news."""
    accused = {
        a.rule for s in scan.subjects for a in s.assessments if a.outcome is Outcome.FAIL and a.effect in {"veto"}
    }
    assert accused <= {"v3-home-stale"}


NUMBERS = {
    "code": r"网站标识码\s*[:：]?\s*((?:bm|BM)\d{8}|\d{10})(?!\d)",
    "icp": r"ICP\s*(?:备|证)\s*[:：]?\s*(\d{6,10})",
    "police": r"公网安备\s*号?\s*[:：]?\s*(\d{13,14})",
}
"""What identifies a site, as it stands in the words of a page."""


def numbers(body: bytes) -> set[tuple[str, str]]:
    """Kind and digits of every such number in the visible words: no reader of ours has a part in it."""
    text = body.decode("utf-16") if body.startswith(b"\xff\xfe") else body.decode("utf-8", "replace")
    bare = re.sub(r"(?s)<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>|&nbsp;", " ", text)
    return {(kind, m[1].lower()) for kind, pattern in NUMBERS.items() for m in re.finditer(pattern, bare)}


def test_the_numbers_that_stand_on_the_pages_are_read(
    scan: Scan, store: Path, saved: list[Saved], city: dict[str, dict[str, Reply]]
) -> None:
    sql = "SELECT m.kind, m.value FROM mark m JOIN address a ON a.id = m.page WHERE a.url = ?"
    unread = []
    for page in saved:
        rows = facts(store, page.host, sql, f"http://{page.host}{page.path}")
        shown = " ".join(f"{kind}:{str(value).lower()}" for kind, value in rows)
        stand = numbers(city[page.host][page.path].body)
        unread += [(page.host, page.path, *n) for n in sorted(stand) if not re.search(f"{n[0]}:\\D*{n[1]}", shown)]
    assert unread == []
    assert sum(bool(numbers(city[page.host][page.path].body)) for page in saved) >= 50, "the pattern finds nothing"
