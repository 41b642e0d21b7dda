"""`checker evidence`: one finding with the archived answers that it rests on."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import StoreDir
from checker.cli.output import check_writable
from checker.cli.stored import ScanId
from checker.cli.terminal import console_out, say, silence_stdout, wants_colour
from checker.config import DEFAULT_STORE
from checker.errors import Exit, MachineError, UsageError
from checker.fetch.archive import Stored
from checker.fetch.render.picture import picture
from checker.fleet.evidence import NOT_KEPT, Case, content_type, described, find_case, why_none
from checker.report import render_evidence
from checker.report.json_report import encoded

FORMATS = ("text", "json")


def evidence(
    fingerprint: Annotated[
        str,
        typer.Argument(help="Fingerprint of a finding as the report prints it, 〔…〕, or as much of it as is unique."),
    ],
    scan: ScanId = None,
    store: StoreDir = DEFAULT_STORE,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the archived body, as received, to a file.")
    ] = None,
    screenshot: Annotated[
        Path | None,
        typer.Option("--screenshot", help="Write a picture (PNG) of the archived page, if Chromium is there."),
    ] = None,
) -> None:
    """Show what a finding rests on: where, when, the quote, the server's answers, and whether they are intact."""
    if format not in FORMATS:
        raise UsageError(f"--format {format}: there are {', '.join(FORMATS)}")
    for option, path in (("--save", save), ("--screenshot", screenshot)):
        if path is not None:
            _check_file(option, path)
    case = find_case(store, scan, fingerprint)
    if save is not None:
        _write(save, _body(case).body)
    if screenshot is not None:
        _draw(screenshot, _body(case))
    _show(case, format)
    if any(a.intact is False for a in case.answers):
        raise typer.Exit(Exit.INTERNAL)


def _check_file(option: str, path: Path) -> None:
    if path.exists() and os.path.samestat(path.stat(), os.fstat(1)):
        raise UsageError(f"{option} {path}: is where the text goes; name another file")
    check_writable(path, option)


def _show(case: Case, format: str) -> None:
    shown = described(case)
    if format == "json":
        out = encoded(shown, indent=2)
    else:
        terminal = sys.stdout.isatty()
        width = min(max(console_out().width, 60), 120) if terminal else 100
        out = render_evidence(shown, width, wants_colour(sys.stdout), terminal)
    try:
        sys.stdout.buffer.write(out)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()


def _body(case: Case) -> Stored:
    """The answer with an archived body: the one that the finding names, else the first; raises UsageError."""
    for stored in (case.archived, *case.answers):
        if stored is not None and stored.body:
            return stored
    none = "存档已损坏" if any(a.intact is False for a in case.answers) else "应答没有正文"
    kept = next((NOT_KEPT[a.entry.whole] for a in case.answers if a.entry.whole), none)
    why = kept if case.answers else why_none(case)
    raise UsageError(f"{case.finding.fingerprint}: no body is archived ({why})")


def _draw(path: Path, stored: Stored) -> None:
    if stored.intact is False:
        raise UsageError("--screenshot: the archived body is damaged; no picture is made of it")
    _write(path, asyncio.run(picture(stored.entry.url, stored.body, content_type(stored))))
    say(
        f"{path}: drawn from the archived body of {stored.entry.seen_at}, not from the live page; pictures, styles and "
        "scripts that the page loads are not in it"
    )


def _write(path: Path, body: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    except OSError as error:
        raise MachineError(f"{path}: cannot be written ({error.strerror})") from error
