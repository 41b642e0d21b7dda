"""rules/**.yaml → rules and profiles, all errors of all files at once, every query prepared before any request.

Comes in: the folder. Goes out: a RuleBook, and for a profile the RuleSet that judges, with its hash. Errors: RuleError.
"""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checker import __version__, yaml_lines
from checker.errors import Problem, RuleError
from checker.facts.query import FactsReader, Memory, QueryError, needs_of
from checker.facts.schema import Need
from checker.model.rules import Clause, Profile, Rule, RuleChange, Threshold

ROW_COLUMNS = (
    "subject", "location", "detail", "clause", "item", "scope", "certainty", "key", "url", "quote",
)  # fmt: skip
"""What a rule's SQL may return; the first three it must."""

_PREPARED_WITH = {"today": "2021-11-08", "as_of": "2021-11-08T10:00:00+08:00"}


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with what the authorizer says it reads, and the coverage that this needs."""

    rule: Rule
    file: str
    reads: frozenset[str]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything under rules/: rules by id, profiles by name, and the digest of all files."""

    folder: Path
    rules: dict[str, LoadedRule]
    profiles: dict[str, Profile]
    digest: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules that judge under one profile, with the profile's last word applied."""

    profile: Profile
    rules: tuple[LoadedRule, ...]
    sha256: str

    @property
    def blocking(self) -> frozenset[str]:
        """Vetoes that hold the verdict back while they are open or in review."""
        return frozenset(self.profile.blocking or ())


def load_rules(folder: Path) -> RuleBook:
    """Read, validate and prepare every rule and profile under `folder`; raises RuleError with all problems."""
    files = sorted(p for p in folder.rglob("*.yaml") if "lexicon" not in p.relative_to(folder).parts)
    if not files:
        raise RuleError([Problem(str(folder), 0, "holds no rules; give the folder with --rules")])
    book = _Reading(folder)
    for path in files:
        book.read(path)
    for path in sorted(folder.rglob("*.yml")):
        book.problems.append(Problem(str(path), 0, "is not read; rename it to .yaml"))
    book.check_profiles()
    if book.problems:
        raise RuleError(book.problems)
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return RuleBook(folder, book.rules, book.profiles, digest.hexdigest())


def load_rule(path: Path) -> LoadedRule:
    """One rule file by itself, prepared; raises RuleError with all its problems."""
    lines, problems = yaml_lines.load(path)
    rule, found = yaml_lines.validated(Rule, lines) if lines else (None, [])
    if lines is None or rule is None:
        raise RuleError(problems + found)
    loaded, found = prepare(rule, lines, Memory.empty().reader(seconds=5))
    if found:
        raise RuleError(found)
    return loaded


