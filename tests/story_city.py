"""A small city that is inspected again and again: a county portal, an office, and an account that keeps a sheet.

What is wrong is said by switches, so that a test mends and breaks it between two inspections.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from checker.demo import CityServer
from checker.loopback import Reply
from tests.scanning import html
from tests.test_cli import Ran

PORTAL, OFFICE = "www.xian.example", "jyj.xian.example"
PORTAL_ID, OFFICE_ID, ACCOUNT_ID = "3499000001", "jyj", "wb"
COLUMNS = 5
"""Blank columns that make a veto."""

SITES = f"""version: 1
sites:
  - id: "{PORTAL_ID}"
    name: 某县人民政府
    url: http://{PORTAL}/
    kind: portal
    organizer: 某县人民政府办公室
    services: false
    rate: 500
    columns:
      - {{name: 政务要闻, url: /xw/, type: news, level: 1}}
      - {{name: 通知公告, url: /gg/, type: notice, level: 1}}
      - {{name: 县长信箱, url: /xx/, type: consultation, level: 1}}
{{columns}}
  - id: {OFFICE_ID}
    code: null
    name: 某县教育局
    url: http://{OFFICE}/
    kind: department
    organizer: 某县教育局
    services: false
    rate: 500
    columns:
      - {{name: 工作动态, url: /dt/, type: news, level: 1}}
      - {{name: 局长信箱, url: /xx/, type: consultation, level: 1}}
"""
ACCOUNTS = f"""version: 1
accounts:
  - {{id: {ACCOUNT_ID}, code: null, name: 某县发布, platform: douyin, organizer: 某县人民政府办公室,
     sources: [{{sheet: posts.csv, complete: true}}]}}
"""
_TEXT = "<p>会议研究部署了下一阶段的重点工作，强调要抓好落实，务求实效。</p>" * 4
_PARTY = '<a href="http://bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0">党政机关网站标识</a>'
_POLICE = "某公网安备 34990102000001号"


@dataclass
class City:
    """What stands on the pages now.

    `today` is the day of the newest entries, `blank` the columns without content, `dead` link targets that answer 404,
    `removed` pages that do (lists go on to name the articles), `tagless` the articles without tags, `articles` those of
    the portal's news, `office_day` the day of the office's only entry.
    """

    today: date
    blank: set[int] = field(default_factory=lambda: set(range(COLUMNS)))
    dead: set[str] = field(default_factory=lambda: {"/xz/1.doc", "/xz/2.doc"})
    police: bool = False
    tagless: set[int] = field(default_factory=set)
    articles: list[int] = field(default_factory=lambda: list(range(20, 26)))
    office_day: date = date(2021, 9, 1)
    removed: set[str] = field(default_factory=set)

    def hosts(self) -> dict[str, dict[str, Reply]]:
        """The answers of both sites as things stand."""
        hosts = {PORTAL: self._portal(), OFFICE: self._office()}
        return {host: {p: r for p, r in pages.items() if p not in self.removed} for host, pages in hosts.items()}

    def _portal(self) -> dict[str, Reply]:
        pages = {
            "/": self._page("某县人民政府", self._list() + self._links()),
            "/xw/": self._page("政务要闻", self._list(), column="政务要闻"),
            "/gg/": self._page("通知公告", self._list(), column="通知公告"),
            "/xx/": self._page(
                "县长信箱", '<form action="/send"><textarea name="t"></textarea></form>', column="县长信箱"
            ),
        }
        for n in range(COLUMNS):
            pages[f"/k{n}/"] = self._page(f"专栏{n}", "" if n in self.blank else self._list(), column=f"专栏{n}")
        for n in self.articles:
            pages[f"/art/{n}.html"] = self._page(title(n), _TEXT, article=n)
        for path in {"/xz/1.doc", "/xz/2.doc", "/xz/3.doc"} - self.dead:
            pages[path] = Reply(200, "application/msword", b"\xd0\xcf\x11\xe0" + bytes(600))
        return pages

    def _page(self, name: str, body: str, column: str = "", article: int | None = None) -> Reply:
        nav = "".join(
            f'<a href="{href}">{text}</a>'
            for href, text in [("/", "首页"), ("/xw/", "政务要闻"), ("/gg/", "通知公告"), ("/xx/", "县长信箱"),
                               *((f"/k{n}/", f"专栏{n}") for n in range(COLUMNS) if f"/k{n}/" not in self.removed)]
        )  # fmt: skip
        marks = f"""<div class="footer">主办单位：某县人民政府办公室 网站标识码：{PORTAL_ID} 皖ICP备05001234号
{_POLICE if self.police else ""} 联系电话：0564-1234567 {_PARTY} <span id="_span_jiucuo"></span></div>"""
        page = f'<div class="header">某县人民政府</div><div class="nav">{nav}</div><h1>{name}</h1>{body}{marks}'
        return _tagged(html(page, title=f"{name}-某县人民政府"), self._tags(name, column, article))

    def _tags(self, name: str, column: str, article: int | None) -> dict[str, str]:
        site = {"SiteName": "某县人民政府", "SiteDomain": PORTAL, "SiteIDCode": PORTAL_ID}
        if article is not None:
            if article in self.tagless:
                return site
            return site | {
                "ArticleTitle": name,
                "PubDate": f"{day_of(self.today, article)} 09:00",
                "ContentSource": "县政府办",
            }
        if column:
            return site | {
                "ColumnName": column,
                "ColumnDescription": column,
                "ColumnKeywords": column,
                "ColumnType": "工作动态",
            }
        return site

    def _list(self) -> str:
        rows = (
            f'<li><a href="/art/{n}.html">{title(n)}</a><span>{day_of(self.today, n)}</span></li>'
            for n in self.articles
        )
        return f"<ul>{''.join(rows)}</ul>"

    def _links(self) -> str:
        return "".join(f'<a href="/xz/{n}.doc">申请表{n}</a>' for n in (1, 2, 3))

    def _office(self) -> dict[str, Reply]:
        nav = '<div class="nav"><a href="/">首页</a><a href="/dt/">工作动态</a><a href="/xx/">局长信箱</a></div>'
        listed = f'<ul><li><a href="/art/1.html">关于召开全体会议的通知</a><span>{self.office_day}</span></li></ul>'
        return {
            "/": html(nav + listed, title="某县教育局"),
            "/dt/": html(f"{nav}<h1>工作动态</h1>{listed}", title="工作动态"),
            "/xx/": html(f'{nav}<h1>局长信箱</h1><form action="/send"><textarea name="t"></textarea></form>'),
            "/art/1.html": html(f"{nav}<h1>关于召开全体会议的通知</h1>{_TEXT}"),
        }


def title(number: int) -> str:
    """The headline of an article of the portal."""
    return f"全县重点工作推进会第{number}次召开"


def day_of(today: date, number: int) -> date:
    """The day of an article: those of higher numbers are older."""
    return today - timedelta(days=max(1, number - 18))


def _tagged(page: Reply, tags: dict[str, str]) -> Reply:
    lines = "".join(f'<meta name="{name}" content="{text}">' for name, text in tags.items())
    return Reply(page.status, page.content_type, page.body.replace(b"</title>", f"</title>{lines}".encode()))


def registry(folder: Path, columns: Iterable[int] = range(COLUMNS)) -> None:
    """Write both registry files, with these of the portal's further columns."""
    rows = "\n".join(
        f"      - {{name: 专栏{n}, url: /k{n}/, type: other, level: 1, update_days: 365}}" for n in columns
    )
    (folder / "sites.yaml").write_text(SITES.replace("{columns}", rows), "utf-8")
    (folder / "accounts.yaml").write_text(ACCOUNTS, "utf-8")


