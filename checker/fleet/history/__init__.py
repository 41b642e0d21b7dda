"""What people do with the history: bring findings in from elsewhere, note what was notified, let old scans go."""

from checker.fleet.history.importing import Circular, keep_foreign, read_foreign, withdrawn
from checker.fleet.history.inventory import Called, Leftover, StoredScan, alike, called, scans_of
from checker.fleet.history.listing import ScanLine, Stands, Strangers, scan_lines, strangers
from checker.fleet.history.notifying import Chosen, Told, named, notify
from checker.fleet.history.pruning import Kept, Plan, Removal, Retention, check_known, planned, prune
from checker.fleet.history.wiping import size_of, wipe

__all__ = [
    "Called", "Chosen", "Circular", "Kept", "Leftover", "Plan", "Removal", "Retention", "ScanLine", "Stands",
    "StoredScan", "Strangers", "Told", "alike", "called", "check_known", "keep_foreign", "named", "notify", "planned",
    "prune", "read_foreign", "scan_lines", "scans_of", "size_of", "strangers", "wipe", "withdrawn",
]  # fmt: skip
