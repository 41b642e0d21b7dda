"""The difference between two inspections for a person at a terminal, in Chinese."""

from collections.abc import Iterable

from rich.text import Text

from checker.model.differences import Comparison, Difference, Inspection, Presence, Standing, SubjectDifference
from checker.model.results import Change, SuppressionUse
from checker.report._lines import Sheet, plain, printed
from checker.report._wording import CERTAINTIES, EFFECTS, VERDICTS, figure, moment

CHANGED = {
    Change.NEW: "新增", Change.REOPENED: "再次出现", Change.UPDATED: "有变化", Change.RECTIFIED: "已整改",
    Change.REMOVED: "已撤下", Change.NOT_SEEN: "未能复核", Change.UNCHANGED: "仍存在",
}  # fmt: skip
"""What became of a finding, in the order in which it is told."""

SHOWN = tuple(change for change in CHANGED if change is not Change.UNCHANGED)
"""What is listed one by one without being asked for."""

REPEATED = "上期通报未整改"
"""What is said of findings that only repeat others: these were notified before, and are still there."""

KINDS = {"site": "政府网站", "account": "政务新媒体"}
TITLE = "政府网站与政务新媒体检查结果对比"
_FINGERPRINT = 8
_COLOURS = {
    Change.NEW: "bold red", Change.REOPENED: "bold red", Change.UPDATED: "yellow", Change.RECTIFIED: "green",
    Change.REMOVED: "cyan", Change.NOT_SEEN: "yellow", Change.UNCHANGED: "dim",
}  # fmt: skip


def render_text(
    comparison: Comparison, verbose: bool = False, width: int = 100, colour: bool = False, terminal: bool = False
) -> bytes:
    """The difference as UTF-8 text at most `width` cells wide; unchanged findings one by one only with `verbose`."""
    sheet = Sheet(width, links=terminal)
    _head(sheet, comparison)
    for kind, title in KINDS.items():
        told = [s for s in comparison.subjects if s.kind == kind and (s.changed or s.note or _shown(s, verbose))]
        if told:
            sheet.heading(title, "bold cyan")
        for subject in told:
            _subject(sheet, subject, verbose)
    _others(sheet, comparison, verbose)
    return printed(sheet, colour, terminal)


def _shown(subject: SubjectDifference, verbose: bool) -> bool:
    return bool(subject.of(*SHOWN)) or (verbose and bool(subject.findings))


def _head(sheet: Sheet, comparison: Comparison) -> None:
    sheet.add(Text(TITLE, "bold"))
    for label, inspection in (("前一次", comparison.before), ("后一次", comparison.after)):
        sheet.add(Text(f"{label}　{inspection_line(inspection)}", "dim"), hang=8)
    for note in comparison.notes:
        sheet.add(Text(f"! {plain(note)}", "bold yellow"), hang=2)
    sheet.gap()
    sheet.add(Text(summary_line(comparison), "bold"), hang=2)
    for use in comparison.expired:
        sheet.add(Text(f"豁免到期：{expired_line(use)}", "bold yellow"), hang=2)


def inspection_line(inspection: Inspection) -> str:
    """Which inspection it is, for which moment it speaks, and by which rules."""
    rules = f"{inspection.rules.profile} {inspection.rules.version}（{inspection.rules.sha256[:8]}）"
    kind = "（复查）" if inspection.kind == "recheck" else ""
    return "，".join(map(plain, [f"{inspection.id}{kind}", f"检查时点 {moment(inspection.as_of)}", f"指标 {rules}"]))


def summary_line(comparison: Comparison) -> str:
    """How many findings became what, and how many subjects have another verdict."""
    counts = comparison.counts
    always = {Change.NEW, Change.RECTIFIED}
    parts = [f"{word} {counts[change]} 项" for change, word in CHANGED.items() if counts[change] or change in always]
    verdicts = sum(s.verdict_changed for s in comparison.subjects)
    parts += [f"{verdicts} 个对象结论变化"] if verdicts else []
    repeated = repeats_line(comparison.subjects)
    return "，".join(parts) + (f"；{repeated}" if repeated else "")


def repeats_line(subjects: Iterable[SubjectDifference]) -> str:
    """How many notified problems are not mended, by the findings that repeat them; '' for none."""
    found = [f for s in subjects for f in s.repeats if not f.suppressed]
    sure = sum(f.certainty == "certain" for f in found)
    parts = [f"{REPEATED} {sure} 项"] if sure else []
    return "，".join([*parts, *([f"上期通报待确认 {len(found) - sure} 项"] if len(found) > sure else [])])


def expired_line(use: SuppressionUse) -> str:
    """A suppression that holds no longer: what it covered, and who answered for it."""
    parts = f"{use.rule} {use.scope}（{use.reason}，负责人：{use.owner}，{use.expires} 到期，{use.place}）"
    return plain(parts)


def verdict_change(subject: SubjectDifference) -> str:
    """合格 → 不合格; one word where it is the same or only one inspection gives it."""
    words = [verdict_word(s) for s in (subject.before, subject.after) if s is not None]
    return words[0] if len(set(words)) == 1 else " → ".join(words)


