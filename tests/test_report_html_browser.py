"""The HTML report in a real browser: filters, sorting, keyboard, narrow screens, both colour schemes, no scripts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checker.fetch.render.browser import program
from checker.report import html
from tests.golden_scan import LINKS, PORTAL, SCAN
from tests.rendering import needs_browser
from tests.test_report import with_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_browser

ATTACK = (
    '"><script>window.pwned=1</script><img src=http://127.0.0.1:9/x onerror=window.pwned=1>'
    "<svg onload=window.pwned=1><style>body{background:url(http://127.0.0.1:9/y)}</style>' onmouseover=window.pwned=1 "
)
LONG = "http://www.example.gov.cn/" + "无断点的很长的地址" * 20 + "x" * 150
MANY = 450
SCANS = {
    "golden": SCAN,
    "hostile": with_text(SCAN, ATTACK),
    "long": with_text(SCAN, LONG),
    "many": replace(
        SCAN,
        subjects=(
            replace(
                PORTAL,
                assessments=(
                    replace(
                        LINKS,
                        findings=tuple(
                            replace(LINKS.findings[0], fingerprint=f"{n:08x}", detail=f"第{n}条链接")
                            for n in range(MANY)
                        ),
                    ),
                ),
            ),
        ),
    ),
}
CONTRAST = """() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const behind = node => {
    for (let n = node; n; n = n.parentElement) {
      const found = rgb(getComputedStyle(n).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const poor = {};
  for (const node of document.querySelectorAll('body *:not(svg *)')) {
    const own = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
    if (!own || !node.checkVisibility({contentVisibilityAuto: false})) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor[node.tagName + '.' + node.className] = Math.round(ratio * 100) / 100;
  }
  return poor;
}"""


@dataclass
class Opened:
    """A page with a report, and everything that it said or asked for."""

    page: "Page"
    heard: list[str] = field(default_factory=list)

    def rows(self, column: int) -> list[str]:
        """The texts of one column, from 1, as they stand now."""
        return [t.strip() for t in self.page.locator(f"#rows tbody tr > :nth-child({column})").all_text_contents()]

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a filter."""
        self.page.get_by_label(name, exact=True).select_option(value)

    @property
    def found(self) -> str:
        """What is said about how many rows there are."""
        return self.page.text_content("#found") or ""

    def until(self, selector: str, words: str = "") -> None:
        """Wait until the page has an element with such a text."""
        self.page.locator(selector).filter(has_text=words).first.wait_for(state="attached")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for name, scan in SCANS.items():
        (folder / f"{name}.html").write_bytes(html.render(scan))
    return {name: folder / f"{name}.html" for name in SCANS}


Open = Callable[..., Opened]


@pytest.fixture
def opened(browser: "Browser", files: dict[str, Path]) -> Iterator[Open]:
    """Opens a report in a window of its own."""
    contexts = []

    def show(name: str = "golden", width: int = 1440, anchor: str = "", **more: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        it = Opened(page)
        page.on("console", lambda message: it.heard.append(message.text))
        page.on("pageerror", lambda error: it.heard.append(str(error)))
        page.on("dialog", lambda dialog: it.heard.append(dialog.message))
        address = files[name].as_uri()
        page.on("request", lambda asked: it.heard.extend({asked.url} - {address}))
        page.goto(address + anchor)
        return it

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("width", [1440, 375])
def test_it_is_quiet_asks_nothing_and_fits(opened: Open, name: str, width: int) -> None:
    it = opened(name, width)
    page = it.page
    page.click("#unfold")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    if name == "hostile":
        page.evaluate("document.querySelectorAll('body *').forEach(n => n.dispatchEvent(new MouseEvent('mouseover')))")
    assert page.evaluate("[window.pwned, document.documentElement.scrollWidth]") == [None, width]
    assert page.locator("img, iframe, script:not(head > script)").count() == 0
    assert it.heard == []


def test_filters_narrow_the_table_and_add_up(opened: Open) -> None:
    it = opened()
    total = sum(len(a.findings) for s in SCAN.subjects for a in s.assessments)
    assert it.found == f"符合条件 {total} 条，已显示 {total} 条，共 {total} 条"
    it.choose("单位", "浠水县")
    it.choose("确定性", "候选")
    assert it.found == f"符合条件 14 条，已显示 14 条，共 {total} 条"
    it.choose("指标", "办事指南 b4-guides")
    assert it.rows(6) == ["要素存在表述含糊不清的情形：办理材料写有“其他有关材料” 〔00000000〕"]
    it.page.click("#clear")
    assert len(it.rows(1)) == total
    for name, value, count in (("类别", "预警", 1), ("变化", "仍未整改", 1), ("结论", "不作判定", 1)):
        it.choose(name, value)
        assert len(it.rows(1)) == count
        it.page.click("#clear")


def test_the_search_reads_everything_that_is_said_of_a_finding(opened: Open) -> None:
    it = opened()
    found = {"附件": 1, "ft.example.cn": 1, "EVIDENCE.WARC.GZ": 1, "首页链接 404": 1, "没有这样的话": 0}
    for words, count in found.items():
        it.page.fill("#words", words)
        it.until("#found", f"符合条件 {count} 条")
        assert len(it.rows(1)) == count
        it.page.fill("#words", "")
        it.until("#found", "符合条件 26 条")


def test_columns_sort_with_the_keyboard(opened: Open) -> None:
    it = opened()
    heads = it.page.locator("#rows thead th")
    points = it.page.get_by_role("button", name="分值")
    assert {heads.nth(n).get_attribute("aria-sort") for n in range(10)} == {"none"}
    points.focus()
    it.page.keyboard.press("Enter")
    assert heads.nth(8).get_attribute("aria-sort") == "ascending"
    assert [p for p in it.rows(9) if p] == ["-0.2", "-0.2", "-0.1", "+1"]
    it.page.keyboard.press("Space")
    assert heads.nth(8).get_attribute("aria-sort") == "descending"
    assert [p for p in it.rows(9) if p] == ["+1", "-0.1", "-0.2", "-0.2"]
    it.page.keyboard.press("Tab")
    it.page.keyboard.press("Enter")
    assert it.rows(10) == sorted(it.rows(10))
    assert [heads.nth(n).get_attribute("aria-sort") for n in (8, 9)] == ["none", "ascending"]


def test_verdicts_sort_by_weight_and_not_by_sound(opened: Open) -> None:
    it = opened()
    it.page.get_by_role("button", name="结论").click()
    assert list(dict.fromkeys(it.rows(3))) == ["不合格", "待核", "不作判定"]


def test_a_long_table_comes_in_portions_and_whole_on_paper(opened: Open) -> None:
    it = opened("many")
    assert (len(it.rows(1)), it.found) == (200, f"符合条件 {MANY} 条，已显示 200 条，共 {MANY} 条")
    it.page.click("#more")
    assert len(it.rows(1)) == 400
    it.page.fill("#words", "第449条")
    it.until("#found", "符合条件 1 条")
    it.page.click("#clear")
    it.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert (len(it.rows(1)), it.page.locator("details:not([open])").count()) == (MANY, 0)
    it.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert len(it.rows(1)) == 200
    assert it.page.locator("details:not([open])").count() > MANY
    assert it.heard == []


def test_a_link_of_the_table_opens_what_is_folded(opened: Open) -> None:
    it = opened("many")
    group = it.page.locator("details.group:has(#f30)")
    assert group.get_attribute("open") is None
    it.page.locator("#rows a[href='#f30']").click()
    it.until("details.group[open] #f30")
    assert it.page.locator("#f30").is_visible()
    again = opened("many", anchor="#f400")
    again.until("details.group[open] #f400")


def test_without_scripts_everything_is_there(opened: Open) -> None:
    it = opened("many", java_script_enabled=False)
    assert it.page.locator("#rows tbody tr").count() == MANY
    golden = opened(java_script_enabled=False).page
    total = sum(len(a.findings) for s in SCAN.subjects for a in s.assessments)
    rows = golden.locator("#rows tbody tr")
    assert (rows.count(), rows.last.is_visible(), golden.locator(".findings > li[id]").count()) == (total, True, total)
    assert [golden.locator(f".scripted >> nth={n}").is_visible() for n in range(4)] == [False] * 4
    assert golden.locator("#rows thead button").count() == 0
    closed = golden.locator("details.group:not([open]) summary")
    closed.first.click()
    assert closed.count() < golden.locator("details.group summary").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 375])
def test_letters_stand_out_from_what_is_behind_them(opened: Open, scheme: str, width: int) -> None:
    it = opened(width=width, color_scheme=scheme)
    it.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    background = it.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(244, 246, 248)", "dark": "rgb(17, 22, 28)"}[scheme]
    assert it.page.evaluate(CONTRAST) == {}


def test_paper_has_no_controls_and_stays_light(opened: Open) -> None:
    it = opened(color_scheme="dark")
    it.page.emulate_media(media="print", color_scheme="dark")
    assert [it.page.locator(s).is_visible() for s in (".contents", ".filters", "#found", "#unfold")] == [False] * 4
    assert it.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 37, 48)"


def test_the_keyboard_reaches_the_text_first_and_is_seen(opened: Open) -> None:
    it = opened()
    it.page.keyboard.press("Tab")
    skip = it.page.locator(".skip")
    assert skip.is_visible()
    assert it.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    it.page.keyboard.press("Enter")
    assert it.page.evaluate("document.activeElement.id") == "main"
