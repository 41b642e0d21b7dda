"""A scan asks for a page again only if it has changed; what comes of it is the same as if it had read all anew."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.demo import CityServer
from checker.fetch import Fetched, Remembered
from checker.fetch.archive.pages import EarlierPages, drop_outdated
from checker.fleet import Order, run
from checker.loopback import Reply
from checker.model.results import Scan
from checker.report._wording import figures_read
from tests.fetching import quick_fetcher
from tests.fetching import run as fetched
from tests.scanning import AS_OF, html, order, site

HOST = "www.one.example"
NEWS = "".join(
    f'<li><a href="/n{n}.html">关于第{n}号工作的通知</a><span>2021-11-0{n + 1}</span></li>' for n in range(5)
)
DEAD = '<a href="/gone.html">旧专题</a>'
Pages = dict[str, Reply]


def tagged(reply: Reply, **more: str) -> Reply:
    """A page with a validator, as a server of static files gives it."""
    mark = ("ETag", f'"{sha256(reply.body).hexdigest()[:16]}"')
    return replace(reply, headers=(mark, *((n.replace("_", "-"), v) for n, v in more.items())))


def city(**changed: Reply) -> dict[str, Pages]:
    pages = {
        "/": html(f"<nav><a href='/news/'>工作动态</a>{DEAD}</nav><ul>{NEWS}</ul>"),
        "/news/": html(f"<ul>{NEWS}</ul>"),
    }
    pages |= {f"/n{n}.html": html(f"<h1>关于第{n}号工作的通知</h1><p>发布日期：2021-11-0{n + 1}</p>") for n in range(5)}
    return {HOST: {path: tagged(reply) for path, reply in pages.items()} | changed}


def ordered(server: CityServer, store: Path, **more: Any) -> Order:
    return order(server, store, [site(HOST)], **more)


def scanned(server: CityServer, store: Path, **more: Any) -> Scan:
    return run(ordered(server, store, **more), lambda _: None)


def facts(store: Path, scan: Scan) -> dict[str, list[tuple[Any, ...]]]:
    """All facts of the only subject, addresses as text, but when and how they were fetched and what history adds."""
    path = store / "scans" / scan.id / "facts" / f"{scan.subjects[0].id}.sqlite"
    db = sqlite3.connect(path)
    try:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: sorted(_rows(db, name), key=str) for name in tables}
    finally:
        db.close()


def _rows(db: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    moments = {"seen_at", "checked_at", "confirmed_at", "elapsed_ms", "unchanged", "same_body", "as_of"}
    wanted = "WHERE fact <> 'seen_article'" if table == "gather_log" else ""
    found = db.execute(f"SELECT * FROM {table} {wanted}")
    names = [column[0] for column in found.description]
    return [tuple(v for name, v in zip(names, row, strict=True) if name not in moments) for row in found]


def findings(scan: Scan) -> list[Any]:
    return [(a.rule, a.outcome, [(f.fingerprint, f.detail, f.evidence.sha256) for f in a.findings])
            for a in scan.subjects[0].assessments]  # fmt: skip


def savings(scan: Scan) -> tuple[int, int, bool, bool]:
    """Pages not modified, pages that came anew and were the same, whether bodies came, whether bodies were spared."""
    told = scan.subjects[0].statistics
    return told["not_modified"], told["same_body"], told["bytes"] > 0, told["bytes_saved"] > 0


def test_an_unchanged_site_costs_304s_and_gives_the_same_facts_and_findings(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        first = scanned(server, tmp_path)
        second = scanned(server, tmp_path)
        anew = scanned(server, tmp_path, fresh=True)
    assert (savings(first), savings(second), savings(anew)) == (
        (0, 0, True, False), (7, 0, True, True), (0, 7, True, False),
    )  # fmt: skip
    assert findings(second) == findings(first) == findings(anew)
    assert facts(tmp_path, second) == facts(tmp_path, first) == facts(tmp_path, anew)
    spared = second.subjects[0].statistics
    assert spared["bytes"] + spared["bytes_saved"] == first.subjects[0].statistics["bytes"]


def test_a_changed_page_is_read_anew(tmp_path: Path) -> None:
    pages = city()
    with CityServer(hosts=pages) as server:
        scanned(server, tmp_path)
        pages[HOST]["/news/"] = tagged(html(f'<ul><li><a href="/n9.html">新的通知</a>2021-11-08</li>{NEWS}</ul>'))
        scan = scanned(server, tmp_path)
    items = [row for row in facts(tmp_path, scan)["list_item"] if "新的通知" in row]
    assert (savings(scan)[0], len(items)) == (6, 1)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"ETag": '"a"', "Cache-Control": "private, no-store"}, 0),
        ({"ETag": '"a"', "Cache-Control": "max-age=0, no-cache"}, 1),
    ],
    ids=["no validators", "may not be stored", "may be stored"],
)
def test_only_what_may_be_kept_is_asked_for_conditionally(
    tmp_path: Path, headers: Mapping[str, str], expected: int
) -> None:
    home = replace(html("<p>欢迎访问本网站</p>"), headers=tuple(headers.items()))
    with CityServer(hosts={HOST: {"/": home}}) as server:
        scanned(server, tmp_path)
        scan = scanned(server, tmp_path)
    assert savings(scan)[:2] == (expected, 1 - expected)


def test_what_a_redirect_led_to_is_not_compared(tmp_path: Path) -> None:
    pages = {
        "/": Reply(302, "text/html", b"", (("Location", "/index.html"),)),
        "/index.html": tagged(html("<p>首页</p>")),
    }
    with CityServer(hosts={HOST: pages}) as server:
        scanned(server, tmp_path)
        scan = scanned(server, tmp_path)
    assert savings(scan)[0] == 0


def kept(store: Path) -> list[str]:
    db = sqlite3.connect(store / "pages" / "www-one-example.sqlite")
    try:
        return [
            path for (path,) in db.execute("SELECT replace(url, 'http://www.one.example', '') FROM page ORDER BY url")
        ]
    finally:
        db.close()


def test_what_is_gone_from_the_site_is_not_kept_any_longer(tmp_path: Path) -> None:
    pages = city()
    with CityServer(hosts=pages) as server:
        scanned(server, tmp_path)
        before = kept(tmp_path)
        pages[HOST]["/"] = pages[HOST]["/news/"] = tagged(html("<p>改版中</p>"))
        scanned(server, tmp_path)
    assert (len(before), kept(tmp_path)) == (7, ["/"])


def test_a_site_that_was_down_keeps_its_pages_for_the_next_scan(tmp_path: Path) -> None:
    pages = city()
    with CityServer(hosts=pages) as server:
        scanned(server, tmp_path)
        before = kept(tmp_path)
        home = pages[HOST].pop("/")
        pages[HOST]["/"] = Reply(503, "text/html", b"busy")
        scanned(server, tmp_path)
        pages[HOST]["/"] = home
        scan = scanned(server, tmp_path)
    assert kept(tmp_path) == before
    assert savings(scan)[0] == 6


def test_the_copy_of_another_place_is_not_compared_with(tmp_path: Path) -> None:
    for _ in range(2):
        with CityServer(hosts=city()) as server:
            scan = scanned(server, tmp_path)
    assert savings(scan) == (0, 0, True, False)


def test_a_body_is_believed_for_thirty_days(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        first = ordered(server, tmp_path)
        run(first, lambda _: None)
        within = run(replace(first, as_of=first.as_of + timedelta(days=29)), lambda _: None)
        beyond = run(replace(first, as_of=first.as_of + timedelta(days=31)), lambda _: None)
    assert (savings(within)[0], savings(beyond)[0]) == (7, 0)


@pytest.fixture(scope="module")
def pages_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a scan keeps of one page for the next."""
    folder = tmp_path_factory.mktemp("kept")
    with CityServer(hosts={HOST: {"/": tagged(html("<p>欢迎访问本网站</p>"))}}) as server:
        scanned(server, folder)
        return Path(shutil.copy(folder / "pages" / "www-one-example.sqlite", folder / server.connect_to))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"this is no database"),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:3000]),
    "another body": lambda path: _execute(path, "UPDATE page SET data = x'789c030000000001'"),
    "no body": lambda path: _execute(path, "UPDATE page SET data = x'00'"),
    "no headers": lambda path: _execute(path, "UPDATE page SET headers = '{'"),
    "no moment": lambda path: _execute(path, "UPDATE page SET received_at = 'yesterday'"),
    "no table": lambda path: _execute(path, "DROP TABLE page"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_thrown_away(pages_file: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    via = ":0:127.0.0.1:" + pages_file.name.rpartition(":")[2]
    path = Path(shutil.copy(pages_file, tmp_path / "pages.sqlite"))
    whole = EarlierPages(path, via)
    assert whole.recall(f"http://{HOST}/", AS_OF) is not None
    whole.close()
    damage(path)
    damaged = EarlierPages(path, via)
    assert (damaged.recall(f"http://{HOST}/", AS_OF), path.exists(), list(damaged.rows())) == (None, False, [])


def test_a_damaged_file_is_no_error_of_the_scan(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        first = scanned(server, tmp_path)
        DAMAGES["cut"](tmp_path / "pages" / "www-one-example.sqlite")
        second = scanned(server, tmp_path)
        third = scanned(server, tmp_path)
    assert (second.subjects[0].problems, savings(second)[0], savings(third)[0]) == ((), 0, 7)
    assert findings(second) == findings(first)


AGO, DAY = "Mon, 01 Nov 2021 08:00:00 GMT", "Mon, 08 Nov 2021 02:00:00 GMT"
ETAG, SINCE = "if-none-match", "if-modified-since"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"etag": '"a"', "last-modified": AGO, "date": DAY}, {ETAG: '"a"', SINCE: AGO}),
        ({"etag": 'W/"a"'}, {ETAG: 'W/"a"'}),
        ({"etag": "5f3a-9"}, {ETAG: "5f3a-9"}),
        ({"etag": '""'}, {}),
        ({"etag": '"a", "b"'}, {}),
        ({"last-modified": AGO, "date": DAY}, {SINCE: AGO}),
        ({"last-modified": AGO}, {}),
        ({"last-modified": DAY, "date": DAY}, {}),
        ({"last-modified": "Sun, 01 Nov 2099 08:00:00 GMT", "date": DAY}, {}),
        ({"last-modified": "Thu, 01 Jan 1970 00:00:00 GMT", "date": DAY}, {}),
        ({"last-modified": "2021-11-01", "date": DAY}, {}),
        ({"last-modified": "0", "date": DAY}, {}),
    ],
    ids=["both", "weak", "without quotes", "empty", "two", "a date", "no clock", "made just now", "in the future",
         "no time", "no date", "a number"],
)  # fmt: skip
def test_only_validators_that_tell_versions_apart_are_used(headers: dict[str, str], expected: dict[str, str]) -> None:
    assert Remembered(b"", headers).conditions == expected


