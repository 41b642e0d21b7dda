"""`checker history list`: the findings that the history knows, and the whole trail of one."""

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.history_words import EVENTS, day_at, state_words
from checker.cli.options import StoreDir
from checker.cli.terminal import console_out, fits, new_table, print_json, print_out, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import UsageError
from checker.fleet.history import Called, alike, called, strangers
from checker.history.listing import STATES, Listed, Wanted, listed, trail_of
from checker.history.trail import Event, What

_FORMATS = ("text", "json", "csv")
_HEADS = (
    "指纹",
    "主体标识",
    "名称",
    "规则",
    "问题",
    "位置",
    "现状",
    "发现日期",
    "最近发现",
    "通报日期",
    "通报",
    "整改日期",
    "来源",
)
_STEERS_A_SHEET = ("=", "+", "-", "@", "\t", "\r")
_SHORT = 10


def list_findings(
    fingerprint: Annotated[
        str | None, typer.Argument(help="Show the whole trail of this finding; as much of it as is unique.")
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option("--subject", help="Only of this subject; repeat for several.")
    ] = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help=f"Only in this state: {', '.join(STATES)}; repeat for several.")
    ] = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Only of this rule; repeat for several.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only those to which something happened from this day on.")
    ] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text, json or csv.")] = "text",
    store: StoreDir = DEFAULT_STORE,
) -> None:
    """List known findings with the days on which they were found, notified and rectified, or show the trail of one.

    What earns points is no problem, and what repeats findings notified before is no other one: both are listed only if
    --rule asks for them.
    """
    if format not in _FORMATS:
        raise UsageError(f"--format {format}: must be {', '.join(_FORMATS)}")
    for name in state or ():
        if name not in STATES:
            raise UsageError(f"--state {name}: there are {', '.join(STATES)}")
    if fingerprint is not None:
        _one(store, fingerprint, format)
        return
    day = day_at("--since", since, datetime.now(SHANGHAI).date())
    known = called(store)
    _check_known(store, known, subject or (), rule or ())
    found = tuple(
        one
        for one in listed(store, Wanted(tuple(subject or ()), tuple(state or ()), tuple(rule or ()), day))
        if rule or one.rule not in known.merits | known.others
    )
    _tell_strangers(store)
    names = known.names
    if format == "json":
        print_json([asdict(f) | {"name": names.get(f.subject, "")} for f in found], 2)
    elif format == "csv":
        print_out(_csv(found, names).rstrip("\n"))
    else:
        _table(found, names)
    say(f"{len(found)} findings")


def _check_known(store: Path, known: Called, subjects: Collection[str], rules: Collection[str]) -> None:
    """Raise UsageError for a subject or rule that neither the stored scans nor the history know."""
    every = listed(store, Wanted()) if subjects or rules else ()
    for option, wanted, ids in (
        ("--subject", subjects, {f.subject: "" for f in every} | known.names),
        ("--rule", rules, {f.rule: "" for f in every if f.rule} | known.titles),
    ):
        for one in wanted:
            if one not in ids:
                raise UsageError(f"{option} {one}: nothing stored in {store} has this id{alike(one, ids)}")


def _tell_strangers(store: Path) -> None:
    """A history that was lost lists little and looks healthy."""
    lost = strangers(store)
    if lost.unknown:
        say(f"{store / 'history.sqlite'}: {lost}; `checker doctor` says what to do")


def _stands(found: Listed) -> str:
    return state_words(found.state, found.notified_on, found.certainty, found.warned)


def _cells(found: Listed, names: dict[str, str]) -> tuple[str, ...]:
    return (
        found.fingerprint, found.subject, names.get(found.subject, ""), found.rule, found.problem, found.location,
        _stands(found), found.first_seen[:10], found.last_seen[:10], found.notified_on, found.notified_in,
        found.rectified_on, found.source,
    )  # fmt: skip


def _csv(found: Iterable[Listed], names: dict[str, str]) -> str:
    """Lines that a spreadsheet reads, and `checker history import` too; nothing in them becomes a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADS)
    for one in found:
        cells = (" ".join(text.split()) for text in _cells(one, names))
        writer.writerow([f"'{c}" if c.startswith(_STEERS_A_SHEET) else c for c in cells])
    return out.getvalue()


def _table(found: tuple[Listed, ...], names: dict[str, str]) -> None:
    heads = ("指纹", "主体标识", "名称", "规则", "问题", "位置", "现状", "发现", "最近发现", "通报", "整改")
    table = new_table(*heads)
    lines = [(c[0][:_SHORT], *c[1:10], c[11]) for c in (_cells(one, names) for one in found)]
    for line in lines:
        table.add_row(*line)
    if fits(table, console_out()):
        print_table(table)
        return
    for mark, subject, name, rule, problem, location, state, first, last, notified, rectified in lines:
        print_out(f"{mark} {subject} {name}  {problem}{f'（{rule}）' if rule else ''}")
        days = [f"发现{first}", f"最近发现{last}" if last != first else "", f"通报{notified}" if notified else ""]
        days.append(f"整改{rectified}" if rectified else "")
        print_out(f"  {state}：{'，'.join(filter(None, days))}")
        if location:
            print_out(f"  {location}")


def _one(store: Path, prefix: str, format: str) -> None:
    found, trail = trail_of(store, prefix)
    name = called(store).names.get(found.subject, "")
    if format == "csv":
        raise UsageError("--format csv: the trail of one finding is text or json")
    if format == "json":
        print_json(asdict(found) | {"name": name, "trail": [asdict(event) for event in trail]}, 2)
        return
    print_out(f"〔{found.fingerprint}〕 {found.problem}{f'（{found.rule}）' if found.rule else ''}")
    for title, text in (
        ("主体", f"{found.subject} {name}".strip()), ("位置", found.location), ("链接", found.url),
        ("所见", found.detail), ("来源", found.source), ("现状", _stands(found)),
    ):  # fmt: skip
        if text:
            print_out(f"{title}  {text}")
    table = new_table("日期", "经过", "依据", "说明", "姓名")
    for event in (*trail, *_last_sight(found, trail)):
        what = EVENTS.get(What(event.what), event.what) if event.what in set(What) else event.what
        table.add_row(
            event.at[:16].replace("T", " "), what, f"检查{event.scan}" if event.scan else "", event.note, event.by
        )
    print_table(table)


def _last_sight(found: Listed, trail: tuple[Event, ...]) -> tuple[Event, ...]:
    """The newest sight, which is no event of its own, where the trail does not end with it: still there after all."""
    if trail and found.state == "open" and found.last_seen > trail[-1].at:
        return (Event(found.fingerprint, found.last_seen, "仍存在", found.last_scan),)
    return ()
