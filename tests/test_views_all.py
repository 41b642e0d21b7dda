"""All views together: none yields NULL, none is slow on a large site, each declares the coverage it needs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.evaluate import PLACES
from checker.facts.query import FactsReader, open_facts
from checker.facts.schema import Need, parse_needs, specs, table_of, tables, views
from checker.facts.store import FactsWriter
from checker.model.context import CONTEXT, ContextLog
from checker.model.facts import (
    FACTS,
    Address,
    Clock,
    Link,
    LinkCheck,
    Mark,
    Page,
    PageTemplate,
    RegisteredAccount,
    RegisteredSite,
    Tag,
    TemplateKey,
)
from tests.engine_data import (
    HOME,
    SUBJECT,
    account,
    clock,
    column,
    dated,
    fact,
    gathered,
    item,
    reading,
    site,
    url,
)

NO_TEMPLATE, NO_PAGE = TemplateKey(""), Address("")

_POOLS: dict[str, list[str]] = {
    "address": ["", HOME, url("a/"), url("1.html"), "http://b.cn/"],
    "template": ["", "T"],
    "day": ["", "2021-11-01", "2020-01-31", "2022-02-01"],
    "text": ["", "news", "policy", "consultation", "running", "icp", "code", "article", "column", "home", "ok",
             "broken", "consultation-channel", "yes", "no", "certain", "list", "label", "vague", "unit", "account",
             "index", "null"],
}  # fmt: skip
_SINGLE = (Clock, RegisteredSite, RegisteredAccount)


def value_of(name: str, interned: str, kind: type) -> st.SearchStrategy[Any]:
    if name == "subject":
        return st.just(SUBJECT)
    if kind in {int, float}:
        return st.integers(0, 2)
    dates = {"on_date", "at", "first_seen_on", "asked_on", "replied_on", "day", "rectified_on", "notified_on"}
    return st.sampled_from(_POOLS[interned or ("day" if name in dates else "text")])


SPARSE = st.one_of(
    *(
        st.builds(kind, **{s.name: value_of(s.name, s.interned, s.type) for s in specs(kind)})
        for kind in FACTS + CONTEXT
        if kind not in _SINGLE and kind is not ContextLog
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(SPARSE, max_size=25), st.booleans())
def test_no_view_ever_yields_null(rows: list[Any], of_account: bool) -> None:
    with reading(account() if of_account else site(), *rows) as reader:
        for name in views():
            assert [r for r in reader.ask(f"SELECT * FROM {name}") if None in r.values()] == [], name


@pytest.mark.parametrize("name", views())
def test_a_view_of_nothing_is_no_error(name: str) -> None:
    with reading() as reader:
        assert all(None not in row.values() for row in reader.ask(f"SELECT * FROM {name}"))


def test_every_view_declares_what_exists() -> None:
    places = set(PLACES)  # those that reports have words for
    for view in views().values():
        assert view.sentence.endswith("."), view.name
        assert {n.fact for n in view.needs} <= tables().keys(), view.name
        assert {n.at for n in view.needs} <= places, view.name
    assert parse_needs("list_item@column, page") == (Need("list_item", "column"), Need("page", ""))
    assert parse_needs("") == ()
    assert not set(views()) & set(tables())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactsReader]:
    """1,500 pages under one navigation of 60 links, 200 columns, 8,000 entries, a third of the targets broken."""
    path = tmp_path_factory.mktemp("large") / "f.sqlite"
    columns = [f"c{n}/" for n in range(200)]
    pages = [Address(HOME), *(url(c) for c in columns), *(url(f"{n}.html") for n in range(1300))]
    key = TemplateKey("T")
    with FactsWriter(path) as writer:
        writer.write([clock(), site()])
        writer.write(Link(SUBJECT, NO_PAGE, key, url(c), c, "a", "navigation") for c in columns[:60])
        writer.write(
            column(c, type=t) for c, t in zip(columns, ["news", "policy", "special", "notice"] * 50, strict=True)
        )
        for n in range(8000):
            day = f"20{10 + n % 11}-{n % 12 + 1:02}-{n % 28 + 1:02}"
            writer.write([item(columns[n % 200], f"{n}.html", position=n // 200), dated(f"{n}.html", day)])
            writer.write([fact(LinkCheck, url=url(f"{n}.html"), verdict="broken" if n % 3 == 0 else "ok")])
        writer.write(fact(LinkCheck, url=url(c), verdict="broken") for c in columns[:20])
        for n, page in enumerate(pages):
            writer.write([fact(Page, url=page, role="article"), PageTemplate(SUBJECT, page, key, "navigation")])
            writer.write(
                Link(SUBJECT, page, NO_TEMPLATE, url(f"{(n * 7 + k) % 8000}.html"), "文", "a", "main") for k in range(8)
            )
            writer.write([fact(Mark, page=page, kind="icp"), fact(Tag, page=page, name="SiteName", content="x")])
            writer.write([gathered("mark", page)])
    with open_facts(path, seconds=30) as reader:
        yield reader


@pytest.mark.parametrize("name", views())
def test_every_view_is_quick_on_a_large_site(large: FactsReader, name: str) -> None:
    started = time.monotonic()
    large.ask(f"SELECT count(*) AS n, * FROM {name}")
    assert time.monotonic() - started < 2


def test_table_names_are_the_classes_own() -> None:
    assert {table_of(kind): kind for kind in FACTS + CONTEXT} == tables()


def test_the_path_of_a_file_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "县 #1?%20.sqlite"
    with FactsWriter(path) as writer:
        writer.write([clock(), site()])
    with open_facts(path) as reader:
        assert reader.ask("SELECT name FROM site") == [{"name": "示例市人民政府"}]
