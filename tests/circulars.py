"""Sheets of circulars, and stores with the golden scan in their history, for the tests of the history."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from typer.testing import CliRunner

from checker.cli import app
from checker.fleet.begun import rules_note
from checker.fleet.history import Circular, keep_foreign, read_foreign
from checker.fleet.store import ScanStore
from checker.history import record_scan
from checker.history.circulars import Foreign, Read
from checker.history.listing import Listed, Wanted, listed, trail_of
from checker.model.registry import Account, Registry, Site
from checker.model.results import Change, Gone, Scan
from checker.sheets import Row, Sheet, read_sheets
from tests.golden_scan import SCAN as GOLDEN
from tests.scanning import national

TODAY = date(2023, 12, 1)


ON = date(2023, 11, 20)


SITES = """version: 1
sites:
  - {id: "3607000001", name: 赣县区人民政府, url: "http://www.ganxian.gov.cn/", kind: portal, organizer: 赣县区政府办}
  - {id: "3607000002", name: 市人社局, url: "http://rsj.ganzhou.gov.cn/", kind: department, organizer: 市人社局}
  - {id: "3607000003", name: 崇义县人民政府, url: "http://www.chongyi.gov.cn/", kind: portal, organizer: 崇义县政府办}
"""


def registry() -> Registry:
    def place(code: str, name: str, host: str) -> Site:
        return Site(id=code, name=name, url=f"http://{host}/", kind="portal", organizer=name)

    def account(code: str, name: str, platform: Any) -> Account:
        return Account(id=code, name=name, platform=platform, organizer=name)

    return Registry(
        sites=(
            place("3607000001", "赣县区人民政府", "www.ganxian.gov.cn"),
            place("3607000002", "市人社局", "rsj.ganzhou.gov.cn"),
            place("3607000003", "崇义县人民政府", "www.chongyi.gov.cn"),
        ),
        accounts=(
            account("360728M001WX0001", "定南市场监管", "wechat-subscription"),
            account("360700M001WX0001", "赣州公安", "wechat-subscription"),
            account("360700M001TT0001", "赣州公安", "toutiao"),
            account("360700M002WX0001", "市人社局", "wechat-service"),
        ),
    )


def read(text: str, store: Path, on: date | None = ON, source: str = "月报", today: date = TODAY) -> Read:
    told = Circular(on, source, today)
    return read_foreign(store, read_sheets("c.csv", text.encode()), registry(), national(), told)


def kept(text: str, store: Path, on: date | None = ON, source: str = "月报") -> list[str]:
    """What became of each row of a sheet."""
    found = read(text, store, on, source)
    assert found.problems == []
    return [n.change for n in keep_foreign(store, found, Circular(on, source, TODAY), False)]


def told(found: Read) -> list[str]:
    return [str(problem) for problem in found.problems]


def shown(rows: Iterable[Foreign]) -> list[tuple[str, ...]]:
    return [(r.subject, r.rule, r.problem, r.found_on, r.rectified_on) for r in rows]


MONTHLY = """附件 1,,,,,,
9 月政府网站与政务新媒体问题整改情况,,,,,,
序号,网站/政务新媒体名称,主要存在问题,主办单位,发现日期,整改日期,备注
1,赣县区人民政府网,存在较多错敏字问题未及时处理,赣县区政府办,09.07,09.11,
2,市人社局,存在个人隐私泄露,市人社局,09.25,09.26,
3,崇义县人民政府网,存在不当链接、信息发稿日期超前于实际发稿日期,崇义县政府办,10.08,10.09,已核
5,定南市场监管(微信订阅号),出现严重表述错误,定南县市监局,10.08,10.08,
序号,网站/政务新媒体名称,主要存在问题,主办单位,发现日期,整改日期,备注
17,赣州公安(微信公众号),存在严重表述错误,市公安局,10.20,11.3,
18,赣州公安（今日头条）,存在严重表述错误,市公安局,10.20,,
"""


def everything(store: Path) -> list[tuple[Listed, Any]]:
    return [trail_of(store, one.fingerprint) for one in listed(store, Wanted())]


HEAD = "标识码,名称,平台,网址,规则,问题,所在页面,发现日期,通报日期,整改日期,来源,备注,指纹,整改情况\n"


def filled(sheet: Sheet) -> Sheet:
    """The sheet with the days of a circular in the row of the first finding, as a person adds them."""
    head, *rows = sheet.rows
    names = list(head.cells)
    notified = next((n for n in ("通报日期", "notified_on") if n in names), None)
    if notified is None or not {"指纹", "fingerprint"} & {*names}:
        return sheet
    if "整改日期" not in names:
        names.append("rectified_on")
    full = [[*row.cells, *[None] * (len(names) - len(row.cells))] for row in rows]
    for cells in (c for c in full if mark(1) in c):
        cells[names.index(notified)], cells[-1] = date(2021, 11, 12), date(2021, 11, 30)
    return replace(sheet, rows=(Row(1, tuple(names)), *(Row(n, tuple(c)) for n, c in enumerate(full, 2))))


def book(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as made:
        for name, rows in sheets:
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def stored(store: Path, scan: Scan = GOLDEN, *, finished: bool = True) -> Scan:
    """The scan made by hand, in a store with its history."""
    made = ScanStore(store / "scans" / scan.id, create=True)
    made.note(id=scan.id, started_at=scan.started_at, as_of=scan.as_of, tool_version="1", only="[]")
    made.note(**rules_note(national()), **({"finished_at": scan.finished_at} if finished else {}))
    made.replace_results(enumerate(scan.subjects))
    made.close()
    record_scan(store, scan)
    return scan


def marks(found: Iterable[Any]) -> list[str]:
    return [f"{int(f.fingerprint, 16)}" for f in found]


def next_scan(*, number: str = "20211208-100000", change: Change | None = None) -> Scan:
    """A month later the first finding is gone, as a scan says so; the second is still there."""
    portal = GOLDEN.subjects[0]
    blank = portal.assessments[0]
    lost = blank.findings[0]
    words = (lost.clause, lost.problem, lost.item, lost.location, lost.detail, lost.url, lost.certainty)
    gone = Gone(blank.rule, lost.fingerprint, *words, lost.first_seen, lost.first_seen, "", change, "页面已不存在") \
        if change else None  # fmt: skip
    rest = replace(blank, findings=blank.findings[1:])
    result = replace(portal, assessments=(rest, *portal.assessments[1:]), gone=(gone,) if gone else ())
    at = "2021-12-08T10:00:00+08:00"
    return replace(GOLDEN, id=number, started_at=at, finished_at=at, as_of=at, subjects=(result, *GOLDEN.subjects[1:]))


def mark(number: int) -> str:
    return f"{number:016x}"


def command(*words: str, store: Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["history", *words, "--store", str(store)])
    if done.exception and not isinstance(done.exception, SystemExit):
        return getattr(done.exception, "exit", 99), done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr
