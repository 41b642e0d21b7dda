"""Findings name the archived answer they rest on, and `checker evidence` shows it, harmless and checked."""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from checker.cli import app
from checker.config import shipped
from checker.demo import CityServer
from checker.errors import UsageError
from checker.facts.store import FactsWriter
from checker.fetch import EvidenceIndex, Places
from checker.fetch.render import available
from checker.fleet import Finished, evaluate_scan, load_scan, run
from checker.fleet.evidence import described, find_case
from checker.fleet.store import ScanStore
from checker.loopback import Reply
from checker.model.facts import Address, Leak
from checker.model.registry import Account
from checker.model.results import Finding, Scan
from checker.report import render_evidence
from checker.rules import load_rules, rule_set
from checker.scan.site import gather_site
from tests.scanning import html, national, order, site

HOSTS = ("www.one.example", "www.two.example")
HOSTILE = "公告\x1b]0;占线\x07\x1b[31m\u202e[bold]"
OLD = "".join(f'<li><a href="/n{n}.html">关于第{n}号工作的通知</a><span>2019-11-0{n}</span></li>' for n in range(1, 6))
HOME = html(f"<h1>{HOSTILE}</h1><ul>{OLD}</ul><a href='/gone.html'>旧专题</a>", title=HOSTILE)


def city() -> dict[str, dict[str, Reply]]:
    pages = {f"/n{n}.html": html(f"<h1>关于第{n}号工作的通知</h1>") for n in range(1, 6)}
    return {host: {"/": HOME, **pages} for host in HOSTS}


def ordered(server: CityServer, store: Path, **more: Any) -> Any:
    return order(server, store, [site(HOSTS[0], kind="portal"), site(HOSTS[1])], **more)


@dataclass(frozen=True)
class Done:
    store: Path
    scan: Scan

    @property
    def folder(self) -> Path:
        return self.store / "scans" / self.scan.id


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    store = tmp_path_factory.mktemp("city") / "store"
    with CityServer(hosts=city()) as server:
        scan = run(ordered(server, store), lambda _: None)
    yield Done(store, scan)


def findings(scan: Scan, rule: str = "", subject: str = "www-one-example") -> list[Finding]:
    found = [s for s in scan.subjects if s.id == subject]
    return [f for s in found for a in s.assessments if not rule or a.rule == rule for f in a.findings]


def ids(folder: Path) -> list[str]:
    with (folder / "evidence.warc.gz").open("rb") as file:
        return [r.rec_headers.get_header("WARC-Record-ID") for r in ArchiveIterator(file, check_digests="raise")]


def evidence(done: Done, *words: str) -> Any:
    return CliRunner().invoke(app, ["evidence", *words, "--store", str(done.store)])


# --- what a scan leaves


def test_every_finding_on_a_page_that_was_read_names_its_copy(done: Done) -> None:
    index = EvidenceIndex(done.folder)
    for subject in done.scan.subjects:
        for finding in findings(done.scan, subject=subject.id):
            if index.of(subject.id, finding.location):
                assert finding.evidence.archive is not None
                entry = index.entry(finding.evidence.archive)
                assert entry is not None
                assert (entry.url, entry.sha256) == (finding.location, finding.evidence.sha256)
    (home,) = findings(done.scan, "v3-home-stale")
    assert home.evidence.sha256 == sha256(HOME.body).hexdigest()


def test_the_spool_is_dropped_and_what_stays_is_the_owners(done: Done) -> None:
    names = sorted(p.name for p in done.folder.iterdir())
    assert names == ["context", "evidence.index.jsonl", "evidence.warc.gz", "facts", "scan.sqlite"]
    private = [done.folder / "evidence.index.jsonl", done.folder / "evidence.warc.gz", done.store / "history.sqlite"]
    private += (done.store / "pages").iterdir()
    assert {p.stat().st_mode & 0o777 for p in private} == {0o600}
    assert done.store.stat().st_mode & 0o777 == 0o700


def test_a_dead_link_has_the_page_and_both_answers(done: Done) -> None:
    (link,) = findings(done.scan, "d3-links")
    case = find_case(done.store, None, link.fingerprint)
    shown = [(a.entry.url, a.entry.status, a.notes["outcome"]) for a in case.answers]
    gone = "http://www.one.example/gone.html"
    assert shown == [("http://www.one.example/", 200, "ok"), (gone, 404, "http-4xx"), (gone, 404, "http-4xx")]


