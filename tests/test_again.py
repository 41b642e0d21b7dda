"""What became of known findings: rectified only if examined again; gone pages and columns apart; in doubt not seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from checker.evaluate import evaluate, fingerprint
from checker.evaluate.again import gone_of
from checker.facts.query import FactsReader, Memory
from checker.model.context import Answer, DueReport, KnownFinding, SeenArticle
from checker.model.facts import (
    AccountMeta,
    Address,
    ArticleDate,
    Fetch,
    Guide,
    GuideElement,
    HiddenLink,
    Link,
    LinkCheck,
    Mark,
    Page,
    Post,
    RegisteredSite,
    Tag,
)
from checker.model.results import Change
from checker.model.rules import Profile
from checker.rules import RuleSet
from tests.engine_data import (
    HOME,
    SUBJECT,
    account,
    clock,
    column,
    dated,
    fact,
    fill,
    gathered,
    item,
    reading,
    site,
    url,
)
from tests.scanning import national

DEAD = "http://dead.gov.cn/x"
PAGE = url("a.html")
COLUMN = url("gg/")
POST = "http://weixin.a.cn/s/1"


def rule_set(*ids: str) -> RuleSet:
    """The shipped rules of these ids."""
    loaded = {r.rule.id: r for r in national().rules}
    return RuleSet(Profile(name="test", title="测试"), tuple(loaded[i] for i in ids), "")


def known(rule: str, **given: Any) -> KnownFinding:
    """A known finding of a rule; key, item and url are its location unless given."""
    where = given.get("location", HOME)
    values: dict[str, Any] = {
        "rule": rule, "problem": "问题", "location": where, "item": where, "key": where, "url": where,
        "first_seen": "2021-08-09T10:00:00+08:00", "last_seen": "2021-10-09T10:00:00+08:00", "certainty": "certain",
    }  # fmt: skip
    values |= given
    values.setdefault("clause", next(iter(rule_set(rule).rules[0].rule.clauses)) if rule else "")
    values.setdefault("fingerprint", fingerprint(rule, SUBJECT, values["key"]))
    return fact(KnownFinding, **values)


def became(rule: str, k: KnownFinding, *rows: Any) -> list[tuple[str, str]]:
    with reading(*rows) as reader:
        return _became(reader, rule, k)


def _became(reader: FactsReader, rule: str, k: KnownFinding) -> list[tuple[str, str]]:
    rules = rule_set(rule)
    return [(g.change.value, g.reason) for g in gone_of(reader, rules, [k], evaluate(reader, rules))]


def page(address: str, role: str = "article", **given: Any) -> Page:
    return fact(Page, url=Address(address), role=role, title="页", **given)


def fetched(address: str, outcome: str = "ok", status: int = 200, final: str = "", purpose: str = "page") -> Fetch:
    return fact(
        Fetch, url=Address(address), outcome=outcome, status=status, final_url=Address(final or address),
        purpose=purpose, seen_at="2021-11-08T10:00:00+08:00",
    )  # fmt: skip


def checked(target: str, verdict: str, reason: str = "", status: int = 0) -> LinkCheck:
    return fact(LinkCheck, url=Address(target), verdict=verdict, reason=reason, status=status)


def linked(target: str, where: str = PAGE, **given: Any) -> Link:
    return fact(Link, page=Address(where), url=Address(target), text="甲", tag="a", region="main", **given)


LINKS_DONE = (gathered("link"), gathered("link_check"))
LINKS_PARTLY = (gathered("link", "", "partial", "有未读"), gathered("link_check", "", "partial", "有未读"))
NAVIGATION = gathered("site_column", "navigation")
ONE_PAGE = "链接“甲”打不开（HTTP 404，经二次确认），共1个页面引用"


def dead_link(**given: Any) -> KnownFinding:
    values = {"location": PAGE, "item": DEAD, "key": DEAD, "url": DEAD, "clause": "other", "detail": ONE_PAGE}
    return known("d3-links", **(values | given))


LINKS: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("the target answers", dead_link(), (page(PAGE), linked(DEAD), checked(DEAD, "ok"), *LINKS_DONE),
     [("rectified", "链接目标已能打开")]),
    ("it is still dead", dead_link(), (page(PAGE), linked(DEAD), checked(DEAD, "broken", "http-404", 404), *LINKS_DONE),
     []),
    ("nobody can tell", dead_link(),
     (page(PAGE), linked(DEAD), checked(DEAD, "unknown", "blocked", 403), *LINKS_DONE),
     [("notSeen", "链接目标本次不能判定（blocked）")]),
    ("it is dead under another spelling", dead_link(),
     (page(PAGE), linked("https://dead.gov.cn/x"), checked("https://dead.gov.cn/x", "broken", "dns"), *LINKS_DONE),
     [("notSeen", "同一页面以其他网址形式仍然打不开")]),
    ("the page was read without it", dead_link(), (page(PAGE), *LINKS_DONE),
     [("rectified", "所在页面已重新读取，不再引用该链接")]),
    ("the only page was read without it, others were not", dead_link(), (page(PAGE), *LINKS_PARTLY),
     [("rectified", "所在页面已重新读取，不再引用该链接")]),
    ("other pages that had it were not read", dead_link(detail=ONE_PAGE.replace("共1", "共3")),
     (page(PAGE), *LINKS_PARTLY), [("notSeen", "其他引用页面本次未读全，不能确认链接均已去除")]),
    ("it moved to another page and nobody asked", dead_link(),
     (page(PAGE), page(url("b.html")), linked(DEAD, url("b.html")), *LINKS_DONE),
     [("notSeen", "链接目标本次未核验")]),
    ("the page was not read", dead_link(), LINKS_DONE, [("notSeen", "所在页面本次未读取")]),
    ("the page is built by scripts", dead_link(), (page(PAGE, script_built=1), *LINKS_DONE),
     [("notSeen", "所在页面由脚本生成，本次未读全")]),
    ("the page was cut", dead_link(), (page(PAGE), gathered("link", PAGE, "partial", "链接过多"), *LINKS_DONE),
     [("notSeen", f"链接（{PAGE}）采集不完整：链接过多")]),
    ("the page is gone", dead_link(), (fetched(PAGE, "http-4xx", 404), *LINKS_DONE),
     [("removed", "所在页面已不存在（HTTP 404）")]),
    ("the whole site says that it is gone", dead_link(),
     (fetched(PAGE, "http-4xx", 404), fetched(HOME, "http-4xx", 404), *LINKS_DONE),
     [("notSeen", "首页也打不开，不能判定页面是否已撤下")]),
    ("the page says that it is gone", dead_link(), (fetched(PAGE, "soft-404"), *LINKS_DONE),
     [("removed", "所在页面已不存在（应答正常但内容不存在）")]),
    ("a refusal is not gone", dead_link(), (fetched(PAGE, "blocked", 403), *LINKS_DONE),
     [("notSeen", "所在页面本次未读取")]),
    ("the home page is never gone", dead_link(location=HOME), (fetched(HOME, "http-4xx", 404), *LINKS_DONE),
     [("notSeen", "所在页面本次未读取")]),
    ("the article now leads home", dead_link(), (page(PAGE), fetched(PAGE, final=HOME), *LINKS_DONE),
     [("removed", f"所在页面已跳转到{HOME}")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), LINKS, ids=[case[0] for case in LINKS])
def test_dead_links(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became("d3-links", k, *rows) == expected, name


def stale(**given: Any) -> KnownFinding:
    values = {"location": COLUMN, "scope": COLUMN, "clause": "news",
              "detail": "“gg”最新信息为2021-09-01《甲》，距检查日38天，超过14天"}  # fmt: skip
    return known("v4-columns-stale", **(values | given))


READ = (NAVIGATION, gathered("list_item", COLUMN), gathered("article_date", COLUMN))
FRESH = (item("gg/", "1.html"), dated("1.html", "2021-11-05"))
OLD = (item("gg/", "1.html"), dated("1.html", "2021-09-01"))

COLUMNS: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("it was updated", stale(), (column("gg/"), *READ, *FRESH), [("rectified", "已重新检查，未再发现")]),
    ("it was not", stale(), (column("gg/"), *READ, *OLD), []),
    ("it was not read", stale(), (column("gg/"), NAVIGATION, gathered("list_item", COLUMN, "failed", "超时"), *FRESH),
     [("notSeen", f"列表条目（{COLUMN}）采集失败：超时；发布日期（{COLUMN}）未采集")]),
    ("it cannot be decided", stale(),
     (column("gg/"), NAVIGATION, gathered("list_item", COLUMN, "partial", "没读全"), gathered("article_date", COLUMN),
      *OLD), [("notSeen", "采集不完整，本次不能判定")]),
    ("the registry says that it need not be updated", stale(), (column("gg/", should_update="no"), *READ, *OLD),
     [("notSeen", "栏目已登记为不需要更新，是否整改需人工核实")]),
    ("the registry calls it something else", stale(), (column("gg/", type="special"), *READ, *OLD),
     [("notSeen", "栏目最新信息仍为2021-09-01")]),
    ("it is no column any more", stale(), (column("other/"), *READ), [("removed", "栏目已不在网站导航和登记中")]),
    ("the navigation was not read", stale(), (gathered("site_column", "navigation", "failed", "超时"),),
     [("notSeen", "栏目本次未找到；栏目（导航）采集失败：超时")]),
    ("its page is gone", stale(), (fetched(COLUMN, "http-4xx", 410), NAVIGATION),
     [("removed", "栏目页面已不存在（HTTP 410）")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), COLUMNS, ids=[case[0] for case in COLUMNS])
def test_columns(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became("v4-columns-stale", k, *rows) == expected, name


def due_soon() -> KnownFinding:
    detail = "栏目“gg”最近更新于2021-10-20，已12天，须在2021-11-03前更新"
    return known("x-column-due-soon", location=COLUMN, scope=COLUMN, detail=detail)


def test_a_warning_that_came_true_is_not_rectified() -> None:
    late = (column("gg/"), *READ, item("gg/", "1.html"), dated("1.html", "2021-10-20"))
    assert became("x-column-due-soon", due_soon(), *late) == [("notSeen", "栏目最新信息仍为2021-10-20")]
    assert became("x-column-due-soon", due_soon(), column("gg/"), *READ, *FRESH) == [
        ("rectified", "已重新检查，未再发现")
    ]


def test_a_column_still_blank_under_another_type() -> None:
    k = known("v4-columns-blank", location=COLUMN, scope=COLUMN, detail="“gg”栏目下没有任何信息")
    rows = (column("gg/", type="petition"), NAVIGATION, gathered("list_item", COLUMN))
    assert became("v4-columns-blank", k, *rows) == [("notSeen", "栏目仍然没有信息")]


HOME_DATED = (item("", "1.html"), gathered("list_item", "home"), gathered("article_date", "home"))
"""An entry of the home page's list, and all of it read."""
STILL_WARNS = [
    ("rectified", "已重新检查，未再发现；仍有预警：首页最新信息为2021-10-27《1.html》，距检查日12天，超过10天")
]  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "day", "expected"),
    [
        ("main", "2021-10-27", STILL_WARNS),
        ("main", "2021-10-20", []),
        ("main", "2021-11-07", [("rectified", "已重新检查，未再发现")]),
        ("warning", "2021-10-27", []),
        ("warning", "2021-10-20", []),
        ("warning", "2021-11-07", [("rectified", "已重新检查，未再发现")]),
        ("", "2021-10-27", STILL_WARNS),
    ],
)  # fmt: skip
def test_a_warning_is_no_sight_of_what_counted(clause: str, day: str, expected: list[tuple[str, str]]) -> None:
    k = known("v3-home-stale", scope="home", clause=clause)
    rows = (*HOME_DATED, dated("1.html", day), NAVIGATION)
    assert became("v3-home-stale", k, *rows) == expected


