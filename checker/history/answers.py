"""What people answered to the questions of rules; the newest answer to a question replaces the one before."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from pathlib import Path

from checker.facts.store import FactsWriter
from checker.history.files import HISTORY, opened
from checker.model.context import Answer


def record_answers(store: Path, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Keep answers in the store, all of them or none; raises StoreError.

    Gives back those that are not kept, because a newer answer to the same question is there.
    """
    older: list[Answer] = []
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        marks = ", ".join("?" * 9)
        for answer in answers:
            question = (answer.subject, answer.rule, answer.clause, answer.item, answer.on_date)
            newer = "SELECT 1 FROM answer WHERE (subject, rule, clause, item) = (?, ?, ?, ?) AND on_date > ?"
            if db.execute(newer, question).fetchone():
                older.append(answer)
            else:
                db.execute(f"INSERT OR REPLACE INTO answer VALUES ({marks})", astuple(answer))
    return tuple(older)


def answers_of(store: Path) -> Mapping[str, tuple[Answer, ...]]:
    """Every answer that the store holds, expired ones too, by subject."""
    if not (store / "history.sqlite").exists():
        return {}
    found: dict[str, list[Answer]] = {}
    with opened(store / "history.sqlite", HISTORY, "history") as db:
        for row in db.execute("SELECT * FROM answer ORDER BY subject, rule, clause, item"):
            found.setdefault(row[0], []).append(Answer(*row))
    return {subject: tuple(rows) for subject, rows in found.items()}


def renew_answers(context: Path, answers: Iterable[Answer]) -> None:
    """Put the answers of today into a context file that was cut earlier, in place of those it holds."""
    with FactsWriter(context, "context") as file:
        file.execute("DELETE FROM answer")
        file.write(answers)
