"""Stub."""
from checker.extract.contract import Extracted, Extractor
EXTRACTOR = Extractor("marks", (), lambda p, c: Extracted())
