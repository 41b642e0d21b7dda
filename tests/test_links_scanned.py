"""Links of a scan: what counts as one target, what is no link, and what nobody asked for."""

from pathlib import Path

import pytest

from checker.crawl import Frontier, Rank, Scope
from checker.facts.store import FactsWriter
from checker.loopback import Reply
from checker.model.facts import Address, GatherLog, LinkCheck
from checker.scan.coverage import coverage_lines
from tests.scanning import assessment, html, scan_pages, site


def test_a_dead_target_costs_once_however_often_and_however_it_is_written(tmp_path: Path) -> None:
    """In the navigation of all pages and in their texts; what stands in comments and scripts is no link."""
    host = "www.once.example"
    nav = '<div class="nav"><a href="/">首页</a><a href="/x/">要闻</a><a href="/gone/">旧站</a></div>'
    rest = (
        '<a href="/gone">旧站</a><a href="/gone/index.html#top">旧站</a><a href="mailto:a@b.cn">信</a>'
        '<a href="#a">上</a><a href="javascript:void(0)">开</a><!-- <a href="/comment">1</a> -->'
        '<script>"<a href=/script>2</a>"</script>'
    )
    based = Reply(200, "text/html", '<base href="http://b.example/dir/"><a href="dead.html">乙</a>'.encode())
    pages = {
        "/": html(f'{nav}{rest}<a href="/y.html">一</a>'), "/x/": html(f"{nav}{rest}"), "/y.html": based,
        "/robots.txt": Reply(404, "text/plain", b""),
    }  # fmt: skip
    scan, _ = scan_pages({host: pages, "b.example": {}}, tmp_path, [site(host, kind="portal")])
    found = assessment(scan, "www-once-example", "d3-links")
    assert [(f.clause, f.url, f.location) for f in found.findings] == [
        ("home", f"http://{host}/gone", f"http://{host}/"),
        ("other", "http://b.example/dir/dead.html", f"http://{host}/y.html"),
    ]


@pytest.mark.parametrize(
    ("reason", "state", "said"),
    [
        ("budget", "partial", "1个链接超出核验的数量或时间上限"),
        ("own-outage", "partial", "1个链接因本机网络中断未能核验"),
        ("host-down", "partial", "1个链接因所在主机连续无法访问未再核验"),
        ("blocked-403", "complete", ""),
        ("not-confirmed", "complete", ""),
    ],
)
def test_links_that_nobody_asked_for_are_not_passed(tmp_path: Path, reason: str, state: str, said: str) -> None:
    home = "http://a.test/"
    with FactsWriter(tmp_path / "f.sqlite") as facts:
        frontier = Frontier(facts, Scope(home, ()), 10, 3)
        frontier.add(home, Rank.HOME, 0, "home", home)
        frontier.close(frontier.take(1)[0], "done", "")
        facts.write([LinkCheck("s", Address(f"{home}x"), "unknown", reason, 0, Address(""), "", "")])
        lines = [row for row in coverage_lines("s", home, facts) if row.fact == "link_check"]
    assert lines == [GatherLog("s", "link_check", "", state, said)]
