"""Known findings and facts for the tests of what became of findings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from checker.evaluate import evaluate, fingerprint
from checker.evaluate.again import gone_of
from checker.facts.query import FactsReader, Memory
from checker.model.context import Answer, KnownFinding
from checker.model.facts import (
    Address,
    Fetch,
    Link,
    LinkCheck,
    Mark,
    Page,
    Post,
    RegisteredSite,
)
from checker.model.rules import Profile
from checker.rules import RuleSet
from tests.engine_data import (
    HOME,
    SUBJECT,
    clock,
    dated,
    fact,
    fill,
    gathered,
    item,
    reading,
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


def stale(**given: Any) -> KnownFinding:
    values = {"location": COLUMN, "scope": COLUMN, "clause": "news",
              "detail": "“gg”最新信息为2021-09-01《甲》，距检查日38天，超过14天"}  # fmt: skip
    return known("v4-columns-stale", **(values | given))


READ = (NAVIGATION, gathered("list_item", COLUMN), gathered("article_date", COLUMN))


OLD = (item("gg/", "1.html"), dated("1.html", "2021-09-01"))


def marked(where: str, kind: str) -> Mark:
    return fact(Mark, page=Address(where), kind=kind, value="", form="text")


def posted(day: str, **given: Any) -> Post:
    return fact(Post, **({"key": "1", "url": Address(POST), "title": "甲", "on_date": day, "at": day} | given))


POSTS_DONE = tuple(gathered("post", scope) for scope in ("", "newest", "original"))


LATE_POST = "《甲》标注发布日期2021-11-20，比检查日晚12天"


OTHER = posted("2021-11-01", key="2", url=Address("http://weixin.a.cn/s/2"))


def answer(rule: str, clause: str, what: str = "", problem: int = 0, day: str = "2021-10-20") -> Answer:
    return fact(
        Answer, rule=rule, clause=clause, item=what, problem=problem, by="审核员", on_date=day, expires_on="2021-12-01"
    )


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
