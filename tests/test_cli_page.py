"""`checker page` as its users meet it: sources, formats, exit codes, messages, politeness."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.cli.page_sources import AHEAD, GIVE_UP_AFTER
from checker.demo import CityServer
from checker.errors import Exit, UsageError
from checker.fetch import FetchSettings
from checker.loopback import Reply
from tests.scanning import html
from tests.test_cli import Ran, checker

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "schema" / "page-1.0.json").read_text("utf-8"))
ARTICLE = (
    "<h1>关于召开全体会议的通知</h1><div>发布时间：2021-11-01 09:30 来源：办公室</div><p>各有关单位：请准时参加。</p>"
)
LIST = "".join(
    f'<li><a href="/art/2021/11/{d}/art_1_{d}.html">第{d}次会议的通知公告</a><span>11-{d:02}</span></li>'
    for d in (7, 5, 3)
)
FOOT = "document.write('<div class=\"footer\">网站标识码：3415220046 主办单位：某县人民政府办公室</div>')"
CLOCK = ("--as-of", "2021-11-08T10:00:00+08:00")


def served() -> dict[str, dict[str, Reply]]:
    pages = {f"/{n}.html": html(ARTICLE, title=f"第{n}页") for n in range(40)}
    return {
        "a.example": {
            "/": html(f"<ul>{LIST}</ul>"),
            "/list/": html(f'<ul>{LIST}</ul><script src="/js/footer.js"></script>', title="通知公告"),
            "/js/footer.js": Reply(200, "application/javascript", FOOT.encode()),
            "/gbk.html": html(ARTICLE, "gbk"),
            "/doc.pdf": Reply(200, "application/pdf", b"%PDF-1.4"),
            "/secret.html": html(ARTICLE),
            "/robots.txt": Reply(200, "text/plain", b"User-agent: *\nDisallow: /secret\n"),
        },
        "b.example": pages,
        "down.example": {"*": Reply(500, "text/html", b"<html>error</html>")},
    }


@pytest.fixture(scope="module")
def server() -> Iterator[CityServer]:
    with CityServer(hosts=served()) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "article.html").write_bytes(html(ARTICLE, "gbk").body)
    (tmp_path / "list.shtml").write_bytes(html(f"<ul>{LIST}</ul>").body)
    return tmp_path


def live(folder: Path, server: CityServer, *words: str) -> Ran:
    return checker("page", "--connect-to", server.connect_to, *CLOCK, *words, cwd=folder)


def lines(ran: Ran) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in ran.out.splitlines()]
    for page in found:
        jsonschema.validate(page, SCHEMA)
    return found


def test_one_file_is_one_object_and_several_are_an_array(folder: Path) -> None:
    one = json.loads(checker("page", "article.html", "-f", "json", cwd=folder).out)
    assert (one["source"], one["published"]["at"], one["charset"]) == (
        "article.html", "2021-11-01T09:30+08:00", "gb18030",
    )  # fmt: skip
    two = checker("page", "article.html", "list.shtml", *CLOCK, "-f", "json", cwd=folder)
    assert (two.code, two.err) == (0, "")
    assert [p["source"] for p in json.loads(two.out)] == ["article.html", "list.shtml"]
    assert json.loads(two.out)[0] == one
    everything = json.loads(checker("page", ".", *CLOCK, "-f", "json", cwd=folder).out)
    assert everything == json.loads(two.out)


def test_text_tells_a_person_where_it_was_read(folder: Path) -> None:
    ran = checker("page", "article.html", "--url", "http://a.example/1.html", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    assert "发布　2021-11-01 09:30　日期旁有标注：“发布时间:2021-11-01 09:30”" in ran.out
    assert "地址　http://a.example/1.html" in ran.out
    assert "\x1b" not in ran.out
    assert "\x1b" in checker("page", "article.html", cwd=folder, FORCE_COLOR="1").out
    assert "\x1b" not in checker("page", "article.html", cwd=folder, FORCE_COLOR="1", NO_COLOR="1").out


def test_year_less_dates_are_read_by_the_inspection_clock(folder: Path) -> None:
    (found,) = lines(checker("page", "list.shtml", "--as-of", "2021-11-08", "-f", "ndjson", cwd=folder))
    assert [i["published_at"] for i in found["items"]] == ["2021-11-07", "2021-11-05", "2021-11-03"]
    assert found["newest_item_at"] == "2021-11-07"


def test_standard_input_and_a_list_of_sources(folder: Path) -> None:
    command = [sys.executable, "-m", "checker", "page", "-", "--url", "http://a.example/1.html", "-f", "ndjson"]
    body = (folder / "article.html").read_bytes()
    done = subprocess.run(command, input=body, cwd=folder, capture_output=True, timeout=60, check=True)
    assert (json.loads(done.stdout)["source"], json.loads(done.stdout)["url"]) == ("-", "http://a.example/1.html")
    (folder / "todo.txt").write_text("# mine\n\narticle.html\n  list.shtml\n", "utf-8")
    ran = checker("page", "--from", "todo.txt", *CLOCK, "-f", "ndjson", cwd=folder)
    assert [p["source"] for p in lines(ran)] == ["article.html", "list.shtml"]


def test_files_are_written_whole_and_stdout_too(folder: Path) -> None:
    ran = checker("page", ".", *CLOCK, "-f", "ndjson", "-f", "json", "-o", "-", "-o", "deep/all.json", cwd=folder)
    assert json.loads((folder / "deep" / "all.json").read_text("utf-8")) == lines(ran)
    assert list(folder.glob("deep/*.part")) == []


def test_what_cannot_be_read_does_not_stop_the_others(folder: Path) -> None:
    (folder / "empty.html").write_bytes(b"")
    (folder / "scan.html").write_bytes(b"%PDF-1.4 something")
    (folder / "noise.html").write_bytes(bytes(range(256)) * 8)
    (folder / "saved.mht").write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>")
    (folder / "nothing").mkdir()
    given = ["empty.html", "scan.html", "noise.html", "saved.mht", "nothing", "missing.html", "ftp://x/", "http://"]
    ran = checker("page", *given, "article.html", "-f", "ndjson", cwd=folder)
    found = lines(ran)
    assert [(p["source"], p["problem"] and p["problem"]["kind"]) for p in found] == [
        ("empty.html", "empty"), ("scan.html", "not-a-page"), ("noise.html", "not-a-page"), ("saved.mht", "not-a-page"),
        ("nothing", "no-pages"), ("missing.html", "missing"), ("ftp://x/", "bad-address"), ("http://", "bad-address"),
        ("article.html", None),
    ]  # fmt: skip
    assert ran.code == 4
    assert ran.err.splitlines() == [
        *(f"checker: {p['source']}: {p['problem']['detail']}" for p in found[:-1]),
        "checker: 8 of 9 pages could not be read",
    ]
    assert "另存为" in ran.err
    quiet = checker("page", "empty.html", "article.html", "--quiet", cwd=folder)
    assert (quiet.code, quiet.err) == (4, "checker: empty.html: 没有内容\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(folder: Path) -> None:
    (folder / "article.html").chmod(0)
    ran = checker("page", "article.html", "-f", "ndjson", cwd=folder)
    assert (ran.code, lines(ran)[0]["problem"]["kind"]) == (4, "unreadable")


def test_a_huge_page_is_read_at_its_beginning(folder: Path) -> None:
    (folder / "huge.html").write_bytes(html(ARTICLE).body + b"<!-- " + b"x" * 50_000_000 + b" -->")
    (found,) = lines(checker("page", "huge.html", "-f", "ndjson", cwd=folder))
    assert found["published"]["at"] == "2021-11-01T09:30+08:00"
    assert "页面过大或嵌套过深，只读取了开头部分" in [d["reason"] for d in found["doubts"]]


# --- live pages


def test_live_pages_are_read_with_the_parts_that_they_load(folder: Path, server: CityServer) -> None:
    home, column, gbk = lines(
        live(folder, server, *(f"http://a.example{path}" for path in ("/", "/list/", "/gbk.html")), "-f", "ndjson")
    )
    assert (home["page_type"], column["page_type"], gbk["published"]["at"]) == (
        "home", "column", "2021-11-01T09:30+08:00",
    )  # fmt: skip
    assert [m["value"] for m in column["marks"] if m["kind"] == "code"] == ["3415220046"]
    assert server.count("a.example", "/js/footer.js") == 1


def test_a_live_page_that_fails_is_named(folder: Path, server: CityServer) -> None:
    given = ("http://a.example/none.html", "http://a.example/doc.pdf", "http://a.example/secret.html")
    ran = live(folder, server, *given, "http://a.example/gbk.html", "-f", "ndjson")
    assert [(p["problem"] or {}).get("kind") for p in lines(ran)] == ["http-4xx", "not-a-page", "robots", None]
    assert (ran.code, server.count("a.example", "/secret.html")) == (4, 0)


def test_nobody_there_is_no_reason_to_stop(folder: Path) -> None:
    ran = checker(
        "page", "http://x.example/", "article.html", "--connect-to", "::127.0.0.1:1", "-f", "ndjson", cwd=folder
    )
    refused, read = lines(ran)
    assert (refused["problem"]["kind"], read["problem"], ran.code) == ("refused", None, 4)


def test_a_dead_host_is_given_up(folder: Path) -> None:
    given = [f"http://x.example/{n}.html" for n in range(AHEAD + 4)]
    ran = checker("page", *given, "--connect-to", "::127.0.0.1:1", "-f", "ndjson", cwd=folder)
    kinds = [p["problem"]["kind"] for p in lines(ran)]
    asked = GIVE_UP_AFTER + FetchSettings().concurrency - 1
    assert kinds[:GIVE_UP_AFTER] == ["refused"] * GIVE_UP_AFTER
    assert kinds[asked:] == ["budget"] * (len(given) - asked)


def test_answers_keep_the_order_of_the_sources(folder: Path, server: CityServer) -> None:
    given = ["http://b.example/1.html", "article.html", "http://a.example/gbk.html", "http://b.example/2.html"]
    assert [p["source"] for p in lines(live(folder, server, *given, "-f", "ndjson"))] == given


def test_a_reader_that_leaves_early_ends_it_quietly(folder: Path, server: CityServer) -> None:
    (folder / "todo.txt").write_text("".join(f"http://b.example/{n}.html\n" for n in range(40)), "utf-8")
    script = (
        f"{sys.executable} -m checker page --from todo.txt --connect-to {server.connect_to} --as-of 2021-11-08 "
        "-f ndjson | head -1"
    )
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout[:1], done.stderr) == (0, b"{", b"")
    assert server.count("b.example", "/39.html") == 0


# --- wrong use

WRONG = [
    ((), "name a file, a folder, an address, or - for standard input"),
    (("article.html", "list.shtml", "--url", "http://a.example/"), "--url is the address of one saved page"),
    ((".", "--url", "http://a.example/"), "--url is the address of one saved page"),
    (("http://a.example/", "--url", "http://a.example/"), "--url is the address of one saved page"),
    (("article.html", "--url", "a.example/1.html"), "--url a.example/1.html: not an address"),
    (("article.html", "--home", "nowhere"), "--home nowhere: not an address"),
    (("article.html", "--kind", "news"), "--kind news: must be auto, home, column"),
    (("article.html", "--as-of", "yesterday"), "--as-of yesterday: not ISO 8601"),
    (("http://a.example/", *CLOCK), "more than 24 hours from now"),
    (("article.html", "-f", "xlsx"), "--format xlsx: pages are shown as text, json, ndjson"),
    (("article.html", "-f", "json", "-f", "text"), "only one format can go to stdout"),
    (("article.html", "-o", "article.html/x"), "no file can be written there"),
    (("--from", "nowhere.txt"), "--from nowhere.txt: cannot be read"),
    (("article.html", "--connect-to", "nonsense"), "expected HOST1:PORT1:HOST2:PORT2"),
    (("article.html", "--cacert", "no.pem"), "--cacert no.pem: no such file"),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=[" ".join(w) or "nothing" for w, _ in WRONG])
def test_wrong_use_ends_with_2_and_says_what_to_do(
    folder: Path, words: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ["page", *words])
    assert isinstance(result.exception, UsageError)
    assert (result.exception.exit, result.output) == (Exit.WRONG_USE, "")
    assert message in str(result.exception)


def test_who_types_a_host_is_told_how_addresses_begin(tmp_path: Path) -> None:
    ran = checker("page", "www.shili.gov.cn/xwzx/", "saved.html", "-f", "ndjson", cwd=tmp_path)
    assert [json.loads(line)["problem"]["detail"] for line in ran.out.splitlines()] == [
        "没有这个文件；如果是网址，请写 http://www.shili.gov.cn/xwzx/",
        "没有这个文件",
    ]
