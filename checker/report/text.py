"""The report for a person at a terminal, in Chinese.

Everything that comes from pages or the registry goes through `plain` first: it can neither steer the terminal nor
be taken for markup. Nothing is left out but rows of one rule and clause beyond the first few, which are counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.text import Text

from checker.model.results import Assessment, Finding, KindSummary, Outcome, Scan, SubjectResult, Verdict
from checker.report import _recheck
from checker.report._counted import counted
from checker.report._doubts import Common, common_doubts, telling, write_common, write_open, write_unasked
from checker.report._legend import write_legend
from checker.report._lines import Sheet, plain, printed
from checker.report._rows import BASELINE_WORDS, FEW
from checker.report._suppressions import write_suppressions
from checker.report._wording import (
    ASK_THE_OWNER,
    ASK_WHERE_IT_LEADS,
    CERTAINTIES,
    EFFECTS,
    PLATFORMS,
    VERDICTS,
    change_mark,
    figure,
    figures_read,
    forbidden,
    home_unread,
    moment,
    share,
    tally,
    untold,
    verdict_line,
)

QUOTE_LENGTH = 120
FINGERPRINT_LENGTH = 8
"""Enough for `checker evidence`, which asks for more where two begin alike."""
KINDS = {"site": "政府网站", "account": "政务新媒体"}
COLOURS = {
    Verdict.QUALIFIED: "bold green",
    Verdict.PENDING: "bold yellow",
    Verdict.UNQUALIFIED: "bold red",
    None: "bold dim",
}
EFFECT_COLOURS = {"veto": "red", "deduct": "magenta", "bonus": "green", "notice": "yellow"}
_Listed = tuple[Assessment, list[Finding]]


def render(scan: Scan, width: int = 100, colour: bool = False, terminal: bool = False) -> bytes:
    """The scan as UTF-8 text, at most `width` cells wide (web addresses excepted).

    `colour` allows colours; `terminal` says that a person looks at a terminal: bold and dim letters, clickable
    addresses. With neither there is not one escape sequence in it.
    """
    sheet = Sheet(width, links=terminal)
    common = common_doubts(scan)
    _head(sheet, scan)
    for kind, title in KINDS.items():
        subjects = [s for s in scan.subjects if s.kind == kind]
        if subjects:
            sheet.heading(title, "bold cyan")
        for subject in subjects:
            if scan.kind == "recheck":
                _rechecked(sheet, subject)
            else:
                _subject(sheet, subject, common, scan.as_of)
    if scan.kind != "recheck":
        write_common(sheet, scan, common, KINDS)
    _units(sheet, scan)
    write_suppressions(sheet, scan)
    _summary(sheet, scan)
    write_legend(sheet)
    return printed(sheet, colour, terminal)


def _head(sheet: Sheet, scan: Scan) -> None:
    rechecked = scan.kind == "recheck"
    sheet.add(Text("政府网站与政务新媒体复查结果" if rechecked else "政府网站与政务新媒体检查结果", "bold"))
    rules = f"{scan.rules.profile} {scan.rules.version}（{scan.rules.sha256[:8]}）"
    facts = [f"编号 {scan.id}", f"检查时点 {moment(scan.as_of)}", f"指标 {rules}"]
    sheet.add(Text("　".join(map(plain, facts)), "dim"))
    ran = f"检查于 {moment(scan.started_at)} 开始，{moment(scan.finished_at)} 结束"
    sheet.add(Text("　".join(map(plain, [ran, f"checker {scan.tool_version}"])), "dim"))
    if not scan.complete:
        sheet.add(Text("检查没有做完：以下只有已经查完的对象。", "bold yellow"))
    sheet.gap()
    if rechecked:
        _recheck.write_head(sheet, scan)
    _counts(sheet, scan)


def _counts(sheet: Sheet, scan: Scan) -> None:
    """One line a kind: how many of which verdict."""
    for title, kind in (("政府网站　", scan.sites), ("政务新媒体", scan.accounts)):
        if kind.registered:
            sheet.add(_count_line(title, kind), hang=12)
    if scan.kind != "recheck" and scan.subjects:
        sheet.add(Text.assemble(("发现的问题  ", "bold"), counted(scan.subjects)), hang=12)


def _count_line(title: str, kind: KindSummary) -> Text:
    registered = f"登记 {kind.registered}（关停 {kind.closed}）" if kind.closed else f"登记 {kind.registered}"
    line = Text.assemble((f"{title}  ", "bold"), f"{registered}，检查 {kind.inspected}：")
    line.append(f"合格 {kind.qualified}", "green").append("，")
    line.append(f"待核 {kind.pending}", "yellow").append("，")
    line.append(f"不合格 {kind.unqualified}", "red").append("；合格率 ").append(share(kind.pass_rate), "bold")
    if kind.pending:
        line.append(f"（最低 {share(kind.pass_rate_if_pending_fail)}）")
    return line


def _summary(sheet: Sheet, scan: Scan) -> None:
    """The end of a long report says again what matters: a terminal shows its end."""
    sheet.heading("小结", "bold cyan")
    for verdict in (Verdict.UNQUALIFIED, Verdict.PENDING):
        names = [plain(s.name) for s in scan.subjects if s.verdict is verdict]
        if names:
            label = f"{VERDICTS[verdict]} {len(names)} 个："
            sheet.add(Text.assemble((label, COLOURS[verdict]), "、".join(names)), hang=2)
    _counts(sheet, scan)
    _baseline(sheet, scan)


def _baseline(sheet: Sheet, scan: Scan) -> None:
    """How many problems and doubts a gate's baseline knew; nothing where there was none."""
    rows = (f for s in scan.subjects for a in s.assessments if a.effect != "bonus" for f in a.findings)
    count = Counter(f.baseline for f in rows if f.baseline and f.certainty != "unknown")
    if count:
        sheet.add("与基线对照：" + "，".join(f"{word} {count[name]} 项" for name, word in BASELINE_WORDS.items()))


