"""`checker scan`: the registry in, findings out."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.baseline import BaselineFile
from checker.cli.delivery import services_of, tell_of_scan
from checker.cli.directory import Directory, served
from checker.cli.held import LockTimeout
from checker.cli.options import (
    Accounts,
    AsOf,
    Authority,
    Browser,
    Connections,
    FailOn,
    Files,
    Formats,
    Fresh,
    Only,
    PendingOk,
    ProfileName,
    Quiet,
    RulesDir,
    Sites,
    StoreDir,
    Wait,
    Workers,
    clock,
    connections,
    moment_of,
    readable,
    registry_at,
    someone_there,
)
from checker.cli.output import chosen_outputs
from checker.cli.planned import print_plan
from checker.cli.rules import book_at, rules_of
from checker.cli.running import run_scan
from checker.cli.sarif_prefix import SarifPrefix
from checker.cli.suppressing import SuppressionsFile, suppressing, tell_expired_of, tell_strangers_of
from checker.cli.terminal import say
from checker.config import DEFAULT_STORE, SHANGHAI, Budget
from checker.errors import Exit, UsageError
from checker.fetch import FetchSettings
from checker.fleet import Begun, Order, outside_hours, stopped_scan
from checker.scan.hours import real_time


def scan(
    sites: Sites = None,
    accounts: Accounts = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    only: Only = None,
    as_of: AsOf = None,
    connect_to: Connections = None,
    directory: Directory = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
    cacert: Authority = None,
    fail_on: FailOn = "veto",
    pending_ok: PendingOk = False,
    baseline: BaselineFile = None,
    suppressions: SuppressionsFile = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell those in CHECKER_NOTIFY what changed since the last scan.")
    ] = False,
    sarif_prefix: SarifPrefix = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the newest unfinished scan.")] = False,
    wait: Wait = False,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Tell hosts, pages, minutes, megabytes; ask nobody.")
    ] = False,
    max_pages: Annotated[int | None, typer.Option(min=1, help="Pages per site at most.")] = None,
    fresh: Fresh = False,
    keep_pages: Annotated[
        bool, typer.Option("--keep-pages", help="Keep the bodies of all answers, personal data too, with the scan.")
    ] = False,
    browser: Browser = True,
    workers: Workers = 1,
    executor: Annotated[str, typer.Option(help="local, or dask=ADDRESS of a scheduler.")] = "local",
    lock_timeout: LockTimeout = 0,
    quiet: Quiet = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="One line on stderr for each finished subject, and at the end what was asked of which server.",
        ),
    ] = False,
) -> None:
    """Inspect what is registered and print scored findings with their evidence."""
    outputs = chosen_outputs(format, output, fail_on, sarif_prefix)
    registry = registry_at(sites, accounts)
    defaults = registry.scan
    begun = _begun(store, as_of, profile, connect_to, only, max_pages) if resume else None
    where = begun.connect_to if begun else connections(connect_to, defaults.connect_to)
    book = book_at(rules)
    judging = rules_of(book, begun.profile if begun else profile or defaults.profile or "national")
    order = Order(
        registry=registry,
        rules=suppressing(judging, book, suppressions),
        store=store,
        as_of=begun.as_of if begun else clock(as_of, defaults.as_of, bool(where or directory)),
        fetch=FetchSettings(connect_to=where, cacert=readable(cacert)),
        budget=_budget(max_pages, defaults.max_pages, browser),
        only=tuple(only or ()),
        workers=workers,
        executor=_executor(executor),
        resume=resume,
        fresh=fresh,
        keep_pages=keep_pages,
        wait=wait,
        lock_seconds=lock_timeout,
    )
    if begun:
        order = begun.applied(order, datetime.now(SHANGHAI))
    outputs = outputs.knowing(baseline, order.rules.profile.name)
    services = services_of() if notify and not plan_only else ()
    _tell_of_hours(order, quiet)
    if not quiet:
        tell_expired_of(order.rules, order.as_of.date().isoformat())
        tell_strangers_of(order.rules, {s.id for s in registry.subjects})
    if plan_only:
        print_plan(order)
        return
    with served(order, directory) as order:
        someone_there(order.fetch.connect_to)
        code = run_scan(order, outputs, pending_ok, quiet, verbose)
    if services and code not in {Exit.INTERRUPTED, Exit.TERMINATED}:
        tell_of_scan(order.store, order.rules, services, quiet)
    raise typer.Exit(code)


def _begun(
    store: Path, as_of: str | None, profile: str | None, connect_to: list[str] | None, only: list[str] | None,
    max_pages: int | None,
) -> Begun:  # fmt: skip
    """The unfinished scan to go on with; what the command line says besides must be what it began with."""
    begun = stopped_scan(store)
    begun.agree(
        as_of=moment_of(as_of).replace(microsecond=0) if as_of else None, profile=profile,
        connect_to=connections(connect_to, None), only=only or (), max_pages=max_pages,
    )  # fmt: skip
    return begun


def _budget(given: int | None, default: int | None, browser: bool) -> Budget:
    standard = Budget()
    return replace(standard, pages=given or default or standard.pages, renders=standard.renders if browser else 0)


def _executor(text: str) -> str:
    if text != "local" and (not text.startswith("dask=") or text == "dask="):
        raise UsageError(f"--executor {text}: must be local or dask=ADDRESS, e.g. dask=tcp://10.0.0.5:8786")
    return text


def _tell_of_hours(order: Order, quiet: bool) -> None:
    """Which sites may not be asked just now, and what becomes of them, before the first request."""
    outside = outside_hours(order, real_time())
    if outside and not quiet:
        sites = ", ".join(f"{site} ({hours})" for site, hours in outside.items())
        what = "they are waited for" if order.wait else "left out of this run; --wait waits for them"
        say(f"outside their registered hours now: {sites}; {what}")
