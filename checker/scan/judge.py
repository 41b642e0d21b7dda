"""From a closed facts file to the result of one subject: rules, score, verdict, grade."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checker.evaluate import PLACES, evaluate
from checker.evaluate.again import gone_of
from checker.evaluate.findings import known_findings
from checker.facts.query import FactsReader, open_facts
from checker.facts.schema import title_of
from checker.model.context import KnownFinding
from checker.model.results import Assessment, Gone, Sampled, Score, SubjectResult
from checker.rules import LoadedRule, RuleSet
from checker.scan.coverage import ESTABLISHED
from checker.score import decided_of, grade_of, score_of, verdict_of


def status_of(loaded: LoadedRule) -> str:
    """live: all it needs is gathered; partly: enough to find, not to pass; waiting: not yet; manual: people answer."""
    if loaded.rule.sql is None:
        return "manual"
    lacking = [need for need in loaded.needs if need not in ESTABLISHED]
    if not lacking:
        return "live"
    return "partly" if loaded.rule.proof == "presence" and len(lacking) < len(loaded.needs) else "waiting"


_SAVINGS = """
SELECT count(*) FILTER (WHERE unchanged) AS not_modified, count(*) FILTER (WHERE same_body) AS same_body,
    coalesce(sum(size) FILTER (WHERE NOT unchanged), 0) AS bytes,
    coalesce(sum(size) FILTER (WHERE unchanged), 0) AS bytes_saved FROM fetch
"""
"""Bytes of bodies after decompression: those that came, and those that a 304 spared."""

_COUNTS = {
    "pages": "page", "links": "link WHERE tag NOT IN ('button', 'friend')", "columns": "site_column",
    "articles": "article", "messages": "message", "posts": "post", "requests": "fetch",
    "rendered": "page WHERE browser = 'rendered'", "needs_browser": "page WHERE browser = 'needed'",
}  # fmt: skip


def missing_facts(loaded: LoadedRule) -> list[str]:
    """The coverage that a rule needs and this version cannot establish yet, in Chinese words."""
    lacking = [need for need in loaded.needs if need not in ESTABLISHED]
    return list(dict.fromkeys(f"{title_of(n.fact)}（{PLACES[n.at]}）" if n.at else title_of(n.fact) for n in lacking))


def judge(
    facts: Path, context: Path, rules: RuleSet, samples: Mapping[str, tuple[Sampled, ...]] | None = None
) -> SubjectResult:
    """Assess, score and grade the subject of a closed facts file; the registry entry is the one gathered with it.

    `samples` stand in the place of those that rules would draw now.
    """
    with open_facts(facts, context) as reader:
        kind = "site" if reader.ask("SELECT 1 FROM site") else "account"
        entry = _entry(reader, kind)
        assessments = evaluate(reader, rules, samples=samples)
        lost = gone_of(reader, rules, (k for k in known_findings(reader) if not k.rectified_on), assessments)
        statistics = _statistics(reader)
    profile = rules.profile
    services = bool(entry.get("services", 1))
    scored = kind == "site" and entry["kind"] in (profile.scores or ())
    running = entry["status"] != "closed"
    verdict = verdict_of(assessments, services, scored) if running else None
    score = score_of(assessments, services, profile) if scored and running else Score()
    if not statistics["pages"]:  # full marks for a site of which nothing was seen would be a lie; a zero stands
        score = Score() if score.total else Score(score.total)
    place = str(entry.get("kind", "account")) if kind == "site" else "account"
    grade = grade_of(profile.grades or (), place, verdict, score.total, assessments) if verdict else None
    return SubjectResult(
        kind, str(entry["subject"]), str(entry["name"]), str(entry.get("address", "")),
        str(entry.get("platform", "")), str(entry["organizer"]), str(entry["unit"]), str(entry["group_name"]),
        str(entry["status"]), verdict, grade, decided_of(assessments), score, assessments, statistics,
        authorised_by=str(entry.get("authorised_by", "")), gone=lost,
    )  # fmt: skip


def gone(
    facts: Path, context: Path, rules: RuleSet, known: Iterable[KnownFinding], assessments: Sequence[Assessment]
) -> tuple[Gone, ...]:
    """What became of known findings of a subject that are not among its assessments, by its closed facts file.

    Raises StoreError if the file cannot be read, QueryError if a query of ours is refused.
    """
    with open_facts(facts, context) as reader:
        return gone_of(reader, rules, known, assessments)


def _entry(reader: FactsReader, kind: str) -> dict[str, Any]:
    if kind == "account":
        return reader.ask("SELECT * FROM account")[0]
    return reader.ask("SELECT s.*, a.url AS address FROM site s JOIN address a ON a.id = s.url")[0]


def _statistics(reader: FactsReader) -> dict[str, int]:
    counts = {name: int(reader.ask(f"SELECT count(*) AS n FROM {table}")[0]["n"]) for name, table in _COUNTS.items()}
    return counts | {name: int(value) for name, value in reader.ask(_SAVINGS)[0].items()}
