"""Answers as WARC records (ISO 28500, by warcio), and back.

An answer is a group of records: `response` with the headers and the body as received (transfer and content encoding
undone, their headers renamed to x-archive-orig-…), `request` as far as it is known, and `metadata` with what became of
it. A failure without an answer has only `metadata`; a page as a browser has built it is a `resource`. A page that
answered 304 has the `response` of the day on which its body came, and a `revisit`. Ids follow from what is recorded,
so a repeated evaluation writes the same ones.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from checker.fetch.archive.index import Entry
from checker.fetch.archive.record import Kept, Whole
from checker.model.results import FetchOutcome

_UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_BUILT = "text/html; charset=utf-8"
_TRUNCATED = {
    FetchOutcome.TOO_LARGE: "length", FetchOutcome.RESET: "disconnect", FetchOutcome.READ_TIMEOUT: "time",
    FetchOutcome.TOTAL_TIMEOUT: "time", FetchOutcome.DECOMPRESSION: "unspecified",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """An archived answer as it was read back.

    Heads are the lines before the body, '' where there is none. `notes` are the metadata. `intact`: the body has the
    SHA-256 that was noted when it was received; None where no body is kept.
    """

    entry: Entry
    request: str
    response: str
    notes: Mapping[str, str]
    body: bytes
    intact: bool | None


class EvidenceWriter:
    """Writes the answers of one subject to a file; `agent` is the User-Agent that asked."""

    def __init__(self, out: BinaryIO, subject: str, agent: str) -> None:
        self._out = out
        self._warc = WARCWriter(out, gzip=True, warc_version="1.1")
        self._subject = subject
        self._agent = agent

    def write(self, kept: Kept, ordinal: int, shows: tuple[str, ...] = ()) -> Entry:
        """Write one answer; `ordinal` tells it from others for the same address, `shows` is as in `Entry`."""
        mark = "\n".join((self._subject, kept.url, kept.sha256 or kept.outcome, str(ordinal)))
        main, begun = _id(mark, "main"), self._out.tell()
        if kept.status:
            self._response(kept, main)
            self._request(kept, mark, main)
            if kept.received_at:
                self._revisit(kept, mark, main)
            self._metadata(kept, _id(mark, "metadata"), {"WARC-Concurrent-To": _urn(main)})
        elif kept.body:
            self._resource(kept, main)
            self._metadata(kept, _id(mark, "metadata"), {"WARC-Concurrent-To": _urn(main)})
        else:
            self._metadata(kept, main, {})
        length = self._out.tell() - begun
        return Entry(
            main, self._subject, kept.url, kept.outcome, kept.status, kept.seen_at, kept.sha256, kept.whole, begun,
            length, shows,
        )  # fmt: skip

    def _response(self, kept: Kept, record_id: str) -> None:
        about = {"WARC-Date": _date(kept.received_at or kept.seen_at)}
        if kept.address and not kept.received_at:
            about["WARC-IP-Address"] = kept.address
        if kept.sha256 and kept.whole is Whole.KEPT:
            about["WARC-Payload-Digest"] = f"sha256:{kept.sha256}"
        cut = "unspecified" if kept.whole is Whole.WITHHELD else "length" if kept.whole else _cut(kept.outcome)
        if cut:
            about["WARC-Truncated"] = cut
        headers = [(_name(n), _line(v)) for n, v in kept.headers.items()]
        headers.append(("content-length", str(len(kept.body))))
        http = StatusAndHeaders(_status(kept.status), headers, protocol="HTTP/1.1")
        self._record("response", record_id, kept.final_url, about, http=http, payload=kept.body)

    def _resource(self, kept: Kept, record_id: str) -> None:
        about = {"WARC-Date": _date(kept.seen_at), "WARC-Payload-Digest": f"sha256:{kept.sha256}"}
        self._record("resource", record_id, kept.final_url, about | {"Content-Type": _BUILT}, payload=kept.body)

    def _request(self, kept: Kept, mark: str, concurrent: str) -> None:
        parts = urlsplit(kept.final_url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc.rpartition("@")[2]), ("User-Agent", self._agent), *kept.conditions.items()]
        http = StatusAndHeaders(f"GET {target} HTTP/1.1", headers, protocol="", is_http_request=True)
        about = {"WARC-Date": _date(kept.seen_at), "WARC-Concurrent-To": _urn(concurrent)}
        self._record("request", _id(mark, "request"), kept.final_url, about, http=http)

    def _revisit(self, kept: Kept, mark: str, response: str) -> None:
        about = {
            "WARC-Date": _date(kept.seen_at),
            "WARC-Profile": _NOT_MODIFIED,
            "WARC-Refers-To": _urn(response),
            "WARC-Refers-To-Target-URI": kept.final_url,
            "WARC-Refers-To-Date": _date(kept.received_at),
        }
        if kept.address:
            about["WARC-IP-Address"] = kept.address
        http = StatusAndHeaders(_status(304), [], protocol="HTTP/1.1")
        self._record("revisit", _id(mark, "revisit"), kept.final_url, about, http=http)

    def _metadata(self, kept: Kept, record_id: str, about: dict[str, str]) -> None:
        notes = {
            "subject": self._subject, "requested": kept.url, "redirects": " ".join(kept.hops),
            "outcome": kept.outcome, "detail": kept.detail, "elapsed-ms": str(kept.elapsed_ms),
            "seen-at": kept.seen_at, "received-at": kept.received_at, "secure-connection": kept.tls,
            "sha256": kept.sha256, "body-not-kept": kept.whole.value,
        }  # fmt: skip
        text = "".join(f"{name}: {_line(value)}\r\n" for name, value in notes.items() if value)
        date = {"WARC-Date": _date(kept.seen_at)}
        self._record("metadata", record_id, kept.url, date | about, payload=text.encode())

    def _record(
        self, kind: str, record_id: str, url: str, about: dict[str, str], *, http: Any = None, payload: bytes = b""
    ) -> None:
        about = {"WARC-Record-ID": _urn(record_id)} | about
        record = self._warc.create_warc_record(
            url, kind, payload=BytesIO(payload), length=len(payload), warc_headers_dict=about, http_headers=http
        )
        self._warc.write_record(record)


def info_record(name: str, started_at: str, notes: Mapping[str, str]) -> bytes:
    """The record with which the evidence of a scan begins: which program, which rules, which clock."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    text = "".join(f"{key}: {_line(value)}\r\n" for key, value in notes.items()).encode()
    about = {"WARC-Record-ID": _urn(_id(name, "info")), "WARC-Date": _date(started_at)}
    record = writer.create_warc_record("", "warcinfo", payload=BytesIO(text), length=len(text), warc_headers_dict=about)
    writer.write_record(record)
    return out.getvalue()