KEPT = {"etag": '"1-gzip"', "last-modified": AGO, "date": DAY, "content-type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("status", "headers", "refused"),
    [
        (304, {}, False),
        (304, {"etag": 'W/"1"', "content-type": "text/html"}, False),
        (304, {"etag": '"1-gzip"', "last-modified": DAY}, False),
        (304, {"etag": '"2"'}, True),
        (304, {"last-modified": DAY}, True),
        (304, {"content-type": "text/html; charset=GBK"}, True),
        (412, {}, True),
        (400, {}, True),
        (404, {}, False),
        (200, {"etag": '"2"'}, False),
    ],
)
def test_a_304_about_another_version_is_no_answer(status: int, headers: dict[str, str], refused: bool) -> None:
    assert Remembered(b"", KEPT).not_answered_by(status, headers) is refused


class Lasting:
    """A memory that has one page of every address."""

    def __init__(self) -> None:
        self.kept: list[Fetched] = []

    def recall(self, _: str) -> Remembered:
        return Remembered(b"<p>kept</p>", KEPT)

    def keep(self, answer: Fetched, seen_at: str = "") -> None:
        self.kept.append(answer)


@pytest.mark.parametrize(
    ("first", "wishes", "asked", "expected"),
    [
        ((304, {}), {}, [True], (200, b"<p>kept</p>", True, True)),
        ((304, {"etag": '"2"'}), {}, [True, False], (200, b"<p>new</p>", False, False)),
        ((412, {}), {}, [True, False], (200, b"<p>new</p>", False, False)),
        ((404, {}), {}, [True], (404, b"", False, True)),
        ((404, {}), {"fresh": True}, [False], (404, b"", False, False)),
    ],
    ids=["not modified", "another version", "conditions refused", "gone", "a confirming pass"],
)
def test_what_is_no_answer_to_the_conditions_is_asked_for_plainly(
    first: tuple[int, dict[str, str]], wishes: Any, asked: list[bool], expected: tuple[int, bytes, bool, bool]
) -> None:
    seen: list[bool] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(ETAG in request.headers)
        status, headers = first if len(seen) == 1 else (200, {})
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(b"<p>new</p>" if status == 200 else b""))

    async def main() -> Fetched:
        async with quick_fetcher(transport=httpx.MockTransport(answer)) as fetch:
            return await fetch.get(f"http://{HOST}/", robots=False, memory=memory, **wishes)

    memory = Lasting()
    got = fetched(main())
    assert (seen, (got.status, got.body, got.unchanged, bool(got.conditions))) == (asked, expected)
    assert memory.kept == [got]


