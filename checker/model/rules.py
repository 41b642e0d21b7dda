"""Rules and profiles: what a person wrote under rules/, validated and frozen."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from checker.model.registry import Platform, SiteKind

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Deadline = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Points = Annotated[Decimal, Field(ge=0, le=100)]
Scalar = int | float | str | bool


class Written(BaseModel):
    """Common manners of everything under rules/: no unknown key, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Indicator(Written):
    """Where the indicator stands: document, part and item, in its official words."""

    document: Text
    part: Literal["单项否决", "扣分", "加分", "通报常见问题"]
    item: Text
    text: str = ""


class SiteScope(Written):
    """Which sites a rule applies to; an empty field means all."""

    kind: tuple[SiteKind, ...] = ()
    services: bool | None = None
    status: tuple[Literal["running", "closed"], ...] = ("running",)


class AccountScope(Written):
    """Which accounts a rule applies to; an empty field means all."""

    platform: tuple[Platform, ...] = ()
    status: tuple[Literal["running", "closing", "closed"], ...] = ("running",)


class AppliesTo(Written):
    """Sites, accounts or both; `true` means all of that kind that run."""

    site: SiteScope | None = None
    account: AccountScope | None = None

    @model_validator(mode="before")
    @classmethod
    def _true(cls, data: Any) -> Any:
        return {k: {} if v is True else v for k, v in data.items()} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _something(self) -> "AppliesTo":
        if self.site is None and self.account is None:
            raise ValueError("applies_to names neither site nor account")
        return self


class Threshold(Written):
    """A threshold that depends on the facts: one row, one number."""

    sql: Text


class Veto(Written):
    """单项否决: fails when at least so many distinct items offend."""

    at_least: Annotated[int, Field(ge=1)] | Threshold = 1


class Deduction(Written):
    """扣分: points of the clauses times distinct items, at most the cap."""

    cap: Points


class Bonus(Written):
    """加分: points of the clauses times distinct items, at most the cap."""

    cap: Points


class Notice(Written):
    """Listed, not scored; a profile may make it a deduction or a veto."""

    at_least: Annotated[int, Field(ge=1)] | Threshold = 1


class Effect(Written):
    """Exactly one of veto, deduct, bonus and notice; `notice` alone is short for `{notice: {}}`."""

    veto: Veto | None = None
    deduct: Deduction | None = None
    bonus: Bonus | None = None
    notice: Notice | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {data: {}}
        return {k: {} if v is True else v for k, v in data.items()} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _one(self) -> "Effect":
        if len([e for e in (self.veto, self.deduct, self.bonus, self.notice) if e is not None]) != 1:
            raise ValueError("effect must be exactly one of veto, deduct, bonus, notice")
        return self

    @property
    def kind(self) -> Literal["veto", "deduct", "bonus", "notice"]:
        """Which of the four it is."""
        kinds: tuple[Literal["veto", "deduct", "bonus"], ...] = ("veto", "deduct", "bonus")
        for kind in kinds:
            if getattr(self, kind) is not None:
                return kind
        return "notice"

    @property
    def cap(self) -> Decimal:
        """Cap of a deduction or bonus, 0 for the others."""
        part = self.deduct or self.bonus
        return part.cap if part else Decimal(0)

    @property
    def at_least(self) -> int | Threshold:
        """Threshold of a veto or notice, 1 for the others."""
        part = self.veto or self.notice
        return part.at_least if part else 1


class Clause(Written):
    """One way of offending (or earning): its points, its wording, whether it warns only or asks a person."""

    points: Points = Decimal(0)
    problem: Text
    notice: bool = False
    ask: Text | None = None


ANSWER_DAYS = 90
"""Days that a person's answer counts where a rule does not say otherwise."""


class Review(Written):
    """How a person settles a rule that no machine could decide: the question, and the days that the answer counts.

    `newest`: the day of an account's newest post answers it too, by the parameter `days` of the rule.
    """

    ask: Text | None = None
    newest: bool = False
    days: Annotated[int, Field(ge=1, le=366)] = ANSWER_DAYS


class Sample(Written):
    """A reproducible choice, named in the result; the rule's SQL reads it as the table `sample`."""

    n: Annotated[int, Field(ge=1, le=1000)]
    sql: Text


