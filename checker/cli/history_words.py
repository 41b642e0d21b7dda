"""What the commands of `checker history` have in common: days of the command line, and the Chinese words for states."""

from datetime import date

from checker.errors import UsageError
from checker.history.trail import State, What

EVENTS = {
    What.WARNED: "预警", What.FOUND: "发现", What.NOTIFIED: "通报", What.RECTIFIED: "整改", What.REOPENED: "复发",
    What.REMOVED: "撤下", What.ACCEPTED: "确认整改", What.IMPORTED: "发现（导入）",
}  # fmt: skip
"""How the trail calls what happened."""

_STATES = {State.RECTIFIED: "已整改", State.REMOVED: "已撤下，待确认", State.ACCEPTED: "已确认整改"}


def state_words(state: str, notified_on: str, certainty: str = "certain", warned: bool = False) -> str:
    """Where a finding stands, for people; what nobody was told of cannot be unrectified.

    `warned`: it was never more than an early warning.
    """
    if state in _STATES:
        return _STATES[State(state)]
    if certainty == "candidate":
        return "已通报，疑似，待确认" if notified_on else "疑似，待确认"
    if notified_on:
        return "已通报，未整改"
    return "预警" if warned else "已发现，未通报"


def day_at(option: str, text: str | None, today: date) -> date | None:
    """A day of the command line, None if it was not given; raises UsageError for no day and for one to come."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text}: not a day; write it as 2026-11-20") from error
    if day and day > today:
        raise UsageError(f"{option} {day}: lies in the future")
    return day
