"""How exact the page readers are, against what a person reads off the pages; prints numbers and every difference.

Two kinds of pages: real ones (not part of the project: CHECKER_SHARED or ../shared names their folder) and those made
by hand in bench/pages. Two libraries answer the question about publish dates in the same run, if they are installed.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence

from bench import measures
from bench.measures import Answers, Found, Pair
from bench.readers import context, libraries, parsed, read
from bench.samples import Sample, hand_made, real_folder, real_samples
from checker.extract import EXTRACTORS

RUNS = 5
_LIBRARIES = "htmldate and trafilatura are not installed: pip install -e '.[eval]' (make eval does)"

ANSWERS: dict[str, Callable[[Sequence[Pair]], Answers]] = {
    "newest_item": measures.newest_items,
    "whole_list": measures.whole_lists,
    "next_pages": measures.next_pages,
    "column_state": measures.states,
}
"""Questions with one answer a page; the names are those of floors.yaml."""

FOUND: dict[str, Callable[[Sequence[Pair]], Found]] = {
    "columns": measures.columns,
    "column_types": measures.column_types,
    "marks": measures.marks,
    "mark_values": measures.mark_values,
    "marks_not_seen": measures.marks_not_seen,
}
"""Things to be found on pages; the names are those of floors.yaml."""


def ours(pairs: Sequence[Pair]) -> Answers:
    """Our publish dates; libraries() answer the same question."""
    read_off = {sample.name: result.published for sample, result in pairs}
    return measures.publish_dates([sample for sample, _ in pairs], lambda sample: read_off[sample.name])


def percent(share: float | None) -> str:
    """A share as a person reads it; '-' if there is none."""
    return "-" if share is None else f"{share:.1%}"


def publish_dates(title: str, pairs: Sequence[Pair], others: dict[str, Callable[[Sample], str]]) -> None:
    """Ours beside the libraries', then each page that we read differently."""
    samples = [sample for sample, _ in pairs]
    counts = {"checker": ours(pairs)}
    counts |= {name: measures.publish_dates(samples, reader) for name, reader in others.items()}
    print(f"publish date, {title} ({counts['checker'].asked} pages)")
    print(f"  {'':<14}{'right':>8}{'wrong':>8}{'invented':>10}{'none':>7}")
    for name, c in counts.items():
        print(f"  {name:<14}{c.right:>8}{c.wrong:>8}{c.invented:>10}{c.none:>7}   {percent(c.share)}")
    differences(counts["checker"].differing)


def differences(lines: Sequence[str]) -> None:
    """The pages that differ, one a line."""
    for line in lines:
        print(f"    {line}")


def other_facts(title: str, pairs: Sequence[Pair]) -> None:
    """Lists, columns and marks of one set of pages."""
    print(f"lists, columns and marks, {title}")
    silent = []
    for name, measure in ANSWERS.items():
        told = measure(pairs)
        if not told.asked:
            silent.append(name.replace("_", " "))
            continue
        print(f"  {name.replace('_', ' '):<16}{percent(told.share):>8} right   {told.right} of {told.asked}")
        differences(told.differing)
    for name, look in FOUND.items():
        seen = look(pairs)
        if not seen.wanted:
            silent.append(name.replace("_", " "))
            continue
        shares = f"{percent(seen.recall):>8} recall {percent(seen.precision):>8} precision"
        print(f"  {name.replace('_', ' '):<16}{shares}   {seen.right} of {seen.wanted}")
        differences(seen.differing)
    if silent:
        print(f"  nobody has put down what a person reads there: {', '.join(silent)}")


def speed(samples: Sequence[Sample]) -> None:
    """Pages a second on one core, by one process: parsing alone, every extractor alone, and both."""
    pages = [(sample, context(sample)) for sample in samples]
    ready = [(parsed(sample), known) for sample, known in pages]

    def parse_all() -> None:
        for sample, _ in pages:
            parsed(sample)

    def extract_all() -> None:
        for page, known in ready:
            for extractor in EXTRACTORS:
                extractor.run(page, known)

    def read_all() -> None:
        for sample, known in pages:
            page = parsed(sample)
            for extractor in EXTRACTORS:
                extractor.run(page, known)

    size = sum(len(sample.body) for sample in samples) / len(samples) / 1000
    print(f"speed on one core, {len(samples)} pages of {size:.0f} kB on average, median of {RUNS}")
    for name, work in (("parsed", parse_all), ("extracted", extract_all), ("parsed and extracted", read_all)):
        print(f"  {name:<22}{len(samples) / statistics.median(_seconds(work) for _ in range(RUNS)):>7.0f} pages/s")


def _seconds(work: Callable[[], None]) -> float:
    """Processor time: what else the machine does makes no difference."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    """Print every section for the real pages, if they are present, and for the hand-made ones."""
    others = libraries()
    real = real_samples(real_folder())
    sets = {"real pages": real, "hand-made pages": hand_made()}
    if not real:
        print(f"{real_folder()} is not there; name the folder of real data with CHECKER_SHARED")
    if len(others) < 2:
        print(_LIBRARIES)
    known = {title: [(sample, read(sample)) for sample in samples] for title, samples in sets.items() if samples}
    for title, pairs in known.items():
        publish_dates(title, pairs, others)
    for title, pairs in known.items():
        other_facts(title, pairs)
    for samples in filter(None, sets.values()):
        speed(samples)
    return 0


if __name__ == "__main__":
    sys.exit(main())
