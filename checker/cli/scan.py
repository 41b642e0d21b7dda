"""`checker scan`: the registry in, findings out."""

import signal
import ssl
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from checker.cli.baseline import BaselineFile
from checker.cli.delivery import services_of, tell_of_scan
from checker.cli.directory import Directory, served
from checker.cli.held import LockTimeout
from checker.cli.output import Outputs, chosen_outputs, exit_code
from checker.cli.progress import Listener
from checker.cli.rules import book_at, rules_of
from checker.cli.sarif_prefix import SarifPrefix
from checker.cli.suppressing import SuppressionsFile, suppressing, tell_expired_of
from checker.cli.terminal import console_err, console_out, fits, new_table, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI, Budget, shanghai
from checker.errors import Exit, UsageError
from checker.fetch import ConnectTo, FetchSettings, available
from checker.fetch.reachable import reachable
from checker.fleet import (
    SUBJECTS_AT_ONCE,
    Begun,
    HostPlan,
    Order,
    is_another_day,
    outside_hours,
    plan,
    run,
    stopped_scan,
)
from checker.model.registry import Registry
from checker.model.results import Scan
from checker.registry import read_registry
from checker.report import FORMATS
from checker.report._lines import plain
from checker.report._wording import forbidden, home_unread
from checker.scan.hours import real_time

Sites = Annotated[
    Path | None, typer.Option("--sites", help="sites.yaml; default: ./sites.yaml, if --accounts is not given either.")
]
Accounts = Annotated[
    Path | None,
    typer.Option("--accounts", help="accounts.yaml; default: ./accounts.yaml, if --sites is not given either."),
]
Only = Annotated[list[str] | None, typer.Option("--only", help="Id of a subject; repeat for several.")]
RulesDir = Annotated[Path | None, typer.Option("--rules", help="Folder of rules; default: those shipped.")]
ProfileName = Annotated[str | None, typer.Option("--profile", help="Profile under rules/profiles; default: national.")]
StoreDir = Annotated[Path, typer.Option("--store", file_okay=False, help="Where scans and history are kept.")]
_NAMES = f"{', '.join(f.name for f in FORMATS[:-1])} or {FORMATS[-1].name}"
Formats = Annotated[list[str] | None, typer.Option("--format", "-f", help=f"{_NAMES}; repeat for several.")]
Files = Annotated[list[Path] | None, typer.Option("--output", "-o", help="File for the format at the same place.")]
FailOn = Annotated[str, typer.Option("--fail-on", help="veto, deduction, notice or never.")]
PendingOk = Annotated[
    bool, typer.Option("--pending-ok", help="End with 0 where 3 (a blocking rule is open) would stand.")
]


def scan(
    sites: Sites = None,
    accounts: Accounts = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    only: Only = None,
    as_of: Annotated[str | None, typer.Option(help="Inspection time, ISO 8601; no zone = Beijing.")] = None,
    connect_to: Annotated[
        list[str] | None,
        typer.Option(help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
    ] = None,
    directory: Directory = None,
    store: StoreDir = DEFAULT_STORE,
    format: Formats = None,
    output: Files = None,
    cacert: Annotated[Path | None, typer.Option(help="CA certificates (PEM) to trust besides the system's.")] = None,
    fail_on: FailOn = "veto",
    pending_ok: PendingOk = False,
    baseline: BaselineFile = None,
    suppressions: SuppressionsFile = None,
    notify: Annotated[
        bool, typer.Option("--notify", help="Tell those in CHECKER_NOTIFY what changed since the last scan.")
    ] = False,
    sarif_prefix: SarifPrefix = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the newest unfinished scan.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the hours of a site instead of leaving it out of this run.")
    ] = False,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Tell hosts, pages, minutes, megabytes; ask nobody.")
    ] = False,
    max_pages: Annotated[int | None, typer.Option(min=1, help="Pages per site at most.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask for every page anew, not only if it has changed since the last scan.")
    ] = False,
    keep_pages: Annotated[
        bool, typer.Option("--keep-pages", help="Keep the bodies of all answers, personal data too, with the scan.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Render pages that only scripts build, if Chromium is there.")
    ] = True,
    workers: Annotated[int, typer.Option(min=1, help="Local processes.")] = 1,
    executor: Annotated[str, typer.Option(help="local, or dask=ADDRESS of a scheduler.")] = "local",
    lock_timeout: LockTimeout = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
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
    if plan_only:
        _print_plan(order)
        return
    with served(order, directory) as order:
        someone_there(order.fetch.connect_to)
        code = run_scan(order, outputs, pending_ok, quiet, verbose)
    if services and code not in {Exit.INTERRUPTED, Exit.TERMINATED}:
        tell_of_scan(order.store, order.rules, services, quiet)
    raise typer.Exit(code)


def registry_at(sites: Path | None, accounts: Path | None) -> Registry:
    """The registry: the files named, else what lies in the current folder."""
    if sites is None and accounts is None:
        sites, accounts = (p if p.exists() else None for p in (Path("sites.yaml"), Path("accounts.yaml")))
        if sites is None and accounts is None:
            raise UsageError("no sites.yaml or accounts.yaml here; name them with --sites and --accounts")
    return read_registry(sites, accounts)


def _begun(
    store: Path, as_of: str | None, profile: str | None, connect_to: list[str] | None, only: list[str] | None,
    max_pages: int | None,
) -> Begun:  # fmt: skip
    """The unfinished scan to go on with; what the command line says besides must be what it began with."""
    begun = stopped_scan(store)
    begun.agree(
        as_of=_moment(as_of).replace(microsecond=0) if as_of else None, profile=profile,
        connect_to=connections(connect_to, None), only=only or (), max_pages=max_pages,
    )  # fmt: skip
    return begun


