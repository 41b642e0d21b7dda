"""Profiles: chains of them, what they change of rules, and the rule set that comes out."""

import difflib
import hashlib
from typing import Any

from checker import __version__
from checker.errors import Problem, RuleError
from checker.facts.query import FactsReader, Memory, needs_of
from checker.model.rules import Profile, Rule, RuleChange, Threshold
from checker.rules.book import LoadedRule, RuleBook, RuleSet
from checker.rules.prepare import PREPARED_WITH


def ancestors(profile: Profile, profiles: dict[str, Profile]) -> list[str]:
    """Names of the profiles beneath one, nearest first; a circle ends where it closes."""
    found: list[str] = []
    parent = profile.extends
    while parent and parent in profiles and parent not in found:
        found.append(parent)
        parent = profiles[parent].extends
    return found


def changed(rule: Rule, change: RuleChange) -> Rule:
    """The rule as a profile changes it; raises pydantic's ValidationError if the result is no rule."""
    data: dict[str, Any] = rule.model_dump(exclude_none=True)
    data["params"] |= change.params
    for name, part in change.clauses.items():
        data["clauses"][name] |= part
    if change.effect is not None:
        data["effect"] = change.effect.model_dump(exclude_none=True)
    if change.applies_to is not None:
        data["applies_to"] = change.applies_to.model_dump(exclude_none=True)
    if change.problem is not None and "main" in data["clauses"]:
        data["clauses"]["main"]["problem"] = change.problem
    return Rule.model_validate(data)


def rule_set(book: RuleBook, name: str) -> RuleSet:
    """The rules that judge under profile `name`; raises RuleError if there is no such profile."""
    if name not in book.profiles:
        close = difflib.get_close_matches(name, list(book.profiles), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else f"; there are {', '.join(sorted(book.profiles))}"
        raise RuleError([Problem(str(book.folder), 0, f"unknown profile '{name}'{hint}")])
    chain = [*reversed(ancestors(book.profiles[name], book.profiles)), name]
    merged: dict[str, Any] = {}
    switched: dict[str, bool] = {}
    rules = {rule_id: loaded.rule for rule_id, loaded in book.rules.items()}
    for profile in (book.profiles[n] for n in chain):
        own = profile.model_dump(exclude_unset=True, exclude={"rules"})
        merged |= own | {key: merged.get(key, {}) | own[key] for key in ("unit_params", "deadlines") if key in own}
        for rule_id, change in profile.rules.items():
            rules[rule_id] = changed(rules[rule_id], change)
            if change.on is not None:
                switched[rule_id] = change.on
    final = Profile.model_validate(merged)
    chosen = [r for r in rules if switched.get(r, final.only is None or r in final.only)]
    reader = Memory.empty().reader(seconds=5)
    loaded = tuple(_with_rule(book.rules[r], rules[r], reader) for r in sorted(chosen, key=_natural))
    reader.close()
    digest = hashlib.sha256(f"{book.digest}\0{name}\0{__version__}".encode()).hexdigest()
    return RuleSet(final, loaded, digest, book.lexicons)


def _with_rule(loaded: LoadedRule, rule: Rule, reader: FactsReader) -> LoadedRule:
    """The rule as the profile has it; a threshold that a profile brings along may need facts of its own."""
    threshold = rule.effect.at_least
    if not isinstance(threshold, Threshold) or threshold == loaded.rule.effect.at_least:
        return LoadedRule(rule, loaded.file, loaded.reads, loaded.needs)
    named = loaded.reads | reader.reads(threshold.sql, PREPARED_WITH | rule.params)
    return LoadedRule(rule, loaded.file, named, needs_of(named))


def _natural(rule_id: str) -> tuple[str, int, str]:
    """v1 … v6, a1 … a9, d10 after d9, x-… last."""
    head, _, rest = rule_id.partition("-")
    letter, number = head[0], head[1:]
    order = {"v": "0", "n": "1", "x": "z"}.get(letter, letter)
    return order, int(number) if number.isdigit() else 0, rest
