"""The questions of a stored scan that wait for a person.

Three kinds: a candidate that must be confirmed, a clause that only a person can judge, and a rule with a question of
its own (`review.ask`) that is open because nothing could be read. Rules that ask for the day of the newest post
(`review.newest`) share one line an account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.errors import StoreError
from checker.facts.query import QueryError, open_facts
from checker.fleet.evaluate import folder_of
from checker.fleet.store import ScanReader, subject_file
from checker.model.results import Assessment, Outcome, SubjectResult
from checker.model.rules import Rule
from checker.rules import RuleSet

CONFIRM = "系统发现疑似问题，请查看后确认：是否确有问题？"
_UNDECIDED = {Outcome.OPEN, Outcome.REVIEW}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One question: about which subject, by which rules, and what is known so far.

    `item` is what the question is about, '' for the subject as a whole. `blocks`: the verdict waits for it. `newest`:
    the day of the newest post is an answer. `merit`: it asks for what earns points, not for a fault. `last_on` and
    `last_title` are the newest post known.
    """

    subject: str
    kind: str
    name: str
    platform: str
    unit: str
    rules: tuple[str, ...]
    title: str
    clause: str
    item: str
    question: str
    seen: str
    link: str
    last_on: str
    last_title: str
    blocks: bool
    newest: bool
    merit: bool


def waiting(store: Path, scan: str | None, rules: RuleSet, only: Iterable[str] = ()) -> tuple[Waiting, ...]:
    """Every question of a scan (None = the newest), what blocks a verdict first, then in the order of the registry.

    `only`: ids of subjects, empty = all. Raises UsageError if there is no such scan.
    """
    wanted = set(only)
    with ScanReader(folder_of(store, scan)) as opened:
        results = [r for r in opened.results() if not wanted or r.id in wanted]
        found = [w for r in results for w in _of_subject(opened.folder, r, rules)]
    return tuple(sorted(found, key=lambda w: not w.blocks))


def _of_subject(folder: Path, result: SubjectResult, rules: RuleSet) -> Iterator[Waiting]:
    if result.status == "closed":
        return
    known = {loaded.rule.id: loaded.rule for loaded in rules.rules}
    last = _last_post(folder, result)
    shared: list[tuple[Rule, Assessment]] = []
    for assessment in result.assessments:
        rule = known.get(assessment.rule)
        if rule is None or assessment.outcome is Outcome.NOT_APPLICABLE:
            continue
        if rule.review.newest and assessment.outcome in _UNDECIDED:
            shared.append((rule, assessment))
            continue
        yield from _questions(result, rule, assessment, last)
    if shared:
        yield _newest(result, shared, last)


def _questions(result: SubjectResult, rule: Rule, a: Assessment, last: dict[str, Any]) -> Iterator[Waiting]:
    if rule.review.ask and a.outcome in _UNDECIDED:
        seen = next((f.detail for f in a.findings if f.certainty != "unknown"), a.reason or "")
        yield _waiting(result, (rule,), a.blocks, last, question=rule.review.ask, seen=seen)
    elif a.outcome is Outcome.REVIEW:
        for f in a.findings:
            if f.certainty == "candidate":
                yield _waiting(
                    result, (rule,), a.blocks, last, clause=f.clause, item=f.item, question=CONFIRM, seen=f.detail,
                    link=f.url,
                )  # fmt: skip
    for name, clause in rule.clauses.items():
        if clause.ask and clause.ask in a.unasked:
            yield _waiting(result, (rule,), a.blocks, last, clause=name, question=clause.ask)


def _newest(result: SubjectResult, shared: list[tuple[Rule, Assessment]], last: dict[str, Any]) -> Waiting:
    """One line for all rules that the day of the newest post decides."""
    seen = next(
        (f.detail for _, a in shared for f in a.findings if f.certainty != "unknown"), shared[0][1].reason or ""
    )
    question = next((rule.review.ask for rule, _ in shared if rule.review.ask), CONFIRM)
    blocks = any(a.blocks for _, a in shared)
    return _waiting(result, tuple(r for r, _ in shared), blocks, last, question=question, seen=seen, newest=True)


def _waiting(
    result: SubjectResult, rules: tuple[Rule, ...], blocks: bool, last: dict[str, Any], **said: Any
) -> Waiting:
    fields = {
        "clause": next(iter(rules[0].clauses)), "item": "", "seen": "", "newest": False,
        "link": result.url or last["newest_url"], **said,
    }  # fmt: skip
    fields["link"] = "" if fields["link"].startswith("account:") else fields["link"]
    return Waiting(
        subject=result.id, kind=result.kind, name=result.name, platform=result.platform, unit=result.unit,
        rules=tuple(r.id for r in rules), title="；".join(r.title for r in rules), last_on=last["newest_on"],
        last_title=last["newest_title"], blocks=blocks, merit=rules[0].effect.kind == "bonus", **fields,
    )  # fmt: skip


def _last_post(folder: Path, result: SubjectResult) -> dict[str, Any]:
    nothing = {"newest_on": "", "newest_title": "", "newest_url": ""}
    facts, context = (subject_file(folder, part, result.id) for part in ("facts", "context"))
    if result.kind != "account" or not facts.exists():
        return nothing
    try:
        with open_facts(facts, context if context.exists() else None) as reader:
            rows = reader.ask("SELECT newest_on, newest_title, newest_url FROM post_freshness")
    except (StoreError, QueryError):  # damaged facts are told where they are judged; here they only tell nothing
        return nothing
    return rows[0] if rows else nothing
