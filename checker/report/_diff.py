"""The difference between two inspections as JSON (docs/schema/diff-1.0.json), CSV, Markdown or text for people.

Everything here is pure: a `Comparison` in, bytes out.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from checker import __version__
from checker.model.differences import Comparison, Difference, Inspection, Standing, SubjectDifference
from checker.model.results import Change
from checker.report._diff_markdown import render_markdown
from checker.report._diff_text import CHANGED, REPEATED, render_text
from checker.report._wording import CERTAINTIES, EFFECTS, figure
from checker.report.csv_report import safe_cell
from checker.report.json_report import encoded, number, suppression_object

SCHEMA_VERSION = "1.0"
_BOM = b"\xef\xbb\xbf"
_COLUMNS = (
    "对象标识码", "对象", "单位", "组别", "变化", "效力", "规则", "指标", "问题", "情况", "位置", "地址", "确定性",
    "分值", "首次发现", "通报日期", "豁免", "说明", "指纹",
)  # fmt: skip


def render_json(comparison: Comparison, verbose: bool = False) -> bytes:
    """The whole difference as one JSON document; unchanged findings are in it too, whatever `verbose` says."""
    return encoded(document(comparison), indent=2)


def render_csv(comparison: Comparison, verbose: bool = False) -> bytes:
    """A row a finding, UTF-8 with a mark for spreadsheets; with `verbose` also those that are unchanged and those that
    only repeat others. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for subject in comparison.subjects:
        for row in subject.findings:
            if verbose or (row.change is not Change.UNCHANGED and not row.of_others):
                writer.writerow(map(_cell, _values(subject, row)))
    return _BOM + out.getvalue().encode()


DIFF_FORMATS: dict[str, Callable[[Comparison, bool], bytes]] = {
    "text": render_text, "json": render_json, "markdown": render_markdown, "csv": render_csv,
}  # fmt: skip
"""Every format of `checker diff`, the default first."""


def _values(subject: SubjectDifference, row: Difference) -> Iterator[str]:
    change = REPEATED if row in subject.repeats else CHANGED[row.change]
    yield from (subject.id, subject.name, subject.unit, subject.group, change, EFFECTS[row.effect])
    yield from (row.rule, row.title, row.problem, row.detail, row.location, row.url)
    yield from (CERTAINTIES.get(row.certainty, row.certainty) or "查实", figure(row.points))
    yield from (row.first_seen, row.notified_on, row.suppressed or "", row.reason, row.fingerprint)


def _cell(value: str) -> str:
    """Text of pages as a spreadsheet may show it: what it would take for a formula begins with an apostrophe."""
    number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value)
    return value if number else safe_cell(value)


def document(comparison: Comparison) -> dict[str, Any]:
    """The difference as the plain object that the schema describes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "checker", "version": __version__},
        "before": _inspection(comparison.before),
        "after": _inspection(comparison.after),
        "same_rules": comparison.before.rules.sha256 == comparison.after.rules.sha256,
        "notes": list(comparison.notes),
        "summary": {
            **{change.value: n for change, n in comparison.counts.items()},
            "verdicts_changed": sum(s.verdict_changed for s in comparison.subjects),
            "repeated": sum(len(s.repeats) for s in comparison.subjects),
        },
        "expired_suppressions": [suppression_object(s) for s in comparison.expired],
        "subjects": [_subject(s) for s in comparison.subjects],
    }


def _inspection(inspection: Inspection) -> dict[str, Any]:
    rules = inspection.rules
    return {
        "id": inspection.id,
        "kind": inspection.kind,
        "as_of": inspection.as_of,
        "finished_at": inspection.finished_at,
        "rules": {"profile": rules.profile, "version": rules.version, "sha256": rules.sha256},
    }


def _subject(subject: SubjectDifference) -> dict[str, Any]:
    return {
        "kind": subject.kind,
        "id": subject.id,
        "name": subject.name,
        "unit": subject.unit,
        "group": subject.group,
        "presence": subject.presence.value,
        "note": subject.note,
        "before": _standing(subject.before),
        "after": _standing(subject.after),
        "changed": subject.changed,
        "suppression_effects": list(subject.suppression),
        "findings": [_finding(f) for f in subject.findings],
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    score = standing.score
    figures = {"total": score.total, "part2": score.part2, "bonus": score.bonus, "lowest": score.lowest}
    return {
        "verdict": standing.verdict,
        "grade": standing.grade,
        "score": {name: None if value is None else number(value) for name, value in figures.items()},
        "rectification": standing.rectification or None,
    }


def _finding(row: Difference) -> dict[str, Any]:
    return {
        "change": row.change.value,
        "reason": row.reason,
        "rule": row.rule,
        "title": row.title,
        "effect": row.effect,
        "failed": row.failed,
        "fingerprint": row.fingerprint,
        "clause": row.clause,
        "problem": row.problem,
        "item": row.item,
        "location": row.location,
        "detail": row.detail,
        "url": row.url,
        "certainty": row.certainty,
        "notice": row.notice,
        "points": number(row.points),
        "first_seen": row.first_seen or None,
        "notified_on": row.notified_on or None,
        "suppressed": row.suppressed,
        **({"of_others": True} if row.of_others else {}),
    }