def test_a_warning_is_no_sight_of_what_counted_where_nobody_could_look() -> None:
    k = known("v3-home-stale", scope="home", clause="main")
    rows = (item("", "1.html"), dated("1.html", "2021-10-27"), gathered("list_item", "home", "failed", "超时"))
    assert [change for change, _ in became("v3-home-stale", k, *rows)] == ["notSeen"]


@pytest.mark.parametrize(
    ("before", "day", "expected"),
    [
        ({"clause": "warning"}, "2021-10-20", ("main", "new", True, "")),
        ({"clause": "warning"}, "2021-10-27", ("warning", "unchanged", False, "")),
        ({"clause": "main", "notified_on": "2021-10-20"}, "2021-10-27", ("warning", "new", True, "")),
        ({"clause": "main", "notified_on": "2021-10-20"}, "2021-10-20", ("main", "unchanged", False, "2021-10-20")),
        ({"clause": "main", "rectified_on": "2021-10-25"}, "2021-10-20", ("main", "reopened", False, "")),
    ],
)
def test_the_change_of_a_warning_and_of_what_it_warned_of(
    before: dict[str, str], day: str, expected: tuple[str, str, bool, str]
) -> None:
    k = known("v3-home-stale", scope="home", **before)
    with reading(*HOME_DATED, dated("1.html", day), NAVIGATION, k) as reader:
        (f,) = evaluate(reader, rule_set("v3-home-stale"))[0].findings
    assert (f.clause, f.change.value, f.first_seen > k.last_seen, f.notified_on) == expected


