"""After a circular: what was notified is looked at again, and only that; what became of it goes into the old result."""

from checker.fleet.recheck.running import recheck
from checker.fleet.recheck.targets import Prepared, Wanted, base_of, prepared, refuse_earlier

__all__ = ["Prepared", "Wanted", "base_of", "prepared", "recheck", "refuse_earlier"]