def test_pages_are_kept_only_if_that_is_asked_for(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        scan = run(ordered(server, tmp_path, keep_pages=True, only=("www-one-example",)), lambda _: None)
    kept = [p.name for p in (tmp_path / "scans" / scan.id / "spool").iterdir()]
    assert kept == ["www-one-example.sqlite"]


def test_workers_write_one_archive_together(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        scan = run(ordered(server, tmp_path / "two", workers=2), lambda _: None)
        alone = run(ordered(server, tmp_path / "one"), lambda _: None)
    folders = [tmp_path / "two" / "scans" / scan.id, tmp_path / "one" / "scans" / alone.id]
    named = [
        [f.evidence.archive for s in found.subjects for f in findings(found, subject=s.id)] for found in (scan, alone)
    ]
    assert named[0] == named[1]
    assert sorted(ids(folders[0])[1:]) == sorted(ids(folders[1])[1:])
    assert not (folders[0] / "evidence").exists()


@pytest.mark.parametrize("moment", ["a result is in", "a subject is finished", "the scan is merged"])
def test_a_scan_that_is_stopped_and_resumed_archives_nothing_twice(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(event: object) -> None:
        if moment == "a subject is finished" and isinstance(event, Finished):
            raise KeyboardInterrupt

    with CityServer(hosts=city()) as server:
        wanted = ordered(server, tmp_path)
        with monkeypatch.context() as patched:
            if moment == "a result is in":
                patched.setattr(Places, "drop_spool", _stop)
            if moment == "the scan is merged":
                patched.setattr(ScanStore, "note", _stopping(ScanStore.note))
            with pytest.raises(KeyboardInterrupt):
                run(wanted, stop)
        scan = run(replace(wanted, resume=True), lambda _: None)
    found = ids(tmp_path / "scans" / scan.id)
    copies = [f.evidence.archive for s in scan.subjects for f in findings(scan, subject=s.id)]
    left = [p.name for p in (tmp_path / "scans" / scan.id).iterdir() if p.name in {"spool", "evidence"}]
    assert (len(found), copies.count(None), left) == (len(set(found)), 0, [])


def _stop(_: object) -> None:
    raise KeyboardInterrupt


def _stopping(real: Any) -> Any:
    """A store that is killed before the end of the scan is noted, when the evidence is one file already."""

    def note(store: ScanStore, **values: str) -> None:
        if "finished_at" in values:
            assert (store.folder / "evidence.warc.gz").exists()
            raise KeyboardInterrupt
        real(store, **values)

    return note


def test_evaluating_again_keeps_the_evidence(done: Done) -> None:
    before = [(f.fingerprint, f.evidence) for f in findings(done.scan)]
    again = evaluate_scan(done.store, None, national())
    assert [(f.fingerprint, f.evidence) for f in findings(again)] == before
    gate = evaluate_scan(done.store, None, rule_set(load_rules(shipped("rules")), "gate"))
    named = dict(before)
    assert all(f.evidence == named.get(f.fingerprint, f.evidence) for f in findings(gate))
    evaluate_scan(done.store, None, national())


def test_pages_with_personal_data_are_neither_archived_nor_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gather_site

    async def gathering(site_: Any, budget: Any, facts: FactsWriter, *rest: Any, **more: Any) -> None:
        await real(site_, budget, facts, *rest, **more)
        home = Address("http://www.one.example/")
        facts.write([Leak("www-one-example", home, "mobile", "138****0000", "0" * 64, "certain", "")])

    monkeypatch.setattr("checker.scan.task.gather_site", gathering)
    with CityServer(hosts=city()) as server:
        wanted = ordered(server, tmp_path, only=("www-one-example",))
        hidden = run(wanted, lambda _: None)
        shown = run(replace(wanted, keep_pages=True), lambda _: None)
    (stale,) = findings(hidden, "v3-home-stale")
    case = find_case(tmp_path, hidden.id, stale.fingerprint)
    body = described(case)["answers"][0]
    assert (body["body"], body["note"], body["sha256"]) == (
        "not-kept", "页面涉及个人信息，正文不存档，只存有 SHA-256", sha256(HOME.body).hexdigest(),
    )  # fmt: skip
    assert find_case(tmp_path, shown.id, stale.fingerprint).answers[0].body == HOME.body


def test_what_may_have_come_into_a_page_with_personal_data_is_withheld_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gather_site

    async def gathering(site_: Any, budget: Any, facts: FactsWriter, *rest: Any, **more: Any) -> None:
        await real(site_, budget, facts, *rest, **more)
        facts.write(
            [Leak("www-one-example", Address("http://www.one.example/"), "mobile", "138****", "0", "certain", "")]
        )

    monkeypatch.setattr("checker.scan.task.gather_site", gathering)
    pages = {"/": html("<p>首页</p><iframe src='/part.html'></iframe>"), "/part.html": html("<p>电话 13800138000</p>")}
    with CityServer(hosts={HOSTS[0]: pages}) as server:
        scan = run(order(server, tmp_path, [site(HOSTS[0])], keep_pages=False), lambda _: None)
    stored = sqlite3.connect(tmp_path / "pages" / "www-one-example.sqlite")
    bodies = stored.execute("SELECT count(*) FROM page WHERE data <> x''").fetchone()
    stored.close()
    warc = gunzipped(tmp_path / "scans" / scan.id / "evidence.warc.gz")
    assert (bodies, b"13800138000" in warc) == ((0,), False)


def gunzipped(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.exists() else b""


def test_queries_read_where_each_finding_is_archived(done: Done) -> None:
    db = sqlite3.connect(done.folder / "scan.sqlite")
    rows = db.execute("SELECT subject, fingerprint, archive, sha256 FROM finding ORDER BY rowid").fetchall()
    db.close()
    assert sorted(rows) == sorted(
        (s.id, f.fingerprint, f.evidence.archive or "", f.evidence.sha256 or "")
        for s in done.scan.subjects for f in findings(done.scan, subject=s.id)
    )  # fmt: skip


FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>甲发布</title>
<item><title>防汛提示</title><link>http://feeds.example/post?id=1&amp;s=2</link>
<pubDate>Mon, 04 Oct 2021 09:00:00 +0800</pubDate></item></channel></rss>"""


def test_a_finding_on_a_post_rests_on_the_feed_that_names_it(tmp_path: Path) -> None:
    accounts = [
        Account.model_validate({
            "id": f"a-{name}", "code": None, "name": name, "platform": "wechat-subscription", "organizer": "甲局",
            "unit": "甲局", "sources": [{"feed": f"http://feeds.example/{name}.xml", "complete": True}],
        })
        for name in ("old", "gone")
    ]  # fmt: skip
    feeds = {"/old.xml": Reply(200, "application/rss+xml", FEED.encode())}
    with CityServer(hosts={"feeds.example": feeds}) as server:
        scan = run(order(server, tmp_path, [], accounts), lambda _: None)
    (stale,) = findings(scan, "n2-stale", "a-old")
    shown = described(find_case(tmp_path, None, stale.fingerprint))
    assert (stale.location, stale.evidence.sha256) == ("http://feeds.example/post?id=1&s=2", _sha(FEED.encode()))
    assert [(a["url"], a["named"], a["body"]) for a in shown["answers"]] == [
        ("http://feeds.example/old.xml", True, "intact")
    ]
    (unread, *_) = findings(scan, "n2-stale", "a-gone")
    shown = described(find_case(tmp_path, None, unread.fingerprint))
    assert (unread.evidence.archive, [(a["status"], a["named"]) for a in shown["answers"]]) == (None, [(404, False)])
    again = evaluate_scan(tmp_path, None, national())
    assert findings(again, "n2-stale", "a-old") == [stale]


def _sha(body: bytes) -> str:
    return sha256(body).hexdigest()


# --- the command


def test_a_file_that_cannot_be_written_is_named_by_its_option(done: Done, tmp_path: Path) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    for option, path, words in (
        ("--save", str(tmp_path), "--save .*: no file can be written there"),
        ("--screenshot", str(tmp_path), "--screenshot .*: no file can be written there"),
        ("--save", "/dev/stdout", "--save /dev/stdout: is where the text goes"),
    ):
        with pytest.raises(UsageError, match=words):
            CliRunner().invoke(
                app, ["evidence", home.fingerprint, "--store", str(done.store), option, path], catch_exceptions=False
            )


def test_the_command_shows_where_when_what_and_that_it_is_intact(done: Done) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    ran = evidence(done, home.fingerprint[:12])
    assert ran.exit_code == 0
    for part in (
        "v3-home-stale", home.detail, "http://www.one.example/", home.fingerprint, "正文与存档时的 SHA-256 一致",
        f"SHA-256 {sha256(HOME.body).hexdigest()}", "GET / HTTP/1.1", "HTTP/1.1 200 OK", "关于第1号工作的通知",
    ):  # fmt: skip
        assert part in ran.output


def test_nothing_of_a_page_steers_the_terminal(done: Done) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    shown = described(find_case(done.store, None, home.fingerprint))
    hostile = replace(home, detail=HOSTILE).detail
    answer = shown["answers"][0] | {"response": f"HTTP/1.1 200 OK\nserver: {HOSTILE}", "detail": HOSTILE}
    text = render_evidence(shown | {"detail": hostile, "quote": hostile, "context": hostile, "answers": [answer]})
    for out in (
        text.decode(),
        evidence(done, home.fingerprint).output,
        evidence(done, home.fingerprint, "-f", "json").output,
    ):
        assert [c for c in out if c in "\x1b\x07\x9b\u202e"] == []


def test_a_quote_is_shown_in_its_place(done: Done) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    case = find_case(done.store, None, home.fingerprint)
    quoted = replace(case.finding, evidence=replace(case.finding.evidence, quote="关于第2号工作的通知"))
    context = described(replace(case, finding=quoted))["context"]
    assert "关于第1号工作的通知" in context.partition("【关于第2号工作的通知】")[0]
    assert "关于第3号工作的通知" in context.partition("【关于第2号工作的通知】")[2]


def test_json_holds_the_same(done: Done) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    shown = json.loads(evidence(done, home.fingerprint, "-f", "json").output)
    assert (shown["rule"], shown["archive"], shown["answers"][0]["body"], shown["answers"][0]["named"]) == (
        "v3-home-stale", home.evidence.archive, "intact", True,
    )  # fmt: skip


def test_the_body_is_saved_as_it_was_received(done: Done, tmp_path: Path) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    ran = evidence(done, home.fingerprint, "--save", str(tmp_path / "page.html"))
    assert (ran.exit_code, (tmp_path / "page.html").read_bytes()) == (0, HOME.body)


def test_a_beginning_that_fits_several_lists_them(done: Done) -> None:
    fingerprints = sorted({f.fingerprint for s in done.scan.subjects for f in findings(done.scan, subject=s.id)})
    pair = next((a, b) for a, b in pairwise(fingerprints) if a[0] == b[0])
    with pytest.raises(UsageError, match=f"(?s)findings begin so; give more of it.*{pair[0]}.*{pair[1]}"):
        find_case(done.store, None, pair[0][0])


@pytest.mark.parametrize("unknown", ["", "zzzz", "%"])
def test_an_unknown_fingerprint_says_what_to_do(done: Done, unknown: str) -> None:
    with pytest.raises(UsageError, match="`checker report` prints them as 〔1a2b3c4d〕, --scan names another scan"):
        find_case(done.store, None, unknown)


def test_a_damaged_archive_is_told_and_is_no_success(done: Done, tmp_path: Path) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    path = done.folder / "evidence.warc.gz"
    whole = path.read_bytes()
    entry = EvidenceIndex(done.folder).entry(home.evidence.archive or "")
    assert entry is not None
    try:
        path.write_bytes(whole[: entry.offset + 200] + b"\0" * 50 + whole[entry.offset + 250 :])
        ran = evidence(done, home.fingerprint)
    finally:
        path.write_bytes(whole)
    assert (ran.exit_code, "正文已损坏" in ran.output) == (4, True)


def test_an_archive_that_is_gone_is_told(done: Done, tmp_path: Path) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    hidden = [(p, p.with_name(f"{p.name}.away")) for p in done.folder.glob("evidence.*")]
    try:
        for path, away in hidden:
            path.rename(away)
        shown = described(find_case(done.store, None, home.fingerprint))
        with pytest.raises(UsageError, match="no body is archived"):
            CliRunner().invoke(
                app, ["evidence", home.fingerprint, "--store", str(done.store), "--save", str(tmp_path / "x")],
                catch_exceptions=False,
            )  # fmt: skip
    finally:
        for path, away in hidden:
            away.rename(path)
    assert (shown["answers"], "存档文件或其索引已不在" in shown["note"]) == ([], True)


@pytest.mark.skipif(bool(available()), reason=f"no browser to draw with: {available()}")
def test_a_picture_is_drawn_from_the_archived_body(done: Done, tmp_path: Path) -> None:
    (home,) = findings(done.scan, "v3-home-stale")
    path = tmp_path / "page.png"
    ran = evidence(done, home.fingerprint, "--screenshot", str(path))
    assert (ran.exit_code, path.read_bytes()[:8]) == (0, b"\x89PNG\r\n\x1a\n")
    assert "not from the live page" in ran.output


def test_the_stored_scan_is_what_was_returned(done: Done) -> None:
    assert load_scan(done.store, None).subjects == done.scan.subjects
