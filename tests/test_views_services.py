"""The vocabulary of the rules: accounts, visits, messages, services and tampering."""

from typing import Any

from checker.facts.workdays import workdays
from checker.model.context import Sibling, Visit
from checker.model.facts import (
    Address,
    Guide,
    GuideElement,
    HiddenLink,
    Link,
    LinkCheck,
    Message,
    Page,
    Post,
    Probe,
    ServicePage,
)
from tests.engine_data import (
    HOME,
    SUBJECT,
    account,
    ask,
    column,
    fact,
    gathered,
    tuples,
    url,
)

# --- accounts ------------------------------------------------------------------------------------------------------


def post(day: str, title: str, **given: Any) -> Post:
    values = {"key": title, "title": title, "on_date": day, "at": f"{day}T08:00:00+08:00", "url": url(title)}
    return fact(Post, **(values | given))


POSTS = "SELECT posts, newest_on, newest_title, newest_url, days_since, complete FROM post_freshness"


def test_the_newest_post() -> None:
    assert tuples(POSTS, account()) == [(0, "", "", "", 99999, 0)]
    two = [post("2021-10-25", "旧"), post("2021-10-26", "新", url=Address(""))]
    assert tuples(POSTS, account(), *two, gathered("post")) == [(2, "2021-10-26", "新", "", 13, 1)]
    assert tuples(POSTS, account(), post("2022-01-01", "超前")) == [(1, "", "", "", 99999, 0)]
    assert tuples(POSTS, account(), *two, gathered("post", "", "partial"))[0][-1] == 0
    assert tuples("SELECT url, title FROM account_post", account(), two[1]) == [("", "新")]


def test_accounts_of_one_unit_on_one_platform() -> None:
    def sibling(other: str, **given: Any) -> Sibling:
        values = {
            "relation": "unit",
            "kind": "account",
            "id": other,
            "name": other,
            "platform": "weibo",
            "status": "running",
        }
        return fact(Sibling, **(values | given))

    others = [
        sibling("n2"), sibling("n3", platform="app"), sibling("n4", status="closed"), sibling("n5", kind="site"),
        sibling("n6", relation="child"), sibling(SUBJECT),
    ]  # fmt: skip
    sql = "SELECT other_id FROM same_platform"
    assert tuples(sql, account(), *others) == [("n2",)]
    assert tuples(sql, account(status="closing"), *others) == []


# --- visits, messages, services ------------------------------------------------------------------------------------

SHARE = "SELECT visits, days, failures, share, least_a_day, first_failure_at FROM visit_share"


def visit(day: str, hour: int, result: str = "ok", elapsed: int = 100) -> Visit:
    return Visit(SUBJECT, f"{day}T{hour:02}:00:00+08:00", day, result, elapsed)


def test_visits_of_the_seven_full_days_before_the_inspection_day() -> None:
    assert tuples(SHARE) == [(0, 0, 0, 0.0, 0, "")]
    outside = [visit("2021-10-31", 9, "dns"), visit("2021-11-08", 9, "dns")]
    assert tuples(SHARE, *outside) == [(0, 0, 0, 0.0, 0, "")]
    inside = [
        visit("2021-11-01", 8), visit("2021-11-01", 9, "dns"), visit("2021-11-07", 8, "ok", 15_000),
        visit("2021-11-07", 9, "ok", 14_999), visit("2021-11-07", 10),
    ]  # fmt: skip
    assert tuples(SHARE, *outside, *inside) == [(5, 2, 2, 0.4, 2, "2021-11-01T09:00:00+08:00")]


def test_messages_of_the_past_year_without_reply() -> None:
    def message(key: str, asked: str, **given: Any) -> Message:
        values = {
            "key": key,
            "asked_on": asked,
            "kind": "consultation",
            "url": url(key),
            "board": url("b/"),
            "title": key,
        }
        return fact(Message, **(values | given))

    rows = [
        message("late", "2021-08-07"), message("year", "2020-11-08"), message("old", "2020-11-07"),
        message("undated", ""),
        message("answered", "2021-01-01", has_reply=1), message("petition", "2021-01-01", kind="petition"),
    ]  # fmt: skip
    sql = "SELECT key, days_waiting FROM overdue_message ORDER BY key"
    assert tuples(sql, *rows) == [("late", 93), ("year", 365)]
    assert len(ask("SELECT * FROM board_message", *rows)) == 6