def _units(sheet: Sheet, scan: Scan) -> None:
    scored = [u for u in scan.units if u.score is not None]
    if not scored:
        return
    sheet.heading("单位得分", "bold cyan")
    for unit in sorted(scored, key=lambda u: -(u.score or 0)):
        verdict = f"　{VERDICTS[unit.verdict]}" if unit.verdict else ""
        line = Text.assemble((f"{figure(unit.score):>6}", "bold"), f"  {plain(unit.unit)}（{plain(unit.group)}）")
        sheet.add(line.append(verdict, COLOURS[unit.verdict]), hang=8)


def _subject(sheet: Sheet, subject: SubjectResult, common: Common, as_of: str) -> None:
    sheet.gap()
    _title(sheet, subject)
    for problem in subject.problems:
        sheet.add(Text(f"! {plain(problem)}", "yellow"), indent=2, hang=2)
    for effect, listed in _by_effect(subject.assessments).items():
        sheet.gap()
        sheet.add(Text(EFFECTS[effect], f"bold {EFFECT_COLOURS[effect]}"), indent=2)
        for assessment, findings in listed:
            _rule(sheet, assessment, findings, effect, as_of)
    write_open(sheet, subject, common)
    write_unasked(sheet, subject, common)
    _samples(sheet, subject.assessments)
    _rest(sheet, subject)


def _rechecked(sheet: Sheet, subject: SubjectResult) -> None:
    """What was looked at again, and nothing else: the rest stands in the report of the scan before."""
    sheet.gap()
    _title(sheet, subject)
    for problem in subject.problems:
        sheet.add(Text(f"! {plain(problem)}", "yellow"), indent=2, hang=2)
    _recheck.write_subject(sheet, subject)


