"""`checker notify`: people are told what changed, in the chat or the mailbox that they read anyway."""

from pathlib import Path
from typing import Annotated

import typer

from checker.cli.delivery import MOST_BYTES, VARIABLE, deliver, services_of
from checker.cli.diff import First, Second, compared
from checker.cli.options import Only, RulesDir, StoreDir
from checker.cli.terminal import print_out, say
from checker.config import DEFAULT_STORE
from checker.errors import UsageError
from checker.fleet.diff import pair_of, recheck_pair
from checker.report._diff_message import message


def notify(
    first: First = None,
    second: Second = None,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="What the newest recheck found, against the scan it looked at again.")
    ] = False,
    only: Only = None,
    to_env: Annotated[
        str, typer.Option("--to-env", help="Environment variable with the addresses, separated by blanks.")
    ] = VARIABLE,
    config: Annotated[
        Path | None, typer.Option("--config", help="File with the addresses (apprise), readable by nobody else.")
    ] = None,
    always: Annotated[bool, typer.Option("--always", help="Tell them also that nothing changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the message on stdout and send nothing.")] = False,
    rules: RulesDir = None,
    store: StoreDir = DEFAULT_STORE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
) -> None:
    """Tell people what changed between two stored scans; if nothing did, nobody is told."""
    if recheck and first:
        raise UsageError("--recheck names both inspections; leave A and B out")
    services = () if dry_run else services_of(to_env, config)
    pair = recheck_pair(store) if recheck else pair_of(store, first, second)
    found = compared(store, pair, rules, tuple(only or ()))
    what = f"from {found.before.id} to {found.after.id}"
    if not (found.changed or always):
        said = f"nothing changed {what}: nobody is told"
    elif dry_run:
        sent = message(found, MOST_BYTES)
        print_out(f"{sent.title}\n\n{sent.body}")
        said = "nothing was sent"
    else:
        deliver(found, services)
        said = f"told of the changes {what}: {', '.join(s.name for s in services)}"
    if not quiet:
        say(said)