@pytest.mark.parametrize(("day", "certainties"), [("2021-10-27", []), ("2021-10-20", ["certain"])])
@pytest.mark.parametrize("clause", ["main", "warning"])
def test_what_was_notified_and_is_only_a_warning_now_is_no_repetition(
    clause: str, day: str, certainties: list[str]
) -> None:
    k = known("v3-home-stale", scope="home", clause=clause, notified_on="2021-10-20")
    rules = rule_set("v3-home-stale", "x-unrectified")
    done = gathered("known_finding")
    with reading(*HOME_DATED, dated("1.html", day), NAVIGATION, k, done) as reader:
        found = evaluate(reader, rules)[1].findings
    assert [f.certainty for f in found] == (["certain"] if clause == "warning" else certainties)


# --- samples ---------------------------------------------------------------------------------------------------------

TAGS_DONE = (gathered("tag"), gathered("page"))
TAGGED = tuple(
    fact(Tag, page=PAGE, name=name, content=content)
    for name, content in (
        ("SiteName", "示例"), ("SiteDomain", "www.a.gov.cn"), ("SiteIDCode", "3499000001"), ("ArticleTitle", "题"),
        ("PubDate", "2021-11-01 10:00"), ("ContentSource", "本站"),
    )
)  # fmt: skip
BEFORE_IT = tuple(page(url(f"0{n}.html")) for n in range(5))
"""Five articles that the sample takes before `a.html`."""

