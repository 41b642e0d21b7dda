"""The worked questions of docs/query.md: their SQL, where it is asked, and the answer that the page shows."""

import re
from dataclasses import dataclass
from pathlib import Path

from checker.fleet.listing import Place

PAGE = Path(__file__).parent.parent / "docs" / "query.md"
_QUESTION = re.compile(
    r"^### (?P<title>[^\n]+)\n(?:(?!^### ).)*?^```sql(?P<option>[^\n]*)\n(?P<sql>.*?)^```\n\n"
    r"```text\n(?P<shown>.*?)^```$",
    re.M | re.S,
)
_PLACES = {"": Place.SCAN, "--every-subject": Place.EVERY, "--history": Place.HISTORY}


@dataclass(frozen=True)
class Question:
    """One question as the page has it."""

    title: str
    place: Place
    sql: str
    shown: str

    def __str__(self) -> str:
        return self.title.partition(" ")[0]


def questions() -> list[Question]:
    found = _QUESTION.finditer(PAGE.read_text("utf-8"))
    return [Question(m["title"], _PLACES[m["option"].strip()], m["sql"], m["shown"]) for m in found]


def show(question: Question, answer: str) -> None:
    """Put another answer into the page."""
    text = PAGE.read_text("utf-8")
    before, heading, behind = text.partition(f"### {question.title}\n")
    answered = behind.replace(f"```text\n{question.shown}```", f"```text\n{answer}```", 1)
    PAGE.write_text(before + heading + answered, "utf-8")
