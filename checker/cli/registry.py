"""`checker registry`: sites.yaml and accounts.yaml checked, begun, imported, and filled with columns of sites."""

import typer

from checker.cli.discover import discover_columns, new
from checker.cli.options import Accounts, Sites, registry_at
from checker.cli.registry_import import import_sheets
from checker.cli.terminal import console_out

app = typer.Typer(no_args_is_help=True, help="Check, begin and fill the registry.")


@app.callback()
def _group() -> None:
    """Check, begin and fill the registry."""


app.command("discover", epilog="Example: `checker registry discover 3499000001 --write`")(discover_columns)
app.command("import", epilog="Example: `checker registry import sites.xlsx accounts.xls --dry-run`")(import_sheets)
app.command("new", epilog="Example: `checker registry new http://www.example.gov.cn/ -o sites.yaml`")(new)


@app.command("validate", epilog="Example: `checker registry validate --sites sites.yaml --accounts accounts.yaml`")
def validate(sites: Sites = None, accounts: Accounts = None) -> None:
    """Check both registry files; all errors at once as file:line: message."""
    registry = registry_at(sites, accounts)
    columns = sum(len(s.columns) for s in registry.sites)
    console_out().print(
        f"{len(registry.sites)} sites with {columns} columns and {len(registry.accounts)} accounts are valid",
        highlight=False,
    )
