"""`checker doctor`: what a scan would lack on this machine, and what to do about it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from checker.cli.options import Accounts, ProfileName, RulesDir, Sites, StoreDir
from checker.cli.terminal import console_err, console_out, print_json
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import Exit, UsageError
from checker.fleet.doctor import Check, State, Surroundings, examine

_MARKS = {State.OK: ("ok", "green"), State.WARNING: ("warning", "yellow"), State.MISSING: ("missing", "bold red")}


def doctor(
    sites: Sites = None,
    accounts: Accounts = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    store: StoreDir = DEFAULT_STORE,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no site; otherwise three get one request.")] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Tell what is missing: Chromium, calendar year, time zone, network, clock, store, registry, rules, extras.

    Nothing is changed. Ends with 4 if something is missing that a scan needs; a warning makes it weaker only.
    """
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    for path, option in ((sites, "--sites"), (accounts, "--accounts"), (rules, "--rules")):
        if path is not None and not Path(path).exists():
            raise UsageError(f"{option} {path}: there is no such file")
    around = Surroundings(datetime.now(SHANGHAI), store, sites, accounts, rules, profile, None, network=not offline)
    checks = tuple(examine(around))
    if format == "json":
        print_json({"checks": [asdict(c) for c in checks]}, indent=2)
    else:
        _print(checks)
    raise typer.Exit(Exit.INTERNAL if any(c.state is State.MISSING for c in checks) else Exit.CLEAN)


def _print(checks: Sequence[Check]) -> None:
    """One line a check, its advice beneath it; areas are kept together."""
    out = console_out()
    area = ""
    for check in checks:
        if check.area != area:
            area = check.area
            out.print(Text(area, "bold cyan"), soft_wrap=True)
        mark, style = _MARKS[check.state]
        line = Text.assemble("  ", (f"{mark:<8}", style), f"{check.name}: {check.found}")
        out.print(line, soft_wrap=True, highlight=False)
        if check.advice and check.state is not State.OK:
            out.print(Text(f"          {check.advice}", "dim"), soft_wrap=True, highlight=False)
    count = {state: sum(c.state is state for c in checks) for state in State}
    said = f"{count[State.MISSING]} missing, {count[State.WARNING]} warnings, {count[State.OK]} ok"
    console_err().print(said, markup=False, highlight=False)
