"""`checker query`: read-only SQL over what is stored."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import StoreDir
from checker.cli.output import check_writable
from checker.cli.query_output import BY_SUFFIX, WRITERS, table_of_rows
from checker.cli.stored import ScanId
from checker.cli.terminal import print_table, say, silence_stdout
from checker.config import DEFAULT_STORE
from checker.errors import MachineError, UsageError
from checker.facts.guard import Table
from checker.fleet.listing import Listed, Place, tables_of
from checker.fleet.query import Where, ask

_MARK = b"\xef\xbb\xbf"
"""Tells spreadsheets that a CSV file is UTF-8."""

_TOLD = 5
_LONGEST = 100_000
"""Bytes that are read of a file of SQL; the guards refuse longer statements."""


def query(
    sql: Annotated[
        str | None, typer.Argument(help="One SELECT; @FILE reads it from a file, - from standard input.")
    ] = None,
    scan: ScanId = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="Ask all facts of one subject, with the views of the rules.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--every-subject", help="Ask the facts of each subject, one after another.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="Ask history.sqlite: findings over all scans.")] = False,
    visits: Annotated[bool, typer.Option("--visits", help="Ask visits.sqlite: what `checker probe` noted.")] = False,
    tables: Annotated[bool, typer.Option("--tables", help="List the tables that can be asked, and end.")] = False,
    columns: Annotated[str | None, typer.Option("--columns", help="List the columns of a table, and end.")] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", help="table, json, ndjson or csv; default: table on a terminal, else csv."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File for the answer.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at most.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds that the query may take.")] = 30.0,
    store: StoreDir = DEFAULT_STORE,
) -> None:
    """Ask a stored scan, finished or not, anything by SQL; nothing can be written."""
    where = Where(store, _place(subject, every, history, visits), scan, subject or "")
    written = _format(format, output)
    if tables or columns is not None:
        found = _columns(where.place, columns) if columns is not None else _tables(where.place)
        _write(found, written, output)
        return
    answer = ask(where, _statement(sql), seconds, limit)
    _write(answer.table, written, output)
    for left_out in answer.left_out[:_TOLD]:
        say(f"left out: {left_out}")
    if len(answer.left_out) > _TOLD:
        say(f"left out: {len(answer.left_out) - _TOLD} more subjects")
    if answer.table.more:
        say(f"there are more than {limit} rows; --limit shows more")


def _place(subject: str | None, every: bool, history: bool, visits: bool) -> Place:
    chosen = {
        Place.SUBJECT: subject is not None, Place.EVERY: every, Place.HISTORY: history, Place.VISITS: visits,
    }  # fmt: skip
    found = [place for place, wanted in chosen.items() if wanted]
    if len(found) > 1:
        raise UsageError("give only one of --subject, --every-subject, --history and --visits")
    return found[0] if found else Place.SCAN


def _format(name: str | None, output: Path | None) -> str:
    if name is not None and name not in WRITERS:
        raise UsageError(f"--format {name}: there are {', '.join(WRITERS)}")
    if output is not None:
        check_writable(output)
        return name or BY_SUFFIX.get(output.suffix.lower(), "csv")
    return name or ("table" if sys.stdout.isatty() else "csv")


def _statement(given: str | None) -> str:
    if given is None:
        raise UsageError('give one SELECT, e.g. checker query "SELECT id, verdict FROM subject"; --tables lists tables')
    if given == "-":
        return _read(lambda: sys.stdin.buffer.read(_LONGEST + 1), "standard input")
    if given.startswith("@"):
        return _read(lambda: _beginning(Path(given[1:])), given[1:])
    return given


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST + 1)


def _read(read: Callable[[], bytes], name: str) -> str:
    try:
        return read().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is no UTF-8 text") from error


def _tables(place: Place) -> Table:
    return Table(("table", "kind", "what a row is"), [(t.name, t.kind, t.sentence) for t in tables_of(place)])


def _columns(place: Place, name: str) -> Table:
    known: dict[str, Listed] = {t.name: t for t in tables_of(place)}
    if name not in known:
        there = "; it stands elsewhere, see --every-subject and --history" if _stands_elsewhere(name) else ""
        raise UsageError(f"--columns {name}: no such table here{there}; --tables lists what there is")
    return Table(("column", "type", "what it says"), [(c.name, c.type, c.sentence) for c in known[name].columns])


def _stands_elsewhere(name: str) -> bool:
    return any(name == t.name for place in Place for t in tables_of(place))


def _write(table: Table, format: str, output: Path | None) -> None:
    if output is not None:
        body = WRITERS[format](table)
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes((_MARK if format == "csv" else b"") + body)
        except OSError as error:
            raise MachineError(f"{output}: cannot be written ({error.strerror})") from error
        return
    if format == "table" and sys.stdout.isatty():
        print_table(table_of_rows(table))
        return
    try:
        sys.stdout.buffer.write(WRITERS[format](table))
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
