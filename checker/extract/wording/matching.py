"""Many terms at once: one automaton over the folded text, then exceptions, guards, validity and overlaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, product
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

from checker.extract.wording.folding import fold, fold_with_places
from checker.extract.wording.quoting import quote_of
from checker.model.lexicon import Category, Term, WordList

_MOST_SPACED = 8
"""Characters up to which a term is also sought with blanks between them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a text: where it stands in the original (characters from `start` up to `end`) and how it reads
    there, what it should read ('' if nobody says), a quote, and the list that says so.
    """

    start: int
    end: int
    found: str
    term: str
    suggestion: str
    category: str
    certainty: str
    quote: str
    lexicon: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a pattern of the automaton is: a term of a list, one of its exceptions, or a guard of a list."""

    words: WordList
    term: Term | None
    name: str
    excuses: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists made ready to be sought, by `compiled`: `terms` finds terms, `everything` what excuses them too."""

    lists: tuple[WordList, ...]
    entries: tuple[tuple[_Entry, ...], ...]
    terms: AhoCorasick
    everything: AhoCorasick

    def lacking(self, categories: Iterable[Category], on_day: date) -> tuple[Category, ...]:
        """The categories for which no list holds on a day."""
        there = {one.category for one in self.lists if one.holds(on_day)}
        return tuple(category for category in categories if category not in there)


@lru_cache(maxsize=8)
def compiled(lists: tuple[WordList, ...]) -> Lexicon:
    """The lists as one automaton; made once for the same lists."""
    entries: dict[str, list[_Entry]] = {}
    for words in lists:
        for guard in words.guards:
            entries.setdefault(fold(guard), []).append(_Entry(words, None, guard, excuses=True))
        for term in words.terms:
            for name in term.term:
                for form in _forms(fold(name), term.spaced):
                    entries.setdefault(form, []).append(_Entry(words, term, name))
            for longer in term.unless:
                for form in _forms(fold(longer), term.spaced):
                    entries.setdefault(form, []).append(_Entry(words, term, longer, excuses=True))
    terms = [pattern for pattern, of in entries.items() if not all(entry.excuses for entry in of)]
    return Lexicon(lists, tuple(map(tuple, entries.values())), AhoCorasick(terms), AhoCorasick(entries))


def _forms(term: str, spaced: bool) -> Iterator[str]:
    if not spaced or len(term) > _MOST_SPACED:
        yield term
        return
    for gaps in product(("", " "), repeat=len(term) - 1):
        yield "".join(a + b for a, b in zip(term, (*gaps, ""), strict=True))


def hits(text: str, lexicon: Lexicon, on_day: date) -> tuple[Hit, ...]:
    """The terms that a text of that day holds, in the order in which they stand; of overlapping ones the longest."""
    if not text or not lexicon.terms.find_matches_as_indexes(fold(text)):
        return ()
    folded, places = fold_with_places(text)
    spans = [
        (start, end, entry)
        for index, start, end in lexicon.everything.find_matches_as_indexes(folded, overlapping=True)
        if _stands_alone(folded, start, end)
        for entry in lexicon.entries[index]
        if entry.words.holds(on_day) and (entry.term is None or entry.term.holds(on_day))
    ]
    return tuple(_hit(text, places, span) for span in _longest(_heavy(_unexcused(spans))))


_Span = tuple[int, int, _Entry]


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether what begins or ends with a Latin letter or digit is no part of a longer word or number."""

    def joined(at: int) -> bool:
        return 0 < at < len(folded) and all(c.isascii() and c.isalnum() for c in folded[at - 1 : at + 1])

    return not joined(start) and not joined(end)


def _unexcused(spans: list[_Span]) -> list[_Span]:
    """Without those that stand inside an exception of theirs, or near a guard of their list."""
    longer: dict[int, list[tuple[int, int]]] = {}
    guards: dict[int, list[int]] = {}
    for start, end, entry in sorted(spans, key=lambda span: span[:2]):
        if entry.excuses and entry.term is not None:
            longer.setdefault(id(entry.term), []).append((start, end))
        elif entry.excuses:
            guards.setdefault(id(entry.words), []).append(start)
    reach = {term: list(accumulate((b for _, b in found), max)) for term, found in longer.items()}

    def inside(term: int, start: int, end: int) -> bool:
        at = bisect_right(longer.get(term, ()), start, key=itemgetter(0))
        return at > 0 and reach[term][at - 1] >= end

    return [
        (start, end, entry)
        for start, end, entry in spans
        if not entry.excuses
        and not inside(id(entry.term), start, end)
        and not _near(guards.get(id(entry.words), []), start - entry.words.within, end + entry.words.within)
    ]


def _near(starts: list[int], begin: int, end: int) -> bool:
    at = bisect_left(starts, begin)
    return at < len(starts) and starts[at] <= end


def _heavy(spans: list[_Span]) -> list[_Span]:
    """Without those of lists that ask for more points than the different terms of this text have together."""
    points: dict[int, dict[str, int]] = {}
    for _, _, entry in spans:
        assert entry.term is not None
        points.setdefault(id(entry.words), {})[entry.name] = entry.term.points
    return [span for span in spans if sum(points[id(span[2].words)].values()) >= span[2].words.least]


def _longest(spans: list[_Span]) -> list[_Span]:
    """Of spans of one category that overlap the longest, of equal ones the first."""
    kept: dict[str, list[_Span]] = {}
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        there = kept.setdefault(span[2].words.category, [])
        at = bisect_left(there, span[0], key=itemgetter(0))
        if not (at and there[at - 1][1] > span[0]) and not (at < len(there) and there[at][0] < span[1]):
            there.insert(at, span)
    return sorted((span for found in kept.values() for span in found), key=itemgetter(0, 1))


def _hit(text: str, places: list[int], span: _Span) -> Hit:
    start, end, entry = span
    assert entry.term is not None
    first, behind = places[start], places[end - 1] + 1
    words = entry.words
    return Hit(
        first, behind, text[first:behind], entry.name, entry.term.right, words.category, words.certainty,
        quote_of(text, first, behind), words.label,
    )  # fmt: skip
