"""`checker history prune`: what the retention lets go of a store, first said and with --yes done."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.held import LockTimeout, held
from checker.cli.options import StoreDir
from checker.cli.terminal import new_table, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import UsageError
from checker.fleet.history import Plan, Retention, check_known, planned, prune, size_of
from checker.history.pruning import Forgettable, forget, forgettable, notified_open


def prune_store(
    keep_scans: Annotated[
        int | None, typer.Option("--keep-scans", min=1, help="Keep so many newest scans of each registry.")
    ] = None,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=1, metavar="DAYS", help="Let go what ended more days ago.")
    ] = None,
    drop_notified: Annotated[
        bool, typer.Option("--drop-notified", help="Also scans on which notified, unrectified findings rest.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it; without it only the plan is printed.")] = False,
    store: StoreDir = DEFAULT_STORE,
    lock_timeout: LockTimeout = 0,
) -> None:
    """Let old scans go, overwriting what they hold of people, and names and texts of the history with them.

    With both bounds a scan goes only if both say so. The newest scan of a registry, a running one, and those on which
    notified findings rest that are not rectified stay. Findings keep their fingerprint, rule and days.
    """
    if keep_scans is None and older_than is None:
        raise UsageError("name a retention: --keep-scans NUMBER, --older-than DAYS, or both")
    if not store.is_dir():
        raise UsageError(f"{store}: there is no store here; name it with --store")
    retention = Retention(keep_scans, older_than, drop_notified, datetime.now(SHANGHAI))
    if not yes:
        plan, rows = _planned(store, retention)
        _show(store, plan, rows)
        if plan.removals or plan.leftovers or rows.total:
            say("nothing was removed; --yes does it")
        return
    with held(store, lock_timeout, "history prune"):
        plan, rows = _planned(store, retention)
        _show(store, plan, rows)
        freed = prune(store, plan, say)
        if rows.total:
            forget(store, *_days(retention))
    say(f"{_size(freed)} freed; the store takes {_size(size_of(store))} now")


def _days(retention: Retention) -> tuple[date, date]:
    """The day before which the history forgets, and today."""
    before = retention.now - timedelta(days=retention.days or 0)
    return before.astimezone(SHANGHAI).date(), retention.now.astimezone(SHANGHAI).date()


def _planned(store: Path, retention: Retention) -> tuple[Plan, Forgettable]:
    """What goes of the store; rows of the history only by --older-than: a number of scans says nothing of their age."""
    plan = planned(store, retention, notified_open(store))
    check_known(store, plan, retention)
    return plan, forgettable(store, *_days(retention)) if retention.days is not None else Forgettable()


def _show(store: Path, plan: Plan, rows: Forgettable) -> None:
    table = new_table("what", "name", "size", "why")
    for removal in plan.removals:
        table.add_row("remove", f"scan {removal.scan.id}", _size(removal.scan.bytes), removal.why)
    gone = [removal.scan.folder for removal in plan.removals]
    for left in plan.leftovers:
        if not any(left.path.is_relative_to(folder) for folder in gone):
            table.add_row("remove", str(left.path.relative_to(store)), _size(left.bytes), left.why)
    for count, name, why in (
        (rows.findings, "findings", "long rectified: texts and addresses go, fingerprint, rule and days stay"),
        (rows.answers, "answers", "expired: the name and words of who answered go"),
        (rows.events, "entries of trails", "the name and words of the person go"),
    ):
        if count:
            table.add_row("forget", f"{count} {name}", "", why)
    for kept in plan.kept:
        table.add_row("keep", f"scan {kept.scan.id}", _size(kept.scan.bytes), kept.why)
    if table.row_count:
        print_table(table)
    goes = [f"{_size(plan.freed)} to be freed"] if plan.removals or plan.leftovers else []
    goes += [f"{rows.total} rows of the history to be forgotten"] if rows.total else []
    say(f"{store}: {_size(plan.total)}, {', '.join(goes) or 'nothing to remove'}")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.1f} kB"
