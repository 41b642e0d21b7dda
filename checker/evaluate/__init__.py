"""Rules over facts: the desk assesses one subject, coverage says what was gathered, outcome what rows amount to."""

from checker.evaluate.desk import applies, evaluate, fingerprint

__all__ = ["applies", "evaluate", "fingerprint"]