class _Reading:
    """Collects rules, profiles and problems over all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules: dict[str, LoadedRule] = {}
        self.profiles: dict[str, Profile] = {}
        self.problems: list[Problem] = []
        self._lines: dict[str, yaml_lines.Lines] = {}
        self._reader = Memory.empty().reader(seconds=5)

    def read(self, path: Path) -> None:
        name = str(path)
        lines, problems = yaml_lines.load(path, name)
        self.problems += problems
        if lines is None:
            return
        if "profiles" in path.relative_to(self.folder).parts:
            self._profile(lines, path)
        else:
            self._rule(lines, path)

    def _rule(self, lines: yaml_lines.Lines, path: Path) -> None:
        rule, problems = yaml_lines.validated(Rule, lines)
        self.problems += problems
        if rule is None:
            return
        if rule.id != path.stem:
            self._say(lines, ("id",), f"id '{rule.id}' differs from the file name '{path.stem}'")
        if rule.id in self.rules:
            self._say(lines, ("id",), f"id '{rule.id}' stands in {self.rules[rule.id].file} already")
        loaded, found = prepare(rule, lines, self._reader)
        self.problems += found + _case_problems(rule, lines)
        self.rules[rule.id] = loaded

    def _profile(self, lines: yaml_lines.Lines, path: Path) -> None:
        profile, problems = yaml_lines.validated(Profile, lines)
        self.problems += problems
        if profile is None:
            return
        if profile.name != path.stem:
            self._say(lines, ("name",), f"name '{profile.name}' differs from the file name '{path.stem}'")
        if profile.name in self.profiles:
            self._say(lines, ("name",), f"name '{profile.name}' stands in {self._lines[profile.name].file} already")
        self.profiles[profile.name] = profile
        self._lines[profile.name] = lines

    def check_profiles(self) -> None:
        """Names that profiles use must exist, chains must end, and the result of every change must be a rule."""
        for profile in self.profiles.values():
            lines = self._lines[profile.name]
            if profile.extends and profile.extends not in self.profiles:
                self._unknown(lines, ("extends",), "profile", profile.extends, self.profiles)
            elif profile.name in _ancestors(profile, self.profiles):
                self._say(lines, ("extends",), f"profile '{profile.name}' extends itself")
            for key in ("only", "blocking"):
                for i, rule_id in enumerate(getattr(profile, key) or ()):
                    if rule_id not in self.rules:
                        self._unknown(lines, (key, i), "rule", rule_id, self.rules)
            for i, grade in enumerate(profile.grades or ()):
                for rule_id in (*grade.when.failed, *grade.when.not_earned):
                    if rule_id not in self.rules:
                        self._unknown(lines, ("grades", i), "rule", rule_id, self.rules)
            for rule_id, change in profile.rules.items():
                self._check_change(profile, rule_id, change)

    def _check_change(self, profile: Profile, rule_id: str, change: RuleChange) -> None:
        lines = self._lines[profile.name]
        if rule_id not in self.rules:
            self._unknown(lines, ("rules", rule_id), "rule", rule_id, self.rules)
            return
        rule, place = self.rules[rule_id].rule, ("rules", rule_id)
        before = len(self.problems)
        for key, value in change.params.items():
            if key not in rule.params:
                self._unknown(lines, (*place, "params", key), "param", key, rule.params)
            elif isinstance(value, str) is not isinstance(rule.params[key], str):
                wanted = "a text" if isinstance(rule.params[key], str) else "a number"
                self._say(lines, (*place, "params", key), f"param '{key}' must be {wanted}, not {value!r}")
        for name, part in change.clauses.items():
            if name not in rule.clauses:
                self._unknown(lines, (*place, "clauses", name), "clause", name, rule.clauses)
            for key in part.keys() - Clause.model_fields.keys():
                self._unknown(lines, (*place, "clauses", name, key), "key", key, Clause.model_fields)
        if change.problem is not None and "main" not in rule.clauses:
            self._say(lines, (*place, "problem"), f"the rule has no clause 'main'; give {_names(rule)} its own problem")
        if len(self.problems) == before:
            self._try_change(profile, rule_id, change)

    def _try_change(self, profile: Profile, rule_id: str, change: RuleChange) -> None:
        """What comes out of a change, after those of the profiles beneath, must be a rule whose queries run."""
        lines, rule = self._lines[profile.name], self.rules[rule_id].rule
        try:
            for name in reversed(_ancestors(profile, self.profiles)):
                if name != profile.name and rule_id in self.profiles[name].rules:
                    rule = changed(rule, self.profiles[name].rules[rule_id])
        except (ValidationError, KeyError):
            return  # told where that profile is checked
        try:
            rule = changed(rule, change)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                message = str(found["msg"]).removeprefix("Value error, ")
                self._say(lines, ("rules", rule_id, *found["loc"]), message)
            return
        if change.effect is not None or change.params:
            place: yaml_lines.Place = ("rules", rule_id, "effect" if change.effect else "params")
            for problem in prepare(rule, lines, self._reader)[1]:
                self._say(lines, place, problem.message)

    def _unknown(
        self, lines: yaml_lines.Lines, place: yaml_lines.Place, what: str, name: str, known: Iterable[str]
    ) -> None:
        close = difflib.get_close_matches(name, list(known), n=1)
        self._say(lines, place, f"unknown {what} '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""))

    def _say(self, lines: yaml_lines.Lines, place: yaml_lines.Place, message: str) -> None:
        self.problems.append(Problem(lines.file, lines.line(place), message))


def prepare(rule: Rule, lines: yaml_lines.Lines, reader: FactsReader) -> tuple[LoadedRule, list[Problem]]:
    """Prepare a rule's queries on the empty schema; the rule with what it reads, and what SQLite objects to."""
    problems: list[Problem] = []
    reads: set[str] = set()
    threshold = rule.effect.at_least
    queries: list[tuple[yaml_lines.Place, str | None, tuple[str, ...]]] = [
        (("sql",), rule.sql, ROW_COLUMNS[:3]),
        (("sample", "sql"), rule.sample.sql if rule.sample else None, ("key",)),
        (("effect", rule.effect.kind, "at_least"), threshold.sql if isinstance(threshold, Threshold) else None, ()),
    ]
    for place, sql, wanted in queries:
        if sql is None:
            continue
        try:
            params = _PREPARED_WITH | rule.params
            named = reader.reads(sql, params)
            names = reader.columns(sql, params)
        except QueryError as error:
            problems.append(Problem(lines.file, lines.line(place), f"the query is refused: {error}"))
            continue
        reads |= named
        if "sample" in named and (rule.sample is None or place != ("sql",)):
            problems.append(Problem(lines.file, lines.line(place), "the query reads 'sample', but there is none here"))
        if not wanted and len(names) != 1:
            problems.append(Problem(lines.file, lines.line(place), "the query must return one number and nothing else"))
        problems += [
            Problem(lines.file, lines.line(place), f"the query does not return '{name}'")
            for name in wanted
            if name not in names
        ]
        if place == ("sql",):
            problems += [
                Problem(lines.file, lines.line(place), f"the query returns '{name}', which is none of {ROW_COLUMNS}")
                for name in names
                if name not in ROW_COLUMNS
            ]
    return LoadedRule(rule, lines.file, frozenset(reads), needs_of(frozenset(reads))), problems


