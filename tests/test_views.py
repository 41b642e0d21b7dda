"""The vocabulary of the rules: what each view says of hand-made facts, and that none of them ever yields NULL."""

from typing import Any

import pytest

from checker.facts.query import months_after
from checker.model.facts import (
    Address,
    Article,
    Link,
    LinkCheck,
    Mark,
    Page,
    PageTemplate,
    Tag,
    TemplateKey,
)
from checker.model.results import FetchOutcome
from tests.engine_data import (
    HOME,
    SUBJECT,
    clock,
    column,
    dated,
    fact,
    gathered,
    item,
    site,
    tuples,
    url,
)

NO_TEMPLATE, NO_PAGE = TemplateKey(""), Address("")


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2021-08-31", 6, "2022-02-28"),
        ("2019-08-31", 6, "2020-02-29"),
        ("2021-03-31", -1, "2021-02-28"),
        ("2021-11-08", -12, "2020-11-08"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2021-12-15T08:00:00", 1, "2022-01-15"),
        ("2021-11-08", 0, "2021-11-08"),
        ("", 6, ""),
        ("9999-12-01", 1, ""),
    ],
)
def test_months_are_calendar_months_with_the_day_clipped(day: str, months: int, wanted: str) -> None:
    assert months_after(day, months) == wanted


def test_the_date_that_counts_is_that_of_the_best_place() -> None:
    shown = "SELECT on_date, source FROM dated_article"
    by_rank = [("structure", "2021-05-02"), ("list", "2021-05-03"), ("meta", "2021-05-04"), ("address", "2021-05-05")]
    rows = [dated("1.html", day, source) for source, day in by_rank]
    assert tuples(shown, dated("1.html", "2021-05-01", "label"), *rows) == [("2021-05-01", "label")]
    for n, (source, day) in enumerate(by_rank):
        assert tuples(shown, *reversed(rows[n:])) == [(day, source)]
    sure, unsure = dated("1.html", "2021-01-01", confidence=0.9), dated("1.html", "2021-02-02", confidence=0.2)
    assert tuples(shown, unsure, sure) == [("2021-01-01", "list")]
    assert tuples(shown, dated("1.html", "2021-11-08")) == [("2021-11-08", "list")]
    assert tuples(shown, dated("1.html", "2021-11-09", "label"), dated("1.html", "2021-10-01")) == [
        ("2021-10-01", "list")
    ]


def test_clues_that_name_another_day_than_the_page_are_conflicts() -> None:
    sql = "SELECT url, shown_on, source, on_date, days_apart FROM date_conflict ORDER BY url, source, on_date"
    rows = [
        dated("1.html", "2021-05-01", "label", confidence=0.95), dated("1.html", "2021-06-02", "label", confidence=0.8),
        dated("1.html", "2021-05-04", "meta"), dated("1.html", "2021-04-30", "address"), dated("1.html", "2021-05-01"),
        dated("2.html", "2021-05-02", "structure"), dated("2.html", "2021-05-03"),
        dated("3.html", "2021-05-02", "meta"), dated("3.html", "2021-05-09"),
    ]  # fmt: skip
    assert tuples(sql, *rows) == [
        (url("1.html"), "2021-05-01", "address", "2021-04-30", -1),
        (url("1.html"), "2021-05-01", "meta", "2021-05-04", 3),
        (url("2.html"), "2021-05-02", "list", "2021-05-03", 1),
    ]


def test_dates_ahead_are_told_apart() -> None:
    sql = "SELECT url, location, on_date, days_ahead, title FROM future_article ORDER BY on_date, url"
    rows = [
        dated("today.html", "2021-11-08"), dated("next.html", "2021-11-09"), dated("far.html", "2022-11-08", "label"),
        dated("meta.html", "2022-01-01", "meta"), dated("address.html", "2022-01-01", "address"),
        item("c/", "next.html", title="明天"), fact(Article, url=url("far.html"), title="明年"),
        dated("next.html", "2021-11-09", "label"),
    ]  # fmt: skip
    assert tuples(sql, *rows) == [
        (url("next.html"), url("list"), "2021-11-09", 1, "明天"),
        (url("far.html"), url("list"), "2022-11-08", 365, "明年"),
    ]


# --- columns -------------------------------------------------------------------------------------------------------

FRESH = "SELECT newest_on, newest_title, newest_url, days_since, items, dated, future FROM column_freshness"


