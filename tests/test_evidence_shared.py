"""What several subjects link to is asked for once; each of them has the answers in its own evidence all the same."""

from pathlib import Path

from checker.demo import CityServer
from checker.fleet import run
from checker.fleet.evidence import find_case
from tests.scanning import html, order, site

DEAD, BET = "http://www.far.example/gone.html", "http://www.far.example/bet.html"
HOSTS = ("www.one.example", "www.two.example")
BETTING = html("<p>百家乐 博彩 在线赌场 真人娱乐</p>", title="澳门赌场 百家乐 真人娱乐 体育投注")
HOME = html(f"<h1>甲县人民政府</h1><a href='{DEAD}'>旧专题</a> <a href='{BET}'>人才网</a>", title="甲县人民政府")


def test_each_subject_has_the_answers_of_a_foreign_target_that_was_asked_for_once(tmp_path: Path) -> None:
    pages = {host: {"/": HOME} for host in HOSTS} | {"www.far.example": {"/bet.html": BETTING}}
    with CityServer(hosts=pages) as server:
        scan = run(order(server, tmp_path, [site(host, kind="portal") for host in HOSTS]), lambda _: None)
        asked = server.counts()
    assert (asked["www.far.example", "/gone.html"], asked["www.far.example", "/bet.html"]) == (2, 1)
    shown = {
        (subject.id, rule): [(a.entry.url, a.entry.status, a.intact) for a in found.answers]
        for subject in scan.subjects
        for rule in ("d3-links", "v1-harmful")
        for assessment in subject.assessments
        if assessment.rule == rule
        for finding in assessment.findings
        for found in [find_case(tmp_path, None, finding.fingerprint)]
    }
    expected = {}
    for host in HOSTS:
        name, home = host.replace(".", "-"), (f"http://{host}/", 200, True)
        expected[name, "d3-links"] = [home, (DEAD, 404, True), (DEAD, 404, True)]
        expected[name, "v1-harmful"] = [home, (BET, 200, True)]
    assert expected == shown
