"""`checker evaluate` and `checker report`: they start from what a scan left in the store."""

import sys
from typing import Annotated

import typer

from checker.cli.output import chosen_outputs, exit_code
from checker.cli.rules import book_at, rules_of
from checker.cli.scan import FailOn, Files, Formats, Only, PendingOk, ProfileName, RulesDir, StoreDir
from checker.config import DEFAULT_STORE
from checker.fleet import evaluate_scan, load_scan, profile_of

ScanId = Annotated[str | None, typer.Option("--scan", help="Id of a stored scan; default: the newest.")]


def evaluate(
    scan: ScanId = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
    fail_on: FailOn = "veto",
    pending_ok: PendingOk = False,
) -> None:
    """Judge a stored scan again, by today's rules or another profile; no request is made."""
    outputs = chosen_outputs(format, output, fail_on)
    chosen = rules_of(book_at(rules), profile or profile_of(store, scan))
    result = evaluate_scan(store, scan, chosen)
    outputs.write(result, sys.stdout)
    raise typer.Exit(exit_code(result, fail_on, pending_ok))


def report(
    scan: ScanId = None,
    only: Only = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
) -> None:
    """Write reports of a stored scan as it was judged; of one that still runs, what it has by now."""
    outputs = chosen_outputs(format, output)
    outputs.write(load_scan(store, scan, tuple(only or ())), sys.stdout)
