"""Sheets of findings that came from elsewhere (circulars, monitoring platforms, our own reports filled in) to rows.

Every faulty cell is told as `file:row: what`; nothing is guessed. Numbers as long as those of persons are masked. Pure.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from checker.address import normalise
from checker.errors import Problem
from checker.evaluate.desk import fingerprint as fingerprint_of
from checker.extract.wording import masked
from checker.history.days import day_of, is_empty, is_not_yet
from checker.history.naming import Catalogue, Directory, bare, problems_in
from checker.history.rectified import is_done, is_not_done, is_unclear
from checker.sheets import Aliases, Record, Sheet, SheetError, Table, days_in, find_tables

ALIASES: Aliases = {
    field: names.split()
    for field, names in {
        "code": "网站标识码 政务新媒体标识码 新媒体标识码 标识码 主体标识 对象标识 subject id",
        "name": "网站/政务新媒体名称 网站名称 账号名称 政务新媒体名称 新媒体名称 公众号名称 主体名称 检查对象 对象 "
        "名称 单位名称 name",
        "url": "首页网址 网站网址 网站地址 网址 site_url",
        "platform": "账号类型 平台类型 新媒体类型 所属平台 平台 platform",
        "rule": "规则 规则编号 规则id 检查指标 指标 rule",
        "problem": "主要存在问题 存在问题 存在的问题 突出问题 不合格原因 问题描述 问题 problem",
        "location": "所在页面 问题页面 页面地址 问题链接 页面链接 位置 location",
        "key": "问题标识 key",
        "found": "发现日期 发现时间 检查日期 检查时间 首次发现 found first_seen",
        "notified": "通报日期 通报时间 notified notified_on",
        "rectified": "整改日期 整改完成日期 整改时间 完成整改日期 完成日期 rectified rectified_on",
        "standing": "抽查整改情况 整改情况 整改状态 整改结果 是否整改 是否完成整改",
        "source": "来源 通报 通报名称 通报文件 source",
        "note": "备注 整改说明 说明 note",
        "fingerprint": "指纹 fingerprint",
        "unused": "序号 编号 主办单位 开办单位 填报单位 填报单位名单 承办单位 单位 检查结果 结果 得分 分组",
    }.items()
}
"""Fields by the headings of circulars and of our own reports, the most telling first."""

_SAYS_SOMETHING = {"rule", "problem", "fingerprint"}
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MARK = re.compile(r"〔([0-9a-fA-F]{6,40})〕")
_MARKED = re.compile(rf"{_MARK.pattern}\W*$")
_DAY_ALONE = re.compile(r"[(（]?20\d\d\s?\D\s?\d{1,2}\s?\D\s?\d{1,2}\s?日?[)）]?")
_DAYS = {"found": "发现日期", "notified": "通报日期", "rectified": "整改日期"}
_LEAST = 6
"""Signs of a fingerprint that a sheet may shorten it to."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """One finding as a row gives it; days are ISO 8601, '' where the row names none.

    `known`: the row names a finding of the history by its fingerprint. `rule`, `location` and `key` are '' if not
    given. `place` and `row` are where it stands. `own`: it joins a known finding; this would be its own identity.
    """

    place: str
    row: int
    fingerprint: str
    subject: str
    rule: str
    problem: str
    location: str = ""
    key: str = ""
    found_on: str = ""
    notified_on: str = ""
    rectified_on: str = ""
    source: str = ""
    note: str = ""
    known: bool = False
    own: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the history knows that rows may mean: `subjects` of its findings by fingerprint; the fingerprints that stand
    open by subject and rule; and what rows without a place `joined` before, by their own identity.
    """

    subjects: Mapping[str, str] = field(default_factory=dict)
    standing: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a row is read with: the registry, the rules, and what the history knows.

    `on` is the day of the circular (None = not said), `source` its name where no column says it, `today` the real day.
    """

    directory: Directory
    catalogue: Catalogue
    kinds: Mapping[str, str]
    known: Remembered
    on: date | None
    source: str
    today: date


@dataclass(slots=True)
class Read:
    """What sheets hold: rows in order, what is wrong, columns and sheets left out, and rows that say nothing.

    `without` are those without a problem, `untold` those of our own reports into which nobody filled a day.
    """

    rows: list[Foreign] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    without: int = 0
    untold: int = 0


def read_circular(sheets: Sequence[Sheet], meaning: Meaning) -> Read:
    """The findings of all worksheets of a file; where some rows bear fingerprints, only such tables are read.

    Raises SheetError if no worksheet has a table with problems, rules or fingerprints.
    """
    found = Read()
    tables = find_tables(sheets, ALIASES)
    telling = [t for t in tables if _SAYS_SOMETHING & t.columns.keys()]
    marked = [t for t in telling if "fingerprint" in t.columns]
    if not telling:
        headings = "、".join(dict.fromkeys(h for t in tables for h in (*t.columns.values(), *t.unknown)))
        message = f"has no column 主要存在问题, 规则 or 指纹; there are: {headings}"
        raise SheetError(tables[0].sheet.file, 0, message, "表格没有问题列")
    for table in tables:
        if table not in (marked or telling):
            found.left_out.append(f"{table.sheet.place}: no findings stand here")
        else:
            if table.unknown and not marked:  # of our own reports only a few columns are meant to come back
                found.left_out.append(f"{table.sheet.place}: columns that are not read: {'、'.join(table.unknown)}")
            _read_table(table, meaning, found)
    found.rows = list(_joined(found.rows, meaning.known))
    found.problems += _contradictions(found.rows)
    return found


def _joined(rows: Sequence[Foreign], known: Remembered) -> Iterator[Foreign]:
    """The rows; one with a rule and without a place is the only finding of its subject and rule that stands open.

    If two rows of a file ask for the same one, or the file names it otherwise, nobody knows which is meant.
    """
    placed = {row.fingerprint for row in rows}
    asking: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        asking.setdefault((row.subject, row.rule), set()).add(row.fingerprint)
    for row in rows:
        mark = known.joined.get(row.fingerprint, "")
        standing = known.standing.get((row.subject, row.rule), ())
        if not mark and len(standing) == 1 and len(asking[row.subject, row.rule]) == 1 and standing[0] not in placed:
            mark = standing[0]
        loose = bool(row.rule) and not (row.location or row.key)
        if loose and mark in known.subjects and row.fingerprint not in known.subjects:
            yield replace(row, fingerprint=mark, own=row.fingerprint)
        else:
            yield row


def _read_table(table: Table, meaning: Meaning, found: Read) -> None:
    before = meaning.on or _told_day(table)
    for record in table.records:
        row = _Row(table, record, meaning, before)
        if row.is_blank():
            found.untold += row.is_own()
            found.without += not row.is_own()
            continue
        rows = list(row.findings())
        found.problems += [Problem(table.sheet.place, record.number, text) for text in row.wrong]
        found.rows += [] if row.wrong else rows


def _told_day(table: Table) -> date | None:
    """The day of the circular: that in the name of the file or alone on a line above the table, if there is one only.

    A day within a sentence may be the first of a period.
    """
    alone = [line for line in table.above if _DAY_ALONE.fullmatch(line)]
    told = {day for line in (*alone, Path(table.sheet.file).stem) for day in days_in(line)}
    return told.pop() if len(told) == 1 else None


class _Row:
    """One record on its way to findings; `wrong` gathers everything that is wrong with it."""

    def __init__(self, table: Table, record: Record, meaning: Meaning, before: date | None) -> None:
        self._table = table
        self._record = record
        self._meaning = meaning
        self._before = before
        self.wrong: list[str] = []
        self._marks = tuple(self._borne())
        self._not_yet = self._text("rectified") if is_not_yet(self._text("rectified")) else ""

    def _borne(self) -> Iterator[str]:
        """The fingerprints that the row bears: in a column, or behind its problems as our reports print them."""
        if mark := self._text("fingerprint").strip("〔〕"):
            yield mark.casefold()
        elif _MARKED.search(self._text("problem")):
            yield from (mark.casefold() for mark in _MARK.findall(self._text("problem")))

    def is_blank(self) -> bool:
        """Whether the row tells nothing: no problem, as 无 in a list of all sites, or a known one without a day."""
        if self.is_own():
            return not (self._text("notified") or self._text("rectified") or self._text("standing"))
        return all(is_empty(self._record.text(name)) for name in _SAYS_SOMETHING)

    def is_own(self) -> bool:
        """Whether the row is of a report of ours, by its fingerprint: that lists much that no circular names."""
        return bool(self._marks)

    def _on(self) -> date | None:
        """The day of the circular for rows that it gave itself; one of our own was notified only if it says so."""
        return None if self.is_own() else self._meaning.on

    def findings(self) -> Iterator[Foreign]:
        """The findings of the row; what is wrong is in `wrong` when it has been gone through."""
        days = self._days()
        for mark in self._marks:
            found = self._known(mark)
            if found:
                yield self._finding(found, self._meaning.known.subjects[found], "", "", days, known=True)
        if self._marks:
            parts = problems_in(self._text("problem"), self._meaning.catalogue, "site")
            if len(parts) > len(self._marks) and not self._text("fingerprint"):
                self.wrong.append(
                    "only some of its problems bear a fingerprint 〔…〕: write the others in rows of their own"
                )
            return
        subject = self._subject()
        if not subject:
            return
        for rule, problem in self._problems(self._meaning.kinds[subject]):
            yield self._finding(self._identity(rule, subject, problem), subject, rule, problem, days)

    def _finding(
        self, mark: str, subject: str, rule: str, problem: str, days: Mapping[str, str], known: bool = False
    ) -> Foreign:
        return Foreign(
            self._table.sheet.place, self._record.number, mark, subject, rule, problem, self._place(),
            self._text("key"), days["found"], days["notified"], days["rectified"],
            masked(self._text("source")) or self._meaning.source, self._note(), known,
        )  # fmt: skip

    def _note(self) -> str:
        waiting = f"{self._heading('rectified')}：{self._not_yet}" if self._not_yet else ""
        return masked("；".join(filter(None, (self._text("note"), waiting))))

    def _identity(self, rule: str, subject: str, problem: str) -> str:
        key = self._text("key") or self._place()
        if rule and key:
            return fingerprint_of(rule, subject, key)
        return hashlib.sha256(f"import\0{subject}\0{bare(problem)}\0{key}".encode()).hexdigest()[:20]

    def _place(self) -> str:
        """Where it is: an address in the one spelling that scans give it, other words as they are."""
        text = self._text("location")
        return (normalise(text) if _ADDRESS.fullmatch(text) else None) or text

    def _text(self, name: str) -> str:
        text = self._record.text(name)
        return "" if is_empty(text) else text

    def _known(self, mark: str) -> str:
        known = self._meaning.known.subjects
        same = [m for m in known if m.startswith(mark)] if len(mark) >= _LEAST else []
        if mark in known:
            return mark
        if len(same) != 1:
            self.wrong.append(f"{self._heading('fingerprint')} '{mark}': {'several' if same else 'no'} known findings")
            return ""
        return same[0]

    def _subject(self) -> str:
        code = re.sub(r"\s", "", self._text("code"))
        try:
            return self._meaning.directory.meant(code, self._text("name"), self._text("url"), self._text("platform")).id
        except ValueError as error:
            self.wrong.append(str(error))
            return ""

    def _problems(self, kind: str) -> Iterator[tuple[str, str]]:
        """Rule ('' = free text) and wording of each problem of the row."""
        rules, text = self._meaning.catalogue, masked(self._text("problem"))
        if written := self._text("rule"):
            try:
                rule = rules.of_id(written, kind)
                yield rule, text or rules.titles[rule]
            except ValueError as error:
                self.wrong.append(f"{self._heading('rule')} {error}")
            return
        for problem in problems_in(text, rules, kind):
            yield rules.of_words(problem, kind), problem

    def _heading(self, name: str) -> str:
        return self._table.columns.get(name, name)

    def _days(self) -> dict[str, str]:
        """The three days of the row, ISO 8601 or ''."""
        notified = self._day("notified", self._before) or self._on()
        found = {n: self._day(n, notified or self._before) for n in ("found", "rectified")} | {"notified": notified}
        if found["rectified"] is None and self._not_yet and is_done(self._text("standing")):
            self.wrong.append(
                f"{self._heading('rectified')} says {self._not_yet}, but {self._heading('standing')} says "
                f"{self._text('standing')}: which is meant?"
            )
        elif found["rectified"] is None:
            found["rectified"] = self._rectified_by(notified)
        elif is_not_done(self._text("standing")):
            self.wrong.append(f"{self._heading('standing')} says {self._text('standing')}, but 整改日期 is given")
        self._check(found)
        return {name: day.isoformat() if day else "" for name, day in found.items()}

    def _day(self, name: str, before: date | None) -> date | None:
        if name == "rectified" and self._not_yet:
            return None
        try:
            record = self._record
            return day_of(record.cells.get(name), record.year, before, record.since_1904)
        except ValueError as error:
            self.wrong.append(f"{self._heading(name)} {error}")
            return None

    def _rectified_by(self, notified: date | None) -> date | None:
        """整改后合格 without a day: rectified by the day of the circular that says so."""
        if is_unclear(self._text("standing")):
            self.wrong.append(
                f"{self._heading('standing')} says {self._text('standing')}: rectified or not? write 已整改 or "
                "未整改, or add 整改日期"
            )
        if not is_done(self._text("standing")):
            return None
        told = self._before or notified
        if told is None:
            self.wrong.append(
                f"{self._heading('standing')} says {self._text('standing')} without a day: add 整改日期, or give the "
                "day of the circular with --on"
            )
        return told

    def _check(self, days: Mapping[str, date | None]) -> None:
        for name, day in days.items():
            if day and day > self._meaning.today:
                self.wrong.append(f"{_DAYS[name]} {day} lies in the future")
        found = days["found"]
        for name in ("notified", "rectified"):
            day = days[name]
            if found and day and day < found:
                self.wrong.append(f"{_DAYS[name]} {day} lies before 发现日期 {found}")


def _contradictions(rows: Iterable[Foreign]) -> Iterator[Problem]:
    """Rows that say of one finding, found on one day, that it was rectified on different days."""
    first: dict[tuple[str, str], Foreign] = {}
    for row in rows:
        if not row.rectified_on:
            continue
        other = first.setdefault((row.fingerprint, row.found_on), row)
        if other.rectified_on != row.rectified_on:
            yield Problem(
                row.place, row.row,
                f"contradicts row {other.row}: 整改日期 is {other.rectified_on} there and {row.rectified_on} here",
            )  # fmt: skip
