"""Reads the files under rules/ and tells every problem of all of them at once."""

import difflib
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checker import yaml_lines
from checker.errors import Problem, RuleError
from checker.facts.query import Memory
from checker.model.rules import Clause, Profile, Rule, RuleChange
from checker.rules.book import LoadedRule, RuleBook
from checker.rules.lexicons import load_lexicons
from checker.rules.prepare import case_problems, mapping, need_problems, prepare, raw_problems
from checker.rules.profiles import ancestors, changed


def load_rules(folder: Path) -> RuleBook:
    """Read, validate and prepare every rule, profile and word list under `folder`; RuleError has all problems."""
    files = sorted(p for p in folder.rglob("*.yaml") if "lexicon" not in p.relative_to(folder).parts)
    if not files:
        raise RuleError([Problem(str(folder), 0, "holds no rules; give the folder with --rules")])
    book = _Reading(folder)
    for path in files:
        book.read(path)
    for path in sorted(folder.rglob("*.yml")):
        book.problems.append(Problem(str(path), 0, "is not read; rename it to .yaml"))
    book.check_profiles()
    lexicons, problems = load_lexicons(folder)
    book.problems += problems
    if book.problems:
        raise RuleError(book.problems)
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return RuleBook(folder, book.rules, book.profiles, digest.hexdigest(), lexicons)


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
        self.broken: set[str] = set()
        self.problems: list[Problem] = []
        self._lines: dict[str, yaml_lines.Lines] = {}
        self._half_written: list[yaml_lines.Lines] = []
        self._reader = Memory.empty().reader(seconds=5)

    def read(self, path: Path) -> None:
        name = str(path)
        lines, problems = yaml_lines.load(path, name)
        self.problems += problems
        if lines is None:
            self.broken.add(path.stem)
        elif "profiles" in path.relative_to(self.folder).parts:
            self._profile(lines, path)
        else:
            self._rule(lines, path)

    def _rule(self, lines: yaml_lines.Lines, path: Path) -> None:
        rule, problems = yaml_lines.validated(Rule, lines)
        self.problems += problems
        if rule is None:
            self.broken.add(path.stem)
            self.problems += raw_problems(lines, self._reader)
            return
        if rule.id != path.stem:
            self._say(lines, ("id",), f"id '{rule.id}' differs from the file name '{path.stem}'")
        if rule.id in self.rules:
            self._say(lines, ("id",), f"id '{rule.id}' stands in {self.rules[rule.id].file} already")
        loaded, found = prepare(rule, lines, self._reader)
        self.problems += found + case_problems(rule, lines) + ([] if found else need_problems(loaded, lines))
        self.rules[rule.id] = loaded

    def _profile(self, lines: yaml_lines.Lines, path: Path) -> None:
        profile, problems = yaml_lines.validated(Profile, lines)
        self.problems += problems
        if profile is None:
            self.broken.add(path.stem)
            self._half_written.append(lines)
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
            self._check_names(lines, profile.model_dump(exclude_none=True))
            if profile.name in ancestors(profile, self.profiles):
                self._say(lines, ("extends",), f"profile '{profile.name}' extends itself")
            for rule_id, change in profile.rules.items():
                if rule_id in self.rules:
                    self._check_change(profile, rule_id, change)
        for lines in self._half_written:
            self._check_names(lines, lines.data)

    def _check_names(self, lines: yaml_lines.Lines, data: Any) -> None:
        """Every profile and rule that a profile names must be there; a file that could not be read is there too."""
        data = mapping(data)
        if (parent := data.get("extends")) and parent not in self.profiles.keys() | self.broken:
            self._unknown(lines, ("extends",), "profile", str(parent), self.profiles)
        named: list[tuple[yaml_lines.Place, Any]] = [(("rules", r), r) for r in _listed(data.get("rules"))]
        for key in ("only", "blocking"):
            named += [((key, i), r) for i, r in enumerate(_listed(data.get(key)))]
        for i, grade in enumerate(_listed(data.get("grades"))):
            when = mapping(mapping(grade).get("when"))
            for key in ("failed", "not_earned", "undecided"):
                named += [(("grades", i), r) for r in _listed(when.get(key))]
        for place, rule_id in named:
            if rule_id not in self.rules.keys() | self.broken:
                self._unknown(lines, place, "rule", str(rule_id), self.rules)

    def _check_change(self, profile: Profile, rule_id: str, change: RuleChange) -> None:
        lines = self._lines[profile.name]
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
            for name in reversed(ancestors(profile, self.profiles)):
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


def _names(rule: Rule) -> str:
    return ", ".join(f"'{name}'" for name in rule.clauses)


def _listed(value: Any) -> list[Any]:
    """What a person may have written as a list or as a mapping; nothing of anything else."""
    return list(value) if isinstance(value, list | tuple | dict) else []