def test_what_depends_on_more_than_the_address_is_not_compared(tmp_path: Path) -> None:
    with CityServer(hosts={HOST: {"/": tagged(html("<p>欢迎访问本网站</p>"), Vary="*")}}) as server:
        scanned(server, tmp_path)
        scan = scanned(server, tmp_path)
    assert savings(scan)[:2] == (0, 1)


def test_fresh_on_the_command_line_and_what_verbose_says_of_the_saving(tmp_path: Path) -> None:
    said = []
    with CityServer(hosts={HOST: {"/": tagged(html("<p>欢迎访问本网站</p>"))}}) as server:
        settings = "{version: 1, sites: [{id: www-one-example, code: null, name: 一, rate: 1000, kind: department, "
        (tmp_path / "sites.yaml").write_text(f'{settings}url: "http://{HOST}/", organizer: 甲局}}]}}', "utf-8")
        words = ["scan", "-v", "--sites", str(tmp_path / "sites.yaml"), "--store", str(tmp_path / "s"), "--connect-to",
                 server.connect_to, "--as-of", AS_OF.isoformat(), "-o", str(tmp_path / "out.txt")]  # fmt: skip
        for more in ([], [], ["--fresh"]):
            ran = CliRunner().invoke(app, [*words, *more])
            said.append("(1 pages, 1 requests, 1 of them answered: not modified)" in ran.stderr)
    assert said == [False, True, False]


def test_files_that_nobody_compares_with_any_more_are_removed(tmp_path: Path) -> None:
    for name, days in (("gone", 31), ("here", 29)):
        (tmp_path / name).write_text("")
        at = AS_OF.timestamp() - days * 86_400
        os.utime(tmp_path / name, (at, at))
    drop_outdated(tmp_path, AS_OF)
    drop_outdated(tmp_path / "no folder", AS_OF)
    assert [p.name for p in tmp_path.iterdir()] == ["here"]


def _execute(path: Path, sql: str) -> None:
    db = sqlite3.connect(path)
    db.execute(sql)
    db.commit()
    db.close()


def test_reports_say_in_a_phrase_what_was_saved() -> None:
    read = {"pages": 7, "bytes": 15, "same_body": 1}
    assert figures_read(read | {"not_modified": 0, "bytes_saved": 0}) == ["页面 7"]
    assert figures_read(read | {"not_modified": 6, "bytes_saved": 1950}) == ["页面 7", "未变化 6（少传 1.9 KB）"]
    assert figures_read(read | {"not_modified": 6, "bytes_saved": 5_250_000})[-1] == "未变化 6（少传 5.2 MB）"
