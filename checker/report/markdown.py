"""A summary in Markdown for a job's page or a comment on a merge request: what counts, first; at most 60,000 bytes.

What does not fit is counted (另有 N 项); JSON, XLSX and CSV have everything. Text of pages is inert (`_inert`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from checker.model.results import Change, Gone, KindSummary, Outcome, Scan, SubjectResult, SuppressionUse, Verdict
from checker.report._counted import PROBLEMS, REPEATED, REPEATED_DOUBTS, counts_of, kind_of
from checker.report._inert import as_code, inert
from checker.report._recheck import DONE, STILL, TAKEN_OVER, UNTOLD, Answer, answers, tally_line
from checker.report._rows import (
    BASELINE_WORDS,
    FEW,
    KIND_WORDS,
    SCAN_WORDS,
    Row,
    bare,
    below_the_line,
    change_word,
    full_name,
    gone_own,
    gone_word,
    place,
    rows,
)
from checker.report._wording import EFFECTS, VERDICTS, figure, half_decided_line, moment, share

MOST_BYTES = 60_000
"""GitHub takes 65,536 characters in a comment."""

_MARKS = {Verdict.UNQUALIFIED: "❌", Verdict.PENDING: "❔", Verdict.QUALIFIED: "✅", None: "➖"}
_FINGERPRINT = 8
_LOUD = 8
"""Expired suppressions that stand at the top one by one."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What writes a line, and for how many rows it stands."""

    write: Callable[[], str]
    rows: int = 1


@dataclass(frozen=True, slots=True)
class _Part:
    """A section: its title, its entries, its share of the room, lines above them (a table's head).

    Entries are written only as long as there is room: a scan can have a hundred thousand.
    """

    title: str
    entries: tuple[_Entry, ...]
    room: int
    above: tuple[str, ...] = ()


def render(scan: Scan) -> bytes:
    """The scan as UTF-8 Markdown; equal scans give equal bytes."""
    lines, parts = [*_head(scan), *_loud(scan), ""], _parts(scan)
    spare = MOST_BYTES - _size(lines) - sum(p.room for p in parts)
    for part in parts:
        written = _written(part, part.room + max(spare, 0))
        spare += part.room - _size(written)
        lines += written
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _written(part: _Part, room: int) -> list[str]:
    """As many entries as there is room for, and how many are left out; nothing for an empty section."""
    if not part.entries:
        return []
    rest = sum(entry.rows for entry in part.entries)
    lines = [f"### {part.title}（{rest}）", "", *part.above]
    left = room - _size(lines) - 100
    for entry in part.entries:
        line = entry.write()
        left -= _size([line])
        if left < 0:
            gap = [""] if part.above else []
            lines += [*gap, f"另有 {rest} 项，见 JSON、XLSX 或 CSV。"]
            break
        lines.append(line)
        rest -= entry.rows
    return [*lines, ""]


def _parts(scan: Scan) -> list[_Part]:
    subjects = tuple(_Entry(partial(_subject, s)) for s in _by_verdict(scan))
    if scan.kind == "recheck":
        return [
            _Part("复查结果", subjects, 12_000, _SUBJECTS),
            *(_Part(word, tuple(_answered(scan, word)), room) for word, room in _ANSWERED.items()),
            _Part("检查程序出错", tuple(_broken(scan)), 1_500),
            _Part("豁免", tuple(_suppressions(scan)), 3_000),
        ]
    return [
        _Part("检查结果", subjects, 12_000, _SUBJECTS),
        _Part("单项否决", (*_failures(scan, "veto"), *_below(scan)), 12_000),
        _Part("扣分", tuple(_failures(scan, "deduct")), 8_000),
        _Part("检查程序出错", tuple(_broken(scan)), 1_500),
        _Part("无法判定、待人工确认的规则", tuple(_undecided(scan)), 5_000),
        _Part("与以前相比", tuple(_gone(scan)), 4_000),
        _Part("提示", tuple(_failures(scan, "notice")), 3_000),
        _Part(REPEATED, tuple(_folded(_repeats(scan), scan.as_of)), 2_000),
        _Part("预警", tuple(_folded((r for r in rows(scan) if r.early), scan.as_of)), 3_000),
        _Part("豁免", tuple(_suppressions(scan)), 3_000),
    ]


