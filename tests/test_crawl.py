"""The frontier: in which order pages are read, what is never read, and how a killed crawl goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.crawl import Frontier, Rank, Scope, Visit, is_page
from checker.facts.store import FactsWriter
from tests.engine_data import HOME, url

SCOPE = Scope(HOME, ())


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[FactsWriter]:
    with FactsWriter(tmp_path / "f.sqlite") as writer:
        yield writer


def frontier(facts: FactsWriter, scope: Scope = SCOPE, pages: int = 100, depth: int = 5) -> Frontier:
    return Frontier(facts, scope, pages, depth)


def taken(queue: Frontier, most: int = 100) -> list[str]:
    return [visit.url.removeprefix(HOME) for visit in queue.take(most)]


def test_the_order_is_home_navigation_columns_samples_items_rest(facts: FactsWriter) -> None:
    queue = frontier(facts)
    for rank in sorted(Rank, reverse=True):
        assert queue.add(url(f"{rank.name}-deep"), rank, 3)
        assert queue.add(url(f"{rank.name}-b"), rank, 1)
        assert queue.add(url(f"{rank.name}-a"), rank, 1)
    wanted = ["HOME", "NAVIGATION", "COLUMN", "NEXT_PAGE", "SAMPLE", "ITEM", "REST"]
    assert taken(queue) == [f"{name}-{which}" for name in wanted for which in ("b", "a", "deep")]


def test_a_better_rank_moves_a_page_forward_with_what_it_is(facts: FactsWriter) -> None:
    queue = frontier(facts)
    queue.add(url("x"), Rank.REST, 3)
    queue.add(url("y"), Rank.ITEM, 2)
    assert queue.add(url("x"), Rank.COLUMN, 1, "column", url("x")) is False
    queue.add(url("x"), Rank.NAVIGATION, 2)  # says less: role and column stay
    queue.add(url("x"), Rank.REST, 4, "article", url("other"))  # a worse rank changes nothing
    assert queue.take(9) == [
        Visit(1, url("x"), Rank.NAVIGATION, 1, "column", url("x")),
        Visit(2, url("y"), Rank.ITEM, 2, "other", ""),
    ]


def test_the_shortest_way_counts_whatever_the_rank(facts: FactsWriter) -> None:
    queue = frontier(facts)
    queue.add(url("x"), Rank.ITEM, 4, "article", url("c"))
    queue.add(url("x"), Rank.ITEM, 2)
    queue.add(url("x"), Rank.REST, 1)
    assert queue.take(9) == [Visit(1, url("x"), Rank.ITEM, 1, "article", url("c"))]


def test_a_page_is_read_once_however_it_is_written(facts: FactsWriter) -> None:
    queue = frontier(facts)
    for written in (HOME, "http://WWW.A.GOV.CN", "http://www.a.gov.cn:80/#top", "http://www.a.gov.cn/./"):
        queue.add(written, Rank.HOME, 0)
    (visit,) = queue.take(9)
    queue.close(visit, "done")
    assert queue.add(HOME, Rank.HOME, 0) is False
    assert queue.take(9) == []
    assert facts.execute("SELECT url, state FROM frontier") == [(HOME, "done")]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (url("a.html"), True),
        (url("a.SHTML?x=a.pdf"), True),
        (url("a/"), True),
        (url("a"), True),
        (url("view.do"), True),
        (url("a.pdf"), False),
        (url("a.JPG"), False),
        (url("a.tar.gz"), False),
    ],
)
def test_what_can_be_a_page(address: str, wanted: bool) -> None:
    assert is_page(address) is wanted


@pytest.mark.parametrize(
    "bad", ["javascript:void(0)", "mailto:a@b.cn", "http://", "ftp://www.a.gov.cn/x", url("a.docx")]
)
def test_what_is_no_page_is_not_queued(facts: FactsWriter, bad: str) -> None:
    queue = frontier(facts)
    assert queue.add(bad, Rank.REST, 1) is False
    assert queue.take(9) == []


def test_scope_is_host_path_and_aliases(facts: FactsWriter) -> None:
    scope = Scope("http://www.a.gov.cn/fgw/index.html", ("old.a.gov.cn", "http://www.b.gov.cn/fgw/"))
    queue = frontier(facts, scope)
    inside = [
        "http://www.a.gov.cn/fgw/x",
        "https://www.a.gov.cn/fgw/y",
        "http://a.gov.cn/fgw/",
        "http://old.a.gov.cn/z",
        "http://www.b.gov.cn/fgw/",
    ]
    outside = [
        "http://www.a.gov.cn/", "http://www.a.gov.cn/fgwx/", "http://c.a.gov.cn/fgw/", "http://www.b.gov.cn/",
        "http://www.a.gov.cn:8080/fgw/x", "http://www.a.gov.cn.evil.com/fgw/", "http://evil.com/www.a.gov.cn/fgw/",
    ]  # fmt: skip
    assert [u for u in inside + outside if queue.add(u, Rank.REST, 1)] == inside


def test_depth_is_bounded(facts: FactsWriter) -> None:
    queue = frontier(facts, depth=2)
    assert [queue.add(url(str(n)), Rank.REST, n) for n in range(4)] == [True, True, True, False]


def test_the_page_budget_ends_the_crawl_and_what_is_left_is_said(facts: FactsWriter) -> None:
    queue = frontier(facts, pages=3)
    queue.add_all([url(str(n)) for n in range(5)], Rank.REST, 1)
    first = queue.take(2)
    queue.close(first[0], "done")
    queue.close(first[1], "failed", "连接超时")
    assert [taken(queue, 8), taken(queue, 8), queue.read] == [["2"], [], 3]
    assert queue.give_up("超过上限") == 3  # two queued, and one that was being read
    assert facts.execute("SELECT url, state, note FROM frontier ORDER BY id") == [
        (url("0"), "done", ""), (url("1"), "failed", "连接超时"), (url("2"), "left", "超过上限"),
        (url("3"), "left", "超过上限"), (url("4"), "left", "超过上限"),
    ]  # fmt: skip
    assert queue.give_up("again") == 0


def test_a_killed_crawl_reads_again_what_was_being_read_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite"
    with FactsWriter(path) as facts:
        queue = frontier(facts, pages=4)
        queue.add_all([url(str(n)) for n in range(6)], Rank.REST, 1)
        done, failed, _ = queue.take(3)
        queue.close(done, "done")
        queue.close(failed, "failed")
        facts.commit()
    with FactsWriter(path) as facts:
        queue = frontier(facts, pages=4)
        assert queue.read == 2
        assert not any(queue.add(url(str(n)), Rank.HOME, 0) for n in range(3))
        assert taken(queue) == ["2", "3"]
        assert taken(queue) == []


def test_a_crawl_ends_on_a_site_that_never_does(facts: FactsWriter) -> None:
    queue = frontier(facts, pages=50, depth=1000)
    queue.add(url("0"), Rank.HOME, 0)
    read = []
    while batch := queue.take(8):
        for visit in batch:
            read.append(visit.url)
            n = int(visit.url.rpartition("/")[2])
            queue.add_all([url(str(2 * n + 1)), url(str(2 * n + 2)), url("0")], Rank.REST, visit.depth + 1)
            queue.close(visit, "done")
    assert len(read) == len(set(read)) == queue.read == 50
