"""Many subjects over an executor: context in, history out; resume; progress (design §1.4)."""

from checker.fleet.evaluate import evaluate_scan, load_scan, profile_of
from checker.fleet.events import Event, Finished, Progressed, Started
from checker.fleet.plan import HostPlan, plan
from checker.fleet.run import SUBJECTS_AT_ONCE, Order, run

__all__ = [
    "SUBJECTS_AT_ONCE",
    "Event",
    "Finished",
    "HostPlan",
    "Order",
    "Progressed",
    "Started",
    "evaluate_scan",
    "load_scan",
    "plan",
    "profile_of",
    "run",
]
