"""Many subjects over an executor: context in, history out; resume; progress (design §1.4)."""

from checker.fleet.begun import Begun, stopped_scan
from checker.fleet.discover import Discovery, Proposal, discover, written_url
from checker.fleet.evaluate import evaluate_scan, load_scan, profile_of
from checker.fleet.events import Event, Finished, Progressed, Requested, Started, Waiting
from checker.fleet.lock import StoreLock
from checker.fleet.order import Order, is_another_day, outside_hours
from checker.fleet.plan import HostPlan, plan
from checker.fleet.probe import Prober, Round, jitter_of, probed_sites, watch
from checker.fleet.run import run
from checker.fleet.work import SUBJECTS_AT_ONCE

__all__ = [
    "SUBJECTS_AT_ONCE",
    "Begun",
    "Discovery",
    "Event",
    "Finished",
    "HostPlan",
    "Order",
    "Prober",
    "Progressed",
    "Proposal",
    "Requested",
    "Round",
    "Started",
    "StoreLock",
    "Waiting",
    "discover",
    "evaluate_scan",
    "is_another_day",
    "jitter_of",
    "load_scan",
    "outside_hours",
    "plan",
    "probed_sites",
    "profile_of",
    "run",
    "stopped_scan",
    "watch",
    "written_url",
]
