"""A scan under way: its progress, its end by a signal, its reports, and what a person must be told of it."""

import signal
import sys

from checker.cli.output import Outputs, exit_code
from checker.cli.progress import Listener
from checker.cli.terminal import console_err, say
from checker.errors import Exit
from checker.fetch import available
from checker.fleet import Order, run
from checker.model.results import Scan
from checker.report._lines import plain
from checker.report._wording import forbidden, home_unread


def _tell_of_robots(scan: Scan) -> None:
    """Sites that we were kept from: nothing is known of them until somebody acts."""
    for subject in scan.subjects:
        why = home_unread(subject)
        if why and forbidden(why):
            what = _WHERE_IT_LEADS if subject.authorised_by else _ASK_THE_OWNER
            say(f"{subject.id} {plain(subject.name)}: robots.txt forbids us ({plain(why)}); it stays pending: {what}")


_ASK_THE_OWNER = "ask the site's owner to change it, or write `robots: authorised` with `authorised_by` in sites.yaml"
_WHERE_IT_LEADS = (
    "its home page leads to another host, and what was authorised holds for its own host only; "
    "check `url` in sites.yaml"
)


def _tell_of_browser(scan: Scan, order: Order) -> None:
    """Pages that only scripts build and no browser has shown: whoever can have one should know."""
    pages = sum(s.statistics.get("needs_browser", 0) for s in scan.subjects)
    if pages and order.budget.renders and available():
        how = "pip install '.[browser]' and a system's Chromium (docs/browser.md)"
        say(f"pages that need a browser to be read: {pages}; {how}")


class _Terminated(KeyboardInterrupt):
    """SIGTERM ends a scan like Ctrl-C does, after a checkpoint, with its own exit code."""


def _terminate(_number: int, _frame: object) -> None:
    raise _Terminated


def tell_problems(scan: Scan) -> None:
    """What kept a subject from being judged, one line each."""
    for subject in scan.subjects:
        for problem in subject.problems:
            say(f"checker: {subject.id}: {problem}")


def run_scan(order: Order, outputs: Outputs, pending_ok: bool, quiet: bool = False, verbose: bool = False) -> int:
    """Run a scan with progress, write its reports, and tell the exit code."""
    before = signal.signal(signal.SIGTERM, _terminate)
    listener = Listener(outputs, order, quiet, verbose)
    try:
        with listener:
            scan = run(order, listener)
            listener.finish(scan)
    except KeyboardInterrupt as stop:
        console_err().print("stopped; what was gathered is kept, `checker scan --resume` goes on", markup=False)
        return Exit.TERMINATED if isinstance(stop, _Terminated) else Exit.INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    outputs.write(scan, sys.stdout, streamed=True)
    tell_problems(scan)
    if not quiet:
        _tell_of_robots(scan)
        _tell_of_browser(scan, order)
        outputs.tell(scan)
    return exit_code(scan, outputs.fail_on, pending_ok, outputs.baseline)
