"""`--baseline FILE`: what an earlier result knew stays visible, and only what is new makes a gate fail.

A baseline changes neither verdicts nor scores. The file is a JSON result of an earlier scan, read before the first
request. Everything in it counts as known, suppressed or not: a suppression that ends brings nothing new. An early
warning makes only the warning known: the day it comes true is news.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from checker.cli.terminal import say
from checker.errors import UsageError
from checker.model.results import Assessment, Finding, Outcome, Scan, SubjectResult, Verdict
from checker.report.json_report import SCHEMA_VERSION
from checker.score import PASS_MARK

BaselineFile = Annotated[
    Path | None,
    typer.Option("--baseline", help="JSON result of an earlier scan: what it knows is marked, only new findings fail."),
]
_HOW = "write one with `checker scan -f json -o FILE` or `checker report -f json -o FILE`"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an earlier result knew: fingerprints of its findings, and the subjects that were 不合格 then.

    `warnings` are the findings that were early warnings only: they make nothing known that counts.
    """

    fingerprints: frozenset[str]
    unqualified: frozenset[str]
    warnings: frozenset[str] = frozenset()

    def knows(self, finding: Finding) -> bool:
        """Whether this finding was there before, as grave as it is now."""
        mark = finding.fingerprint
        return mark in self.fingerprints or (finding.notice and mark in self.warnings)


def read_baseline(path: Path) -> tuple[Baseline, str]:
    """A baseline and the name of the profile that it was judged by; raises UsageError, in the option's name."""
    found = _document(path)
    version = str(found.get("schema_version", ""))
    if _tool(found) != "checker" or not isinstance(found.get("subjects"), list) or "scan" not in found:
        raise _refused(path, f"is no JSON result of a scan; {_HOW}")
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise _refused(path, f"has schema {version}, this version of checker reads {SCHEMA_VERSION}; {_HOW}")
    try:
        baseline = _read(found["subjects"])
    except (KeyError, TypeError, AttributeError) as error:
        raise _refused(path, f"holds findings without a fingerprint, or is damaged ({error}); {_HOW}") from error
    return baseline, str(found["tool"].get("rules", {}).get("profile", ""))


def chosen_baseline(path: Path | None, profile: str, written: tuple[Path, ...] = ()) -> Baseline | None:
    """The baseline that a command was given, None if none; says so where another profile made it.

    `written` are the files that the command writes: a baseline that replaces itself would know everything.
    """
    if path is None:
        return None
    if any(path.resolve() == other.resolve() for other in written):
        raise _refused(path, "would be replaced by this result, and nothing would be new ever after; name another file")
    baseline, made_by = read_baseline(path)
    if made_by != profile:
        say(f"--baseline {path}: made under the profile {made_by or '?'}; what only {profile} finds is new")
    return baseline


def with_baseline(scan: Scan, baseline: Baseline | None) -> Scan:
    """The scan with every finding marked as known or new; without a baseline as it is."""
    return replace(scan, subjects=tuple(marked(s, baseline) for s in scan.subjects)) if baseline else scan


def marked(subject: SubjectResult, baseline: Baseline | None) -> SubjectResult:
    """One subject's findings marked as known or new; verdict and score stay as they are."""
    if baseline is None:
        return subject
    return replace(
        subject,
        assessments=tuple(
            replace(a, findings=tuple(replace(f, baseline="known" if baseline.knows(f) else "new") for f in a.findings))
            for a in subject.assessments
        ),
    )


def has_new(assessment: Assessment, baseline: Baseline | None, notices: bool = False) -> bool:
    """Whether a row that counts is not in the baseline; `notices` = early warnings instead of what reaches the effect.

    Without a baseline every assessment has, also one that fails without a row.
    """
    if baseline is None and not notices:
        return True
    rows = (f for f in assessment.findings if f.certainty == "certain" and not f.suppressed and f.notice == notices)
    return any(baseline is None or not baseline.knows(f) for f in rows)


def newly_below(subject: SubjectResult, baseline: Baseline | None) -> bool:
    """Whether a subject is 不合格 and that is new: by its points it was not before, or something new costs points.

    Of one that a veto makes 不合格 the rows of that veto say whether it is new.
    """
    if subject.verdict is not Verdict.UNQUALIFIED:
        return False
    if baseline is None:
        return True
    if not _by_points(subject):
        return False
    new = any(a.effect == "deduct" and has_new(a, baseline) for a in subject.assessments)
    return subject.id not in baseline.unqualified or new


def _by_points(subject: SubjectResult) -> bool:
    vetoed = any(a.effect == "veto" and a.outcome is Outcome.FAIL for a in subject.assessments)
    return not vetoed or (subject.score.part2 is not None and subject.score.part2 < PASS_MARK)


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        what = "ndjson lines are no baseline" if path.suffix == ".ndjson" else "is no JSON"
        raise _refused(path, f"{what} ({error}); {_HOW}") from error
    return found if isinstance(found, dict) else {}


def _tool(found: dict[str, Any]) -> str:
    tool = found.get("tool")
    return str(tool.get("name", "")) if isinstance(tool, dict) else ""


def _read(subjects: list[dict[str, Any]]) -> Baseline:
    """A row of a place that was not read (unknown) is no sight of a finding: it is not known by that."""
    rows = [f for s in subjects for a in s["assessments"] for f in a["findings"]]
    for mark in (f["fingerprint"] for f in rows):
        if not isinstance(mark, str) or not mark:
            raise TypeError(f"fingerprint {mark!r}")
    seen = [f for f in rows if f.get("certainty") != "unknown"]
    counting = frozenset(f["fingerprint"] for f in seen if not f.get("notice"))
    return Baseline(
        counting,
        frozenset(str(s["id"]) for s in subjects if s.get("verdict") == Verdict.UNQUALIFIED),
        frozenset(f["fingerprint"] for f in seen) - counting,
    )


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"--baseline {path}: {why}")
