"""What became of known findings of sites: rectified only if examined again; gone pages apart; in doubt not seen."""

from dataclasses import replace
from typing import Any

import pytest

from checker.evaluate import evaluate, fingerprint
from checker.model.context import KnownFinding, SeenArticle
from checker.model.facts import (
    Address,
    Guide,
    GuideElement,
    HiddenLink,
    Link,
    Tag,
)
from tests.engine_data import (
    HOME,
    SUBJECT,
    column,
    dated,
    fact,
    gathered,
    item,
    reading,
    site,
    url,
)
from tests.gone import (
    COLUMN,
    DEAD,
    LINKS_DONE,
    LINKS_PARTLY,
    NAVIGATION,
    OLD,
    ONE_PAGE,
    PAGE,
    READ,
    became,
    checked,
    dead_link,
    fetched,
    known,
    linked,
    marked,
    page,
    rule_set,
    stale,
)

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


FRESH = (item("gg/", "1.html"), dated("1.html", "2021-11-05"))


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


FOOTER = gathered("mark", "footer")


def mark_missing(where: str) -> KnownFinding:
    return known("d2-marks", location=where, item="联系方式", key=f"{where}#联系方式", scope="footer", clause="missing")


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
