"""Units, their subjects, and what the rules found there, in the order in which a reader wants them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from checker.model.results import Assessment, Finding, Gone, Outcome, Sampled, Scan, SubjectResult, UnitResult, Verdict
from checker.report._counted import CANDIDATES, PROBLEMS, Count, counts_of, kind_of
from checker.report._doubts import Common, telling
from checker.report._rows import CERTAINTY_WORDS, EARLY, Row, change_word, gone_own, standing, why_unseen, without_row
from checker.report._wording import EFFECTS, VERDICTS, figures_read, half_decided, home_unread, untold
from checker.report.text import KINDS

FEW = 20
"""Rows of one rule that stand open; more are folded until somebody wants them."""
_EFFECTS = list(EFFECTS)
_CERTAINTIES = list(CERTAINTY_WORDS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding with its place in the report; `change` is what became of it, '' where nobody could look.

    `unseen` is why one that was known could not be looked at now.
    """

    anchor: str
    subject: SubjectResult
    rule: Assessment
    finding: Finding
    effect: str
    change: str
    unseen: str = ""

    @property
    def problem(self) -> str:
        """What is wrong, in the words of the clause or else of the rule."""
        return self.finding.problem or self.rule.problem

    @property
    def wording(self) -> str:
        """The problem and its detail, once where they are the same."""
        if self.finding.certainty == "unknown":
            return untold(self.problem, self.finding.detail)
        detail = self.finding.detail
        return "：".join(filter(None, [self.problem, detail if detail != self.problem else ""]))

    @property
    def standing(self) -> str:
        """What it does to its subject, 否决 or 计分; or why it does nothing, 未达否决标准 or 待人工确认."""
        return standing(Row(self.subject, self.rule, self.finding))

    @property
    def early(self) -> bool:
        """Whether it warns before the limit of a rule that counts is reached."""
        return self.effect != self.rule.effect

    @property
    def kind(self) -> str:
        """单项否决, 扣分, 加分, 提示 or 预警."""
        return EARLY if self.early else EFFECTS[self.effect]

    @property
    def certainty(self) -> str:
        """确定, 候选 or 无法判定."""
        return CERTAINTY_WORDS.get(self.finding.certainty, self.finding.certainty)

    @property
    def counts(self) -> bool:
        """Whether it is a certain problem that nobody has suppressed, and that a recheck could look at again."""
        f = self.finding
        return f.certainty == "certain" and not f.suppressed and f.rechecked != "unknown" and self.effect != "bonus"

    @property
    def kind_counted(self) -> str:
        """Which of the counts it belongs to."""
        return kind_of(Row(self.subject, self.rule, self.finding))

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where it stands and what it is about, once where both are the same; an account has no page to stand on."""
        location, url = ("" if p.startswith("account:") else p for p in (self.finding.location, self.finding.url))
        named = [("位置", location if location != url else ""), ("地址", url)]
        return [(label, value) for label, value in named if value]


@dataclass(frozen=True, slots=True)
class Group:
    """One rule with rows of one effect; `early` = an early warning of a rule that has another effect."""

    anchor: str
    rule: Assessment
    effect: str
    rows: list[Entry]
    early: bool

    @property
    def problem(self) -> str:
        """The problem that all its rows have, to be said once; '' if they differ or none was seen."""
        if all(row.finding.certainty == "unknown" for row in self.rows):
            return ""
        problems = {row.problem for row in self.rows if row.finding.detail}
        return problems.pop() if len(problems) == 1 and all(row.finding.detail for row in self.rows) else ""

    @property
    def folded(self) -> bool:
        """Whether there are too many rows to stand open."""
        return len(self.rows) > FEW


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: `groups` by effect, what is `undecided` (reason, rules), `alike` of them told elsewhere."""

    anchor: str
    result: SubjectResult
    groups: dict[str, list[Group]]
    undecided: list[tuple[str, list[Assessment]]]
    open_count: int
    alike: int
    questions: list[tuple[str, str]]
    samples: list[tuple[Assessment, tuple[Sampled, ...]]]
    bare: list[Entry]
    gone: list[Gone]

    @property
    def rows(self) -> list[Entry]:
        """All its rows, those last that only say that a rule is undecided."""
        return [row for groups in self.groups.values() for group in groups for row in group.rows] + self.bare

    @property
    def word(self) -> str:
        """Its verdict in a word, and whether vetoes were left undecided although it is 合格."""
        word = VERDICTS[self.result.verdict] if self.result.verdict else "不作判定"
        return f"{word}（未判定完）" if half_decided(self.result) else word

    @property
    def unread(self) -> str:
        """Why its home page could not be read."""
        return home_unread(self.result)

    @property
    def waiting(self) -> str:
        """What a pending verdict waits for."""
        if self.result.verdict is not Verdict.PENDING:
            return ""
        return "、".join(f"{a.rule} {a.title}" for a in self.result.assessments if a.blocks) or "未定的单项否决"

    @property
    def rest(self) -> list[str]:
        """What passed, and how much was read for it."""
        outcomes = Counter(a.outcome for a in self.result.assessments)
        names = {Outcome.PASS: "通过", Outcome.NOT_EARNED: "未得加分", Outcome.NOT_APPLICABLE: "不适用"}
        parts = [f"{word} {outcomes[outcome]} 项" for outcome, word in names.items() if outcomes[outcome]]
        read = figures_read(self.result.statistics)
        return parts + ([f"已读：{'，'.join(read)}"] if read else [])


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its subjects; `result` is None where the scan has no line for it."""

    anchor: str
    name: str
    group: str
    result: UnitResult | None
    subjects: list[Subject]

    @property
    def rows(self) -> list[Entry]:
        """All rows of its subjects."""
        return [row for subject in self.subjects for row in subject.rows]

    @property
    def verdict_line(self) -> str:
        """合格（20项中15项已判定）, over the vetoes of all its subjects."""
        if not (self.result and self.result.verdict):
            return "不作判定"
        judged = [s.result.decided for s in self.subjects if s.result.verdict is not None]
        of, decided = sum(d.of for d in judged), sum(d.decided for d in judged)
        return f"{VERDICTS[self.result.verdict]}（{of}项中{decided}项已判定）"

    @property
    def counts(self) -> dict[str, Count]:
        """How much there is of each kind."""
        return counts_of(subject.result for subject in self.subjects)

    @property
    def certain(self) -> int:
        """How many certain problems count."""
        return self.counts[PROBLEMS].number

    @property
    def candidates(self) -> int:
        """How many rows a person must confirm."""
        return self.counts[CANDIDATES].number

    @property
    def vetoes(self) -> int:
        """How many vetoes have fallen on its subjects."""
        return sum(a.effect == "veto" and a.outcome is Outcome.FAIL for a in self._assessments())

    @property
    def deducted(self) -> Decimal:
        """Points that deductions cost its subjects together, as a negative number."""
        return sum((a.points for a in self._assessments() if a.effect == "deduct"), Decimal(0))

    def _assessments(self) -> Iterator[Assessment]:
        return (a for s in self.subjects for a in s.result.assessments)


def units_of(scan: Scan, common: Common) -> list[Unit]:
    """Units as the scan orders them, then those that only subjects name; each with its subjects."""
    members: dict[str, list[SubjectResult]] = {u.unit: [] for u in scan.units}
    for subject in scan.subjects:
        members.setdefault(subject.unit, []).append(subject)
    results = {u.unit: u for u in scan.units}
    subjects, rows = count(1), count(1)
    return [
        Unit(
            f"u{number}",
            name,
            results[name].group if name in results else found[0].group,
            results.get(name),
            [_subject(one, common, scan, f"s{next(subjects)}", rows) for one in found],
        )
        for number, (name, found) in enumerate(((n, f) for n, f in members.items() if f), 1)
    ]


def _subject(subject: SubjectResult, common: Common, scan: Scan, anchor: str, numbers: Iterator[int]) -> Subject:
    shared = common.undecided.get(subject.kind, {})
    undecided = [a for a in subject.assessments if a.outcome is Outcome.OPEN]
    own = [a for a in undecided if (a.rule, a.reason or "") not in shared]
    asked = common.questions.get(subject.kind, frozenset())
    bare = [
        Entry(f"{anchor}o", subject, a, f, a.effect, "")
        for a in subject.assessments
        for f in a.findings
        if f not in telling(a)
    ]
    return Subject(
        anchor,
        subject,
        _groups(subject, scan, anchor, numbers),
        by_reason(own),
        len(undecided),
        len(undecided) - len(own),
        [(a.rule, q) for a in subject.assessments for q in a.unasked if (a.rule, q) not in asked],
        [(a, a.sample) for a in subject.assessments if a.sample],
        bare,
        _gone(subject),
    )


def _gone(subject: SubjectResult) -> list[Gone]:
    """What is gone and not told of among the findings of its rule."""
    return without_row(gone_own(subject), ((a.rule, f) for a in subject.assessments for f in telling(a)))


def _groups(subject: SubjectResult, scan: Scan, anchor: str, numbers: Iterator[int]) -> dict[str, list[Group]]:
    """Rules with rows under the effect that the rows have: an early warning of a veto is a notice."""
    found: dict[str, list[Group]] = {effect: [] for effect in EFFECTS}
    rules, again, unseen = count(1), scan.kind == "recheck", why_unseen(subject)
    for rule in subject.assessments:
        said = telling(rule)
        bare = rule.outcome in {Outcome.FAIL, Outcome.REVIEW} and not rule.findings
        for effect, early in ((rule.effect, False), ("notice", True)):
            listed = [f for f in said if f.notice == early]
            if not listed and not (bare and not early):
                continue
            rows = [
                Entry(f"f{next(numbers)}", subject, rule, f, effect, change, unseen.get(row.mark, ""))
                for f in sorted(listed, key=_order)
                for row in [Row(subject, rule, f)]
                for change in [change_word(row, scan.as_of, again, unseen)]
            ]
            found[effect].append(Group(f"{anchor}r{next(rules)}", rule, effect, rows, effect != rule.effect))
    return {effect: groups for effect, groups in found.items() if groups}


def _order(finding: Finding) -> tuple[bool, int]:
    """Certain rows first, suppressed ones last."""
    return bool(finding.suppressed), _CERTAINTIES.index(finding.certainty)


def by_reason(undecided: Iterable[Assessment]) -> list[tuple[str, list[Assessment]]]:
    """Open rules, those with the same reason together; vetoes first."""
    grouped: dict[str, list[Assessment]] = defaultdict(list)
    for assessment in sorted(undecided, key=lambda a: _EFFECTS.index(a.effect)):
        grouped[assessment.reason or "原因不明"].append(assessment)
    return list(grouped.items())


@dataclass(frozen=True, slots=True)
class Shared:
    """What all subjects of a kind have undecided, and the questions that wait for every one of them."""

    anchor: str
    title: str
    undecided: list[tuple[str, list[Assessment]]]
    count: int
    questions: list[tuple[str, str]]


def shared_of(scan: Scan, common: Common) -> dict[str, Shared]:
    """The shared part of each kind of subject that has one."""
    order = list(dict.fromkeys((a.rule, q) for s in scan.subjects for a in s.assessments for q in a.unasked))
    found = {}
    for kind, title in KINDS.items():
        undecided = common.undecided.get(kind, {})
        asked = [pair for pair in order if pair in common.questions.get(kind, frozenset())]
        if undecided or asked:
            found[kind] = Shared(f"shared-{kind}", title, by_reason(undecided.values()), len(undecided), asked)
    return found