def test_a_column_without_any_entry_has_no_date_and_no_null() -> None:
    assert tuples(FRESH, column("c/")) == [("", "", url("c/"), 99999, 0, 0, 0)]


def test_an_entry_without_a_date_does_not_make_a_column_fresh() -> None:
    assert tuples(FRESH, column("c/"), item("c/", "1.html")) == [("", "", url("c/"), 99999, 1, 0, 0)]


def test_a_date_ahead_does_not_make_a_column_fresh() -> None:
    rows = [column("c/"), item("c/", "1.html"), dated("1.html", "2022-01-01")]
    assert tuples(FRESH, *rows) == [("", "", url("c/"), 99999, 1, 0, 1)]
    rows += [item("c/", "2.html", position=1), dated("2.html", "2021-10-01")]
    assert tuples(FRESH, *rows) == [("2021-10-01", "2.html", url("2.html"), 38, 2, 1, 1)]


def test_a_pinned_old_entry_does_not_make_a_column_stale() -> None:
    rows = [
        column("c/"), item("c/", "old.html", pinned=1), item("c/", "new.html", position=1),
        item("c/", "mid.html", position=2),
        dated("old.html", "2019-01-01"), dated("new.html", "2021-11-07"), dated("mid.html", "2021-11-07"),
    ]  # fmt: skip
    assert tuples(FRESH, *rows) == [("2021-11-07", "new.html", url("new.html"), 1, 3, 3, 0)]


def test_an_entry_belongs_to_its_column_only() -> None:
    rows = [column("a/"), column("b/"), item("a/", "1.html"), dated("1.html", "2021-11-01")]
    other = item("b/", "1.html", subject="s2")
    sql = "SELECT name, newest_on FROM column_freshness ORDER BY name"
    assert tuples(sql, *rows, other) == [("a", "2021-11-01"), ("b", "")]


STATE = "SELECT period_days, period_months, due_on, overdue FROM column_state"


@pytest.mark.parametrize(
    ("today", "given", "newest", "wanted"),
    [
        ("2021-11-08", {"type": "news"}, "2021-10-25", (14, 0, "2021-11-08", 0)),  # day 14
        ("2021-11-09", {"type": "news"}, "2021-10-25", (14, 0, "2021-11-08", 1)),  # day 15
        ("2022-02-28", {"type": "notice"}, "2021-08-31", (0, 6, "2022-02-28", 0)),  # clipped, and just in time
        ("2022-03-01", {"type": "notice"}, "2021-08-31", (0, 6, "2022-02-28", 1)),
        ("2021-11-08", {"type": "policy"}, "2021-05-08", (0, 6, "2021-11-08", 0)),  # six months exactly
        ("2021-11-08", {"type": "policy"}, "2021-05-07", (0, 6, "2021-11-07", 1)),  # and a day more
        ("2021-11-08", {"type": "interpretation", "update_days": 30}, "2021-10-01", (30, 0, "2021-10-31", 1)),
        ("2021-11-08", {"type": "data", "update_days": 365}, "2020-11-08", (365, 0, "2021-11-08", 0)),
        ("2021-11-08", {"type": "special"}, "2010-01-01", (0, 0, "", 0)),
        ("2021-11-08", {"type": "special"}, "", (0, 0, "", 0)),
        ("2021-11-08", {"type": "news"}, "", (14, 0, "", 1)),
        ("2021-11-08", {"type": "notice"}, "", (0, 6, "", 1)),
    ],
)
def test_the_period_of_a_column(today: str, given: dict[str, Any], newest: str, wanted: tuple[Any, ...]) -> None:
    rows = [clock(today), column("c/", **given), item("c/", "1.html")]
    assert tuples(STATE, *rows, *([dated("1.html", newest)] if newest else [])) == [wanted]


def test_a_column_of_one_page_of_text_is_not_blank() -> None:
    names = ("blank", "list", "text", "short", "word", "words", "picture")
    rows = [*(column(f"{name}/") for name in names), item("list/", "1.html")]
    pages = [
        fact(Page, url=url(f"{name}/"), own_length=length, media=media, main_length=800)
        for name, length, media in (
            ("text", 150, 0), ("short", 149, 0), ("word", 19, 0), ("words", 20, 0), ("picture", 0, 1),
        )
    ]  # fmt: skip
    assert tuples("SELECT name, certain FROM blank_column ORDER BY name", *rows, *pages) == [
        ("blank", 1), ("short", 0), ("word", 1), ("words", 0),
    ]  # fmt: skip


