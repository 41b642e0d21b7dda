"""Rules over facts: the desk assesses one subject, coverage says what was gathered, outcome what rows amount to."""

from checker.evaluate.coverage import PLACES
from checker.evaluate.desk import applies, evaluate
from checker.evaluate.findings import fingerprint

__all__ = ["PLACES", "applies", "evaluate", "fingerprint"]
