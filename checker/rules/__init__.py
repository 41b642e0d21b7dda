"""rules/**.yaml → rules and profiles, all errors of all files at once, every query prepared before any request.

Comes in: the folder. Goes out: a RuleBook (`reading`), and for a profile the RuleSet that judges, with its hash
(`profiles`). Errors: RuleError.
"""

from checker.rules.book import LoadedRule, RuleBook, RuleSet
from checker.rules.prepare import ROW_COLUMNS
from checker.rules.profiles import changed, rule_set
from checker.rules.reading import load_rule, load_rules

__all__ = ["ROW_COLUMNS", "LoadedRule", "RuleBook", "RuleSet", "changed", "load_rule", "load_rules", "rule_set"]