def _title(sheet: Sheet, subject: SubjectResult) -> None:
    verdict = verdict_line(subject)
    head = Text.assemble((verdict, COLOURS[subject.verdict]), "  ", (plain(subject.name), "bold"))
    sheet.add(head.append(f"  {plain(subject.id)}", "dim"), hang=2)
    platform = PLATFORMS.get(subject.platform, subject.platform) if subject.kind == "account" else ""
    unit = "" if subject.unit == subject.organizer else f"单位：{subject.unit}"
    facts = [platform, f"主办：{subject.organizer}", unit, subject.group]
    sheet.add(Text("　".join(plain(f) for f in facts if f), "dim"), indent=2)
    if subject.url:
        sheet.address("", plain(subject.url, 2000), indent=2)
    if subject.authorised_by:
        allowed = f"经授权不受 robots.txt 限制：{plain(subject.authorised_by)}"
        sheet.add(Text(allowed, "dim"), indent=2, hang=2)
    if unread := home_unread(subject):
        sheet.add(Text(f"首页未能读取：{plain(unread)}", "bold yellow"), indent=2, hang=2)
        if forbidden(unread):
            what = ASK_WHERE_IT_LEADS if subject.authorised_by else ASK_THE_OWNER
            sheet.add(Text(what, "yellow"), indent=2, hang=2)
    _score(sheet, subject)
    if subject.verdict is Verdict.PENDING:
        waiting = [f"{a.rule} {plain(a.title)}" for a in subject.assessments if a.blocks]
        sheet.add(Text(f"结论尚待判定：{'、'.join(waiting) or '未定的单项否决'}", "yellow"), indent=2, hang=2)


def _score(sheet: Sheet, subject: SubjectResult) -> None:
    score = subject.score
    figures = {"总分": score.total, "第二部分": score.part2, "加分": score.bonus, "最低": score.lowest}
    shown = [f"{name} {figure(value)}" for name, value in figures.items()]
    parts = [f"等次 {plain(subject.grade)}"] if subject.grade else []
    if any(value is not None for value in figures.values()):
        parts += shown
    if parts:
        sheet.add(Text("　".join(parts), "bold"), indent=2)


def _by_effect(assessments: Iterable[Assessment]) -> dict[str, list[_Listed]]:
    """Rules with rows under the effect that the rows have: an early warning of a veto is a notice."""
    groups: dict[str, list[_Listed]] = {effect: [] for effect in EFFECTS}
    for assessment in assessments:
        scoring = [f for f in telling(assessment) if not f.notice]
        warning = [f for f in assessment.findings if f.notice]
        bare = assessment.outcome in {Outcome.FAIL, Outcome.REVIEW} and not assessment.findings
        if scoring or bare:
            groups[assessment.effect].append((assessment, scoring))
        if warning:
            groups["notice"].append((assessment, warning))
    return {effect: listed for effect, listed in groups.items() if listed}


def _rule(sheet: Sheet, assessment: Assessment, findings: list[Finding], effect: str, as_of: str) -> None:
    early = effect == "notice" != assessment.effect
    done = "预警，不计分" if early else plain(tally(assessment), 2000)
    line = Text.assemble((f"{assessment.rule} ", "cyan"), (plain(assessment.title), "bold"), "  ")
    doubtful = assessment.outcome in {Outcome.OPEN, Outcome.REVIEW}
    sheet.add(line.append(done, "yellow" if doubtful else EFFECT_COLOURS[effect]), indent=4, hang=2)
    shown, folded = _shown(findings)
    for finding in shown:
        _finding(sheet, finding, assessment, as_of)
    for alike in folded:
        sheet.add(Text(_more(alike, assessment), "dim"), indent=6, hang=2)
    if assessment.advice and effect != "bonus":
        sheet.add(Text(f"建议：{plain(assessment.advice)}", "italic"), indent=6, hang=6)


def _shown(findings: list[Finding]) -> tuple[list[Finding], list[list[Finding]]]:
    """Of each clause the first rows, certain ones before doubtful ones; and the others, those of a clause together."""
    shown: list[Finding] = []
    clauses: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: list(CERTAINTIES).index(f.certainty)):
        alike = clauses.setdefault(finding.clause, [])
        alike.append(finding)
        shown += [finding] if len(alike) <= FEW else []
    return shown, [alike[FEW:] for alike in clauses.values() if len(alike) > FEW]