SAMPLES: list[tuple[str, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("sampled again and mended", (page(PAGE), *TAGGED, *TAGS_DONE), [("rectified", "所在页面已重新读取，未再发现")]),
    ("sampled again and not mended", (page(PAGE), *TAGS_DONE), []),
    ("the sample moved on", (page(PAGE), *BEFORE_IT, *TAGGED, *TAGS_DONE), [("notSeen", "抽样已变化，未再次检查")]),
    ("sampled, but its tags were not read", (page(PAGE), gathered("tag", PAGE, "failed", "提取出错"), *TAGS_DONE),
     [("notSeen", f"页面标签（{PAGE}）采集失败：提取出错")]),
    ("gone from the sample and the site", (fetched(PAGE, "http-4xx", 404), *TAGS_DONE),
     [("removed", "所在页面已不存在（HTTP 404）")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "expected"), SAMPLES, ids=[case[0] for case in SAMPLES])
def test_samples(name: str, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    k = known("d8-meta-tags", location=PAGE)
    assert became("d8-meta-tags", k, site(code="3499000001"), *rows) == expected, name


# --- pages, marks, dates ---------------------------------------------------------------------------------------------

FOOTER = gathered("mark", "footer")


def mark_missing(where: str) -> KnownFinding:
    return known("d2-marks", location=where, item="联系方式", key=f"{where}#联系方式", scope="footer", clause="missing")


def marked(where: str, kind: str) -> Mark:
    return fact(Mark, page=Address(where), kind=kind, value="", form="text")


def test_a_mark_that_other_pages_still_lack_is_not_rectified() -> None:
    pages = (page(HOME, "home"), page(PAGE), FOOTER)
    assert became("d2-marks", mark_missing(PAGE), *pages, marked(PAGE, "contact")) == [
        ("notSeen", "同一问题在其他页面仍然存在")
    ]
    both = (marked(PAGE, "contact"), marked(HOME, "contact"))
    assert became("d2-marks", mark_missing(PAGE), *pages, *both) == [("rectified", "已重新检查，未再发现")]
    assert became("d2-marks", mark_missing(PAGE), page(HOME, "home"), FOOTER, marked(HOME, "contact")) == [
        ("notSeen", "所在页面本次未读取")
    ]


def test_a_list_that_is_cut_rectifies_nothing() -> None:
    k = known("d4-error-report-entry", location=PAGE, scope="home", clause="other")
    crowd = [page(url(f"{n:02}.html")) for n in range(25)]
    rows = (page(HOME, "home"), *crowd, gathered("mark", "home"))
    assert became("d4-error-report-entry", k, page(PAGE), *rows) == [("notSeen", "问题较多，只列出前20处")]


def ahead() -> KnownFinding:
    return known(
        "x-future-date", location=COLUMN, item=url("1.html"), key=url("1.html"), url=url("1.html"),
        detail="《甲》标注发布日期2021-11-05，比检查日晚27天",
    )  # fmt: skip


DATES: list[tuple[str, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("the day has come, the date stands", (dated("1.html", "2021-11-05"),), [("notSeen", "所标日期没有修改")]),
    ("nobody saw the article", (), [("notSeen", "该信息的发布日期本次未读到")]),
    ("the date was mended", (dated("1.html", "2021-10-05"), page(COLUMN, "column")),
     [("rectified", "所在页面已重新读取，未再发现")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "expected"), DATES, ids=[case[0] for case in DATES])
def test_dates_ahead(name: str, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    complete = (
        column("gg/"), *READ, gathered("article_date", "home"), gathered("post", ""), gathered("list_item", "home"),
    )  # fmt: skip
    assert became("x-future-date", ahead(), *rows, *complete) == expected, name


def test_what_was_only_new_once_is_not_rectified_by_time() -> None:
    k = known("v1-forged-date", location=COLUMN, clause="backdated", detail="上次检查后新出现5条")
    rows = (column("gg/"), *READ, fact(SeenArticle, url=url("1.html"), first_seen="2021-10-01"), page(COLUMN, "column"))
    assert became("v1-forged-date", k, *rows) == [("notSeen", "只能与上次检查对照得出，需人工核实")]


def doubtful_target() -> KnownFinding:
    target = "http://shop.example.com/"
    return known(
        "x-bad-external-link", location=PAGE, item=target, key=f"{PAGE}#{target}", url=target, certainty="candidate"
    )


TARGETS: list[tuple[str, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("the link was taken off", (page(PAGE),), [("rectified", "所在页面已重新读取，未再发现")]),
    ("it stands, its target is fine now",
     (page(PAGE), linked(doubtful_target().url), checked(doubtful_target().url, "ok")),
     [("rectified", "所在页面已重新读取，未再发现")]),
    ("it stands, its target was not seen",
     (page(PAGE), linked(doubtful_target().url), checked(doubtful_target().url, "unknown", "blocked")),
     [("notSeen", "链接仍在页面上，其目标本次未能核验")]),
    ("it stands as it was", (page(PAGE), linked(doubtful_target().url),
                             fact(HiddenLink, page=PAGE, url=doubtful_target().url, kind="wrong-target")), []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "expected"), TARGETS, ids=[case[0] for case in TARGETS])
def test_doubtful_targets(name: str, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    everything = (gathered("hidden_link", "target", "partial", "2个外部链接的目标页面未能读取"),)
    assert became("x-bad-external-link", doubtful_target(), *rows, *everything) == expected, name


# --- what proves itself, accounts, context ---------------------------------------------------------------------------


def test_what_was_missing_is_rectified_once_it_is_found() -> None:
    k = known("a1-profile", clause="missing")
    partly = gathered("site_column", "site", "partial", "没读全")
    found = (column("zj/", type="profile"), page(url("zj/"), "column"), partly)
    assert became("a1-profile", k, *found) == [("rectified", "本次检查已见到，问题不再存在")]
    assert became("a1-profile", k, partly) == [("notSeen", "采集不完整，本次不能判定")]


BOARD = "http://hudong.a.gov.cn/liuyan.html"
BOARD_LINK = (page(HOME, "home"), linked(BOARD, HOME, template=""), gathered("site_column", "site"))
UNPROVEN = [("notSeen", "只见到有关链接，本次未能确认可以打开")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((checked(BOARD, "ok"),), [("rectified", "本次检查已见到，问题不再存在")]),
        ((), UNPROVEN),
        ((checked(BOARD, "unknown", "blocked", 403),), UNPROVEN),
        ((checked(BOARD, "unknown", "budget"),), UNPROVEN),
        ((checked(BOARD, "broken", "http-404", 404),), []),
        ((page(BOARD),), [("rectified", "本次检查已见到，问题不再存在")]),
    ],
)
@pytest.mark.parametrize("given", [{}, {"key": "", "source": "通报"}], ids=["found", "named by a circular"])
def test_a_channel_that_only_links_offer_must_be_found_to_work(
    given: dict[str, str], rows: tuple[Any, ...], expected: list[tuple[str, str]]
) -> None:
    links = tuple(replace(row, text="网上咨询") if isinstance(row, Link) else row for row in BOARD_LINK)
    k = known("v5-no-consultation", fingerprint=fingerprint("v5-no-consultation", SUBJECT, HOME), **given)
    assert became("v5-no-consultation", k, *links, *rows) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((checked(DEAD, "ok"),), [("rectified", "所在页面已重新读取，未再发现")]),
        ((checked(DEAD, "unknown", "host-down"),), [("notSeen", "链接仍在页面上，本次未能确认可以打开")]),
        ((), [("notSeen", "链接仍在页面上，本次未能确认可以打开")]),
    ],
)
def test_a_link_in_a_guide_must_be_found_to_work(rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    guide = (
        page(PAGE), linked(DEAD), fact(Guide, key="A1", url=Address(PAGE), title="门牌证办理"),
        fact(GuideElement, guide="A1", element="联系电话", value="1"),
        *map(gathered, ("link", "link_check", "guide", "guide_element")),
    )  # fmt: skip
    k = known("b5-guide-accuracy", clause="contact", location=PAGE, item="A1", key=f"A1 {DEAD}", url=DEAD)
    assert became("b5-guide-accuracy", k, *guide, *rows) == expected


def test_another_problem_of_the_same_rule_leaves_it_to_a_person() -> None:
    k = known("b3-service-statistics", clause="month1", item="statistics", key="statistics")
    rows = (page(HOME, "home"), gathered("site_column", "site"), gathered("site_column", "navigation"))
    assert became("b3-service-statistics", k, *rows) == [("notSeen", "同一规则本次仍有其他问题，需人工核实")]


def posted(day: str, **given: Any) -> Post:
    return fact(Post, **({"key": "1", "url": Address(POST), "title": "甲", "on_date": day, "at": day} | given))


POSTS_DONE = tuple(gathered("post", scope) for scope in ("", "newest", "original"))
LATE_POST = "《甲》标注发布日期2021-11-20，比检查日晚12天"
OTHER = posted("2021-11-01", key="2", url=Address("http://weixin.a.cn/s/2"))


def wording() -> KnownFinding:
    return known("n1-wording", location=POST, item=f"{POST}#错词", key=f"{POST}#错词", certainty="candidate")


ACCOUNTS: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("it posts again", known("n2-stale", location=POST, key=f"account:{SUBJECT}"), (posted("2021-11-05"), *POSTS_DONE),
     [("rectified", "本次检查已见到，问题不再存在")]),
    ("its source was not read", known("n2-stale", location=POST, key=f"account:{SUBJECT}"),
     (gathered("post", "newest", "failed", "拒绝"),), [("notSeen", "采集不完整，本次不能判定")]),
    ("the post was read again", wording(), (posted("2021-11-01"), *POSTS_DONE, gathered("term_hit", "post")),
     [("rectified", "已重新检查，未再发现")]),
    ("the post was deleted", wording(), (OTHER, *POSTS_DONE, gathered("term_hit", "post")),
     [("removed", "该条内容已不在账号发布列表中")]),
    ("the post is older than the list", wording(),
     (OTHER, *POSTS_DONE, gathered("term_hit", "post"),
      fact(AccountMeta, field="complete-since", value="2021-10-20", source="feed")),
     [("notSeen", "该条内容不在本次读到的发布列表中")]),
    ("the wording was not read", wording(), (posted("2021-11-01"), *POSTS_DONE),
     [("notSeen", "文字表述（账号发布内容）未采集")]),
    ("the platform told its name again", known("x-account-registry", location=f"account:{SUBJECT}", key="name",
                                               item="name", clause="name"),
     (fact(AccountMeta, field="name", value="示例发布", source="weibo"), gathered("account_meta")),
     [("rectified", "已重新检查，未再发现")]),
    ("the platform did not tell its name", known("x-account-registry", location=f"account:{SUBJECT}", key="name",
                                                 item="name", clause="name"),
     (gathered("account_meta"),), [("notSeen", "平台资料本次未读到")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), ACCOUNTS, ids=[case[0] for case in ACCOUNTS])
def test_accounts(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became(k.rule, k, account(platform="wechat-subscription"), *rows) == expected, name


def test_a_report_that_nobody_told_of_is_not_rectified() -> None:
    k = known("x-annual-report", item="信息公开年报", key="信息公开年报 2021-03-31", clause="missing")
    assert became("x-annual-report", k, gathered("due_report")) == [("notSeen", "该年度报告不在本次资料中")]
    published = fact(DueReport, report="信息公开年报", due_on="2021-03-31", published_on="2021-03-01")
    assert became("x-annual-report", k, published, gathered("due_report")) == [("rectified", "已重新检查，未再发现")]


# --- rules, people, other findings -----------------------------------------------------------------------------------

RULES: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("a free text", known("", fingerprint="f" * 20), (), [("notSeen", "没有对应的检查规则，需人工核实")]),
    ("a rule that is off", known("v3-home-stale", clause="main"), (), [("notSeen", "规则未启用")]),
    ("a clause that is no more", dead_link(clause="old"), (*LINKS_DONE,), [("notSeen", "规则已修改，需人工核实")]),
    ("a finding of another subject", dead_link(subject="s2"), (), []),
    ("from a circular, while the rule has findings", dead_link(source="通报", key="", fingerprint="e" * 20),
     (page(PAGE), linked("http://b/"), checked("http://b/", "broken", "dns"), *LINKS_DONE),
     [("notSeen", "来自通报，需人工核实")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), RULES, ids=[case[0] for case in RULES])
def test_rules(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became("d3-links", k, *rows) == expected, name


def test_a_rule_that_does_not_apply_or_breaks_says_nothing() -> None:
    k = known("a1-profile", clause="missing")
    assert became("a1-profile", k, site(kind="department")) == [("notSeen", "规则不适用")]
    rules = rule_set("d3-links")
    with reading(page(PAGE), linked(DEAD), checked(DEAD, "ok"), *LINKS_DONE) as reader:
        said = replace(evaluate(reader, rules)[0], reason="规则执行出错：no such table")
        gone = gone_of(reader, rules, [dead_link()], [said])
        assert [(g.change, g.reason) for g in gone] == [(Change.NOT_SEEN, "规则执行出错，本次未再检查")]
        assert [g.reason for g in gone_of(reader, rules, [dead_link()], [])] == ["规则未启用"]


def answer(rule: str, clause: str, what: str = "", problem: int = 0, day: str = "2021-10-20") -> Answer:
    return fact(
        Answer, rule=rule, clause=clause, item=what, problem=problem, by="审核员", on_date=day, expires_on="2021-12-01"
    )


FUTURE = (dated("1.html", "2021-11-20"), item("gg/", "1.html"), page(COLUMN, "column"), column("gg/"), *READ)


def forged() -> KnownFinding:
    where = url("1.html")
    return known("v1-forged-date", location=url("list"), item=where, key=where, url=where, clause="future")


PEOPLE: list[tuple[str, KnownFinding, tuple[Any, ...], list[tuple[str, str]]]] = [
    ("a candidate that a person cleared", forged(), (*FUTURE, answer("v1-forged-date", "future", url("1.html"))),
     [("rectified", "人工认定：审核员，2021-10-20")]),
    ("an answer that is older than the last sight", forged(),
     (*FUTURE, answer("v1-forged-date", "future", url("1.html"), day="2021-10-01")),
     [("notSeen", "只能与上次检查对照得出，需人工核实")]),
    ("an answer about a row that is not there", forged(), (answer("v1-forged-date", "future", url("1.html")),),
     [("notSeen", "只能与上次检查对照得出，需人工核实")]),
    ("a question that nobody answered again", known("v1-public-opinion"), (), [("notSeen", "需人工核实")]),
    ("a question that was answered", known("v1-public-opinion"), (answer("v1-public-opinion", "main"),),
     [("rectified", "人工认定：审核员，2021-10-20")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "k", "rows", "expected"), PEOPLE, ids=[case[0] for case in PEOPLE])
def test_people(name: str, k: KnownFinding, rows: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert became(k.rule, k, *rows) == expected, name


@contextmanager
def crawled(state: str, note: str, *rows: Any) -> Iterator[FactsReader]:
    memory = Memory.empty()
    fill(memory, [clock(), fact(RegisteredSite, url=Address(HOME), kind="portal", status="running"), *rows])
    memory.connection.execute(
        "INSERT INTO frontier(url, rank, depth, role, listed_in, state, note) VALUES (?, 5, 1, 'article', '', ?, ?)",
        (PAGE, state, note),
    )
    reader = memory.reader()
    try:
        yield reader
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("state", "note", "expected"),
    [
        ("done", "", ("rectified", "所在页面已重新读取，不再引用该链接")),
        ("done", "页面过大，只读取了开头部分", ("notSeen", "所在页面本次未读全（页面过大，只读取了开头部分）")),
        ("left", "超出预算", ("notSeen", "所在页面本次未读全（超出预算）")),
    ],
)
def test_the_queue_tells_what_was_not_read_whole(state: str, note: str, expected: tuple[str, str]) -> None:
    with crawled(state, note, page(PAGE), *LINKS_DONE) as reader:
        assert _became(reader, "d3-links", dead_link()) == [expected]


def test_a_finding_about_a_finding_goes_as_that_one_went() -> None:
    rules = rule_set("d3-links", "x-unrectified")
    told = dead_link(notified_on="2021-10-10")
    about = known("x-unrectified", key=told.fingerprint, item=told.fingerprint)
    rows = (page(PAGE), linked(DEAD), *LINKS_DONE, gathered("known_finding"), told, about)
    with reading(*rows, checked(DEAD, "ok")) as reader:
        said = evaluate(reader, rules)
        assert [a.outcome.value for a in said] == ["pass", "pass"]
        assert [(g.rule, g.change.value) for g in gone_of(reader, rules, [about, told], said)] == [
            ("d3-links", "rectified"), ("x-unrectified", "rectified"),
        ]  # fmt: skip
    with reading(*rows, checked(DEAD, "broken", "http-404", 404)) as reader:
        found = evaluate(reader, rules)[1].findings
        assert [(f.certainty, f.location, f.detail) for f in found] == [
            ("certain", PAGE, f"2021-10-10通报的问题“问题”本次检查仍然存在（当时：{ONE_PAGE}）")
        ]
    with reading(*rows, checked(DEAD, "unknown", "budget")) as reader:
        found = evaluate(reader, rules)[1].findings
        assert [(f.certainty, "链接目标本次不能判定" in f.detail) for f in found] == [("candidate", True)]


def test_the_fields_of_a_gone_finding() -> None:
    with reading(page(PAGE), linked(DEAD), checked(DEAD, "ok"), *LINKS_DONE) as reader:
        rules = rule_set("d3-links")
        gone = gone_of(reader, rules, [dead_link(notified_on="2021-10-10")], evaluate(reader, rules))[0]
    assert (gone.rule, gone.clause, gone.problem, gone.location, gone.url, gone.detail, gone.certainty) == (
        "d3-links", "other", "问题", PAGE, DEAD, ONE_PAGE, "certain",
    )  # fmt: skip
    assert (gone.first_seen, gone.last_seen, gone.notified_on) == (
        "2021-08-09T10:00:00+08:00", "2021-10-09T10:00:00+08:00", "2021-10-10",
    )  # fmt: skip
    assert gone.fingerprint == fingerprint("d3-links", SUBJECT, DEAD)


def test_a_date_is_not_mistaken_for_another_subjects_post() -> None:
    k = known("x-future-date", location=POST, item="1", key="1", url=POST, detail=LATE_POST)
    posts = (account(), *POSTS_DONE)
    everything = (
        gathered("article_date", "home", "notApplicable"), gathered("site_column", "navigation", "notApplicable"),
    )  # fmt: skip
    assert became("x-future-date", k, *posts, *everything, posted("2021-10-20")) == [
        ("rectified", "已重新检查，未再发现")
    ]
    late = fact(ArticleDate, url=Address(POST), on_date="2021-11-20", page=Address(POST), source="label")
    assert became("x-future-date", k, *posts, *everything, posted("2021-10-20"), late)[0][0] != "rectified"
