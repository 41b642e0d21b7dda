"""Where results go: formats and files in pairs, stdout for the rest, and the exit code."""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from checker.cli.baseline import chosen_baseline
from checker.cli.sarif_prefix import sarif_under
from checker.cli.terminal import console_err, console_out, silence_stdout, wants_colour
from checker.errors import Exit, MachineError, UsageError
from checker.model.results import Assessment, Outcome, Scan
from checker.report import FORMATS, Format
from checker.report import text as text_report
from checker.score import Baseline, has_new, newly_below, with_baseline

FAIL_ON = ("veto", "deduction", "notice", "never")
LEVELS = {"veto": 0, "deduct": 1, "notice": 2}
"""From which place in `FAIL_ON` on an effect fails."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The formats asked for, each with its file (None = stdout), the level that fails, and what is known before."""

    pairs: tuple[tuple[Format, Path | None], ...]
    fail_on: str
    baseline: Baseline | None = None

    def knowing(self, baseline: Path | None, profile: str) -> "Outputs":
        """The same with the baseline of a file, which the results of `profile` are held to; raises UsageError."""
        written = tuple(path for _, path in self.pairs if path is not None)
        return replace(self, baseline=chosen_baseline(baseline, profile, written))

    @property
    def streams(self) -> tuple[Path | None, ...]:
        """Where ndjson goes, which is written while the scan runs; None = stdout."""
        return tuple(path for f, path in self.pairs if f.name == "ndjson")

    def write(self, scan: Scan, out: TextIO, streamed: bool = False) -> None:
        """Render every format; files are replaced whole, and ndjson that was `streamed` is not written twice."""
        scan = with_baseline(scan, self.baseline)
        mine = [pair for pair in self.pairs if not (streamed and pair[0].name == "ndjson")]
        for format, path in mine:
            if path is not None:
                write_whole(path, format.render(scan))
        try:
            for format, path in mine:
                if path is None:
                    out.buffer.write(_for_terminal(scan) if format.name == "text" else format.render(scan))
            out.flush()
        except BrokenPipeError:  # e.g. `| head`: it has what it wanted, and the exit code stands
            silence_stdout()

    def tell(self, scan: Scan) -> None:
        """Where everything went to files, say on stderr what came out and where it lies."""
        files = [str(path) for _, path in self.pairs if path is not None]
        if len(files) < len(self.pairs):
            return
        say = console_err().print
        for kind, title in ((scan.sites, "政府网站"), (scan.accounts, "政务新媒体")):
            if kind.registered:
                counts = f"合格 {kind.qualified}，待核 {kind.pending}，不合格 {kind.unqualified}"
                closed = f"（关停 {kind.closed}）" if kind.closed else ""
                line = f"{title}：登记 {kind.registered}{closed}，检查 {kind.inspected}：{counts}"
                say(line, markup=False, highlight=False, soft_wrap=True)
        say(f"scan {scan.id}: {', '.join(files)}", markup=False, highlight=False, soft_wrap=True)


def _for_terminal(scan: Scan) -> bytes:
    console = console_out()
    width = min(max(console.width, 60), 120) if sys.stdout.isatty() else 100
    return text_report.render(scan, width=width, colour=wants_colour(sys.stdout), terminal=sys.stdout.isatty())


def write_whole(path: Path, body: bytes) -> None:
    """Write beside and rename, so that nobody ever reads half a report; what is no plain file is written into."""
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with path.open("wb") as out:
                out.write(body)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        beside.write_bytes(body)
        beside.replace(target)
    except OSError as error:
        raise MachineError(f"{path}: the report cannot be written ({error.strerror})") from error