def _head(scan: Scan) -> list[str]:
    """What was inspected when by which rules, and the counts."""
    kind = f"{SCAN_WORDS.get(scan.kind, scan.kind)}{f'（依据 {inert(scan.based_on)}）' if scan.based_on else ''}"
    rules = f"{inert(scan.rules.profile)} {inert(scan.rules.version)}（`{inert(scan.rules.sha256[:8])}`）"
    lines = [f"## 政府网站与政务新媒体{SCAN_WORDS.get(scan.kind, '检查')}结果", ""]
    when = f"检查时点 {inert(moment(scan.as_of))}"
    lines += [f"{kind} {as_code(scan.id)}，{when}，指标 {rules}，checker {inert(scan.tool_version)}"]
    lines += [
        "",
        "| | 登记 | 关停 | 检查 | 合格 | 待核 | 不合格 | 合格率 | 待核全部按不合格计 |",
        f"|---|{'---:|' * 8}",
    ]
    lines += [_counts(word, k) for word, k in (("政府网站", scan.sites), ("政务新媒体", scan.accounts)) if k.registered]
    told = [f"{tally_line(scan.subjects)}。", "", TAKEN_OVER] if scan.kind == "recheck" else [_tallies(scan)]
    return [*lines, *_half_decided(scan), "", *told]


def _half_decided(scan: Scan) -> Iterator[str]:
    for kind, word in KIND_WORDS.items():
        if said := half_decided_line(s for s in scan.subjects if s.kind == kind):
            yield f"\n> {word}：{said}。"


def _counts(word: str, kind: KindSummary) -> str:
    rates = share(kind.pass_rate), share(kind.pass_rate_if_pending_fail)
    numbers = kind.registered, kind.closed, kind.inspected, kind.qualified, kind.pending, kind.unqualified
    return f"| {word} | {' | '.join(map(str, (*numbers, *rates)))} |"


def _tallies(scan: Scan) -> str:
    """The certain problems by their change, by the baseline where there is one, and what became of known ones."""
    blamed = [r for r in rows(scan) if r.problem_counts]
    changes = Counter(change_word(r, scan.as_of) for r in blamed)
    baselines = Counter(BASELINE_WORDS.get(r.finding.baseline or "", "") for r in blamed)
    told = [f"{word} {n}" for word, n in (*changes.items(), *baselines.items()) if word]
    gone = Counter(gone_word(g) for s in scan.subjects for g in gone_own(s))
    first, *others = counts_of(scan.subjects).values()
    idle = sum(r.assessment.outcome is not Outcome.FAIL for r in blamed)
    aside = f"（其中 {idle} 条所属指标未达否决标准或尚无结论，以下不列）" if idle else ""
    became = f"：{'，'.join(told)}" if told else ""
    parts = "，".join(f"{word} {n}" for word, n in gone.items()), "，".join(str(c) for c in others if c.number)
    return "；".join(filter(None, [f"{first}{aside}{became}", *parts])) + "。"


def _loud(scan: Scan) -> Iterator[str]:
    """What nobody may overlook."""
    if not scan.complete:
        yield "\n> ⚠️ **检查没有做完：以下只有已经查完的对象。**"
    expired = [use for use in scan.suppressions if use.state == "expired"]
    for use in expired[:_LOUD]:
        owner = f"负责人 {inert(use.owner, 20)}，{inert(use.expires, 20)} 到期，见 {as_code(use.place, 80)}"
        yield f"\n> ⚠️ **豁免已过期，不再生效**：{inert(use.rule)}（{inert(use.scope, 60)}），{owner}"
    if expired[_LOUD:]:
        yield f"\n> ⚠️ **另有 {len(expired[_LOUD:])} 项豁免已过期。**"