def test_channels_that_the_site_offers() -> None:
    def probed(place: str, result: str, certainty: str = "certain") -> Probe:
        values = {
            "probe": "consultation-channel",
            "outcome": result,
            "url": url(place),
            "item": place,
            "certainty": certainty,
        }
        return fact(Probe, **values)

    sql = "SELECT kind, url FROM offered_channel ORDER BY kind, url"
    claimed = [column("ask/", type="consultation"), column("do/", type="services"), column("c/")]
    assert tuples(sql, *claimed) == []  # what is registered is a claim until something of it was found
    columns = [*claimed, fact(Page, url=url("ask/"), role="column"), fact(Link, page=url(""), url=url("do/"), tag="a")]
    assert tuples(sql, *columns) == [("consultation", url("ask/")), ("services", url("do/"))]
    dead = fact(LinkCheck, url=url("do/"), verdict="broken", reason="http-404")
    assert tuples(sql, *columns, dead) == [("consultation", url("ask/"))]
    assert tuples(sql, *columns, probed("ask/", "no")) == [("services", url("do/"))]
    assert ("consultation", url("ask/")) in tuples(sql, *columns, probed("ask/", "no", "candidate"))
    more = [probed("x/", "yes"), fact(ServicePage, url=url("i/"), kind="index"), fact(Guide, key="1", url=url("g/"))]
    assert tuples(sql, *more) == [("consultation", url("x/")), ("services", url("g/")), ("services", url("i/"))]


def test_the_ten_elements_of_a_guide() -> None:
    rows = [
        fact(Guide, key="g1", url=url("g1"), title="户口迁移"),
        GuideElement(SUBJECT, "g1", "办理流程", "窗口办理", ""),
        GuideElement(SUBJECT, "g1", "收费标准", "  ", ""),
        GuideElement(SUBJECT, "g1", "办理材料", "其他材料", "vague"),
    ]
    found = {r["element"]: (r["present"], r["value"], r["flaw"]) for r in ask("SELECT * FROM guide_elements", *rows)}
    assert len(found) == 10
    assert {k: v for k, v in found.items() if v != (0, "", "")} == {
        "办理流程": (1, "窗口办理", ""), "办理材料": (1, "其他材料", "vague"),
    }  # fmt: skip
    assert tuples("SELECT element, flaw FROM guide_flaw", *rows) == [("办理材料", "vague")]


def test_signs_of_tampering_without_a_first_day() -> None:
    rows = [
        fact(HiddenLink, page=HOME, url=Address("http://bad.cn/"), first_seen_on=day, kind=kind)
        for day, kind in (("2021-11-06", "hidden"), ("", "cloaked"))
    ]
    assert tuples("SELECT kind, days_seen FROM tampering", *rows) == [("hidden", 2), ("cloaked", 0)]


def test_doubtful_targets_stand_apart_from_signs_of_tampering() -> None:
    rows = [
        fact(HiddenLink, page=HOME, url=Address("http://bad.cn/"), kind=kind, quote="标题")
        for kind in ("harmful-target", "wrong-target", "hidden")
    ]
    assert tuples("SELECT page, kind, url, quote FROM suspicious_target", *rows) == [
        (HOME, "harmful-target", "http://bad.cn/", "标题"), (HOME, "wrong-target", "http://bad.cn/", "标题"),
    ]  # fmt: skip
    assert tuples("SELECT kind FROM tampering", *rows) == [("hidden",)]


def test_working_days_follow_the_notices() -> None:
    of_2021 = {d.day: d.working for d in workdays(2021)}
    assert len(of_2021) == 365
    assert [of_2021[f"2021-{d}"] for d in ("10-01", "10-08", "10-09", "10-10", "11-06", "11-08")] == [0, 1, 1, 0, 0, 1]
    assert workdays(1990) == workdays(2099) == ()