def posts(folder: Path, today: date, *days: date) -> None:
    """Write the account's sheet as exported today."""
    rows = "".join(f"一则消息{n},{on},{today}\n" for n, on in enumerate(days))
    (folder / "posts.csv").write_text("标题,发布时间,导出日期\n" + rows, "utf-8")


LAUNCH = (
    "from checker.config import Budget; d = list(Budget.__init__.__defaults__); d[4] = 0.05; "
    "Budget.__init__.__defaults__ = tuple(d); from checker.cli import main; main()"
)
"""The commands as shipped, but for the pause before a dead link is asked for again."""

Document = dict[str, Any]


@dataclass
class Story:
    """The folder that it plays in, the city as it stands, and what each command left."""

    folder: Path
    city: City
    asked: int = 0
    ran: dict[str, Ran] = field(default_factory=dict)
    told: dict[str, Document] = field(default_factory=dict)

    def say(self, *words: str) -> Ran:
        """Run a command in the folder."""
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, *words], cwd=self.folder, capture_output=True, timeout=120, check=False
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def visit(self, command: str, at: str, *words: str) -> Ran:
        """Run a command that asks the city, at ten in the morning of a day."""
        with CityServer(hosts=self.city.hosts()) as server:
            clock = ("--as-of", f"{at}T10:00:00+08:00", "--connect-to", server.connect_to)
            ran = self.say(command, *clock, "--no-browser", *words)
            self.asked = sum(server.counts().values())
        return ran

    def act(self, name: str, command: str, at: str, *words: str) -> None:
        """A scan or a recheck whose result the tests look at."""
        self.ran[name] = self.visit(command, at, "-f", "json", "-o", f"{name}.json", *words)
        assert not self.ran[name].out and self.ran[name].code in {0, 1, 3}, self.ran[name].err
        self.told[name] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))

    def id(self, name: str) -> str:
        return str(self.told[name]["scan"]["id"])

    def copy(self, folder: Path) -> "Story":
        """The same story in another folder, to spoil it there."""
        shutil.copytree(self.folder, folder)
        return Story(folder, self.city, told=self.told)
