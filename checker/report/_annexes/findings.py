"""The annexes of findings: 问题清单, 整改情况, 待核事项, 预警, 加分, 豁免."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from checker.model.results import Assessment, Change, Gone, Outcome, Scan, SubjectResult
from checker.report._annexes.page import Cell, Page, Table, at, centred, number, on, text
from checker.report._doubts import telling
from checker.report._recheck import DONE, STILL, answers
from checker.report._rows import (
    BASELINE_WORDS,
    CERTAINTY_WORDS,
    FEW,
    KIND_WORDS,
    SUPPRESSION_WORDS,
    Row,
    Unseen,
    change_word,
    day,
    full_name,
    gone_own,
    gone_word,
    place,
    rows,
    rows_of,
    standing,
    wall_time,
    why_unseen,
)
from checker.report._wording import EFFECTS, change_mark, verdict_on

_WHO = (centred("标识码", 20), text("网站/政务新媒体名称", 26), text("单位", 20))
_RULE = (text("规则", 20), text("指标", 18))


def _who(subject: SubjectResult) -> tuple[Cell, ...]:
    return subject.id, full_name(subject), subject.unit


def problems(scan: Scan) -> Page:
    """问题清单: every finding that blames, warns or waits, one a row; the sheet that a person fills and hands back.

    Merits are on their own page, and rows that only say that a rule is undecided are told there, once.
    """
    columns = (
        centred("指纹", 23), text("网站/政务新媒体名称", 24), text("单位", 18), centred("效果", 9), centred("结论", 12),
        text("指标", 16), text("问题", 20), text("说明", 38), text("位置", 30), text("网址", 30), centred("确定性", 9),
        number("扣分", 7), centred("变化", 9), on("上期通报日期"), at("首次发现"), at("本次发现时间"), text("摘录", 36),
        text("豁免", 24), centred("基线", 10), centred("对象类别", 11), centred("标识码", 20), text("主办单位", 20),
        centred("分组", 9), text("规则", 20), centred("条款", 10), text("存档", 18), text("SHA-256", 68),
        on("通报日期", 12, to_fill=True), on("整改日期", 12, to_fill=True),
    )  # fmt: skip
    body = tuple(_problem(r, scan, unseen) for r, unseen in _listed(scan))
    paper = ("网站/政务新媒体名称", "上期通报日期")
    return Page("问题清单", (Table(columns, body),), kept=2, printed=paper)


def _listed(scan: Scan) -> Iterator[tuple[Row, Unseen]]:
    """What is on the list, of each subject the worst first, and what of it could not be looked at again."""
    order = [*EFFECTS.values(), "预警"]
    for subject in scan.subjects:
        found = [Row(subject, a, f) for a in subject.assessments if a.effect != "bonus" for f in telling(a)]
        unseen = why_unseen(subject)
        yield from ((r, unseen) for r in sorted(found, key=lambda r: order.index(r.effect)))


def _problem(row: Row, scan: Scan, unseen: Unseen) -> tuple[Cell, ...]:
    subject, a, f = row.subject, row.assessment, row.finding
    return (
        f.fingerprint, full_name(subject), subject.unit, row.effect, standing(row), a.title, row.claim, row.detail,
        place(f.location), place(f.url), CERTAINTY_WORDS.get(f.certainty, f.certainty),
        f.points if a.effect == "deduct" else None, change_word(row, scan.as_of, scan.kind == "recheck", unseen),
        day(f.notified_on),
        wall_time(f.first_seen), wall_time(f.evidence.seen_at), f.evidence.quote, f.suppressed or "",
        BASELINE_WORDS.get(f.baseline or "", ""), KIND_WORDS.get(subject.kind, subject.kind), subject.id,
        subject.organizer, subject.group, a.rule, f.clause, f.evidence.archive or "", f.evidence.sha256 or "",
        day(f.notified_on), None,
    )  # fmt: skip


@dataclass(slots=True)
class _Case:
    """What became of one wording of one subject; `reasons` each once, in their order."""

    subject: SubjectResult
    problem: str
    found: str
    notified: str
    became: str
    mended: str = ""
    count: int = 0
    reasons: dict[str, None] = field(default_factory=dict)


def rectification(scan: Scan) -> Page:
    """整改情况: what was known or notified before and what became of it, in the columns of the circulars.

    Nobody knows the day on which a fault was mended, only the inspection that found it mended: 不晚于 that day.
    """
    columns = (
        number("序号", 5), text("网站/政务新媒体名称", 26), text("主要存在问题", 36), number("处数", 6),
        text("主办单位", 24), on("发现日期"), on("通报日期"), text("整改情况", 16), on("整改日期（不晚于）", 12),
        text("对象整改结论", 13), text("备注", 40), centred("标识码", 20),
    )  # fmt: skip
    body = tuple(
        (n, full_name(c.subject), c.problem, c.count or None, c.subject.organizer, day(c.found), day(c.notified),
         c.became, day(c.mended), c.subject.rectification, _few(list(c.reasons)), c.subject.id)
        for n, c in enumerate(_cases(scan), 1)
    )  # fmt: skip
    return Page("整改情况", (Table(columns, body),), kept=2, printed=("序号", "备注"))


def _few(reasons: list[str]) -> str:
    """The first reasons, and how many more there are."""
    more = [f"另有 {len(reasons) - FEW} 条，见 CSV"] if len(reasons) > FEW else []
    return "；".join([*reasons[:FEW], *more])


def _cases(scan: Scan) -> list[_Case]:
    cases: dict[tuple[str, ...], _Case] = {}
    for case in _became(scan):
        key = (case.subject.id, case.problem, case.found[:10], case.notified, case.became)
        known = cases.setdefault(key, case)
        known.count += 1
        known.reasons |= case.reasons
    told = {c.subject.id for c in cases.values()}
    bare = [_Case(s, "", "", "", "") for s in scan.subjects if s.rectification and s.id not in told]
    return [*cases.values(), *bare]


def _became(scan: Scan) -> Iterator[_Case]:
    for subject in scan.subjects:
        if scan.kind == "recheck":
            yield from _answered(subject, scan.as_of)
            continue
        gone = gone_own(subject)
        lost = {(g.rule, g.fingerprint) for g in gone}
        for r in rows_of(subject):
            if r.mark not in lost and (became := _still(r, scan.as_of)):
                reasons = dict.fromkeys(
                    filter(None, [f"已豁免：{r.finding.suppressed}" if r.finding.suppressed else ""])
                )
                yield _Case(subject, r.problem, r.finding.first_seen, r.finding.notified_on, became, reasons=reasons)
        for one in gone:
            yield _gone(subject, one, scan.as_of)


def _answered(subject: SubjectResult, as_of: str) -> Iterator[_Case]:
    """The answers of a recheck; rows that it took over without looking at them again have none."""
    for answer in answers(subject):
        f = answer.finding
        reasons = dict.fromkeys(filter(None, ["" if answer.state == STILL else answer.reason]))
        mended = as_of if answer.state == DONE else ""
        problem = f.problem or answer.title
        yield _Case(subject, problem, f.first_seen, f.notified_on, answer.state, mended, reasons=reasons)


def _still(row: Row, as_of: str) -> str:
    """What a finding that is there today has become since it was known; '' if it was not, or is no fault."""
    f = row.finding
    if row.assessment.effect == "bonus" or row.assessment.of_others or row.early:
        return ""
    mark = change_mark(f, row.assessment.effect, as_of)
    if f.certainty != "certain":
        return {"candidate": "待人工确认", "unknown": "未能复核"}[f.certainty] if f.notified_on else ""
    if f.change == Change.UPDATED:
        return "未整改（有变化）"
    return {"仍未整改": "未整改"}.get(mark, mark) or ("未整改" if f.notified_on else "")


def _gone(subject: SubjectResult, gone: Gone, as_of: str) -> _Case:
    mended = as_of if gone.change == Change.RECTIFIED else ""
    reasons = dict.fromkeys(filter(None, [gone.reason]))
    return _Case(subject, gone.problem, gone.first_seen, gone.notified_on, gone_word(gone), mended, reasons=reasons)


def doubts(scan: Scan) -> Page:
    """待核事项: rules that could not be decided, with the reason, and questions that nobody has answered."""
    columns = (
        *_WHO, *_RULE, centred("效果", 9), centred("事项", 12), text("原因或问题", 44), centred("影响结论", 9),
        number("候选条数", 9), number("未定分值", 9),
    )  # fmt: skip
    body = tuple(cells for s in scan.subjects for a in s.assessments for cells in _doubt(s, a))
    return Page("待核事项", (Table(columns, body),), kept=2)


def _doubt(subject: SubjectResult, a: Assessment) -> Iterator[tuple[Cell, ...]]:
    about = (*_who(subject), a.rule, a.title, EFFECTS.get(a.effect, a.effect))
    candidates = sum(f.certainty == "candidate" and not f.notice for f in a.findings)
    if a.outcome in {Outcome.OPEN, Outcome.REVIEW}:
        word = "待人工确认" if a.outcome is Outcome.REVIEW else verdict_on(a.effect, a.outcome)
        waits = "是" if a.blocks else "否"
        yield (*about, word, a.reason or "原因不明", waits, candidates or None, a.at_risk or None)
    for question in a.unasked:
        yield (*about, "待人工核实", question, "是" if a.blocks else "否", None, None)


def warnings(scan: Scan) -> Page:
    """预警: what will be a fault soon."""
    columns = (
        *_WHO, *_RULE, text("预警", 24), text("说明", 42), text("位置", 32), text("网址", 32), centred("确定性", 9),
        at("本次发现时间"), centred("依据编号", 23),
    )  # fmt: skip
    return Page("预警", (Table(columns, tuple(_warning(r) for r in rows(scan) if r.early)),), kept=2)


def _warning(row: Row) -> tuple[Cell, ...]:
    f = row.finding
    return (
        *_who(row.subject), row.assessment.rule, row.assessment.title, row.claim, row.detail, place(f.location),
        place(f.url), CERTAINTY_WORDS.get(f.certainty, f.certainty), wall_time(f.evidence.seen_at), f.fingerprint,
    )  # fmt: skip


def merits(scan: Scan) -> Page:
    """加分: what earned points, or might."""
    columns = (
        *_WHO, *_RULE, number("加分", 8), number("上限", 8), text("依据", 42), text("位置", 32), text("网址", 32),
        centred("确定性", 9), at("本次发现时间"), centred("依据编号", 23),
    )  # fmt: skip
    return Page("加分", (Table(columns, tuple(_merits(rows(scan)))),), kept=2)


def _merits(found: Iterable[Row]) -> Iterator[tuple[Cell, ...]]:
    for r in found:
        a, f = r.assessment, r.finding
        if a.effect != "bonus" or f not in telling(a):
            continue
        yield (
            *_who(r.subject), a.rule, a.title, f.points, a.cap or None, f.detail or r.problem, place(f.location),
            place(f.url), CERTAINTY_WORDS.get(f.certainty, f.certainty), wall_time(f.evidence.seen_at), f.fingerprint,
        )  # fmt: skip


def suppressions(scan: Scan) -> Page:
    """豁免: who answers for what until when, and how many rows it hid; expired ones hide nothing."""
    columns = (
        text("规则", 20), text("范围", 34), text("理由", 34), centred("负责人", 12), on("起始"), on("到期"),
        centred("状态", 10), number("豁免条数", 9), text("登记处", 26),
    )  # fmt: skip
    body = tuple(
        (u.rule, u.scope, u.reason, u.owner, day(u.created), day(u.expires), SUPPRESSION_WORDS.get(u.state, u.state),
         u.hidden, u.place)
        for u in scan.suppressions
    )  # fmt: skip
    return Page("豁免", (Table(columns, body),))
