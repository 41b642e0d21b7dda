"""What was read from one page, for a person at a terminal, in Chinese: `checker page -f text`."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from checker.report._lines import Sheet, plain, printed
from checker.report._wording import moment

MOST_ROWS = 20
"""Entries of a list that are shown; JSON holds them all."""

_KINDS = {"home": "首页", "column": "栏目", "article": "正文", "map": "网站地图", "other": "其他"}
_SOURCES = {"label": "日期旁有标注", "structure": "标题旁", "meta": "页面标签", "address": "地址", "list": "列表"}
_CLUES = {
    "argument": "由命令指定", "fetched": "", "saved-from": "取自保存网页时的注释", "canonical": "取自 canonical 链接",
    "Url": "取自 Url 标签", "og:url": "取自 og:url 标签", "SiteDomain": "只知道主机，取自 SiteDomain 标签",
    "links": "只知道主机，取自页面上的链接", "none": "不知道真实地址，可用 --url 指定",
}  # fmt: skip
_MARKS = {
    "party": "党政机关标识", "code": "网站标识码", "icp": "ICP备案", "police": "公安备案", "organizer": "主办单位",
    "contact": "联系方式", "error-report": "找错入口", "header-name": "页头名称", "accessibility": "无障碍",
}  # fmt: skip
_FORMS = {"text": "文字", "image": "图片", "link": "链接", "script": "脚本"}
_FIELDS = {
    "title": "标题", "published": "发布日期", "items": "列表", "next_pages": "下一页", "marks": "标识", "tags": "标签",
    "columns": "栏目", "messages": "留言", "guide": "办事指南", "terms": "文字表述", "leaks": "个人信息",
    "hidden_links": "暗链", "": "整个页面",
}  # fmt: skip
_STATES = {"partial": "可能不全", "failed": "未能读取"}
_QUOTE = 100
_INDENT = 2
_Page = Mapping[str, Any]


def render_page(page: _Page, width: int = 100, colour: bool = False, terminal: bool = False) -> bytes:
    """One page object (docs/schema/page-1.0.json) as UTF-8 text, at most `width` cells wide, addresses excepted."""
    sheet = Sheet(width, links=terminal)
    sheet.heading(plain(page["title"] or page["source"], 60), "bold cyan")
    _line(sheet, "来自", page["source"])
    if page["problem"]:
        problem = page["problem"]
        sheet.add(Text(f"未能读取：{plain(problem['detail'])}（{plain(problem['kind'])}）", "bold red"), _INDENT)
    else:
        _place(sheet, page)
        _dates(sheet, page)
        _items(sheet, page)
        _columns(sheet, page)
        _marks(sheet, page)
        _tags(sheet, page)
        _doubts(sheet, page)
    sheet.gap()
    return printed(sheet, colour, terminal)


def _line(sheet: Sheet, label: str, value: str, style: str = "") -> None:
    label = f"{label}　"
    sheet.add(Text.assemble((label, "dim"), (plain(value, 300), style)), _INDENT, hang=len(label) * 2)


def _place(sheet: Sheet, page: _Page) -> None:
    _line(sheet, "类型", f"{_KINDS[page['page_type']]}（{page['page_type_reason']}）")
    if page["url"] != page["source"]:
        clue = _CLUES.get(page["url_from"], page["url_from"])
        sheet.address("地址　", plain(page["url"], 2000), _INDENT)
        if clue:
            sheet.add(Text(f"　　　（{clue}）", "dim"), _INDENT)
    _line(sheet, "编码", page["charset"])


def _dates(sheet: Sheet, page: _Page) -> None:
    shown = page["published"]
    if shown:
        why = f"{_SOURCES.get(shown['source'], shown['source'])}：“{plain(shown['quote'], _QUOTE)}”"
        sheet.add(Text.assemble(("发布　", "dim"), (moment(shown["at"]), "bold green"), f"　{why}"), _INDENT, hang=6)
    elif page["page_type"] == "article":
        _line(sheet, "发布", "页面没有标出发布日期", "yellow")
    others = [d for d in page["dates"] or () if not shown or (d["at"], d["source"]) != (shown["at"], shown["source"])]
    for clue in others:
        quote = plain(clue["quote"], _QUOTE)
        _line(sheet, "线索", f"{moment(clue['at'])}　{_SOURCES.get(clue['source'], clue['source'])}：“{quote}”")


def _items(sheet: Sheet, page: _Page) -> None:
    items = page["items"] or ()
    if not items:
        if page["page_type"] in {"column", "home"}:
            _line(sheet, "列表", "没有读到列表", "yellow")
        return
    newest = page["newest_item_at"]
    said = f"最新 {moment(newest)}" if newest else "没有标日期"
    _line(sheet, "列表", f"{len(items)}条，{said}")
    for item in items[:MOST_ROWS]:
        on = moment(item["published_at"]) if item["published_at"] else "未标日期"
        style = (
            "bold green" if newest and item["published_at"] == newest else "green" if item["published_at"] else "dim"
        )
        pin = ("置顶 ", "yellow") if item["pinned"] else ""
        sheet.add(Text.assemble((f"{on:<10}", style), "  ", pin, plain(item["title"], _QUOTE)), _INDENT * 2, hang=12)
    _more(sheet, len(items))
    for url in page["next_pages"] or ():
        sheet.address("下页　", plain(url, 2000), _INDENT)


def _more(sheet: Sheet, count: int) -> None:
    if count > MOST_ROWS:
        sheet.add(Text(f"……另有{count - MOST_ROWS}条，-f json 全部给出", "dim"), _INDENT * 2)


def _columns(sheet: Sheet, page: _Page) -> None:
    columns = page["columns"] or ()
    if columns:
        _line(sheet, "栏目", f"{len(columns)}个")
    for column in columns[:MOST_ROWS]:
        level = "一级" if column["level"] == 1 else "下级"
        said = Text.assemble(plain(column["name"], 40), (f"　{column['type']}　{level}　", "cyan"))
        sheet.add(said.append(plain(column["reason"], _QUOTE), "dim"), _INDENT * 2, hang=4)
    _more(sheet, len(columns))


def _marks(sheet: Sheet, page: _Page) -> None:
    for mark in page["marks"] or ():
        value = mark["value"] or "有，未读出内容"
        said = (
            f"{_MARKS.get(mark['kind'], mark['kind'])}　{plain(value, 60)}（{_FORMS.get(mark['form'], mark['form'])}）"
        )
        _line(sheet, "标识", said)
    if not page["marks"]:
        _line(sheet, "标识", "没有读到", "yellow")


def _tags(sheet: Sheet, page: _Page) -> None:
    for tag in page["tags"] or ():
        _line(sheet, "标签", f"{tag['name']} = {plain(tag['content'], 80) or '（空）'}")


def _doubts(sheet: Sheet, page: _Page) -> None:
    for doubt in page["doubts"]:
        field = _FIELDS.get(doubt["field"], doubt["field"])
        _line(sheet, "存疑", f"{field}{_STATES[doubt['state']]}：{doubt['reason']}", "yellow")
    if page["not_read"]:
        names = "、".join(_FIELDS.get(name, name) for name in page["not_read"])
        sheet.add(Text(f"本版本还不读：{names}", "dim"), _INDENT)
