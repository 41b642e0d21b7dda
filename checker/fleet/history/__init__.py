"""What people do with the history: bring findings in from elsewhere, note what was notified, let old scans go."""

from checker.fleet.history.importing import Circular, keep_foreign, read_foreign
from checker.fleet.history.inventory import Called, Leftover, StoredScan, called, scans_of
from checker.fleet.history.notifying import Chosen, Told, named, notify
from checker.fleet.history.pruning import Kept, Plan, Removal, Retention, planned, prune
from checker.fleet.history.wiping import size_of, wipe

__all__ = [
    "Called", "Chosen", "Circular", "Kept", "Leftover", "Plan", "Removal", "Retention", "StoredScan", "Told", "called",
    "keep_foreign", "named", "notify", "planned", "prune", "read_foreign", "scans_of", "size_of", "wipe",
]  # fmt: skip
