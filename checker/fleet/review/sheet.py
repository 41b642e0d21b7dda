"""The questions as one xlsx line each, and the filled sheet read back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from checker.errors import Problem, RegistryError
from checker.fleet.review.answering import Given
from checker.fleet.review.waiting import Waiting
from checker.registry.words import platform_name
from checker.sheets import Record, find_tables, read_sheets
from checker.sheets.writing import Cell, Heading, write_sheet

YES, NO = "有问题", "无问题"
EARNED, NOT_EARNED = "符合", "不符合"
_MERIT = "（加分项，结论填“符合”或“不符合”）"
_WORDS = {YES: (True, False), NO: (False, False), EARNED: (True, True), NOT_EARNED: (False, True)}
"""Conclusions: what they say, and whether of a merit. 是 and 否 are none: some questions ask whether all is well."""

HEADINGS = (
    Heading("主体标识", 20), Heading("名称", 22), Heading("类型", 16), Heading("单位", 18), Heading("规则", 18),
    Heading("条款", 10), Heading("对象", 20), Heading("问题", 40), Heading("系统所见", 40), Heading("链接", 34),
    Heading("已知最近发布", 13), Heading("结论", 10, to_fill=True, choices=(YES, NO, EARNED, NOT_EARNED)),
    Heading("最近发布日期", 13, to_fill=True), Heading("说明", 30, to_fill=True), Heading("姓名", 10, to_fill=True),
    Heading("日期", 12, to_fill=True),
)  # fmt: skip
_FIELDS = {
    "subject": ["主体标识"], "rules": ["规则"], "clause": ["条款"], "item": ["对象"], "problem": ["结论"],
    "newest": ["最近发布日期"], "detail": ["说明"], "by": ["姓名", "核查人"], "on": ["日期", "核查日期"],
}  # fmt: skip


def sheet_of(questions: Iterable[Waiting]) -> bytes:
    """An xlsx file; the yellow columns are for the person: conclusion or day of the newest post, name, day."""
    return write_sheet("待人工核查", HEADINGS, [_row(q) for q in questions])


def _row(q: Waiting) -> list[Cell]:
    known = f"{q.last_on}《{q.last_title}》" if q.last_on and q.last_title else q.last_on
    platform = platform_name(q.platform) if q.platform else "网站"
    return [
        q.subject, q.name, platform, q.unit, " ".join(q.rules), q.clause, q.item,
        f"{q.question}{_MERIT if q.merit else ''}", q.seen, q.link, known,
        None, None, None, None, None,
    ]  # fmt: skip


def given_in(name: str, data: bytes, today: date) -> tuple[Given, ...]:
    """The answers of a filled sheet; lines without conclusion and day are left out.

    Raises RegistryError with every faulty cell as `file:row: what`; then nothing of the sheet counts.
    """
    found: list[Given] = []
    problems: list[Problem] = []
    for table in find_tables(read_sheets(name, data), _FIELDS):
        missing = [h for f, h in (("subject", "主体标识"), ("rules", "规则"), ("by", "姓名")) if f not in table.columns]
        if missing:
            lacking = f"column {'、'.join(missing)} is missing; use the sheet as it was written"
            problems.append(Problem(name, table.row, lacking))
            continue
        for record in table.records:
            try:
                given = _given(record, today)
            except ValueError as error:
                problems.append(Problem(name, record.number, str(error)))
                continue
            if given is not None:
                found.append(given)
    if problems:
        raise RegistryError(problems)
    return tuple(found)


def _item(record: Record) -> str:
    """What the line is about, sign by sign as it was written: it must be found again."""
    written = record.cells.get("item")
    return written.strip() if isinstance(written, str) else record.text("item")


def _given(record: Record, today: date) -> Given | None:
    said, newest = record.text("problem"), record.when("newest")
    if not said and not record.text("newest"):
        return None
    if record.text("newest") and newest is None:
        raise ValueError(f"最近发布日期 '{record.text('newest')}' is no day; write it as 2026-11-20")
    if said and said not in _WORDS:
        raise ValueError(f"结论 '{said}' is neither {YES} nor {NO} (of what earns points: {EARNED}, {NOT_EARNED})")
    concluded, merit = _WORDS.get(said, (None, None))
    on = record.when("on")
    given = Given(
        record.text("subject"), tuple(record.text("rules").split()), record.text("clause"), _item(record),
        concluded, newest.day if newest else None, record.text("detail"), record.text("by"),
        on.day if on else today, merit, record.number,
    )  # fmt: skip
    for field, heading in (("subject", "主体标识"), ("rules", "规则"), ("by", "姓名"), ("on", "日期")):
        if not record.text(field):
            raise ValueError(f"{heading} is empty; an answer needs who gave it and when")
    if on is None:
        raise ValueError(f"日期 '{record.text('on')}' is no day; write it as 2026-11-20")
    if given.on > today:
        raise ValueError(f"日期 {given.on} lies in the future")
    return replace(given, clause="" if len(given.rules) > 1 else given.clause)
