"""What outlives a scan: findings by fingerprint, visits, answers; and the context cut from them for one subject.

Only `fleet` calls this. Everything stands in two small SQLite files of the store: history.sqlite and visits.sqlite.
"""

from checker.history.answers import answers_of, record_answers, renew_answers
from checker.history.articles import list_entries
from checker.history.context import ContextCutter
from checker.history.files import refuse_unusable
from checker.history.record import UNKNOWN_PAGES, pages_before, record_scan
from checker.history.trend import past_results
from checker.history.visits import record_attempts, record_visits, week_of
from checker.history.week import (
    APART,
    VISITS_A_DAY,
    WANTED,
    Attempt,
    Day,
    Standing,
    Week,
    account,
    counted,
    coverage_of,
    fails,
    left_out,
    standings,
    visit_coverage,
)

__all__ = [
    "APART",
    "UNKNOWN_PAGES",
    "VISITS_A_DAY",
    "WANTED",
    "Attempt",
    "ContextCutter",
    "Day",
    "Standing",
    "Week",
    "account",
    "answers_of",
    "counted",
    "coverage_of",
    "fails",
    "left_out",
    "list_entries",
    "pages_before",
    "past_results",
    "record_answers",
    "record_attempts",
    "record_scan",
    "record_visits",
    "refuse_unusable",
    "renew_answers",
    "standings",
    "visit_coverage",
    "week_of",
]
