"""`checker recheck`: after a circular, what was notified is looked at again, and nothing else."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from checker.cli.held import LockTimeout, held
from checker.cli.options import (
    Accounts,
    Authority,
    Browser,
    Connections,
    FailOn,
    Files,
    Formats,
    Fresh,
    Only,
    PendingOk,
    Quiet,
    RulesDir,
    Sites,
    StoreDir,
    Wait,
    Workers,
    clock,
    connections,
    readable,
    registry_at,
    someone_there,
)
from checker.cli.output import FAIL_ON, LEVELS, Outputs, chosen_outputs
from checker.cli.progress import Listener
from checker.cli.rules import book_at, rules_of
from checker.cli.running import tell_problems
from checker.cli.stopping import stopping
from checker.cli.suppressing import tell_expired
from checker.cli.terminal import say
from checker.config import DEFAULT_STORE, Budget
from checker.errors import Exit
from checker.evaluate.suppressed import EXPIRED
from checker.fetch import FetchSettings
from checker.fleet import Order, outside_hours, profile_of
from checker.fleet.recheck import Prepared, Wanted, base_of, prepared, refuse_earlier
from checker.fleet.recheck import recheck as run_recheck
from checker.model.results import Change, Finding, Scan
from checker.report._lines import plain
from checker.report._recheck import tally_line
from checker.scan.hours import real_time


def recheck(
    scan: Annotated[
        str | None, typer.Option("--scan", help="Id of the scan to start from; default: the newest finished one.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All findings of whoever was found unqualified, notified or not.")
    ] = False,
    only: Only = None,
    sites: Sites = None,
    accounts: Accounts = None,
    rules: RulesDir = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Inspection time, ISO 8601; no zone = Beijing, a day alone = 00:00; not before scan or circular.",
        ),
    ] = None,
    connect_to: Connections = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
    cacert: Authority = None,
    fail_on: FailOn = "veto",
    pending_ok: PendingOk = False,
    wait: Wait = False,
    fresh: Fresh = False,
    browser: Browser = True,
    workers: Workers = 1,
    lock_timeout: LockTimeout = 0,
    quiet: Quiet = False,
) -> None:
    """Look at notified findings again, and at nothing else: rectified, not rectified, or nobody can tell.

    The original samples are kept, and 整改情况 follows from the old result without the rectified findings. Exit 1: some
    finding at or above --fail-on is certainly not rectified; 3: of some nobody can tell; 0: all are rectified.
    """
    outputs = chosen_outputs(format, output, fail_on)
    registry = registry_at(sites, accounts)
    where = connections(connect_to, registry.scan.connect_to)
    moment = clock(as_of, registry.scan.as_of, bool(where))
    fetch = FetchSettings(connect_to=where, cacert=readable(cacert))
    standard = Budget()
    base = base_of(store, scan)  # before the lock makes a store where there is none
    with held(store, lock_timeout, "recheck"):  # nobody may take away what the plan rests on
        chosen = rules_of(book_at(rules), profile_of(store, base))
        order = Order(
            registry=registry,
            rules=chosen,
            store=store,
            as_of=moment,
            fetch=fetch,
            budget=replace(standard, renders=standard.renders if browser else 0),
            workers=workers,
            fresh=fresh,
            wait=wait,
        )
        ask = prepared(store, Wanted(base, everything, tuple(only or ())), chosen)
        refuse_earlier(ask, moment)
        _tell_before(order, ask, quiet)
        someone_there(order.fetch.connect_to)
        code = _run(order, ask, outputs, pending_ok, quiet)
    raise typer.Exit(code)


def _tell_before(order: Order, ask: Prepared, quiet: bool) -> None:
    """What will be looked at, and what makes the answers less than they seem; before the first request."""
    if order.rules.sha256 != ask.base.rules.sha256:
        say(
            f"the rules are not those of scan {ask.base.id} (sha256 {order.rules.sha256[:8]}, then "
            f"{ask.base.rules.sha256[:8]}); findings are looked for by the rules of today"
        )
    registered = {s.id for s in order.registry.subjects}
    for subject in sorted(ask.targets.keys() - registered):
        say(f"{subject}: is not registered any more; nobody can tell what became of its findings")
    for subject in sorted(ask.damaged):
        say(
            f"{ask.folder / 'facts'}: the facts of {subject} in scan {ask.base.id} are damaged; its findings are "
            "looked at again by what the result says of them"
        )
    if ask.elsewhere:
        count, who = sum(ask.elsewhere.values()), ", ".join(sorted(ask.elsewhere)[:5])
        say(
            f"{count} notified findings of {len(ask.elsewhere)} subjects ({who}) are not looked at: scan {ask.base.id} "
            "holds no result of these; --scan names another"
        )
    today = order.as_of.date().isoformat()
    tell_expired(replace(use, state=EXPIRED) for use in ask.base.suppressions if use.expires < today)
    if quiet:
        return
    count = sum(len(rows) for rows in ask.targets.values())
    mended = sum(not rows for rows in ask.targets.values())
    known = f"; {mended} subjects had mended all of theirs by a later scan or recheck" if mended else ""
    say(f"looking at {count} findings of {len(ask.targets) - mended} subjects again, from scan {ask.base.id}{known}")
    asked = tuple(s for s in ask.targets if s in registered)
    outside = outside_hours(replace(order, only=asked), real_time()) if asked else {}
    if outside:
        what = "they are waited for" if order.wait else "left out of this run; --wait waits for them"
        say(f"outside their registered hours now: {', '.join(f'{s} ({h})' for s, h in outside.items())}; {what}")


def _run(order: Order, ask: Prepared, outputs: Outputs, pending_ok: bool, quiet: bool) -> int:
    listener = Listener(outputs, order, quiet)
    with stopping("stopped; nothing is noted of this recheck, run it again"), listener:
        scan = run_recheck(order, ask, listener)
        listener.finish(scan)
    outputs.write(scan, sys.stdout, streamed=True)
    tell_problems(scan)
    if not quiet:
        _tell_after(scan)
    return exit_code(scan, outputs.fail_on, pending_ok)


def _tell_after(scan: Scan) -> None:
    """The numbers on one line, those of the text report, and whom they concern."""
    say(f"recheck {scan.id}: {tally_line(scan.subjects)}")
    told = "；".join(f"{plain(s.name)} {s.rectification}" for s in scan.subjects if s.rectification)
    if told:
        say(f"整改情况：{told}")


def _standing(scan: Scan) -> Iterator[tuple[str, Finding]]:
    """Findings that are not rectified, each with the effect that it has; a suppressed one counts for nothing."""
    for subject in scan.subjects:
        for a in subject.assessments:
            yield from (
                ("notice" if f.notice else a.effect, f)
                for f in a.findings
                if f.rechecked == "notRectified" and f.suppressed is None
            )


def exit_code(scan: Scan, fail_on: str, pending_ok: bool) -> int:
    """4 if our own work broke, 1 for what is certainly not rectified, 3 where nobody can tell, else 0."""
    if any(s.problems for s in scan.subjects):
        return Exit.INTERNAL
    level, standing = FAIL_ON.index(fail_on), list(_standing(scan))
    counts = [f for effect, f in standing if fail_on != "never" and LEVELS.get(effect, len(FAIL_ON)) <= level]
    if any(f.certainty == "certain" for f in counts):
        return Exit.FINDINGS
    doubtful = bool(counts) or any(g.change is not Change.RECTIFIED for s in scan.subjects for g in s.gone)
    return Exit.OPEN if doubtful and not pending_ok else Exit.CLEAN
