"""What is kept of answers: the spool, the WARC records made of it, and the one file that parts become."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from checker.errors import StoreError
from checker.facts.private import private_file, private_folder
from checker.fetch import (
    Fetched,
    FetchOutcome,
    FetchSettings,
    Places,
    Remembered,
    Rendered,
    SubjectArchive,
    with_evidence,
)
from checker.fetch.archive import EvidenceIndex, Whole, merge_evidence, read_stored
from checker.fetch.archive import spool as spools
from checker.fetch.archive.index import PARTS, drop_parts, index_of, write_index
from checker.fetch.archive.spool import Spool
from checker.fetch.archive.warc import EvidenceWriter, info_record
from checker.model.results import Assessment, Decided, Evidence, Finding, Outcome, Score, SubjectResult
from tests.scanning import AS_OF

URL = "http://www.one.example/a.html"
SEEN = "2021-11-08T10:00:00+08:00"
PAGE = "<html><body><p>通知</p></body></html>".encode()


def answer(body: bytes = PAGE, url: str = URL, **more: Any) -> Fetched:
    headers = {"content-type": "text/html", "content-encoding": "gzip", "content-length": "99", "set-cookie": "s=1"}
    plain = Fetched(
        url, url, (), FetchOutcome.OK, 200, "text/html", headers, body, 12, sha256(body).hexdigest() if body else "",
        "", 0.5, address="192.0.2.7",
    )  # fmt: skip
    return replace(plain, **more)


REFUSED = answer(
    b"", outcome=FetchOutcome.REFUSED, status=0, headers={}, content_type="", detail="服务器拒绝连接", address=""
)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool" / "s.sqlite")
    yield opened
    opened.close()


def kept(spool: Spool, url: str = URL) -> list[tuple[int, bytes, Whole]]:
    return [(k.status, k.body, k.whole) for k in spool.answers(url)]


# --- the spool


def test_a_body_is_kept_once_and_every_answer_has_its_record(spool: Spool) -> None:
    for url in (URL, "http://www.one.example/b.html", URL):
        spool.add(answer(url=url), SEEN, "")
    db = sqlite3.connect(spool.path)
    counts = db.execute("SELECT (SELECT count(*) FROM body), (SELECT count(*) FROM answer)").fetchone()
    db.close()
    assert (counts, kept(spool)) == ((1, 3), [(200, PAGE, Whole.KEPT)] * 2)


def test_what_lets_others_go_on_with_our_session_is_not_kept(spool: Spool) -> None:
    spool.add(answer(), SEEN, "")
    assert sorted(spool.answers(URL)[0].headers) == ["content-encoding", "content-length", "content-type"]


@pytest.mark.parametrize(
    ("given", "most", "whole"),
    [
        (answer(bytes(range(256)) * 1100, content_type="image/png"), 10**9, Whole.LARGE),
        (answer(bytes(range(256)) * 900, content_type="image/png"), 10**9, Whole.KEPT),
        (answer(b"<p>" + b"x" * 5_000_000), 10**9, Whole.LARGE),
        (answer(), 10, Whole.FULL),
        (answer(b""), 10, Whole.KEPT),
    ],
    ids=["large picture", "small picture", "large page", "spool is full", "no body"],
)
def test_bodies_are_bounded_and_their_hash_is_kept(tmp_path: Path, given: Fetched, most: int, whole: Whole) -> None:
    spool = Spool(tmp_path / "s.sqlite", most)
    spool.add(given, SEEN, "")
    found = spool.answers(URL)[0]
    spool.close()
    body = given.body if whole is Whole.KEPT else b""
    assert (found.whole, found.body, found.sha256, found.size) == (whole, body, given.sha256, len(given.body))


def test_what_is_forgotten_is_nowhere_in_the_file(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "_LEVEL", 0)  # uncompressed, so that the bytes can be looked for
    secret = answer("<p>身份证号 341522197001011234</p>".encode())
    other = answer(PAGE, url="http://www.one.example/b.html")
    for given in (secret, replace(secret, url="http://www.one.example/same.html"), other):
        spool.add(given, SEEN, "")
    spool.forget(URL)
    assert kept(spool) == [(200, b"", Whole.WITHHELD)]
    assert kept(spool, "http://www.one.example/same.html") == [(200, b"", Whole.WITHHELD)]
    assert kept(spool, other.url) == [(200, PAGE, Whole.KEPT)]
    spool.close()
    assert b"341522197001011234" not in spool.path.read_bytes()


def test_every_answer_outlives_a_kill(tmp_path: Path) -> None:
    killed = Spool(tmp_path / "s.sqlite")
    killed.add(answer(), SEEN, "")
    copies = [(p.name, p.read_bytes()) for p in tmp_path.iterdir()]  # as they lie on the disk, nothing closed
    killed.close()
    after = tmp_path / "after"
    after.mkdir()
    for name, data in copies:
        (after / name).write_bytes(data)
    resumed = Spool(after / "s.sqlite")
    assert kept(resumed) == [(200, PAGE, Whole.KEPT)]
    resumed.close()


def test_a_damaged_spool_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"no database at all, but long enough to look like one" * 100)
    spool = Spool(path)
    spool.add(answer(), SEEN, "")
    assert kept(spool) == [(200, PAGE, Whole.KEPT)]
    spool.close()


def places(folder: Path) -> Places:
    return Places(folder / "spool" / "s.sqlite", folder / "pages" / "s.sqlite", folder / PARTS / "s.warc.gz")


def test_pages_that_another_user_keeps_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    archive = SubjectArchive(places(tmp_path), FetchSettings(), lambda: AS_OF)
    assert archive.recall(URL) is None
    archive.close()


def test_an_archive_that_cannot_be_written_says_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    archive = SubjectArchive(places(tmp_path), FetchSettings(), lambda: AS_OF)
    archive.keep(answer())
    archive.forget([URL])
    archive.finish(complete=True)
    archive.close()
    assert (archive.recall(URL), (tmp_path / "pages").exists()) == (None, False)


def test_only_the_owner_may_read_what_is_kept(tmp_path: Path) -> None:
    open_to_all = tmp_path / "mine"
    open_to_all.mkdir(mode=0o755)
    archive = SubjectArchive(places(tmp_path / "store"), FetchSettings(), lambda: AS_OF)
    archive.keep(answer(headers={"etag": '"a"', "content-type": "text/html"}))
    modes = [p.stat().st_mode & 0o777 for p in sorted((tmp_path / "store" / "spool").iterdir())]
    archive.finish(complete=True)
    archive.close()
    assert modes == [0o600] * 3
    assert (tmp_path / "store" / "pages" / "s.sqlite").stat().st_mode & 0o777 == 0o600
    assert [private_folder(p).stat().st_mode & 0o777 for p in (tmp_path / "new", open_to_all)] == [0o700, 0o755]
    assert private_file(tmp_path / "file").stat().st_mode & 0o777 == 0o600


# --- records


def records(data: bytes) -> list[tuple[str, dict[str, str], str, bytes]]:
    found = []
    for record in ArchiveIterator(BytesIO(data), check_digests="raise"):
        head = f"{record.http_headers.protocol} {record.http_headers.statusline}" if record.http_headers else ""
        about = dict(record.rec_headers.headers)
        found.append((record.rec_type, about, head.strip(), record.content_stream().read()))
    return found


def group(spool: Spool, *given: tuple[Fetched, dict[str, str], str]) -> tuple[bytes, list[Any]]:
    for fetched, conditions, received_at in given:
        spool.add(replace(fetched, conditions=conditions), SEEN, received_at)
    out = BytesIO()
    writer = EvidenceWriter(out, "s1", "checker/1")
    entries = [writer.write(one, n) for n, one in enumerate(spool.answers(URL))]
    return out.getvalue(), entries


def test_an_answer_is_archived_as_it_was_received(spool: Spool) -> None:
    data, (entry,) = group(spool, (answer(hops=("http://www.one.example/b.html",)), {}, ""))
    (kind, about, head, body), request, metadata = records(data)
    assert (kind, head, body) == ("response", "HTTP/1.1 200 OK", PAGE)
    wanted = ("WARC-Target-URI", "WARC-Date", "WARC-IP-Address", "WARC-Payload-Digest", "WARC-Record-ID")
    assert [about[name] for name in wanted] == [
        URL, "2021-11-08T02:00:00Z", "192.0.2.7", f"sha256:{sha256(PAGE).hexdigest()}", f"<urn:uuid:{entry.id}>",
    ]  # fmt: skip
    assert (request[0], request[2], metadata[0]) == ("request", "GET /a.html HTTP/1.1", "metadata")
    assert "redirects: http://www.one.example/b.html" in metadata[3].decode().splitlines()
    assert (entry.offset, entry.length) == (0, len(data))


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        spool = Spool(tmp_path / name)
        made.append(group(spool, (answer(), {}, ""), (REFUSED, {}, "")))
        spool.close()
    assert made[0] == made[1]


def test_a_failure_without_an_answer_is_a_metadata_record(spool: Spool) -> None:
    data, (entry,) = group(spool, (REFUSED, {}, ""))
    ((kind, about, _, body),) = records(data)
    told = dict(line.split(": ", 1) for line in body.decode().splitlines())
    assert (kind, about["WARC-Target-URI"], about["WARC-Date"]) == ("metadata", URL, "2021-11-08T02:00:00Z")
    assert {name: told[name] for name in ("outcome", "detail", "seen-at")} == {
        "outcome": "refused", "detail": "服务器拒绝连接", "seen-at": SEEN,
    }  # fmt: skip
    assert about["WARC-Record-ID"] == f"<urn:uuid:{entry.id}>"


def test_a_page_that_was_not_modified_has_its_earlier_answer_and_a_revisit(spool: Spool) -> None:
    earlier = "2021-11-01T09:00:00+08:00"
    data, _ = group(spool, (answer(unchanged=True), {"if-none-match": '"a"'}, earlier))
    response, request, revisit, _ = records(data)
    assert (response[1]["WARC-Date"], revisit[1]["WARC-Date"]) == ("2021-11-01T01:00:00Z", "2021-11-08T02:00:00Z")
    assert (revisit[0], revisit[2], revisit[1]["WARC-Refers-To"]) == (
        "revisit", "HTTP/1.1 304 Not Modified", response[1]["WARC-Record-ID"],
    )  # fmt: skip
    assert (response[3], request[1]["WARC-Date"]) == (PAGE, "2021-11-08T02:00:00Z")


def test_a_page_as_a_browser_built_it_goes_before_the_bare_one(tmp_path: Path) -> None:
    where, built = places(tmp_path), b"<html><body><p>built</p></body></html>"
    archive = SubjectArchive(where, FetchSettings(), lambda: AS_OF)
    archive.keep(answer(headers={"etag": '"a"', "content-type": "text/html"}))
    archive.keep_built(Rendered(URL, URL, built, 3, 0, 900))
    archive.finish(complete=True)
    archive.close()
    result = with_evidence(where, found_at(URL), "checker/1")
    (finding,) = result.assessments[0].findings
    with where.evidence.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds == ["response", "request", "metadata", "resource", "metadata"]
    index = EvidenceIndex(tmp_path)
    entry = index.entry(finding.evidence.archive or "")
    assert entry is not None
    stored = read_stored(index.file(entry), entry)
    assert (stored.body, stored.intact, finding.evidence.sha256) == (built, True, sha256(built).hexdigest())
    earlier = SubjectArchive(where, FetchSettings(), lambda: AS_OF)
    assert (earlier.recall(URL) or Remembered(b"")).body == PAGE, "what was built is nothing to compare with"
    earlier.close()


def found_at(*urls: str) -> SubjectResult:
    """A result with one finding at each address."""
    findings = tuple(
        Finding("f", "main", "", u, u, "", u, "certain", Decimal(0), Evidence(SEEN, sha256="0" * 64)) for u in urls
    )
    assessment = Assessment("r", "", "veto", Outcome.FAIL, "", findings=findings)
    return SubjectResult(
        "site", "s", "", "", "", "", "", "", "running", None, None, Decided(0, 0, (), ()), Score(), (assessment,)
    )


def test_the_first_twenty_of_a_clause_are_archived(tmp_path: Path) -> None:
    where = places(tmp_path)
    urls = [f"{URL}?n={n}" for n in range(25)]
    archive = SubjectArchive(where, FetchSettings(), lambda: AS_OF)
    for url in urls:
        archive.keep(answer(f"<p>{url}</p>".encode(), url=url))
    archive.close()
    named = [f.evidence.archive for f in with_evidence(where, found_at(*urls), "c/1").assessments[0].findings]
    assert [bool(archive) for archive in named] == [True] * 20 + [False] * 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(outcome=FetchOutcome.TOO_LARGE), "length"),
        (answer(outcome=FetchOutcome.RESET), "disconnect"),
        (answer(outcome=FetchOutcome.TOTAL_TIMEOUT), "time"),
        (answer(b"<p>" + b"x" * 5_000_000), "length"),
    ],
    ids=["read in part", "cut off", "too slow", "not kept"],
)
def test_an_archived_body_that_is_not_whole_says_so(spool: Spool, given: Fetched, expected: str) -> None:
    data, _ = group(spool, (given, {}, ""))
    assert records(data)[0][1]["WARC-Truncated"] == expected


# --- the one file


def part(folder: Path, subject: str, spool: Spool) -> None:
    path = private_file(folder / PARTS / f"{subject}.warc.gz")
    with path.open("wb") as out:
        entries = [EvidenceWriter(out, subject, "checker/1").write(one, n) for n, one in enumerate(spool.answers(URL))]
    write_index(index_of(path), entries)


def read_all(folder: Path) -> list[tuple[str, int, bytes, bool | None]]:
    index = EvidenceIndex(folder)
    found = [read_stored(index.file(e), e) for s in ("s1", "s2", "s3") for e in index.of(s)]
    return [(f.entry.subject, f.entry.status, f.body, f.intact) for f in found]


def test_parts_become_one_file_and_every_step_can_be_read(tmp_path: Path, spool: Spool) -> None:
    spool.add(answer(), SEEN, "")
    spool.add(REFUSED, SEEN, "")
    expected = [(s, status, body, ok) for s in ("s1", "s2") for status, body, ok in ((200, PAGE, True), (0, b"", None))]
    for subject in ("s2", "s1"):
        part(tmp_path, subject, spool)
    assert read_all(tmp_path) == expected
    head = info_record("scan", SEEN, {"software": "checker/1"})
    for _ in range(2):  # a kill before the end was noted repeats it
        merge_evidence(tmp_path, ["s1", "s2", "s3"], head)
        assert read_all(tmp_path) == expected
    drop_parts(tmp_path)
    assert (read_all(tmp_path), (tmp_path / PARTS).exists()) == (expected, False)
    kinds = [kind for kind, *_ in records((tmp_path / "evidence.warc.gz").read_bytes())]
    assert kinds == ["warcinfo", *["response", "request", "metadata", "metadata"] * 2]


def test_a_scan_without_evidence_has_no_file(tmp_path: Path) -> None:
    merge_evidence(tmp_path, ["s1"], b"")
    assert (list(tmp_path.iterdir()), EvidenceIndex(tmp_path).of("s1")) == ([], [])


def test_every_damaged_byte_is_told_whatever_it_breaks(tmp_path: Path, spool: Spool) -> None:
    """Of a page, of an answer without a body, of a failure; what reads the same all the same is no damage."""
    spool.add(answer(), SEEN, "")
    spool.add(answer(b"", status=404, outcome=FetchOutcome.HTTP_4XX), SEEN, "")
    spool.add(REFUSED, SEEN, "")
    part(tmp_path, "s1", spool)
    path = tmp_path / PARTS / "s1.warc.gz"
    data, entries = path.read_bytes(), EvidenceIndex(tmp_path).of("s1")
    whole = [read_stored(path, entry) for entry in entries]
    wrong = []
    for entry, before in zip(entries, whole, strict=True):
        for at in range(entry.offset, entry.offset + entry.length, 3):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x21]) + data[at + 1 :])
            after = read_stored(path, entry)
            wrong += [at] if after.intact is not False and after != before else []
    path.write_bytes(data[:-1])
    assert (wrong, read_stored(path, entries[-1]).intact) == ([], False)


def test_a_damaged_index_says_what_is_wrong(tmp_path: Path, spool: Spool) -> None:
    spool.add(answer(), SEEN, "")
    part(tmp_path, "s1", spool)
    index = tmp_path / PARTS / "s1.jsonl"
    index.write_bytes(index.read_bytes()[:-20])
    with pytest.raises(StoreError, match=r"s1\.jsonl: damaged"):
        EvidenceIndex(tmp_path)


def test_whatever_a_server_sends_leaves_the_result_standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = places(tmp_path)
    archive = SubjectArchive(where, FetchSettings(), lambda: AS_OF)
    archive.keep(answer(headers={"": "", "x y\r\nz": "a\r\nb", "通知": "公告\x00", "content-type": "text/html"}))
    archive.keep(answer(url=f"{URL}?2", detail="half a character: \ud800"))
    archive.close()
    named = [f.evidence.archive for f in with_evidence(where, found_at(URL, f"{URL}?2"), "c/1").assessments[0].findings]
    assert [bool(archive) for archive in named] == [True, False]
    monkeypatch.setattr(EvidenceWriter, "write", lambda *_: 1 / 0)
    whole = found_at(URL)
    assert with_evidence(where, whole, "c/1") == replace(whole, statistics={**whole.statistics, "unarchived": 1})


@pytest.mark.parametrize("damage", [b"\0" * 40, b"", b"x"], ids=["zeros", "nothing", "a letter"])
def test_a_damaged_archive_is_told(tmp_path: Path, spool: Spool, damage: bytes) -> None:
    spool.add(answer(), SEEN, "")
    part(tmp_path, "s1", spool)
    path = tmp_path / PARTS / "s1.warc.gz"
    data = path.read_bytes()
    path.write_bytes(data[:300] + damage + data[300 + len(damage) :] if damage else data[:300])
    assert [intact for *_, intact in read_all(tmp_path)] == [False]
