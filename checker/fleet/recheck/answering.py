"""What became of each finding that was looked at again, and the old result with that taken into account."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from checker.fleet.recheck.aim import Before
from checker.model.context import KnownFinding
from checker.model.results import Assessment, Change, Finding, Gone, SubjectResult
from checker.model.rules import Profile
from checker.score import Standing, after_recheck

NOT_RECTIFIED, UNKNOWN = "notRectified", "unknown"
UNREGISTERED = "该对象已不在登记表中，未复查"
OTHER_RULES = "复查所用指标与原检查不同"
DAMAGED = "原检查的资料文件已损坏，无法对照"
_CROWDED = "曾引用该链接的页面较多，本次未全部重新读取"
_NOT_LOOKED = "本次未能再检查"
_DOUBTED = "本次只见疑似情形，需人工确认"


@dataclass(frozen=True, slots=True)
class Question:
    """One subject's findings to be answered: its old result and its facts file (None: damaged), in the scan `based_on`.

    `profile` is that which the old result was judged by; `remark` stands with every answer. `settled` are findings that
    were rectified or accepted before this recheck. `lapsed` is what rows say whose suppression has expired since.
    """

    base: SubjectResult
    targets: Sequence[KnownFinding]
    facts: Path | None
    based_on: str
    profile: Profile
    remark: str = ""
    settled: frozenset[str] = frozenset()
    lapsed: frozenset[str] = frozenset()


def unanswered(targets: Iterable[KnownFinding], reason: str) -> tuple[Gone, ...]:
    """Nothing can be said of these, for one reason."""
    return tuple(_not_seen(target, reason) for target in targets)


def _not_seen(k: KnownFinding, reason: str) -> Gone:
    return Gone(
        k.rule, k.fingerprint, k.clause, k.problem, k.item, k.location, k.detail, k.url, k.certainty, k.first_seen,
        k.last_seen, k.notified_on, Change.NOT_SEEN, reason,
    )  # fmt: skip


def settled(gone: Iterable[Gone], then: Path | None, now: Path) -> tuple[Gone, ...]:
    """The same with what the facts files of the scan (`then`) and of the recheck (`now`) say besides.

    A dead link is off a site only if every page that carried it was read again, or its target works.
    """
    with closing(Before(then)) as before, closing(Before(now)) as after:

        def said(g: Gone) -> Gone:
            if g.change is Change.RECTIFIED and before.dead(g.url) and before.crowded(g.url):
                return g if after.answers(g.url) else replace(g, change=Change.NOT_SEEN, reason=_CROWDED)
            return g

        return tuple(map(said, gone))


def answered(question: Question, today: SubjectResult | None, gone: Iterable[Gone]) -> SubjectResult:
    """The old result without its rectified rows, with an answer to each finding.

    `today` is what was found now (None: nothing was looked at), `gone` says what is not there any more.
    """
    known = {g.fingerprint: g for g in gone}
    seen = {mark: rows for mark, rows in _seen(today).items() if mark not in known}
    doubted = _certain(question) & {mark for mark, (_, f) in seen.items() if f.certainty != "certain"}
    there = {mark: rows for mark, rows in seen.items() if mark not in doubted}
    asked = {t.fingerprint for t in question.targets}
    missing = tuple(
        _remarked(
            known.get(t.fingerprint) or _not_seen(t, _DOUBTED if t.fingerprint in doubted else _NOT_LOOKED),
            question.remark,
        )
        for t in question.targets if t.fingerprint not in there
    )  # fmt: skip
    answers = {g.fingerprint: g.change for g in missing}
    still = {mark: rows for mark, rows in there.items() if mark in asked}
    left = {a.rule: _rows(question, a, still, answers) for a in question.base.assessments}
    sure = {rule: tuple(f for f in found if f.rechecked != UNKNOWN) for rule, found in left.items()}
    base = replace(question.base, problems=(*question.base.problems, *(today.problems if today else ())))
    result = after_recheck(base, left, sure, question.profile, _standing(question))
    return replace(result, gone=missing, statistics=today.statistics if today else {})


def _seen(today: SubjectResult | None) -> dict[str, tuple[Assessment, Finding]]:
    """What was found now; of one identity what counts goes before an early warning."""
    rows = [(a, f) for a in (today.assessments if today else ()) for f in a.findings if f.certainty != "unknown"]
    return {f.fingerprint: (a, f) for a, f in sorted(rows, key=lambda row: not row[1].notice)}


def _certain(question: Question) -> set[str]:
    """What was certain then; where that is only suspected now (a sheet of posts grew old), a person must look."""
    base = {f.fingerprint: f.certainty for a in question.base.assessments for f in a.findings if not f.notice}
    return {t.fingerprint for t in question.targets if base.get(t.fingerprint, t.certainty) == "certain"}


def _remarked(gone: Gone, remark: str) -> Gone:
    return replace(gone, reason="；".join(filter(None, (gone.reason, remark))))


def _rows(
    question: Question, assessment: Assessment, still: Mapping[str, tuple[Assessment, Finding]],
    answers: Mapping[str, Change],
) -> tuple[Finding, ...]:  # fmt: skip
    """The rows of one rule that stay, and those that were notified without being among them and are there now.

    An early warning beside what was notified is not what is looked at again: it stays as it was.
    """
    notified = {t.fingerprint: t.notified_on for t in question.targets}
    clauses = {t.fingerprint: t.clause for t in question.targets}

    def beside(f: Finding) -> bool:
        return f.notice and f.fingerprint in clauses and f.clause != clauses[f.fingerprint]

    kept = [
        f for f in assessment.findings
        if beside(f)
        or (answers.get(f.fingerprint) is not Change.RECTIFIED and f.fingerprint not in question.settled)
    ]  # fmt: skip
    rows = [
        f if beside(f) else _kept(
            question, _exposed(f, question.lapsed), still, answers, notified.get(f.fingerprint, f.notified_on)
        )
        for f in kept
    ]  # fmt: skip
    mine = {f.fingerprint for f in assessment.findings if not beside(f)}
    rows += [
        replace(f, notified_on=notified[mark], rechecked=NOT_RECTIFIED)
        for mark, (a, f) in still.items() if a.rule == assessment.rule and mark not in mine
    ]  # fmt: skip
    return tuple(rows)


def _exposed(row: Finding, lapsed: frozenset[str]) -> Finding:
    """A row whose suppression has expired since counts again."""
    return replace(row, suppressed=None) if row.suppressed in lapsed else row


def _kept(
    question: Question, row: Finding, still: Mapping[str, tuple[Assessment, Finding]], answers: Mapping[str, Change],
    notified_on: str,
) -> Finding:  # fmt: skip
    """A row that stays: with its new evidence where it is still there, else with the old one."""
    if row.fingerprint in still:
        new = still[row.fingerprint][1]
        return replace(
            row, detail=new.detail, evidence=new.evidence, change=new.change, notified_on=notified_on,
            rechecked=NOT_RECTIFIED,
        )  # fmt: skip
    archive = row.evidence.archive
    evidence = replace(row.evidence, archive=f"../{question.based_on}/{archive}") if archive else row.evidence
    looked = UNKNOWN if row.fingerprint in answers else ""
    return replace(row, evidence=evidence, notified_on=notified_on, rechecked=looked)


def _standing(question: Question) -> Standing:
    """What the arithmetic must know, as it was registered then."""
    with closing(Before(question.facts)) as before:
        site = before.registered()
    base = question.base
    if base.kind != "site":
        return Standing(True, False, "account")
    if site is None:  # its facts are not there any more: the old result tells whether it was scored
        return Standing(True, base.score.part2 is not None, "")
    return Standing(site[1], site[0] in (question.profile.scores or ()), site[0])
