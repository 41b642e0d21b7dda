"""`checker rules`: list, show, validate, test and try the rules."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from checker.cases import run_cases
from checker.cli.terminal import console_err, console_out, new_table, print_json, print_out, print_table
from checker.config import DEFAULT_STORE, shipped
from checker.errors import Exit, UsageError
from checker.rules import LoadedRule, RuleBook, RuleSet, load_rule, load_rules, rule_set

app = typer.Typer(no_args_is_help=True, help="List, show, validate, test and try the rules.")
RulesDir = Annotated[Path | None, typer.Option("--rules", help="Folder of rules; default: those shipped.")]
ProfileName = Annotated[str, typer.Option("--profile", help="Profile under rules/profiles.")]
Format = Annotated[str, typer.Option("--format", "-f", help="text or json.")]


def book_at(folder: Path | None) -> RuleBook:
    """The rules of a folder, or those shipped with checker."""
    return load_rules(folder or shipped("rules"))


def rules_of(book: RuleBook, profile: str) -> RuleSet:
    """The rules under a profile, which is named and never a path."""
    if "/" in profile or profile.endswith((".yaml", ".yml")):
        name = Path(profile).stem
        raise UsageError(
            f"--profile {profile}: a profile is named, not given as a file: it lies at rules/profiles/{name}.yaml of "
            f"the folder given with --rules, and --profile {name} chooses it"
        )
    return rule_set(book, profile)


def _chosen(book: RuleBook, ids: list[str] | None) -> list[LoadedRule]:
    for rule_id in ids or ():
        if rule_id not in book.rules:
            raise UsageError(f"no rule '{rule_id}'; `checker rules list` shows all")
    return [book.rules[i] for i in ids] if ids else sorted(book.rules.values(), key=lambda r: r.rule.id)


@app.command("list", epilog="Example: `checker rules list -f json`")
def list_rules(rules: RulesDir = None, profile: ProfileName = "national", format: Format = "text") -> None:
    """List the rules of a profile with title, effect and whether their facts are gathered.

    live: all of them; partly: enough to find something, not enough to pass; waiting: not yet; manual: a person answers.
    """
    chosen = rules_of(book_at(rules), profile).rules
    entries = [_entry(loaded) for loaded in chosen]
    if format == "json":
        print_json(entries, 1)
        return
    table = new_table("rule", "title", "effect", "status", "waits for")
    for entry in entries:
        table.add_row(entry["id"], entry["title"], entry["effect"], entry["status"], "、".join(entry["waits_for"]))
    print_table(table)


def _entry(loaded: LoadedRule) -> dict[str, Any]:
    from checker.scan import missing_facts, status_of  # noqa: PLC0415 - keeps `validate` and `test` quick to start

    rule, lacking, status = loaded.rule, missing_facts(loaded), status_of(loaded)
    return {"id": rule.id, "title": rule.title, "effect": rule.effect.kind, "status": status, "waits_for": lacking}


@app.command("show", epilog="Example: `checker rules show v3-home-stale`")
def show(
    rule: Annotated[str, typer.Argument(help="Id of the rule.")],
    rules: RulesDir = None,
    profile: ProfileName = "national",
) -> None:
    """Show one rule as the profile judges it: indicator, effect, clauses, params, query, facts it needs."""
    book = book_at(rules)
    _chosen(book, [rule])
    found = next((r for r in rules_of(book, profile).rules if r.rule.id == rule), book.rules[rule])
    data = found.rule.model_dump(mode="json", exclude_none=True, exclude={"cases"})
    data["facts"] = [f"{n.fact}@{n.at}" if n.at else n.fact for n in found.needs]
    data["file"] = found.file
    print_out(yaml.dump(_as_written(data), Dumper=_Readable, allow_unicode=True, sort_keys=False, width=100))


class _Readable(yaml.SafeDumper):
    """Writes a text of several lines as a block, so that a query can be read and copied."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _block)


def _as_written(value: Any) -> Any:
    """Without empty lists, which would read as "none", and without blanks at line ends, which forbid a block."""
    if isinstance(value, dict):
        return {k: _as_written(v) for k, v in value.items() if v != []}
    if isinstance(value, list):
        return [_as_written(v) for v in value]
    return "\n".join(line.rstrip() for line in value.split("\n")) if isinstance(value, str) else value


@app.command("validate", epilog="Example: `checker rules validate --rules ./rules`")
def validate(rules: RulesDir = None) -> None:
    """Check every rule, profile and word list; all errors at once as file:line: message."""
    from checker.gather.links import load_lexicon  # noqa: PLC0415 - only this command reads it

    book = book_at(rules)
    targets = book.folder / "lexicon" / "harmful-targets.yaml"
    if targets.exists():
        load_lexicon(targets)
    counted = f"{len(book.rules)} rules, {len(book.profiles)} profiles and {len(book.lexicons)} word lists"
    console_out().print(f"{counted} are valid")


@app.command("test", epilog="Example: `checker rules test v3-home-stale`")
def test(ids: Annotated[list[str] | None, typer.Argument(help="Rule ids; default: all.")] = None,
         rules: RulesDir = None) -> None:  # fmt: skip
    """Run the cases of the rules; exit 1 if one does not come out as expected."""
    run = failed = 0
    for loaded in _chosen(book_at(rules), ids):
        for result in run_cases(loaded):
            run += 1
            failed += bool(result.differences)
            for difference in result.differences:
                typer.echo(f"{loaded.file}: case '{result.case}': {difference}")
    console_err().print(f"{run} cases, {failed} failed")
    if failed:
        raise typer.Exit(Exit.FINDINGS)


@app.command("try", epilog="Example: `checker rules try my-rule.yaml`")
def try_rule(
    file: Annotated[Path, typer.Argument(help="The rule file.")],
    scan: Annotated[str | None, typer.Option(help="Id of a stored scan; default: the newest.")] = None,
    store: Annotated[Path, typer.Option(file_okay=False, help="Where scans are kept.")] = DEFAULT_STORE,
) -> None:
    """Run one rule file over the facts of a stored scan and show its rows; nothing is kept."""
    from checker.fleet.evaluate import try_rule as tried  # noqa: PLC0415 - see `_entry`

    loaded = load_rule(file)
    for subject, name, assessment in tried(store, scan, loaded):
        reason = f"（{assessment.reason}）" if assessment.reason else ""
        console_out().print(f"{subject} {name}: {assessment.outcome} {assessment.points:f}{reason}", markup=False)
        for finding in assessment.findings:
            line = f"  [{finding.certainty}] {finding.clause} {finding.item}: {finding.detail}"
            console_out().print(line, markup=False, highlight=False)