_SUBJECTS = (
    "| 结果 | 名称 | 标识码 | 单位 | 已判定 | 等次 | 得分 | 第二部分 | 查实问题 | 整改情况 |",
    "|---|---|---|---|---|---|---:|---:|---:|---|",
)


def _by_verdict(scan: Scan) -> list[SubjectResult]:
    return sorted(scan.subjects, key=lambda s: list(_MARKS).index(s.verdict))


def _subject(subject: SubjectResult) -> str:
    found = counts_of([subject])[PROBLEMS].number
    word = VERDICTS[subject.verdict] if subject.verdict else "已关停" if subject.status == "closed" else "不作判定"
    decided = f"{subject.decided.decided}/{subject.decided.of}" if subject.verdict else ""
    cells = [
        f"{_MARKS[subject.verdict]} {word}", inert(full_name(subject), 80), inert(subject.id), inert(subject.unit, 60),
        decided, inert(subject.grade or ""), figure(subject.score.total), figure(subject.score.part2), str(found),
        inert(subject.rectification),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _failures(scan: Scan, effect: str) -> Iterator[_Entry]:
    """The certain rows of failed rules of an effect, new ones first; a rule that failed without a row by itself."""
    failed = [(s, a) for s in scan.subjects for a in s.assessments if a.effect == effect and a.outcome is Outcome.FAIL]
    found = [r for s, a in failed for f in a.findings if (r := Row(s, a, f)).problem_counts]
    yield from _folded(sorted(found, key=_newness), scan.as_of)
    for subject, a in failed:
        if bare(a):
            yield _Entry(partial(_plainly, subject, a.title, f"：{a.problem or a.reason or ''}"))


def _folded(found: Iterable[Row], as_of: str) -> Iterator[_Entry]:
    """The rows, but of one subject, rule and clause only the first few; how many more there are stands at the end."""
    seen: dict[tuple[str, str, str], list[Row]] = {}
    for row in found:
        alike = seen.setdefault((row.subject.id, row.assessment.rule, row.finding.clause), [])
        alike.append(row)
        if len(alike) <= FEW:
            yield _Entry(partial(_line, row, as_of))
    for alike in seen.values():
        if (more := len(alike) - FEW) > 0:
            said = f"：另有 {more} 处，见 XLSX、HTML 或 CSV"
            yield _Entry(partial(_plainly, alike[0].subject, alike[0].problem, said), more)


def _repeats(scan: Scan) -> list[Row]:
    """The findings that say of others that they were notified before, the certain ones first."""
    found = [r for r in rows(scan) if kind_of(r) in {REPEATED, REPEATED_DOUBTS}]
    return sorted(found, key=lambda r: r.finding.certainty != "certain")


def _plainly(subject: SubjectResult, *texts: str) -> str:
    return f"- **{inert(full_name(subject), 80)}** {''.join(inert(t, 300) for t in texts)}"


def _newness(row: Row) -> tuple[bool, bool]:
    return row.finding.baseline == "known", row.finding.change not in {Change.NEW, Change.REOPENED}


def _below(scan: Scan) -> Iterator[_Entry]:
    for subject in scan.subjects:
        if below := below_the_line(subject):
            yield _Entry(partial(_plainly, subject, below))


def _line(row: Row, as_of: str) -> str:
    f = row.finding
    detail = f"：{inert(row.detail, 200)}" if row.detail and f.detail != row.problem else ""
    points = f"（{figure(f.points, sign=True)} 分）" if f.points else ""
    marks = (change_word(row, as_of), BASELINE_WORDS.get(f.baseline or "", ""), _notified(f.notified_on))
    where = as_code(place(f.url) or place(f.location))
    about = f"**{inert(full_name(row.subject), 80)}** {inert(row.claim, 200)}{detail}{points}"
    return f"- {about} {where} \\[{'，'.join(filter(None, marks))}\\] 〔{f.fingerprint[:_FINGERPRINT]}〕"


def _notified(day: str) -> str:
    return inert(f"{day[:10]}已通报") if day else ""


def _broken(scan: Scan) -> Iterator[_Entry]:
    for subject in scan.subjects:
        for problem in subject.problems:
            yield _Entry(partial(_plainly, subject, problem))


_Doubt = tuple[bool, str, str, str, str]


def _undecided(scan: Scan) -> Iterator[_Entry]:
    """Open rules and those in review: which rule, why, and of how many subjects; those that hold up a verdict first."""
    found: dict[_Doubt, list[SubjectResult]] = {}
    for s in scan.subjects:
        for a in s.assessments:
            if a.outcome in {Outcome.OPEN, Outcome.REVIEW}:
                word = "待人工确认" if a.outcome is Outcome.REVIEW else "无法判定"
                key = (not a.blocks, word, EFFECTS.get(a.effect, a.effect), a.title, a.reason or "原因不明")
                found.setdefault(key, []).append(s)
    for doubt in sorted(found, key=_weight):
        yield _Entry(partial(_doubt, doubt, found[doubt]))


def _weight(doubt: _Doubt) -> tuple[bool, int]:
    words = list(EFFECTS.values())
    return doubt[0], words.index(doubt[2]) if doubt[2] in words else len(words)


def _doubt(doubt: _Doubt, subjects: list[SubjectResult]) -> str:
    lax, word, effect, title, reason = doubt
    holds = "" if lax else "**影响结论** "
    who = inert(full_name(subjects[0]), 80) if len(subjects) == 1 else f"{len(subjects)} 个对象"
    return f"- {holds}{word}：{inert(effect)} {inert(title)}（{who}）：{inert(reason, 200)}"


_ANSWERED = {STILL: 20_000, UNTOLD: 10_000, DONE: 10_000}
"""The lists of a recheck, and the room of each."""


def _answered(scan: Scan, word: str) -> Iterator[_Entry]:
    """The findings of which a recheck says this."""
    for subject in scan.subjects:
        for answer in answers(subject):
            if answer.state == word:
                yield _Entry(partial(_answer, subject, answer))


def _answer(subject: SubjectResult, answer: Answer) -> str:
    f = answer.finding
    where = as_code(place(f.location) or place(f.url))
    was = f"（原问题：{inert(f.detail, 200)}）" if answer.state != STILL and f.detail else ""
    told = f" \\[{_notified(f.notified_on)}\\]" if f.notified_on else ""
    about = f"**{inert(full_name(subject), 80)}** {inert(f.problem or answer.title, 200)}"
    said = f"：{inert(answer.reason, 200)}" if answer.reason else ""
    return f"- {about}{said}{was} {where}{told} 〔{f.fingerprint[:_FINGERPRINT]}〕"


def _gone(scan: Scan) -> Iterator[_Entry]:
    """Known findings that are not there today."""
    for subject in scan.subjects:
        for gone in gone_own(subject):
            yield _Entry(partial(_gone_line, subject, gone))


def _gone_line(subject: SubjectResult, gone: Gone) -> str:
    """What became of it, and why it is taken so."""
    where = as_code(place(gone.location or gone.url))
    about = f"**{inert(full_name(subject), 80)}** {inert(gone.problem, 200)}：{inert(gone.detail, 200)}"
    told = "，".join(filter(None, [gone_word(gone), _notified(gone.notified_on)]))
    return f"- \\[{told}\\] {about} {where}（{inert(gone.reason, 200)}）"


def _suppressions(scan: Scan) -> Iterator[_Entry]:
    """The rows that do not count and why, then suppressions that have expired, not begun, or hidden nothing."""
    for row in rows(scan):
        if row.finding.suppressed:
            yield _Entry(partial(_hidden, row, scan.as_of))
    for use in scan.suppressions:
        if use.state != "active" or not use.hidden:
            yield _Entry(partial(_use, use))


def _hidden(row: Row, as_of: str) -> str:
    return f"{_line(row, as_of)} 已豁免：{inert(row.finding.suppressed or '', 200)}"


def _use(use: SuppressionUse) -> str:
    word = {"expired": "已过期", "future": "未生效"}.get(use.state, "生效，本次没有用到")
    return f"- {word}：{inert(use.rule)}（{inert(use.scope)}）{inert(use.reason, 200)}，{as_code(use.place)}"
