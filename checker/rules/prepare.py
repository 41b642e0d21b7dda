"""Prepares a rule's queries on the empty schema, so that every error is told before any request."""

import re
from collections.abc import Iterator
from typing import Any

from checker import yaml_lines
from checker.errors import Problem
from checker.facts.query import FactsReader, QueryError, needs_of
from checker.model.rules import Rule, Threshold
from checker.rules.book import LoadedRule

ROW_COLUMNS = (
    "subject", "location", "detail", "clause", "item", "scope", "certainty", "key", "url", "quote",
)  # fmt: skip
"""What a rule's SQL may return; the first three it must."""

PREPARED_WITH = {"today": "2021-11-08", "as_of": "2021-11-08T10:00:00+08:00"}


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
            params = PREPARED_WITH | rule.params
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
    needs = needs_of(frozenset(reads))
    return LoadedRule(rule, lines.file, frozenset(reads), needs), [*problems, *_param_problems(rule, lines)]


def raw_problems(lines: yaml_lines.Lines, reader: FactsReader) -> list[Problem]:
    """What SQLite objects to in a file whose shape is wrong already, so that all its errors come at once."""
    data = mapping(lines.data)
    simple = {k: v for k, v in mapping(data.get("params")).items() if isinstance(v, int | float | str)}
    found = []
    for place, sql in ((("sql",), data.get("sql")), (("sample", "sql"), mapping(data.get("sample")).get("sql"))):
        if isinstance(sql, str):
            try:
                reader.reads(sql, PREPARED_WITH | simple)
            except QueryError as error:
                if "supply a value" in str(error):
                    continue  # the params are what is wrong, and that is told
                found.append(Problem(lines.file, lines.line(place), f"the query is refused: {error}"))
    return found


def mapping(value: Any) -> dict[str, Any]:
    """What was written as keys and values; nothing if it was something else."""
    return value if isinstance(value, dict) else {}


def _param_problems(rule: Rule, lines: yaml_lines.Lines) -> Iterator[Problem]:
    """A number in quotes would be compared as a text, and nothing would ever be found."""
    for name, value in rule.params.items():
        if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d+)?", value.strip()):
            why = f"param '{name}' is a number in quotes; write {value.strip()}"
            yield Problem(lines.file, lines.line(("params", name)), why)


def need_problems(loaded: LoadedRule, lines: yaml_lines.Lines) -> list[Problem]:
    """A rule that reads nothing gathered could pass where nothing was gathered."""
    if loaded.rule.sql is None or loaded.needs:
        return []
    why = "the query reads no gathered fact, so it would pass where nothing was gathered; read a view"
    return [Problem(lines.file, lines.line(("sql",)), why)]


def case_problems(rule: Rule, lines: yaml_lines.Lines) -> list[Problem]:
    """A rule shows by cases that it hits, that it misses narrowly, and what it says of nothing."""
    outcomes = {case.expect.outcome for case in rule.cases}
    lacking = []
    bonus = rule.effect.kind == "bonus"
    if not outcomes & ({"pass"} if bonus else {"fail", "review"}) and not _warns(rule):
        lacking.append("a hit")
    if not outcomes & ({"notEarned", "open"} if bonus else {"pass", "open"}):
        lacking.append("a near miss")
    if rule.sql and rule.proof != "presence" and not any(case.gathered for case in rule.cases):
        lacking.append("an empty and ungathered case (gathered: …), which must come out open")
    return [Problem(lines.file, lines.line(("cases",)), f"cases lack {what}") for what in lacking]


def _warns(rule: Rule) -> bool:
    return all(clause.notice for clause in rule.clauses.values())
