"""Reads suppressions.yaml: what somebody answers for, for a time. Every error at once, as file:line: message.

Comes in: the file, the rules it may name, the profile's rule set. Goes out: the entries with their places. Errors:
RuleError.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checker import yaml_lines
from checker.errors import Problem, RuleError
from checker.model.suppressions import VETO_DAYS, Suppression, SuppressionFile
from checker.rules.book import PlacedSuppression, RuleBook, RuleSet
from checker.rules.prepare import mapping


def read_suppressions(path: Path, book: RuleBook, rules: RuleSet) -> tuple[PlacedSuppression, ...]:
    """The suppressions in `path`; raises RuleError with all that is wrong in it.

    Rules must stand in `book`; how long one may hold depends on its effect under the profile of `rules`.
    """
    lines, problems = yaml_lines.load(path)
    if lines is None:
        raise RuleError(problems)
    read, found = yaml_lines.validated(SuppressionFile, lines)
    problems += found
    problems += _unknown_rules(lines, book)
    problems += _too_long(lines, {loaded.rule.id for loaded in rules.rules if loaded.rule.effect.kind == "veto"})
    if problems or read is None:
        raise RuleError(problems)
    return tuple(
        PlacedSuppression(suppression, f"{lines.file}:{lines.line(('suppressions', number))}")
        for number, suppression in enumerate(read.suppressions)
    )


def _entries(lines: yaml_lines.Lines) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries as they stand there, so that all that is wrong is told at once, whatever their shape."""
    entries = mapping(lines.data).get("suppressions")
    for number, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        yield number, mapping(entry)


def _unknown_rules(lines: yaml_lines.Lines, book: RuleBook) -> Iterator[Problem]:
    for number, entry in _entries(lines):
        rule = entry.get("rule")
        if isinstance(rule, str) and rule not in book.rules:
            close = difflib.get_close_matches(rule, list(book.rules), n=1)
            hint = f"; did you mean '{close[0]}'?" if close else "; `checker rules list` shows all"
            yield lines.problem(("suppressions", number, "rule"), f"unknown rule '{rule}'{hint}")


def _too_long(lines: yaml_lines.Lines, vetoes: set[str]) -> Iterator[Problem]:
    for number, entry in _entries(lines):
        try:
            suppression = Suppression.model_validate(entry)
        except ValidationError:
            continue  # that is told by itself
        days = (suppression.expires - suppression.created).days + 1  # both days are included
        if suppression.rule in vetoes and days > VETO_DAYS:
            why = (
                f"'{suppression.rule}' is a veto (单项否决) and is suppressed for {days} days; at most {VETO_DAYS} "
                "from created are allowed: bring expires forward, and look again then"
            )
            yield lines.problem(("suppressions", number, "expires"), why)