def check_writable(path: Path, option: str = "--output") -> None:
    """Better told before a long scan than after it; raises UsageError, in the name of the option."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return  # a pipe or a device
    nearest = next((p for p in path.parents if p.exists()), path.parent)
    if path.is_dir() or not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise UsageError(f"{option} {path}: no file can be written there")


def chosen_outputs(
    formats: list[str] | None, files: list[Path] | None, fail_on: str = "veto", sarif_prefix: str | None = None
) -> Outputs:
    """Pair `-f` with `-o` by place; formats beyond the files go to stdout, at most one of them.

    Without any `-f` the ending of a file tells its format.
    """
    paths = list(files or [])
    names = formats or [_format_of(path) for path in paths] or ["text"]
    known: dict[str, Format] = {f.name: f for f in FORMATS}
    if sarif_prefix is not None:
        known["sarif"] = sarif_under(sarif_prefix, names)
    for name in names:
        if name not in known:
            raise UsageError(f"--format {name}: there are {', '.join(known)}")
    if len(paths) > len(names) or (not formats and names.count("text") > 1):
        raise UsageError("more --output files than --format names; give them in pairs")
    padded: list[Path | None] = [None if str(p) == "-" else p for p in paths] + [None] * (len(names) - len(paths))
    if padded.count(None) > 1:
        raise UsageError("only one format can go to stdout; give the others an --output file")
    _keep_off_terminal([known[n] for n, p in zip(names, padded, strict=True) if p is None])
    written = [p.resolve() for p in padded if p is not None]
    for path in written:
        if written.count(path) > 1:
            raise UsageError(f"--output {path}: two formats cannot go to one file")
        check_writable(path)
    if fail_on not in FAIL_ON:
        raise UsageError(f"--fail-on {fail_on}: must be {', '.join(FAIL_ON)}")
    return Outputs(tuple((known[n], p) for n, p in zip(names, padded, strict=True)), fail_on)


def _format_of(path: Path) -> str:
    """The format that a file's ending stands for; raises UsageError for one that stands for none."""
    endings = {f.suffix: f.name for f in FORMATS}
    if path.is_dir() or not path.suffix or (path.exists() and not path.is_file()):
        return "text"
    if path.suffix.lower() not in endings:
        raise UsageError(
            f"--output {path}: its ending names no format; name one with -f: {', '.join(endings.values())}"
        )
    return endings[path.suffix.lower()]


def _keep_off_terminal(formats: list[Format]) -> None:
    """What is no text goes to files and pipes, never to a terminal; raises UsageError."""
    for format in formats:
        if format.binary and sys.stdout.isatty():
            raise UsageError(
                f"--format {format.name}: no text, so it is not written to a terminal; name a file, e.g. "
                f"-f {format.name} -o scan{format.suffix}, or send it through a pipe"
            )


def exit_code(scan: Scan, fail_on: str, pending_ok: bool, baseline: Baseline | None = None) -> int:
    """4 if our own work broke, else 1 for findings at or above `fail_on`, else 3 if a blocking rule is open, else 0.

    What a baseline knows does not make 1; a blocking rule that is open makes 3 whether it was open before or not.
    """
    if any(s.problems for s in scan.subjects):
        return Exit.INTERNAL
    assessments = [a for s in scan.subjects for a in s.assessments]
    if any(_fails(a, fail_on, baseline) for a in assessments) or _vetoed_by_score(scan, fail_on, baseline):
        return Exit.FINDINGS
    waiting = any(a.blocks for a in assessments)
    return Exit.OPEN if waiting and not pending_ok else Exit.CLEAN


def _fails(assessment: Assessment, fail_on: str, baseline: Baseline | None) -> bool:
    if fail_on == "never":
        return False
    level = FAIL_ON.index(fail_on)
    if fail_on == "notice" and has_new(assessment, baseline, notices=True):
        return True
    failed = assessment.outcome is Outcome.FAIL and LEVELS.get(assessment.effect, 9) <= level
    return failed and has_new(assessment, baseline)


def _vetoed_by_score(scan: Scan, fail_on: str, baseline: Baseline | None) -> bool:
    """Part 2 below 60 makes a subject 不合格 like a veto does."""
    return fail_on != "never" and any(newly_below(s, baseline) for s in scan.subjects)
