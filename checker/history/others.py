"""Rules whose rows are nothing that a subject is told to mend: they speak of other findings, or warn as a whole."""

from checker.rules import RuleSet

SPEAKING_OF_OTHERS = frozenset({"known_finding", "finding_state"})
"""Rules that read these speak of other findings: whoever rectifies those has rectified these."""

OF_OTHERS = frozenset({"x-unrectified"})
"""The shipped one, known also where no stored scan and no folder of rules tells."""

WARNINGS = frozenset({"x-column-due-soon"})
"""Shipped rules that warn early as a whole; of other rules single clauses do (`Finding.notice`)."""


def rules_of_others(rules: RuleSet) -> frozenset[str]:
    """Ids of the rules whose findings speak of other findings."""
    return OF_OTHERS | {loaded.rule.id for loaded in rules.rules if loaded.reads & SPEAKING_OF_OTHERS}
