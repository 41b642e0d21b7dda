"""The JSON result, described field by field in `docs/schema/scan.schema.json`.

Within schema version 1 fields are only added. Rules that do not apply to a subject are left out.
"""

import json
import re
from decimal import Decimal
from typing import Any

from checker.model.results import (
    Assessment,
    Evidence,
    Finding,
    Gone,
    KindSummary,
    Outcome,
    Past,
    RuleSetInfo,
    Sampled,
    Scan,
    Score,
    SubjectResult,
    SuppressionUse,
    UnitResult,
)

SCHEMA_VERSION = "1.0"

# What json.dumps leaves raw although a terminal or a line reader would act on it: DEL, C1, line separators, bidi.
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def render(scan: Scan) -> bytes:
    """The whole scan as one indented JSON document, UTF-8, with a newline at the end."""
    return encoded(document(scan), indent=2)


def document(scan: Scan) -> dict[str, Any]:
    """The scan as the plain object that the schema describes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": tool_object(scan.tool_version, scan.rules),
        "scan": scan_object(scan),
        "summary": summary_object(scan),
        "units": [unit_object(u) for u in scan.units],
        "subjects": [subject_object(s) for s in scan.subjects],
        "suppressions": [suppression_object(s) for s in scan.suppressions],
        "trend": [_past(p) for p in scan.trend],
    }


def encoded(value: Any, indent: int | None = None) -> bytes:
    """`value` as UTF-8 JSON and a newline; Chinese stays readable, what could steer a terminal is escaped.

    A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD. NaN and infinity raise ValueError.
    """
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    text = _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _SURROGATE.sub("\ufffd", text).encode() + b"\n"


def number(value: Decimal) -> int | float:
    """A Decimal as a JSON number as a person would write it: -0.5, 91.5, 3."""
    return int(value) if value == value.to_integral_value() else float(value)


def tool_object(version: str, rules: RuleSetInfo) -> dict[str, Any]:
    """What judged: the tool and its rules."""
    return {
        "name": "checker",
        "version": version,
        "rules": {"profile": rules.profile, "version": rules.version, "sha256": rules.sha256},
    }


def scan_object(scan: Scan) -> dict[str, Any]:
    """When the scan ran and for which moment it speaks."""
    return {
        "id": scan.id,
        "started_at": scan.started_at,
        "finished_at": scan.finished_at,
        "as_of": scan.as_of,
        "complete": scan.complete,
        "kind": scan.kind,
        "based_on": scan.based_on or None,
    }


def summary_object(scan: Scan) -> dict[str, Any]:
    """The counts over all sites and all accounts."""
    return {"sites": _kind_summary(scan.sites), "accounts": _kind_summary(scan.accounts)}


def unit_object(unit: UnitResult) -> dict[str, Any]:
    """The subjects of one unit together."""
    return {
        "unit": unit.unit,
        "group": unit.group,
        "score": _number_or_null(unit.score),
        "verdict": unit.verdict,
        "subjects": list(unit.subjects),
    }


def subject_object(subject: SubjectResult) -> dict[str, Any]:
    """Everything said of one subject; the `subject` event of ndjson is the same object."""
    assessments = [a for a in subject.assessments if a.outcome is not Outcome.NOT_APPLICABLE]
    return {
        "kind": subject.kind,
        "id": subject.id,
        "name": subject.name,
        "url": subject.url,
        "platform": (subject.platform or None) if subject.kind == "account" else None,
        "organizer": subject.organizer,
        "unit": subject.unit,
        "group": subject.group,
        "status": subject.status,
        "verdict": subject.verdict,
        "grade": subject.grade,
        "decided": {
            "of": subject.decided.of,
            "decided": subject.decided.decided,
            "open": list(subject.decided.open),
            "review": list(subject.decided.review),
        },
        "score": _score(subject.score),
        "assessments": [_assessment(a) for a in assessments],
        "statistics": dict(subject.statistics),
        "problems": list(subject.problems),
        "gone": [gone_object(g) for g in subject.gone],
        "rectification": subject.rectification or None,
        **({"robots": "authorised", "authorised_by": subject.authorised_by} if subject.authorised_by else {}),
    }


def _kind_summary(kind: KindSummary) -> dict[str, Any]:
    return {
        "registered": kind.registered,
        "inspected": kind.inspected,
        "closed": kind.closed,
        "qualified": kind.qualified,
        "pending": kind.pending,
        "unqualified": kind.unqualified,
        "pass_rate": _rate(kind.pass_rate),
        "pass_rate_if_pending_fail": _rate(kind.pass_rate_if_pending_fail),
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "total": _number_or_null(score.total),
        "part2": _number_or_null(score.part2),
        "bonus": _number_or_null(score.bonus),
        "lowest": _number_or_null(score.lowest),
    }


def _assessment(assessment: Assessment) -> dict[str, Any]:
    return {
        "rule": assessment.rule,
        "title": assessment.title,
        "effect": assessment.effect,
        "outcome": assessment.outcome,
        "points": number(assessment.points),
        "at_risk": number(assessment.at_risk),
        "cap": number(assessment.cap),
        "problem": assessment.problem,
        "advice": assessment.advice,
        "reason": assessment.reason,
        "blocks": assessment.blocks,
        "sample": [_sampled(s) for s in assessment.sample],
        "unasked": list(assessment.unasked),
        "findings": [_finding(f) for f in assessment.findings],
        **({"of_others": True} if assessment.of_others else {}),
    }


def _sampled(sampled: Sampled) -> dict[str, Any]:
    return {"key": sampled.key, "url": sampled.url, "title": sampled.title}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "clause": finding.clause,
        "problem": finding.problem,
        "item": finding.item,
        "location": finding.location,
        "detail": finding.detail,
        "url": finding.url,
        "certainty": finding.certainty,
        "points": number(finding.points),
        "notice": finding.notice,
        "change": finding.change,
        "first_seen": finding.first_seen or None,
        "notified_on": finding.notified_on or None,
        "suppressed": finding.suppressed,
        "baseline": finding.baseline,
        "evidence": _evidence(finding.evidence),
        **({"rechecked": finding.rechecked} if finding.rechecked else {}),
    }


def gone_object(gone: Gone) -> dict[str, Any]:
    """A finding known before that this inspection does not have, and why."""
    return {
        "rule": gone.rule,
        "fingerprint": gone.fingerprint,
        "clause": gone.clause,
        "problem": gone.problem,
        "item": gone.item,
        "location": gone.location,
        "detail": gone.detail,
        "url": gone.url,
        "certainty": gone.certainty,
        "first_seen": gone.first_seen or None,
        "last_seen": gone.last_seen or None,
        "notified_on": gone.notified_on or None,
        "change": gone.change,
        "reason": gone.reason,
    }


def suppression_object(use: SuppressionUse) -> dict[str, Any]:
    """A suppression as it stood on the inspection day."""
    return {
        "rule": use.rule,
        "scope": use.scope,
        "reason": use.reason,
        "owner": use.owner,
        "created": use.created,
        "expires": use.expires,
        "place": use.place,
        "state": use.state,
        "hidden": use.hidden,
    }


def _past(past: Past) -> dict[str, Any]:
    return {
        "id": past.id,
        "as_of": past.as_of,
        "sites": _kind_summary(past.sites),
        "accounts": _kind_summary(past.accounts),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "seen_at": evidence.seen_at,
        "quote": evidence.quote,
        "archive": evidence.archive,
        "sha256": evidence.sha256,
    }


def _number_or_null(value: Decimal | None) -> int | float | None:
    return None if value is None else number(value)


def _rate(value: float | None) -> float | None:
    """A share with four decimals: 0.8889."""
    return None if value is None else round(value, 4)
