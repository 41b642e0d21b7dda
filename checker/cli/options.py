"""Options that several commands share: what they are called, and how what they say is read."""

import ssl
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.config import SHANGHAI, shanghai
from checker.errors import UsageError
from checker.fetch import ConnectTo
from checker.fetch.reachable import reachable
from checker.fleet import is_another_day
from checker.model.registry import Registry
from checker.registry import read_registry
from checker.report import FORMATS

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
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", "-o", help="File for the format at the same place; without -f its ending tells the format."
    ),
]
FailOn = Annotated[str, typer.Option("--fail-on", help="veto, deduction, notice or never.")]
PendingOk = Annotated[
    bool, typer.Option("--pending-ok", help="End with 0 where 3 (a blocking rule is open) would stand.")
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Inspection time, ISO 8601; no zone = Beijing.")]
Connections = Annotated[
    list[str] | None,
    typer.Option("--connect-to", help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
]
Authority = Annotated[
    Path | None, typer.Option("--cacert", help="CA certificates (PEM) to trust besides the system's.")
]
Wait = Annotated[
    bool, typer.Option("--wait", help="Wait for the hours of a site instead of leaving it out of this run.")
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Ask for every page anew, not only if it has changed since the last scan.")
]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Render pages that only scripts build, if Chromium is there.")
]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Local processes.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")]


def registry_at(sites: Path | None, accounts: Path | None) -> Registry:
    """The registry: the files named, else what lies in the current folder."""
    if sites is None and accounts is None:
        sites, accounts = (p if p.exists() else None for p in (Path("sites.yaml"), Path("accounts.yaml")))
        if sites is None and accounts is None:
            raise UsageError("no sites.yaml or accounts.yaml here; name them with --sites and --accounts")
    return read_registry(sites, accounts)


def connections(given: list[str] | None, default: str | tuple[str, ...] | None) -> tuple[ConnectTo, ...]:
    """What --connect-to says, else the registry; raises UsageError."""
    texts = given or ([default] if isinstance(default, str) else default or ())
    return tuple(ConnectTo.parse(text) for text in texts)


def clock(given: str | None, default: datetime | None, connected: bool) -> datetime:
    """The inspection clock: --as-of, else the registry's, else now; another day only with --connect-to."""
    now = datetime.now(SHANGHAI)
    moment = moment_of(given) if given else shanghai(default) if default else now
    if is_another_day(moment, now) and not connected:
        raise UsageError(
            f"as_of {moment.isoformat()} is more than 24 hours from now: live pages cannot be inspected as of another "
            "day; leave as_of out, or name a copy with --connect-to"
        )
    return moment.replace(microsecond=0)


def moment_of(text: str) -> datetime:
    """What --as-of says; raises UsageError."""
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


def someone_there(connect_to: tuple[ConnectTo, ...]) -> None:
    """With --connect-to, someone must answer at the other end: nothing learned from nobody is worth a report."""
    for connection in connect_to:
        if connection.to_host and connection.to_port and not reachable(connection.to_host, connection.to_port):
            target = f"{connection.to_host}:{connection.to_port}"
            raise UsageError(
                f"nothing answers at {target}, where connect_to sends the requests; for the sample city start "
                "`checker demo --serve` in another terminal, or `checker demo` to do both at once"
            )
