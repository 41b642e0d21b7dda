"""What rows amount to: counts of distinct items by certainty, points within the cap, and the outcome (design §4).

Pure arithmetic on rows; it sees neither network nor database.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from checker.model.results import Outcome
from checker.model.rules import Rule

RANK = {"certain": 0, "candidate": 1, "unknown": 2}
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a rule, checked and completed with its defaults; `suppressed` says why it does not count."""

    clause: str
    item: str
    location: str
    detail: str
    certainty: str
    key: str
    url: str
    quote: str
    scope: str = ""
    suppressed: str = ""

    @property
    def hidden(self) -> bool:
        """Whether it is left out of what the rows amount to; one that is not decided is none to look away from."""
        return bool(self.suppressed) and self.certainty != "unknown"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many distinct items of scoring clauses there are by certainty, and what they cost or earn."""

    certain: int
    candidate: int
    unknown: int
    need: int
    points: Decimal
    everything: Decimal

    @classmethod
    def of(cls, rule: Rule, rows: Iterable[Row], need: int) -> "Tally":
        """Count the rows of scoring clauses, each item once at its best certainty, and price them."""
        best: dict[tuple[str, str], str] = {}
        for row in rows:
            if rule.clauses[row.clause].notice:
                continue
            at = (row.clause, row.item)
            best[at] = min(best.get(at, row.certainty), row.certainty, key=RANK.__getitem__)
        counts = Counter(best.values()) if rule.effect.kind in {"deduct", "bonus"} else _count_items(best)
        sign = -1 if rule.effect.kind == "deduct" else 1
        paid = sum((rule.clauses[c].points for (c, _), s in best.items() if s == "certain"), NOTHING)
        whole = sum((rule.clauses[c].points for c, _ in best), NOTHING)
        cap = rule.effect.cap
        return cls(
            counts["certain"], counts["candidate"], counts["unknown"], need,
            sign * min(cap, paid) + 0, sign * min(cap, whole) + 0,
        )  # fmt: skip

    @property
    def certainly(self) -> bool:
        """The certain rows alone reach the effect."""
        return self.certain >= self.need

    @property
    def likely(self) -> bool:
        """Certain and candidate rows together reach it."""
        return self.certain + self.candidate >= self.need

    @property
    def possibly(self) -> bool:
        """With the unknown ones too."""
        return self.certain + self.candidate + self.unknown >= self.need


def _count_items(best: dict[tuple[str, str], str]) -> Counter[str]:
    """A veto counts distinct items over all its clauses."""
    items: dict[str, str] = {}
    for (_, item), certainty in best.items():
        items[item] = min(items.get(item, certainty), certainty, key=RANK.__getitem__)
    return Counter(items.values())


def outcome_of(rule: Rule, tally: Tally, complete: bool) -> Outcome:
    """The outcome of design §4; `complete` = nothing that the rule needs is missing."""
    if rule.effect.kind == "bonus":
        if tally.certainly:
            return Outcome.PASS
        return Outcome.OPEN if tally.possibly or not complete else Outcome.NOT_EARNED
    if tally.certainly:
        return Outcome.FAIL
    if complete and not tally.possibly:
        return Outcome.PASS
    return Outcome.REVIEW if tally.likely else Outcome.OPEN


def at_risk(rule: Rule, tally: Tally, outcome: Outcome, complete: bool) -> Decimal:
    """Points beyond the certain ones: those of candidates and unknowns, or all up to the cap where facts lack."""
    everything = outcome is Outcome.OPEN or not complete
    if rule.effect.kind == "deduct" and everything:
        return -rule.effect.cap - tally.points
    if rule.effect.kind == "bonus" and everything:
        return rule.effect.cap - tally.points
    return tally.everything - tally.points
