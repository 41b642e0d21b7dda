"""The annexes of subjects: 总体情况, 网站检查结果, 政务新媒体检查结果, 单项否决, 趋势."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from checker.model.results import KindSummary, Outcome, Past, Scan, SubjectResult, UnitResult, Verdict
from checker.report._annexes.page import Cell, Page, Table, at, centred, number, share, text, verdict
from checker.report._counted import CANDIDATES, PROBLEMS, REPEATED
from checker.report._rows import (
    EARLY,
    KIND_WORDS,
    SCAN_WORDS,
    Row,
    bare,
    below_the_line,
    change_word,
    code,
    full_name,
    main_problems,
    notices,
    place,
    platform,
    rows,
    wall_time,
)
from checker.report._wording import EFFECTS, VERDICTS, half_decided_line, home_unread

_TOP, _GOOD = 100, 90
"""Points between which circulars count subjects."""

_ORDER = [Verdict.UNQUALIFIED, Verdict.PENDING, Verdict.QUALIFIED, None]


def overview(scan: Scan, others: Sequence[Page]) -> Page:
    """总体情况: the counts and rates, the findings, the units, what judged, and what the other pages hold."""
    tables = (
        _counts(scan), _points(scan), _grades(scan), _findings(scan), _kinds_of_problems(scan), _units(scan),
        _judged(scan), _contents(others),
    )  # fmt: skip
    return Page("总体情况", tables)


def _counts(scan: Scan) -> Table:
    columns = (
        text("对象", 34), number("登记", 20), number("关停"), number("检查", 12), number("合格", 12), number("待核"),
        number("不合格"), share("合格率"), share("合格率（待核全部按不合格计）", 17),
    )  # fmt: skip
    body = tuple((word, *_tallies(kind)) for word, kind in (("政府网站", scan.sites), ("政务新媒体", scan.accounts)))
    word = SCAN_WORDS.get(scan.kind, scan.kind)
    title = f"{word}情况" if scan.complete else f"{word}情况（{word}没有做完，以下只有已经查完的对象）"
    half = ((word, half_decided_line(_of(scan, kind))) for kind, word in KIND_WORDS.items())
    said = [f"{word}{line}" for word, line in half if line]
    return Table(columns, body, f"{title}　{'；'.join(said)}" if said else title)


def _tallies(kind: KindSummary) -> tuple[Cell, ...]:
    return (
        kind.registered, kind.closed, kind.inspected, kind.qualified, kind.pending, kind.unqualified, kind.pass_rate,
        kind.pass_rate_if_pending_fail,
    )  # fmt: skip


def _points(scan: Scan) -> Table:
    """What circulars say of points: how many subjects have any, their mean, and how many lie where."""
    columns = (
        text("对象", 34), number("有得分", 20), number("平均得分"), number("最高", 12), number("最低", 12),
        number("100分及以上"), number("90至100分"), number("90分以下"),
    )  # fmt: skip
    body = []
    for kind, word in KIND_WORDS.items():
        totals = [s.score.total for s in _of(scan, kind) if s.score.total is not None]
        if totals:
            mean = (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            top, good = (sum(t >= least for t in totals) for least in (_TOP, _GOOD))
            bands = top, good - top, len(totals) - good
            body.append((word, len(totals), mean, max(totals), min(totals), *bands))
    return Table(columns, tuple(body), "得分情况（只计有得分的对象；单项否决的没有得分）")


def _grades(scan: Scan) -> Table:
    """How many subjects have which grade, out of those that were inspected."""
    columns = (text("对象", 34), text("等次", 20), number("个数"), share("占比"))
    body = []
    for kind, word in KIND_WORDS.items():
        graded = Counter(s.grade for s in _of(scan, kind) if s.grade)
        judged = sum(s.verdict is not None for s in _of(scan, kind))
        body += [(word, grade, n, n / judged) for grade, n in graded.most_common() if judged]
    return Table(columns, tuple(body), "等次情况（占比以检查数计）")


def _kinds_of_problems(scan: Scan) -> Table:
    """主要问题: each wording of what failed, with its rows and subjects; what concerns most subjects first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for r in rows(scan):
        if r.problem_counts and r.assessment.outcome is Outcome.FAIL:
            found.setdefault((r.assessment.effect, r.problem), []).append(r)
    body = [
        (problem, EFFECTS[effect], len({r.subject.id for r in mine}), len(mine))
        for (effect, problem), mine in found.items()
    ]
    order = list(EFFECTS.values())
    body.sort(key=lambda cells: (order.index(cells[1]), -cells[2], -cells[3], cells[0]))
    columns = (text("问题", 34), text("类别", 20), number("涉及对象"), number("条数", 12))
    return Table(columns, tuple(body), "主要问题（已查实的单项否决、扣分和提示，不含已豁免的）")


