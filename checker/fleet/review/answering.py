"""From what a person said to the answers that rules use: for how long it counts, and which rules it settles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from checker.errors import Problem, RegistryError, UsageError
from checker.model.context import Answer
from checker.model.rules import Rule
from checker.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as given: the problem exists or not, or the day of the newest post from which that follows.

    `merit`: it was given in the words for what earns points (True) or for what is a fault (False); None = in neither.
    `row` is where it stands in a sheet, 0 = in none.
    """

    subject: str
    rules: tuple[str, ...]
    clause: str
    item: str
    problem: bool | None
    newest: date | None
    detail: str
    by: str
    on: date
    merit: bool | None = field(default=None, compare=False)
    row: int = field(default=0, compare=False)


def settle_sheet(
    file: str, given: Iterable[Given], rules: RuleSet, as_of: date, subjects: Mapping[str, str]
) -> tuple[Answer, ...]:
    """The answers of a filled sheet; raises RegistryError with all lines that answer nothing or contradict another."""
    found: dict[tuple[str, ...], tuple[Answer, int]] = {}
    problems: list[Problem] = []
    for one in given:
        try:
            answers = settle(one, rules, as_of, subjects)
        except UsageError as error:
            problems.append(Problem(file, one.row, str(error)))
            continue
        for answer in answers:
            key = (answer.subject, answer.rule, answer.clause, answer.item, answer.on_date)
            before, row = found.setdefault(key, (answer, one.row))
            if before.problem != answer.problem:
                problems.append(Problem(file, one.row, f"{answer.subject} {answer.rule}: contradicts row {row}"))
    if problems:
        raise RegistryError(problems)
    return tuple(answer for answer, _ in found.values())


def settle(
    given: Given, rules: RuleSet, as_of: date | None = None, subjects: Mapping[str, str] | None = None
) -> tuple[Answer, ...]:
    """The answers that a person's word amounts to, one a rule; raises UsageError where it answers nothing.

    `as_of` is the day of the inspection that asks: a newest post is old or new enough on that day, not on the later one
    when somebody looked (None = then). `subjects`: those it may be about, with their kind. A bare conclusion on
    several rules is one on the first, whose question stands there, and on those that follow from it: silent for two
    weeks is not yet a zombie.
    """
    if subjects is not None and given.subject not in subjects:
        raise UsageError(f"{given.subject}: the scan holds no site or account of this id")
    known = {loaded.rule.id: loaded.rule for loaded in rules.rules}
    for name in given.rules:
        if name not in known:
            raise UsageError(f"{name}: no rule of this id in profile {rules.profile.name}")
        _check_kind(known[name], (subjects or {}).get(given.subject))
    seen = min(given.on, as_of) if as_of else given.on
    return tuple(_answers(given, _following(given, [known[name] for name in given.rules]), seen))


def _check_kind(rule: Rule, kind: str | None) -> None:
    """An answer that no judgement would ever look at is refused, not kept."""
    scopes = {"site": rule.applies_to.site, "account": rule.applies_to.account}
    if kind is not None and scopes[kind] is None:
        other = "accounts" if kind == "site" else "sites"
        raise UsageError(f"{rule.id}: judges {other} only; `checker review list` shows what is asked of this {kind}")


def _following(given: Given, rules: list[Rule]) -> list[Rule]:
    """The rules that are answered along with the first."""
    if given.newest is not None:
        return rules
    limit = _limit(rules[0])
    return [rule for rule in rules if (_limit(rule) <= limit if given.problem else _limit(rule) >= limit)]


def _answers(given: Given, rules: list[Rule], seen: date) -> Iterator[Answer]:
    for rule in rules:
        clause = given.clause or next(iter(rule.clauses))
        if clause not in rule.clauses:
            raise UsageError(f"{rule.id}: no clause '{clause}'; it has {', '.join(rule.clauses)}")
        _check(given, rule, seen)
        problem = _is_problem(given, rule, seen)
        detail = given.detail or (f"最近一次发布为{given.newest.isoformat()}" if given.newest else "")
        yield Answer(
            given.subject, rule.id, clause, given.item, int(problem), detail, given.by, given.on.isoformat(),
            _expiry(given, rule, problem).isoformat(),
        )  # fmt: skip


def _check(given: Given, rule: Rule, seen: date) -> None:
    merit = rule.effect.kind == "bonus"
    if given.merit is not None and given.merit != merit:
        words = "符合 or 不符合" if merit else "有问题 or 无问题"
        raise UsageError(f"{rule.id}: {'earns points' if merit else 'is about a fault'}; answer {words}")
    if given.newest is not None and not rule.review.newest:
        raise UsageError(f"{rule.id}: a day of the newest post says nothing here; answer with a problem or none")
    if given.newest is None and given.problem is None:
        raise UsageError(f"{rule.id}: neither a conclusion nor a day of the newest post")
    if given.newest is not None and given.newest > given.on:
        raise UsageError(f"{rule.id}: the newest post ({given.newest}) is later than the answer ({given.on})")
    if given.newest is not None and given.problem is not None and given.problem != _stale(given.newest, seen, rule):
        raise UsageError(
            f"{rule.id}: the conclusion contradicts the newest post of {given.newest} "
            f"({(seen - given.newest).days} days before {seen}, the limit is {_limit(rule)})"
        )


def _is_problem(given: Given, rule: Rule, seen: date) -> bool:
    if given.newest is not None:
        return _stale(given.newest, seen, rule)
    return bool(given.problem)


def _limit(rule: Rule) -> int:
    return int(rule.params.get("days", 0))


def _stale(newest: date, on: date, rule: Rule) -> bool:
    return (on - newest).days > _limit(rule)


def _expiry(given: Given, rule: Rule, problem: bool) -> date:
    """The last day on which an answer counts: a post that was new enough does not stay so."""
    last = given.on + timedelta(days=rule.review.days)
    if given.newest is not None and not problem:
        return min(last, given.newest + timedelta(days=_limit(rule)))
    return last
