"""What became of findings that were known before and are not there now (design §2): rectified only if examined again.

Comes in: closed facts, the rules, the known findings of the subject, its assessments of today. Goes out: one Gone each.
Whoever is in doubt says notSeen: a finding wrongly taken as rectified is not looked for again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from checker.evaluate.answers import cleared_by, keys_found
from checker.evaluate.coverage import Coverage
from checker.evaluate.examined import Case, Examined, Said, not_seen, others
from checker.evaluate.findings import counted, known_findings
from checker.evaluate.looked import Looked, Sight
from checker.evaluate.rows import BROKEN
from checker.facts.query import FactsReader, QueryError
from checker.model.context import KnownFinding
from checker.model.results import Assessment, Change, Finding, Gone, Outcome
from checker.rules import LoadedRule, RuleSet


def gone_of(
    reader: FactsReader, rules: RuleSet, known: Iterable[KnownFinding], assessments: Sequence[Assessment]
) -> tuple[Gone, ...]:
    """What became of every known finding of this subject that is not among the certain and candidate rows.

    An early warning is no row of a finding that counted. Findings of other subjects are left out; those that were
    rectified before are for the caller to leave out.
    """
    desk = _Again(reader, rules, assessments)
    mine = [k for k in known if k.subject == desk.looked.subject]
    mine.sort(key=lambda k: desk.speaks_of_others(k.rule))  # these come last
    gone = [desk.gone(k) for k in mine if not desk.stands(k)]
    return tuple(sorted(gone, key=lambda g: (g.rule, g.clause, g.item, g.location, g.fingerprint)))


@dataclass(slots=True)
class _Again:
    """One subject: what its rules said, what was looked at, what has been settled of its known findings so far."""

    reader: FactsReader
    rules: RuleSet
    assessments: Sequence[Assessment]
    looked: Looked = field(init=False)
    examined: Examined = field(init=False)
    loaded: dict[str, LoadedRule] = field(init=False)
    said: dict[str, Assessment] = field(init=False)
    standing: set[str] = field(init=False)
    warnings: dict[str, Finding] = field(init=False)
    unknown: set[str] = field(init=False)
    told: dict[str, KnownFinding] = field(init=False)
    settled: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.looked = Looked.at(self.reader)
        self.examined = Examined(self.looked, Coverage.read(self.reader))
        self.loaded = {loaded.rule.id: loaded for loaded in self.rules.rules}
        self.said = {a.rule: a for a in self.assessments}
        rows = [f for a in self.assessments for f in a.findings]
        self.standing = {f.fingerprint for f in rows if f.certainty != "unknown" and not f.notice}
        self.warnings = {f.fingerprint: f for f in rows if f.certainty != "unknown" and f.notice}
        self.unknown = {f.fingerprint for f in rows if f.certainty == "unknown"} - self.standing
        self.told = {k.fingerprint: k for k in known_findings(self.reader)}

    def speaks_of_others(self, rule: str) -> bool:
        """Whether a rule speaks of what became of other findings."""
        return rule in self.loaded and "finding_state" in self.loaded[rule].reads

    def stands(self, k: KnownFinding) -> bool:
        """Whether a finding has a row today; where it counted, a mere warning is none."""
        if not k.fingerprint or k.fingerprint in self.standing:
            return bool(k.fingerprint)
        known = self.loaded.get(k.rule)
        return k.fingerprint in self.warnings and (known is None or not counted(known.rule, k.clause))

    def gone(self, k: KnownFinding) -> Gone:
        """What became of one finding that has no row."""
        try:
            change, reason = self._became(k)
            if change is Change.NOT_SEEN:
                change, reason = self._taken_away(k) or (change, reason)
            if change is Change.REMOVED and self.looked.lost:
                change, reason = not_seen("首页也打不开，不能判定页面是否已撤下")
        except QueryError as error:  # one finding must not take the others with it
            change, reason = not_seen(f"未能核对：{error}")
        except Exception as error:  # e.g. what an older sheet gave as an address
            change, reason = not_seen(f"未能核对：{type(error).__name__}: {error}")
        self.settled[k.fingerprint] = change
        if change is Change.RECTIFIED and k.fingerprint in self.warnings:
            reason = f"{reason}；仍有预警：{self.warnings[k.fingerprint].detail}"
        return Gone(
            k.rule, k.fingerprint, k.clause, k.problem, k.item, k.location, k.detail, k.url, k.certainty, k.first_seen,
            k.last_seen, k.notified_on, change, reason,
        )  # fmt: skip

    def _became(self, k: KnownFinding) -> Said:
        if k.rule not in self.loaded or k.rule not in self.said:
            return not_seen("规则未启用" if k.rule else "没有对应的检查规则，需人工核实")
        case = Case(k, self.loaded[k.rule], self.said[k.rule])
        barred = self._not_judged(case) or self._not_to_tell(case)
        if barred:
            return not_seen(barred)
        if self.speaks_of_others(k.rule):
            return self._as_the_other(k)
        return self._by_person(case) or (self._found(case) if case.seeks else self.examined.became(case))

    def _taken_away(self, k: KnownFinding) -> Said | None:
        """Whether the page or column that it is about is gone, which may be what left its rule without the facts.

        What stands on several pages, or is about something else, is not gone with one of them.
        """
        loaded, looked = self.loaded.get(k.rule), self.looked
        own = k.location in {k.key, k.scope} or k.key.startswith((f"{k.location}#", f"{k.location} "))
        if not own or not looked.home or self.speaks_of_others(k.rule):
            return None
        if loaded is not None and loaded.rule.effect.kind == "bonus":
            return None
        sight, why = looked.page(k.location)
        words = why.replace("所在页面", "栏目页面") if k.location == k.scope else why
        return (Change.REMOVED, words) if sight is Sight.GONE else None

    def _not_judged(self, case: Case) -> str:
        """Why the rule has no verdict on it today, '' if it has."""
        if case.today.outcome is Outcome.NOT_APPLICABLE:
            return "规则不适用"
        if (case.today.reason or "").startswith(BROKEN):
            return "规则执行出错，本次未再检查"
        return "采集不完整，本次不能判定" if case.known.fingerprint in self.unknown else ""

    def _not_to_tell(self, case: Case) -> str:
        """Why that a row is missing means nothing, '' if it may mean something."""
        k, today, rule = case.known, case.today, case.loaded.rule
        if rule.effect.kind == "bonus":
            return "加分情形，本次未再见到"
        if k.clause and k.clause not in rule.clauses:
            return "规则已修改，需人工核实"
        if not k.key and not k.source and rule.sql is not None:
            return "没有记录问题所在，需人工核实"
        clear = today.outcome is Outcome.PASS and all(f.notice for f in today.findings)
        if not k.key and (not clear or rule.sample):
            return "来自通报，需人工核实"
        return ""

    def _as_the_other(self, k: KnownFinding) -> Said:
        """A finding about another finding goes as that one went."""
        if self.settled.get(k.key or k.item) is Change.RECTIFIED:
            return Change.RECTIFIED, "所通报的问题已整改"
        return self._settled_before(k) or not_seen("所通报的问题本次未能确认已整改")

    def _settled_before(self, k: KnownFinding) -> Said | None:
        """The finding that it speaks of was accepted or rectified before this inspection; a scan is not told of those
        that were accepted, and of what came back only after a circular names it again."""
        if k.fingerprint not in self.told:
            return None
        other = self.told.get(k.key or k.item)
        if other is None:
            return Change.RECTIFIED, "所通报的问题已经人工确认"
        before = not other.notified_on or other.rectified_on >= other.notified_on
        return (Change.RECTIFIED, "所通报的问题此前已整改") if before else None

    def _by_person(self, case: Case) -> Said | None:
        """What a person answered since; a question that only people answer is settled by nobody else."""
        answered = cleared_by(self.reader, case.loaded, case.known, case.today)
        if answered:
            return Change.RECTIFIED, f"人工认定：{answered}"
        clause = case.loaded.rule.clauses.get(case.known.clause)
        asks_only = case.loaded.rule.sql is None or (clause is not None and bool(clause.ask))
        return not_seen("需人工核实") if asks_only else None

    def _found(self, case: Case) -> Said:
        """What was missing was found: that proves itself, whatever else was not read."""
        if others(case):
            return not_seen("同一规则本次仍有其他问题，需人工核实")
        if case.today.outcome is not Outcome.PASS:
            return not_seen("本次检查没有结论")
        with self.reader.doubting_links():
            doubted = keys_found(self.reader, case.loaded, case.today)
        if doubted and case.known.key in doubted | {""}:
            return not_seen("只见到有关链接，本次未能确认可以打开")
        return Change.RECTIFIED, "本次检查已见到，问题不再存在"
