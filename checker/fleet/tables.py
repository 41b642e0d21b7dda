"""The tables of scan.sqlite that are its own, each column with its sentence; the others are the subjects' facts.

From here come the CREATE statements and the data dictionary: a column without a sentence cannot exist.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its SQL type with constraints, and what it says."""

    name: str
    sql: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table: its name, what a row is, its columns, and further constraints."""

    name: str
    sentence: str
    columns: tuple[Column, ...]
    constraints: tuple[str, ...] = ()

    @property
    def ddl(self) -> str:
        """The CREATE TABLE statement."""
        parts = (*(f"{c.name} {c.sql}" for c in self.columns), *self.constraints)
        return f"CREATE TABLE {self.name}({', '.join(parts)});"

    @property
    def insert(self) -> str:
        """The statement that adds a row, or replaces the one of the same key."""
        return f"INSERT OR REPLACE INTO {self.name} VALUES ({', '.join('?' * len(self.columns))})"


def _text(name: str, sentence: str) -> Column:
    return Column(name, "TEXT NOT NULL", sentence)


def _real(name: str, sentence: str) -> Column:
    return Column(name, "REAL NOT NULL", sentence)


def _flag(name: str, sentence: str) -> Column:
    return Column(name, "INTEGER NOT NULL", sentence)


SCHEMA_INFO = OwnTable(
    "schema_info",
    "What kind of file this is; not for queries.",
    (_flag("version", "Number of its schema."), _text("kind", "scan.")),
)
SCAN_INFO = OwnTable(
    "scan_info",
    "One row per thing noted of the scan: id, times, inspection clock, rules, registry, what it was started with.",
    (Column("key", "TEXT PRIMARY KEY", "What is noted: id, started_at, finished_at (missing while it runs), as_of …"),
     _text("value", "Its value as text; long ones are JSON.")),
)  # fmt: skip
RESULT = OwnTable(
    "result",
    "One row per finished subject with its whole result, from which reports are made; too large for a query to show.",
    (Column("subject", "TEXT PRIMARY KEY", "Registry id of the subject."),
     _flag("position", "Its place in the registry, from 0."),
     _text("body", "The result as JSON.")),
)  # fmt: skip
SUBJECT = OwnTable(
    "subject",
    "One row per finished subject: who it is and how it was judged.",
    (Column("id", "TEXT PRIMARY KEY", "Registry id, which every other table calls subject."),
     _text("kind", "site or account."),
     _text("name", "Registered name."),
     _text("unit", "The unit as the circular prints it."),
     _text("group_name", "县区, 市直 … as the circular groups it."),
     _text("status", "running, closing or closed."),
     _text("verdict", "qualified, pending or unqualified; empty for a closed subject."),
     _text("grade", "Grade by the profile, empty if it gives none."),
     _text("total", "Total points, empty where the profile does not score this kind; CAST(total AS REAL) to reckon."),
     _text("part2", "100 less deductions, empty likewise."),
     _text("bonus", "Bonus points, empty likewise."),
     _text("lowest", "Total if everything that is open or in review went against it, empty likewise."),
     _text("rectification", "整改情况 as a recheck found it, empty for a scan.")),
)  # fmt: skip
ASSESSMENT = OwnTable(
    "assessment",
    "One row per rule and subject, those that do not apply too: what came out.",
    (_text("subject", "Registry id of the subject."),
     _text("rule", "Id of the rule, as in rules.md."),
     _text("effect", "veto, deduct, bonus or notice."),
     _text("outcome", "pass, fail, open, review, notEarned or notApplicable."),
     _real("points", "Points that count: negative for a deduction, positive for a bonus."),
     _real("at_risk", "Points that open and unconfirmed findings may still cost or earn."),
     _text("problem", "The problem in official words, empty if there is none."),
     _text("reason", "Why it is open or in review, or does not apply; else empty."),
     _text("title", "Title of the rule."),
     _flag("blocks", "1 if it is open or in review and the verdict must wait for it.")),
    ("PRIMARY KEY (subject, rule)",),
)  # fmt: skip
FINDING = OwnTable(
    "finding",
    "One row per finding: an offending row, or one that earns points.",
    (_text("subject", "Registry id of the subject."),
     _text("rule", "Id of the rule."),
     _text("fingerprint", "Who it is across scans, the same in history.sqlite."),
     _text("clause", "Clause of the rule."),
     _text("problem", "The problem in official words."),
     _text("item", "What is counted once."),
     _text("location", "Address of the page where it stands, or account:ID."),
     _text("detail", "What was seen, in one sentence."),
     _text("url", "Address that it is about, may be empty."),
     _text("certainty", "certain, candidate (a person must confirm) or unknown (not read completely)."),
     _real("points", "Points that it counts for, within the cap of its rule."),
     _flag("notice", "1 if it only warns early."),
     _text("change", "new, unchanged, updated or reopened, against history."),
     _text("first_seen", "When it was first seen, ISO 8601; empty if not known."),
     _text("seen_at", "When it was seen this time."),
     _text("quote", "What stands there, word for word."),
     _text("archive", "The archived answer that shows it, empty if there is none."),
     _text("sha256", "SHA-256 of the body that shows it, empty if none was kept."),
     _text("suppressed", "Why it does not count, empty if it does."),
     _text("notified_on", "Day on which its subject was told to mend it, empty if it was not."),
     _text("key", "Its identity within rule and subject."),
     _text("scope", "Where it must be looked for again, empty for the whole subject.")),
)  # fmt: skip
GONE = OwnTable(
    "gone",
    "One row per finding that was known before and is not among those of this scan.",
    (_text("subject", "Registry id of the subject."),
     _text("rule", "Id of the rule."),
     _text("fingerprint", "Who it is across scans."),
     _text("problem", "The problem in official words."),
     _text("location", "Address of the page where it stood."),
     _text("detail", "What was seen then."),
     _text("first_seen", "When it was first seen."),
     _text("last_seen", "When it was last seen."),
     _text("notified_on", "Day on which its subject was told to mend it, empty if it was not."),
     _text("change", "rectified, removed (its page or column is no more) or notSeen (could not be looked at again)."),
     _text("reason", "Why it is taken so.")),
)  # fmt: skip

OWN_TABLES = (SCHEMA_INFO, SCAN_INFO, RESULT, SUBJECT, ASSESSMENT, FINDING, GONE)
"""All tables of scan.sqlite that are no facts, in the order in which they are made."""


def own_schema() -> str:
    """The CREATE statements of the tables that are no facts."""
    indexes = (
        "CREATE INDEX finding_subject ON finding(subject, rule);",
        "CREATE INDEX gone_subject ON gone(subject);",
    )
    return "\n".join((*(t.ddl for t in OWN_TABLES), *indexes))