def test_known_columns_are_told_whatever_they_hold() -> None:
    sql = "SELECT url, name, type, registered, origin FROM known_column"
    assert tuples(sql, column("c/", origin="navigation", registered=0)) == [(url("c/"), "c", "news", 0, "navigation")]


def test_policy_documents_come_with_date_and_number() -> None:
    rows = [
        column("p/", type="policy"), column("n/"), item("p/", "1.html"), item("p/", "2.html"), item("n/", "3.html"),
        dated("1.html", "2021-05-05"), fact(Article, url=url("1.html"), document_no="示政办〔2021〕5号"),
    ]  # fmt: skip
    assert tuples("SELECT url, column_url, on_date, type, document_no FROM policy_document ORDER BY url", *rows) == [
        (url("1.html"), url("p/"), "2021-05-05", "policy", "示政办〔2021〕5号"),
        (url("2.html"), url("p/"), "", "policy", ""),
    ]


# --- the home page -------------------------------------------------------------------------------------------------

HOME_FRESH = "SELECT basis, newest_on, days_since, newest_title FROM home_freshness"


def test_a_home_page_is_as_fresh_as_its_newest_entry() -> None:
    rows = [item("", "1.html"), item("", "2.html"), dated("1.html", "2021-10-25"), dated("2.html", "2021-10-24")]
    assert tuples(HOME_FRESH, *rows) == [("home", "2021-10-25", 14, "1.html")]
    assert tuples(HOME_FRESH, *rows, dated("3.html", "2021-11-08"), column("c/"), item("c/", "3.html")) == [
        ("home", "2021-10-25", 14, "1.html")
    ]
    assert tuples(HOME_FRESH, item("", "1.html")) == [("home", "", 99999, "")]
    assert tuples(HOME_FRESH, item("", "1.html"), dated("1.html", "2022-01-01")) == [("home", "", 99999, "")]


def test_a_home_page_that_only_navigates_is_as_fresh_as_its_columns() -> None:
    assert tuples(HOME_FRESH) == [("columns", "", 99999, "")]
    rows = [column("a/"), column("b/"), item("a/", "1.html"), item("b/", "2.html")]
    assert tuples(HOME_FRESH, *rows) == [("columns", "", 99999, "")]
    rows += [dated("1.html", "2021-11-01"), dated("2.html", "2021-11-02")]
    assert tuples(HOME_FRESH, *rows) == [("columns", "2021-11-02", 6, "2.html")]


# --- links ---------------------------------------------------------------------------------------------------------


def template_of(*pages: str) -> list[Any]:
    key = TemplateKey("T")
    return [
        Link(SUBJECT, NO_PAGE, key, Address("http://b.cn/"), "乙县", "a", "navigation"),
        *(PageTemplate(SUBJECT, Address(f"{HOME}{p}"), key, "navigation") for p in pages),
    ]


def link(page: str, target: str, text: str = "文") -> Link:
    return Link(SUBJECT, url(page), NO_TEMPLATE, Address(target), text, "a", "main")


def check(target: str, verdict: str = "broken") -> LinkCheck:
    return fact(LinkCheck, url=Address(target), verdict=verdict, reason="http-4xx", status=404)


LINKS = "SELECT url, verdict, location, text, pages, on_home FROM checked_link ORDER BY url"


def test_a_link_of_a_template_stands_on_every_page_that_carries_it() -> None:
    rows = [*template_of("", "a/", "b/"), check("http://b.cn/")]
    assert tuples(LINKS, *rows) == [("http://b.cn/", "broken", HOME, "乙县", 3, 1)]
    inner = [*template_of("b/", "a/"), check("http://b.cn/")]
    assert tuples(LINKS, *inner) == [("http://b.cn/", "broken", url("b/"), "乙县", 2, 0)]
    assert tuples("SELECT page, url, in_template FROM page_link ORDER BY page", *rows, link("c/", "http://x.cn/")) == [
        (HOME, "http://b.cn/", 1), (url("a/"), "http://b.cn/", 1), (url("b/"), "http://b.cn/", 1),
        (url("c/"), "http://x.cn/", 0),
    ]  # fmt: skip


