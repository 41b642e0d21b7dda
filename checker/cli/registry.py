"""`checker registry`: what can be said of sites.yaml and accounts.yaml before any request."""

import typer

from checker.cli.scan import Accounts, Sites, registry_at
from checker.cli.terminal import console_out

app = typer.Typer(no_args_is_help=True, help="Check the registry.")


@app.callback()
def _group() -> None:
    """Check the registry."""


@app.command("validate", epilog="Example: `checker registry validate --sites sites.yaml`")
def validate(sites: Sites = None, accounts: Accounts = None) -> None:
    """Check both registry files; all errors at once as file:line: message."""
    registry = registry_at(sites, accounts)
    columns = sum(len(s.columns) for s in registry.sites)
    console_out().print(
        f"{len(registry.sites)} sites with {columns} columns and {len(registry.accounts)} accounts are valid",
        highlight=False,
    )
