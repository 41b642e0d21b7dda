"""`--directory`: a site that is only just built, served from its folder in the place of the registered one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from checker.errors import UsageError
from checker.fetch import ConnectTo
from checker.fleet import Order
from checker.loopback import FolderPages, LoopbackServer
from checker.model.registry import Site

Directory = Annotated[
    Path | None,
    typer.Option(
        "--directory", file_okay=False, help="Folder of a built static site, read in the place of the registered one."
    ),
]

_RATE = 200.0
"""Requests a second: the server is ours, and nobody else waits for it."""

_CONFIRM_SECONDS = 0.5


@contextmanager
def served(order: Order, directory: Path | None) -> Iterator[Order]:
    """The order as it is; with a folder, one that reads the only site of it from there while the context lasts.

    Requests for the site's own host and aliases come to this machine, by http and https alike; whatever else its pages
    link to is asked as always. Raises UsageError unless exactly one running site is chosen.
    """
    if directory is None:
        yield order
        return
    site = _the_site(order)
    if not directory.is_dir():
        raise UsageError(f"--directory {directory}: there is no such folder; build the site first")
    if order.fetch.cacert is not None:
        raise UsageError("--cacert does not go with --directory: nobody's certificate is looked at")
    names = _names(site)
    pages = FolderPages(directory)
    with LoopbackServer(dict.fromkeys(names, pages), secure=names) as server:
        where = tuple(ConnectTo(name, 0, "127.0.0.1", server.port) for name in sorted(names))
        registry = order.registry.model_copy(
            update={
                "sites": tuple(s.model_copy(update={"rate": _RATE}) if s is site else s for s in order.registry.sites)
            }
        )
        fetch = replace(order.fetch, connect_to=where, cacert=server.cacert)
        budget = replace(order.budget, confirm_after=_CONFIRM_SECONDS)
        yield replace(order, registry=registry, fetch=fetch, budget=budget, only=(site.id,))


def _names(site: Site) -> frozenset[str]:
    """Its own hosts, with and without www.: both count as the same site."""
    bare = {n.lower().removeprefix("www.") for n in (urlsplit(site.url).hostname, *site.aliases) if n}
    return frozenset(bare | {f"www.{name}" for name in bare})


def _the_site(order: Order) -> Site:
    chosen = [s for s in order.registry.sites if s.status == "running" and (not order.only or s.id in order.only)]
    if order.resume:
        raise UsageError("--resume does not go with --directory: such a scan is quick, begin it anew")
    if order.fetch.connect_to and not order.registry.scan.connect_to:
        raise UsageError("--connect-to does not go with --directory: the folder is served by this command itself")
    if len(chosen) != 1:
        named = ", ".join(s.id for s in chosen[:5]) or "none"
        raise UsageError(
            f"--directory holds one site, and {len(chosen)} running ones are chosen ({named}); choose one with --only"
        )
    return chosen[0]
