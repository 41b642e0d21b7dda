"""Rules over facts: one subject's closed facts file → its assessments with findings and evidence.

A rule returns offending (for a bonus: earning) rows only; what they amount to is decided here, by the effect, the
coverage and the answers of people (design §4). A rule that breaks becomes an open assessment, never a pass.
"""

import hashlib
from dataclasses import astuple, replace
from decimal import Decimal
from typing import Any

from checker.evaluate.coverage import Coverage, Gap, explain
from checker.evaluate.outcome import NOTHING, RANK, Row, Tally, at_risk, outcome_of
from checker.facts.query import FactsReader, QueryError
from checker.model.results import Assessment, Change, Evidence, Finding, Outcome, Sampled
from checker.model.rules import AccountScope, Clause, Rule, SiteScope, Threshold
from checker.rules import LoadedRule, RuleSet


class _BrokenRule(Exception):
    """A rule returned something that is no row; the message is for its author."""


def evaluate(facts: FactsReader, rules: RuleSet, absent: str = "missing") -> tuple[Assessment, ...]:
    """Assess the subject of `facts` by every rule that applies to it, in the order of the rule set.

    `absent` is the state of a coverage line that is not there: missing in a scan, complete in a rule's case.
    """
    desk = _Desk(facts, absent)
    return tuple(desk.assess(loaded, loaded.rule.id in rules.blocking) for loaded in rules.rules)


