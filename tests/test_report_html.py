"""The HTML report as a file: whole, self-contained, complete, and deaf to whatever pages say."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from checker.model.results import Scan, SubjectResult
from checker.report import html
from checker.report.html._writing import environment, linkable, marked
from tests.golden_scan import BLANK, HOSTILE, LINKS, PORTAL, SCAN
from tests.test_report import ANY_TEXT, with_text

FOLDER = Path(html.__file__).parent
HOSTILE_TEXTS = {
    "a script": "<script>pwned()</script>",
    "the end of the style": "</style></script></title></textarea>--><img src=x onerror=pwned()>",
    "attributes": "\"onmouseover=pwned() x=\"' onfocus=pwned() autofocus='",
    "a javascript address": "javascript:pwned()",
    "an address with a quote": 'http://a.cn/" onclick="pwned()',
    "an address with a tag": "http://a.cn/<script>pwned()</script>",
    "a data address": "data:text/html,<script>pwned()</script>",
    "a template": "{{ 7*7 }}{% include '/etc/passwd' %}${7*7}",
    "control characters": "a\0b\x1b[2J\u202ec\u2028d\ufeff\ud800",
    "a comment": "<!-- --!> <![CDATA[ ]]> &lt;script&gt; &#60;b&#62;",
    "svg and math": "<svg><style></svg><math><mi//xlink:href='data:x'></math><template><frameset>",
}
VOID = {"meta", "input", "wbr", "br"}


def parsed(scan: Scan = SCAN) -> LexborHTMLParser:
    return LexborHTMLParser(html.render(scan).decode())


def elements(document: LexborHTMLParser, selector: str) -> list[LexborNode]:
    return list(document.css(selector))


def one(document: LexborHTMLParser, selector: str) -> LexborNode:
    (found,) = document.css(selector)
    return found


def skeleton(scan: Scan) -> list[tuple[str, tuple[str, ...]]]:
    return [(n.tag or "", tuple(sorted(n.attributes))) for n in parsed(scan).css("*")]


def apart(scan: Scan) -> Scan:
    """The same scan with fingerprints that differ in what is printed of them."""

    def subject(number: int, result: SubjectResult) -> SubjectResult:
        assessments = tuple(
            replace(a, findings=tuple(replace(f, fingerprint=f.fingerprint[::-1]) for f in a.findings))
            for a in result.assessments
        )
        return replace(result, assessments=assessments)

    return replace(scan, subjects=tuple(subject(n, s) for n, s in enumerate(scan.subjects)))


def alone(subject: SubjectResult, **more: object) -> Scan:
    return replace(SCAN, subjects=(subject,), **more)  # type: ignore[arg-type]


KNOWN = set(skeleton(SCAN)) | set(skeleton(with_text(SCAN, "http://www.example.gov.cn/")))
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069]")


def test_the_same_scan_gives_the_same_bytes() -> None:
    assert html.render(SCAN) == html.render(SCAN)


def test_every_finding_stands_in_the_table_and_at_its_unit() -> None:
    scan = apart(SCAN)
    expected = sorted(f.fingerprint[:8] for s in scan.subjects for a in s.assessments for f in a.findings)
    document = parsed(scan)
    for selector in ("#rows tbody tr", ".findings li details summary"):
        found = [re.search(r"〔(\w+)〕", n.text()) for n in elements(document, selector)]
        assert sorted(m[1] for m in found if m) == expected
    commands = [n.text() for n in elements(document, ".findings details code") if "evidence" in n.text()]
    assert sorted(commands) == [f"checker evidence {fp} --scan {SCAN.id}" for fp in expected]


def test_every_row_leads_to_its_finding() -> None:
    document = parsed(apart(SCAN))
    for row in elements(document, "#rows tbody tr"):
        mark = re.search(r"〔\w+〕", row.text())
        target = one(document, str(row.css("a")[0].attributes["href"]))
        assert mark
        assert mark[0] in target.text()


def test_a_row_that_only_says_that_a_rule_is_open_leads_to_what_is_open() -> None:
    empty = replace(BLANK.findings[2], detail="不能判定：尚未采集", fingerprint="abcdef0123456789")
    rule = replace(BLANK, outcome=replace(PORTAL.assessments[2]).outcome, reason="尚未采集", findings=(empty,))
    document = parsed(alone(replace(PORTAL, assessments=(rule,), gone=())))
    (link,) = elements(document, "#rows tbody a")
    assert "尚未采集" in one(document, str(link.attributes["href"])).text()
    assert elements(document, ".findings li") == []


def test_nothing_is_known_that_is_not_said() -> None:
    text = parsed().body.text(separator=" ")  # type: ignore[union-attr]
    said = [
        SCAN.id, "national 2019.1", SCAN.rules.sha256, "2021-11-08 10:00", "checker 0.1.0",
        "不合格（13项中11项已判定）", "待核（13项中12项已判定）", "已关停，不作判定", "91.5", "88", "结论尚待判定",
        "10 点 02 分起站点连续 5 次无应答", "食品经营许可", "老年人优待证办理", "办事指南是否与实际一致？",
        "已豁免", "等待上级平台恢复（负责人：张三，至2021-11-30）", "上期通报 2021-08-20", "仍未整改", "再次出现",
        "evidence.warc.gz", "9f2c" * 16, "按期更新动态要闻和通知公告。", "测试副本的解析不作数",
        *(g.reason for g in PORTAL.gone), "有 1 项豁免已过期", "suppressions.yaml:9", "微博", "政府网站共同未决事项",
    ]  # fmt: skip
    assert [words for words in said if words not in text] == []


def test_it_asks_nothing_of_any_host() -> None:
    document = parsed()
    assert elements(document, "link, img, iframe, object, embed, base, form, image, use, [src], [style]") == []
    assert [n.attributes["http-equiv"] for n in elements(document, "meta[http-equiv]")] == [
        "Content-Security-Policy",
        "X-UA-Compatible",
    ]
    style = one(document, "style").text()
    assert re.findall(r"@import|url\(|expression", style) == []
    assert {n.attributes["fill"] for n in elements(document, "[fill]")} <= {"url(#h-site)", "url(#h-account)"}


def test_only_this_script_and_this_style_may_run() -> None:
    document = parsed()
    policy = str(one(document, "meta[http-equiv=Content-Security-Policy]").attributes["content"])
    digests = {
        name: base64.b64encode(hashlib.sha256(one(document, name).text().encode()).digest()).decode()
        for name in ("script", "style")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; script-src 'sha256-{digests['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert [a for n in elements(document, "*") for a in n.attributes if a.startswith("on")] == []


def test_links_lead_within_or_away_without_a_trace() -> None:
    document = parsed()
    ids = Counter(n.attributes["id"] for n in elements(document, "[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    outside = set()
    for link in elements(document, "a"):
        target = str(link.attributes["href"])
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert (link.attributes["rel"], link.attributes["target"]) == ("noopener noreferrer nofollow", "_blank")
            outside.add(target.partition(":")[0])
    assert outside == {"http", "https"}
    named = [n.attributes["aria-labelledby"] for n in elements(document, "[aria-labelledby]")]
    assert [name for names in named for name in str(names).split() if name not in ids] == []


def test_tables_and_pictures_can_be_read_out() -> None:
    document = parsed()
    assert one(document, "html").attributes["lang"] == "zh-CN"
    assert [t.html for t in elements(document, "table") if len(t.css("caption")) != 1] == []
    assert [n.html for n in elements(document, "th") if n.attributes.get("scope") not in {"col", "row"}] == []
    pictures = [n for n in elements(document, "svg") if n.attributes.get("aria-hidden") != "true"]
    assert [n.html for n in pictures if not n.css("title") or not n.css("desc")] == []
    assert one(document, ".skip").attributes["href"] == "#main"


class Balance(HTMLParser):
    """What does not nest: an end tag that ends something else, or an element that never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while tag in {"td", "tr"} and self.stack and self.stack[-1] in {"td", tag}:
            self.stack.pop()  # HTML lets cells and rows end by themselves
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stays open."""

    def handle_endtag(self, tag: str) -> None:
        while tag == "tbody" and self.stack and self.stack[-1] in {"td", "tr"}:
            self.stack.pop()
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


@pytest.mark.parametrize("put", [None, *HOSTILE_TEXTS.values()], ids=["as it is", *HOSTILE_TEXTS])
def test_elements_nest(put: str | None) -> None:
    balance = Balance()
    balance.feed(html.render(SCAN if put is None else with_text(SCAN, put)).decode())
    assert (balance.wrong, balance.stack) == ([], [])


@pytest.mark.parametrize("put", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_no_text_becomes_markup(put: str) -> None:
    scan = with_text(SCAN, put)
    assert skeleton(with_text(SCAN, "无害的文字")) == skeleton(scan)
    document = parsed(scan)
    assert {str(n.attributes["href"])[0] for n in elements(document, "a")} == {"#"}
    written = html.render(scan).decode()
    assert STEERS.findall(written) == []
    assert "49" not in one(document, "h1").text()


@settings(max_examples=25, deadline=None)
@given(st.one_of(ANY_TEXT, st.text(st.sampled_from("<>\"'&{%}`/!-=\0\n\u202escriptonjava:http"))))
def test_any_text_leaves_the_page_whole(put: str) -> None:
    written = html.render(with_text(SCAN, put)).decode()
    balance = Balance()
    balance.feed(written)
    assert (balance.wrong, balance.stack) == ([], [])
    assert set(skeleton(with_text(SCAN, put))) <= KNOWN
    assert not STEERS.search(written)


def test_a_hostile_title_is_shown_for_what_it_is() -> None:
    shown = parsed().body.text()  # type: ignore[union-attr]
    assert "通知\\x1b]0;占线\\x07\\x1b[2J[bold red]公告[/]\\u202e\\x9b31m" in shown
    assert HOSTILE not in shown


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("http://www.xishui.gov.cn/a?b=1&c=2#d", True),
        ("HTTPS://e.cn/中文/%E4%B8%AD", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//e.cn/", False),
        ("/a.html", False),
        ("ftp://e.cn/", False),
        ("http://e.cn/ onclick=x", False),
        ('http://e.cn/"x', False),
        ("http://e.cn/<b>", False),
        ("http://e.cn/\u202egnp.exe", False),
        ("http://e.cn/\x00", False),
        ("http://", False),
        ("http://e.cn/" + "x" * 3000, False),
        ("", False),
    ],
)
def test_only_whole_web_addresses_are_links(address: str, link: bool) -> None:
    assert linkable(address) == link


@pytest.mark.parametrize(
    ("quote", "item", "detail", "pieces"),
    [
        ("须提供其他有关材料", "1", "写有“其他有关材料”", [("须提供", False), ("其他有关材料", True)]),
        ("按装设备，按装电梯", "按装", "", [("按装", True), ("设备，", False), ("按装", True), ("电梯", False)]),
        ("2021-12-31", "http://a.cn/", "列表显示 2021-12-31", [("2021-12-31", True)]),
        ("通知公告", "http://a.cn/", "返回 404", [("通知公告", False)]),
        ("a.b", ".", "", [("a", False), (".", True), ("b", False)]),
        ("", "x", "", []),
        ("<b>按装</b>\x00", "按装", "", [("<b>", False), ("按装", True), ("</b>\\x00", False)]),
    ],
)
def test_what_a_quote_is_about_is_marked(quote: str, item: str, detail: str, pieces: list[tuple[str, bool]]) -> None:
    assert pieces == [p for p in marked(quote, item, detail) if p[0]]


def test_nothing_switches_escaping_off() -> None:
    assert environment().autoescape is True
    sources = [p.read_text("utf-8") for p in (FOLDER / "templates").iterdir()]
    assert re.findall(r"\|\s*safe|autoescape|Markup", "".join(sources)) == []


def test_a_scan_of_nothing_and_one_that_was_not_finished() -> None:
    none = replace(SCAN.sites, registered=0, inspected=0, closed=0, qualified=0, pending=0, unqualified=0,
                   pass_rate=None, pass_rate_if_pending_fail=None)  # fmt: skip
    nothing = replace(SCAN, subjects=(), units=(), sites=none, accounts=none, complete=False, suppressions=(), trend=())
    document = parsed(nothing)
    assert "检查没有做完" in one(document, ".alarm").text()
    assert (one(document, "#all p").text(), elements(document, "#rows")) == ("没有任何结果。", [])


def test_a_recheck_says_what_was_mended() -> None:
    still = replace(BLANK.findings[0], rechecked="notRectified")
    portal = replace(PORTAL, rectification="不合格", assessments=(replace(BLANK, findings=(still,)),))
    document = parsed(alone(portal, kind="recheck", based_on="20211008-100000"))
    assert one(document, "h1").text() == "政府网站与政务新媒体复查结果"
    assert "20211008-100000" in one(document, "#mended caption").text()
    assert [n.text(strip=True) for n in elements(document, "#mended tbody th, #mended tbody td")] == [
        "浠水县人民政府", "浠水县", "不合格", "1", "1", "2",
    ]  # fmt: skip
    assert "未整改" in one(document, ".findings li[id]").text()
    assert elements(parsed(), "#mended") == []


def test_the_trend_has_a_gap_where_there_is_no_rate() -> None:
    rates = [0.5, None, 0.75, 1.0]
    past = tuple(
        replace(SCAN.trend[0], as_of=f"2021-0{n}-08T10:00:00+08:00", sites=replace(SCAN.sites, pass_rate=rate))
        for n, rate in enumerate(rates, 1)
    )
    document = parsed(replace(SCAN, trend=past))
    assert [n.attributes["points"] for n in elements(document, "polyline.sites")] == [
        "56,96", "224,56 308,16 392,176",
    ]  # fmt: skip
    assert "2021-02-08 10:00 —" in " ".join(one(document, ".few").text(separator=" ").split())
    assert elements(parsed(replace(SCAN, trend=())), "polyline") == []


def test_an_overview_shows_the_first_rows_and_says_how_many_follow() -> None:
    findings = tuple(replace(BLANK.findings[0], detail=f"第{n}个栏目") for n in range(30))
    document = parsed(alone(replace(PORTAL, assessments=(replace(BLANK, findings=findings),))))
    row = one(document, "#vetoes tbody tr").text()
    assert [f"第{n}个栏目" for n in range(3)] == re.findall(r"第\d+个栏目", row)
    assert "另有 27 条" in row
    assert "open" not in one(document, "details.group[id$=r1]").attributes


def test_a_subject_that_fell_by_its_points_is_among_the_fallen() -> None:
    poor = replace(PORTAL, assessments=(LINKS,), score=replace(PORTAL.score, part2=Decimal(55)))
    assert "第二部分得分55，低于60分" in one(parsed(alone(poor)), "#vetoes tbody tr").text()
