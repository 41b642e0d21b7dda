"""Word lists: what a person wrote under rules/lexicon/, validated and frozen."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from checker.model.rules import RuleId, Text, Written

Category = Literal["serious", "secret", "harmful", "typo"]
CATEGORIES: dict[Category, str] = {
    "serious": "严重表述错误",
    "secret": "密级标志",
    "harmful": "有害内容",
    "typo": "错别字",
}
"""What a list is about, with the Chinese name of it."""


class Dated(Written):
    """Something that holds for texts of certain days: from the one up to and including the other."""

    from_: date | None = Field(None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.until and self.until < self.from_:
            raise ValueError("'until' lies before 'from'")
        return self

    def holds(self, on_day: date) -> bool:
        """Whether it holds for a text of that day."""
        return (self.from_ is None or self.from_ <= on_day) and (self.until is None or on_day <= self.until)


class Term(Dated):
    """A term of a list, or several that share the rest.

    `right`: what it should read. `unless`: longer expressions in which it is no hit. `points` count where the list asks
    for more than one. `spaced`: blanks may stand between its characters. `source`, `note`: why it stands there.
    """

    term: tuple[Text, ...]
    right: str = ""
    unless: tuple[Text, ...] = ()
    points: Annotated[int, Field(ge=1, le=100)] = 1
    spaced: bool = False
    source: str = ""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_or_more(cls, written: object) -> object:
        if isinstance(written, dict) and isinstance(written.get("term"), str):
            return {**written, "term": (written["term"],)}
        return written

    @model_validator(mode="after")
    def _exceptions_are_longer(self) -> Self:
        for longer in self.unless:
            if not any(term in longer and term != longer for term in self.term):
                raise ValueError(f"'unless' holds '{longer}', which does not contain the term, so it would do nothing")
        return self


class WordList(Dated):
    """One file: its name, version and origin, what its terms mean, and the terms.

    `least`: points of different terms that a text needs before any of them counts. `guards`: words that excuse a hit
    that stands within `within` characters of them.
    """

    name: RuleId
    title: Text
    version: Text
    source: Text
    category: Category
    certainty: Literal["candidate"] = "candidate"
    least: Annotated[int, Field(ge=1, le=100)] = 1
    guards: tuple[Text, ...] = ()
    within: Annotated[int, Field(ge=0, le=10_000)] = 40
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]

    @property
    def label(self) -> str:
        """Name and version, as a hit carries them."""
        return f"{self.name} {self.version}"
