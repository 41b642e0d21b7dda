"""`checker registry discover` and `checker registry new`: what columns a site has, and a registry to begin with."""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from checker.address import host_of, normalise
from checker.cli.scan import Sites, clock, connections, readable, registry_at
from checker.cli.terminal import console_err, new_table, print_out, print_table
from checker.config import Budget
from checker.errors import UsageError
from checker.fetch import FetchSettings
from checker.fleet import Discovery, Proposal, discover, written_url
from checker.model.registry import Registry, Site
from checker.registry import ColumnLine, new_registry, with_columns

AsOf = Annotated[str | None, typer.Option(help="Inspection time, ISO 8601; no zone = Beijing.")]
ConnectToOption = Annotated[
    list[str] | None,
    typer.Option(help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
]
CaCert = Annotated[Path | None, typer.Option(help="CA certificates (PEM) to trust besides the system's.")]
MaxPages = Annotated[int, typer.Option(min=1, help="Pages to read at most.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")]

_STANDING = {"new": "未登记", "registered": "已登记", "elsewhere": "指向站外", "unread": "未读取"}
_FIXED = frozenset(
    {"profile", "functions", "leaders", "disclosure", "services", "consultation", "application", "report"}
)
"""Types whose columns are worth registering although they may hold no dated list."""


def discover_columns(
    site: Annotated[str, typer.Argument(help="Id of a site in sites.yaml.")],
    sites: Sites = None,
    write: Annotated[bool, typer.Option("--write", help="Add what is not registered yet to sites.yaml.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With --write: also columns without a list and of no known type.")
    ] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    as_of: AsOf = None,
    connect_to: ConnectToOption = None,
    cacert: CaCert = None,
    max_pages: MaxPages = 300,
    quiet: Quiet = False,
) -> None:
    """Propose columns of a registered site: type, level, newest entry and a suggested period, each with the reason."""
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    file = sites or Path("sites.yaml")
    registry = registry_at(file, None)
    entry = next((s for s in registry.sites if s.id == site), None)
    if entry is None:
        raise UsageError(f"{file}: no site '{site}' is registered; `checker registry new URL` starts an entry")
    found = _found(entry, registry, as_of, connect_to, cacert, max_pages, quiet)
    wanted = chosen(found, everything)
    _show(found, wanted, entry, format)
    _tell(found, quiet)
    if write:
        _write(file, entry, wanted, quiet)
    elif wanted and not quiet:
        console_err().print(f"can be added: {len(wanted)}; `--write` writes them into {file}", markup=False)


def new(
    url: Annotated[str, typer.Argument(help="Home address of the site.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to begin; default: stdout.")] = None,
    as_of: AsOf = None,
    connect_to: ConnectToOption = None,
    cacert: CaCert = None,
    max_pages: MaxPages = 300,
    quiet: Quiet = False,
) -> None:
    """Begin a sites.yaml: an entry from what the site says of itself, with the columns that were found."""
    address = normalise(url if "://" in url else f"http://{url}")
    if address is None or "." not in host_of(address):
        raise UsageError(f"'{url}' is not the address of a site, e.g. http://www.example.gov.cn/")
    if output is not None and output.exists():
        raise UsageError(f"{output} is there already; name another file, or add the entry by hand")
    host = host_of(address)
    entry = Site(id=host, code=None, name=host, url=address, kind="department", organizer=host)
    found = _found(entry, Registry(), as_of, connect_to, cacert, max_pages, quiet)
    if not found.pages:
        raise UsageError(f"{address} could not be read, so nothing can be said of it: {'；'.join(found.gaps)}")
    lines = [_line(p, entry) for p in chosen(found, everything=False)]
    text = new_registry(address, found.title, found.code, found.organizer, lines)
    if output is None:
        print_out(text.rstrip("\n"))
    else:
        replace_file(output, text)
    _tell(found, quiet)


def _found(
    site: Site, registry: Registry, as_of: str | None, connect_to: list[str] | None, cacert: Path | None,
    max_pages: int, quiet: bool,
) -> Discovery:  # fmt: skip
    """Read the columns of a site, with the defaults that its registry gives."""
    where = connections(connect_to, registry.scan.connect_to)
    moment: datetime = clock(as_of, registry.scan.as_of, bool(where))
    settings = FetchSettings(connect_to=where, cacert=readable(cacert))
    budget = replace(Budget(), pages=max_pages, link_checks=0, columns_only=True)
    return asyncio.run(discover(site, settings, moment, budget, _progress(quiet)))


def _progress(quiet: bool) -> Callable[[str, int, str], None]:
    err = console_err()

    def tell(_: str, pages: int, what: str) -> None:
        if not quiet and err.is_terminal:
            err.print(f"{what} {pages}", end="\r", highlight=False)

    return tell


def chosen(found: Discovery, everything: bool) -> list[Proposal]:
    """The columns that are worth registering: new, read, with a list or of a type that needs none."""
    new_ones = [p for p in found.columns if p.standing == "new"]
    return [p for p in new_ones if everything or p.items or p.type in _FIXED]


def _line(proposal: Proposal, site: Site) -> ColumnLine:
    return ColumnLine(
        proposal.name, written_url(proposal.url, site.url), proposal.type, proposal.level, proposal.update_days,
        proposal.should_update,
    )  # fmt: skip


def _show(found: Discovery, wanted: Sequence[Proposal], site: Site, format: str) -> None:
    if format == "json":
        rows = [asdict(p) | {"proposed": p in wanted} for p in found.columns]
        print_out(
            json.dumps({"site": site.id, "columns": rows, "gaps": list(found.gaps)}, ensure_ascii=False, indent=1)
        )
        return
    table = new_table("栏目", "类型", "级", "登记", "最新信息", "条数", "建议周期", "地址", "依据")
    for p in found.columns:
        period = f"{p.update_days}天" if p.update_days else ("不需更新" if not p.should_update else "")
        note = "；".join(t for t in (p.reason, p.note) if t)
        table.add_row(
            p.name, p.type, str(p.level), _STANDING[p.standing] + ("＋" if p in wanted else ""), p.newest_on,
            str(p.items), period, written_url(p.url, site.url), note,
        )  # fmt: skip
    print_table(table)


def _tell(found: Discovery, quiet: bool) -> None:
    for gap in found.gaps:
        if not quiet:
            console_err().print(f"not complete: {gap}", markup=False, highlight=False)


def _write(file: Path, site: Site, wanted: Sequence[Proposal], quiet: bool) -> None:
    if wanted:
        text = file.read_bytes().decode("utf-8")
        replace_file(file, with_columns(text, site.id, [_line(p, site) for p in wanted]))
    if not quiet:
        console_err().print(f"added to {file}: {len(wanted)}", markup=False, highlight=False)


def replace_file(file: Path, text: str) -> None:
    """Write `text` in one step: whoever is interrupted has the old file or the new one."""
    with NamedTemporaryFile("wb", dir=file.resolve().parent, prefix=f".{file.name}.", delete=False) as new_file:
        new_file.write(text.encode("utf-8"))
    if file.exists():
        Path(new_file.name).chmod(file.stat().st_mode & 0o777)
    else:
        umask = os.umask(0)
        os.umask(umask)
        Path(new_file.name).chmod(0o666 & ~umask)
    Path(new_file.name).replace(file.resolve())
