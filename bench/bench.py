"""How fast checker is on this machine: a whole scan of the sample city, and reading its pages; prints medians."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from checker.config import shipped
from checker.demo import AS_OF, city
from checker.extract import EXTRACTORS, PageContext
from checker.extract.wording import compiled, hits
from checker.page import parse
from checker.rules import load_rules

SCANS, RUNS = 3, 5


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def scan() -> None:
    """One `checker demo` as a person runs it, with a store of its own."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "checker", "demo", "--quiet", "-o", f"{store}/report.txt", "--store", store]
        subprocess.run(command, check=True)  # noqa: S603 - our own command


def pages() -> list[tuple[str, bytes, str]]:
    """Address, body and Content-Type of every page of the sample city."""
    return [
        (f"http://{host}{path}", reply.body, reply.content_type)
        for host, answers in city().items()
        for path, reply in answers.items()
        if reply.status == 200 and "html" in reply.content_type
    ]


def read(url: str, body: bytes, content_type: str, extract: bool) -> None:
    """Parse a page and, if asked, run every extractor over it."""
    page = parse(url, body, content_type)
    home = "/".join(url.split("/")[:3]) + "/"
    context = PageContext("bench", home, (), AS_OF.date(), AS_OF, "home" if url == home else "column", url)
    for extractor in EXTRACTORS if extract else ():
        extractor.run(page, context)


def rate(extract: bool) -> float:
    """Pages a second, the median of a few runs."""
    known = pages()

    def once() -> None:
        for page in known:
            read(*page, extract)

    runs = [timed(once) for _ in range(RUNS)]
    return len(known) / statistics.median(runs)


def words() -> float:
    """Megabytes of text a second that the word lists are sought in, the median of a few runs."""
    lexicon = compiled(load_rules(shipped("rules")).lexicons)
    texts = [parse(*page).text for page in pages()]
    runs = [timed(lambda: [hits(text, lexicon, AS_OF.date()) for text in texts]) for _ in range(RUNS)]
    return sum(len(text.encode()) for text in texts) / 1e6 / statistics.median(runs)


def main() -> None:
    """Print every number."""
    print(f"Python {sys.version.split()[0]} on {os.cpu_count()} processors")
    print(f"{'page parsed':<28} {rate(extract=False):7.0f} pages/s (median of {RUNS})")
    print(f"{'page parsed and extracted':<28} {rate(extract=True):7.0f} pages/s (median of {RUNS})")
    print(f"{'wording of texts':<28} {words():7.1f} MB/s (median of {RUNS})")
    seconds = statistics.median(timed(scan) for _ in range(SCANS))
    print(f"{'checker demo, whole':<28} {seconds:7.2f} s (median of {SCANS})")


if __name__ == "__main__":
    main()
