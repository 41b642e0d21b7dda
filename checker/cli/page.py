"""`checker page`: what is read from single pages, saved or live, and why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from checker.address import host_of, normalise
from checker.cli.options import Files, Formats, clock, connections, readable
from checker.cli.output import chosen_outputs
from checker.cli.page_output import FORMATS, PageWriter
from checker.cli.page_parts import Parts
from checker.cli.page_sources import Answer, Trouble, is_address, listed_sources, taken
from checker.cli.stopping import stopping
from checker.cli.terminal import console_err, say
from checker.errors import Exit, UsageError
from checker.extract import Role
from checker.extract.one_page.answer import Asked, Taken, answer, placed, unread
from checker.fetch import Fetcher, FetchSettings

KINDS = ("auto", *get_args(Role))


def page(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE_OR_URL", help="Saved pages, folders of them, addresses, - for standard input."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Address of the one saved page; default: what it says itself.")
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="Home page of the site, which bounds it; default: the root of each page's host.")
    ] = None,
    kind: Annotated[str, typer.Option(help="auto, home, column, article, map or other: what the pages are.")] = "auto",
    as_of: Annotated[
        str | None, typer.Option(help="Inspection time, ISO 8601; no zone = Beijing. Default: now.")
    ] = None,
    lists: Annotated[
        list[Path] | None, typer.Option("--from", help="File with one source a line, - for standard input; repeat.")
    ] = None,
    connect_to: Annotated[
        list[str] | None,
        typer.Option(help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
    ] = None,
    cacert: Annotated[Path | None, typer.Option(help="CA certificates (PEM) to trust besides the system's.")] = None,
    format: Formats = None,
    output: Files = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
) -> None:
    """Show what is read from pages, saved or live, and where it was read: date, list, marks, tags, doubts.

    The same readers as in a scan. Addresses are asked for as politely as in a scan, robots.txt included. Ends with 4 if
    a page could not be read.
    """
    pairs = _pairs(format, output)
    wanted = listed_sources(sources or [], lists or [])
    where = connections(connect_to, None)
    live = any(map(is_address, wanted))
    asked = Asked(clock(as_of, None, bool(where) or not live), _address("--home", home), _kind(kind))
    address = _address("--url", url)
    single = len(wanted) == 1 and not (wanted[0] != "-" and not is_address(wanted[0]) and Path(wanted[0]).is_dir())
    if address and (not single or live):
        raise UsageError("--url is the address of one saved page; give one file (or -) with it")
    typed = frozenset(host_of(known) for source in wanted if (known := normalise(source)))
    settings = FetchSettings(connect_to=where, cacert=readable(cacert), allowed_private=typed)
    alone = single and not lists
    try:
        with stopping("stopped"), PageWriter(pairs, alone) as writer:
            unread_pages = asyncio.run(_run(wanted, settings, asked, address, writer, quiet))
    except BrokenPipeError:  # e.g. `| head`: it has what it wanted
        raise typer.Exit(Exit.CLEAN) from None
    raise typer.Exit(Exit.INTERNAL if unread_pages else Exit.CLEAN)


def _pairs(formats: list[str] | None, files: list[Path] | None) -> tuple[tuple[str, Path | None], ...]:
    for name in formats or ():
        if name not in FORMATS:
            raise UsageError(f"--format {name}: pages are shown as {', '.join(FORMATS)}")
    return tuple((chosen.name, path) for chosen, path in chosen_outputs(formats, files).pairs)


def _address(option: str, text: str | None) -> str:
    if text is None:
        return ""
    found = normalise(text)
    if found is None:
        raise UsageError(f"{option} {text}: not an address such as http://www.example.gov.cn/")
    return found


def _kind(text: str) -> Role | None:
    if text not in KINDS:
        raise UsageError(f"--kind {text}: must be {', '.join(KINDS)}")
    return None if text == "auto" else cast(Role, text)


async def _run(
    sources: list[str], settings: FetchSettings, asked: Asked, url: str, writer: PageWriter, quiet: bool
) -> int:
    """Read every page and write it; the number of those that could not be read."""
    count = failed = 0
    console = console_err()
    told = console.status("") if console.is_terminal and not quiet and len(sources) > 1 else nullcontext()
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(Fetcher(settings))
        status = stack.enter_context(told)
        async for page in _objects(sources, fetch, asked, url):
            writer.page(page)
            count += 1
            if page["problem"]:
                failed += 1
                say(f"checker: {page['source']}: {page['problem']['detail']}")
            if status is not None:
                status.update(f"{count} pages read")
    if failed and count > 1 and not quiet:
        say(f"checker: {failed} of {count} pages could not be read")
    return failed


async def _objects(sources: list[str], fetch: Fetcher, asked: Asked, url: str) -> AsyncIterator[dict[str, Any]]:
    parts = Parts(fetch)
    async for one in taken(sources, fetch):
        yield await _object(
            replace(one, url=url, url_from="argument") if url and isinstance(one, Taken) else one, asked, parts
        )


async def _object(one: Answer, asked: Asked, parts: Parts) -> dict[str, Any]:
    if isinstance(one, Trouble):
        return unread(one.source, one.url, {"kind": one.kind, "status": one.status, "detail": one.detail})
    try:
        found = placed(one)
        return answer(one, await parts.put_in(one, found, asked.home) if one.url_from == "fetched" else found, asked)
    except Exception as error:  # as in a scan: one page must not take the others down
        problem = {"kind": "internal", "status": 0, "detail": f"处理出错：{type(error).__name__}"}
        return unread(one.source, one.url or None, problem)
