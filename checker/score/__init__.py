"""Scoring: arithmetic on assessments, exactly as standard §1 and design §5 say; no network, no database.

`subject` gives one subject its points, verdict and grade, `recheck` does so again without what was rectified, `summary`
counts over many, `baseline` tells what is new to a gate.
"""

from checker.score.baseline import Baseline, has_new, marked, newly_below, with_baseline
from checker.score.recheck import Standing, after_recheck, reassessed
from checker.score.subject import bonus_of, decided_of, grade_of, part2_of, score_of, verdict_of
from checker.score.summary import summary_of, summary_of_verdicts, units_of

__all__ = [
    "Baseline",
    "Standing",
    "after_recheck",
    "bonus_of",
    "decided_of",
    "grade_of",
    "has_new",
    "marked",
    "newly_below",
    "part2_of",
    "reassessed",
    "score_of",
    "summary_of",
    "summary_of_verdicts",
    "units_of",
    "verdict_of",
    "with_baseline",
]
