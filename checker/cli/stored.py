"""`checker evaluate` and `checker report`: they start from what a scan left in the store."""

import sys
from typing import Annotated

import typer

from checker.cli.baseline import BaselineFile
from checker.cli.held import LockTimeout, held
from checker.cli.options import FailOn, Files, Formats, Only, PendingOk, ProfileName, RulesDir, StoreDir
from checker.cli.output import chosen_outputs, exit_code
from checker.cli.rules import book_at, rules_of
from checker.cli.running import tell_problems
from checker.cli.sarif_prefix import SarifPrefix
from checker.cli.suppressing import SuppressionsFile, suppressing, tell_expired
from checker.cli.terminal import say
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
    baseline: BaselineFile = None,
    suppressions: SuppressionsFile = None,
    sarif_prefix: SarifPrefix = None,
    lock_timeout: LockTimeout = 0,
) -> None:
    """Judge a stored scan again, by today's rules or another profile; no request is made."""
    outputs = chosen_outputs(format, output, fail_on, sarif_prefix)
    book = book_at(rules)
    chosen = suppressing(rules_of(book, profile or profile_of(store, scan)), book, suppressions)
    outputs = outputs.knowing(baseline, chosen.profile.name)
    with held(store, lock_timeout, "evaluate"):
        result = evaluate_scan(store, scan, chosen)
    tell_expired(result.suppressions)
    outputs.write(result, sys.stdout)
    tell_problems(result)
    raise typer.Exit(exit_code(result, fail_on, pending_ok, outputs.baseline))


def report(
    scan: ScanId = None,
    only: Only = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
    baseline: BaselineFile = None,
    sarif_prefix: SarifPrefix = None,
) -> None:
    """Write reports of a stored scan as it was judged; of one that still runs, what it has by now."""
    outputs = chosen_outputs(format, output, sarif_prefix=sarif_prefix)
    found = load_scan(store, scan, tuple(only or ()))
    if not found.complete:
        say(f"scan {found.id} is not finished: the report holds only the subjects that are done, and says so")
    outputs.knowing(baseline, found.rules.profile).write(found, sys.stdout)
