"""The arithmetic of a week of visits, and the file that holds it."""

import sqlite3
from dataclasses import astuple
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.config import SHANGHAI, shipped
from checker.errors import StoreError
from checker.history import (
    APART,
    Attempt,
    Day,
    Standing,
    account,
    counted,
    coverage_of,
    record_attempts,
    record_visits,
    standings,
    week_of,
)
from checker.history.week import SHARE, TOO_SLOW_MS, VISIT_DAYS, WARNING
from checker.model.context import Visit
from checker.model.results import FetchOutcome
from checker.rules import load_rules

TODAY = date(2026, 11, 22)
START = datetime(2026, 11, 14, tzinfo=SHANGHAI)


def attempt(minutes: float, outcome: str = "ok", elapsed_ms: int = 300, subject: str = "a") -> Attempt:
    """An attempt so many minutes after the start of 14 November."""
    at = (START + timedelta(minutes=minutes)).isoformat(timespec="seconds")
    return Attempt(subject, at, at[:10], outcome, elapsed_ms)


def day(number: int, visits: int, **more: int) -> Day:
    return Day(f"2026-11-{number:02}", visits, **more)


OF_OUTCOME: dict[str, Standing] = {
    **dict.fromkeys(
        (
            "blocked", "challenge", "robots", "private-address", "host-down", "budget", "tls-expired", "tls-wrong-host",
            "tls-untrusted", "tls-protocol", "protocol-error", "decompression-error",
        ),
        Standing.REFUSED,
    ),
    "own-outage": Standing.OWN_OUTAGE,
    **dict.fromkeys(
        (
            "ok", "http-4xx", "http-5xx", "soft-404", "dns", "refused", "unreachable", "reset", "connect-timeout",
            "read-timeout", "total-timeout", "too-large", "too-many-redirects", "redirect-loop", "bad-address",
        ),
        Standing.VISIT,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "standing"), OF_OUTCOME.items())
def test_which_outcomes_are_visits(outcome: str, standing: Standing) -> None:
    assert standings([attempt(0, outcome)]) == [(attempt(0, outcome), standing)]


def test_every_outcome_is_told_apart() -> None:
    assert OF_OUTCOME.keys() == {o.value for o in FetchOutcome}


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [
        ([0, 20, 40], [0, 20, 40]),
        ([0, 19.98, 20], [0, 20]),
        ([0, 10, 20, 30, 40], [0, 20, 40]),
        ([0, 19, 38, 57], [0, 38]),  # the last one that counts is what the distance is from
    ],
)
def test_visits_closer_than_twenty_minutes_do_not_count(minutes: list[float], kept: list[float]) -> None:
    found = standings([attempt(m) for m in minutes])
    assert [a for a, s in found if s is Standing.VISIT] == [attempt(m) for m in kept]
    assert {s for _, s in found} <= {Standing.VISIT, Standing.TOO_SOON}


def test_what_is_no_visit_keeps_nobody_away() -> None:
    found = standings([attempt(0, "blocked"), attempt(5, "own-outage"), attempt(10)])
    assert [s for _, s in found] == [Standing.REFUSED, Standing.OWN_OUTAGE, Standing.VISIT]


def test_visits_counted_elsewhere_count_as_they_are() -> None:
    noted = [Visit(*astuple(attempt(m))) for m in (0, 1, 50)]
    made = [attempt(m) for m in (15, 30, 60, 70)]
    assert [v.at for v in counted(made, noted)] == [attempt(m).at for m in (0, 1, 30, 50, 70)]


def test_a_home_page_beyond_our_bound_was_opened() -> None:
    assert counted([attempt(0, "too-large")]) == [Visit(*astuple(attempt(0)))]


def test_the_account_of_a_week() -> None:
    attempts = [attempt(30 * n) for n in range(48 * 8 + 3)]  # from the 14th to the morning of the 22nd
    slow = {0: 15_000, 1: 14_999, 2: 20_000}
    attempts = [attempt(30 * n, elapsed_ms=slow.get(n - 48, 300)) for n in range(len(attempts))]
    attempts[48 * 2] = attempt(30 * 48 * 2, "dns")
    attempts[48 * 3] = attempt(30 * 48 * 3, "blocked")
    attempts[48 * 4] = attempt(30 * 48 * 4, "own-outage")
    attempts.append(attempt(30 * 48 * 5 + 7))
    week = account("a", TODAY, attempts)
    assert week.days == (
        day(15, 48, failures=2), day(16, 48, failures=1), day(17, 47, refused=1), day(18, 47, own_outages=1),
        day(19, 48, too_soon=1), day(20, 48), day(21, 48),
    )  # fmt: skip
    assert week.today == day(22, 3)
    assert (week.visits, week.failures, week.complete, week.level, week.since) == (334, 3, True, "", "2026-11-14")
    assert coverage_of(week).state == "complete"


@pytest.mark.parametrize(
    ("failures", "level"), [(0, ""), (4, ""), (5, "warning"), (7, "warning"), (8, "over"), (140, "over")]
)
def test_the_early_warning_and_the_limit(failures: int, level: str) -> None:
    """160 visits: 3 % are 4.8 of them, 5 % are 8."""
    attempts = [attempt(1440 + 63 * n, "dns" if n < failures else "ok") for n in range(160)]
    assert account("a", TODAY, attempts).level == level


