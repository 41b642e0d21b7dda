"""After a circular: found → notified → looked at again, on a small site that answers on loopback."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checker.demo import CityServer
from checker.errors import UsageError
from checker.fleet import evaluate_scan, run, stopped_scan
from checker.fleet.recheck import Wanted, base_of, prepared, recheck
from checker.history import pages_before
from checker.history.notifying import record_notified
from checker.loopback import Reply
from checker.model.registry import Site
from checker.model.results import Finding, Scan, SubjectResult, Verdict
from checker.model.suppressions import Suppression
from checker.report.text import render
from checker.rules.book import PlacedSuppression
from tests.scanning import AS_OF, html, national, order, site

HOST = "www.again.example"
ID = "www-again-example"
NAMES = ("yw", "bm", "xz", "jc", "sz", "mt")
LATER = AS_OF + timedelta(days=30)
HELP = '<a href="/xx/">领导信箱</a><a href="/bs/">办事服务</a>'
NAV = '<a href="/">首页</a>' + "".join(f'<a href="/{n}/">{n}动态</a>' for n in NAMES) + HELP
HEAD = f'<div class="nav">{NAV}</div>'
FORM = html(HEAD + '<form action="/send"><input name="title"><textarea name="text"></textarea></form>')
OLD, NEW = "2021-10-08", "2021-12-07"
COLUMNS: list[dict[str, Any]] = [
    *({"name": f"{n}动态", "url": f"/{n}/", "type": "news", "level": 1} for n in NAMES),
    {"name": "领导信箱", "url": "/xx/", "type": "consultation", "level": 1},
    {"name": "办事服务", "url": "/bs/", "type": "services", "level": 1},
]


def entries(name: str, day: str, count: int = 1) -> str:
    listed = (
        f'<li><a href="/{name}/{n}.html">关于{name}工作推进情况的通报之{n}</a><span>{day}</span></li>'
        for n in range(1, count + 1)
    )
    return f"<ul>{''.join(listed)}</ul>"


def city(day: str = OLD, home: str = "2021-11-05", **columns: str) -> dict[str, Reply]:
    """A site whose columns show `day` unless they are named; whose home page shows `home`."""
    pages = {"/": html(HEAD + entries("home", home)), "/xx/": FORM, "/bs/": FORM}
    for name in NAMES:
        pages[f"/{name}/"] = html(HEAD + entries(name, columns.get(name, day)))
        pages[f"/{name}/1.html"] = html("<h1>通报</h1><p>正文内容</p>")
    return pages | {"/home/1.html": html("<h1>通报</h1><p>正文内容</p>")}


@dataclass
class Story:
    """One store and one site over time; `asked` are the paths that the last recheck asked for."""

    store: Path
    site: Site = field(default_factory=lambda: site(HOST, columns=COLUMNS))
    asked: set[str] = field(default_factory=set)

    def scan(self, pages: Mapping[str, Reply]) -> Scan:
        with CityServer(hosts={HOST: dict(pages)}) as server:
            return run(order(server, self.store, [self.site]), lambda _: None)

    def notify(self, scan: Scan, rule: str, *places: str) -> None:
        """Note a rule's findings, or those at `places`, as notified."""
        wanted = [f"http://{HOST}{p}" for p in places]
        marks = [
            f.fingerprint for a in scan.subjects[0].assessments if a.rule == rule
            for f in a.findings if not places or f.location in wanted or f.url in wanted
        ]  # fmt: skip
        assert marks
        record_notified(self.store, marks, date(2021, 11, 20), "通报")

    def again(
        self, pages: Mapping[str, Reply], wanted: Wanted | None = None, sites: list[Site] | None = None, **more: Any
    ) -> SubjectResult:
        """What a recheck thirty days later says."""
        with CityServer(hosts={HOST: dict(pages)}) as server:
            asked = order(server, self.store, [self.site] if sites is None else sites, as_of=LATER, **more)
            self.result = recheck(asked, prepared(self.store, wanted or Wanted(), asked.rules), lambda _: None)
            self.asked = {path for _, path in server.counts()} - {"/robots.txt"}
        return self.result.subjects[0]

    def history(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.store / "history.sqlite")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def said(result: SubjectResult) -> dict[str, str]:
    """What became of what was notified, by its place; every answer that is not "still there" gives its reason."""
    assert all(g.reason for g in result.gone)
    gone = {g.location: g.change.value for g in result.gone}
    rows = {f.location: f.rechecked for a in result.assessments for f in a.findings if f.rechecked == "notRectified"}
    return {k.removeprefix(f"http://{HOST}"): v for k, v in (gone | rows).items()}


