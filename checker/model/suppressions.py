"""Suppressions: rows that somebody answers for, for a time; what they cover stays listed and does not count."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from checker.model.rules import RuleId, Text, Written

Prefix = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,20}$")]

VETO_DAYS = 90
"""Days from `created` that a veto may be suppressed at most: longer than a quarter nobody may look away."""


class SuppressionScope(Written):
    """What a suppression covers; all that is given must match, and something must be given.

    `url` is a pattern with * over the page where a finding stands or the address it is about; `item` is what is
    counted; `fingerprint` the first characters of one finding's fingerprint, eight at least.
    """

    subject: Text | None = None
    url: Text | None = None
    item: Text | None = None
    fingerprint: Prefix | None = None

    @model_validator(mode="after")
    def _something(self) -> "SuppressionScope":
        if not (self.subject or self.url or self.item or self.fingerprint):
            raise ValueError("scope names none of subject, url, item, fingerprint")
        return self


class Suppression(Written):
    """One entry: the rule, what of it, why, who answers for it, and from which to which day (both included)."""

    rule: RuleId
    scope: SuppressionScope
    reason: Text
    owner: Text
    created: date
    expires: date

    @model_validator(mode="after")
    def _in_order(self) -> "Suppression":
        if self.expires < self.created:
            raise ValueError("expires before it is created")
        return self


class SuppressionFile(Written):
    """suppressions.yaml as a person writes it."""

    version: Literal[1]
    suppressions: Annotated[tuple[Suppression, ...], Field(default=())]
