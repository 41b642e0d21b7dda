"""Nothing that comes from a page steers a terminal or is taken for markup, and no secret of an address is told."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checker.cli.terminal import say
from checker.demo import CityServer
from checker.fleet import run
from checker.loopback import Reply
from checker.report import FORMATS, ndjson, text
from tests.scanning import html, order, site

HOST = "www.evil.example"
SITES = """\
version: 1
sites:
  - {id: evil, code: null, name: 甲, url: "http://www.evil.example/", kind: department, organizer: 甲, rate: 1000}
"""
ATTACKS = {
    "ansi": "\x1b[2J\x1b[31mred",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "link": "\x1b]8;;http://evil.example/\x07here\x1b]8;;\x07",
    "c1": "\u009b31mred\u009d0;owned\u009c",
    "bidi": "\u202egnp.exe\u2066x",
    "nul": "a\0b",
    "return": "fine\rFAKE",
    "markup": "[red]red[/red] [link=http://evil.example]x[/link]",
    "html": "<script>alert(1)</script>&lt;b&gt;",
    "formula": "=HYPERLINK(1)",
}
EVERYTHING = " ".join(ATTACKS.values())
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys, but for the end of a line and a tab."""


def evil_page() -> Reply:
    """A page that attacks wherever text is taken from it."""
    safe = EVERYTHING.replace("\0", "").replace("<", "&lt;")
    body = (
        f'<ul><li><a href="/{"%1b]0;x%07"}" title="{safe}">{safe}</a>2021-11-01</li></ul>'
        f'<a href="/gone-\u202e.html?access_token=hunter2">{safe}</a><p>{EVERYTHING}</p>'
        f'<footer>主办单位：{safe} 网站标识码：{safe} ICP备{safe}</footer>'
    )  # fmt: skip
    page = html(body, title=safe)
    return replace(page, headers=(("Server", "x\u009b2J"),), content_type="text/html; charset=\u009b31m")


def steering(shown: bytes) -> list[str]:
    """What in an output would steer a terminal."""
    return STEERS.findall(shown.decode())


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every format that is text, of a scan of the evil site."""
    with CityServer(hosts={HOST: {"/": evil_page()}}) as server:
        wanted = order(server, tmp_path_factory.mktemp("store"), [site(HOST, name=f"甲{EVERYTHING}")])
        scan = run(wanted, lambda _: None)
    texts = {f.name: f.render(scan) for f in FORMATS if not f.binary}
    return texts | {"stream": b"".join(map(ndjson.subject, scan.subjects))}


def test_no_report_holds_what_steers_a_terminal(scanned: dict[str, bytes]) -> None:
    ends = {name: b"\r\n" if name == "csv" else b"\n" for name in scanned}  # RFC 4180
    shown = {name: b"\n".join(body.split(ends[name])) for name, body in scanned.items()}
    assert {name: steering(body) for name, body in shown.items()} == {name: [] for name in scanned}


def test_json_holds_the_text_as_it_was(scanned: dict[str, bytes]) -> None:
    assert json.loads(scanned["json"])["subjects"][0]["name"] == f"甲{EVERYTHING}"


@pytest.mark.parametrize("words", [["-f", "text"], ["-f", "json"], ["-f", "ndjson"]])
def test_a_page_on_its_own(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "evil\u202e.html").write_bytes(evil_page().body)
    command = [sys.executable, "-m", "checker", "page", "evil\u202e.html", "--url", f"http://{HOST}/", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (steering(done.stdout), steering(done.stderr)) == ([], [])


def test_columns_that_are_found(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    with CityServer(hosts={HOST: {"/": evil_page()}}) as server:
        command = [sys.executable, "-m", "checker", "registry", "discover", "evil", "--connect-to", server.connect_to]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (steering(done.stdout), steering(done.stderr)) == ([], [])


@pytest.mark.parametrize("attack", sorted(set(ATTACKS) - {"markup", "html", "formula"}))
def test_a_message_is_made_harmless(capsys: pytest.CaptureFixture[str], attack: str) -> None:
    say(f"checker: {ATTACKS[attack]} end")
    assert steering(capsys.readouterr().err.encode()) == []


def test_a_message_keeps_its_lines_and_its_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    say("a.yaml:1: [red]one[/red]\nb.yaml:2: 二，three")
    assert capsys.readouterr().err == "a.yaml:1: [red]one[/red]\nb.yaml:2: 二，three\n"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("http://u:secret@a.cn/x", "http://a.cn/x"),
        ("http://a.cn/x?a=1&access_token=hunter2#b", "http://a.cn/x?a=1&access_token=…#b"),
        ("see https://a.cn/?appid=wx1&secret=hunter2, then", "see https://a.cn/?appid=…&secret=…, then"),
        ("http://a.cn/?page=2&key=k", "http://a.cn/?page=2&key=…"),
        ("no address: token=hunter2 mail a@b.cn", "no address: token=hunter2 mail a@b.cn"),
    ],
)
def test_secrets_of_addresses_are_not_told(capsys: pytest.CaptureFixture[str], told: str, shown: str) -> None:
    say(told)
    assert capsys.readouterr().err == f"{shown}\n"


def test_text_for_a_terminal_and_for_a_pipe_are_both_clean(scanned: dict[str, bytes]) -> None:
    assert text.render.__module__ == "checker.report.text"
    assert b"[red]red[/red]" in scanned["text"]
