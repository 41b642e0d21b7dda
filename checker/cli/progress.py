"""What a running scan shows: a progress bar on a terminal's stderr, and ndjson lines on stdout as they come."""

import sys
from types import TracebackType
from typing import BinaryIO, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from checker import __version__
from checker.cli.asked import Asked
from checker.cli.held import tell_of_waiting
from checker.cli.output import Outputs
from checker.cli.terminal import console_err, silence_stdout
from checker.fleet import Event, Finished, Order, Progressed, Requested, Started, Waiting
from checker.model.results import Scan
from checker.report import ndjson
from checker.score import marked

_WORDS = {"unqualified": "不合格", "pending": "待核", "qualified": "合格", None: "已关停"}


class Listener:
    """Hears the events of a scan; quiet where stderr is no terminal."""

    def __init__(self, outputs: Outputs, order: Order, quiet: bool, verbose: bool = False) -> None:
        """`outputs` tells whether stdout streams ndjson."""
        self._files = outputs.streams
        self._baseline = outputs.baseline
        self._sinks: list[BinaryIO] = []
        self._names = {s.id: s.name for s in order.registry.subjects}
        self._console = console_err()
        self._quiet = quiet
        self._verbose = verbose and not quiet
        self._resume = order.resume
        self._asked = Asked()
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("{task.fields[doing]}", markup=False), console=self._console,
            disable=quiet or not self._console.is_terminal, transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("检查", total=None, doing="")

    def __enter__(self) -> Self:
        for path in self._files:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._sinks.append(sys.stdout.buffer if path is None else path.open("wb"))
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._bar.stop()
        for sink in self._sinks:
            if sink is not sys.stdout.buffer:
                sink.close()

    def __call__(self, event: Event) -> None:
        """Hear one event."""
        match event:
            case Waiting():
                tell_of_waiting(event.holder)
            case Started():
                total = event.sites + event.accounts
                self._bar.update(self._task, total=total, completed=event.resumed)
                self._say_resumed(event, total)
                self._stream(
                    ndjson.started(
                        scan_id=event.id, started_at=event.started_at, as_of=event.as_of, tool_version=__version__,
                        rules=event.rules, sites=event.sites, accounts=event.accounts,
                    )
                )  # fmt: skip
            case Progressed():
                doing = f"{self._names.get(event.subject, event.subject)}：{event.doing}，已读{event.pages}页"
                self._bar.update(self._task, doing=doing)
            case Requested():
                self._asked.add(event.keys)
            case Finished():
                result = event.result
                self._bar.update(self._task, advance=1, doing=f"{result.name}：{_WORDS[result.verdict]}")
                self._stream(ndjson.subject(marked(result, self._baseline)))
                if self._verbose:
                    read = f"{result.statistics.get('pages', 0)} pages, {result.statistics.get('requests', 0)} requests"
                    if unchanged := result.statistics.get("not_modified", 0):
                        read += f", {unchanged} of them answered: not modified"
                    said = f"{result.id} {result.name}: {_WORDS[result.verdict]} ({read})"
                    self._console.print(said, markup=False, soft_wrap=True)

    def _say_resumed(self, event: Started, total: int) -> None:
        if self._resume and not self._quiet:
            self._console.print(f"going on with scan {event.id}: {event.resumed} of {total} subjects are done")

    def finish(self, scan: Scan) -> None:
        """Hear that the scan is at its end."""
        self._stream(ndjson.finished(scan))
        if self._verbose:
            for line in self._asked.lines():
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _stream(self, line: bytes) -> None:
        """Write an event at once; a reader who has left hears no more, and the scan goes on."""
        for sink in list(self._sinks):
            try:
                sink.write(line)
                sink.flush()
            except BrokenPipeError:
                self._sinks.remove(sink)
                silence_stdout()
