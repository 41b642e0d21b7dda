"""Which suppressions hold on the inspection day, which rows they cover, and how many each has hidden."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from checker.evaluate.findings import fingerprint
from checker.evaluate.outcome import Row
from checker.model.results import SubjectResult, SuppressionUse
from checker.model.suppressions import Suppression, SuppressionScope
from checker.rules.book import PlacedSuppression

ACTIVE, EXPIRED, FUTURE = "active", "expired", "future"


def state_of(suppression: Suppression, today: str) -> str:
    """active from `created` to `expires`, both days included; expired after, future before."""
    if today > suppression.expires.isoformat():
        return EXPIRED
    return FUTURE if today < suppression.created.isoformat() else ACTIVE


def told(suppression: Suppression) -> str:
    """What a row says that it hides."""
    return worded(suppression.reason, suppression.owner, suppression.expires.isoformat())


def worded(reason: str, owner: str, expires: str) -> str:
    """Why a row does not count, who answers for it, and until when."""
    return f"{reason}（负责人：{owner}，至{expires}）"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The suppressions that hold for one subject on the inspection day."""

    subject: str
    active: tuple[Suppression, ...]

    @classmethod
    def of(cls, suppressions: Iterable[PlacedSuppression], subject: str, today: str) -> "Suppressed":
        """Those of `suppressions` that are neither expired nor to come."""
        held = (p.suppression for p in suppressions)
        return cls(subject, tuple(s for s in held if state_of(s, today) == ACTIVE))

    def marked(self, rule: str, row: Row) -> Row:
        """The row with the reason why it does not count, if a suppression covers it."""
        mine = [s for s in self.active if s.rule == rule]
        if not mine:
            return row
        place = _Place(self.subject, (row.location, row.url), row.item, fingerprint(rule, self.subject, row.key))
        found = next((s for s in mine if covers(s.scope, place)), None)
        return replace(row, suppressed=told(found)) if found else row


@dataclass(frozen=True, slots=True)
class _Place:
    """What a scope is held against."""

    subject: str
    addresses: tuple[str, ...]
    item: str
    fingerprint: str


def covers(scope: SuppressionScope, place: _Place) -> bool:
    """Whether everything that a scope names fits; an address may hold * for anything."""
    return (
        (scope.subject is None or scope.subject == place.subject)
        and (scope.url is None or any(_pattern(scope.url).fullmatch(a) for a in place.addresses))
        and (scope.item is None or " ".join(scope.item.split()) == " ".join(place.item.split()))
        and (scope.fingerprint is None or place.fingerprint.startswith(scope.fingerprint))
    )


@cache
def _pattern(url: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in url.split("*")), re.DOTALL)


def uses_of(
    suppressions: Sequence[PlacedSuppression], results: Iterable[SubjectResult], today: str
) -> tuple[SuppressionUse, ...]:
    """How every suppression stood on the inspection day, and how many rows of `results` it hid."""
    hidden = Counter(
        number
        for result in results
        for assessment in result.assessments
        for finding in assessment.findings
        if finding.suppressed
        for number in _first(suppressions, assessment.rule, _Place(
            result.id, (finding.location, finding.url), finding.item, finding.fingerprint
        ), finding.suppressed)
    )  # fmt: skip
    return tuple(
        SuppressionUse(
            s.rule, in_words(s.scope), s.reason, s.owner, s.created.isoformat(), s.expires.isoformat(), placed.place,
            state_of(s, today), hidden[number],
        )
        for number, placed in enumerate(suppressions) for s in (placed.suppression,)
    )  # fmt: skip


def _first(suppressions: Sequence[PlacedSuppression], rule: str, place: _Place, text: str) -> list[int]:
    """Number of the suppression that hid a row: the first that covers it and says what stands there."""
    fitting = (
        number
        for number, p in enumerate(suppressions)
        if p.suppression.rule == rule and told(p.suppression) == text and covers(p.suppression.scope, place)
    )
    return list(fitting)[:1]


def in_words(scope: SuppressionScope) -> str:
    """What a suppression covers, as reports print it."""
    named = {"对象": scope.subject, "网址": scope.url, "项目": scope.item, "编号": scope.fingerprint}
    return "，".join(f"{what} {value}" for what, value in named.items() if value)
