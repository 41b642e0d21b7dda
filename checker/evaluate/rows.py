"""A rule's row as its query returned it → a checked row; what was not gathered completely makes it unknown."""

from typing import Any

from checker.evaluate.coverage import Gap, explain
from checker.evaluate.outcome import Row
from checker.model.rules import Rule

BROKEN = "规则执行出错："
"""How the reason of a rule begins that broke."""


class BrokenRule(Exception):
    """A rule returned something that is no row; the message is for its author."""


def row_of(rule: Rule, raw: dict[str, Any], subject: str, gaps: list[Gap]) -> Row:
    """One row, completed with its defaults; `gaps` are those of its place. Raises BrokenRule."""
    for name, value in raw.items():
        if value is None:
            raise BrokenRule(f"{name} is NULL in a row")
    if raw["subject"] != subject:
        raise BrokenRule(f"a row is about {raw['subject']}, not {subject}")
    clause = raw.get("clause", next(iter(rule.clauses)))
    if clause not in rule.clauses:
        raise BrokenRule(f"a row names clause '{clause}', which the rule does not have")
    certainty = raw.get("certainty", "certain")
    if certainty not in {"certain", "candidate"}:
        raise BrokenRule(f"certainty '{certainty}' is neither certain nor candidate")
    detail = str(raw["detail"])
    if gaps:
        certainty, detail = "unknown", _undecided(detail, gaps)
    location = str(raw["location"])
    return Row(
        clause, str(raw.get("item", "")) or location, location, detail, certainty, key_of(raw),
        str(raw.get("url") or location), str(raw.get("quote") or ""), str(raw.get("scope") or ""),
    )  # fmt: skip


def key_of(raw: dict[str, Any]) -> str:
    """A row's identity within rule and subject: its key, else its page and what is named on it."""
    location, named = str(raw["location"]), str(raw.get("item", ""))
    return str(raw.get("key", "")) or (f"{location}#{named}" if named else location)


def _undecided(detail: str, gaps: list[Gap]) -> str:
    """What a row of an ungathered place says: the reason first, and what was seen only if something was."""
    if all(gap.state == "partial" for gap in gaps):
        return f"{detail}（{explain(gaps)}，不能判定）"
    return f"不能判定：{explain(gaps)}"
