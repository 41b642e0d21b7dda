"""The machine and the Python that runs here: versions, extras, limits, character set, time zone."""

import codecs
import locale
import platform
import resource
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from checker import __version__
from checker.config import SHANGHAI
from checker.fleet.doctor.contract import Check, State, Surroundings

_LEAST_FILES = 1024
"""Connections, facts files and logs of a scan of a whole city are open together."""

_EXTRAS = (
    ("browser", "playwright", "pages that only scripts build stay open (cannot tell)"),
    ("notify", "apprise", "`checker notify` and `scan --notify` do not work"),
    ("dask", "distributed", "`scan --executor dask=…` does not work"),
)


def examine_machine(_: Surroundings) -> Iterator[Check]:
    """Python, SQLite, open files and the character set."""
    yield Check("machine", "checker", State.OK, f"{__version__} on {platform.platform(terse=True)}")
    found = platform.python_version()
    yield Check("machine", "Python", State.OK, f"{found} ({sys.executable})")
    yield Check("machine", "SQLite", State.OK, sqlite3.sqlite_version)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files != resource.RLIM_INFINITY and files < _LEAST_FILES:
        advice = f"run `ulimit -n {_LEAST_FILES}` before a scan of many sites"
        yield Check("machine", "open files", State.WARNING, f"at most {files}", advice)
    else:
        yield Check("machine", "open files", State.OK, f"at most {files}" if files > 0 else "no limit")
    yield _encoding(sys.stdout.encoding or locale.getpreferredencoding(False))


def _encoding(name: str) -> Check:
    if codecs.lookup(name).name == "utf-8":
        return Check("machine", "character set", State.OK, name)
    advice = "set LANG=C.UTF-8 (or PYTHONUTF8=1): reports in Chinese cannot be printed otherwise"
    return Check("machine", "character set", State.WARNING, name, advice)


def examine_extras(_: Surroundings) -> Iterator[Check]:
    """The parts that are installed on request only."""
    for extra, module, without in _EXTRAS:
        if find_spec(module) is None:
            advice = f"pip install '.[{extra}]'; without it {without}"
            yield Check("extras", f"checker[{extra}]", State.WARNING, "not installed", advice)
        else:
            yield Check("extras", f"checker[{extra}]", State.OK, f"{module} {_version(module)}")


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:
        return "(version unknown)"


def examine_zone(around: Surroundings) -> Iterator[Check]:
    """The time zone: ages are days in Beijing, which checker reckons by a fixed offset and the data should confirm."""
    try:
        offset = ZoneInfo("Asia/Shanghai").utcoffset(datetime(around.now.year, 7, 1))
    except ZoneInfoNotFoundError:
        said = "no tzdata here; checker needs none, it reckons with the fixed +08:00 of Asia/Shanghai"
        advice = "other programs on this machine may want it: apt-get install tzdata, or pip install tzdata"
        yield Check("clock", "tzdata", State.WARNING, said, advice)
        return
    if offset == timedelta(hours=8):
        yield Check("clock", "tzdata", State.OK, "Asia/Shanghai is +08:00, as checker reckons")
    else:
        advice = "the zone has changed: this version of checker would reckon days wrongly, update it"
        yield Check("clock", "tzdata", State.MISSING, f"Asia/Shanghai is {offset}", advice)
    yield Check("clock", "now", State.OK, around.now.astimezone(SHANGHAI).isoformat(timespec="seconds"))
