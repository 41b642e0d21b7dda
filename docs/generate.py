"""Writes the generated pages of the documentation: facts.md, rules.md, cli.md and the table of links.md from the code,
hostile-servers.md from the table of the tests.

`python docs/generate.py` writes what changed, `python docs/generate.py --check` ends with 1 if something is stale.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer
import yaml

from checker.cli import app
from checker.config import shipped
from checker.extract import EXTRACTORS
from checker.facts.query import FUNCTIONS, FactsReader, Memory
from checker.facts.schema import Need, View, specs, table_of, views
from checker.fetch import FetchOutcome
from checker.fleet.listing import Place, tables_of
from checker.fleet.store import MERGED
from checker.gather import GATHERERS
from checker.gather.links.judging import MOST_DOWN
from checker.gather.links.verdicts import BY_STATUS, SILENT, Standing, reason_of, standing, verdict_of
from checker.model.context import CONTEXT
from checker.model.facts import FACTS
from checker.model.rules import Effect, Profile, Rule, Threshold
from checker.rules import LoadedRule, load_rules, rule_set
from checker.scan import missing_facts, status_of
from checker.sources import SOURCES

FOLDER = Path(__file__).resolve().parent
_HEAD = "<!-- Made by docs/generate.py from the code: do not edit, run `make docs`. -->\n"
_VERDICTS = "<!-- The table below is made by docs/generate.py from the code. -->"
_VALUES = {Path: "PATH", int: "NUMBER", float: "NUMBER", str: "TEXT"}


def pages() -> dict[str, str]:
    """The text of every generated page by file name."""
    parts = {"facts.md": _facts(), "rules.md": _rules(), "cli.md": _cli(), "hostile-servers.md": _hostile()}
    made = {name: _HEAD + "\n" + "\n".join(lines).rstrip() + "\n" for name, lines in parts.items()}
    before, table, after = _current("links.md").partition(_VERDICTS)
    behind = after[after.index("\n\n") :] if table else ""
    return made | {"links.md": before + _VERDICTS + "\n".join(["", *_verdicts()]) + behind}


def stale() -> list[str]:
    """Names of the generated pages that differ from what the code says."""
    return [name for name, text in pages().items() if _current(name) != text]


def _current(name: str) -> str:
    path = FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


def _cell(value: Any) -> str:
    """Text that may stand in a cell of a Markdown table."""
    return " ".join(str(value).split()).replace("|", "\\|") or "—"


def _row(*cells: Any) -> str:
    return f"| {' | '.join(_cell(c) for c in cells)} |"


def _table(*heads: str) -> Iterator[str]:
    yield _row(*heads)
    yield "|" + "---|" * len(heads)


def _code(values: Any) -> str:
    return ", ".join(f"`{v}`" for v in values)


# --- facts.md -------------------------------------------------------------------------------------------------------


def _facts() -> Iterator[str]:
    yield from (
        "# Data dictionary",
        "",
        "One class of `checker/model/facts.py` is one table of a subject's facts file; the classes of",
        "`checker/model/context.py` are the tables of its context. Nothing is ever NULL: what is unknown is a missing",
        "row and a line in `gather_log`. A column of SQL type `address` or `template` holds an integer id of the table",
        "of that name (id 0 = none); the views show the text. Rules should read views rather than tables.",
        "",
        f"[Facts](#facts) ({len(FACTS)}) · [Context](#context) ({len(CONTEXT)}) · [Views](#views) ({len(views())}) · "
        f"[SQL functions](#sql-functions) ({len(FUNCTIONS)}) · [The scan's own tables](#the-scans-own-tables) · "
        "[History](#history) · [Visits](#visits)",
        "",
        "How all of it is asked: [query.md](query.md).",
        "",
        "## Facts",
        "",
    )
    for fact in FACTS:
        yield from _class(fact, _filled_by(table_of(fact)))
    yield from ("## Context", "", "What a subject is told from outside before its work starts.", "")
    for fact in CONTEXT:
        yield from _class(fact, "")
    yield from _views()
    yield from _functions()


def _class(fact: Any, filled: str) -> Iterator[str]:
    sentence = " ".join((inspect.getdoc(fact) or "").split())
    yield from (f"### `{table_of(fact)}`", "", f"**{fact.__title__}** (`{fact.__name__}`). {sentence}{filled}", "")
    yield from _table("column", "type", "what it says")
    for spec in specs(fact):
        yield _row(f"`{spec.name}`", spec.interned or spec.sql, spec.sentence)
    yield ""


def _filled_by(table: str) -> str:
    makers = [f"extractor `{e.name}`" for e in EXTRACTORS if table in e.makes]
    makers += [f"gatherer `{g.name}`" for g in GATHERERS if table in g.makes]
    makers += [f"source `{s.kind}`" for s in SOURCES if table in s.makes]
    return f" Filled by {', '.join(makers)}." if makers else ""


def _views() -> Iterator[str]:
    yield from (
        "## Views",
        "",
        "The vocabulary of the rules (`checker/facts/views.sql`). *Needs* is the coverage that must be complete before",
        "an empty answer counts: `fact` for the whole subject, `fact@home`, `fact@navigation`, `fact@footer`, or",
        "`fact@column` for the column that a row is about.",
        "",
    )
    reader = Memory.empty().reader()
    for view in views().values():
        yield from _view(view, reader)
    reader.close()


def _view(view: View, reader: FactsReader) -> Iterator[str]:
    yield from (f"### `{view.name}`", "", view.sentence, "")
    yield f"- Needs: {_code(_need(n) for n in view.needs) or 'nothing'}"
    yield f"- Columns: {_code(reader.columns(f'SELECT * FROM {view.name}', {}))}"
    yield ""


def _need(need: Need) -> str:
    return f"{need.fact}@{need.at}" if need.at else need.fact


def _functions() -> Iterator[str]:
    yield from ("## SQL functions", "", "Beyond SQLite's own:", "")
    for name, _, _, sentence in FUNCTIONS:
        yield f"- `{name}`: {sentence}"
    yield ""
    yield from _own_tables()


def _own_tables() -> Iterator[str]:
    yield from (
        "## The scan's own tables",
        "",
        "`scan.sqlite` holds what was judged, and of all subjects these facts, with addresses as text:",
        f"{_code(table_of(f) for f in MERGED)}.",
        "",
    )
    yield from _listed(Place.SCAN)
    yield from ("## History", "", "`history.sqlite`: what outlives a scan ([history.md](history.md)).", "")
    yield from _listed(Place.HISTORY)
    yield from ("## Visits", "", "`visits.sqlite`: availability, as `checker probe` notes it.", "")
    yield from _listed(Place.VISITS)


def _listed(place: Place) -> Iterator[str]:
    for table in tables_of(place):
        if table.kind == "own":
            yield from (f"### {place.value}: `{table.name}`", "", table.sentence, "")
            yield from _table("column", "type", "what it says")
            for column in table.columns:
                yield _row(f"`{column.name}`", column.type, column.sentence)
            yield ""


# --- rules.md -------------------------------------------------------------------------------------------------------


def _rules() -> Iterator[str]:
    book = load_rules(shipped("rules"))
    chosen = rule_set(book, "national").rules
    count = {s: sum(status_of(r) == s for r in chosen) for s in ("live", "partly", "waiting", "manual")}
    yield from (
        "# Rules",
        "",
        f"The {len(chosen)} rules as the profile `national` judges them: {count['live']} **live**, {count['waiting']}",
        f"**waiting** for facts that this version does not gather yet (they come out `open` and say so), "
        f"{count['partly']} **partly** fed (they can find something, but not pass), and {count['manual']}",
        "**manual** (a person answers). How a rule is written: [rule-format.md](rule-format.md); what the names under",
        "*reads* mean: [facts.md](facts.md).",
        "",
    )
    for part in dict.fromkeys(r.rule.indicator.part for r in chosen):
        yield from (f"## {part}", "")
        yield from _table("rule", "title", "indicator", "effect and clauses", "status", "params", "reads")
        for loaded in chosen:
            if loaded.rule.indicator.part == part:
                yield _rule_row(loaded)
        yield ""
    yield from ("## Readings", "", "What a rule reads into the text of the standard, or leaves out.", "")
    for loaded in chosen:
        if loaded.rule.note:
            yield f"- `{loaded.rule.id}`: {' '.join(loaded.rule.note.split())}"
    yield from _profiles(book.profiles)


def _rule_row(loaded: LoadedRule) -> str:
    rule, status = loaded.rule, status_of(loaded)
    waits = missing_facts(loaded) if status in {"waiting", "partly"} else []
    return _row(
        f"`{rule.id}`",
        rule.title,
        f"{rule.indicator.document} {rule.indicator.item}",
        f"{_effect(rule.effect)}: {'; '.join(_clauses(rule))}",
        f"{status}{'：' if waits else ''}{'、'.join(waits)}",
        _code(f"{k}={v}" for k, v in rule.params.items()),
        _code(sorted(loaded.reads)),
    )


def _effect(effect: Effect) -> str:
    if effect.kind in {"deduct", "bonus"}:
        return f"**{effect.kind}** ≤ {effect.cap:f}"
    least = effect.at_least
    if isinstance(least, Threshold):
        return f"**{effect.kind}**, threshold by query"
    return f"**{effect.kind}**" + (f" from {least} on" if least > 1 else "")


def _clauses(rule: Rule) -> Iterator[str]:
    sign = "−" if rule.effect.kind == "deduct" else "+"
    for name, clause in rule.clauses.items():
        points = f" {sign}{clause.points:f}" if clause.points else ""
        asks = " (a person)" if clause.ask else ""
        warns = " (warns only)" if clause.notice else ""
        yield f"`{name}`{points}{asks}{warns} {clause.problem}"


def _profiles(profiles: dict[str, Profile]) -> Iterator[str]:
    yield from ("", "## Profiles", "", "An empty cell is taken from the profile that it extends.", "")
    yield from _table("profile", "title", "version", "extends", "scores", "blocks", "grades", "switches off", "changes")
    for name in sorted(profiles):
        p = profiles[name]
        yield _row(
            f"`{name}`",
            p.title,
            p.version,
            f"`{p.extends}`" if p.extends else "",
            "nobody" if p.scores == () else _code(p.scores or ()),
            _code(p.blocking or ()),
            " · ".join(dict.fromkeys(g.grade for g in p.grades or ())),
            _code(r for r, c in p.rules.items() if c.on is False),
            _code(r for r, c in p.rules.items() if c.on is not False),
        )


# --- cli.md ---------------------------------------------------------------------------------------------------------


def commands() -> dict[str, Any]:
    """Every command by its words ("rules list"), groups included, as typer builds them."""
    found: dict[str, Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        found[" ".join(words)] = command
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


def _cli() -> Iterator[str]:
    found = {words: c for words, c in commands().items() if not getattr(c, "commands", None)}
    yield from (
        "# Commands",
        "",
        "Results go to stdout, everything else to stderr. Exit codes and formats: [formats.md](formats.md).",
        "",
    )
    yield from _table("command", "what it does")
    for words, command in found.items():
        yield _row(f"[`checker {words}`](#checker-{words.replace(' ', '-')})", _first(command.help))
    yield from ("", "`checker --version` shows the version, `--help` the help of every command.", "")
    for words, command in found.items():
        yield from _command(words, command)


def _first(text: str | None) -> str:
    return (text or "").split("\n\n")[0]


def _command(words: str, command: Any) -> Iterator[str]:
    kinds = inspect.signature(command.callback, eval_str=True).parameters
    yield from (f"## `checker {words}`", "", _first(command.help), "", command.epilog, "")
    rows = [_param(p, kinds[p.name].annotation) for p in command.params if p.name in kinds]
    if rows:
        yield from _table("argument or option", "default", "what it says")
        yield from rows
    yield ""


def _param(param: Any, kind: Any) -> str:
    value = _value(kind)
    if param.param_type_name == "argument":
        shown = f"`{param.name.upper()}`" + (" (required)" if param.required else "")
    else:
        names = ", ".join([*param.opts, *param.secondary_opts])
        shown = f"`{names}`" if param.is_flag else f"`{names} {value}`"
    default = "" if param.default in {None, False} or param.required else f"`{param.default}`"
    return _row(shown, default, param.help or "")


def _value(kind: Any) -> str:
    """How a value is shown: PATH, NUMBER or TEXT, by the first plain type in an annotation."""
    if kind in _VALUES:
        return _VALUES[kind]
    return next((v for part in get_args(kind) if (v := _value(part))), "")


# --- hostile-servers.md ---------------------------------------------------------------------------------------------


def _hostile() -> Iterator[str]:
    table = yaml.safe_load((FOLDER.parent / "tests" / "hostile_cases.yaml").read_text("utf-8"))
    number = sum(len(kind["cases"]) for kind in table["kinds"])
    yield from (
        "# Hostile servers",
        "",
        f"What servers do and what becomes of it: {number} cases, each of which the tests ask of a server that does",
        "just that. The *outcome* of a request is a fact and judges nothing. The *verdict* on a link stands after a",
        "second, slower request over a new connection; only **broken** is held against a site, *unknown* never is. The",
        "*words* are those of a report, empty where the answer is a page.",
        "",
    )
    for kind in table["kinds"]:
        yield from (f"## {kind['kind']}", "")
        yield from _table("what the server does", "outcome", "verdict on a link", "words")
        for case in kind["cases"]:
            yield _hostile_row(table["defaults"] | case)
        yield ""
    yield from (
        "## Secure connections",
        "",
        "Pages and links are read over bad certificates too, and the connection is noted; a strict one takes none.",
        "",
    )
    yield from _table("what the server shows", "strict outcome", "outcome", "noted")
    for row in table["secure"]:
        yield _row(row["does"], f"`{row['strict']}`", f"`{row['outcome']}`", row["tls"] and f"`{row['tls']}`")


def _hostile_row(case: dict[str, Any]) -> str:
    verdict = {"broken": "**broken**", "unknown": "unknown"}.get(case["verdict"], case["verdict"])
    why = "" if case["reason"] in {"ok", case["outcome"]} else f" (`{case['reason']}`)"
    return _row(case["does"], f"`{case['outcome']}`", f"{verdict}{why}", case["words"])


# --- links.md -------------------------------------------------------------------------------------------------------


def _verdicts() -> Iterator[str]:
    """One row for all outcomes that mean the same: what they mean, and the verdict when they come first or second."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for outcome in FetchOutcome:
        of_status = outcome in {FetchOutcome.HTTP_4XX, FetchOutcome.HTTP_5XX}
        for status in [s for s in BY_STATUS if outcome == f"http-{s // 100}xx"] + [0] if of_status else [0]:
            shown = f"`{reason_of(outcome, status)}`" if status or not of_status else f"any other `{outcome.value}`"
            groups.setdefault(_means(outcome, status), []).append(shown)
    yield from _table("seen", "one look means", "seen first: what then", "seen second, after a dead first look")
    for means, seen in groups.items():
        yield _row(", ".join(dict.fromkeys(seen)), *means)


def _means(outcome: FetchOutcome, status: int) -> tuple[str, str, str]:
    dead = (FetchOutcome.HTTP_4XX, 404)
    means = standing(outcome, status)
    again = f"looked at again, {MOST_DOWN} of a host at most"
    first = (
        again
        if outcome is FetchOutcome.HOST_DOWN
        else {Standing.FINE: "ok", Standing.UNSURE: "unknown"}.get(means, "looked at again")
    )
    second = verdict_of(dead, (outcome, status), False)[0]
    if outcome in SILENT:
        second += f"; {' '.join(verdict_of(dead, (outcome, status), True))} if the host answered meanwhile"
    return means.value, first, second


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only tell which are stale."""
    found = stale()
    if "--check" in arguments:
        if found:
            sys.stderr.write(f"stale: {', '.join(f'docs/{n}' for n in found)}; run `make docs`\n")
        return int(bool(found))
    for name in found:
        (FOLDER / name).write_text(pages()[name], "utf-8")
        sys.stdout.write(f"docs/{name} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
