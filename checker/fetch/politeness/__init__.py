"""How much a server is asked: one object per politeness key, shared by all Fetchers of a process and, by a ledger, by
several processes.

`keys` says which requests count together, `host` is the one object of a key, `pace` its arithmetic, `gate` holds all
of them, `ledger` is what processes share, `shared` lets two callers have one answer.
"""

from checker.fetch.politeness.gate import Politeness
from checker.fetch.politeness.host import HostGate, KeyStatistics, Refusal, Turn
from checker.fetch.politeness.keys import Keys, Resolver
from checker.fetch.politeness.ledger import Ledger
from checker.fetch.politeness.pace import Clock, Sleep
from checker.fetch.politeness.shared import Shared

__all__ = [
    "Clock",
    "HostGate",
    "KeyStatistics",
    "Keys",
    "Ledger",
    "Politeness",
    "Refusal",
    "Resolver",
    "Shared",
    "Sleep",
    "Turn",
]
