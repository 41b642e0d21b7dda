"""From a closed facts file to the result of one subject: rules, score, verdict, grade."""

from pathlib import Path
from typing import Any

from checker.evaluate import evaluate
from checker.extract import EXTRACTORS
from checker.facts.query import FactsReader, open_facts
from checker.facts.schema import title_of
from checker.gather import GATHERERS
from checker.model.results import Score, SubjectResult
from checker.rules import LoadedRule, RuleSet
from checker.score import decided_of, grade_of, score_of, verdict_of
from checker.sources import SOURCES

_GIVEN = frozenset({"page", "fetch", "sibling", "visit", "known_finding", "answer"})
"""Facts that the scan itself or the context supplies."""

GATHERED: frozenset[str] = _GIVEN.union(
    *(e.makes for e in EXTRACTORS), *(g.makes for g in GATHERERS), *(s.makes for s in SOURCES)
)
"""Every table that this version fills; a rule that needs another one waits, and says so."""

_COUNTS = {
    "pages": "page", "links": "link", "columns": "site_column", "articles": "article", "messages": "message",
    "posts": "post", "requests": "fetch",
}  # fmt: skip


def missing_facts(loaded: LoadedRule) -> list[str]:
    """Chinese names of the facts that a rule needs and this version does not gather yet."""
    return [title_of(f) for f in dict.fromkeys(n.fact for n in loaded.needs) if f not in GATHERED]


def judge(facts: Path, context: Path, rules: RuleSet) -> SubjectResult:
    """Assess, score and grade the subject of a closed facts file; the registry entry is the one gathered with it."""
    with open_facts(facts, context) as reader:
        kind = "site" if reader.ask("SELECT 1 FROM site") else "account"
        entry = _entry(reader, kind)
        assessments = evaluate(reader, rules)
        statistics = _statistics(reader)
    profile = rules.profile
    services = bool(entry.get("services", 1))
    scored = kind == "site" and entry["kind"] in (profile.scores or ())
    running = entry["status"] != "closed"
    verdict = verdict_of(assessments, services, scored) if running else None
    score = score_of(assessments, services, profile) if scored and running else Score()
    place = str(entry.get("kind", "account")) if kind == "site" else "account"
    grade = grade_of(profile.grades or (), place, verdict, score.total, assessments) if verdict else None
    return SubjectResult(
        kind, str(entry["subject"]), str(entry["name"]), str(entry.get("address", "")),
        str(entry.get("platform", "")), str(entry["organizer"]), str(entry["unit"]), str(entry["group_name"]),
        str(entry["status"]), verdict, grade, decided_of(assessments), score, assessments, statistics,
    )  # fmt: skip


def _entry(reader: FactsReader, kind: str) -> dict[str, Any]:
    if kind == "account":
        return reader.ask("SELECT * FROM account")[0]
    return reader.ask("SELECT s.*, a.url AS address FROM site s JOIN address a ON a.id = s.url")[0]


def _statistics(reader: FactsReader) -> dict[str, int]:
    return {name: int(reader.ask(f"SELECT count(*) AS n FROM {table}")[0]["n"]) for name, table in _COUNTS.items()}
