"""One finding with its archived answers, for a person at a terminal, in Chinese.

Comes in: the plain object of `checker evidence -f json`. Goes out: UTF-8 text. Everything from pages and servers goes
through `plain`: no control character and no escape sequence of theirs reaches the terminal.
"""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from checker.report._lines import Sheet, plain, printed
from checker.report._wording import CERTAINTIES, moment

_BODIES = {
    "intact": ("正文与存档时的 SHA-256 一致", "green"),
    "damaged": ("正文已损坏：与存档时的 SHA-256 不一致", "bold red"),
    "not-kept": ("正文未存档", "yellow"),
    "none": ("没有正文", "dim"),
}


def render_evidence(case: Mapping[str, Any], width: int = 100, colour: bool = False, terminal: bool = False) -> bytes:
    """The case as text, at most `width` cells wide (addresses excepted)."""
    sheet = Sheet(width, links=False)
    sheet.add(Text.assemble((f"{plain(case['rule'])} ", "cyan"), (plain(case["title"]), "bold")), hang=2)
    doubt = CERTAINTIES.get(case["certainty"], "")
    sheet.add(f"{plain(case['problem'])}：{plain(case['detail'])}{f'（{doubt}）' if doubt else ''}", hang=2)
    for label, value in (
        ("对象", f"{case['name']}（{case['subject']}）"), ("位置", case["location"]), ("所指", case["url"]),
        ("检查", case["scan"]), ("指纹", case["fingerprint"]), ("时间", moment(case["seen_at"])),
        ("摘录", case["quote"]), ("上下文", case["context"]), ("存档", case["archive"] or ""),
    ):  # fmt: skip
        if value and not (label == "所指" and value == case["location"]):
            sheet.add(f"{label}　{plain(str(value), 2000)}", indent=2, hang=6)
    if case["note"]:
        sheet.add(Text(plain(case["note"]), "yellow"), indent=2, hang=2)
    for number, answer in enumerate(case["answers"], 1):
        _answer(sheet, number, answer)
    return printed(sheet, colour, terminal)


def _answer(sheet: Sheet, number: int, answer: Mapping[str, Any]) -> None:
    sheet.heading(f"应答 {number}{'（本条结果的存档）' if answer['named'] else ''}", "bold cyan")
    status = f"（HTTP {answer['status']}）" if answer["status"] else ""
    sheet.add(plain(answer["url"], 2000), indent=2)
    said = f"正常{status}" if answer["outcome"] == "ok" else f"{answer['detail']}（{answer['outcome']}）"
    sheet.add(f"{moment(answer['seen_at'])}　{plain(said)}", indent=2, hang=2)
    if answer["received_at"]:
        sheet.add(f"正文收于 {moment(answer['received_at'])}，上述时间服务器答复未变化（304）", indent=2, hang=2)
    words, style = _BODIES[answer["body"]]
    sheet.add(Text("，".join(filter(None, [words, answer["note"]])), style), indent=2, hang=2)
    if answer["sha256"]:
        sheet.add(f"SHA-256 {plain(answer['sha256'])}", indent=2)
    for title, head in (("请求", answer["request"]), ("应答头", answer["response"])):
        _block(sheet, title, head.splitlines())
    _block(sheet, "正文开头", answer["text"])


def _block(sheet: Sheet, title: str, lines: list[str]) -> None:
    if lines:
        sheet.add(Text(title, "bold"), indent=2)
    for line in lines:
        sheet.add(Text(plain(line, 300), "dim"), indent=4, hang=2)
