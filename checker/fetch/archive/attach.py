"""Findings and the answers that they rest on: which answers are archived, and which copy each finding names."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

from checker.facts.private import private_file
from checker.fetch.archive.index import WARC, Entry, index_of, write_index
from checker.fetch.archive.record import Kept
from checker.fetch.archive.spool import Spool
from checker.fetch.archive.subject import Places
from checker.fetch.archive.warc import EvidenceWriter
from checker.model.results import Finding, SubjectResult

MOST_OF_A_CLAUSE = 20
"""Findings of one rule and clause whose answers are archived."""

MOST_SOURCES = 20
"""Addresses of an account's sources whose answers are archived."""


def with_evidence(places: Places, result: SubjectResult, agent: str) -> SubjectResult:
    """Write the subject's part of the evidence, from its spool, and name the copies in its findings.

    Trouble leaves the findings without a copy, which the statistic `unarchived` says; nothing is raised: neither a full
    disk nor what a server has put into its headers may take a result away that is there.
    """
    try:
        entries = _write_part(places, result, agent)
    except Exception:
        return replace(result, statistics={**result.statistics, "unarchived": 1})
    return attached(result, entries)


def attached(result: SubjectResult, entries: Iterable[Entry]) -> SubjectResult:
    """The result with each finding naming its archived copy, where there is one."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for url in (entry.url, *entry.shows):
            found.setdefault(url, []).append(entry)
    if not found:
        return result
    assessments = tuple(
        replace(a, findings=tuple(_named(f, found) for f in a.findings)) if a.findings else a
        for a in result.assessments
    )
    return replace(result, assessments=assessments)


def addresses(finding: Finding) -> list[str]:
    """The addresses whose answers prove a finding: the page where it stands, then what it is about."""
    return list(dict.fromkeys(a for a in (finding.location, finding.url) if a))


def _named(finding: Finding, found: dict[str, list[Entry]]) -> Finding:
    """The page as a browser has built it, else the copy of the known SHA-256, else the newest: of the first address."""
    for url in addresses(finding):
        copies = found.get(url, [])
        same = [e for e in copies if e.sha256 and e.sha256 == finding.evidence.sha256]
        built = [e for e in copies if e.sha256 and not e.status]
        if copies:
            entry = (built or same or copies)[-1]
            archive = f"{WARC}#{entry.id}"
            return replace(finding, evidence=replace(finding.evidence, archive=archive, sha256=entry.sha256 or None))
    return finding


def _wanted(result: SubjectResult) -> Iterator[str]:
    """Addresses that findings name, the first `MOST_OF_A_CLAUSE` of each rule and clause."""
    for assessment in result.assessments:
        counts: Counter[str] = Counter()
        for finding in assessment.findings:
            counts[finding.clause] += 1
            if counts[finding.clause] <= MOST_OF_A_CLAUSE:
                yield from addresses(finding)


def _posts(result: SubjectResult) -> list[str] | None:
    """Addresses that findings on an account name, None if there is no such finding.

    Nobody asks for a post itself: the proof is what the account's sources answered.
    """
    if result.kind != "account":
        return None
    named = [a for assessment in result.assessments for f in assessment.findings for a in addresses(f)]
    return [a for a in dict.fromkeys(named) if a.startswith(("http://", "https://"))] if named else None


def _shown(kept: Kept, posts: list[str] | None) -> tuple[str, ...]:
    """The posts whose addresses stand in a source's answer, in full or relative to its host."""
    if not posts or not kept.body:
        return ()
    text = unescape(kept.body.decode("utf-8", "replace").replace("\\/", "/"))
    return tuple(url for url in posts if len(place := _place(url)) > 1 and place in text and url != kept.url)


def _place(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def _write_part(places: Places, result: SubjectResult, agent: str) -> list[Entry]:
    part, index = places.evidence, index_of(places.evidence)
    if not places.spool.exists():
        return []
    index.unlink(missing_ok=True)  # of an evaluation that a kill cut off
    part.unlink(missing_ok=True)
    beside, entries = part.with_name(f"{part.name}.part"), []
    with closing(Spool(places.spool)) as spool, private_file(beside).open("wb") as out:
        writer = EvidenceWriter(out, result.id, agent)
        posts = _posts(result)
        for url in dict.fromkeys((*_wanted(result), *(spool.addresses(MOST_SOURCES) if posts is not None else ()))):
            entries += [writer.write(kept, n, _shown(kept, posts)) for n, kept in enumerate(spool.answers(url))]
    if not entries:
        beside.unlink()
        return []
    write_index(index, entries)
    beside.replace(part)
    return entries
