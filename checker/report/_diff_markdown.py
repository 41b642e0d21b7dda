"""The difference between two inspections as Markdown, e.g. for a comment under a change of a site's sources."""

from checker.model.differences import Comparison, Difference, Presence, SubjectDifference
from checker.model.results import Change
from checker.report._diff_text import (
    CHANGED,
    KINDS,
    SHOWN,
    TITLE,
    expired_line,
    figures_line,
    inspection_line,
    repeats_line,
    row_line,
    summary_line,
    verdict_change,
    weight,
)
from checker.report._inert import as_code, inert
from checker.report._wording import figure


def render_markdown(comparison: Comparison, verbose: bool = False) -> bytes:
    """The difference as Markdown; unchanged findings one by one only with `verbose`."""
    lines = [f"# {TITLE}", ""]
    lines += [f"- 前一次：{inert(inspection_line(comparison.before))}"]
    lines += [f"- 后一次：{inert(inspection_line(comparison.after))}"]
    lines += [f"- **注意**：{inert(note)}" for note in comparison.notes]
    lines += [f"- **豁免到期**：{inert(expired_line(use))}" for use in comparison.expired]
    lines += ["", f"**{inert(summary_line(comparison))}**", ""]
    for kind, title in KINDS.items():
        lines += _kind(title, [s for s in comparison.subjects if s.kind == kind], verbose)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _kind(title: str, subjects: list[SubjectDifference], verbose: bool) -> list[str]:
    if not subjects:
        return []
    lines = [f"## {title}", "", "| 对象 | 标识码 | 结论 | 等次、得分 | 新增 | 再次出现 | 已整改 | 仍存在 |"]
    lines += ["|---|---|---|---|---:|---:|---:|---:|"]
    told = (Change.NEW, Change.REOPENED, Change.RECTIFIED, Change.UNCHANGED)
    for s in subjects:
        cells = [s.name, s.id, verdict_change(s), figures_line(s) or "—", *(str(len(s.of(c))) for c in told)]
        lines.append(f"| {' | '.join(map(inert, cells))} |")
    lines.append("")
    for subject in subjects:
        lines += _subject(subject, verbose)
    return lines


def _subject(subject: SubjectDifference, verbose: bool) -> list[str]:
    rows = subject.of(*(CHANGED if verbose else SHOWN))
    repeated = repeats_line([subject])
    if not (rows or subject.note or subject.suppression or repeated):
        return []
    lines = [f"### {inert(subject.name)}", ""]
    if subject.note:
        lines += [f"> {inert(subject.note)}", ""]
    for sentence in subject.suppression:
        lines += [f"> **豁免**：{inert(sentence)}", ""]
    if subject.presence in {Presence.LEFT, Presence.LEFT_OUT}:
        return [*lines, f"原有 {len(rows)} 项没有再检查，不算整改", ""] if rows else lines
    for change, word in CHANGED.items():
        mine = sorted((f for f in rows if f.change is change), key=weight)
        if mine:
            lines += [f"**{word} {len(mine)} 项**", "", *map(_row, mine), ""]
    if repeated:
        lines += [f"**{repeated}**", ""]
        lines += [*map(_row, sorted(subject.repeats, key=weight)), ""] if verbose else []
    return lines


def _row(row: Difference) -> str:
    points = f"（{figure(row.points, sign=True)} 分）" if row.points else ""
    place = "" if row.location.startswith("account:") else row.location
    where = f"；{as_code(place or row.url, 2000)}" if place or row.url else ""
    why = f"；{inert(row.reason)}" if row.reason else ""
    kept = f"；已豁免：{inert(row.suppressed)}" if row.suppressed else ""
    return f"- {inert(row_line(row) + points)}{where}{why}{kept} `{row.fingerprint[:8]}`"
