"""What is kept of answers: the spool of one scan, the pages for the next one, and the evidence of findings.

Comes in: every answer to one subject's requests. Goes out: what an earlier scan has of a page, so that an unchanged
one costs a 304; and a WARC of the answers that findings rest on, each with time and SHA-256.
"""

from checker.fetch.archive.attach import attached, with_evidence
from checker.fetch.archive.index import INDEX, WARC, Entry, EvidenceIndex, merge_evidence
from checker.fetch.archive.record import Kept, Whole
from checker.fetch.archive.subject import Places, SubjectArchive
from checker.fetch.archive.warc import Stored, read_stored

__all__ = [
    "INDEX",
    "WARC",
    "Entry",
    "EvidenceIndex",
    "Kept",
    "Places",
    "Stored",
    "SubjectArchive",
    "Whole",
    "attached",
    "merge_evidence",
    "read_stored",
    "with_evidence",
]
