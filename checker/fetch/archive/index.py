"""Where in the evidence of a scan each answer stands: JSON lines beside the WARC.

A subject's evidence is a part of its own (`evidence/SUBJECT.warc.gz`) until its scan ends; then the parts become one
file. Each step is a rename, and each part is written whole, so that a kill leaves files that can be read, and a
resumed scan does nothing twice.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from checker.errors import StoreError
from checker.facts.private import private_file
from checker.fetch.archive.record import Whole

WARC = "evidence.warc.gz"
INDEX = "evidence.index.jsonl"
PARTS = "evidence"


@dataclass(frozen=True, slots=True)
class Entry:
    """One archived answer: which, of what and when, and where its records stand in the file (bytes).

    `sha256` is over the body as it was received, also where that is not kept (`whole`); '' without a body. `shows` are
    addresses of an account's posts that stand in it: what a finding on them rests on.
    """

    id: str
    subject: str
    url: str
    outcome: str
    status: int
    seen_at: str
    sha256: str
    whole: Whole
    offset: int
    length: int
    shows: tuple[str, ...] = ()


class EvidenceIndex:
    """All archived answers of a scan; empty for a scan that has none."""

    def __init__(self, folder: Path) -> None:
        """Read the index of the scan in `folder`, or those of its parts while it is not finished."""
        self._folder = folder
        whole = folder / INDEX
        self._merged = whole.exists() and (folder / WARC).exists()
        files = [whole] if self._merged else sorted((folder / PARTS).glob("*.jsonl"))
        self._entries = {entry.id: entry for file in files for entry in _read(file)}

    def of(self, subject: str, url: str = "") -> list[Entry]:
        """The archived answers of a subject in order, of one address only if it is given."""
        return [
            e for e in self._entries.values() if e.subject == subject and (not url or e.url == url or url in e.shows)
        ]

    def entry(self, archive: str) -> Entry | None:
        """The answer that `Evidence.archive` names, None if it is not there."""
        return self._entries.get(archive.rpartition("#")[2])

    def file(self, entry: Entry) -> Path:
        """The WARC in which an answer stands."""
        return self._folder / WARC if self._merged else self._folder / PARTS / f"{entry.subject}.warc.gz"


def write_index(path: Path, entries: Iterable[Entry]) -> None:
    """Write an index whole, beside its place and then into it: somebody may be reading."""
    lines = [json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries]
    beside = private_file(path.with_name(f"{path.name}.new"))
    beside.write_text("".join(lines), "utf-8")
    beside.replace(path)


def merge_evidence(folder: Path, subjects: Iterable[str], head: bytes) -> None:
    """Put the parts of these subjects into one file, `head` (a warcinfo record) before them; the parts stay."""
    parts = [
        p for s in subjects if (p := folder / PARTS / f"{s}.warc.gz").exists() and p.with_name(f"{s}.jsonl").exists()
    ]
    if not parts:
        return
    beside, entries = private_file(folder / f"{WARC}.part"), []
    with beside.open("wb") as out:
        out.write(head)
        for part in parts:
            base = out.tell()
            entries += [replace(e, offset=base + e.offset) for e in _read(index_of(part))]
            with part.open("rb") as source:
                shutil.copyfileobj(source, out)
    write_index(folder / f"{INDEX}.part", entries)
    beside.replace(folder / WARC)
    (folder / f"{INDEX}.part").replace(folder / INDEX)


def drop_parts(folder: Path) -> None:
    """Remove the parts when the one file stands in their place, and the folder of spools if it is empty."""
    for path in (folder / PARTS).glob("*"):
        path.unlink(missing_ok=True)
    for name in (PARTS, "spool"):
        with suppress(OSError):
            (folder / name).rmdir()


def index_of(part: Path) -> Path:
    """The index beside a part."""
    return part.with_name(part.name.removesuffix(".warc.gz") + ".jsonl")


def _read(path: Path) -> list[Entry]:
    try:
        return [_entry(json.loads(line)) for line in path.read_text("utf-8").split("\n") if line]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(
            f"{path}: damaged ({error}); the WARC beside it can still be read by other programs, and without this file "
            "the scan counts as one without an archive"
        ) from error


def _entry(values: Mapping[str, object]) -> Entry:
    shows = tuple(map(str, values.get("shows", ())))  # type: ignore[call-overload]
    return Entry(**{**values, "whole": Whole(str(values["whole"])), "shows": shows})  # type: ignore[arg-type]