def columns(answer: str, *names: str) -> dict[str, str]:
    return {f"/{n}/": answer for n in names}


STALE = "v4-columns-stale"


def test_what_was_mended_is_rectified_and_the_subject_qualified(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    result = story.again(city(day=NEW, home="2021-01-01"))  # nobody notified the home page
    assert said(result) == columns("rectified", *NAMES)
    assert (result.rectification, result.verdict) == ("整改后合格", "qualified")
    expected = [("2021-12-08", "rectified")]
    assert story.history("SELECT DISTINCT rectified_on, state FROM finding WHERE notified_on <> ''") == expected


def test_some_rectified_is_still_unqualified_while_the_veto_is_reached(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    result = story.again(city(yw=NEW))
    assert said(result) == columns("notRectified", *NAMES) | columns("rectified", "yw")
    assert (result.rectification, result.verdict) == ("不合格", "unqualified")
    stale = next(a for a in result.assessments if a.rule == STALE)
    assert {(len(stale.findings), f.notified_on, "距检查日61天" in f.detail) for f in stale.findings} == {
        (5, "2021-11-20", True)
    }


def test_nothing_rectified_is_not_rectified(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    result = story.again(city())
    assert said(result) == columns("notRectified", *NAMES)
    assert (result.rectification, result.verdict) == ("未整改", "unqualified")


def test_of_a_site_that_is_down_nobody_can_tell(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    result = story.again({"*": Reply(503, "text/html", b"")})
    assert said(result) == columns("notSeen", *NAMES)
    assert (result.rectification, result.verdict, result.grade) == ("待核", "pending", "待核")
    assert story.history("SELECT count(*) FROM finding WHERE rectified_on <> ''") == [(0,)]


def test_a_column_that_is_gone_is_for_a_person_to_accept(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    missing = {"/yw/": Reply(404, "text/html", b""), "/bm/": Reply(404, "text/html", b"")}
    result = story.again(city() | missing)
    assert said(result) == columns("notRectified", *NAMES) | columns("removed", "yw", "bm")
    assert (result.rectification, result.verdict) == ("待核", "pending")
    assert "页面或栏目已不存在，请人工确认" in render(story.result).decode()


def test_only_what_was_notified_is_asked_for(story: Story) -> None:
    story.notify(story.scan(city()), STALE, "/jc/")
    result = story.again(city(day=NEW))
    assert story.asked == {"/", "/jc/", "/jc/1.html"}
    assert said(result) == columns("rectified", "jc")
    stale = next(a for a in result.assessments if a.rule == STALE)
    assert {f.rechecked for f in stale.findings} == {""}
    assert result.rectification == "不合格"


def test_rows_that_nobody_looked_at_keep_their_evidence_and_are_no_sight(story: Story) -> None:
    base = story.scan(city())
    story.notify(base, STALE, "/jc/")
    story.again(city())
    last = dict(story.history("SELECT replace(location, 'http://www.again.example', ''), last_seen FROM finding"))
    assert (last["/jc/"], last["/yw/"]) == (LATER.isoformat(), AS_OF.isoformat())
    row = next(f for a in story.result.subjects[0].assessments for f in a.findings if f.location.endswith("/yw/"))
    assert (row.evidence.archive or "").startswith(f"../{base.id}/evidence.warc.gz#")


def test_entries_without_a_date_in_the_list_are_opened(story: Story) -> None:
    story.notify(story.scan(city()), STALE, "/jc/")
    dated = html("<h1>关于jc工作推进情况的通报</h1><div>发布时间：2021-12-06 来源：本站</div><p>正文</p>")
    articles = {f"/jc/content_{n}.html": dated for n in range(8)}
    listed = "".join(f'<li><a href="{path}">关于第{n}次会议情况的通报</a></li>' for n, path in enumerate(articles))
    result = story.again(city() | {"/jc/": html(f"{HEAD}<ul>{listed}</ul>")} | articles)
    assert story.asked == {"/", "/jc/", "/jc/1.html", *articles}
    assert said(result) == columns("rectified", "jc")


def test_a_home_page_that_was_notified_is_read_with_nothing_else(story: Story) -> None:
    story.notify(story.scan(city(home="2021-01-05")), "v3-home-stale")
    result = story.again(city(home=NEW))
    assert (story.asked, said(result)) == ({"/"}, {"/": "rectified"})


def test_a_rule_that_looks_at_the_whole_site_reads_what_it_needs(story: Story) -> None:
    bare = [c for c in COLUMNS if c["type"] == "news"]
    story.site = site(HOST, columns=bare)
    without = {p: html(r.body.decode().replace(HELP, "")) for p, r in city().items() if p not in {"/xx/", "/bs/"}}
    story.notify(story.scan(without), "v5-no-consultation")
    result = story.again(city())
    assert said(result) == {"/": "rectified"}
    assert {f"/{n}/" for n in NAMES} <= story.asked
    assert not any(path.endswith("/1.html") for path in story.asked - {"/home/1.html"})


TAGGED = "".join(
    f'<meta name="{n}" content="{v}">'
    for n, v in {"SiteName": "示例", "SiteDomain": HOST, "SiteIDCode": "3415000001", "ArticleTitle": "通报",
                 "PubDate": "2021-11-05 10:00", "ContentSource": "本站"}.items()
)  # fmt: skip


def test_the_original_sample_is_kept_although_the_site_has_newer_items(story: Story) -> None:
    story.site = site(HOST, columns=COLUMNS, kind="portal")
    base = story.scan(city())
    story.notify(base, "d8-meta-tags")
    first = next(a for a in base.subjects[0].assessments if a.rule == "d8-meta-tags")
    whole = Reply(200, "text/html; charset=utf-8", f"<html><head>{TAGGED}</head><body>通报</body></html>".encode())
    newer = {f"/{n}/0.html": whole for n in NAMES}
    result = story.again(city() | newer | {"/yw/1.html": whole})
    second = next(a for a in result.assessments if a.rule == "d8-meta-tags")
    sample = {m.url.removeprefix(f"http://{HOST}") for m in first.sample}
    assert second.sample == first.sample
    assert {p for p, answer in said(result).items() if answer == "rectified"} == sample & {"/yw/1.html"}
    assert story.asked - {"/"} == sample


@pytest.mark.parametrize(
    ("home", "dead", "expected"),
    [
        ("", 404, {"/": "notRectified"}),
        ("", 200, {"/": "rectified"}),
        ("mended", 404, {"/": "rectified"}),
        ("", 403, {"/": "notSeen"}),
    ],
)
def test_of_links_only_the_target_that_was_notified_is_verified(
    story: Story, home: str, dead: int, expected: dict[str, str]
) -> None:
    story.site = site(HOST, columns=COLUMNS, kind="portal")
    links = '<a href="/special/old.html">旧专题</a><a href="/special/other.html">另一专题</a>'
    front = html(HEAD + entries("home", "2021-11-05") + links)
    pages = city() | {"/": front}
    story.notify(story.scan(pages), "d3-links", "/special/old.html")
    after = pages | {"/": html(HEAD + entries("home", "2021-11-05")) if home else front}
    after["/special/old.html"] = Reply(dead, "text/html", b"<h1>page</h1>")
    result = story.again(after)
    assert said(result) == expected
    assert story.asked == ({"/"} if home else {"/", "/special/old.html"})


def test_whoever_left_the_registry_cannot_be_told_of(story: Story) -> None:
    story.notify(story.scan(city()), STALE)
    result = story.again(city(day=NEW), sites=[])
    assert {(g.change.value, g.reason) for g in result.gone} == {("notSeen", "该对象已不在登记表中，未复查")}
    assert (story.asked, result.rectification) == (set(), "待核")


def test_other_rules_than_those_of_the_scan_are_said_in_every_answer(story: Story) -> None:
    story.notify(story.scan(city()), STALE, "/jc/")
    result = story.again(city(day=NEW), rules=replace(national(), sha256="another"))
    assert [g.reason.rpartition("；")[2] for g in result.gone] == ["复查所用指标与原检查不同"]


def test_a_finding_without_a_rule_of_today_cannot_be_told(story: Story) -> None:
    story.notify(story.scan(city()), STALE, "/jc/")
    less = replace(national(), rules=tuple(r for r in national().rules if r.rule.id != STALE))
    result = story.again(city(day=NEW), rules=less)
    assert (said(result), story.asked) == (columns("notSeen", "jc"), {"/"})


def test_without_a_circular_there_is_nothing_to_look_at(story: Story) -> None:
    base = story.scan(city())
    with pytest.raises(UsageError, match=f"checker history notify --scan {base.id}"):
        story.again(city())
    result = story.again(city(day=NEW), Wanted(everything=True))
    assert [g.change.value for g in result.gone if g.rule == STALE] == ["rectified"] * len(NAMES)
    with pytest.raises(UsageError, match="--only nobody"):
        story.again(city(), Wanted(only=("nobody",)))


def test_a_recheck_is_no_scan_to_start_from_to_judge_or_to_plan_by(story: Story) -> None:
    base = story.scan(city())
    before = pages_before(story.store)
    story.notify(base, STALE)
    story.again(city(day=NEW))
    assert base_of(story.store, None) == base.id
    assert pages_before(story.store) == before
    with pytest.raises(UsageError, match="is a recheck itself"):
        base_of(story.store, story.result.id)
    with pytest.raises(UsageError, match="is a recheck"):
        evaluate_scan(story.store, story.result.id, national())
    story.again({})  # all of it is mended already: nobody is asked, and the answer stands
    assert story.result.subjects[0].rectification == "整改后合格"


def test_a_later_scan_of_some_subjects_is_not_what_a_recheck_starts_from(story: Story) -> None:
    base = story.scan(city())
    with CityServer(hosts={HOST: city()}) as server:
        some = run(order(server, story.store, [story.site], only=(ID,)), lambda _: None)
    assert base_of(story.store, None) == base.id
    assert base_of(story.store, some.id) == some.id
    shutil.rmtree(story.store / "scans" / base.id)
    assert base_of(story.store, None) == some.id


def test_a_recheck_that_was_killed_leaves_nothing_behind_but_its_folder(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    story.notify(story.scan(city()), STALE)
    monkeypatch.setattr("checker.fleet.recheck.running.record_scan", killed)
    with pytest.raises(KeyboardInterrupt):
        story.again(city(day=NEW))
    monkeypatch.undo()
    with pytest.raises(UsageError, match="no unfinished scan"):
        stopped_scan(story.store)
    assert story.again(city(day=NEW)).rectification == "整改后合格"


def test_a_suppression_that_has_expired_since_hides_nothing_any_more(story: Story) -> None:
    """Both days are included; the recheck is of 8 December."""
    rows = {"through-the-7th": "2021-12-07", "through-the-8th": "2021-12-08"}
    for name, last in rows.items():
        held = Suppression.model_validate({
            "rule": "v4-columns-stale", "scope": {"subject": ID}, "reason": name, "owner": "张三",
            "created": "2021-11-01", "expires": last,
        })  # fmt: skip
        rules = replace(national(), suppressions=(PlacedSuppression(held, "suppressions.yaml:3"),))
        with CityServer(hosts={HOST: city()}) as server:
            base = run(order(server, story.store / name, [story.site], rules=rules), lambda _: None)
            asked = order(server, story.store / name, [story.site], as_of=LATER)
            found = base.subjects[0].verdict, len([f for f in stale(base) if f.suppressed])
            assert found == (Verdict.QUALIFIED, len(NAMES)), name
            again = recheck(
                asked, prepared(story.store / name, told(base, story.store / name), national()), lambda _: None
            )
        assert [bool(f.suppressed) for f in stale(again)] == [last == "2021-12-08"] * len(NAMES)
        assert (again.subjects[0].verdict is Verdict.UNQUALIFIED) is (last == "2021-12-07")


def stale(scan: Scan) -> tuple[Finding, ...]:
    (found,) = [a for a in scan.subjects[0].assessments if a.rule == "v4-columns-stale"]
    return found.findings


def told(base: Scan, store: Path) -> Wanted:
    """Something else was notified: a recheck needs a reason."""
    marks = [f.fingerprint for a in base.subjects[0].assessments if a.rule != "v4-columns-stale" for f in a.findings
             if f.certainty == "certain" and a.effect != "bonus"]  # fmt: skip
    record_notified(store, marks[:1], date(2021, 11, 15), "通报")
    return Wanted()