def _more(alike: list[Finding], assessment: Assessment) -> str:
    """How many rows of a clause are not told one by one, and how sure they are."""
    count = Counter(CERTAINTIES[f.certainty] for f in alike)
    doubtful = "、".join(f"{word} {count[word]} 处" for word in CERTAINTIES.values() if word and count[word])
    aside = f"（其中{doubtful}）" if doubtful else ""
    wording = plain(alike[0].problem or assessment.problem)
    said = untold(wording) if all(f.certainty == "unknown" for f in alike) else wording
    return f"{said}：另有 {len(alike)} 处{aside}，见 XLSX、HTML 或 JSON"


def _finding(sheet: Sheet, finding: Finding, assessment: Assessment, as_of: str) -> None:
    certainty = "" if finding.certainty == "unknown" else CERTAINTIES.get(finding.certainty, finding.certainty)
    marks = [certainty, change_mark(finding, assessment.effect, as_of)]
    line = Text("· ")
    for mark in filter(None, marks):
        line.append(f"[{plain(mark)}] ", "yellow")
    wording, detail = plain(finding.problem or assessment.problem), plain(finding.detail)
    said = wording if not detail or detail == wording else f"{wording}：{detail}"
    line.append(untold(wording, detail) if finding.certainty == "unknown" else said)
    if finding.points:
        line.append(f"  {figure(finding.points, sign=True)} 分", "bold")
    if finding.baseline == "known":
        line.append(f"（{BASELINE_WORDS['known']}）", "dim")
    line.append(f" 〔{finding.fingerprint[:FINGERPRINT_LENGTH]}〕", "dim")
    sheet.add(line, indent=6, hang=2)
    for label, value in _places(finding):
        sheet.address(label, value, indent=8)
    quote = plain(finding.evidence.quote, QUOTE_LENGTH)
    if quote and quote not in detail:
        sheet.add(Text(f"原文：{quote}", "dim"), indent=8, hang=6)
    if finding.suppressed:
        sheet.add(Text(f"已豁免：{plain(finding.suppressed)}", "dim"), indent=8, hang=8)


def _places(finding: Finding) -> Iterator[tuple[str, str]]:
    """Where it stands and what it is about, once where both are the same; an account has no page to stand on."""
    location, url = ("" if p.startswith("account:") else p for p in (finding.location, finding.url))
    if location and location != url:
        yield "位置：", plain(location, 2000)
    if url:
        yield "地址：", plain(url, 2000)


def _samples(sheet: Sheet, assessments: Iterable[Assessment]) -> None:
    sampled = [a for a in assessments if a.sample]
    if not sampled:
        return
    sheet.gap()
    sheet.add(Text("抽查样本", "bold"), indent=2)
    for assessment in sampled:
        names = "；".join(plain(s.title or s.url or s.key) for s in assessment.sample)
        line = Text.assemble((f"{assessment.rule} ", "cyan"), f"{len(assessment.sample)} 件：{names}")
        sheet.add(line, indent=4, hang=2)


def _rest(sheet: Sheet, subject: SubjectResult) -> None:
    """One quiet line: what passed, and how much was read for it."""
    outcomes = Counter(a.outcome for a in subject.assessments)
    names = {Outcome.PASS: "通过", Outcome.NOT_EARNED: "未得加分", Outcome.NOT_APPLICABLE: "不适用"}
    parts = [f"{word} {outcomes[outcome]} 项" for outcome, word in names.items() if outcomes[outcome]]
    read = [plain(part) for part in figures_read(subject.statistics)]
    if read:
        parts.append(f"已读：{'，'.join(read)}")
    if parts:
        sheet.gap()
        sheet.add(Text("　".join(parts), "dim"), indent=2)
