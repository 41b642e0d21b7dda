"""`checker registry discover` and `checker registry new`: what columns a site has, and a registry to begin with."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from checker.address import host_of, in_scope, normalise
from checker.cli.options import Sites, clock, connections, readable, registry_at, someone_there
from checker.cli.output import check_writable
from checker.cli.stopping import stopping
from checker.cli.terminal import console_err, console_out, fits, new_table, print_json, print_out, print_table, say
from checker.config import Budget
from checker.errors import MachineError, UsageError
from checker.fetch import FetchSettings
from checker.fleet import Discovery, Proposal, discover, written_url
from checker.model.registry import Registry, Site
from checker.registry import ColumnLine, new_registry, with_columns
from checker.scan import Progress

AsOf = Annotated[str | None, typer.Option(help="Inspection time, ISO 8601; no zone = Beijing.")]
ConnectToOption = Annotated[
    list[str] | None,
    typer.Option(help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
]
CaCert = Annotated[Path | None, typer.Option(help="CA certificates (PEM) to trust besides the system's.")]
MaxPages = Annotated[int, typer.Option(min=1, help="Pages to read at most.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")]

_TITLES = ("栏目", "类型", "级", "登记", "最新信息", "条数", "建议周期", "地址", "依据")
_NAMED = 8
"""Sites that an error lists."""

_STANDING = {"new": "未登记", "registered": "已登记", "elsewhere": "指向站外", "unread": "未读取"}


def discover_columns(
    site: Annotated[
        str, typer.Argument(metavar="SITE", help="Id, exact name or home address of a site in sites.yaml.")
    ],
    sites: Sites = None,
    write: Annotated[bool, typer.Option("--write", help="Add what is not registered yet to sites.yaml.")] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="With --write: also columns of no known type, or off the navigation, without a list."
        ),
    ] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    as_of: AsOf = None,
    connect_to: ConnectToOption = None,
    cacert: CaCert = None,
    max_pages: MaxPages = 300,
    quiet: Quiet = False,
) -> None:
    """Propose columns of a registered site: type, level, newest entry and a suggested period, each with the reason.

    Ends with 4 if nothing of the site could be read.
    """
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    file = sites or Path("sites.yaml")
    registry = registry_at(file, None)
    entry = registered_site(registry, site, file)
    if write:
        _writable(file, entry)
    with stopping("stopped; nothing was written"):
        found = _found(entry, registry, as_of, connect_to, cacert, max_pages, quiet)
        wanted = chosen(found, everything)
        _show(found, wanted, entry, format)
        _tell(found, quiet)
        if not found.pages:
            raise MachineError(f"{entry.url} could not be read, so its columns are not known: {'；'.join(found.gaps)}")
    if write:
        _write(file, entry, wanted, quiet)
    elif wanted and not quiet:
        say(f"can be added (marked ＋): {len(wanted)}; `--write` writes them into {file}")


def new(
    url: Annotated[str, typer.Argument(help="Home address of the site.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to begin; default: stdout.")] = None,
    as_of: AsOf = None,
    connect_to: ConnectToOption = None,
    cacert: CaCert = None,
    max_pages: MaxPages = 300,
    quiet: Quiet = False,
) -> None:
    """Begin a sites.yaml: an entry from what the site says of itself, with the columns that were found.

    Ends with 4 if the home page could not be read.
    """
    address = normalise(url if "://" in url else f"http://{url}")
    if address is None or "." not in host_of(address):
        raise UsageError(f"'{url}' is not the address of a site, e.g. http://www.example.gov.cn/")
    target = None if output is None or str(output) == "-" else output
    if target is not None and target.exists():
        raise UsageError(f"{target} is there already; name another file, or add the entry by hand")
    if target is not None:
        check_writable(target)
    host = host_of(address)
    entry = Site(id=host, code=None, name=host, url=address, kind="department", organizer=host)
    with stopping("stopped; nothing was written"):
        found = _found(entry, Registry(), as_of, connect_to, cacert, max_pages, quiet)
    if not found.pages:
        moved = "; if the site has moved, begin with its new address" if any("跳转" in g for g in found.gaps) else ""
        raise MachineError(f"{address} could not be read, so nothing can be said of it: {'；'.join(found.gaps)}{moved}")
    lines = [_line(p, entry) for p in chosen(found, everything=False)]
    own = url if "://" in url else f"http://{url}"
    text = new_registry(address if own.isascii() else own.strip(), found.title, found.code, found.organizer, lines)
    if target is None:
        print_out(text.rstrip("\n"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, text)
    _tell(found, quiet)
    _tell_of_bounds(address, quiet)


def registered_site(registry: Registry, wanted: str, file: Path) -> Site:
    """The site with this id, exact name or home address (http or https); raises UsageError if it is none or several."""
    address = _place(wanted if "://" in wanted else f"http://{wanted}")
    found = [s for s in registry.sites if s.id == wanted] or [
        s for s in registry.sites if s.name == wanted or (address and _place(s.url) == address)
    ]
    if len(found) > 1:
        raise UsageError(f"{file}: '{wanted}' is the name of several sites; give the id: {_listed(found)}")
    if not found:
        near = [s for s in registry.sites if wanted and (wanted in s.name or wanted in s.id or wanted in s.url)]
        there = _listed(near or registry.sites) or "none"
        raise UsageError(
            f"{file}: no site '{wanted}' is registered (id, exact name or home address); "
            f"{'like it' if near else 'there are'}: {there}. `checker registry new URL` begins an entry"
        )
    if found[0].status == "closed":
        raise UsageError(f"{file}: site '{found[0].id}' {found[0].name} is registered as closed; it is not read")
    return found[0]


def _place(url: str) -> str:
    home = normalise(url)
    return home.split("://", 1)[1] if home else ""


def _listed(sites: Sequence[Site]) -> str:
    more = f" and {len(sites) - _NAMED} more" if len(sites) > _NAMED else ""
    return ", ".join(f"{s.id} {s.name}" for s in sites[:_NAMED]) + more


def _writable(file: Path, site: Site) -> None:
    """Better told before the site is asked than after it: a file that is protected, or cannot take a column."""
    if not file.stat().st_mode & 0o222 or not os.access(file, os.W_OK):
        raise UsageError(f"{file} is read-only; allow writing, or leave --write out and add the columns by hand")
    with_columns(_text(file), site.id, [ColumnLine("-", "/-/", "other")])


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def _found(
    site: Site, registry: Registry, as_of: str | None, connect_to: list[str] | None, cacert: Path | None,
    max_pages: int, quiet: bool,
) -> Discovery:  # fmt: skip
    """Read the columns of a site, with the defaults that its registry gives."""
    where = connections(connect_to, registry.scan.connect_to)
    moment: datetime = clock(as_of, registry.scan.as_of, bool(where))
    someone_there(where)
    settings = FetchSettings(connect_to=where, cacert=readable(cacert))
    budget = replace(Budget(), pages=max_pages, link_checks=0, columns_only=True)
    with _progress(quiet) as progress:
        return asyncio.run(discover(site, settings, moment, budget, progress))


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """What is being done, on a terminal only, and gone when it is done."""
    err = console_err()
    if quiet or not err.is_terminal:
        yield lambda _subject, _pages, _what: None
        return
    with err.status("") as status:
        yield lambda _subject, pages, _what: status.update(f"读取页面 {pages}")


def chosen(found: Discovery, everything: bool) -> list[Proposal]:
    """The columns that are worth registering: new, read, with a list or in the navigation under a telling name.

    An empty one counts, too: once it is registered, an inspection can say that it is blank.
    """
    new_ones = [p for p in found.columns if p.standing == "new"]
    return [p for p in new_ones if everything or p.items or (p.type != "other" and p.origin == "navigation")]


def _line(proposal: Proposal, site: Site) -> ColumnLine:
    return ColumnLine(
        proposal.name, written_url(proposal.url, site.url), proposal.type, proposal.level, proposal.update_days,
        proposal.should_update,
    )  # fmt: skip


def _show(found: Discovery, wanted: Sequence[Proposal], site: Site, format: str) -> None:
    if format == "json":
        rows = [asdict(p) | {"proposed": p in wanted} for p in found.columns]
        print_json({"site": site.id, "columns": rows, "gaps": list(found.gaps)}, 1)
        return
    if not found.columns:
        return
    lines = [_cells(p, p in wanted, site) for p in found.columns]
    table = new_table(*_TITLES)
    for line in lines:
        table.add_row(*line)
    console = console_out()
    if fits(table, console):
        print_table(table)
    else:
        for line in lines:
            _show_in_lines(line, console)


def _show_in_lines(cells: tuple[str, ...], console: Console) -> None:
    """A row where the terminal is too narrow for the table."""
    name, type_, level, standing, newest, items, period, url, note = cells
    told = (standing, newest and f"最新信息 {newest}", f"{items}条", period and f"建议周期 {period}")
    console.print(Text(f"{name}  {type_}  {level}级  " + "，".join(t for t in told if t)))
    console.print(Padding(Text("\n".join(t for t in (url, note) if t), overflow="fold"), (0, 0, 0, 2), expand=False))


def _cells(proposal: Proposal, wanted: bool, site: Site) -> tuple[str, ...]:
    p = proposal
    period = f"{p.update_days}天" if p.update_days else ""
    if not p.should_update and p.standing != "elsewhere":
        period = "不需更新"
    return (
        p.name, p.type, str(p.level), _STANDING[p.standing] + ("＋" if wanted else ""), p.newest_on, str(p.items),
        period, written_url(p.url, site.url), "；".join(t for t in (p.reason, p.note) if t),
    )  # fmt: skip


def _tell(found: Discovery, quiet: bool) -> None:
    if quiet or not found.pages:
        return
    for gap in found.gaps:
        say(f"not complete: {gap}")
    if not found.columns:
        say("no columns were found")


def _tell_of_bounds(address: str, quiet: bool) -> None:
    """A home address below the root bounds the site: what lies beside it is another's."""
    root = normalise("/", address)
    if not quiet and root and not in_scope(root, address):
        say(f"only what lies under {address} counts as this site; if that is not meant, begin with {root}")


def _write(file: Path, site: Site, wanted: Sequence[Proposal], quiet: bool) -> None:
    if wanted:
        replace_file(file, with_columns(_text(file), site.id, [_line(p, site) for p in wanted]))
    if not quiet:
        say(f"added to {file}: {len(wanted)}")


def replace_file(file: Path, text: str) -> None:
    """Write `text` in one step: whoever is interrupted has the old file or the new one."""
    beside = None
    try:
        with NamedTemporaryFile("wb", dir=file.resolve().parent, prefix=f".{file.name}.", delete=False) as new_file:
            beside = Path(new_file.name)
            new_file.write(text.encode("utf-8"))
        beside.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask())
        beside.replace(file.resolve())
    except BaseException as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise MachineError(f"{file}: cannot be written ({error.strerror})") from error
        raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
