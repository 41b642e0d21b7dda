"""JUnit XML for the test views of Jenkins and GitLab: a suite per subject, a test case per rule.

The XML keeps to the schema of the Jenkins xUnit plugin (junit-10.xsd). What could not be judged is `skipped`, with the
reason; our own faults are `error`; known findings of a baseline and suppressed ones are told but fail nothing.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import datetime

from checker.model.results import Assessment, Gone, Outcome, Scan, SubjectResult
from checker.report._counted import counted
from checker.report._lines import plain
from checker.report._recheck import tally_line
from checker.report._rows import (
    BASELINE_WORDS,
    CERTAINTY_WORDS,
    GONE_WORDS,
    NO_XML,
    Row,
    Unseen,
    bare,
    change_word,
    full_name,
    gone_apart,
    place,
    wall_time,
    why_unseen,
)
from checker.report._wording import figure, verdict_line, verdict_on

_UNDECIDED = {Outcome.OPEN: "无法判定", Outcome.REVIEW: "待人工确认", Outcome.NOT_APPLICABLE: "不适用"}
_COUNTED = ("tests", "failures", "errors", "skipped")
_BODY = 4000


def render(scan: Scan) -> bytes:
    """The scan as UTF-8 XML, indented."""
    root = ET.Element("testsuites", name=_text(f"checker {scan.id}"))
    for subject in scan.subjects:
        root.append(_suite(scan, subject))
    for name in _COUNTED[:3]:
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    if seconds := _seconds(scan):
        root.set("time", seconds)
    ET.indent(root)
    written: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def _seconds(scan: Scan) -> str:
    """How long the scan took, '' if it did not end."""
    begin, end = wall_time(scan.started_at), wall_time(scan.finished_at)
    if not isinstance(begin, datetime) or not isinstance(end, datetime):
        return ""
    return str(int((end - begin).total_seconds()))


def _suite(scan: Scan, subject: SubjectResult) -> ET.Element:
    suite = ET.Element("testsuite", name=_text(f"{full_name(subject)} {subject.id}"))
    unseen = why_unseen(subject)
    cases = [_case(scan, subject, a, unseen) for a in subject.assessments]
    cases += [_broken(subject, number, problem) for number, problem in enumerate(subject.problems, 1)]
    found = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite.set("tests", str(len(cases)))
    for name, child in found.items():
        suite.set(name, str(sum(case.find(child) is not None for case in cases)))
    moment = wall_time(scan.as_of)
    if isinstance(moment, datetime):
        suite.set("timestamp", moment.isoformat(timespec="seconds"))
    suite.set("package", _text(subject.group))
    suite.append(_properties(scan, subject))
    suite.extend(cases)
    if gone := gone_apart(subject):
        _out(suite, map(_gone_line, gone))
    return suite


def _properties(scan: Scan, subject: SubjectResult) -> ET.Element:
    told = {
        "scan": scan.id, "kind": scan.kind, "based_on": scan.based_on, "as_of": scan.as_of,
        "profile": scan.rules.profile, "rules_version": scan.rules.version, "rules_sha256": scan.rules.sha256,
        "checker": scan.tool_version, "complete": "true" if scan.complete else "false", "url": subject.url,
        "unit": subject.unit, "verdict": subject.verdict or "", "结论": verdict_line(subject),
        "等次": subject.grade or "", "得分": figure(subject.score.total) if subject.score.total is not None else "",
        "整改结论": subject.rectification,
        "问题": counted([subject]) if scan.kind != "recheck" else "",
        "复查结果": tally_line([subject]) if scan.kind == "recheck" else "",
    }  # fmt: skip
    properties = ET.Element("properties")
    for name, value in told.items():
        if value:
            ET.SubElement(properties, "property", name=name, value=_text(value))
    return properties


def _case(scan: Scan, subject: SubjectResult, a: Assessment, unseen: Unseen) -> ET.Element:
    case = ET.Element("testcase", classname=_text(subject.id), name=_text(f"{a.rule} {a.title}"))
    rows = [Row(subject, a, f) for f in a.findings]
    told = [_finding(r, scan, unseen) for r in rows]
    questions = [f"待人工核实：{plain(q)}" for q in a.unasked]
    if a.outcome in _UNDECIDED:
        word = verdict_on(a.effect, a.outcome) if a.outcome is Outcome.OPEN else _UNDECIDED[a.outcome]
        reason = "" if a.outcome is Outcome.NOT_APPLICABLE and a.reason == word else a.reason or ""
        ET.SubElement(case, "skipped", type=a.outcome.value, message=_text("：".join(filter(None, [word, reason]))))
    elif a.outcome is Outcome.FAIL and not bare(a) and not any(r.counts for r in rows):
        ET.SubElement(case, "skipped", type=Outcome.OPEN.value, message="无法判定：复查时未能复核")
    elif _fails(a, rows):
        message = _text(f"{a.problem or a.title}{_points(a)}")
        ET.SubElement(case, "failure", type=a.effect, message=message).text = _block([*told, *_advice(a)])
        told = []
    _out(case, [*told, *questions])
    return case


def _fails(a: Assessment, rows: list[Row]) -> bool:
    """Whether a veto or deduction failed by something that no baseline knows; a failure without rows always does."""
    if a.outcome is not Outcome.FAIL or a.effect not in {"veto", "deduct"}:
        return False
    counting = [r for r in rows if r.counts]
    return not counting or any(r.finding.baseline != "known" for r in counting)


def _points(a: Assessment) -> str:
    return f"（{figure(a.points, sign=True)}分）" if a.points else ""


def _advice(a: Assessment) -> list[str]:
    return [f"建议：{plain(a.advice)}"] if a.advice else []


def _finding(row: Row, scan: Scan, unseen: Unseen) -> str:
    """A finding on a few lines: what, where, since when, what proves it, and why it could not be looked at again."""
    f = row.finding
    why = unseen.get(row.mark, "")
    marks = (
        CERTAINTY_WORDS.get(f.certainty, f.certainty), "预警" if f.notice else "",
        change_word(row, scan.as_of, scan.kind == "recheck", unseen), BASELINE_WORDS.get(f.baseline or "", ""),
        "已豁免" if f.suppressed else "",
    )  # fmt: skip
    detail = f.detail if f.detail != row.problem else ""
    what = f"[{'，'.join(filter(None, marks))}] {'：'.join(filter(None, [row.problem, detail]))}"
    points = f"{figure(f.points, sign=True)}分" if f.points else ""
    details = {
        "分值": points, "位置": place(f.location), "网址": place(f.url) if f.url != f.location else "",
        "未能复核": why, "摘录": f.evidence.quote, "豁免": f.suppressed or "", "首次发现": f.first_seen,
        "已通报": f.notified_on,
        "指纹": f.fingerprint, "本次发现": f.evidence.seen_at, "存档": f.evidence.archive or "",
        "SHA-256": f.evidence.sha256 or "",
    }  # fmt: skip
    lines = [plain(what), *(f"  {name}：{plain(value, 2000)}" for name, value in details.items() if value)]
    return "\n".join(lines)


def _broken(subject: SubjectResult, number: int, problem: str) -> ET.Element:
    """Our own fault: neither a pass nor a finding."""
    case = ET.Element("testcase", classname=_text(subject.id), name=f"checker {number}")
    ET.SubElement(case, "error", type="checker", message=_text(problem))
    return case


def _gone_line(gone: Gone) -> str:
    word = GONE_WORDS.get(gone.change, gone.change.value)
    notified = f"，{gone.notified_on}已通报" if gone.notified_on else ""
    where = place(gone.location or gone.url)
    return plain(f"[{word}{notified}] {gone.rule} {gone.problem}：{gone.detail} {where}（{gone.reason}）", 2000)


def _out(element: ET.Element, blocks: Iterable[str]) -> None:
    if text := _block(blocks):
        ET.SubElement(element, "system-out").text = text


def _block(blocks: Iterable[str]) -> str:
    return NO_XML.sub("", "\n".join(blocks))


def _text(value: str) -> str:
    """A text as an attribute can hold it."""
    return NO_XML.sub("", plain(value, _BODY))
