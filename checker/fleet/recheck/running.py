"""A recheck from its beginning to its end: a scan folder of its own, contexts in, answers out, history told."""

import json
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from checker import __version__
from checker.config import SHANGHAI
from checker.errors import StoreError
from checker.evaluate.suppressed import worded
from checker.facts.query import QueryError
from checker.fetch.archive.index import drop_parts
from checker.fleet.begun import rules_note
from checker.fleet.events import Finished, Started
from checker.fleet.order import Order
from checker.fleet.recheck.aim import focus_of
from checker.fleet.recheck.answering import (
    DAMAGED,
    NOT_RECTIFIED,
    OTHER_RULES,
    UNREGISTERED,
    Question,
    answered,
    settled,
    unanswered,
)
from checker.fleet.recheck.targets import Prepared
from checker.fleet.run import assemble, gather_evidence, places_of
from checker.fleet.store import ScanStore, subject_file
from checker.fleet.stored import new_id
from checker.fleet.work import Listener, work
from checker.history import ContextCutter, record_scan
from checker.model.registry import Site, Subject
from checker.model.results import Gone, RuleSetInfo, Scan, SubjectResult
from checker.model.rules import Profile
from checker.rules import RuleSet
from checker.scan import Task
from checker.scan.judge import gone


def recheck(order: Order, ask: Prepared, listen: Listener) -> Scan:
    """Look at what was notified again; returns the finished recheck, which is also in the store.

    The caller holds the store's lock since before `ask` was prepared. A kill leaves an unfinished folder and nothing in
    the history: run it again. Raises StoreError, MachineError.
    """
    real = datetime.now(SHANGHAI)
    scan_id = new_id(real, order.store)
    store = ScanStore(order.store / "scans" / scan_id, create=True)
    try:
        _note(store, order, ask, real)
        _work_through(store, order, ask, listen)
        return _concluded(store, order)
    finally:
        store.close()


def _note(store: ScanStore, order: Order, ask: Prepared, real: datetime) -> None:
    """What reports must know; without a budget nobody takes it for a scan that can be gone on with."""
    notes = rules_note(order.rules) | {"profile_body": ask.profile_body}
    store.note(
        id=store.folder.name, kind="recheck", based_on=ask.base.id, started_at=real.isoformat(timespec="seconds"),
        as_of=order.as_of.isoformat(), tool_version=__version__, only=json.dumps(sorted(ask.targets)), **notes,
    )  # fmt: skip


def _work_through(store: ScanStore, order: Order, ask: Prepared, listen: Listener) -> None:
    subjects = [s for s in order.registry.subjects if ask.targets.get(s.id)]
    info, sites = store.info(), sum(isinstance(s, Site) for s in subjects)
    rules = RuleSetInfo(info["profile"], info["rules_version"], info["rules_sha256"])
    listen(Started(info["id"], info["started_at"], info["as_of"], rules, sites, len(subjects) - sites, 0))
    order = replace(order, rules=_concerned(order.rules, ask))
    positions = {result.id: n for n, result in enumerate(ask.base.subjects)}
    tasks = _tasks(store, order, ask, subjects)
    with closing(work(order, tasks, listen)) as results:
        for result in _answers(store, order, ask, results):
            listen(Finished(store.merge(positions[result.id], result)))
            places_of(order, store.folder, result.id).drop_spool()


def _concerned(rules: RuleSet, ask: Prepared) -> RuleSet:
    """The rules that found what is looked at again: no other is asked."""
    names = {k.rule for known in ask.targets.values() for k in known}
    return replace(rules, rules=tuple(loaded for loaded in rules.rules if loaded.rule.id in names))


def _tasks(store: ScanStore, order: Order, ask: Prepared, subjects: Collection[Subject]) -> list[Task]:
    cutter = ContextCutter(order.store, order.registry, order.as_of.date())
    rules = {loaded.rule.id: loaded for loaded in order.rules.rules}
    base = {result.id: result for result in ask.base.subjects}
    tasks = []
    for subject in subjects:
        facts, context = (subject_file(store.folder, part, subject.id) for part in ("facts", "context"))
        cutter.cut(subject, context)
        focus = focus_of(subject, ask.targets[subject.id], rules, base[subject.id], ask.facts_of(subject.id))
        places = places_of(order, store.folder, subject.id)
        tasks.append(Task(subject, facts, context, order.budget, places, order.wait, order.rules.lexicons, focus))
    return tasks


def _answers(
    store: ScanStore, order: Order, ask: Prepared, results: Iterator[SubjectResult]
) -> Iterator[SubjectResult]:
    """The answers of each subject as its facts come in, then of those that are not registered any more."""
    remark = "" if order.rules.sha256 == ask.base.rules.sha256 else OTHER_RULES
    profile = Profile.model_validate_json(ask.profile_body)
    base = {result.id: result for result in ask.base.subjects}

    today = order.as_of.date().isoformat()
    lapsed = frozenset(worded(u.reason, u.owner, u.expires) for u in ask.base.suppressions if u.expires < today)

    def question(subject: str) -> Question:
        facts = ask.facts_of(subject)
        known = remark if facts else "；".join(filter(None, (remark, DAMAGED)))
        return Question(base[subject], ask.targets[subject], facts, ask.base.id, profile, known, ask.settled, lapsed)

    left = dict.fromkeys(ask.targets)
    for result in results:
        del left[result.id]
        asked = question(result.id)
        yield answered(asked, result, _gone(store, order.rules, asked, result))
    for subject in left:
        asked = question(subject)
        yield answered(asked, None, unanswered(asked.targets, UNREGISTERED))


def _gone(store: ScanStore, rules: RuleSet, asked: Question, today: SubjectResult) -> tuple[Gone, ...]:
    facts, context = (subject_file(store.folder, part, today.id) for part in ("facts", "context"))
    try:
        found = gone(facts, context, rules, asked.targets, today.assessments)
    except (StoreError, QueryError) as error:
        return unanswered(asked.targets, f"复查所得资料无法读取：{error}")
    return settled(found, asked.facts, facts)


def _concluded(store: ScanStore, order: Order) -> Scan:
    """History is told first and the end is noted last, as of a scan."""
    finished_at = datetime.now(SHANGHAI).isoformat(timespec="seconds")
    scan = assemble(store, finished_at=finished_at)
    everyone = [s.id for s in scan.subjects]
    record_scan(order.store, replace(scan, subjects=tuple(map(_looked_at, scan.subjects))), everyone, partial=True)
    gather_evidence(store, scan)
    store.note(finished_at=finished_at)
    drop_parts(store.folder)
    return scan


def _looked_at(result: SubjectResult) -> SubjectResult:
    """A result with the rows only that were seen again: the others are no sight of anything."""
    assessments = tuple(
        replace(a, findings=tuple(f for f in a.findings if f.rechecked == NOT_RECTIFIED)) for a in result.assessments
    )
    return replace(result, assessments=assessments)
