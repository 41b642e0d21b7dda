"""How `checker page` writes: one object at a time, as pages are read, so that hundreds need no more memory than one."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from checker.cli.terminal import console_out, silence_stdout, wants_colour
from checker.errors import MachineError
from checker.report import render_page
from checker.report.json_report import encoded

FORMATS = ("text", "json", "ndjson")


class PageWriter:
    """Writes pages in every format asked for; a context manager. `single` = JSON is one object, else an array.

    A file is written beside its place and put there when all is done. A reader of stdout who leaves (`| head`) ends
    everything if nothing else is written: BrokenPipeError.
    """

    def __init__(self, pairs: tuple[tuple[str, Path | None], ...], single: bool) -> None:
        self._pairs = pairs
        self._single = single
        self._sinks: dict[BinaryIO, str] = {}
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for name, path in self._pairs:
                self._sinks[sys.stdout.buffer if path is None else opened.enter_context(_file(path))] = name
            self._stack = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and not self._single:
            for sink, name in list(self._sinks.items()):
                if name == "json":
                    self._write(sink, b"\n]\n" if self._count else b"[]\n")
        self._stack.__exit__(kind, error, trace)

    def page(self, page: Mapping[str, Any]) -> None:
        """Write one page object everywhere, at once."""
        for sink, name in list(self._sinks.items()):
            self._write(sink, self._rendered(page, name, sink is sys.stdout.buffer))
        self._count += 1

    def _rendered(self, page: Mapping[str, Any], name: str, shown: bool) -> bytes:
        if name == "text":
            return _for_terminal(page) if shown else render_page(page)
        whole = encoded(page, None if name == "ndjson" else 2).decode().rstrip("\n")
        before, after = ("", "\n") if name == "ndjson" or self._single else (",\n" if self._count else "[\n", "")
        return f"{before}{whole}{after}".encode("utf-8", "replace")

    def _write(self, sink: BinaryIO, text: bytes) -> None:
        try:
            sink.write(text)
            sink.flush()
        except BrokenPipeError:
            del self._sinks[sink]
            if sink is sys.stdout.buffer:
                silence_stdout()
            if not self._sinks:
                raise
        except OSError as error:
            raise MachineError(f"the pages cannot be written ({error.strerror})") from error


def _for_terminal(page: Mapping[str, Any]) -> bytes:
    terminal = sys.stdout.isatty()
    width = min(max(console_out().width, 60), 120) if terminal else 100
    return render_page(page, width, wants_colour(sys.stdout), terminal)


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place when all went well; what is no plain file is written into."""
    target = path.resolve()
    plain = not target.exists() or target.is_file()
    beside = target.with_name(target.name + ".part") if plain else target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        out = beside.open("wb")
    except OSError as error:
        raise MachineError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        with out:
            yield out
        if plain:
            beside.replace(target)
    except BaseException:
        if plain:
            beside.unlink(missing_ok=True)
        raise
