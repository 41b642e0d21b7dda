"""The browser for pages that only scripts build, and the fonts without which its pictures show boxes."""

import shutil
import subprocess
from collections.abc import Iterator

from checker.fetch.render.browser import available, program
from checker.fleet.doctor.contract import Check, State, Surroundings

_SECONDS = 20


def examine_browser(_: Surroundings) -> Iterator[Check]:
    """Chromium: whether it is there and answers; and a font for Chinese."""
    if available():
        found = program()
        ways = "apt-get install chromium, or name one with CHECKER_CHROMIUM; then pip install '.[browser]'"
        advice = "pip install '.[browser]'" if found else ways
        said = f"pages that need it stay open ({found or 'none found'})"
        yield Check("browser", "Chromium", State.WARNING, said, advice)
        return
    said = _output(program(), "--version")
    if said:
        yield Check("browser", "Chromium", State.OK, f"{said} ({program()})")
    else:
        advice = f"run `{program()} --version` to see why"
        yield Check("browser", "Chromium", State.WARNING, f"{program()} does not run", advice)
    if shutil.which("fc-list") is None:
        return
    if fonts := _output("fc-list", ":lang=zh", "family"):
        yield Check("browser", "Chinese font", State.OK, fonts.splitlines()[0].split(",")[0])
    else:
        advice = "apt-get install fonts-noto-cjk; `evidence --screenshot` shows boxes instead of characters without it"
        yield Check("browser", "Chinese font", State.WARNING, "none", advice)


def _output(*command: str) -> str:
    """What a program says, '' if it fails."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout.strip()
