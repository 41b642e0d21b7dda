"""`checker diff`: two stored inspections side by side."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import Only, RulesDir, StoreDir
from checker.cli.output import FAIL_ON, LEVELS, check_writable, write_whole
from checker.cli.rules import book_at, rules_of
from checker.cli.terminal import console_out, say, silence_stdout, wants_colour
from checker.config import DEFAULT_STORE
from checker.errors import Exit, UsageError
from checker.fleet import profile_of
from checker.fleet.diff import compare, pair_of
from checker.model.differences import Comparison, Difference
from checker.model.results import Change
from checker.report._diff import DIFF_FORMATS
from checker.report._diff_text import render_text

First = Annotated[
    str | None,
    typer.Argument(metavar="A", help="Id of the earlier scan; default: the newest but one."),
]
Second = Annotated[
    str | None, typer.Argument(metavar="B", help="Id of the later scan or recheck; default: the newest finished scan.")
]


def diff(
    first: First = None,
    second: Second = None,
    only: Only = None,
    rules: RulesDir = None,
    store: StoreDir = DEFAULT_STORE,
    format: Annotated[str, typer.Option("--format", "-f", help="text, json, markdown or csv.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default: stdout.")] = None,
    fail_on: Annotated[
        str,
        typer.Option("--fail-on", help="End with 1 for new or reopened findings: veto, deduction, notice or never."),
    ] = "never",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List unchanged findings too.")] = False,
) -> None:
    """Compare two stored scans: verdicts and scores then and now, and what became of every finding."""
    if format not in DIFF_FORMATS:
        raise UsageError(f"--format {format}: there are {', '.join(DIFF_FORMATS)}")
    if fail_on not in FAIL_ON:
        raise UsageError(f"--fail-on {fail_on}: must be {', '.join(FAIL_ON)}")
    file = None if output is None or str(output) == "-" else output
    if file is not None:
        check_writable(file)
    found = compared(store, pair_of(store, first, second), rules, tuple(only or ()))
    if file is not None:
        write_whole(file, DIFF_FORMATS[format](found, verbose))
        say(f"{found.before.id} and {found.after.id} compared: {file}")
    else:
        _print(found, format, verbose)
    raise typer.Exit(Exit.FINDINGS if arrived_at(found, fail_on) else Exit.CLEAN)


def compared(store: Path, pair: tuple[str, str], rules: Path | None, only: tuple[str, ...] = ()) -> Comparison:
    """Two stored inspections compared, under the profile that judged the later one."""
    before, after = pair
    return compare(store, before, after, rules_of(book_at(rules), profile_of(store, after)), only)


def arrived_at(comparison: Comparison, fail_on: str) -> bool:
    """Whether a certain finding that counts has arrived or come back at or above a level."""
    rows = (f for s in comparison.subjects for f in s.of(Change.NEW, Change.REOPENED))
    return any(_counts(row, fail_on) for row in rows)


def _counts(row: Difference, fail_on: str) -> bool:
    if fail_on == "never" or row.certainty != "certain" or row.suppressed:
        return False
    if row.notice:
        return fail_on == "notice"
    return row.failed and LEVELS.get(row.effect, len(FAIL_ON)) <= FAIL_ON.index(fail_on)


def _print(comparison: Comparison, format: str, verbose: bool) -> None:
    if format == "text":
        terminal = sys.stdout.isatty()
        width = min(max(console_out().width, 60), 120) if terminal else 100
        out = render_text(comparison, verbose, width, wants_colour(sys.stdout), terminal)
    else:
        out = DIFF_FORMATS[format](comparison, verbose)
    try:
        sys.stdout.buffer.write(out)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