def _names(rule: Rule) -> str:
    return ", ".join(f"'{name}'" for name in rule.clauses)


def _case_problems(rule: Rule, lines: yaml_lines.Lines) -> list[Problem]:
    """A rule shows by cases that it hits, that it misses narrowly, and what it says of nothing."""
    outcomes = {case.expect.outcome for case in rule.cases}
    lacking = []
    bonus = rule.effect.kind == "bonus"
    if not outcomes & ({"pass"} if bonus else {"fail", "review"}) and not _warns(rule):
        lacking.append("a hit")
    if not outcomes & ({"notEarned", "open"} if bonus else {"pass", "open"}):
        lacking.append("a near miss")
    if rule.sql and rule.proof == "absence" and not any(case.gathered for case in rule.cases):
        lacking.append("an empty and ungathered case (gathered: …), which must come out open")
    return [Problem(lines.file, lines.line(("cases",)), f"cases lack {what}") for what in lacking]


def _warns(rule: Rule) -> bool:
    return all(clause.notice for clause in rule.clauses.values())


def _ancestors(profile: Profile, profiles: dict[str, Profile]) -> list[str]:
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
    chain = [*reversed(_ancestors(book.profiles[name], book.profiles)), name]
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
    return RuleSet(final, loaded, digest)


def _with_rule(loaded: LoadedRule, rule: Rule, reader: FactsReader) -> LoadedRule:
    """The rule as the profile has it; a threshold that a profile brings along may need facts of its own."""
    threshold = rule.effect.at_least
    if not isinstance(threshold, Threshold) or threshold == loaded.rule.effect.at_least:
        return LoadedRule(rule, loaded.file, loaded.reads, loaded.needs)
    named = loaded.reads | reader.reads(threshold.sql, _PREPARED_WITH | rule.params)
    return LoadedRule(rule, loaded.file, named, needs_of(named))


def _natural(rule_id: str) -> tuple[str, int, str]:
    """v1 … v6, a1 … a9, d10 after d9, x-… last."""
    head, _, rest = rule_id.partition("-")
    letter, number = head[0], head[1:]
    order = {"v": "0", "n": "1", "x": "z"}.get(letter, letter)
    return order, int(number) if number.isdigit() else 0, rest