def connections(given: list[str] | None, default: str | tuple[str, ...] | None) -> tuple[ConnectTo, ...]:
    """What --connect-to says, else the registry; raises UsageError."""
    texts = given or ([default] if isinstance(default, str) else default or ())
    return tuple(ConnectTo.parse(text) for text in texts)


def clock(given: str | None, default: datetime | None, connected: bool) -> datetime:
    """The inspection clock: --as-of, else the registry's, else now; another day only with --connect-to."""
    now = datetime.now(SHANGHAI)
    moment = _moment(given) if given else shanghai(default) if default else now
    if is_another_day(moment, now) and not connected:
        raise UsageError(
            f"as_of {moment.isoformat()} is more than 24 hours from now: live pages cannot be inspected as of another "
            "day; leave as_of out, or name a copy with --connect-to"
        )
    return moment.replace(microsecond=0)


def _moment(text: str) -> datetime:
    try:
        return shanghai(datetime.fromisoformat(text))
    except ValueError as error:
        raise UsageError(f"--as-of {text}: not ISO 8601, e.g. 2021-11-08T10:00:00+08:00") from error


def readable(cacert: Path | None) -> Path | None:
    """`cacert` if it is a file of certificates; raises UsageError."""
    if cacert is not None and not cacert.is_file():
        raise UsageError(f"--cacert {cacert}: no such file")
    if cacert is not None:
        try:
            ssl.create_default_context(cafile=cacert)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"--cacert {cacert}: holds no certificate in PEM form") from error
    return cacert


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


def _tell_of_robots(scan: Scan) -> None:
    """Sites that we were kept from: nothing is known of them until somebody acts."""
    for subject in scan.subjects:
        why = home_unread(subject)
        if why and forbidden(why):
            what = _WHERE_IT_LEADS if subject.authorised_by else _ASK_THE_OWNER
            say(f"{subject.id} {plain(subject.name)}: robots.txt forbids us ({plain(why)}); it stays pending: {what}")


_ASK_THE_OWNER = "ask the site's owner to change it, or write `robots: authorised` with `authorised_by` in sites.yaml"
_WHERE_IT_LEADS = (
    "its home page leads to another host, and what was authorised holds for its own host only; "
    "check `url` in sites.yaml"
)


def someone_there(connect_to: tuple[ConnectTo, ...]) -> None:
    """With --connect-to, someone must answer at the other end: nothing learned from nobody is worth a report."""
    for connection in connect_to:
        if connection.to_host and connection.to_port and not reachable(connection.to_host, connection.to_port):
            target = f"{connection.to_host}:{connection.to_port}"
            raise UsageError(
                f"nothing answers at {target}, where connect_to sends the requests; for the sample city start "
                "`checker demo --serve` in another terminal, or `checker demo` to do both at once"
            )


def _print_plan(order: Order) -> None:
    rows = plan(order)
    table = _plan_table(rows, wide=True)
    print_table(table if fits(table, console_out()) else _plan_table(rows, wide=False))
    console_err().print(
        f"No request was made. At most {SUBJECTS_AT_ONCE} subjects are asked side by side in one process."
    )


def _plan_table(rows: Sequence[HostPlan], *, wide: bool) -> Table:
    """One row a host; where the ids of its subjects do not fit, their number."""
    table = new_table("host", "subjects", "pages ≤", "basis", "requests ≤", "minutes ≤", "MB ≤")
    for row in rows:
        numbers = (str(row.pages), row.basis, str(row.requests), f"{row.minutes:g}", f"{row.megabytes:g}")
        table.add_row(row.key, " ".join(row.subjects) if wide else str(len(row.subjects)), *numbers)
    slowest = max(max((r.minutes for r in rows), default=0), sum(r.minutes for r in rows) / SUBJECTS_AT_ONCE)
    table.add_section()
    total = (str(sum(r.pages for r in rows)), "", str(sum(r.requests for r in rows)), f"{slowest:.1f}")
    table.add_row(f"{len(rows)} hosts", "", *total, f"{sum(r.megabytes for r in rows):g}")
    return table


def _tell_of_browser(scan: Scan, order: Order) -> None:
    """Pages that only scripts build and no browser has shown: whoever can have one should know."""
    pages = sum(s.statistics.get("needs_browser", 0) for s in scan.subjects)
    if pages and order.budget.renders and available():
        how = "pip install 'checker[browser]' and a system's Chromium (docs/browser.md)"
        say(f"pages that need a browser to be read: {pages}; {how}")


class _Terminated(KeyboardInterrupt):
    """SIGTERM ends a scan like Ctrl-C does, after a checkpoint, with its own exit code."""


def _terminate(_number: int, _frame: object) -> None:
    raise _Terminated


def run_scan(order: Order, outputs: Outputs, pending_ok: bool, quiet: bool = False, verbose: bool = False) -> int:
    """Run a scan with progress, write its reports, and tell the exit code."""
    before = signal.signal(signal.SIGTERM, _terminate)
    listener = Listener(outputs, order, quiet, verbose)
    try:
        with listener:
            scan = run(order, listener)
            listener.finish(scan)
    except KeyboardInterrupt as stop:
        console_err().print("stopped; what was gathered is kept, `checker scan --resume` goes on", markup=False)
        return Exit.TERMINATED if isinstance(stop, _Terminated) else Exit.INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    outputs.write(scan, sys.stdout, streamed=True)
    for subject in scan.subjects:
        for problem in subject.problems:
            console_err().print(f"checker: {subject.id}: {problem}", markup=False, highlight=False, soft_wrap=True)
    if not quiet:
        _tell_of_robots(scan)
        _tell_of_browser(scan, order)
        outputs.tell(scan)
    return exit_code(scan, outputs.fail_on, pending_ok, outputs.baseline)
