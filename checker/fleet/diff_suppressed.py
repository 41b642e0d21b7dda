"""What changed from one inspection to another only because findings are suppressed now, or are not any more.

Comes in: the two results of a subject. Goes out: sentences in official Chinese. A rule that gave another outcome over
the same findings did so by their suppression; a verdict did if that holds of every veto and deduction that changed.
"""

from collections.abc import Iterator
from decimal import Decimal

from checker.model.results import Assessment, Finding, Outcome, SubjectResult

_WORDS = {"veto": "单项否决", "deduct": "扣分", "notice": "提示"}
_OUTCOMES = {
    Outcome.PASS: "通过", Outcome.FAIL: "不通过", Outcome.OPEN: "无法判定", Outcome.REVIEW: "待人工确认",
}  # fmt: skip
_Mark = tuple[str, str, str, Decimal]


def by_suppression(before: SubjectResult | None, after: SubjectResult | None) -> Iterator[str]:
    """One sentence on the verdict and one on each rule that changed for no other reason; none where nothing did."""
    if before is None or after is None:
        return
    then = {a.rule: a for a in before.assessments}
    pairs = [(then[a.rule], a) for a in after.assessments if a.rule in then and not a.of_others]
    changed = [(old, new) for old, new in pairs if _said(old) != _said(new) and new.effect in _WORDS]
    why = {new.rule: _why(old, new) for old, new in changed}
    counting = [why[new.rule] for _, new in changed if new.effect != "notice"]
    same_rules = then.keys() == {a.rule for a in after.assessments}
    if before.verdict != after.verdict and counting and all(counting) and same_rules:
        reasons = "、".join(dict.fromkeys(counting))
        yield f"结论变化只因{reasons}，问题本身没有变化"
    for old, new in changed:
        if why[new.rule] and old.outcome is not new.outcome:
            words = f"{_OUTCOMES.get(old.outcome, old.outcome)} → {_OUTCOMES.get(new.outcome, new.outcome)}"
            yield f"{_WORDS[new.effect]}“{new.title}”（{words}）只因{why[new.rule]}，问题本身没有变化"


def _said(a: Assessment) -> tuple[object, ...]:
    return a.outcome, a.points, a.blocks


def _why(old: Assessment, new: Assessment) -> str:
    """豁免, 豁免终止 or 豁免变更 if the findings are the same but for that; '' if anything else is another."""
    then, now = _marks(old), _marks(new)
    by_rows = {Outcome.FAIL, Outcome.REVIEW} & {old.outcome, new.outcome}  # what was not read decides the others
    if then.keys() != now.keys() or old.need != new.need or not by_rows:
        return ""
    hidden, shown = (any(now[m] is after and then[m] is not after for m in now) for after in (True, False))
    return {(True, False): "豁免", (False, True): "豁免终止", (True, True): "豁免变更"}.get((hidden, shown), "")


def _marks(assessment: Assessment) -> dict[_Mark, bool]:
    """The findings and whether they are suppressed."""
    return {_mark(f): f.suppressed is not None for f in assessment.findings}


def _mark(finding: Finding) -> _Mark:
    return finding.fingerprint, finding.clause, finding.certainty, finding.price
