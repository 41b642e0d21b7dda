"""Pure arithmetic of the evaluation: pages with their truth and what was read → counts and the pages that differ."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from bench.readers import Read
from bench.samples import Sample
from checker.address import same_place

Pair = tuple[Sample, Read]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to a question that may rightly have none: right, wrong, invented (none is there), none (one is there)."""

    right: int
    wrong: int
    invented: int
    none: int
    differing: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """Number of pages."""
        return self.right + self.wrong + self.invented + self.none

    @property
    def share(self) -> float | None:
        """Right answers out of all; None if nothing was asked."""
        return self.right / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Found:
    """Things to be found: how many there are, how many were answered, how many of those are right."""

    wanted: int
    answered: int
    right: int
    differing: tuple[str, ...] = ()

    @property
    def recall(self) -> float | None:
        """What was found out of what is there; None if nothing is."""
        return self.right / self.wanted if self.wanted else None

    @property
    def precision(self) -> float | None:
        """What is there out of what was answered; None if nothing was answered."""
        return self.right / self.answered if self.answered else None


@dataclass(slots=True)
class _Count:
    right: int = 0
    wrong: int = 0
    invented: int = 0
    none: int = 0
    lines: list[str] = field(default_factory=list)


def answers(asked: Iterable[tuple[str, str, str]]) -> Answers:
    """Counts over (name of the page, truth, answer); '' is "none"."""
    count = _Count()
    for name, truth, answer in asked:
        if truth == answer:
            count.right += 1
            continue
        kind = "none" if not answer else "invented" if not truth else "wrong"
        setattr(count, kind, getattr(count, kind) + 1)
        count.lines.append(f"{name}: a person reads {truth or 'none'}, we read {answer or 'none'}")
    return Answers(count.right, count.wrong, count.invented, count.none, tuple(count.lines))


def publish_dates(samples: Sequence[Sample], reader: Callable[[Sample], str]) -> Answers:
    """Publish date as shown, to the day, of every page whose truth is known."""
    return answers((s.name, s.published, reader(s)) for s in samples if "published" in s.known)


def newest_items(pairs: Sequence[Pair]) -> Answers:
    """The newest date of the main list of column pages and of all lists of home pages."""
    return answers((s.name, s.newest, r.newest) for s, r in pairs if "newest" in s.known)


def states(pairs: Sequence[Pair]) -> Answers:
    """What a column page is: list, empty, script, text or elsewhere."""
    return answers((s.name, s.state, r.state) for s, r in pairs if s.state)


def whole_lists(pairs: Sequence[Pair]) -> Answers:
    """Lists of which every entry is right, in order: title, address, date, pinned."""
    return answers(_list_row(s, r) for s, r in pairs if "items" in s.known)


def _list_row(sample: Sample, read: Read) -> tuple[str, str, str]:
    if sample.items == read.items:
        return sample.name, "", ""
    pairs = zip(sample.items, read.items, strict=False)
    place = next((n for n, (truth, item) in enumerate(pairs) if truth != item), min(len(sample.items), len(read.items)))
    truth = f"{len(sample.items)} entries, no. {place + 1} {sample.items[place : place + 1]}"
    return sample.name, truth, f"{len(read.items)} entries, {read.items[place : place + 1]}"


def next_pages(pairs: Sequence[Pair]) -> Answers:
    """Lists whose next page and data calls are all known, and nothing else."""
    known = [(s, r) for s, r in pairs if "next" in s.known]
    return answers((s.name, " ".join(sorted(s.next)), " ".join(sorted(r.next))) for s, r in known)


def columns(pairs: Sequence[Pair]) -> Found:
    """Columns that home pages and site maps offer, by address."""
    return _found(pairs, "columns", lambda s: {same_place(c.url) for c in s.columns}, _column_places)


def column_types(pairs: Sequence[Pair]) -> Found:
    """Columns together with their type, where the truth has one."""
    left_open = {(s.name, same_place(c.url)) for s, _ in pairs for c in s.columns if not c.type}

    def wanted(sample: Sample) -> set[str]:
        return {f"{same_place(c.url)} {c.type}" for c in sample.columns if c.type}

    def read(sample: Sample, result: Read) -> set[str]:
        known = {same_place(c.url) for c in sample.columns}
        typed = [(same_place(c.url), c.type) for c in result.columns]
        return {f"{url} {kind}" for url, kind in typed if url in known and (sample.name, url) not in left_open}

    return _found(pairs, "columns", wanted, read)


def _column_places(_: Sample, read: Read) -> set[str]:
    return {same_place(c.url) for c in read.columns}


def marks(pairs: Sequence[Pair]) -> Found:
    """Marks by kind."""
    return _found(pairs, "marks", lambda s: {m.kind for m in s.marks}, lambda _, r: {m.kind for m in r.marks})


def mark_values(pairs: Sequence[Pair]) -> Found:
    """Marks by kind and value, where a person reads a value."""

    def wanted(sample: Sample) -> set[str]:
        return {f"{m.kind} {_bare(m.kind, m.value)}" for m in sample.marks if m.value}

    def read(sample: Sample, result: Read) -> set[str]:
        valued = {m.kind for m in sample.marks if m.value}
        return {f"{m.kind} {_bare(m.kind, m.value)}" for m in result.marks if m.value and m.kind in valued}

    return _found(pairs, "marks", wanted, read)


def _bare(kind: str, value: str) -> str:
    """A value without blanks and widths; of a police filing its number, which the province and 号 only frame."""
    plain = "".join(unicodedata.normalize("NFKC", value).split()).lower()
    return re.sub(r"\D", "", plain) if kind == "police" else plain


def marks_not_seen(pairs: Sequence[Pair]) -> Found:
    """Kinds of marks that may stand in what was not read, told from absent ones."""
    kinds = partial(_found, pairs, "not_seen", lambda s: set(s.not_seen))
    return kinds(lambda s, r: {kind for kind in s.not_seen if _unseen(s, kind, r)} | _absent(s, r))


def _unseen(sample: Sample, kind: str, read: Read) -> bool:
    return bool({sample.url, f"{sample.url}#{kind}"} & read.not_seen)


def _absent(sample: Sample, read: Read) -> set[str]:
    """Single kinds that we call unread although a person says that they are absent or there."""
    return {scope.partition("#")[2] for scope in read.not_seen if "#" in scope} - set(sample.not_seen)


def _found(
    pairs: Sequence[Pair], truth: str, wanted: Callable[[Sample], set[str]], read: Callable[[Sample, Read], set[str]]
) -> Found:
    lines: list[str] = []
    counts = [0, 0, 0]
    for sample, result in pairs:
        if truth not in sample.known:
            continue
        there, answered = wanted(sample), read(sample, result)
        counts = [counts[0] + len(there), counts[1] + len(answered), counts[2] + len(there & answered)]
        lines += [f"{sample.name}: not found: {what}" for what in sorted(there - answered)]
        lines += [f"{sample.name}: not there: {what}" for what in sorted(answered - there)]
    return Found(counts[0], counts[1], counts[2], tuple(lines))
