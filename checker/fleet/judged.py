"""Judging that stays with its subject: whatever goes wrong in it is said in the result and never turns into a pass."""

from dataclasses import replace
from pathlib import Path

from checker.model.registry import Site, Subject
from checker.model.results import Decided, Score, SubjectResult, Verdict
from checker.rules import RuleSet
from checker.scan import judge
from checker.scan.focus import Focus
from checker.score import grade_of

_BROKE = "评估中断："


def judged(
    facts: Path, context: Path, rules: RuleSet, unknown: SubjectResult, problems: tuple[str, ...],
    focus: Focus | None = None,
) -> SubjectResult:  # fmt: skip
    """The result of one subject, held back where `problems` stand; `unknown` is given if it cannot be judged.

    `unknown` may be an earlier result, which is not lost because its facts were damaged since.

    A recheck's `focus` brings the original samples.
    """
    standing = tuple(p for p in problems if not p.startswith(_BROKE))
    try:
        result = judge(facts, context, rules, dict(focus.samples)) if focus else judge(facts, context, rules)
    except Exception as error:  # e.g. its facts file could not be made at all
        before = "；沿用上次判定的结果" if unknown.assessments else ""
        broke = f"{_BROKE}{type(error).__name__}: {error}{before}"
        return held_back(replace(unknown, problems=()), (*standing, broke) if before else standing or (broke,), rules)
    return held_back(result, standing, rules)


def kept(result: SubjectResult) -> bool:
    """Whether a result is an earlier one that could not be judged anew."""
    return any(p.startswith(_BROKE) for p in result.problems)


def held_back(result: SubjectResult, problems: tuple[str, ...], rules: RuleSet | None = None) -> SubjectResult:
    """A result with further problems: whoever has one cannot be 合格, only 待核."""
    if not problems:
        return result
    known = replace(result, problems=(*result.problems, *problems))
    if known.verdict is not Verdict.QUALIFIED:
        return known
    return replace(known, verdict=Verdict.PENDING, grade=_waiting(known, rules) if rules else None)


def _waiting(result: SubjectResult, rules: RuleSet) -> str | None:
    """The grade that the profile gives to whoever is pending, None if it has none for that."""
    grades = [g for g in rules.profile.grades or () if g.when.verdict is not None]
    return grade_of(grades, result.kind, Verdict.PENDING, None, result.assessments)


def unknown_of(subject: Subject) -> SubjectResult:
    """What can be said of a subject of which nothing is known but its registry entry."""
    site = isinstance(subject, Site)
    url, platform = (subject.url, "") if isinstance(subject, Site) else ("", subject.platform)
    verdict = None if subject.status == "closed" else Verdict.PENDING
    return SubjectResult(
        "site" if site else "account", subject.id, subject.name, url, platform, subject.organizer, subject.unit,
        subject.group, subject.status, verdict, None, Decided(0, 0, (), ()), Score(), (),
        authorised_by=_authorised_by(subject),
    )  # fmt: skip


def _authorised_by(subject: Subject) -> str:
    return subject.authorised_by or "" if isinstance(subject, Site) and subject.robots == "authorised" else ""
