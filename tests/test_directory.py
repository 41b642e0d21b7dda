"""`scan --directory`: a built static site is read from its folder under its real name, before anybody can see it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checker.cli import app
from checker.config import SHANGHAI
from checker.errors import CheckerError
from checker.loopback import FolderPages

TODAY = datetime.now(SHANGHAI).date()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small site, and a registry that knows it by its https address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("checker.cli.directory._CONFIRM_SECONDS", 0.0)
    public = tmp_path / "public"
    rows = "".join(
        f'<li><a href="/zwyw/{n}.html">要闻第{n}条的标题</a><span>{TODAY - timedelta(days=n)}</span></li>'
        for n in range(1, 6)
    )
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
    )
    nav = '<nav><a href="https://built.example/zwyw/">政务要闻</a> <a href="/xx/">县长信箱</a></nav>'
    files = {
        "index.html": page.format("甲县人民政府", f'{nav}<ul>{rows}</ul><a href="/gone.html">旧链接</a>'),
        "zwyw/index.html": page.format("政务要闻", f"{nav}<h1>政务要闻</h1><ul>{rows}</ul>"),
        "xx/index.html": page.format(
            "县长信箱", f'{nav}<h1>县长信箱</h1><form action="/xx/"><textarea></textarea></form>'
        ),
    } | {f"zwyw/{n}.html": page.format(f"要闻{n}", f"<h1>要闻第{n}条的标题</h1><p>正文</p>") for n in range(1, 6)}
    for name, text in files.items():
        (public / name).parent.mkdir(parents=True, exist_ok=True)
        (public / name).write_text(text, "utf-8")
    (tmp_path / "sites.yaml").write_text(
        'version: 1\nsites:\n  - id: a\n    code: null\n    name: 甲县人民政府\n    url: "https://built.example/"\n'
        "    kind: portal\n    organizer: 甲县人民政府\n    services: false\n    columns:\n"
        "      - {name: 政务要闻, url: /zwyw/, type: news}\n      - {name: 县长信箱, url: /xx/, type: consultation}\n",
        "utf-8",
    )
    return public


def run(*words: str) -> tuple[int, str, str]:
    ran = CliRunner().invoke(app, ["scan", "--no-browser", "-q", *words])
    if isinstance(ran.exception, CheckerError):  # what the program says of it
        return ran.exception.exit, ran.stdout, str(ran.exception)
    return ran.exit_code, ran.stdout, ran.stderr


def test_a_built_site_is_read_under_its_real_name(built: Path) -> None:
    code, out, err = run("--directory", str(built), "--profile", "gate", "-f", "json", "--pending-ok")
    assert (code, err) in {(0, ""), (1, "")}  # a portal of two columns loses more points than it may
    (site,) = json.loads(out)["subjects"]
    links = next(a for a in site["assessments"] if a["rule"] == "d3-links")
    assert [(f["url"], f["location"]) for f in links["findings"]] == [
        ("https://built.example/gone.html", "https://built.example/")
    ]
    assert site["statistics"]["pages"] == 8
    fresh = next(a for a in site["assessments"] if a["rule"] == "v3-home-stale")
    assert fresh["outcome"] == "pass"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--directory", "nowhere"), "--directory nowhere: there is no such folder; build the site first"),
        (("--directory", "public", "--connect-to", "::127.0.0.1:1"), "--connect-to does not go with --directory"),
        (("--directory", "public", "--only", "b"), "--only b: no site or account of this id is registered"),
    ],
)
def test_what_does_not_go_together(built: Path, words: tuple[str, ...], message: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())


def test_two_sites_need_a_choice(built: Path) -> None:
    text = Path("sites.yaml").read_text("utf-8")
    other = text.split("sites:\n")[1].replace("id: a", "id: b").replace("built.example", "other.example")
    Path("sites.yaml").write_text(text + other, "utf-8")
    code, _, err = run("--directory", str(built))
    assert (code, "2 running ones are chosen (a, b); choose one with --only" in " ".join(err.split())) == (2, True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "home"),
        ("/?a=1", "home"),
        ("/about", "about"),
        ("/about.html", "about"),
        ("/%E6%96%B0%E9%97%BB/", "news"),
        ("/sub", "-> /sub/"),
        ("/sub/", None),
        ("/../secret.txt", None),
        ("/%2e%2e/secret.txt", None),
        ("/leak", None),
        ("/nothing.html", None),
        ("/a%00b", None),
        ("*", None),
    ],
)
def test_a_folder_answers_as_a_web_server_does(tmp_path: Path, path: str, expected: str | None) -> None:
    root = tmp_path / "root"
    for name, text in {
        "index.html": "home",
        "about.html": "about",
        "新闻/index.html": "news",
        "sub/x.css": "css",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "leak").symlink_to(tmp_path / "secret.txt")
    reply = FolderPages(root).get(path)
    if reply is not None and reply.status == 301:
        assert f"-> {reply.headers[0][1]}" == expected
    else:
        assert (None if reply is None else reply.body.decode()) == expected


def test_every_file_has_a_path_and_a_type(built: Path) -> None:
    pages = FolderPages(built)
    assert len(pages) == 8
    assert {pages[path].content_type for path in pages} == {"text/html"}