def test_the_reason_names_what_lacks() -> None:
    attempts = [attempt(30 * n) for n in range(48 * 8) if not 48 * 4 + 12 <= n < 48 * 6]
    attempts += [attempt(30 * n + 5, "own-outage") for n in range(48 * 5, 48 * 5 + 3)]
    attempts += [attempt(30 * n + 5, "challenge") for n in range(48, 50)] + [attempt(1)]
    assert coverage_of(account("a", TODAY, attempts)).reason == (
        "近7天已记录252次访问，应不少于140次（每天不少于20次）；其中11月18日只有12次，11月19日没有访问；"
        "另有不计入的访问：被拒绝、拦截或不允许访问2次、本机断网3次"
    )


def test_the_numbers_are_those_of_the_rule() -> None:
    params = load_rules(shipped("rules")).rules["v2-unreachable"].rule.params
    assert (params["days"], params["seconds"] * 1000, params["share"], params["warning"]) == (
        VISIT_DAYS, TOO_SLOW_MS, SHARE, WARNING,
    )  # fmt: skip


OUTCOMES = st.sampled_from([o.value for o in FetchOutcome])
ATTEMPTS = st.lists(
    st.builds(attempt, st.integers(0, 9 * 24 * 60), OUTCOMES, st.integers(0, 20_000)), unique_by=lambda a: a.at
)
UNCOUNTED = st.lists(
    st.builds(attempt, st.integers(0, 9 * 24 * 60), st.sampled_from(["own-outage", "blocked", "robots", "challenge"]))
)


@given(ATTEMPTS, UNCOUNTED)
def test_what_does_not_count_never_changes_the_share(attempts: list[Attempt], others: list[Attempt]) -> None:
    one, both = account("a", TODAY, attempts), account("a", TODAY, attempts + others)
    assert (one.visits, one.failures, one.share, one.level) == (both.visits, both.failures, both.share, both.level)


@given(ATTEMPTS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_in_which_attempts_come_does_not_matter(pair: tuple[list[Attempt], list[Attempt]]) -> None:
    assert standings(pair[0]) == standings(pair[1])


@given(ATTEMPTS)
def test_whether_a_visit_failed_has_no_say_in_whether_it_counts(attempts: list[Attempt]) -> None:
    turned = [
        Attempt(a.subject, a.at, a.on_date, {"ok": "dns", "dns": "ok"}.get(a.outcome, a.outcome), a.elapsed_ms)
        for a in attempts
    ]
    assert [s for _, s in standings(attempts)] == [s for _, s in standings(turned)]


@given(ATTEMPTS)
def test_visits_that_count_are_twenty_minutes_apart(attempts: list[Attempt]) -> None:
    moments = [datetime.fromisoformat(v.at) for v in counted(attempts)]
    assert all(later - earlier >= APART for earlier, later in pairwise(moments))


@given(ATTEMPTS)
def test_every_attempt_of_the_week_stands_on_its_day_in_beijing(attempts: list[Attempt]) -> None:
    week = account("a", TODAY, attempts)
    for d in (*week.days, week.today):
        mine = [
            a for a in attempts if datetime.fromisoformat(a.at).astimezone(SHANGHAI).date().isoformat() == d.on_date
        ]
        assert d.visits + d.refused + d.too_soon + d.own_outages == len(mine)


# --- the file


def test_attempts_outlive_and_come_once(tmp_path: Path) -> None:
    record_attempts(tmp_path, [attempt(60 * 24 * 7, "dns"), attempt(60 * 24 * 7, "dns", subject="b")])
    record_attempts(tmp_path, [attempt(60 * 24 * 7, "ok"), attempt(60 * 24 * 7 + 30)])
    a, b, c = week_of(tmp_path, TODAY, ["a", "b", "c"])
    assert (a.days[-1], b.days[-1], c.days[-1]) == (day(21, 2, failures=1), day(21, 1, failures=1), day(21, 0))


def test_a_store_of_an_earlier_version_still_opens(tmp_path: Path) -> None:
    record_visits(tmp_path, [Visit(*astuple(attempt(60 * 24 * 7)))])
    with sqlite3.connect(tmp_path / "visits.sqlite") as db:
        db.execute("DROP TABLE attempt")
    db.close()
    assert week_of(tmp_path, TODAY, ["a"])[0].days[-1] == day(21, 1)
    record_attempts(tmp_path, [attempt(60 * 24 * 7 + 30)])
    assert week_of(tmp_path, TODAY, ["a"])[0].days[-1] == day(21, 2)


def test_visits_of_long_ago_still_say_since_when(tmp_path: Path) -> None:
    """Otherwise a gap of months would pass for a first week."""
    long_ago = attempt(-60 * 24 * 200)
    record_attempts(tmp_path, [long_ago, attempt(-60 * 24 * 300, "blocked"), attempt(60 * 24 * 7)])
    (week,) = week_of(tmp_path, TODAY, ["a"])
    assert (week.since, coverage_of(week).state) == (long_ago.on_date, "failed")


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"visits\.sqlite"):
        record_attempts(tmp_path / "store", [attempt(0)])


def test_visits_are_written_while_somebody_reads(tmp_path: Path) -> None:
    record_attempts(tmp_path, [attempt(0)])
    reader = sqlite3.connect(tmp_path / "visits.sqlite")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM attempt").fetchone() == (1,)
    record_attempts(tmp_path, [attempt(30)])
    reader.close()