def _findings(scan: Scan) -> Table:
    """How many rows of which effect, by certainty, suppressed ones apart; the problems together, and what is none."""
    found = Counter((_line(r), _state(r)) for r in rows(scan))
    kinds = ("certain", "candidate", "unknown", "suppressed")
    blamed = [EFFECTS[effect] for effect in ("veto", "deduct", "notice")]
    body: list[tuple[Cell, ...]] = [(word, *(found[word, kind] for kind in kinds)) for word in blamed]
    body.append((f"{PROBLEMS}、{CANDIDATES}合计", *(sum(found[word, kind] for word in blamed) for kind in kinds)))
    body += [(word, *(found[word, kind] for kind in kinds)) for word in (REPEATED, EARLY, EFFECTS["bonus"])]
    columns = (text("类别", 34), number("查实", 20), number("候选"), number("无法判定"), number("已豁免"))
    return Table(
        columns,
        tuple(body),
        "问题条数（合计含未达否决标准的，见“问题清单”的结论；无法判定的见“待核事项”；合计以下各行不计入）",
    )


def _line(row: Row) -> str:
    return REPEATED if row.assessment.of_others else row.effect


def _state(row: Row) -> str:
    if row.finding.suppressed:
        return "suppressed"
    return "unknown" if row.finding.rechecked == "unknown" else row.finding.certainty


def _units(scan: Scan) -> Table:
    scored = sorted(scan.units, key=lambda u: (u.score is None, -(u.score or 0)))
    body = tuple(
        (u.unit, u.group, u.score, VERDICTS[u.verdict] if u.verdict else "", len(u.subjects), _decided_of(scan, u))
        for u in scored
    )  # fmt: skip
    columns = (
        text("单位", 34), text("分组", 20), number("得分"), verdict("结论", 12), number("对象数", 12),
        centred("否决项已判定", 12),
    )  # fmt: skip
    return Table(columns, body, "单位情况")


def _decided_of(scan: Scan, unit: UnitResult) -> str:
    """How many of the vetoes on its subjects were decided, as for each of them: 15/20."""
    judged = [s.decided for s in scan.subjects if s.unit == unit.unit and s.verdict is not None]
    return f"{sum(d.decided for d in judged)}/{sum(d.of for d in judged)}" if judged else ""


def _judged(scan: Scan) -> Table:
    facts: list[tuple[str, Cell]] = [
        ("编号", scan.id), ("类别", SCAN_WORDS.get(scan.kind, scan.kind)), ("复查所依据的检查", scan.based_on),
        ("检查时点（北京时间）", wall_time(scan.as_of)), ("开始", wall_time(scan.started_at)),
        ("结束", wall_time(scan.finished_at)), ("指标方案", scan.rules.profile), ("指标版本", scan.rules.version),
        ("指标 SHA-256", scan.rules.sha256), ("程序", f"checker {scan.tool_version}"),
    ]  # fmt: skip
    told = tuple((name, value) for name, value in facts if value)
    return Table((text("项目", 34), text("内容", 20)), told, "检查依据")


def _contents(others: Sequence[Page]) -> Table:
    body = tuple((page.name, sum(len(t.rows) for t in page.tables)) for page in others)
    return Table((text("工作表", 34), number("行数")), body, "各表行数（0 = 本次没有）")


def sites(scan: Scan) -> Page:
    """网站检查结果, in the columns of the circulars; by group as registered."""
    columns = (
        number("序号", 5), centred("网站标识码", 12), text("网站名称", 22), text("单位", 16), centred("分组", 7),
        text("首页网址", 26), verdict("检查结果", 9), centred("等次", 7), number("得分", 7), number("第二部分", 7),
        number("加分", 6), number("最低可能得分", 8), centred("否决项已判定", 8), text("主要存在问题", 44),
        text("备注", 30), text("提示", 24), text("整改情况", 11),
    )  # fmt: skip
    table = Table(columns, tuple(_numbered(map(_site, _of(scan, "site")))))
    return Page("网站检查结果", (table,), kept=3, printed=("序号", "备注"))


def _site(subject: SubjectResult) -> tuple[Cell, ...]:
    score = subject.score
    return (
        code(subject), subject.name, subject.unit, subject.group, subject.url, _result(subject), subject.grade or "",
        score.total, score.part2, score.bonus, score.lowest, _decided(subject), _problems(subject),
        _remarks(subject), notices(subject), subject.rectification,
    )  # fmt: skip


def accounts(scan: Scan) -> Page:
    """政务新媒体检查结果, in the columns of the circulars."""
    columns = (
        number("序号", 5), centred("政务新媒体标识码", 19), text("开办单位", 22), text("账号名称", 20),
        centred("账号类型", 11), centred("分组", 8), verdict("检查结果", 9), centred("等次", 7),
        centred("否决项已判定", 8), text("主要存在问题", 44), text("备注", 30), text("提示", 24), text("整改情况", 11),
    )  # fmt: skip
    table = Table(columns, tuple(_numbered(map(_account, _of(scan, "account")))))
    return Page("政务新媒体检查结果", (table,), kept=4, printed=("序号", "备注"))


