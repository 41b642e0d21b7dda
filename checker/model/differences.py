"""What differs between two inspections, frozen: `checker diff` and `checker notify` make it, reports render it."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from checker.model.results import Change, RuleSetInfo, Score, SuppressionUse, Verdict

_HERE = frozenset({Change.NEW, Change.REOPENED, Change.UPDATED, Change.UNCHANGED})


class Presence(StrEnum):
    """In which of the two inspections a subject was looked at.

    `left` and `joined` speak of the registry; `leftOut` and `leftOutBefore` were registered but not asked for (--only,
    or a recheck that had no reason to look at them), which says nothing of them.
    """

    BOTH = "both"
    LEFT = "left"
    JOINED = "joined"
    LEFT_OUT = "leftOut"
    LEFT_OUT_BEFORE = "leftOutBefore"


@dataclass(frozen=True, slots=True)
class Inspection:
    """One of the two inspections: a stored scan or recheck, and the rules that judged it."""

    id: str
    kind: str
    as_of: str
    finished_at: str
    rules: RuleSetInfo


@dataclass(frozen=True, slots=True)
class Standing:
    """What an inspection said of a subject as a whole; `verdict` is None for a closed one."""

    verdict: Verdict | None
    grade: str | None
    score: Score
    rectification: str = ""

    @property
    def figures(self) -> tuple[object, ...]:
        """What a change of is worth telling; the lowest score also moves with what could not be read today."""
        return self.grade, self.score.total, self.score.part2, self.rectification


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding and what became of it from the earlier inspection to the later; `reason` says why it is taken so.

    The words are those of the later inspection, of findings that it does not have those of the earlier one. `failed`:
    its rule's effect is reached in the inspection that the words are from. `of_others`: it speaks of another finding,
    which is here too, and counts nowhere.
    """

    rule: str
    title: str
    effect: str
    fingerprint: str
    clause: str
    problem: str
    item: str
    location: str
    detail: str
    url: str
    certainty: str
    notice: bool
    points: Decimal
    first_seen: str
    notified_on: str
    suppressed: str | None
    failed: bool
    change: Change
    reason: str = ""
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class SubjectDifference:
    """A subject then and now; `note` says in words why it is in one of the inspections only.

    `suppression` are sentences on what became another only because findings are suppressed now, or are not any more:
    the verdict, or a rule.
    """

    kind: str
    id: str
    name: str
    unit: str
    group: str
    presence: Presence
    note: str
    before: Standing | None
    after: Standing | None
    findings: tuple[Difference, ...]
    suppression: tuple[str, ...] = ()

    @property
    def verdict_changed(self) -> bool:
        """Whether both inspections gave a verdict, or said that it is closed, and not the same."""
        return self.before is not None and self.after is not None and self.before.verdict != self.after.verdict

    def of(self, *changes: Change) -> tuple[Difference, ...]:
        """The findings of which one of these became, but for those that speak of others."""
        return tuple(f for f in self.findings if f.change in changes and not f.of_others)

    @property
    def repeats(self) -> tuple[Difference, ...]:
        """The findings that are there now and say of others that they were notified before."""
        return tuple(f for f in self.findings if f.of_others and f.change in _HERE)

    @property
    def changed(self) -> bool:
        """Whether there is anything to tell: what nobody looked at again is no change."""
        if self.presence in {Presence.LEFT, Presence.JOINED} or self.verdict_changed:
            return True
        if self.before and self.after and self.before.figures != self.after.figures:
            return True
        return bool(self.suppression or self.of(*set(Change) - {Change.UNCHANGED, Change.NOT_SEEN}))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two inspections side by side; `notes` are what a reader must know first, in official Chinese.

    `expired` are the suppressions that held in the earlier inspection and have expired since.
    """

    before: Inspection
    after: Inspection
    notes: tuple[str, ...]
    subjects: tuple[SubjectDifference, ...]
    expired: tuple[SuppressionUse, ...] = ()

    @property
    def counts(self) -> dict[Change, int]:
        """How many findings there are of each change, zeros included; those that speak of others are not among them."""
        found = Counter(f.change for s in self.subjects for f in s.findings if not f.of_others)
        return {change: found[change] for change in Change}

    @property
    def changed(self) -> bool:
        """Whether anything is worth telling people of."""
        return bool(self.expired) or any(s.changed for s in self.subjects)
