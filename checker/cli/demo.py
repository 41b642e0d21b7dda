"""`checker demo`: the embedded sample city, served on loopback and scanned under its real host names."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import FailOn, Files, Formats, PendingOk
from checker.cli.output import chosen_outputs
from checker.cli.rules import ProfileName, book_at, rules_of
from checker.cli.running import run_scan
from checker.cli.terminal import console_err, say
from checker.config import DEFAULT_STORE, Budget, shanghai, shipped
from checker.demo import AS_OF, CREDENTIALS, CityServer, visits
from checker.errors import MachineError
from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import Order
from checker.history import record_visits
from checker.registry import read_registry

DEFAULT_PORT = 8765
"""The port that the sample registry names in its `connect_to`."""

DEMO_STORE = Path(".checker-demo")
"""A store of its own, so that invented findings never get into a real city's history."""

AUTHORITY = "demo-authority.pem"
"""File in the store with whom to trust for the platforms that the served city plays."""


def demo(
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the city; scan it from another terminal.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --serve; 0 = any free one.")] = DEFAULT_PORT,
    store: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Where scan and visits are kept; default: .checker-demo, with --serve .checker as for scan.",
        ),
    ] = None,
    profile: ProfileName = "national",
    format: Formats = None,
    output: Files = None,
    fail_on: FailOn = "never",
    pending_ok: PendingOk = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
) -> None:
    """Scan the sample city that ships with checker: planted faults beside healthy twins, nothing leaves the machine."""
    outputs = chosen_outputs(format, output, fail_on)
    store = store or (DEFAULT_STORE if serve else DEMO_STORE)
    record_visits(store, visits())
    with _server(port if serve else 0) as server:
        if serve:
            _serve(server, store)
            return
        os.environ.update(CREDENTIALS)  # of this process only; the accounts of the city name them
        order = Order(
            registry=read_registry(shipped("sites.yaml"), shipped("accounts.yaml")),
            rules=rules_of(book_at(None), profile),
            store=store,
            as_of=shanghai(AS_OF),
            fetch=FetchSettings(
                connect_to=(ConnectTo.parse(f"::127.0.0.1:{server.port}"),),
                cacert=server.cacert,
                platform_interval=0.5,  # nobody's server is spared here
            ),
            budget=replace(Budget(), minutes=10, confirm_after=0.5, renders=0),  # our server needs no time to recover
        )
        code = run_scan(order, outputs, pending_ok, quiet)
    if not quiet:
        say(f"The scan is kept in {store}; for example: checker report --store {store} -f json")
    raise typer.Exit(code)


def _server(port: int) -> CityServer:
    try:
        return CityServer(port=port)
    except OSError as error:
        raise MachineError(f"port {port} cannot be opened ({error.strerror}); is another demo running?") from error


def _serve(server: CityServer, store: Path) -> None:
    say = console_err().print
    say(f"The sample city answers at 127.0.0.1:{server.port}; its week of visits is in {store}.", markup=False)
    trusted = store / AUTHORITY
    shutil.copyfile(server.cacert, trusted)
    where = "" if server.port == DEFAULT_PORT else f" --connect-to ::127.0.0.1:{server.port}"
    beside = ", beside its sites.yaml and accounts.yaml" if server.port == DEFAULT_PORT else ""
    say(f"In another terminal{beside}: checker scan{where} --cacert {trusted}", markup=False, soft_wrap=True)
    names = " ".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    say(f"The WeChat account of the city asks for: export {names}", markup=False, soft_wrap=True)
    say("Ctrl-C ends it.")
    try:
        server.wait()
    except KeyboardInterrupt:
        say("ended")
