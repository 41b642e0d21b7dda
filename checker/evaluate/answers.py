"""What people answered: which answers count today, which rows they confirm, clear or add, what they have settled."""

from collections.abc import Iterable
from dataclasses import astuple, replace
from typing import Any

from checker.evaluate.outcome import Row
from checker.evaluate.rows import key_of
from checker.facts.query import FactsReader
from checker.model.context import KnownFinding
from checker.model.results import Assessment
from checker.model.rules import Clause, Rule
from checker.rules import LoadedRule

Answer = dict[str, Any]
Answers = list[Answer]

_VALID = "SELECT * FROM answer WHERE subject = :subject AND expires_on >= :today"


def valid_answers(facts: FactsReader, subject: str, today: str) -> Answers:
    """The answers about a subject that have not expired."""
    return facts.ask(_VALID, {"subject": subject, "today": today})


def answered(rule: Rule, rows: list[Row], answers: Answers, home: str) -> tuple[list[Row], list[str]]:
    """Let people's answers confirm or clear rows, and add what they answered to `ask` clauses; what nobody answered.

    `home` is where a row stands that only a person can make.
    """
    mine = {(a["clause"], spaced(a["item"])): a for a in answers if a["rule"] == rule.id}
    kept = []
    for row in rows:
        answer = mine.get((row.clause, spaced(row.item)))
        if answer is None or row.certainty == "certain":
            kept.append(row)
        elif answer["problem"]:
            kept.append(replace(row, certainty="certain", quote=row.quote or by(answer)))
    unasked = []
    for name, clause in rule.clauses.items():
        if not clause.ask:
            continue
        given = [a for (c, _), a in mine.items() if c == name]
        shown = {spaced(row.item) for row in rows if row.clause == name}
        kept += [
            answer_row(name, clause, a, home) for a in given if a["problem"] and spaced(a["item"]) not in shown
        ]  # fmt: skip
        if not given:
            unasked.append(clause.ask)
    order = list(rule.clauses)
    return sorted(kept, key=lambda r: (order.index(r.clause), astuple(r))), unasked


def settling(facts: FactsReader, rule: Rule, answers: Answers) -> Answer | None:
    """A person's answer to the rule as a whole: it stands for what could not be gathered."""
    if rule.review.ask is None:
        return None
    seen = _newest_post(facts) if rule.review.newest else ""  # what was said before it speaks of another time
    for a in answers:
        if a["rule"] == rule.id and not a["item"] and not asks(rule, a["clause"]) and a["on_date"] >= seen:
            return a
    return None


def by_person(rule: Rule, rows: list[Row], answer: Answer, home: str) -> list[Row]:
    """What stands after a person settled the rule: what is certain by itself stays, the rest follows the answer."""
    rows, warnings = scoring(rule, rows), warning(rule, rows)
    certain = [row for row in rows if row.certainty == "certain"]
    if certain or not answer["problem"]:
        return [*certain, *warnings]
    likely = [
        replace(row, certainty="certain", quote=row.quote or by(answer)) for row in rows if row.certainty == "candidate"
    ]
    own = likely or [answer_row(answer["clause"], rule.clauses[answer["clause"]], answer, home)]
    return [*own, *warnings]


def scoring(rule: Rule, rows: Iterable[Row]) -> list[Row]:
    """The rows that are more than an early warning."""
    return [row for row in rows if not rule.clauses[row.clause].notice]


def warning(rule: Rule, rows: Iterable[Row]) -> list[Row]:
    """The early warnings; no answer of a person takes back that a limit comes near."""
    return [row for row in rows if rule.clauses[row.clause].notice and row.certainty != "unknown"]


def doubted(rule: Rule, answer: Answer, home: str) -> Row:
    """What a person said before and this inspection does not bear out: a person must look again."""
    said = answer_row(answer["clause"], rule.clauses[answer["clause"]], answer, home)
    told = f"{answer['on_date']}人工认定有问题，与本次检查所见不符，请重新核实"
    return replace(said, certainty="candidate", detail=f"{told}（{said.detail}）")


def answer_row(name: str, clause: Clause, answer: Answer, home: str) -> Row:
    """The row that a person's answer makes."""
    item = answer["item"] or home
    detail = answer["detail"] or clause.problem
    key = f"{home}#{item}" if clause.ask or answer["item"] else home  # that of the row a machine would have found
    return Row(name, item, home, detail, "certain", key, home, by(answer))


def cleared_by(facts: FactsReader, loaded: LoadedRule, known: KnownFinding, today: Assessment) -> str:
    """Who has cleared a known finding since it was last seen, '' if nobody did.

    An answer clears a question of its own, or a row that the rule has today all the same; where the rule has no such
    row any more, the answer says nothing of it.
    """
    rule = loaded.rule
    clock = facts.ask("SELECT today FROM clock")[0]
    answers = [
        a for a in valid_answers(facts, known.subject, str(clock["today"]))
        if a["rule"] == rule.id and not a["problem"] and a["on_date"] >= known.last_seen[:10]
    ]  # fmt: skip
    own = next((a for a in answers if a["clause"] == known.clause and _is_about(rule, a, known)), None)
    answer = own or settling(facts, rule, answers)
    if answer is None or (not asks(rule, known.clause) and known.key not in keys_found(facts, loaded, today)):
        return ""
    return by(answer)


def _is_about(rule: Rule, answer: Answer, known: KnownFinding) -> bool:
    """Whether an answer is about a finding: by its item, or to the whole question of its clause."""
    if spaced(answer["item"]) == spaced(known.item):
        return True
    return asks(rule, known.clause) and not answer["item"]


def keys_found(facts: FactsReader, loaded: LoadedRule, today: Assessment) -> set[str]:
    """Keys of all rows of a rule's query, whatever answers of people take out of it."""
    if loaded.rule.sql is None:
        return set()
    clock = facts.ask("SELECT as_of, today FROM clock")[0]
    if loaded.rule.sample is not None:
        facts.fill_sample([{"key": m.key, "url": m.url, "title": m.title} for m in today.sample])
    rows = facts.ask(loaded.rule.sql, {"as_of": clock["as_of"], "today": clock["today"]} | loaded.rule.params)
    return {key_of(row) for row in rows}


def spaced(item: str) -> str:
    """An item as it is compared: a spreadsheet keeps neither several blanks nor line breaks."""
    return " ".join(item.split())


def by(answer: Answer) -> str:
    """Who answered when, and what was seen."""
    return "：".join(filter(None, [f"{answer['by']}，{answer['on_date']}", answer["detail"]]))


def asks(rule: Rule, clause: str) -> bool:
    """Whether a clause is a question of its own (or is no clause of the rule any more)."""
    return clause not in rule.clauses or bool(rule.clauses[clause].ask)


def _newest_post(facts: FactsReader) -> str:
    rows = facts.ask("SELECT newest_on FROM post_freshness")
    return str(rows[0]["newest_on"]) if rows else ""
