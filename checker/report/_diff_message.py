"""The message that people get of what changed: a title and a few lines, in plain text that no chat takes for markup."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checker.model.differences import Comparison, Difference, Presence, SubjectDifference
from checker.model.results import Change, Verdict
from checker.report._diff_text import (
    expired_line,
    figures_line,
    inspection_line,
    repeats_line,
    row_line,
    verdict_change,
    weight,
)
from checker.report._lines import plain

_LONGEST_LINE = 160
_LONGEST_PLACE = 60
_FINGERPRINT = 8
_INERT = str.maketrans("<>@", "＜＞＠")
"""What chats read as a mention or a tag, as it looks but without its power; a link's `](` loses its bracket too."""

_ARRIVED = (Change.NEW, Change.REOPENED)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; `grave` = a subject became 不合格, or a veto was found."""

    title: str
    body: str
    grave: bool


def message(comparison: Comparison, most_bytes: int) -> Message:
    """The changes as a message of at most `most_bytes` bytes of UTF-8, title included; what is left out is counted."""
    title = _title(comparison)
    rest = max(most_bytes - len(title.encode()) - 2, 200)
    return Message(title, _bounded(list(_lines(comparison)), rest), _grave(comparison))


def _title(comparison: Comparison) -> str:
    counts = comparison.counts
    verdicts = sum(s.verdict_changed for s in comparison.subjects)
    if comparison.after.kind == "recheck":
        told = [f"{word}{len(rows)}项" for word, rows in _answers(comparison).items()]
        return f"网站和新媒体复查：{'、'.join(told + ([f'{verdicts}个对象结论变化'] if verdicts else []))}"
    said = (
        (counts[Change.NEW], "项新增"), (counts[Change.REOPENED], "项再次出现"), (counts[Change.RECTIFIED], "项整改"),
        (counts[Change.REMOVED], "项已撤下"), (counts[Change.UPDATED], "项有变化"), (verdicts, "个对象结论变化"),
    )  # fmt: skip
    parts = [f"{n}{words}" for n, words in said if n]
    what = "、".join(parts) or ("对象或得分有变化" if comparison.changed else "没有变化")
    return f"网站和新媒体检查：{what}"


_Pair = tuple[SubjectDifference, Difference]


def _answers(comparison: Comparison) -> dict[str, list[_Pair]]:
    """What a recheck says of whomever it looked at; only what is certain is called 未整改."""
    found: dict[str, list[_Pair]] = {"已整改": [], "未整改": [], "无法判定": []}
    for s in (s for s in comparison.subjects if s.presence is Presence.BOTH):
        for f in (f for f in s.findings if not f.of_others):
            still = f.change in {Change.UNCHANGED, Change.REOPENED} and f.certainty == "certain"
            word = "已整改" if f.change is Change.RECTIFIED else "未整改" if still else "无法判定"
            found[word].append((s, f))
    return found


def _grave(comparison: Comparison) -> bool:
    if any(s.verdict_changed and s.after and s.after.verdict is Verdict.UNQUALIFIED for s in comparison.subjects):
        return True
    return any(_veto(f) for s in comparison.subjects for f in s.of(*_ARRIVED))


def _veto(row: Difference) -> bool:
    return row.effect == "veto" and not row.notice and row.certainty == "certain" and not row.suppressed


def _lines(comparison: Comparison) -> Iterator[str]:
    """The lines of the body, headings ending with a colon; what matters most comes first."""
    for label, inspection in (("前一次", comparison.before), ("后一次", comparison.after)):
        yield f"{label} {inspection_line(inspection)}"
    yield from (f"注意：{note}" for note in comparison.notes)
    yield from _section("结论变化", [_standing(s) for s in comparison.subjects if s.verdict_changed])
    yield from _section("因豁免而变化", [f"{s.name}：{t}" for s in comparison.subjects for t in s.suppression])
    yield from _section("新增单项否决", _rows(comparison, _ARRIVED, _veto))
    yield from _section("豁免到期", [expired_line(use) for use in comparison.expired])
    yield from _section("预警", _rows(comparison, _ARRIVED, lambda f: f.notice))
    yield from _section("其他新增", _rows(comparison, _ARRIVED, lambda f: not (_veto(f) or f.notice)))
    if comparison.after.kind == "recheck":
        for word in ("未整改", "无法判定"):
            yield from _section(word, _told(_answers(comparison)[word]))
    for change, words in ((Change.UPDATED, "有变化"), (Change.RECTIFIED, "已整改"), (Change.REMOVED, "已撤下，待确认")):
        yield from _section(words, _rows(comparison, (change,), lambda _: True))
    if repeated := repeats_line(comparison.subjects):
        yield repeated
    same = [s for s in comparison.subjects if s.changed and s.presence is Presence.BOTH and not s.verdict_changed]
    moved = [s for s in same if s.before and s.after and s.before.figures != s.after.figures]
    yield from _section("得分、等次、整改情况", [f"{s.name}：{figures_line(s)}" for s in moved])
    moved = [s for s in comparison.subjects if s.presence in {Presence.LEFT, Presence.JOINED}]
    yield from _section("登记变化", [f"{s.name}：{s.note}" for s in moved])


def _standing(subject: SubjectDifference) -> str:
    figures = figures_line(subject)
    return f"{subject.name}：{verdict_change(subject)}" + (f"（{figures}）" if figures else "")


def _rows(comparison: Comparison, changes: tuple[Change, ...], wanted: Callable[[Difference], bool]) -> list[str]:
    """The lines of findings, what is sure before what is not."""
    found = [(s, f) for s in comparison.subjects for f in s.of(*changes) if wanted(f)]
    return _told(sorted(found, key=lambda pair: weight(pair[1])))


def _told(found: list[_Pair]) -> list[str]:
    """A line each: its subject, that it came back, what it is, why it changed, where; no two are alike."""
    lines = [_line(s, f) for s, f in found]
    times = Counter(lines)
    marks = (f" 〔{f.fingerprint[:_FINGERPRINT]}〕" for _, f in found)
    return [line if times[line] == 1 else _cut(line, mark) for line, mark in zip(lines, marks, strict=True)]


def _line(subject: SubjectDifference, row: Difference) -> str:
    back = "再次出现 " if row.change is Change.REOPENED else ""
    why = f"（{row.reason}）" if row.change is Change.UPDATED and row.reason else ""
    hidden = "（已豁免）" if row.suppressed and row.change is not Change.UPDATED else ""
    return _cut(f"{subject.name}：{back}{row_line(row)}", f"{why}{hidden}{_about(row)}")


def _about(row: Difference) -> str:
    """Where it is, without the scheme; of what stands on no page, the item. The end of a long address tells more."""
    places = (p for p in (row.url, row.location, row.item) if p and not p.startswith("account:"))
    shown = re.sub("^https?://", "", plain(next(places, ""), 2000))
    shown = shown if len(shown) <= _LONGEST_PLACE else f"…{shown[1 - _LONGEST_PLACE :]}"
    return f" {shown}" if shown and shown not in {row.problem, row.detail} else ""


def _cut(line: str, tail: str) -> str:
    """A line that is not too long and keeps its end."""
    room = max(_LONGEST_LINE - len(plain(tail)) - 3, 20)
    said = plain(line, 2000)
    return f"{said if len(said) <= room else f'{said[: room - 1]}…'}{tail}"


def _section(heading: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield f"{heading} {len(rows)}："
        yield from (f"- {row}" for row in rows)


def _bounded(lines: list[str], most: int) -> str:
    """The first lines that fit, and how many items do not."""
    lines = [_short(line) for line in lines]
    if len("\n".join(lines).encode()) <= most:
        return "\n".join(lines)
    kept: list[str] = []
    left = most - len("\n另有99999项，见报告".encode())
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            break
        kept.append(line)
    while kept and not kept[-1].startswith("- ") and kept[-1].endswith("："):  # a heading with nothing under it
        kept.pop()
    missing = sum(line.startswith("- ") for line in lines) - sum(line.startswith("- ") for line in kept)
    return "\n".join([*kept, f"另有{missing}项，见报告"])


def _short(line: str) -> str:
    text = plain(line, 2000).translate(_INERT).replace("](", "]（")
    return text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 1]}…"
