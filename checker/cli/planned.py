"""`checker scan --plan`: what a scan would ask of whom, without a request."""

from collections.abc import Sequence

from rich.table import Table

from checker.cli.terminal import console_err, console_out, fits, new_table, print_table
from checker.fleet import SUBJECTS_AT_ONCE, HostPlan, Order, plan


def print_plan(order: Order) -> None:
    """One row a host, and the whole."""
    rows = plan(order)
    table = _plan_table(rows, wide=True)
    print_table(table if fits(table, console_out()) else _plan_table(rows, wide=False))
    console_err().print(
        f"No request was made. At most {SUBJECTS_AT_ONCE} subjects are asked side by side in one process."
    )


def _plan_table(rows: Sequence[HostPlan], *, wide: bool) -> Table:
    """One row a host; where the ids of its subjects do not fit, their number."""
    table = new_table("host", "subjects", "pages ≤", "basis", "requests ≤", "minutes ≤", "MB ≤")
    for row in rows:
        numbers = (str(row.pages), row.basis, str(row.requests), f"{row.minutes:g}", f"{row.megabytes:g}")
        table.add_row(row.key, " ".join(row.subjects) if wide else str(len(row.subjects)), *numbers)
    slowest = max(max((r.minutes for r in rows), default=0), sum(r.minutes for r in rows) / SUBJECTS_AT_ONCE)
    table.add_section()
    total = (str(sum(r.pages for r in rows)), "", str(sum(r.requests for r in rows)), f"{slowest:.1f}")
    table.add_row(f"{len(rows)} hosts", "", *total, f"{sum(r.megabytes for r in rows):g}")
    return table
