"""Telling people of changes, by apprise: the one place that knows it. Addresses are secrets and reach no output.

Comes in: addresses from the environment or from a file that nobody else can read. Goes out: a message to each of them,
or a MachineError that names the services which did not take it by scheme (and host, where that is no secret).
"""

import logging
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.cli.terminal import say
from checker.errors import MachineError, UsageError
from checker.fleet.diff import compare, finished_scans
from checker.model.differences import Comparison
from checker.report._diff_message import message
from checker.rules import RuleSet

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

VARIABLE = "CHECKER_NOTIFY"
MOST_BYTES = 4000
_SHORT = {"wecombot": 2000}
"""Bytes of a message, title included: what a person reads in a chat; 企业微信 takes 2048 of plain text."""

_OPEN_HOSTS = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos"})
"""Schemes whose host is a host; in those of chats the token stands at its place."""


@dataclass(frozen=True, slots=True)
class Service:
    """Somebody to tell: a name without secrets, the scheme, and how to reach him."""

    name: str
    scheme: str
    way: "NotifyBase"


def services_of(variable: str = VARIABLE, config: Path | None = None) -> tuple[Service, ...]:
    """Whom to tell: the addresses in a variable, or in a file; raises UsageError without showing one of them.

    Raises MachineError where apprise is not installed.
    """
    apprise = _apprise()
    with _silence():
        asset = apprise.AppriseAsset(app_id="checker", app_desc="checker", app_url="", async_mode=False)
    if config is not None:
        return _configured(apprise, asset, config)
    addresses = os.environ.get(variable, "").split()
    if not addresses:
        raise UsageError(f"{variable} is not set: export it with whom to tell, or name a file with --config")
    found = []
    with _silence():
        for number, address in enumerate(addresses, 1):
            way = apprise.Apprise.instantiate(address, asset=asset)
            if way is None:
                raise UsageError(f"{variable}: address {number} of {len(addresses)} is none that apprise knows")
            found.append(_service(way))
    return tuple(found)


def _configured(apprise: Any, asset: Any, path: Path) -> tuple[Service, ...]:
    content = _private_text(path)
    with _complaints() as complaints:
        config = apprise.AppriseConfig(asset=asset)
        config.add_config(content, asset=asset)
        ways = list(apprise.Apprise(config, asset=asset))
    if complaints or not ways:
        what = "some of its entries are none" if ways else "there is no address in it"
        raise UsageError(f"--config {path}: {what} that apprise knows")
    return tuple(_service(way) for way in ways)


def _private_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                raise UsageError(f"--config {path}: others can read it, and it holds secrets; chmod 600 {path}")
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text"
        raise UsageError(f"--config {path}: cannot be read ({why})") from error


def _service(way: "NotifyBase") -> Service:
    names = way.secure_protocol if way.secure or not way.protocol else way.protocol
    scheme = str(names if isinstance(names, str) else next(iter(names or ("",))))
    port = f":{way.port}" if way.port else ""
    return Service(f"{scheme}://{way.host}{port}" if scheme in _OPEN_HOSTS else f"{scheme}://…", scheme, way)


def tell_of_scan(store: Path, rules: RuleSet, services: Sequence[Service], quiet: bool = False) -> None:
    """Tell what changed from the scan before to the one just finished, if anything did.

    Raises MachineError if somebody was not reached. Nobody is told of the first scan: nothing can have changed.
    """
    newest = finished_scans(store, 2)
    if len(newest) < 2:
        said = "this is the first finished scan of the store: there is nothing to compare it with, nobody is told"
    else:
        found = compare(store, newest[1], newest[0], rules)
        if found.changed:
            deliver(found, services)
        told = f"told of the changes since {newest[1]}: {', '.join(s.name for s in services)}"
        said = told if found.changed else f"nothing changed since {newest[1]}: nobody is told"
    if not quiet:
        say(said)


def deliver(comparison: Comparison, services: Sequence[Service]) -> None:
    """Send the message to everybody; raises MachineError with those who were not reached, after trying all."""
    apprise = _apprise()
    failed = []
    for service in services:
        sent = message(comparison, _SHORT.get(service.scheme, MOST_BYTES))
        kind = apprise.NotifyType.WARNING if sent.grave else apprise.NotifyType.INFO
        with _silence():
            try:
                post: Apprise = apprise.Apprise(service.way, asset=service.way.asset)
                done = bool(post.notify(sent.body, sent.title, kind, body_format=apprise.NotifyFormat.TEXT))
            except Exception:  # what a plug-in says may hold its address
                done = False
        if not done:
            failed.append(service.name)
    if failed:
        raise MachineError(f"not told: {', '.join(failed)} ({len(failed)} of {len(services)} did not take the message)")


def _apprise() -> Any:
    try:
        import apprise  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MachineError("apprise is missing, which sends messages; pip install '.[notify]'") from error
    return apprise


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing that apprise or what it uses logs goes anywhere: it may hold an address."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class _Counting(logging.Handler):
    """Counts what is logged and keeps none of it."""

    def __init__(self, found: list[int]) -> None:
        super().__init__(logging.WARNING)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        """Count one line."""
        self._found.append(record.levelno)


@contextmanager
def _complaints() -> Iterator[list[int]]:
    """What apprise complains of meanwhile, counted and shown to nobody."""
    logger, found = logging.getLogger("apprise"), list[int]()
    handler = _Counting(found)
    before = logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate, level = before
        logger.setLevel(level)
