"""What a running scan tells its listener."""

from dataclasses import dataclass

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
class Progressed:
    """A subject has come so far."""

    subject: str
    pages: int
    doing: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A subject is done and its result is in the store."""

    result: SubjectResult


Event = Started | Progressed | Finished
