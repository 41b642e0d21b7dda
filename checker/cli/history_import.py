"""`checker history import`: findings that came from elsewhere, or days filled into our own report."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.held import LockTimeout, held
from checker.cli.history_undo import undo_import
from checker.cli.history_words import day_at, state_words
from checker.cli.options import Accounts, ProfileName, RulesDir, Sites, StoreDir, registry_at
from checker.cli.rules import book_at, rules_of
from checker.cli.terminal import new_table, print_json, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import Problem, RegistryError, UsageError
from checker.fleet.history import Circular, keep_foreign, read_foreign
from checker.history.circulars import Read
from checker.history.forms import check_is_sheet
from checker.history.importing import Noted
from checker.sheets import MAX_BYTES, read_sheets

_CHANGES = {"new": "新增", "updated": "更新", "unchanged": "未变"}


def import_findings(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A spreadsheet: xlsx, xls or csv.")],
    sites: Sites = None,
    accounts: Accounts = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    source: Annotated[
        str, typer.Option("--source", help="Where the findings come from, for rows without a column 来源.")
    ] = "",
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            help="Day of the circular, YYYY-MM-DD: rows with neither 通报日期 nor 指纹 count as notified on it.",
        ),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the other rows where some are wrong; these are told.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would change, write nothing.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what importing FILE added; the plan first, with --yes it is done.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --undo: do it.")] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    store: StoreDir = DEFAULT_STORE,
    lock_timeout: LockTimeout = 0,
) -> None:
    """Bring findings of circulars and other platforms into the history: subject, problem, and when it was found,
    notified and rectified.

    Tables of circulars are read as they are. Rows with a 指纹, as in our own reports, renew the days of that finding.
    Importing a file twice changes nothing; --undo takes an import back.
    """
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    if undo:
        undo_import(store, file, yes and not dry_run, format, lock_timeout)
        return
    if yes:
        raise UsageError("--yes belongs to --undo; an import needs none, and --dry-run says first what it would change")
    data = _content(file)
    check_is_sheet(str(file), data)
    registry = registry_at(sites, accounts)
    judging = rules_of(book_at(rules), profile or registry.scan.profile or "national")
    today = datetime.now(SHANGHAI).date()
    told = Circular(day_at("--on", on, today), source, today, file.name, hashlib.sha256(data).hexdigest())
    found = read_foreign(store, read_sheets(str(file), data), registry, judging, told)
    if found.problems and not skip_bad:
        nothing = Problem(str(file), 0, "nothing was written; mend these rows, or import the others with --skip-bad:")
        raise RegistryError([nothing, *found.problems])
    if dry_run:
        noted = keep_foreign(store, found, told, dry_run=True)
    else:
        with held(store, lock_timeout, "history import"):
            noted = keep_foreign(store, found, told, dry_run=False)
    if format == "json":
        print_json([asdict(n.row) | {"change": n.change, "state": n.state} for n in noted], 2)
    else:
        _show(noted)
    _tell(found, noted, dry_run)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error


def _show(noted: tuple[Noted, ...]) -> None:
    table = new_table("行", "变化", "指纹", "主体标识", "规则", "问题", "发现", "通报", "整改", "现状")
    for n in noted:
        row = n.row
        table.add_row(
            str(row.row), _CHANGES[n.change], row.fingerprint[:10], row.subject, row.rule, n.problem, row.found_on,
            row.notified_on, row.rectified_on, state_words(n.state, n.notified_on),
        )  # fmt: skip
    print_table(table)


def _tell(found: Read, noted: tuple[Noted, ...], dry_run: bool) -> None:
    for problem in found.problems:
        say(f"{problem} (left out)")
    for text in found.left_out:
        say(text)
    for row in (n.row for n in noted if n.row.own):
        say(f"{row.place}:{row.row}: is taken for 〔{row.fingerprint[:10]}〕, the one open finding of {row.rule} on "
            f"{row.subject}")  # fmt: skip
    counts = ", ".join(f"{sum(n.change == change for n in noted)} {change}" for change in _CHANGES)
    wrong = len({(p.file, p.line) for p in found.problems})
    more = f", {wrong} rows left out as wrong" if wrong else ""
    more += f", {found.without} rows without a problem" if found.without else ""
    more += f", {found.untold} rows of our own report without a day, left as they are" if found.untold else ""
    say(f"{counts}{more}{'; nothing was written (--dry-run)' if dry_run else ''}")
