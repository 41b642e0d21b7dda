"""What the tables of history.sqlite and visits.sqlite say, a sentence for each column: their data dictionary.

A test holds this against the files as they are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Described:
    """A table in words: what a row is, and its columns by name."""

    sentence: str
    columns: Mapping[str, str]


_SCHEMA_INFO = Described(
    "What kind of file this is; not for queries.", {"version": "Number of its schema.", "kind": "history or visits."}
)
_VISIT = {
    "subject": "Registry id of the site.",
    "at": "Moment of the visit, ISO 8601 with +08:00.",
    "on_date": "Its day in Asia/Shanghai.",
    "outcome": "ok or a named failure, as of every request.",
    "elapsed_ms": "Milliseconds with the servers, redirects included.",
}

HISTORY_TABLES: Mapping[str, Described] = {
    "schema_info": _SCHEMA_INFO,
    "scan": Described(
        "One row per finished scan or recheck.",
        {
            "id": "Its id, the name of its folder.",
            "as_of": "The moment of inspection, ISO 8601.",
            "started_at": "When it began.",
            "finished_at": "When it ended.",
            "profile": "Name of the profile that judged.",
            "rules_sha256": "Hash over everything that could change a verdict.",
            "kind": "scan or recheck.",
            "based_on": "Id of the scan that a recheck looked at again, else empty.",
            "partial": "1 if only some subjects were asked for (--only), 0 for all, -1 if that was not noted.",
            "complete": "1 if it came to its end.",
        },
    ),
    "result": Described(
        "One row per subject and scan: how it was judged then.",
        {
            "scan": "Id of the scan.",
            "subject": "Registry id of the subject.",
            "kind": "site or account.",
            "verdict": "qualified, pending or unqualified; empty for a closed subject.",
            "total": "Total points, empty where the profile does not score this kind.",
            "pages": "Pages that were read; -1 if the subject was not read to its end.",
            "grade": "Grade by the profile, empty if it gives none.",
            "part2": "100 less deductions, empty where it is not scored.",
            "unit": "The unit as the circular prints it.",
            "articles": "Entries of lists that were remembered in seen_article; -1 if they were not.",
        },
    ),
    "finding": Described(
        "One row per finding that was ever seen or imported, and where it stands.",
        {
            "fingerprint": "Who it is across scans, the same in scan.sqlite.",
            "subject": "Registry id of the subject.",
            "rule": "Id of the rule; empty for an imported one that no rule knows.",
            "problem": "The problem in official words.",
            "first_seen": "When it was first seen, ISO 8601.",
            "last_seen": "When it was last seen.",
            "notified_on": "Day on which its subject was told to mend it, empty if it was not.",
            "rectified_on": "Day on which it was found mended, empty if it is not.",
            "clause": "Clause of the rule.",
            "item": "What is counted once.",
            "location": "Address of the page where it stands, or account:ID.",
            "detail": "What was seen last, in one sentence.",
            "url": "Address that it is about, may be empty.",
            "key": "Its identity within rule and subject.",
            "scope": "Where it must be looked for again, empty for the whole subject.",
            "certainty": "certain, candidate or unknown, as it was last seen.",
            "source": "Where an imported one comes from, empty for what a scan saw.",
            "state": "open, rectified, removed (a person must accept it) or accepted.",
            "notified_in": "In which circular or letter it was told, empty if it was not.",
            "last_scan": "Scan that saw it last, empty for an imported one that none has seen.",
            "seen_before": "The sight before the last one, empty if there was none.",
            "scan_before": "Scan of that sight, empty if there was none.",
        },
    ),
    "event": Described(
        "One row per thing that happened to a finding: its trail.",
        {
            "fingerprint": "Which finding.",
            "at": "Moment on the inspection clock, or the day that a person named.",
            "scan": "Scan that saw it, empty for what people did.",
            "what": "warned, found, notified, rectified, reopened, removed, accepted or imported.",
            "note": "Why, in a sentence; may be empty.",
            "by": "Who did it, empty for what scans saw.",
        },
    ),
    "seen_article": Described(
        "One row per entry that a list of a site ever showed.",
        {
            "subject": "Registry id of the site.",
            "url": "Address of the entry.",
            "first_seen": "Day on which a list first showed it.",
        },
    ),
    "answer": Described(
        "One row per question that a person answered, the newest answer.",
        {
            "subject": "Registry id of the subject.",
            "rule": "Id of the rule that asks.",
            "clause": "Clause of the rule.",
            "item": "What it was asked about, empty for the whole subject.",
            "problem": "1 if the person saw the problem, 0 if not.",
            "detail": "What the person saw.",
            "by": "Who answered.",
            "on_date": "Day of the answer.",
            "expires_on": "Last day on which it holds.",
        },
    ),
    "imported": Described(
        "One row per thing that an imported file said of a finding, so that an import can be taken back.",
        {
            "sha256": "Hash over the file.",
            "file": "Its name.",
            "on_date": "Day of the import.",
            "fingerprint": "Which finding.",
            "what": "finding (it is there), seen (on a later or earlier day), or an event of its trail.",
            "at": "Day of the sight or event, empty for finding.",
            "added": "1 if the history has it from this file, 0 if it was there before.",
            "was": "Of a sight, the days before it as JSON; of a finding, its identity by its words alone.",
        },
    ),
}
VISITS_TABLES: Mapping[str, Described] = {
    "schema_info": _SCHEMA_INFO,
    "visit": Described("One row per visit of a home page that somebody else counted.", _VISIT),
    "attempt": Described("One row per attempt of `checker probe` to open a home page, whatever it amounts to.", _VISIT),
}
