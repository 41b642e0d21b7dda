"""Marks of the hand-made pages: what a person reads off them against what the extractor reads."""

import re

from bench.pages_index import HandMade, load
from checker.extract.contract import Role
from checker.extract.marks.extractor import extract
from checker.extract.written import plain
from checker.model.facts import GatherLog, Mark
from checker.page import parse
from tests.pages import context

ROLES: dict[str, Role] = {"home": "home", "list": "column", "article": "article"}
LEAST = 0.98
"""Recall and precision over all marks, and the share of pages whose unseen kinds are told rightly."""


def rows_of(made: HandMade) -> tuple[Mark | GatherLog, ...]:
    parsed = parse(made.url, made.body, made.content_type)
    return extract(parsed, context(ROLES.get(made.kind, "other"))).rows


def same(shown: str, read: str) -> bool:
    """Blanks, 号 and letter case make no difference; of 皖公网安备…号 the number is read."""
    bare = [re.sub(r"[\s号]", "", plain(text)).lower() for text in (shown, read)]
    return not shown or bare[1] == bare[0] or (bare[1].isdigit() and bare[0].endswith(bare[1]))


def test_marks_that_a_person_reads_are_read_and_no_others() -> None:
    wanted, missed, extra = 0, [], []
    for made in load():
        if "marks" not in made.known:
            continue
        got = [(row.kind, row.value) for row in rows_of(made) if isinstance(row, Mark)]
        wanted += len(made.marks)
        missed += [
            (made.file, mark.kind, mark.value)
            for mark in made.marks
            if not any(kind == mark.kind and same(mark.value, value) for kind, value in got)
        ]
        extra += [
            (made.file, kind, value)
            for kind, value in got
            if not any(mark.kind == kind and (not value or same(mark.value, value)) for mark in made.marks)
        ]
    assert wanted
    assert 1 - len(missed) / wanted >= LEAST, missed
    assert wanted / (wanted + len(extra)) >= LEAST, extra


def test_kinds_that_were_not_seen_are_told_from_absent_ones() -> None:
    """A page that may hide its footer is never called unmarked, and a page that hides nothing is not doubted."""
    overlooked = []
    for made in load():
        if "not_seen" not in made.known:
            continue
        rows = rows_of(made)
        log = {row.scope: row.state for row in rows if isinstance(row, GatherLog)}
        found = {row.kind for row in rows if isinstance(row, Mark)}
        doubted = {scope.partition("#")[2] for scope, state in log.items() if state != "complete"}
        asked = set(made.not_seen) - found - (set() if made.kind == "home" else {"accessibility"})
        if not (asked <= doubted or log[made.url] != "complete"):
            overlooked.append((made.file, sorted(asked - doubted)))
    assert overlooked == []
