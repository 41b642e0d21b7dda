"""Small data for the tests of the engine: fact rows with defaults, databases in memory, rules as text."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from checker.evaluate import evaluate
from checker.facts.query import FactsReader, Memory
from checker.facts.schema import specs, table_of
from checker.model.context import CONTEXT
from checker.model.facts import (
    Address,
    ArticleDate,
    Clock,
    GatherLog,
    ListItem,
    Probe,
    RegisteredAccount,
    RegisteredSite,
    SiteColumn,
)
from checker.model.results import Assessment
from checker.model.rules import Profile
from checker.rules import LoadedRule, RuleSet, load_rule

SUBJECT = "s1"
HOME = "http://www.a.gov.cn/"
AS_OF = "2021-11-08T10:00:00+08:00"
TODAY = "2021-11-08"

Fact = TypeVar("Fact")


def fact(kind: type[Fact], /, **given: Any) -> Fact:
    """A row of `kind`; what is not given is the subject, the class's default, '' or 0."""
    values: dict[str, Any] = {}
    for spec in specs(kind):  # type: ignore[arg-type]
        empty: Any = 0 if spec.type in {int, float} else ""
        values[spec.name] = SUBJECT if spec.name == "subject" else empty if spec.default is None else spec.default
    return kind(**(values | given))


def clock(day: str = TODAY) -> Clock:
    return Clock(f"{day}T10:00:00+08:00", day)


def site(**given: Any) -> RegisteredSite:
    values: dict[str, Any] = {
        "url": Address(HOME), "name": "示例市人民政府", "kind": "portal", "services": 1, "status": "running",
    }  # fmt: skip
    return fact(RegisteredSite, **(values | given))


def account(**given: Any) -> RegisteredAccount:
    values: dict[str, Any] = {
        "name": "示例发布", "platform": "weibo", "unit": "示例市", "status": "running",
    }  # fmt: skip
    return fact(RegisteredAccount, **(values | given))


def url(path: str) -> Address:
    """An address on the example site."""
    return Address(f"{HOME}{path}")


def column(path: str, **given: Any) -> SiteColumn:
    values: dict[str, Any] = {
        "url": url(path), "name": path.strip("/"), "type": "news", "level": 1, "should_update": "yes", "registered": 1,
    }  # fmt: skip
    return fact(SiteColumn, **(values | given))


def item(column_path: str, path: str, **given: Any) -> ListItem:
    values = {"page": url(column_path), "listed_in": url(column_path), "url": url(path), "title": path}
    return fact(ListItem, **(values | given))


def dated(path: str, day: str, source: str = "list", **given: Any) -> ArticleDate:
    values = {"url": url(path), "on_date": day, "at": day, "source": source, "page": url("list"), "quote": day}
    return fact(ArticleDate, **(values | given))


def gathered(what: str, scope: str = "", state: str = "complete", reason: str = "") -> GatherLog:
    return GatherLog(SUBJECT, what, scope, state, reason)


def fill(memory: Memory, rows: Iterable[Any]) -> None:
    """Put rows into a database in memory, addresses interned as the store does it."""
    put = memory.connection.execute
    for row in rows:
        values = []
        for spec in specs(type(row)):  # type: ignore[arg-type]
            value = getattr(row, spec.name)
            if spec.interned:
                name = "url" if spec.interned == "address" else "digest"
                put(f"INSERT OR IGNORE INTO {spec.interned}({name}) SELECT ?1 WHERE ?1 <> ''", (value,))
                found = put(f"SELECT id FROM {spec.interned} WHERE {name} = ?", (value,)).fetchone()
                value = found[0] if found else 0
            values.append(value)
        schema = "context" if type(row) in CONTEXT else "main"
        put(f"INSERT INTO {schema}.{table_of(type(row))} VALUES ({', '.join('?' * len(values))})", values)


@contextmanager
def reading(*rows: Any, seconds: float = 10.0) -> Iterator[FactsReader]:
    """A guarded reader over these rows; a clock and the site stand in unless given."""
    memory = Memory.empty()
    given = {type(r) for r in rows}
    start: list[Any] = [] if Clock in given else [clock()]
    if not given & {RegisteredSite, RegisteredAccount}:
        start.append(site())
    fill(memory, [*start, *rows])
    reader = memory.reader(seconds)
    try:
        yield reader
    finally:
        reader.close()


def ask(sql: str, *rows: Any) -> list[dict[str, Any]]:
    """Rows of a query over these facts."""
    with reading(*rows) as reader:
        return reader.ask(sql)


def tuples(sql: str, *rows: Any) -> list[tuple[Any, ...]]:
    """The same as tuples, in the order of the columns asked for."""
    return [tuple(row.values()) for row in ask(sql, *rows)]


def rule_of(folder: Path, text: str, name: str = "t1-test") -> LoadedRule:
    """A rule from its text, with the keys that no test is about filled in."""
    head = "" if "\nid:" in f"\n{text}" else f"id: {name}\n"
    for key, value in (
        ("title", "测试"), ("indicator", "{document: 文件, part: 扣分, item: 项目}"), ("advice", "改正。"),
        ("applies_to", "{site: true}"),
    ):  # fmt: skip
        if f"\n{key}:" not in f"\n{text}":
            head += f"{key}: {value}\n"
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + text, encoding="utf-8")
    return load_rule(path)


def assess(
    loaded: LoadedRule, *rows: Any, absent: str = "complete", blocking: bool = False, seconds: float = 10.0
) -> Assessment:
    """One rule over these facts."""
    profile = Profile(name="test", title="测试", blocking=(loaded.rule.id,) if blocking else ())
    with reading(*rows, seconds=seconds) as reader:
        return evaluate(reader, RuleSet(profile, (loaded,), ""), absent)[0]


ROWS_SQL = """
sql: |
  SELECT t.subject, t.url AS location, t.detail, t.probe AS clause, t.item, t.certainty, t.outcome AS scope
  FROM tested t
"""
"""A rule whose rows are the probes of the facts: what a test wants to come out, it puts in."""


def found(
    clause: str = "main", what: str = "", certainty: str = "certain", where: str = "p.html", **more: Any
) -> Probe:
    """A row of a rule that is made with ROWS_SQL."""
    values = {"probe": clause, "item": what, "certainty": certainty, "url": url(where), "detail": f"见{where}"}
    return fact(Probe, **(values | more))


def outcome(assessment: Assessment) -> tuple[Any, ...]:
    return assessment.outcome.value, assessment.points, assessment.at_risk


def brief(assessment: Assessment) -> list[Any]:
    return [(f.clause, f.item, f.certainty, f.points) for f in assessment.findings]
