"""Publish dates in the labels and bars of county sites: whole rows, and what the words beside them rule out."""

import pytest

from checker.extract.dates.extractor import extract
from checker.model.facts import Address, ArticleDate
from tests.pages import context, page

URL = "http://www.a.gov.cn/zwgk/1.html"
HEADLINE = "关于印发某某办法的通知"
BODY = "<p>" + "正文内容，会议强调若干事项，要求各单位抓好落实。" * 4 + "</p>"
Row = tuple[str, str, float, str]
STRONG, WEAK, BAR = 0.95, 0.8, 0.85


def rows(body: str) -> list[ArticleDate]:
    parsed = page(body, URL, f"<title>{HEADLINE}-甲县</title>")
    return [row for row in extract(parsed, context("article")).rows if isinstance(row, ArticleDate)]


def expected(at: str, source: str, confidence: float, quote: str) -> ArticleDate:
    return ArticleDate("3400000001", Address(URL), at[:10], at, source, confidence, Address(URL), quote)


BARS: dict[str, Row] = {
    "审核：2026-09-04 王玉 添加时间：2026-09-05": ("2026-09-05", "label", STRONG, "添加时间:2026-09-05"),
    "审核：2026-09-04 王玉 挂网时间：2026-09-05": ("2026-09-05", "label", STRONG, "挂网时间:2026-09-05"),
    "发帖时间：2026-09-05": ("2026-09-05", "label", STRONG, "发帖时间:2026-09-05"),
    "审核：2026-09-04 发布：2026-09-05": ("2026-09-05", "label", STRONG, "发布:2026-09-05"),
    "发布日期Date：2026-09-05": ("2026-09-05", "label", STRONG, "发布日期Date:2026-09-05"),
    "发布时间→2026-09-05": ("2026-09-05", "label", STRONG, "发布时间→2026-09-05"),
    "原发布时间：2026-06-03 更正发布时间：2026-08-05": (
        "2026-08-05", "label", STRONG, "发布时间:2026-08-05",
    ),
    "创建时间：2026-09-05 08:00": ("2026-09-05T08:00+08:00", "label", WEAK, "创建时间:2026-09-05 08:00"),
    "更新于 2026-09-05": ("2026-09-05", "label", WEAK, "更新于 2026-09-05"),
    "公布日期：2026-09-05 印发日期：2026-09-01": ("2026-09-05", "label", WEAK, "公布日期:2026-09-05"),
    "发布日期：20260907 浏览次数：20251231": ("2026-09-07", "label", STRONG, "发布日期:20260907"),
    "发布时间：二〇二六年九月三十一日": ("", "", 0, ""),
    "发布时间：二〇二六年十二月二十一日": ("2026-12-21", "label", STRONG, "发布时间:二〇二六年十二月二十一日"),
    "发布时间：二○二六年十月三十日": ("2026-10-30", "label", STRONG, "发布时间:二○二六年十月三十日"),
    "摄影：周敏 2026-09-28 08:00 1/3 收割机在田间": (
        "2026-09-28T08:00+08:00", "structure", BAR, "摄影:周敏 2026-09-28 08:00",
    ),
    "发布人： 2026-09-28 浏览：3": ("2026-09-28", "structure", BAR, "发布人: 2026-09-28 浏览:3"),
    "2026-09-28 附件：决算公开表（2026-09-10）.pdf": ("2026-09-28", "structure", BAR, "2026-09-28"),
    "2026年9月1日，青溪镇收割晚稻。记者：周敏 摄": ("", "", 0, ""),
    "来源：市政府 下次检查：2026-09-05 阅读：31": ("", "", 0, ""),
    "来源：市政府 审核：2026-09-05 阅读：31": ("", "", 0, ""),
    "首次公告日期：2026-06-20 更正日期：2026-07-02": ("", "", 0, ""),
}  # fmt: skip


@pytest.mark.parametrize("bar", BARS)
def test_information_bars(bar: str) -> None:
    wanted = [expected(*BARS[bar])] if BARS[bar][0] else []
    assert rows(f"<h1>{HEADLINE}</h1><div>{bar}</div>{BODY}") == wanted


def test_quote_of_a_bar_ends_before_the_text() -> None:
    bar = "<span>2026-08-03 来源：甲县人民政府办公室</span><span>分享到</span><span>-</span><span>次</span>"
    found = rows(f"<h1>{HEADLINE}</h1><div>{bar}</div><p>甲政办规〔2025〕8号</p>{BODY}")
    quote = "2026-08-03 来源:甲县人民政府办公室 分享到 - 次"
    assert found == [expected("2026-08-03", "structure", BAR, quote)]


def test_small_footer_of_the_article_itself() -> None:
    end = '<div class="end">责任编辑：吴丽 发布日期：2026-08-26</div>'
    site = '<div class="footer">主办：甲县人民政府 网站标识码：3415220046 更新日期：2026-09-19</div>'
    article = f'<div class="con"><h1>{HEADLINE}</h1>{BODY}{BODY}{end}</div>'
    found = expected("2026-08-26", "label", STRONG, "发布日期:2026-08-26")
    assert rows(f"<div>{article}</div>{site}") == [found]
    assert rows(f'<div class="con"><h1>{HEADLINE}</h1>{BODY}{BODY}{site}</div>') == []
