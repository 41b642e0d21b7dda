"""SARIF 2.1.0 (OASIS): one run a scan, for code scanning and for whatever else reads the standard.

The same scan gives the same bytes. GitHub shows only results that stand in a file of the repository: `prefix` names
the folder of a freshly built site, and addresses of a site's own host become the files there (docs/formats.md).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from checker.model.results import Assessment, Outcome, Scan
from checker.report._sarif_places import message
from checker.report._sarif_results import LEVELS, Frame, gone_rule, heaviest, results, with_problem
from checker.report._wording import EFFECTS
from checker.report.json_report import encoded

MOST_RESULTS = 25_000
"""Results of a run that GitHub takes; it refuses a file with more."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LONGEST_NAME = 255
_LONGEST_DESCRIPTION = 1000


def render(scan: Scan, prefix: str = "") -> bytes:
    """The scan as a SARIF log, UTF-8; `prefix` is a folder of the repository, '' leaves addresses as they are."""
    rules = _assessed(scan)
    frame = Frame(scan, {rule: at for at, rule in enumerate(rules)}, prefix)
    everything = results(frame)
    kept = heaviest(everything, MOST_RESULTS)
    run = {
        "tool": {"driver": _driver(scan, rules)},
        "automationDetails": {"id": f"checker/{scan.rules.profile}/"},
        "invocations": [_invocation(scan, len(everything) - len(kept))],
        "language": "zh-CN",
        "columnKind": "unicodeCodePoints",
        "results": kept,
        "properties": _properties(scan),
    }
    return encoded({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _properties(scan: Scan) -> dict[str, Any]:
    rules = {"profile": scan.rules.profile, "version": scan.rules.version, "sha256": scan.rules.sha256}
    return {"scan": scan.id, "kind": scan.kind, "as_of": scan.as_of, "complete": scan.complete, "rules": rules}


def _assessed(scan: Scan) -> dict[str, Assessment]:
    """Every rule that was assessed on somebody and is no bonus, by id, with the first problem that is known of it."""
    found: dict[str, Assessment] = {}
    for subject in scan.subjects:
        looked_at = [a for a in subject.assessments if a.outcome is not Outcome.NOT_APPLICABLE and a.effect in LEVELS]
        for assessment in (*looked_at, *map(gone_rule, subject.gone)):
            found[assessment.rule] = with_problem(found.get(assessment.rule, assessment), assessment)
    return dict(sorted(found.items()))


def _driver(scan: Scan, rules: dict[str, Assessment]) -> dict[str, Any]:
    return {
        "name": "checker",
        "version": scan.tool_version,
        "rules": [_rule(a) for a in rules.values()],
        "notifications": [{"id": name, "shortDescription": {"text": words}} for name, words in _NOTIFICATIONS.items()],
    }


def _rule(assessment: Assessment) -> dict[str, Any]:
    title = message(assessment.title, _LONGEST_NAME)
    problem = assessment.problem or next((f.problem for f in assessment.findings if f.problem), assessment.title)
    return {
        "id": assessment.rule,
        "name": title["text"],
        "shortDescription": title,
        "fullDescription": message(problem, _LONGEST_DESCRIPTION),
        "help": message(assessment.advice or problem, _LONGEST_DESCRIPTION),
        "defaultConfiguration": {"level": LEVELS[assessment.effect]},
        "properties": {"tags": [EFFECTS[assessment.effect]]},
    }


_NOTIFICATIONS = {
    "subject-problem": "对象没有检查完",
    "scan-incomplete": "检查没有做完",
    "suppression-expired": "豁免已经过期",
    "results-left-out": "结果没有全部列出",
}
"""What can be said besides results: its id and what it means."""


def _invocation(scan: Scan, left_out: int) -> dict[str, Any]:
    said = list(_notifications(scan, left_out))
    return {
        "executionSuccessful": scan.complete and not any(s.problems for s in scan.subjects),
        "startTimeUtc": _utc(scan.started_at),
        **({"endTimeUtc": _utc(scan.finished_at)} if scan.finished_at else {}),
        "toolExecutionNotifications": said,
    }


def _notifications(scan: Scan, left_out: int) -> Iterator[dict[str, Any]]:
    if not scan.complete:
        yield _said("scan-incomplete", "error", "检查没有做完：以下只是已经检查的部分")
    for subject in scan.subjects:
        for problem in subject.problems:
            yield _said("subject-problem", "error", f"{subject.name}（{subject.id}）：{problem}")
    for use in scan.suppressions:
        if use.state == "expired":
            text = f"{use.place}：{use.rule}，{use.scope}：已于{use.expires}过期（{use.reason}，负责人：{use.owner}）"
            yield _said("suppression-expired", "warning", text)
    if left_out:
        text = f"另有 {left_out} 条结果没有列出：一次最多 {MOST_RESULTS} 条，较轻的在后；全部见 JSON"
        yield _said("results-left-out", "warning", text)


def _said(name: str, level: str, text: str) -> dict[str, Any]:
    index = list(_NOTIFICATIONS).index(name)
    return {"descriptor": {"id": name, "index": index}, "level": level, "message": message(text)}


def _utc(moment: str) -> str:
    """An ISO 8601 time with its offset as UTC with Z, as SARIF wants it."""
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")