def test_a_link_counts_once_for_a_page_and_the_home_page_goes_first() -> None:
    target = "http://dead.cn/"
    rows = [link("a/", target, "先"), link("a/", target, "又"), link("b/", target), link("", target, "首页")]
    assert tuples(LINKS, *rows, check(target, "unknown")) == [(target, "unknown", HOME, "首页", 3, 1)]
    assert tuples(LINKS, *rows[:3], check(target)) == [(target, "broken", url("a/"), "先", 2, 0)]
    assert tuples(LINKS, *rows, check(target, "ok")) == []
    assert tuples(LINKS, check(target)) == []  # carried by no page that is known


def test_every_page_that_carries_a_link_and_what_befell_it_in_words() -> None:
    rows = [*template_of("", "a/"), link("c/", "http://b.cn/", "乙"), check("http://b.cn/")]
    assert tuples("SELECT page, text, region FROM link_carrier WHERE url = 'http://b.cn/' ORDER BY page", *rows) == [
        (HOME, "乙县", "navigation"), (url("a/"), "乙县", "navigation"), (url("c/"), "乙", "main"),
    ]  # fmt: skip
    at = url("1.html")
    for reason in [o.value for o in FetchOutcome] + ["host-vanished", "not-confirmed"]:
        row = fact(LinkCheck, url=at, verdict="unknown", reason=reason, status=0)
        (cause,) = tuples("SELECT cause FROM checked_link", link("", at), row)
        unsaid = reason in {"ok", "too-large"}  # never the reason of a verdict that is not ok
        assert (reason, unsaid) == (reason, cause == (reason,))
    stated = fact(
        LinkCheck, url=at, verdict="broken", reason="http-410", status=410, first_reason="http-404", tls="old"
    )
    sql = "SELECT cause, first_reason, final_url, chain, tls FROM checked_link"
    assert tuples(sql, link("", at), stated) == [("HTTP 410", "http-404", "", "", "old")]


# --- marks and tags ------------------------------------------------------------------------------------------------


def test_missing_marks_and_pages_whose_footer_a_script_may_write() -> None:
    six = {"party", "code", "icp", "police", "organizer", "contact"}
    pages = [fact(Page, url=url("1.html"), role="article"), fact(Page, url=url("2.html"), script_built=1)]
    marks = [fact(Mark, page=url("1.html"), kind=kind) for kind in ("code", "icp")]
    sql = "SELECT url, kind, certain FROM mark_missing"
    assert set(tuples(sql, *pages, *marks)) == {(url("1.html"), kind, 1) for kind in six - {"code", "icp"}}
    unsure = gathered("mark", url("1.html"), "partial")
    assert {row[2] for row in tuples(sql, *pages, *marks, unsure)} == {0}


def test_codes_of_other_sites() -> None:
    page = fact(Page, url=HOME, role="home")
    sql = "SELECT url, value, code FROM foreign_code"
    mine = fact(Mark, page=HOME, kind="code", value="bm12000001")
    assert tuples(sql, site(code="BM12000001"), mine) == []
    assert tuples(sql, site(code="3499000001"), mine) == [(HOME, "bm12000001", "3499000001")]
    assert tuples(sql, site(code=""), mine) == []
    entry = "SELECT kind, foreign_code FROM entry_missing WHERE kind = 'error-report'"
    report = fact(Mark, page=HOME, kind="error-report", value="bm12000001")
    assert tuples(entry, site(code="3499000001"), page, report) == [("error-report", "bm12000001")]
    assert tuples(entry, site(code="BM12000001"), page, report) == []
    assert tuples(entry, site(code="3499000001"), page, fact(Mark, page=HOME, kind="error-report")) == []
    assert tuples(entry, site(), page) == [("error-report", "")]


def test_missing_tags() -> None:
    def tag(name: str, content: str) -> Tag:
        return Tag(SUBJECT, url("1.html"), name, content)

    page = fact(Page, url=url("1.html"), role="article", title="标题")
    sql = "SELECT tag_group, lacking, names FROM tag_missing ORDER BY tag_group"
    tags = [tag("SiteName", "示例"), tag("SiteDomain", "  "), tag("SiteIDCode", "NULL"), tag("ArticleTitle", "标题")]
    assert tuples(sql, page, *tags) == [("content", 2, "PubDate、ContentSource"), ("site", 2, "SiteDomain、SiteIDCode")]
    full = [tag(n, "有") for n in ("SiteName", "SiteDomain", "SiteIDCode", "ArticleTitle", "PubDate", "ContentSource")]
    assert tuples(sql, page, *full) == []
    assert tuples(sql, fact(Page, url=HOME, role="home")) == []
