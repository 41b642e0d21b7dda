"""`checker review`: what waits for a person, and what people answered."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import Only, ProfileName, RulesDir, StoreDir
from checker.cli.rules import book_at, rules_of
from checker.cli.stored import ScanId
from checker.cli.terminal import console_out, fits, new_table, print_json, print_out, print_table, say
from checker.config import DEFAULT_STORE, SHANGHAI
from checker.errors import UsageError
from checker.fleet import load_scan, profile_of
from checker.fleet.review import Given, Waiting, given_in, settle, settle_sheet, sheet_of, waiting
from checker.fleet.review.sheet import EARNED, NO, NOT_EARNED, YES
from checker.history import record_answers
from checker.model.context import Answer
from checker.rules import RuleSet

app = typer.Typer(no_args_is_help=True, help="What waits for a person: list it, answer it, hand it out as a sheet.")
Rule = Annotated[list[str] | None, typer.Option("--rule", help="Only questions of this rule; repeat for several.")]


def _rules(rules: Path | None, profile: str | None, store: Path, scan: str | None) -> RuleSet:
    return rules_of(book_at(rules), profile or profile_of(store, scan))


def _questions(
    store: Path, scan: str | None, rules: RuleSet, only: list[str] | None, chosen: list[str] | None
) -> tuple[Waiting, ...]:
    """The questions of a scan, of the subjects and rules that were asked for; raises UsageError for an unknown one."""
    load_scan(store, scan, tuple(only or ()))
    known = {loaded.rule.id for loaded in rules.rules}
    for name in chosen or ():
        if name not in known:
            raise UsageError(f"--rule {name}: no rule of this id in profile {rules.profile.name}")
    found = waiting(store, scan, rules, only or ())
    return tuple(w for w in found if not chosen or set(chosen) & set(w.rules))


@app.command("list", epilog="Example: `checker review list --rule n2-stale`")
def list_(
    scan: ScanId = None,
    only: Only = None,
    rule: Rule = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    store: StoreDir = DEFAULT_STORE,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """List every question of a stored scan that waits for a person; what holds up a verdict comes first."""
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    found = _questions(store, scan, _rules(rules, profile, store, scan), only, rule)
    if format == "json":
        print_json([asdict(w) for w in found], 2)
        return
    table = new_table("主体标识", "名称", "规则", "条款", "问题", "系统所见", "已知最近发布")
    for w in found:
        about = f"{w.question}（{w.item}）" if w.item else w.question
        table.add_row(w.subject, w.name, " ".join(w.rules), w.clause, about, w.seen, w.last_on)
    print_table(table) if fits(table, console_out()) else _show_list(found)
    say(f"{len(found)} questions wait, {sum(w.blocks for w in found)} of them hold up a verdict")


def _show_list(found: tuple[Waiting, ...]) -> None:
    """The same for a terminal on which a row of the table has no line of its own."""
    for w in found:
        print_out(f"{w.subject} {w.name}  {' '.join(w.rules)}（{w.clause}）")
        lines = (w.question, w.item and f"对象：{w.item}", w.seen and f"系统所见：{w.seen}")
        for line in filter(None, (*lines, w.last_on and f"已知最近发布：{w.last_on}")):
            print_out(f"  {line}")


@app.command(
    epilog="Example: `checker review sheet -o waiting.xlsx`, fill it in, `checker review answer --from waiting.xlsx`"
)
def sheet(
    output: Annotated[Path, typer.Option("--output", "-o", help="The xlsx file to write.")],
    scan: ScanId = None,
    only: Only = None,
    rule: Rule = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    store: StoreDir = DEFAULT_STORE,
) -> None:
    """Write one xlsx line for each question; the yellow columns are for the person who looks."""
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"--output {output}: the sheet is an xlsx file; let its name end in .xlsx")
    found = _questions(store, scan, _rules(rules, profile, store, scan), only, rule)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(sheet_of(found))
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written ({error.strerror})") from error
    say(
        f"{len(found)} questions written to {output}; "
        f"fill in the yellow columns, then: checker review answer --from {output}"
    )


@app.command(
    epilog="Example: `checker review answer 341525M003WX0001 n2-stale --newest 2026-11-20 --by 张三`, "
    "then `checker evaluate`"
)
def answer(
    subject: Annotated[str | None, typer.Argument(help="Id of the site or account.")] = None,
    rule: Annotated[str | None, typer.Argument(help="Id of the rule.")] = None,
    problem: Annotated[
        bool | None,
        typer.Option("--problem/--no-problem", help="The problem (of a bonus: the merit) exists, or it does not."),
    ] = None,
    newest: Annotated[str | None, typer.Option(help="Day of the account's newest post, YYYY-MM-DD.")] = None,
    by: Annotated[str | None, typer.Option(help="Name of the person who looked.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of the answer; default: today.")] = None,
    clause: Annotated[str, typer.Option(help="Clause of the rule; default: its first.")] = "",
    item: Annotated[
        str, typer.Option(help="What the answer is about, as listed; default: the subject as a whole.")
    ] = "",
    detail: Annotated[str, typer.Option(help="What was seen.")] = "",
    sheet: Annotated[Path | None, typer.Option("--from", help="A filled sheet instead of one answer.")] = None,
    scan: ScanId = None,
    rules: RulesDir = None,
    profile: ProfileName = None,
    store: StoreDir = DEFAULT_STORE,
) -> None:
    """Keep answers with name and day; the next scan and `checker evaluate` use them until they expire."""
    today = datetime.now(SHANGHAI).date()
    known = _rules(rules, profile, store, scan)
    if sheet is not None and (subject or rule):
        raise UsageError("--from reads all answers from the sheet; leave SUBJECT and RULE out")
    asked = load_scan(store, scan)
    subjects, as_of = (
        {s.id: s.kind for s in asked.subjects},
        datetime.fromisoformat(asked.as_of).astimezone(SHANGHAI).date(),
    )
    if sheet is not None:
        answers = settle_sheet(str(sheet), given_in(str(sheet), _bytes(sheet), today), known, as_of, subjects)
    else:
        given = _one(subject, rule, problem, newest, by, on, clause, item, detail, today)
        answers = settle(given, known, as_of, subjects)
    if not answers:
        raise UsageError(
            f"--from {sheet}: no line is filled in; fill in 结论 or 最近发布日期, 姓名 and 日期, and save it"
        )
    older = record_answers(store, answers)
    _tell([a for a in answers if a not in older], known, store)
    if older:
        say(f"{len(older)} left out: the store holds newer answers to the same questions")


def _one(
    subject: str | None, rule: str | None, problem: bool | None, newest: str | None, by: str | None, on: str | None,
    clause: str, item: str, detail: str, today: date,
) -> Given:  # fmt: skip
    if not subject or not rule:
        raise UsageError("name SUBJECT and RULE, or a filled sheet with --from")
    if not by:
        raise UsageError("--by: an answer needs the name of the person who looked")
    day = _day("--on", on) or today
    if day > today:
        raise UsageError(f"--on {day}: lies in the future")
    return Given(subject, (rule,), clause, item, problem, _day("--newest", newest), detail, by, day)


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text}: not a day; write it as 2026-11-20") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"--from {path}: cannot be read ({error.strerror})") from error


def _tell(answers: list[Answer], rules: RuleSet, store: Path) -> None:
    merits = {loaded.rule.id for loaded in rules.rules if loaded.rule.effect.kind == "bonus"}
    for a in answers:
        yes, no = (EARNED, NOT_EARNED) if a.rule in merits else (YES, NO)
        print_out(f"{a.subject} {a.rule} {yes if a.problem else no} {a.by} {a.on_date}，有效至{a.expires_on}")
    again = "checker evaluate" + ("" if store == DEFAULT_STORE else f" --store {store}")
    say(f"{len(answers)} answers kept; `{again}` judges the newest scan with them")