def _account(subject: SubjectResult) -> tuple[Cell, ...]:
    return (
        code(subject), subject.organizer, subject.name, platform(subject), subject.group, _result(subject),
        subject.grade or "", _decided(subject), _problems(subject), _remarks(subject), notices(subject),
        subject.rectification,
    )  # fmt: skip


def _of(scan: Scan, kind: str) -> list[SubjectResult]:
    return [s for s in scan.subjects if s.kind == kind]


def _numbered(body: Iterable[tuple[Cell, ...]]) -> Iterable[tuple[Cell, ...]]:
    return ((n, *cells) for n, cells in enumerate(body, 1))


def _result(subject: SubjectResult) -> str:
    if subject.verdict is None:
        return "已关停" if subject.status == "closed" else "不作判定"
    return VERDICTS[subject.verdict]


def _decided(subject: SubjectResult) -> str:
    return f"{subject.decided.decided}/{subject.decided.of}" if subject.verdict is not None else ""


def _problems(subject: SubjectResult) -> str:
    """无 only where everything that can veto was decided: what nobody could look at is no clean bill."""
    found = main_problems(subject)
    if found or subject.verdict is not Verdict.QUALIFIED:
        return found
    undecided = subject.decided.of - subject.decided.decided
    return f"未发现（另有{undecided}项否决指标未判定）" if undecided else "无"


def _remarks(subject: SubjectResult) -> str:
    """What keeps the verdict waiting, what went wrong on the way, and who allowed us more than robots.txt."""
    waiting = "、".join(a.title for a in subject.assessments if a.blocks)
    unread = home_unread(subject)
    parts = [
        f"结论尚待判定：{waiting}" if waiting and subject.verdict is Verdict.PENDING else "",
        f"首页未能读取：{unread}" if unread else "",
        *subject.problems,
        f"经授权不受 robots.txt 限制：{subject.authorised_by}" if subject.authorised_by else "",
    ]
    return "；".join(filter(None, parts))


def vetoes(scan: Scan) -> Page:
    """单项否决: every certain row of a veto that failed, and who is below 60 points without one."""
    columns = (
        number("序号", 5), centred("标识码", 19), text("网站/政务新媒体名称", 24), text("单位", 18),
        text("否决指标", 16), text("问题", 20), text("说明", 40), text("位置", 30), text("网址", 30),
        centred("变化", 10), at("本次发现时间"), text("整改建议", 34), text("首页网址", 28),
    )  # fmt: skip
    body = [cells for s in scan.subjects for cells in _vetoed_by(s, scan)]
    return Page("单项否决", (Table(columns, tuple(_numbered(body))),), kept=3, printed=("序号", "网址"))


def _vetoed_by(subject: SubjectResult, scan: Scan) -> list[tuple[Cell, ...]]:
    who = (code(subject), full_name(subject), subject.unit)
    out: list[tuple[Cell, ...]] = []
    for a in (a for a in subject.assessments if a.effect == "veto" and a.outcome is Outcome.FAIL):
        found = [r for f in a.findings if (r := Row(subject, a, f)).counts]
        for r in found:
            f = r.finding
            out.append(
                (*who, a.title, r.problem, f.detail, place(f.location), place(f.url),
                 change_word(r, scan.as_of, scan.kind == "recheck"), wall_time(f.evidence.seen_at), a.advice,
                 subject.url)
            )  # fmt: skip
        if bare(a):
            out.append((*who, a.title, a.problem, a.reason or "", "", "", "", None, a.advice, subject.url))
    if below := below_the_line(subject):
        out.append((*who, "第二部分", below, "", "", "", "", None, "", subject.url))
    return out


def trend(scan: Scan) -> Page:
    """趋势: earlier inspections of the same registry, oldest first, and this one."""
    kinds = ("登记", "检查", "合格", "待核", "不合格")
    columns = (
        text("编号", 22), at("检查时点"), *(number(f"网站{k}", 9) for k in kinds), share("网站合格率"),
        *(number(f"新媒体{k}", 9) for k in kinds), share("新媒体合格率"),
    )  # fmt: skip
    now = Past(scan.id, scan.as_of, scan.sites, scan.accounts)
    body = tuple((p.id, wall_time(p.as_of), *_point(p.sites), *_point(p.accounts)) for p in (*scan.trend, now))
    return Page("趋势", (Table(columns, body),), kept=2)


def _point(kind: KindSummary) -> tuple[Cell, ...]:
    return kind.registered, kind.inspected, kind.qualified, kind.pending, kind.unqualified, kind.pass_rate
