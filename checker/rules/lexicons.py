"""Reads the word lists under lexicon/ of the rules' folder; which words a list holds is told as for rules."""

from pathlib import Path

from checker import yaml_lines
from checker.errors import Problem
from checker.model.lexicon import WordList

FOLDER = "lexicon"
WEIGHED = "harmful-targets.yaml"
"""The words by which link targets are weighed: a form of its own, read where links are judged."""


def load_lexicons(folder: Path) -> tuple[tuple[WordList, ...], list[Problem]]:
    """The lists of a rules' folder in the order of their files (none if it has none), and all that is wrong in them."""
    lists: list[WordList] = []
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).rglob("*.yaml")):
        if path.name == WEIGHED:
            continue
        lines, found = yaml_lines.load(path)
        problems += found
        read, found = yaml_lines.validated(WordList, lines) if lines else (None, [])
        problems += found
        if lines and read:
            lists.append(read)
            problems += _problems(read, lines, path)
    return tuple(lists), problems


def _problems(read: WordList, lines: yaml_lines.Lines, path: Path) -> list[Problem]:
    """The list is named as its file, and each term stands in it once."""
    found = []
    if read.name != path.stem:
        found.append(lines.problem(("name",), f"'{read.name}' differs from the file name '{path.stem}'"))
    seen: dict[str, int] = {}
    for n, entry in enumerate(read.terms):
        for term in entry.term:
            line = lines.line(("terms", n))
            if term in seen:
                found.append(lines.problem(("terms", n), f"'{term}' stands twice (first in line {seen[term]})"))
            seen.setdefault(term, line)
            if term == entry.right:
                found.append(lines.problem(("terms", n), f"'{term}' is to be replaced by itself"))
    return found
