"""`checker history scans`: the scans of the store, and those that only the history still knows."""

import csv
import io
from dataclasses import asdict
from typing import Annotated

import typer

from checker.cli.options import StoreDir
from checker.cli.terminal import new_table, print_json, print_out, print_table, say
from checker.config import DEFAULT_STORE
from checker.errors import UsageError
from checker.fleet.history import ScanLine, Stands, scan_lines, strangers

_FORMATS = ("text", "json", "csv")
_HEADS = ("检查", "类别", "所依据的检查", "检查日", "状态", "方案", "对象数", "合格", "待核", "不合格", "历史记录")
_KINDS = {"scan": "检查", "recheck": "复查"}
_STATES = {
    Stands.FINISHED: "已完成", Stands.RUNNING: "进行中", Stands.UNFINISHED: "未完成", Stands.UNREADABLE: "无法读取",
    Stands.PRUNED: "已清理",
}  # fmt: skip


def list_scans(
    format: Annotated[str, typer.Option("--format", "-f", help="text, json or csv.")] = "text",
    store: StoreDir = DEFAULT_STORE,
) -> None:
    """List the scans of the store, newest first: what they are, whether they came to their end, and their verdicts.

    已清理: `checker history prune` removed it; the history still knows its verdicts.
    """
    if format not in _FORMATS:
        raise UsageError(f"--format {format}: must be {', '.join(_FORMATS)}")
    lines = scan_lines(store)
    if format == "json":
        print_json([asdict(line) for line in lines], 2)
    elif format == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([_HEADS, *(_cells(line) for line in lines)])
        print_out(out.getvalue().rstrip("\n"))
    elif lines:
        table = new_table(*_HEADS)
        for line in lines:
            table.add_row(*_cells(line))
        print_table(table)
    lost = strangers(store)
    if lost.unknown:
        say(f"{store / 'history.sqlite'}: {lost}; `checker doctor` says what to do")
    gone = sum(line.state is Stands.PRUNED for line in lines)
    say(f"{len(lines) - gone} scans stored, {gone} pruned")


def _cells(line: ScanLine) -> tuple[str, ...]:
    numbers = (line.subjects, line.qualified, line.pending, line.unqualified)
    return (
        line.id, _KINDS.get(line.kind, line.kind), line.based_on, line.as_of[:10], _STATES[line.state], line.profile,
        *(str(n) for n in numbers), "有" if line.known else "无",
    )  # fmt: skip
