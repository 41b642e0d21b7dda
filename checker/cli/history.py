"""`checker history`: what is known of findings over all scans, and what people say of them."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.held import LockTimeout, held
from checker.cli.history_import import import_findings
from checker.cli.history_list import list_findings
from checker.cli.history_prune import prune_store
from checker.cli.history_scans import list_scans
from checker.cli.history_words import day_at
from checker.cli.options import Only, StoreDir
from checker.cli.stored import ScanId
from checker.cli.terminal import new_table, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import UsageError
from checker.fleet.history import Chosen, Told, notify
from checker.history.notifying import Acceptance, record_accepted

app = typer.Typer(
    no_args_is_help=True, help="Findings over all scans: bring in, notify, accept, list them; let old scans go."
)
app.command(
    "import", epilog="Example: `checker history import circular.xlsx --source 省政府办公厅第三季度通报 --on 2026-10-12`"
)(import_findings)
app.command("list", epilog="Example: `checker history list --state notified` or `checker history list 3f9a1c`")(
    list_findings
)
app.command("scans", epilog="Example: `checker history scans`, then `checker report --scan ID`")(list_scans)
app.command(
    "prune", epilog="Example: `checker history prune --keep-scans 8 --older-than 365`, then the same with --yes"
)(prune_store)


def _check_there(store: Path) -> None:
    """To lock a store is to make it; these commands have nothing to do in a new one."""
    if not store.is_dir():
        raise UsageError(f"{store}: there is no store here; name it with --store")


def _today() -> date:
    return datetime.now(SHANGHAI).date()


@app.command(
    "notify", epilog="Example: `checker history notify --scan 20261108-100000 --on 2026-11-20 --document 第四季度通报`"
)
def notify_findings(
    scan: ScanId = None,
    on: Annotated[str | None, typer.Option("--on", help="Day of the circular, YYYY-MM-DD; default: today.")] = None,
    document: Annotated[str, typer.Option("--document", help="Name of the circular, as the trail shows it.")] = "",
    only: Only = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", help="Only findings of this rule; repeat for several.")
    ] = None,
    candidates: Annotated[
        bool,
        typer.Option("--with-candidates/--certain-only", help="Also findings that a person has not confirmed yet."),
    ] = False,
    store: StoreDir = DEFAULT_STORE,
    lock_timeout: LockTimeout = 0,
) -> None:
    """Note that a circular named the findings of a scan: the certain rows of what failed, without suppressed ones,
    merits, early warnings, and repetitions of findings notified before.

    A day on which a finding was notified before stays its day; noting the same circular twice changes nothing.
    """
    day = day_at("--on", on, _today()) or _today()
    chosen = Chosen(tuple(only or ()), tuple(rule or ()), candidates)
    _check_there(store)
    with held(store, lock_timeout, "history notify"):
        told = notify(store, scan, day, document, chosen)
    table = new_table("指纹", "主体标识", "名称", "规则", "问题", "位置", "首次通报", "说明")
    for one in told:
        table.add_row(*_line(one))
    print_table(table)
    say(_counted(told, day.isoformat()))


def _counted(told: tuple[Told, ...], day: str) -> str:
    """How many are noted for the first time, how many were noted on another day, and how many on this one already."""
    first = sum(not one.noted.before for one in told)
    same = sum(one.noted.before == day for one in told)
    more = f", {same} noted before on this day" if same else ""
    subjects = len({one.subject.id for one in told})
    return (
        f"{len(told)} findings of {subjects} subjects noted as notified on {day}: {first} newly noted, "
        f"{len(told) - first - same} noted before on other days{more}"
    )


def _line(told: Told) -> tuple[str, ...]:
    noted, finding = told.noted, told.finding
    said = "" if noted.news else "此前已记录"
    if noted.news and noted.before:
        said = "再次通报"
    return (
        finding.fingerprint[:10], told.subject.id, told.subject.name, told.assessment.rule, finding.problem,
        finding.location, noted.first_on, said,
    )  # fmt: skip


@app.command(
    epilog="Example: `checker history accept 3f9a1c --by 张三 --note 栏目已按要求撤下 --rectified-on 2026-11-20`"
)
def accept(
    fingerprints: Annotated[
        list[str],
        typer.Argument(metavar="FINGERPRINT…", help="Fingerprints as reports print them, or as much as is unique."),
    ],
    by: Annotated[str, typer.Option("--by", help="Name of the person who looked.")],
    note: Annotated[str, typer.Option("--note", help="Why it is taken as settled; stands in the trail.")],
    rectified_on: Annotated[
        str | None, typer.Option("--rectified-on", help="Day on which it was rectified, if that is known.")
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    lock_timeout: LockTimeout = 0,
) -> None:
    """Take findings as settled that a scan cannot judge: a page that was removed, a place that was not seen again.

    What the newest scan of its subject still finds is refused.
    """
    if not by.strip() or not note.strip():
        raise UsageError("--by and --note: who accepts it, and why, must stand in the trail")
    said = Acceptance(by.strip(), _today(), note.strip(), day_at("--rectified-on", rectified_on, _today()))
    _check_there(store)
    with held(store, lock_timeout, "history accept"):
        marks = record_accepted(store, fingerprints, said)
    table = new_table("指纹", "结论", "整改日期", "确认人", "说明")
    for mark in marks:
        table.add_row(mark, "已确认整改", str(said.rectified_on or ""), said.by, said.note)
    print_table(table)
    say(f"{len(marks)} findings accepted")
