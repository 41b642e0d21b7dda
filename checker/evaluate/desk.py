"""Rules over facts: one subject's closed facts file → its assessments with findings and evidence.

A rule returns offending (for a bonus: earning) rows only; what they amount to is decided here, by the effect, the
coverage, the answers of people and the suppressions (design §4). A rule that breaks becomes an open assessment, never a
pass.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from checker.evaluate.again import gone_of
from checker.evaluate.answers import Answer, answered, by, by_person, doubted, scoring, settling, valid_answers
from checker.evaluate.coverage import Coverage, Gap, explain
from checker.evaluate.findings import Findings, counted, fingerprint, known_findings
from checker.evaluate.outcome import Row, Tally, at_risk, outcome_of
from checker.evaluate.rows import BROKEN, BrokenRule, row_of
from checker.evaluate.suppressed import Suppressed
from checker.facts.query import FactsReader, QueryError
from checker.model.results import Assessment, Change, Outcome, Sampled
from checker.model.rules import AccountScope, Rule, SiteScope, Threshold
from checker.rules import LoadedRule, RuleSet

__all__ = ["Samples", "State", "applies", "evaluate", "fingerprint"]

Samples = Mapping[str, tuple[Sampled, ...]]
"""Samples by rule id."""

State = tuple[str, str, str]
"""What became of a known finding: its fingerprint, the change, and the reason (of one found again: its doubt)."""

STATES = "finding_state"
"""The table of these that rules may read."""

_UNCONFIRMED = "待人工确认"


def evaluate(
    facts: FactsReader,
    rules: RuleSet,
    absent: str = "missing",
    samples: Samples | None = None,
    states: Iterable[State] | None = None,
) -> tuple[Assessment, ...]:
    """Assess the subject of `facts` by every rule that applies to it, in the order of the rule set.

    `absent` is the state of a coverage line that is not there: missing in a scan, complete in a rule's case. `samples`
    are samples by rule that stand in the place of those that would be drawn now, `states` those of known findings in
    the place of what the other rules tell. Rules that read these come last.
    """
    desk = _Desk(facts, rules, absent, samples or {})
    last = [loaded for loaded in rules.rules if STATES in loaded.reads]
    said = {loaded.rule.id: desk.assess(loaded) for loaded in rules.rules if STATES not in loaded.reads}
    if last:
        facts.fill_states(desk.states(tuple(said.values())) if states is None else states)
        said |= {loaded.rule.id: replace(desk.assess(loaded), of_others=True) for loaded in last}
    return tuple(said[loaded.rule.id] for loaded in rules.rules)


class _Desk:
    """One subject on the desk: its registry entry, coverage, answers and known findings, read once."""

    def __init__(self, facts: FactsReader, rules: RuleSet, absent: str, samples: Samples) -> None:
        self.facts = facts
        self.rules = rules
        self.samples = samples
        clock = facts.ask("SELECT as_of, today FROM clock")[0]
        self.params: dict[str, Any] = {"as_of": clock["as_of"], "today": clock["today"]}
        sites = facts.ask("SELECT * FROM site")
        self.kind = "site" if sites else "account"
        self.entry = (sites or facts.ask("SELECT * FROM account"))[0]
        self.subject = str(self.entry["subject"])
        self.home = self._home()
        self.coverage = Coverage.read(facts, absent)
        self.answers = valid_answers(facts, self.subject, clock["today"])
        self.known = known_findings(facts)
        by_mark = {k.fingerprint: k for k in self.known if k.fingerprint}
        self.findings = Findings(facts, self.subject, str(clock["as_of"]), by_mark)
        self.suppressed = Suppressed.of(rules.suppressions, self.subject, str(clock["today"]))

    def _home(self) -> str:
        if self.kind == "account":
            return f"account:{self.subject}"
        return str(self.facts.ask("SELECT url FROM address WHERE id = :id", {"id": self.entry["url"]})[0]["url"])

    def states(self, said: Sequence[Assessment]) -> Iterator[State]:
        """What became of the known findings, by what the rules say of them."""
        known, rules = self.findings.known, {loaded.rule.id: loaded.rule for loaded in self.rules.rules}
        for rule, f in ((rules[a.rule], f) for a in said for f in a.findings):
            if f.fingerprint not in known or f.certainty == "unknown":
                continue
            if f.notice and counted(rule, known[f.fingerprint].clause):
                continue  # no sight of what was known
            change = Change.UPDATED if f.change is Change.NEW else f.change  # a warning that has come true
            yield f.fingerprint, change.value, "" if f.certainty == "certain" else _UNCONFIRMED
        for gone in gone_of(self.facts, self.rules, self.known, said):
            yield gone.fingerprint, gone.change.value, gone.reason

    def assess(self, loaded: LoadedRule) -> Assessment:
        """One rule; anything that goes wrong in it leaves it open with the reason."""
        rule, blocking = loaded.rule, loaded.rule.id in self.rules.blocking
        if not applies(rule, self.kind, self.entry):
            return Assessment(rule.id, rule.title, rule.effect.kind, Outcome.NOT_APPLICABLE, "", reason="不适用")
        try:
            return self._assess(loaded, blocking)
        except (QueryError, BrokenRule) as error:
            return self._broken(rule, blocking, f"{BROKEN}{error}")
        except Exception as error:  # a rule must never take the scan down with it
            return self._broken(rule, blocking, f"{BROKEN}{type(error).__name__}: {error}")

    def _broken(self, rule: Rule, blocking: bool, reason: str) -> Assessment:
        at_risk = -rule.effect.cap if rule.effect.kind == "deduct" else rule.effect.cap
        return replace(_frame(rule, Outcome.OPEN), reason=reason, at_risk=at_risk, cap=rule.effect.cap, blocks=blocking)

    def _assess(self, loaded: LoadedRule, blocking: bool) -> Assessment:
        rule = loaded.rule
        params = self.params | rule.params
        sample = self._sample(rule, params)
        rows = self._rows(loaded, params) if rule.sql else []
        gaps = self._open(loaded, rows)
        rows, unasked = answered(rule, rows, self.answers, self.home)
        settled = settling(self.facts, rule, self.answers)
        if settled and self._contradicts(rule, settled, rows, gaps):
            rows = [doubted(rule, settled, self.home), *rows]
        elif settled:
            rows, gaps = by_person(rule, rows, settled, self.home), []
        need = self._threshold(rule, params)
        asks_only = rule.sql is None and bool(unasked)
        if any(gap.state == "missing" for gap in gaps):
            # nothing was ever gathered: a row that says so would read like an accusation
            rows = [row for row in rows if row.certainty != "unknown"]
        rows = [self.suppressed.marked(rule.id, row) for row in rows]
        counted = [row for row in rows if not row.hidden]
        tally = Tally.of(rule, counted, need)
        outcome = outcome_of(rule, tally, complete=not gaps and not asks_only)
        reason = _reason(outcome, gaps, tally, asks_only)
        return replace(
            _frame(rule, outcome),
            problem=_problem(rule, counted),
            points=tally.points,
            at_risk=at_risk(rule, tally, outcome, complete=not gaps),
            cap=rule.effect.cap,
            reason=reason or (f"人工认定：{by(settled)}" if settled else None),
            blocks=blocking and outcome in {Outcome.OPEN, Outcome.REVIEW} and not _observing(gaps),
            sample=sample,
            unasked=tuple(unasked),
            findings=self.findings.of(rule, rows),
            need=need,
        )

    def _open(self, loaded: LoadedRule, rows: list[Row]) -> list[Gap]:
        """What is missing for a pass; what was sought and found proves itself, whatever else was not read."""
        rule = loaded.rule
        if not rule.sql or (rule.proof == "existence" and not rows):
            return []
        return self.coverage.gaps(loaded.needs, columns=rule.proof == "presence")

    def _sample(self, rule: Rule, params: dict[str, Any]) -> tuple[Sampled, ...]:
        if rule.sample is None:
            return ()
        if rule.id in self.samples:
            return self._kept_sample(self.samples[rule.id])
        rows = self.facts.ask(rule.sample.sql, params)[: rule.sample.n]
        if any(r["key"] is None for r in rows):
            raise BrokenRule("key is NULL in the sample")
        self.facts.fill_sample(rows)
        return tuple(Sampled(str(r["key"]), str(r.get("url") or ""), str(r.get("title") or "")) for r in rows)

    def _kept_sample(self, members: tuple[Sampled, ...]) -> tuple[Sampled, ...]:
        self.facts.fill_sample([{"key": m.key, "url": m.url, "title": m.title} for m in members])
        return members

    def _threshold(self, rule: Rule, params: dict[str, Any]) -> int:
        wanted = rule.effect.at_least
        if not isinstance(wanted, Threshold):
            return wanted
        rows = self.facts.ask(wanted.sql, params)
        if len(rows) != 1 or not isinstance(value := next(iter(rows[0].values())), int):
            raise BrokenRule("at_least.sql must return one whole number")
        return max(1, value)

    def _rows(self, loaded: LoadedRule, params: dict[str, Any]) -> list[Row]:
        assert loaded.rule.sql is not None
        found = self.facts.ask(loaded.rule.sql, params)
        return [row_of(loaded.rule, raw, self.subject, self._gaps(loaded, raw.get("scope"))) for raw in found]

    def _gaps(self, loaded: LoadedRule, scope: Any) -> list[Gap]:
        if loaded.rule.proof == "presence":
            return []
        if scope:
            return self.coverage.gaps_at(loaded.needs, str(scope))
        return self.coverage.gaps(loaded.needs, columns=False)

    def _contradicts(self, rule: Rule, answer: Answer, rows: list[Row], gaps: list[Gap]) -> bool:
        """Whether a person named a problem before this inspection found none, or against a post with its date."""
        if not answer["problem"] or scoring(rule, rows) or gaps:
            return False
        return rule.review.newest or bool(answer["on_date"] < self.params["today"])


def _reason(outcome: Outcome, gaps: list[Gap], tally: Tally, asks_only: bool) -> str | None:
    if outcome is Outcome.REVIEW:
        return "有候选问题，需人工确认"
    if outcome is not Outcome.OPEN:
        return None
    if asks_only:
        return "需要人工判定"
    if gaps:
        return explain(gaps)
    return "所涉范围采集不完整" if tally.unknown else "需人工确认"


def _observing(gaps: list[Gap]) -> bool:
    """The first week of visits still runs: nothing is wrong yet, and nothing must wait for it (design §5)."""
    return bool(gaps) and all(gap.fact == "visit" and gap.state == "partial" for gap in gaps)


def _problem(rule: Rule, rows: list[Row]) -> str:
    """The problem in official words: those of the clauses that occurred, else the rule's."""
    names = [r.clause for r in rows if not rule.clauses[r.clause].notice] or [r.clause for r in rows]
    problems = list(dict.fromkeys(rule.clauses[n].problem for n in names))
    return "；".join(problems) if problems else rule.problem or rule.title


def _frame(rule: Rule, outcome: Outcome) -> Assessment:
    return Assessment(rule.id, rule.title, rule.effect.kind, outcome, rule.problem or rule.title, rule.advice)


def applies(rule: Rule, kind: str, entry: dict[str, Any]) -> bool:
    """Whether a rule looks at a subject at all, by its registry entry as copied into the facts."""
    scope: SiteScope | AccountScope | None = rule.applies_to.site if kind == "site" else rule.applies_to.account
    if scope is None or entry["status"] not in scope.status:
        return False
    if isinstance(scope, AccountScope):
        return not scope.platform or entry["platform"] in scope.platform
    if scope.kind and entry["kind"] not in scope.kind:
        return False
    return scope.services is None or bool(entry["services"]) == scope.services
