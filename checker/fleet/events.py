"""What a running scan tells its listener."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.fetch import KeyStatistics
from checker.model.results import RuleSetInfo, SubjectResult


@dataclass(frozen=True, slots=True)
class Started:
    """The scan has begun; one that was stopped and is gone on with had finished `resumed` subjects."""

    id: str
    started_at: str
    as_of: str
    rules: RuleSetInfo
    sites: int
    accounts: int
    resumed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another command has the store; it is waited for."""

    holder: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """A subject has come so far."""

    subject: str
    pages: int
    doing: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A subject is done and its result is in the store."""

    result: SubjectResult


@dataclass(frozen=True, slots=True)
class Requested:
    """What one process, or a worker for one group of subjects, asked of every politeness key; sent at its end."""

    keys: Mapping[str, KeyStatistics]


Event = Waiting | Started | Progressed | Finished | Requested