class Expect(Written):
    """What a case expects: outcome, points, and the offending rows with the columns that matter."""

    outcome: Literal["pass", "fail", "open", "review", "notApplicable", "notEarned"]
    points: Decimal | None = None
    at_risk: Decimal | None = None
    rows: tuple[dict[str, Scalar], ...] | None = None


class Case(Written):
    """A test of a rule as data: rows in, outcome out. Absent coverage lines count as complete."""

    name: Text
    as_of: str = "2021-11-08T10:00:00+08:00"
    given: dict[str, tuple[dict[str, Scalar], ...]] = {}
    gathered: dict[str, str | dict[str, str]] = {}
    params: dict[str, Scalar] = {}
    expect: Expect


class Rule(Written):
    """One official indicator."""

    id: RuleId
    title: Text
    indicator: Indicator
    applies_to: AppliesTo
    effect: Effect
    problem: Text | None = None
    clauses: dict[str, Clause] = {}
    sample: Sample | None = None
    review: Review = Review()
    params: dict[str, Scalar] = {}
    proof: Literal["presence", "absence", "existence"] = "absence"
    sql: Text | None = None
    advice: Text
    note: str = ""
    cases: tuple[Case, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _main(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("clauses") and isinstance(data.get("title"), str):
            return {**data, "clauses": {"main": {"problem": data.get("problem") or data["title"]}}}
        return data

    @model_validator(mode="after")
    def _judgeable(self) -> "Rule":
        asks = [name for name, clause in self.clauses.items() if clause.ask]
        if self.sql is None and len(asks) < len(self.clauses):
            raise ValueError("a rule without sql must ask a person in every clause (ask: …)")
        if self.review.newest and not isinstance(self.params.get("days"), int):
            raise ValueError("review.newest needs a whole number params.days to hold the newest post's day to")
        if self.effect.kind in {"deduct", "bonus"} and not any(c.points for c in self.clauses.values()):
            raise ValueError(f"effect {self.effect.kind} needs points in at least one clause")
        return self


class When(Written):
    """Conditions of a grade; all that are given must hold, none given = else."""

    kind: tuple[Literal["portal", "department", "special", "account"], ...] = ()
    verdict: tuple[Literal["unqualified", "pending", "qualified"], ...] | None = None
    failed: tuple[RuleId, ...] = ()
    not_earned: tuple[RuleId, ...] = ()
    undecided: tuple[RuleId, ...] = ()
    score_below: Decimal | None = None

    @model_validator(mode="before")
    @classmethod
    def _one(cls, data: Any) -> Any:
        single = isinstance(data, dict) and isinstance(data.get("verdict"), str)
        return {**data, "verdict": [data["verdict"]]} if single else data


class Grade(Written):
    """One step of a grading table; the first whose `when` matches wins."""

    grade: Text
    when: When = When()


class RuleChange(Written):
    """What a profile changes of a rule; anything left out stays as it is."""

    on: bool | None = None
    applies_to: AppliesTo | None = None
    effect: Effect | None = None
    params: dict[str, Scalar] = {}
    clauses: dict[str, dict[str, Any]] = {}
    problem: Text | None = None


class UnitParams(Written):
    """Numbers of a unit's combined score."""

    points_per_account: Points = Decimal(1)
    decimals: Annotated[int, Field(ge=0, le=2)] = 2


class Profile(Written):
    """A city's way of inspecting: switches, overrides, blocking vetoes, grades, scores."""

    name: RuleId
    title: Text
    extends: RuleId | None = None
    version: Text = "1"
    rules: dict[str, RuleChange] = {}
    only: tuple[RuleId, ...] | None = None
    blocking: tuple[RuleId, ...] | None = None
    scores: tuple[SiteKind, ...] | None = None
    grades: tuple[Grade, ...] | None = None
    vetoed_total: Literal["null", "zero", "kept"] | None = None
    unit_score: Literal["none", "mean-of-sites", "mean-of-sites-minus-accounts"] | None = None
    unit_params: UnitParams = UnitParams()
    deadlines: dict[str, Deadline] = {}
    circular: str | None = None