class _Desk:
    """One subject on the desk: its registry entry, coverage, answers and known findings, read once."""

    def __init__(self, facts: FactsReader, absent: str) -> None:
        self.facts = facts
        clock = facts.ask("SELECT as_of, today FROM clock")[0]
        self.params: dict[str, Any] = {"as_of": clock["as_of"], "today": clock["today"]}
        sites = facts.ask("SELECT * FROM site")
        self.kind = "site" if sites else "account"
        self.entry = (sites or facts.ask("SELECT * FROM account"))[0]
        self.subject = str(self.entry["subject"])
        log = facts.ask("SELECT fact, scope, state, reason FROM gather_log ORDER BY rowid")
        columns = facts.ask("SELECT a.url AS url FROM site_column c JOIN address a ON a.id = c.url")
        lines = ((g["fact"], g["scope"], g["state"], g["reason"]) for g in log)
        self.coverage = Coverage(lines, (c["url"] for c in columns), absent)
        valid = "SELECT * FROM answer WHERE subject = :subject AND expires_on >= :today"
        self.answers = facts.ask(valid, {"subject": self.subject, "today": clock["today"]})
        known = facts.ask("SELECT fingerprint, first_seen FROM known_finding WHERE fingerprint <> ''")
        self.known = {k["fingerprint"]: k["first_seen"] for k in known}

    def assess(self, loaded: LoadedRule, blocking: bool) -> Assessment:
        """One rule; anything that goes wrong in it leaves it open with the reason."""
        rule = loaded.rule
        if not applies(rule, self.kind, self.entry):
            return Assessment(rule.id, rule.title, rule.effect.kind, Outcome.NOT_APPLICABLE, "", reason="不适用")
        try:
            return self._assess(loaded, blocking)
        except (QueryError, _BrokenRule) as error:
            return self._broken(rule, blocking, f"规则执行出错：{error}")
        except Exception as error:  # a rule must never take the scan down with it
            return self._broken(rule, blocking, f"规则执行出错：{type(error).__name__}: {error}")

    def _broken(self, rule: Rule, blocking: bool, reason: str) -> Assessment:
        at_risk = -rule.effect.cap if rule.effect.kind == "deduct" else rule.effect.cap
        return replace(_frame(rule, Outcome.OPEN), reason=reason, at_risk=at_risk, cap=rule.effect.cap, blocks=blocking)

    def _assess(self, loaded: LoadedRule, blocking: bool) -> Assessment:
        rule = loaded.rule
        params = self.params | rule.params
        sample = self._sample(rule, params)
        rows = self._rows(loaded, params) if rule.sql else []
        gaps = self._open(loaded, rows)
        rows, unasked = self._answered(rule, rows)
        settled = self._settled(rule)
        if settled and self._contradicts(rule, settled, rows, gaps):
            rows = [self._doubted(rule, settled)]
        elif settled:
            rows, gaps = self._by_person(rule, rows, settled), []
        need = self._threshold(rule, params)
        asks_only = rule.sql is None and bool(unasked)
        if any(gap.state == "missing" for gap in gaps):
            # nothing was ever gathered: a row that says so would read like an accusation
            rows = [row for row in rows if row.certainty != "unknown"]
        tally = Tally.of(rule, rows, need)
        outcome = outcome_of(rule, tally, complete=not gaps and not asks_only)
        reason = _reason(rule, outcome, gaps, tally, asks_only)
        return replace(
            _frame(rule, outcome),
            problem=_problem(rule, rows),
            points=tally.points,
            at_risk=at_risk(rule, tally, outcome, complete=not gaps),
            cap=rule.effect.cap,
            reason=reason or (f"人工认定：{_by(settled)}" if settled else None),
            blocks=blocking and outcome in {Outcome.OPEN, Outcome.REVIEW} and not _observing(gaps),
            sample=sample,
            unasked=tuple(unasked),
            findings=self._findings(rule, rows),
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
        rows = self.facts.ask(rule.sample.sql, params)[: rule.sample.n]
        if any(r["key"] is None for r in rows):
            raise _BrokenRule("key is NULL in the sample")
        self.facts.fill_sample(rows)
        return tuple(Sampled(str(r["key"]), str(r.get("url") or ""), str(r.get("title") or "")) for r in rows)

    def _threshold(self, rule: Rule, params: dict[str, Any]) -> int:
        wanted = rule.effect.at_least
        if not isinstance(wanted, Threshold):
            return wanted
        rows = self.facts.ask(wanted.sql, params)
        if len(rows) != 1 or not isinstance(value := next(iter(rows[0].values())), int):
            raise _BrokenRule("at_least.sql must return one whole number")
        return max(1, value)

    def _rows(self, loaded: LoadedRule, params: dict[str, Any]) -> list[Row]:
        assert loaded.rule.sql is not None
        return [self._row(loaded, raw) for raw in self.facts.ask(loaded.rule.sql, params)]

    def _row(self, loaded: LoadedRule, raw: dict[str, Any]) -> Row:
        rule = loaded.rule
        for name, value in raw.items():
            if value is None:
                raise _BrokenRule(f"{name} is NULL in a row")
        if raw["subject"] != self.subject:
            raise _BrokenRule(f"a row is about {raw['subject']}, not {self.subject}")
        clause = raw.get("clause", next(iter(rule.clauses)))
        if clause not in rule.clauses:
            raise _BrokenRule(f"a row names clause '{clause}', which the rule does not have")
        certainty = raw.get("certainty", "certain")
        if certainty not in {"certain", "candidate"}:
            raise _BrokenRule(f"certainty '{certainty}' is neither certain nor candidate")
        gaps = [] if rule.proof == "presence" else self._gaps(loaded, raw.get("scope"))
        detail = str(raw["detail"])
        if gaps:
            certainty, detail = "unknown", _undecided(detail, gaps)
        location, named = str(raw["location"]), str(raw.get("item", ""))
        item = named or location
        key = str(raw.get("key", "")) or (f"{location}#{item}" if named else location)
        return Row(
            clause, item, location, detail, certainty, key,
            str(raw.get("url") or location), str(raw.get("quote") or ""),
        )  # fmt: skip

    def _gaps(self, loaded: LoadedRule, scope: Any) -> list[Gap]:
        if scope:
            return self.coverage.gaps_at(loaded.needs, str(scope))
        return self.coverage.gaps(loaded.needs, columns=False)

    def _answered(self, rule: Rule, rows: list[Row]) -> tuple[list[Row], list[str]]:
        """Let people's answers confirm or clear rows, and add what they answered to `ask` clauses."""
        mine = {(a["clause"], _spaced(a["item"])): a for a in self.answers if a["rule"] == rule.id}
        kept = []
        for row in rows:
            answer = mine.get((row.clause, _spaced(row.item)))
            if answer is None or row.certainty == "certain":
                kept.append(row)
            elif answer["problem"]:
                kept.append(replace(row, certainty="certain", quote=row.quote or _by(answer)))
        unasked = []
        for name, clause in rule.clauses.items():
            if not clause.ask:
                continue
            given = [a for (c, _), a in mine.items() if c == name]
            shown = {_spaced(row.item) for row in rows if row.clause == name}
            kept += [
                self._answer_row(name, clause, a) for a in given if a["problem"] and _spaced(a["item"]) not in shown
            ]
            if not given:
                unasked.append(clause.ask)
        order = list(rule.clauses)
        return sorted(kept, key=lambda r: (order.index(r.clause), astuple(r))), unasked

    def _settled(self, rule: Rule) -> dict[str, Any] | None:
        """A person's answer to the rule as a whole: it stands for what could not be gathered."""
        if rule.review.ask is None:
            return None
        seen = self._newest_post() if rule.review.newest else ""  # what was said before it speaks of another time
        return next(
            (
                a
                for a in self.answers
                if a["rule"] == rule.id and not a["item"] and not _asks(rule, a["clause"]) and a["on_date"] >= seen
            ),
            None,
        )

    def _newest_post(self) -> str:
        rows = self.facts.ask("SELECT newest_on FROM post_freshness")
        return str(rows[0]["newest_on"]) if rows else ""

    def _contradicts(self, rule: Rule, answer: dict[str, Any], rows: list[Row], gaps: list[Gap]) -> bool:
        """Whether a person named a problem before this inspection found none, or against a post with its date."""
        if not answer["problem"] or rows or gaps:
            return False
        return rule.review.newest or bool(answer["on_date"] < self.params["today"])

    def _doubted(self, rule: Rule, answer: dict[str, Any]) -> Row:
        said = self._answer_row(answer["clause"], rule.clauses[answer["clause"]], answer)
        told = f"{answer['on_date']}人工认定有问题，与本次检查所见不符，请重新核实"
        return replace(said, certainty="candidate", detail=f"{told}（{said.detail}）")

    def _by_person(self, rule: Rule, rows: list[Row], answer: dict[str, Any]) -> list[Row]:
        """What stands after a person settled the rule: what is certain by itself stays, the rest follows the answer."""
        certain = [row for row in rows if row.certainty == "certain"]
        if certain or not answer["problem"]:
            return certain
        likely = [
            replace(row, certainty="certain", quote=row.quote or _by(answer))
            for row in rows
            if row.certainty == "candidate"
        ]
        return likely or [self._answer_row(answer["clause"], rule.clauses[answer["clause"]], answer)]

    def _answer_row(self, name: str, clause: Clause, answer: dict[str, Any]) -> Row:
        place = self._home()
        item = answer["item"] or place
        detail = answer["detail"] or clause.problem
        key = f"{place}#{item}" if clause.ask or answer["item"] else place  # that of the row a machine would have found
        return Row(name, item, place, detail, "certain", key, place, _by(answer))

    def _home(self) -> str:
        if self.kind == "account":
            return f"account:{self.subject}"
        return str(self.facts.ask("SELECT url FROM address WHERE id = :id", {"id": self.entry["url"]})[0]["url"])

    def _findings(self, rule: Rule, rows: list[Row]) -> tuple[Finding, ...]:
        """Every row as a finding; the points of an item stand on its first row, within the cap in order."""
        left = rule.effect.cap
        sign = -1 if rule.effect.kind == "deduct" else 1
        paid: set[tuple[str, str]] = set()
        found = []
        for row in sorted(rows, key=lambda r: RANK[r.certainty]):
            clause = rule.clauses[row.clause]
            points = NOTHING
            if row.certainty == "certain" and not clause.notice and (row.clause, row.item) not in paid:
                points = min(left, clause.points)
                left -= points
                paid.add((row.clause, row.item))
            found.append(self._finding(rule, row, sign * points + 0))
        return tuple(found)

    def _finding(self, rule: Rule, row: Row, points: Decimal) -> Finding:
        clause = rule.clauses[row.clause]
        mark = fingerprint(rule.id, self.subject, row.key)
        seen_at, sha256 = self._seen(row)
        return Finding(
            mark, row.clause, clause.problem, row.item, row.location, row.detail, row.url, row.certainty, points,
            Evidence(seen_at, row.quote, None, sha256 or None), clause.notice,
            Change.UNCHANGED if mark in self.known else Change.NEW, self.known.get(mark, str(self.params["as_of"])),
        )  # fmt: skip

    def _seen(self, row: Row) -> tuple[str, str]:
        sql = (
            "SELECT f.seen_at, f.sha256 FROM address a JOIN fetch f ON f.url = a.id WHERE a.url = :url "
            "ORDER BY f.outcome <> 'ok', f.seen_at DESC LIMIT 1"
        )
        for url in (row.location, row.url):
            found = self.facts.ask(sql, {"url": url})
            if found:
                return str(found[0]["seen_at"]), str(found[0]["sha256"])
        return str(self.params["as_of"]), ""


def _reason(rule: Rule, outcome: Outcome, gaps: list[Gap], tally: Tally, asks_only: bool) -> str | None:
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


def _undecided(detail: str, gaps: list[Gap]) -> str:
    """What a row of an ungathered place says: the reason first, and what was seen only if something was."""
    if all(gap.state == "partial" for gap in gaps):
        return f"{detail}（{explain(gaps)}，不能判定）"
    return f"不能判定：{explain(gaps)}"


def _asks(rule: Rule, clause: str) -> bool:
    """Whether a clause is a question of its own (or is no clause of the rule any more)."""
    return clause not in rule.clauses or bool(rule.clauses[clause].ask)


def _spaced(item: str) -> str:
    """An item as it is compared: a spreadsheet keeps neither several blanks nor line breaks."""
    return " ".join(item.split())


def _by(answer: dict[str, Any]) -> str:
    return "：".join(filter(None, [f"{answer['by']}，{answer['on_date']}", answer["detail"]]))


def fingerprint(rule: str, subject: str, key: str) -> str:
    """Identity of a finding over scans: rule, subject and key; never text, never points."""
    return hashlib.sha256(f"{rule}\0{subject}\0{key}".encode()).hexdigest()[:20]


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
