"""What reading the rules yields: loaded rules, the book of all of them, the set that judges under one profile."""

from dataclasses import dataclass
from pathlib import Path

from checker.facts.schema import Need
from checker.model.lexicon import WordList
from checker.model.rules import Profile, Rule
from checker.model.suppressions import Suppression


@dataclass(frozen=True, slots=True)
class PlacedSuppression:
    """A suppression and where it is written, as file:line."""

    suppression: Suppression
    place: str


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with what the authorizer says it reads, and the coverage that this needs."""

    rule: Rule
    file: str
    reads: frozenset[str]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything under rules/: rules by id, profiles by name, the digest of all files, and the word lists."""

    folder: Path
    rules: dict[str, LoadedRule]
    profiles: dict[str, Profile]
    digest: str
    lexicons: tuple[WordList, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules that judge under one profile, with the profile's last word applied; texts are read by `lexicons`.

    `suppressions` are what somebody answers for: rows that they cover do not count.
    """

    profile: Profile
    rules: tuple[LoadedRule, ...]
    sha256: str
    lexicons: tuple[WordList, ...] = ()
    suppressions: tuple[PlacedSuppression, ...] = ()

    @property
    def blocking(self) -> frozenset[str]:
        """Vetoes that hold the verdict back while they are open or in review."""
        return frozenset(self.profile.blocking or ())
