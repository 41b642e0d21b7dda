"""Markdown: what a comment shows, how long it gets, and that no text of a page comes alive in it."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checker.model.results import Outcome, Scan
from checker.report import markdown
from checker.report._inert import as_code, inert
from checker.report._lines import plain
from tests.golden_scan import BLANK, BUREAU, LINKS, PORTAL, SCAN

HOSTILE = [
    "[点](http://evil.cn)", "![图](http://evil.cn/a.png)", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>",
    "http://evil.cn/", "www.evil.cn", "a@evil.cn", "@admin 请看", "#1 !2 ~3 %4 &5 $6", "org/repo#12", "GH-12",
    "**粗** _斜_ `码` ~~删~~", "<!-- 藏", "&lt;b&gt; &#64;all", "\\[x](y)", "行一\n\n# 标题\n- 项", "[^1]: 注",
    "$`x`$ $$y$$", "`` ` ``", "{+加+} [-减-]", "[x]: http://evil.cn", "![", "</td></tr></table>", "\\", "\\|", "[ ] 办",
    ":tada:", "| 多 | 列 |",
]  # fmt: skip
ODD = st.text(st.sampled_from("[]()<>!*_`~|\\&#@$:/.-=+{}^\"' \n\taw汉1"), max_size=30)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ALIVE = re.compile(r"<(?!/?(?:h2|h3|p|ul|li|strong|code|table|thead|tbody|tr|th|td|blockquote)\b)[^>]*>")
CALLS = re.compile(r"[@#!~%&$^](?=\w)|://|www\.|\bGH-\d|:[a-z0-9_+-]+:")


def rendered(text: str) -> str:
    return str(MARKDOWN.render(text))


def shown(page: str) -> str:
    """The words of a rendered page outside code, as a reader sees them."""
    text = re.sub(r"<[^>]+>", "", re.sub(r"<code>.*?</code>", "", page))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def hostile_scan(put: str) -> Scan:
    found = tuple(
        replace(f, detail=put, problem=put, url=put, location=put, suppressed=put if n else None)
        for n, f in enumerate(BLANK.findings)
    )
    rule = replace(BLANK, title=put, findings=found)
    gone = tuple(replace(g, detail=put, problem=put, location=put, reason=put, notified_on=put) for g in PORTAL.gone)
    others = (replace(a, title=put, reason=put) for a in PORTAL.assessments[1:])
    more = {"name": put, "unit": put, "grade": put, "problems": (put,), "rectification": put}
    subject = replace(PORTAL, gone=gone, assessments=(rule, *others), **more)  # type: ignore[arg-type]
    uses = tuple(
        replace(u, rule=put, scope=put, reason=put, owner=put, expires=put, place=put) for u in SCAN.suppressions
    )
    return replace(SCAN, subjects=(subject, BUREAU), suppressions=uses, based_on=put, kind="recheck")


@pytest.mark.parametrize("put", HOSTILE)
def test_no_text_of_a_page_comes_alive(put: str) -> None:
    page = rendered(markdown.render(hostile_scan(put)).decode())
    assert ALIVE.findall(page) == []
    assert CALLS.findall(shown(page)) == []
    plain_page = rendered(markdown.render(hostile_scan("普通")).decode())
    for tag in ("<tr>", "<td", "<li>", "<strong>", "<h3>", "<table>", "<blockquote>", "</p>"):
        assert page.count(tag) == plain_page.count(tag), tag


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_inert_text_is_read_letter_by_letter(put: str) -> None:
    page = rendered(f"甲 {inert(put)} 乙 {as_code(put)} 丙")
    assert ALIVE.findall(page) == []
    assert CALLS.findall(shown(page)) == []
    assert shown(page).replace("\u200b", "").startswith(f"甲 {plain(put)} 乙 ".replace("  ", " ")[:2])
    row = rendered(f"| 一 | 二 |\n|---|---|\n| {inert(put)} | {as_code(put)} |")
    assert row.count("<td>") == 2
    cell = re.search(r"<td>(.*?)</td>", row)
    assert cell is not None
    assert shown(re.sub("</?code>", "", cell[1])).replace("\u200b", "") == plain(put)


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        (
            "“甲”（http://www.a.cn/甲.html?x=1&y=~2）打不开",
            "“甲”（`http://www.a.cn/`甲.html?x=1\\&\u200by=\\~\u200b2）打不开",
        ),
        ("见 https://a.cn:8080/b_c*d?x=1&y=@2#3。", "见 `https://a.cn:8080/b_c*d?x=1&y=@2#3`。"),
        ("[点](http://a.cn/x.html)", "\\[点\\](`http://a.cn/x.html`)"),
        ("www.a.cn, a@b.cn", "`www.a.cn`, a@\u200bb.cn"),
        ("`http://a.cn`http://b.cn", "\\``http://a.cn`\\``http://b.cn`"),
        ("http://", "`http://`"),
    ],
)
def test_addresses_can_be_copied_as_they_are(put: str, expected: str) -> None:
    assert inert(put) == expected
    page = rendered(inert(put))
    assert ALIVE.findall(page) == []
    assert CALLS.findall(shown(page)) == []


def test_the_head_has_the_counts_and_the_loud_lines() -> None:
    lines = markdown.render(SCAN).decode().splitlines()
    assert "| 政府网站 | 3 | 1 | 2 | 0 | 1 | 1 | 0.00% | 0.00% |" in lines
    expired = "x-typo（网站 4211250023），负责人 李四，2021-09-30 到期，见 `suppressions.yaml:9`"
    assert f"> ⚠️ **豁免已过期，不再生效**：{expired}" in lines
    assert [line for line in lines if line.startswith("查实问题")] == [
        "查实问题 7 条：新增 5，仍未整改 1，再次出现 1；已整改 1，页面或栏目已撤下，待人工确认 1，未能复核 1；"
        "候选问题 15 条，预警 1 条，已豁免 1 条，无法判定 7 项指标，待人工确认 2 项指标。"
    ]
    unfinished = markdown.render(replace(SCAN, complete=False, kind="recheck", based_on="x1")).decode()
    assert "> ⚠️ **检查没有做完：以下只有已经查完的对象。**" in unfinished
    assert "复查（依据 x1） `20211108-100000-7c1f`" in unfinished


def headings(scan: Scan) -> list[str]:
    return [line[4:] for line in markdown.render(scan).decode().splitlines() if line.startswith("### ")]


def test_the_sections_stand_in_the_order_of_their_weight() -> None:
    assert headings(SCAN) == [
        "检查结果（5）", "单项否决（3）", "扣分（2）", "检查程序出错（1）", "无法判定、待人工确认的规则（9）",
        "与以前相比（3）", "提示（2）", "预警（1）", "豁免（2）",
    ]  # fmt: skip


def test_new_problems_come_before_those_that_a_baseline_or_a_circular_knows() -> None:
    known = tuple(replace(f, baseline="known") for f in BLANK.findings[:1])
    new = replace(BLANK.findings[0], baseline="new", detail="这条是新的")
    rule = replace(BLANK, findings=(*known, new))
    text = markdown.render(replace(SCAN, subjects=(replace(PORTAL, assessments=(rule,)),))).decode()
    first, second = [line for line in text.splitlines() if "http://www.xishui.gov.cn/tjgb/" in line]
    assert "这条是新的" in first and "\\[新增，基线之外\\]" in first
    assert "\\[新增，基线已有\\]" in second
    assert "基线已有 1，基线之外 1" in text


@pytest.mark.parametrize("subjects", [1, 60])
def test_it_stays_below_the_limit_and_counts_what_it_leaves_out(subjects: int) -> None:
    blanks = (replace(BLANK.findings[0], detail="|" * 900, clause=f"c{n}") for n in range(100))
    blank = replace(BLANK, findings=tuple(blanks))
    links = replace(LINKS, findings=tuple(replace(LINKS.findings[0], clause=f"c{n}") for n in range(400)))
    heavy = replace(
        PORTAL, assessments=(blank, links, *PORTAL.assessments), name="长" * 300, problems=("错" * 900,) * 50
    )
    uses = tuple(replace(u, scope="范" * 900, owner="人" * 900) for u in SCAN.suppressions * 40)
    written = markdown.render(replace(SCAN, subjects=(heavy,) * subjects, suppressions=uses))
    assert 40_000 < len(written) <= markdown.MOST_BYTES
    text = written.decode()
    left = dict(re.findall(r"### (\S+)（(\d+)）(?:(?!###)[\s\S])*?另有 \d+ 项，见 JSON、XLSX 或 CSV。", text))
    assert left["单项否决"] == str(subjects * 102) and left["豁免"]
    assert "> ⚠️ **另有 32 项豁免已过期。**" in text
    for title, count in left.items():
        body = text.partition(f"### {title}（")[2].partition("\n### ")[0]
        told = re.search(r"另有 (\d+) 项", body)
        entries = len(re.findall(r"^(?:- |\| [❌❔✅➖])", body, re.M))
        assert told is not None and entries + int(told[1]) == int(count), title


def test_a_scan_of_nothing_has_only_its_head() -> None:
    assert headings(replace(SCAN, subjects=(), suppressions=())) == []


def test_problems_that_are_counted_and_not_listed_are_told() -> None:
    undecided = replace(PORTAL, assessments=(replace(BLANK, outcome=Outcome.OPEN, reason="采集不完整"), LINKS))
    said = markdown.render(replace(SCAN, subjects=(undecided,))).decode()
    assert "查实问题 4 条（其中 2 条所属指标未达否决标准或尚无结论，以下不列）：" in said
