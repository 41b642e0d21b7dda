"""What became of known findings of accounts, by rules that changed, by people, and of findings about findings."""

from dataclasses import replace
from typing import Any

import pytest

from checker.evaluate import evaluate, fingerprint
from checker.evaluate.again import gone_of
from checker.model.context import DueReport, KnownFinding
from checker.model.facts import (
    AccountMeta,
    Address,
    ArticleDate,
)
from checker.model.results import Change
from tests.engine_data import (
    SUBJECT,
    account,
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
    LATE_POST,
    LINKS_DONE,
    ONE_PAGE,
    OTHER,
    PAGE,
    POST,
    POSTS_DONE,
    READ,
    _became,
    answer,
    became,
    checked,
    crawled,
    dead_link,
    known,
    linked,
    page,
    posted,
    rule_set,
)


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
