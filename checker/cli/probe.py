"""`checker probe`: whether home pages open, visit by visit, and the week's account that 19号 wants."""

import asyncio
import random
import re
import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from checker.cli.options import Only, Sites, StoreDir, connections, readable, registry_at, someone_there
from checker.cli.stopping import stopping
from checker.cli.terminal import console_out, fits, new_table, print_out, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import Exit, UsageError
from checker.fetch import FetchSettings
from checker.fleet import Prober, Round, jitter_of, probed_sites, watch
from checker.history import (
    APART,
    VISITS_A_DAY,
    WANTED,
    Attempt,
    Standing,
    Week,
    counted,
    coverage_of,
    fails,
    left_out,
    standings,
    week_of,
)
from checker.model.registry import Site
from checker.report._lines import plain
from checker.report.json_report import encoded

_SPAN = re.compile(r"(\d{1,6})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LONGEST = timedelta(hours=24)
_LEVELS = {"over": "达到5%", "warning": "接近5%（预警）", "": ""}


def probe(
    sites: Sites = None,
    only: Only = None,
    store: StoreDir = DEFAULT_STORE,
    every: Annotated[
        str | None, typer.Option(help="Run on with a round this often until stopped: 30m, 1h, 1500s; 20m to 24h.")
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Print the week's account; visit nobody.")] = False,
    connect_to: Annotated[
        list[str] | None,
        typer.Option(help="HOST1:PORT1:HOST2:PORT2 as curl: ask HOST2:PORT2 for HOST1:PORT1; empty = any."),
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    cacert: Annotated[Path | None, typer.Option(help="CA certificates (PEM) to trust besides the system's.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
) -> None:
    """Visit the home page of every running site once, note it, and print the account of the last seven days.

    Visits carry the real time and are stored in visits.sqlite of the store, also while a scan runs.
    """
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    if status and every:
        raise UsageError("--status visits nobody, so --every says nothing; leave one of them out")
    period = span(every) if every else None
    registry = registry_at(sites or Path("sites.yaml"), None)
    chosen = probed_sites(registry, only or ())
    if status:
        _show(chosen, store, format)
        return
    where = connections(connect_to, registry.scan.connect_to)
    someone_there(where)
    prober = Prober(chosen, FetchSettings(connect_to=where, cacert=readable(cacert)), store, _now)
    with stopping("stopped; the visits under way are lost"):
        stopped_by = asyncio.run(_run(prober, period, quiet))
    prober.store_rest()
    _show(chosen, store, format)
    if stopped_by is not None:
        raise typer.Exit(Exit.TERMINATED if stopped_by == signal.SIGTERM else Exit.INTERRUPTED)


def span(text: str) -> timedelta:
    """How often --every wants a round; raises UsageError for what is no span, or none that makes sense."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"--every {text}: not a span of time such as 30m, 1h or 1500s")
    period = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if period < APART:
        raise UsageError(
            f"--every {text}: visits less than {APART.seconds // 60} minutes apart do not count (standard §2) and only "
            "burden the sites; 30m gives 48 visits a day where 20 are wanted"
        )
    if period > _LONGEST:
        raise UsageError(f"--every {text}: at most 24h")
    return period


def _now() -> datetime:
    return datetime.now(SHANGHAI)


async def _run(prober: Prober, every: timedelta | None, quiet: bool) -> int | None:
    """One round, or rounds until a signal; the signal that ended them, None if there was none."""
    stop, met = asyncio.Event(), list[int]()
    with _heard(stop, met):
        if every is None:
            _tell(await prober.round(), None, quiet)
        else:
            _tell_of_sparse_rounds(every, quiet)
            most = jitter_of(every, APART)
            await watch(
                prober, every, stop, lambda done, due: _tell(done, due, quiet), now=_now,
                late=lambda: random.uniform(0, most),  # noqa: S311 - spread, not secrecy
            )  # fmt: skip
    return met[0] if met else None


@contextmanager
def _heard(stop: asyncio.Event, met: list[int]) -> Iterator[None]:
    """The first SIGINT or SIGTERM sets `stop`, so that the round under way is stored; a second one ends at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def hear(number: int) -> None:
        met.append(number)
        stop.set()
        say("stopping: the visits under way are stored first (at most half a minute)")
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, hear, each)
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


def _tell_of_sparse_rounds(every: timedelta, quiet: bool) -> None:
    if not quiet and timedelta(days=1) / every < VISITS_A_DAY:
        say(f"fewer than {VISITS_A_DAY} visits a day: no week will be complete; --every 30m gives 48")


def _tell(done: Round, due: datetime | None, quiet: bool) -> None:
    """One line a round; what could not be stored is said also with --quiet."""
    if not quiet:
        say(_line(done, due))
    for site in done.broken:
        say(f"checker: {site}; please report it")
    if done.unstored and due is not None:
        say(f"checker: {done.unstored}; the visits are kept and stored with the next round")


def _line(done: Round, due: datetime | None) -> str:
    seen = [(attempt, standing) for a in done.attempts for attempt, standing in standings([a])]
    kinds = Counter(standing for _, standing in seen)
    failed = [a for a in done.attempts if any(fails(visit) for visit in counted([a]))]
    parts = [f"visits {kinds[Standing.VISIT]}", f"failed {len(failed)}{_named(failed)}"]
    for kind, name in _NOT_COUNTED.items():
        if kinds[kind]:
            parts.append(f"{name} {kinds[kind]}{_named(a for a, standing in seen if standing is kind)}")
    ahead = f"; next round {due:%m-%d %H:%M}" if due else ""
    return f"{done.began:%Y-%m-%d %H:%M}: {', '.join(parts)}{ahead}"


def _named(attempts: Iterable[Attempt]) -> str:
    """Which sites they were and what was met, as far as a line bears."""
    told = [f"{a.subject} {'slow' if a.outcome == 'ok' else a.outcome}" for a in attempts]
    more = [f"{len(told) - _NAMED} more"] if len(told) > _NAMED else []
    return f" ({', '.join([*told[:_NAMED], *more])})" if told else ""


_NAMED = 8
_NOT_COUNTED = {Standing.REFUSED: "refused, not counted", Standing.OWN_OUTAGE: "own outage, not counted"}


def _show(sites: Sequence[Site], store: Path, format: str) -> None:
    """The account of the week before today on stdout."""
    today = _now().date()
    weeks = week_of(store, today, [s.id for s in sites])
    if format == "json":
        print_out(encoded(_document(sites, weeks), indent=2).decode().rstrip("\n"))
        return
    _show_table(sites, weeks)


def _show_table(sites: Sequence[Site], weeks: Sequence[Week]) -> None:
    days = [d.on_date[5:] for d in weeks[0].days]
    table = new_table("网站", *days, "今天", "访问", "失败", "占比", "说明")
    for site, week in zip(sites, weeks, strict=True):
        cells = [f"{d.visits}({d.failures})" if d.failures else str(d.visits) for d in (*week.days, week.today)]
        numbers = (f"{week.visits}/{WANTED}", str(week.failures), f"{week.share * 100:.2f}%" if week.visits else "—")
        table.add_row(plain(site.name), *cells, *numbers, _words(week))
    first, last = weeks[0].days[0].on_date, weeks[0].days[-1].on_date
    print_out(f"可用性监测：{first} 至 {last}，每天不少于{VISITS_A_DAY}次；括号内为打不开或超过（含）15秒的次数")
    print_table(table) if fits(table, console_out()) else _show_list(sites, weeks)


def _show_list(sites: Sequence[Site], weeks: Sequence[Week]) -> None:
    """The same for a terminal on which a row of the table has no line of its own."""
    for site, week in zip(sites, weeks, strict=True):
        share = f"，占{week.share * 100:.2f}%" if week.visits else ""
        print_out(f"{plain(site.name)}：访问{week.visits}/{WANTED}次，失败{week.failures}次{share}；{_words(week)}")


def _words(week: Week) -> str:
    """What the week amounts to: its level, and why it decides nothing yet, or that it is complete."""
    told = (
        f"监测周期完整{f'；{more}' if (more := left_out(week)) else ''}" if week.complete else coverage_of(week).reason
    )
    refused = f"今天有{week.today.refused}次被拒绝、拦截或不允许访问，不计入" if week.today.refused else ""
    return "；".join(filter(None, (_LEVELS[week.level], told, refused)))


def _document(sites: Sequence[Site], weeks: Sequence[Week]) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "from": weeks[0].days[0].on_date,
        "to": weeks[0].days[-1].on_date,
        "wanted": WANTED,
        "wanted_per_day": VISITS_A_DAY,
        "sites": [_site_object(site, week) for site, week in zip(sites, weeks, strict=True)],
    }


def _site_object(site: Site, week: Week) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        "url": site.url,
        "since": week.since or None,
        "visits": week.visits,
        "failures": week.failures,
        "share": round(week.share, 4) if week.visits else None,
        "level": week.level or None,
        "complete": week.complete,
        "reason": coverage_of(week).reason,
        "days": [asdict(d) for d in week.days],
        "today": asdict(week.today),
    }
