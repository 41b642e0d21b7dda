"""Nothing has changed: whatever a recheck leaves out, it must not take a finding away."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.fleet import run
from checker.fleet.recheck import Prepared, Wanted, prepared, recheck
from checker.history.notifying import record_notified
from checker.loopback import Reply
from checker.model.results import Scan
from tests.scanning import AS_OF, html, order, site

HOST, OTHER = "www.same.gov.cn", "hudong.same.gov.cn"
Pages = Mapping[str, Mapping[str, Reply]]
NAMES = ("要闻动态", "通知公告", "政策文件", "政策解读", "统计数据")


def city(body: str = "", nav: str = "", **other: Reply) -> Pages:
    """A portal with links in its body or navigation that lead to another host, which answers 404 but for `other`."""
    links = "".join(f'<a href="/c{n}/">{name}</a>' for n, name in enumerate(NAMES)) + nav
    head = f'<div class="nav"><a href="/">首页</a>{links}</div>'
    listed = "".join(
        f'<li><a href="/c0/{n}.html">关于第{n}次会议情况的通报</a><span>2021-11-0{n}</span></li>' for n in range(1, 6)
    )
    pages = {"/": html(f'{head}<div class="float"><p>{body}</p></div><ul>{listed}</ul>')}
    for n in range(len(NAMES)):
        pages[f"/c{n}/"] = html(f"{head}<ul>{listed.replace('2021-11', '2020-11')}</ul>")
    for n in range(1, 6):
        text = '<p>正文，见<a href="/files/gone.doc">附件</a>。</p>'
        pages[f"/c0/{n}.html"] = html(f"{head}<h1>关于第{n}次会议情况的通报</h1>{text}")
    return {HOST: pages, OTHER: {f"/{name}.html": reply for name, reply in other.items()}}


def link(name: str, text: str) -> str:
    return f'<a href="http://{OTHER}/{name}.html">{text}</a>'


SOFT_404 = html("<p>您访问的页面不存在</p>", title="404 页面不存在")
CITIES: dict[str, Pages] = {
    "a dead link to a board": city(body=link("liuyan", "网上咨询")),
    "dead links in the navigation": city(nav=link("hd", "互动交流") + link("bs", "办事服务") + link("zj", "走进示例")),
    "boards that only say that they are missing": {
        **city(body=link("liuyan", "县长信箱")),
        OTHER: {"*": SOFT_404},
    },
    "a board that fails": city(body=link("liuyan", "我要咨询"), liuyan=Reply(500, "text/html", b"")),
    "dead pages of the site itself": city(
        nav='<a href="/xx/">领导信箱</a><a href="/ld/">领导之窗</a><a href="/jg/">机构职能</a>'
        '<a href="/bs/">办事服务</a>'
    ),
}


EVERYTHING = "dead pages of the site itself"
"""The city of which the findings of every rule are looked at again."""

LOOKING_AT_LINKS = {"v5-no-consultation", "v6-no-services", "a1-profile"}
PORTAL = site(HOST, kind="portal", services=True)


def notified(store: Path, scan: Scan) -> dict[str, set[str]]:
    """Note all findings as notified: their fingerprints by rule."""
    found: dict[str, set[str]] = {}
    for assessment in (a for s in scan.subjects for a in s.assessments):
        for finding in assessment.findings:
            if finding.certainty != "unknown":
                found.setdefault(assessment.rule, set()).add(finding.fingerprint)
    record_notified(store, sorted(set().union(*found.values())), date(2021, 11, 8), "通报")
    return found


def answers(scan: Scan) -> Counter[tuple[str, str]]:
    """What became of the findings that were looked at, by rule; the reason of each that is not simply still there."""
    rows = {
        (a.rule, f.fingerprint)
        for s in scan.subjects for a in s.assessments for f in a.findings if f.rechecked == "notRectified"
    }  # fmt: skip
    still = Counter((rule, "notRectified") for rule, _ in rows)
    return still + Counter((g.rule, f"{g.change.value}：{g.reason}") for s in scan.subjects for g in s.gone)


def only(ask: Prepared, rule: str) -> Prepared:
    """The same with the findings of one rule: what others have asked for must not be what saves it."""
    return replace(ask, targets={s: tuple(k for k in known if k.rule == rule) for s, known in ask.targets.items()})


def again(store: Path, pages: Pages, rules: Container[str], as_of: datetime = AS_OF) -> Counter[tuple[str, str]]:
    """What rechecks say, one for each of the rules."""
    with CityServer(hosts=pages) as server:
        asked = order(server, store, [PORTAL], as_of=as_of)
        ask = prepared(store, Wanted(), asked.rules)
        names = {k.rule for known in ask.targets.values() for k in known if k.rule in rules}
        said = [answers(recheck(asked, only(ask, rule), lambda _: None)) for rule in sorted(names)]
    return sum(said, Counter())


def scanned(store: Path, pages: Pages) -> Counter[str]:
    """Scan the portal and notify all that was found: how many findings of each rule."""
    with CityServer(hosts=pages) as server:
        scan = run(order(server, store, [PORTAL]), lambda _: None)
    return Counter({rule: len(marks) for rule, marks in notified(store, scan).items()})


@pytest.mark.parametrize("name", CITIES)
def test_of_an_unchanged_site_nothing_is_rectified(name: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, CITIES[name])
    rules = found.keys() if name == EVERYTHING else found.keys() & LOOKING_AT_LINKS
    assert "v5-no-consultation" in rules
    expected = {(rule, "notRectified"): found[rule] for rule in rules}
    assert again(tmp_path, CITIES[name], rules) == expected


def test_time_alone_rectifies_nothing(tmp_path: Path) -> None:
    front = city()[HOST]["/"].body.decode()
    ahead = '<li><a href="/c2/1.html">关于印发年度工作要点的通知</a><span>2021-11-15</span></li>'
    old = [f'<li><a href="/c2/{n}.html">关于第{n}次会议的通知</a><span>2020-10-0{n}</span></li>' for n in (2, 3, 4)]
    column = html(front.partition("<ul>")[0] + f"<ul>{ahead}{''.join(old)}</ul>")
    pages = {HOST: {**city()[HOST], "/c2/": column}}
    found = scanned(tmp_path, pages)
    assert {"a5-policies", "x-future-date"} <= found.keys()
    said = again(tmp_path, pages, found.keys(), AS_OF + timedelta(days=10))
    assert {answer.partition("：")[0] for _, answer in said} == {"notRectified", "notSeen"}


V5 = "v5-no-consultation"
REFUSED = Reply(403, "text/html", b"<h1>Forbidden</h1>")
UNPROVEN = "notSeen：只见到有关链接，本次未能确认可以打开"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (city(body=link("ask", "网上咨询"), ask=html("<h1>网上咨询</h1>")), "rectified：本次检查已见到，问题不再存在"),
        (city(body=link("new", "县长信箱"), new=html("<h1>县长信箱</h1>")), "rectified：本次检查已见到，问题不再存在"),
        (city(body=link("new", "县长信箱")), "notRectified"),
        (city(body=link("ask", "网上咨询"), ask=REFUSED), UNPROVEN),
    ],
)  # fmt: skip
def test_a_channel_counts_once_its_link_is_found_to_work(now: Pages, expected: str, tmp_path: Path) -> None:
    assert scanned(tmp_path, city(body=link("ask", "网上咨询")))[V5] == 1
    said = again(tmp_path, now, {V5})
    assert said[V5, expected] == 1
    assert {answer for _, answer in said} == {expected}
