"""A baseline of a gate: what an earlier result knew stays visible, and only what is new makes the gate fail.

It changes neither verdicts nor scores. Everything in it counts as known, suppressed or not: a suppression that ends
brings nothing new. An early warning makes only the warning known: the day it comes true is news.
"""

from dataclasses import dataclass, replace

from checker.model.results import Assessment, Finding, Outcome, Scan, SubjectResult, Verdict
from checker.score.subject import PASS_MARK


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
