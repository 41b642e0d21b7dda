"""The closing block of a verbose scan: what was asked of servers."""

from collections.abc import Mapping

import pytest

from checker.cli.asked import Asked
from checker.fetch import KeyStatistics

HERE = KeyStatistics(requests=10, bytes=2_500_000, waited_seconds=4.6, busy_seconds=2, outcomes={"ok": 10}, retries=1)
THERE = KeyStatistics(
    requests=2,
    bytes=900,
    backoff_seconds=1.5,
    breaker_openings=1,
    refused=7,
    shared=3,
    unchanged=1,
    saved_bytes=123_000,
)


@pytest.mark.parametrize(
    ("processes", "lines"),
    [
        ([], []),
        ([{"192.0.2.1": KeyStatistics()}], []),
        (
            [{"192.0.2.1": HERE}, {"192.0.2.1": HERE, "b.gov.cn": THERE}],
            [
                "asked 2 servers: 22 requests, 5.0 MB; 1 not modified (0.1 MB saved), 3 shared, 2 tried again",
                "waited 9 s for our own limits, 2 s of it more because servers were slow or refused; "
                "1 times given up on a dead one, 7 requests not made",
                "asked most: 192.0.2.1 20 (5.0 MB), b.gov.cn 2 (0.9 kB)",
            ],
        ),
    ],
)
def test_processes_are_summed_and_the_most_asked_named(
    processes: list[Mapping[str, KeyStatistics]], lines: list[str]
) -> None:
    asked = Asked()
    for keys in processes:
        asked.add(keys)
    assert list(asked.lines()) == lines
