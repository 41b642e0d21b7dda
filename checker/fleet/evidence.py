"""One finding of a stored scan with the archived answers that it rests on, read back and checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.errors import MachineError, UsageError
from checker.fetch.archive import Entry, EvidenceIndex, Stored, Whole, read_stored
from checker.fetch.archive.attach import addresses
from checker.fleet.evaluate import folder_of
from checker.fleet.store import ScanReader
from checker.model.results import Assessment, Finding, SubjectResult
from checker.page import decode, parse

_CANDIDATES = 10
_LINES = 12
_AROUND = 60
"""Characters of the page's text before and after a quote."""

NOT_KEPT = {
    Whole.LARGE: "正文超过存档上限，只存有 SHA-256",
    Whole.FULL: "本对象的存档已满，只存有 SHA-256",
    Whole.WITHHELD: "页面涉及个人信息，正文不存档，只存有 SHA-256",
}
"""Why a body is not in the archive."""

NO_ARCHIVE = "本次检查没有为这条结果存档网页：所依据的地址未访问过，或同一问题超过20条，或检查早于本功能"

MISSING = "本次检查存有网页，但存档文件或其索引已不在检查的文件夹里"


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with its subject, rule and archived answers, those of the page where it stands first.

    `archived` is the answer that `Evidence.archive` names, None if there is none.
    """

    scan: str
    subject: SubjectResult
    assessment: Assessment
    finding: Finding
    answers: tuple[Stored, ...]
    archived: Stored | None


def find_case(store: Path, scan: str | None, prefix: str) -> Case:
    """The finding whose fingerprint begins with `prefix`; raises UsageError if there is none, or more than one."""
    folder = folder_of(store, scan)
    wanted = prefix.strip(" 〔〕").lower()  # the text report prints it in these brackets
    with ScanReader(folder) as opened:
        found = [
            (s, a, f) for s in opened.results() for a in s.assessments for f in a.findings
            if f.fingerprint.startswith(wanted)
        ]  # fmt: skip
    if not wanted or not found:
        raise UsageError(
            f"{prefix}: no finding of scan {folder.name} has this fingerprint; `checker report` prints them as "
            "〔1a2b3c4d〕, --scan names another scan"
        )
    _one_only(prefix, found)
    subject, assessment, finding = found[0]
    index = EvidenceIndex(_lies_in(folder, finding))
    entries = {e.id: e for url in addresses(finding) for e in index.of(subject.id, url)}
    if subject.kind == "account" and not entries:  # it is about the account: what its sources said
        entries = {e.id: e for e in index.of(subject.id)}
    answers = _read(index, entries.values())
    named = index.entry(finding.evidence.archive) if finding.evidence.archive else None
    archived = next((a for a in answers if named and a.entry.id == named.id), None)
    return Case(folder.name, subject, assessment, finding, answers, archived)


def _lies_in(folder: Path, finding: Finding) -> Path:
    """The folder of the evidence: of what a recheck did not look at, or see, again that of the scan before it."""
    before, _, _ = (finding.evidence.archive or "").removeprefix("../").partition("/")
    return folder.parent / before if (finding.evidence.archive or "").startswith("../") else folder


def _read(index: EvidenceIndex, entries: Iterable[Entry]) -> tuple[Stored, ...]:
    try:
        return tuple(read_stored(index.file(e), e) for e in entries)
    except OSError as error:
        raise MachineError(f"{error.filename}: the archive cannot be read ({error.strerror})") from error


def _one_only(prefix: str, found: list[tuple[SubjectResult, Assessment, Finding]]) -> None:
    """Rows of one fingerprint are one finding."""
    known = {f.fingerprint: f"{f.fingerprint}  {a.rule}  {s.id}  {f.location}" for s, a, f in found}
    if len(known) > 1:
        lines = sorted(known.values())
        more = f"\n… and {len(lines) - _CANDIDATES} more" if len(lines) > _CANDIDATES else ""
        listed = "\n".join(lines[:_CANDIDATES])
        raise UsageError(f"{prefix}: {len(lines)} findings begin so; give more of it:\n{listed}{more}")


def why_none(case: Case) -> str:
    """Why a case without answers has none, in Chinese."""
    return MISSING if case.finding.evidence.archive else NO_ARCHIVE


def described(case: Case) -> dict[str, Any]:
    """A case as a plain object, for JSON and for the text; null and [] where nothing is known."""
    finding = case.finding
    return {
        "scan": case.scan, "subject": case.subject.id, "name": case.subject.name, "rule": case.assessment.rule,
        "title": case.assessment.title, "problem": finding.problem, "fingerprint": finding.fingerprint,
        "location": finding.location, "url": finding.url, "item": finding.item, "detail": finding.detail,
        "certainty": finding.certainty, "seen_at": finding.evidence.seen_at, "quote": finding.evidence.quote,
        "context": _context(case), "archive": finding.evidence.archive, "sha256": finding.evidence.sha256,
        "note": "" if case.answers else why_none(case),
        "answers": [_answer(a, a is case.archived) for a in case.answers],
    }  # fmt: skip


def _answer(stored: Stored, named: bool) -> dict[str, Any]:
    entry = stored.entry
    return {
        "id": entry.id, "named": named, "url": entry.url, "outcome": entry.outcome, "status": entry.status,
        "seen_at": entry.seen_at, "received_at": stored.notes.get("received-at") or None,
        "sha256": entry.sha256 or None, "body": _state(stored), "note": NOT_KEPT.get(entry.whole, ""),
        "bytes": len(stored.body), "detail": stored.notes.get("detail", ""), "request": stored.request,
        "response": stored.response, "metadata": dict(stored.notes), "text": _lines(stored),
    }  # fmt: skip


def _state(stored: Stored) -> str:
    """intact, damaged, not-kept, or none (there was no body)."""
    if stored.intact is not None:
        return "intact" if stored.intact else "damaged"
    return "not-kept" if stored.entry.whole else "none"


def text_of(stored: Stored) -> str:
    """The text that a reader of the archived body sees."""
    kind = content_type(stored)
    if not stored.body:
        return ""
    if "html" in kind.lower() or not kind:
        return parse(stored.entry.url, stored.body, kind).text
    textual = any(word in kind.lower() for word in ("text", "json", "xml", "javascript"))
    return decode(stored.body, kind)[0] if textual else ""


def content_type(stored: Stored) -> str:
    """The Content-Type of an archived answer, '' if it had none."""
    heads: Mapping[str, str] = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in stored.response.splitlines()[1:])
    }
    return heads.get("content-type", "")


def _lines(stored: Stored) -> list[str]:
    lines = (" ".join(line.split()) for line in text_of(stored).splitlines())
    return [line[:200] for line in lines if line][:_LINES]


def _context(case: Case) -> str:
    """The quote with what stands around it on the archived page; '' if it does not stand there."""
    quote = " ".join(case.finding.evidence.quote.split())
    if case.archived is None or not quote:
        return ""
    text = " ".join(text_of(case.archived).split())
    before, found, after = text.partition(quote)
    return f"{before[-_AROUND:]}【{found}】{after[:_AROUND]}" if found else ""
