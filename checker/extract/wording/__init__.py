"""Texts to hits of the word lists: pages, attachments and posts are read by the same function.

Comes in: a text, the compiled lists, the day of the text. Goes out: hits with their place in the original text and a
quote of it in which personal data are masked. Pure; raises nothing for what a text holds.
"""

from checker.extract.wording.matching import Hit, Lexicon, compiled, hits
from checker.extract.wording.quoting import masked, quote_of

__all__ = ["Hit", "Lexicon", "compiled", "hits", "masked", "quote_of"]
