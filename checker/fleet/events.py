"""What a running scan tells its listener."""

from dataclasses import dataclass

from checker.model.results import RuleSetInfo, SubjectResult


@dataclass(frozen=True, slots=True)
class Started:
    """The scan has begun. `went_on` = it goes on with one that was stopped, which had finished `resumed` subjects."""

    id: str
    started_at: str
    as_of: str
    rules: RuleSetInfo
    sites: int
    accounts: int
    resumed: int
    went_on: bool


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
