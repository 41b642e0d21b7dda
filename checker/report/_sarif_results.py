"""The results of a SARIF log: findings, rules that block because they cannot be told, and findings that are gone.

`kind` is fail for what is certain, review for candidates, open for what could not be read; only fail has a level.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from checker.model.results import Assessment, Change, Finding, Gone, Outcome, Scan, SubjectResult
from checker.report._rows import is_beside, without_row
from checker.report._sarif_places import message, places
from checker.report._wording import untold
from checker.report.json_report import number

LEVELS = {"veto": "error", "deduct": "warning", "notice": "note"}
"""The level of a rule by its effect; a bonus is nobody's fault and has no results."""

_SPACE = UUID("5b0f3a52-6f0e-5f0c-9d55-6f9c7f4f2a10")
_STATES = {
    Change.NEW: "new", Change.UNCHANGED: "unchanged", Change.UPDATED: "updated", Change.REOPENED: "new",
}  # fmt: skip
_KINDS = {"certain": "fail", "candidate": "review", "unknown": "open"}
_GONE = {Change.RECTIFIED: "pass", Change.REMOVED: "review", Change.NOT_SEEN: "open"}
"""What a finding that is gone is taken for; it is no failure any more, and a page that is gone is for a person."""

_WEIGHT = {"error": 0, "warning": 1, "note": 2, "none": 3}


@dataclass(frozen=True, slots=True)
class Frame:
    """What all results share: the scan, the place of each rule among the rules, and the folder of built pages."""

    scan: Scan
    index: Mapping[str, int]
    prefix: str


def results(frame: Frame) -> list[dict[str, Any]]:
    """Every result in the order of the scan; what is gone is left out where files of a repository are named.

    GitHub shows whatever is uploaded as an open alert, and closes one by itself when it is not there any more.
    """
    found = []
    for subject in frame.scan.subjects:
        here: list[tuple[str, Finding]] = []
        for assessment in subject.assessments:
            found += [_finding(frame, subject, assessment, f, n) for n, f in _numbered(assessment)]
            here += [(assessment.rule, f) for _, f in _numbered(assessment)]
            if assessment.blocks and assessment.outcome is Outcome.OPEN:
                found.append(_open(frame, subject, assessment))
        gone = [] if frame.prefix else without_row(subject.gone, here)
        found += [_gone(frame, subject, g) for g in gone]
    return found