def verdict_word(standing: Standing) -> str:
    """The verdict in a word; a closed subject has none."""
    return VERDICTS[standing.verdict] if standing.verdict else "不作判定"


def _subject(sheet: Sheet, subject: SubjectDifference, verbose: bool) -> None:
    sheet.gap()
    style = "bold magenta" if subject.verdict_changed else "bold"
    head = Text.assemble((verdict_change(subject), style), "  ", (plain(subject.name), "bold"))
    sheet.add(head.append(f"  {plain(subject.id)}", "dim"), hang=2)
    if subject.note:
        sheet.add(Text(f"! {subject.note}", "yellow"), indent=2, hang=2)
    figures = figures_line(subject)
    if figures:
        sheet.add(Text(figures, "bold"), indent=2)
    for sentence in subject.suppression:
        sheet.add(Text(f"! {plain(sentence)}", "bold yellow"), indent=2, hang=2)
    if subject.presence in {Presence.LEFT, Presence.LEFT_OUT}:
        if known := sum(not f.of_others for f in subject.findings):
            sheet.add(f"原有 {known} 项没有再检查，不算整改", indent=2)
        return
    for change, word in CHANGED.items():
        _group(sheet, word, change, sorted(subject.of(change), key=weight), verbose)
    if repeated := repeats_line([subject]):
        sheet.gap()
        sheet.add(Text(f"{repeated}（-v 逐条列出）" if not verbose else repeated, "yellow"), indent=2)
        for row in sorted(subject.repeats, key=weight) if verbose else ():
            _row(sheet, row)


def weight(row: Difference) -> int:
    """What is sure goes before what a person must confirm, and early warnings come last."""
    return 2 * row.notice + (row.certainty != "certain")


def figures_line(subject: SubjectDifference) -> str:
    """Grade and score, then and now; '' where there are none."""
    then, now = subject.before, subject.after
    pairs = {
        "等次": [s.grade or "—" if s else None for s in (then, now)],
        "总分": [figure(s.score.total) if s else None for s in (then, now)],
        "第二部分": [figure(s.score.part2) if s else None for s in (then, now)],
        "整改情况": [s.rectification or "—" if s else None for s in (then, now)],
    }
    parts = []
    for name, values in pairs.items():
        words = [plain(v) for v in values if v is not None]
        if set(words) - {"—"}:
            parts.append(f"{name} {words[0] if len(set(words)) == 1 else ' → '.join(words)}")
    return "，".join(parts)


def _group(sheet: Sheet, word: str, change: Change, rows: list[Difference], verbose: bool) -> None:
    if not rows:
        return
    listed = verbose or change is not Change.UNCHANGED
    hint = "" if listed else "（-v 逐条列出）"
    sheet.gap()
    sheet.add(Text(f"{word} {len(rows)} 项{hint}", _COLOURS[change]), indent=2)
    for row in rows if listed else ():
        _row(sheet, row)


def row_line(row: Difference) -> str:
    """A finding in one sentence: what it costs, which rule, what is wrong."""
    marks = [mark for mark in (_effect(row), CERTAINTIES.get(row.certainty, row.certainty)) if mark]
    problem, detail = plain(row.problem), plain(row.detail)
    said = problem if not detail or detail == problem else f"{problem}：{detail}"
    return f"[{'，'.join(marks)}] {said}"


def _effect(row: Difference) -> str:
    if row.notice:
        return "预警"
    return EFFECTS.get(row.effect, row.effect)


def _row(sheet: Sheet, row: Difference) -> None:
    line = Text(f"· {row_line(row)}")
    if row.points:
        line.append(f"  {figure(row.points, sign=True)} 分", "bold")
    line.append(f" 〔{row.fingerprint[:_FINGERPRINT]}〕", "dim")
    sheet.add(line, indent=4, hang=2)
    place = row.location if not row.location.startswith("account:") else row.url
    if place:
        sheet.address("位置：", plain(place, 2000), indent=6)
    if row.url and row.url not in {row.location, place}:
        sheet.address("地址：", plain(row.url, 2000), indent=6)
    if row.reason:
        sheet.add(Text(f"说明：{plain(row.reason)}", "yellow"), indent=6, hang=6)
    if row.suppressed:
        sheet.add(Text(f"已豁免：{plain(row.suppressed)}", "dim"), indent=6, hang=8)


def _others(sheet: Sheet, comparison: Comparison, verbose: bool) -> None:
    """Who has nothing to tell is named in one line, so that nobody looks for him in vain."""
    quiet = [s for s in comparison.subjects if not (s.changed or s.note or _shown(s, verbose))]
    if not quiet:
        return
    same = sum(len(s.of(Change.UNCHANGED)) for s in quiet)
    sheet.gap()
    names = "、".join(plain(s.name) for s in quiet)
    kept = f"（共有 {same} 项仍存在）" if same else ""
    sheet.add(Text(f"没有变化的对象 {len(quiet)} 个{kept}：{names}", "dim"), hang=2)