def read_stored(path: Path, entry: Entry) -> Stored:
    """Read an archived answer back from its WARC; what cannot be read is damaged.

    Of a damaged one as much is given as can be read. Raises OSError without a file.
    """
    with path.open("rb") as file:
        file.seek(entry.offset)
        group = file.read(entry.length)
    heads = {"request": "", "response": ""}
    notes: dict[str, str] = {}
    body = b""
    sound = len(group) == entry.length and _is_sound(group)
    try:
        with redirect_stderr(StringIO()):  # warcio speaks of what it cannot read
            for record in _records(group):
                content = record.content_stream().read()
                if record.rec_type in heads:
                    heads[record.rec_type] = _head(record.http_headers)
                    body = content if record.rec_type == "response" else body
                elif record.rec_type == "resource":
                    heads["response"], body = f"(built by a browser)\nContent-Type: {_BUILT}", content
                elif record.rec_type == "metadata":
                    notes = _notes(content)
    except Exception:  # damaged bytes make warcio raise whatever comes of them
        sound = False
    if not sound:
        return Stored(entry, heads["request"], heads["response"], notes, body, False)
    checked = entry.sha256 and entry.whole is Whole.KEPT
    intact = sha256(body).hexdigest() == entry.sha256 if checked else None
    return Stored(entry, heads["request"], heads["response"], notes, body, intact)


def _is_sound(group: bytes) -> bool:
    """Whether every record has the CRC and the length that gzip noted for it."""
    try:
        gzip.decompress(group)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _records(group: bytes) -> Iterable[Any]:
    return ArchiveIterator(BytesIO(group))  # type: ignore[no-any-return]


def _head(http: Any) -> str:
    lines = [f"{http.protocol} {http.statusline}".strip(), *(f"{name}: {value}" for name, value in http.headers)]
    return "\n".join(lines)


def _notes(content: bytes) -> dict[str, str]:
    lines = content.decode("utf-8", "replace").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def _id(mark: str, kind: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"checker:{json.dumps([mark, kind])}"))


def _urn(record_id: str) -> str:
    return f"<urn:uuid:{record_id}>"


def _date(moment: str) -> str:
    """The inspection time as WARC has it: UTC, to the second."""
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _name(header: str) -> str:
    """A header name as it may stand in a record: warcio takes ASCII only, which servers do not always send."""
    ascii_only = header.encode("ascii", "backslashreplace").decode("ascii")
    return f"x-archive-orig-{header}" if header in _UNDONE else _line(ascii_only)


def _cut(outcome: str) -> str:
    return _TRUNCATED.get(FetchOutcome(outcome), "")


def _line(value: str) -> str:
    return " ".join(value.splitlines())
