"""A site whose robots.txt forbids us is pending and said to be; what its operator allowed stands in every result."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.loopback import Reply
from tests.scanning import html
from tests.test_cli import checker

SITES = """\
version: 1
sites:
  - {id: shut, code: null, name: 不让看的网站, url: "http://shut.example", kind: department, organizer: 甲局, rate: 99}
  - {id: allowed, code: null, name: 授权的网站, url: "http://allowed.example", kind: department, organizer: 乙局,
     rate: 99, robots: authorised, authorised_by: "乙局办公室，2021年10月8日函"}
"""
ROBOTS = Reply(200, "text/plain", b"User-agent: *\nDisallow: /\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A folder in which both sites were scanned, with what was said on stdout and stderr."""
    place = tmp_path_factory.mktemp("robots")
    (place / "sites.yaml").write_text(SITES, "utf-8")
    page = html('<a href="http://shut.example/">友情链接</a>')
    hosts = {"shut.example": {"/": page}, "allowed.example": {"/": page}}
    for pages in hosts.values():
        pages["/robots.txt"] = ROBOTS
    with CityServer(hosts=hosts) as server:
        words = ("--connect-to", server.connect_to, "-f", "text", "-f", "json", "-f", "ndjson")
        ran = checker("scan", *words, "-o", "-", "-o", "r.json", "-o", "r.ndjson", "--no-browser", cwd=place)
    yield place, ran.out, ran.err


def test_a_site_that_forbids_is_pending_and_told(folder: tuple[Path, str, str]) -> None:
    place, out, err = folder
    subject = json.loads((place / "r.json").read_text("utf-8"))["subjects"][0]
    assert (subject["id"], subject["verdict"], "robots" in subject) == ("shut", "pending", False)
    assert "首页未能读取：robots.txt 不允许访问（Disallow: /）" in out
    assert "请网站主管单位修改 robots.txt" in out.replace("\n", "").replace("  ", "")
    assert "shut 不让看的网站: robots.txt forbids us" in err
    assert "`robots: authorised` with `authorised_by` in sites.yaml" in err
    assert "allowed" not in err


def test_what_was_allowed_stands_in_every_result(folder: tuple[Path, str, str]) -> None:
    place, out, _ = folder
    recorded = ("authorised", "乙局办公室，2021年10月8日函")
    subject = json.loads((place / "r.json").read_text("utf-8"))["subjects"][1]
    assert (subject["robots"], subject["authorised_by"]) == recorded
    assert subject["statistics"]["pages"] == 1
    events = [json.loads(line) for line in (place / "r.ndjson").read_text("utf-8").splitlines()]
    (event,) = (e for e in events if e["type"] == "subject" and e["id"] == "allowed")
    assert (event["robots"], event["authorised_by"]) == recorded
    assert "经授权不受 robots.txt 限制：乙局办公室，2021年10月8日函" in out
    assert "经授权不受 robots.txt 限制：乙局办公室" in checker("report", cwd=place).out


def test_an_authorised_site_that_leads_to_a_host_that_forbids_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    away = Reply(302, "text/html", b"", headers=(("Location", "http://shut.example/new"),))
    with CityServer(hosts={"allowed.example": {"/": away}, "shut.example": {"/robots.txt": ROBOTS}}) as server:
        words = ("--connect-to", server.connect_to, "--only", "allowed", "--no-browser", "-f", "text")
        ran = checker("scan", *words, cwd=tmp_path)
    assert "robots.txt 不允许访问（shut.example：Disallow: /）" in ran.out
    assert "授权只对登记的主机有效" in ran.out.replace("\n", "").replace("  ", "")
    assert "请网站主管单位修改" not in ran.out
    assert "what was authorised holds for its own host only" in ran.err


def test_it_is_lifted_for_the_own_host_only(folder: tuple[Path, str, str]) -> None:
    """The allowed site links to the other one, whose robots.txt still keeps us out."""
    import sqlite3  # noqa: PLC0415

    (scan,) = (folder[0] / ".checker" / "scans").iterdir()
    db = sqlite3.connect(scan / "scan.sqlite")
    sql = "SELECT reason FROM link_check WHERE subject = 'allowed' AND url LIKE 'http://shut.example/%'"
    assert db.execute(sql).fetchall() == [("robots",)]
    db.close()