def heaviest(found: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most `most` results: the gravest, in their order; what is new before what was known."""
    if len(found) <= most:
        return found
    ranked = sorted(range(len(found)), key=lambda at: (_WEIGHT[found[at]["level"]], _age(found[at]), at))
    return [found[at] for at in sorted(ranked[:most])]


def _age(result: dict[str, Any]) -> int:
    return ("new", "updated", "unchanged", "absent").index(result.get("baselineState", "new"))


def _numbered(assessment: Assessment) -> Iterator[tuple[int, Finding]]:
    """The findings that are results, each with its number among those of one fingerprint."""
    seen: dict[str, int] = {}
    for finding in assessment.findings if assessment.effect in LEVELS else ():
        nth = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        yield nth, finding


def level_of(assessment: Assessment, finding: Finding) -> str:
    """error, warning or note for what is certain; a veto whose number is not reached only warns."""
    if finding.certainty != "certain" or finding.rechecked == "unknown":
        return "none"
    if finding.notice:
        return "note"
    reached = assessment.effect != "veto" or assessment.outcome is Outcome.FAIL
    return LEVELS[assessment.effect] if reached else "warning"


def _finding(
    frame: Frame, subject: SubjectResult, assessment: Assessment, finding: Finding, nth: int
) -> dict[str, Any]:
    mine = (g for g in subject.gone if (g.rule, g.fingerprint) == (assessment.rule, finding.fingerprint))
    gone = next((g for g in mine if not is_beside(finding, g)), None)
    said = _said(finding, gone)
    quoted = f"（原文：“{finding.evidence.quote}”）" if finding.evidence.quote else ""
    kind = "open" if finding.rechecked == "unknown" else _KINDS.get(finding.certainty, "review")
    result = {
        **_head(frame, assessment.rule, kind, level_of(assessment, finding)),
        "message": message(said + quoted),
        **places(subject, finding.location, finding.url, frame.prefix),
        **_identity(frame, subject, assessment.rule, finding.fingerprint, nth),
        **_state(frame.scan, finding, gone),
    }
    if finding.suppressed is not None:
        reason = message(finding.suppressed)["text"]
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result | {"properties": _properties(subject, assessment, finding)}


def _said(finding: Finding, gone: Gone | None) -> str:
    """The problem; what is not certain is said to be so, for many readers show neither kind nor level."""
    said = f"{finding.problem}：{finding.detail}" if finding.detail else finding.problem
    if finding.rechecked == "unknown":
        return f"复查时无法判定：{said}{f'（{gone.reason}）' if gone else ''}"
    if finding.certainty == "unknown":
        return untold(finding.problem, finding.detail)
    early = "预警：" if finding.notice else ""
    return f"{'疑似，待人工确认：' if finding.certainty == 'candidate' else ''}{early}{said}"


def _state(scan: Scan, finding: Finding, gone: Gone | None) -> dict[str, str]:
    """The `baselineState`; none where nobody could look and nothing was known: it would be new for ever."""
    state = _age_of(scan, finding, gone)
    return {} if state == "new" and finding.certainty == "unknown" else {"baselineState": state}


def _age_of(scan: Scan, finding: Finding, gone: Gone | None) -> str:
    """New or not: by the baseline, else by history; a recheck and what it could not see bring nothing new."""
    if finding.baseline:
        return "unchanged" if finding.baseline == "known" else "new"
    if finding.change is Change.NEW and (scan.kind == "recheck" or gone):
        return "unchanged"
    return _STATES.get(finding.change, "new")


def _properties(subject: SubjectResult, assessment: Assessment, finding: Finding) -> dict[str, Any]:
    return {
        **_owner(subject), "effect": assessment.effect, "outcome": assessment.outcome.value, "clause": finding.clause,
        "item": finding.item, "certainty": finding.certainty, "points": number(finding.points),
        "change": finding.change.value, "first_seen": finding.first_seen or None,
        "notified_on": finding.notified_on or None, "seen_at": finding.evidence.seen_at,
        "archive": finding.evidence.archive, "sha256": finding.evidence.sha256,
        **({"rechecked": finding.rechecked} if finding.rechecked else {}),
        **({"of_others": True} if assessment.of_others else {}),
    }  # fmt: skip


def _owner(subject: SubjectResult) -> dict[str, str]:
    return {"subject": subject.id, "name": subject.name, "unit": subject.unit}


def _open(frame: Frame, subject: SubjectResult, assessment: Assessment) -> dict[str, Any]:
    asked = "；".join(assessment.unasked)
    why = assessment.reason or asked or "依据不足"
    place = subject.url or f"account:{subject.id}"
    return {
        **_head(frame, assessment.rule, "open", "none"),
        "message": message(f"{assessment.title}：无法判定（{why}）"),
        **places(subject, place, "", frame.prefix),
        **_identity(frame, subject, assessment.rule, f"open/{subject.id}/{assessment.rule}", 1),
        "properties": {**_owner(subject), "effect": assessment.effect, "outcome": assessment.outcome.value},
    }


def _gone(frame: Frame, subject: SubjectResult, gone: Gone) -> dict[str, Any]:
    return {
        **_head(frame, gone.rule, _GONE.get(gone.change, "open"), "none"),
        "message": message(f"{gone.problem}：{gone.detail}（{gone.reason}）"),
        **places(subject, gone.location, gone.url, ""),
        **_identity(frame, subject, gone.rule, gone.fingerprint, 0),
        "baselineState": "absent",
        "properties": {
            **_owner(subject), "clause": gone.clause, "item": gone.item, "certainty": gone.certainty,
            "change": gone.change.value, "reason": gone.reason, "first_seen": gone.first_seen or None,
            "last_seen": gone.last_seen or None, "notified_on": gone.notified_on or None,
        },
    }  # fmt: skip


def _head(frame: Frame, rule: str, kind: str, level: str) -> dict[str, Any]:
    return {"ruleId": rule, "ruleIndex": frame.index[rule], "kind": kind, "level": level}


def _identity(frame: Frame, subject: SubjectResult, rule: str, fingerprint: str, nth: int) -> dict[str, Any]:
    """Who it is across scans; for a repository also as GitHub tells alerts apart, by a name for the first line."""
    prints = {"checkerFinding/v1": fingerprint}
    if frame.prefix:
        prints["primaryLocationLineHash"] = f"{fingerprint}:{nth}"
    name = "/".join((frame.scan.id, subject.id, rule, fingerprint, str(nth)))
    readable = name.encode("utf-8", "replace").decode()
    return {"partialFingerprints": prints, "guid": str(uuid5(_SPACE, readable))}


def gone_rule(gone: Gone) -> Assessment:
    """What is known of a rule of which only findings that are gone are left."""
    return Assessment(gone.rule, gone.problem or gone.rule, "notice", Outcome.PASS, gone.problem)


def with_problem(first: Assessment, second: Assessment) -> Assessment:
    """The first of two assessments of one rule, with what only the second says of the problem."""
    return first if first.problem else replace(first, problem=second.problem, advice=first.advice or second.advice)
