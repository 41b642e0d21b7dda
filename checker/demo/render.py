"""From the plan to pages: each look is one file of parts under `pages/`, filled in by pure functions."""

import html
import json
from functools import lru_cache
from pathlib import Path
from string import Template

from checker.demo import delivery, wording
from checker.demo.entries import PAGE_SIZE, entries, list_pages
from checker.demo.plan import Entry, Look, Place, Section

_FOLDER = Path(__file__).parent / "pages"
HOME_ENTRIES = 5
"""Entries of each column on a home page."""

COLUMN_TYPES = {
    "news": "工作动态", "policy": "政策文件", "interpretation": "政策解读", "profile": "概况信息",
    "functions": "机构职能", "leaders": "负责人信息", "data": "数据发布", "survey": "征集调查",
    "interview": "在线访谈", "response": "回应关切", "services": "办事服务", "consultation": "咨询投诉",
}  # fmt: skip
"""ColumnType values by our types; any other column is 信息公开目录."""


@lru_cache(maxsize=8)
def _parts(look: Look) -> dict[str, Template]:
    text = (_FOLDER / f"{look}.html").read_text("utf-8")
    pieces = (piece.partition(" -->\n") for piece in text.split("<!-- part: ")[1:])
    return {name: Template(body.rstrip("\n")) for name, _, body in pieces}


def _fill(place: Place, part: str, **values: str) -> str:
    return _parts(place.look)[part].substitute(colour=place.colour, **values)


def _links(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f'<a href="{url}">{html.escape(text)}</a>' for text, url in pairs)


def _menu(place: Place) -> str:
    return _links([(s.name, s.path) for s in place.sections])


def _marks(place: Place) -> dict[str, str]:
    m = place.marks
    number = "".join(c for c in m.police if c.isdigit())
    return {
        "organizer": f"主办单位：{m.organizer}" if m.organizer else "版权所有",
        "contact": f"联系电话：{m.contact}" if m.contact else "",
        "code": f"网站标识码：{m.code}" if m.code else "",
        "icp": f'<a href="http://beian.miit.gov.cn/">{m.icp}</a>' if m.icp else "",
        "police": _police(m.police, number) if m.police else "",
        "party": _party(m.party) if m.party else "",
        "report": f'<script id="_jiucuo_" sitecode="{place.id}" src="http://zfwzgl.www.gov.cn/exposure/jiucuo.js">'
        "</script>",
    }


def _party(code: str) -> str:
    link = f"http://bszs.conac.cn/sitename?method=show&amp;id={code}"
    return f'<a href="{link}"><img src="/images/dzjg.svg" alt="党政机关"></a>'


def _police(text: str, number: str) -> str:
    return f'<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode={number}">{text}</a>'


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{html.escape(content)}">'


def _metas(place: Place, group: list[tuple[str, str]]) -> str:
    if place.tags == "none":
        return _meta("keywords", place.name)
    site = [("SiteName", place.name), ("SiteDomain", place.host), ("SiteIDCode", place.id)]
    return "\n".join(_meta(name, content) for name, content in (*site, *group))


def _column_tags(place: Place, section: Section) -> list[tuple[str, str]]:
    flawed = place.tags == "flawed"
    return [
        ("ColumnName", section.name),
        ("ColumnDescription", f"{place.name}{section.name}栏目"),
        ("ColumnKeywords", "null" if flawed else section.name),
        ("ColumnType", COLUMN_TYPES.get(section.type, "信息公开目录")),
    ]


def _article_tags(place: Place, section: Section, entry: Entry) -> list[tuple[str, str]]:
    return [
        ("ColumnName", section.name),
        ("ColumnType", COLUMN_TYPES.get(section.type, "信息公开目录")),
        ("ArticleTitle", entry.title),
        ("PubDate", f"{entry.tagged or entry.day} {entry.clock}"),
        ("ContentSource", "" if place.tags == "flawed" else entry.source),
    ]


def _page(place: Place, role: str, title: str, main: str, tags: list[tuple[str, str]], crumb: str = "") -> str:
    footer = f'<script src="{place.written_footer}"></script>' if place.written_footer else footer_part(place)
    words, target = place.access
    # a trailing page title as CMSs write it: the article or column first, the site last
    return _fill(
        place, "layout", charset=place.charset, role=role, main=main, name=place.name, metas=_metas(place, tags),
        title=html.escape(f"{title}_{place.name}" if title else place.name),
        crumb=f'<div class="crumb position path">当前位置：<a href="/">首页</a> &gt; {crumb}</div>' if crumb else "",
        nav=_navigation(place), footer=footer, access=_links([place.access]) if target else words,
    ) + "\n"  # fmt: skip


def _navigation(place: Place) -> str:
    tops = [(s.name, s.path) for s in place.sections if s.level == 1]
    return "\n".join(
        _fill(place, "nav", url=url, name=name, sub=_drop_down(place, name)) for name, url in (*tops, *place.elsewhere)
    )


def _drop_down(place: Place, name: str) -> str:
    below = [f'<li><a href="{s.path}">{s.name}</a></li>' for s in place.sections if s.under == name]
    return f"<ul>{''.join(below)}</ul>" if below else ""


def footer_part(place: Place) -> str:
    """The footer as HTML: marks and 友情链接."""
    return _fill(place, "footer", friends=_links(list(place.friends)), **_marks(place))


def footer_script(place: Place) -> str:
    """The same footer as a script that writes it into the page, line by line."""
    lines = (json.dumps(line, ensure_ascii=False).replace("</", "<\\/") for line in footer_part(place).splitlines())
    return "".join(f"document.writeln({line});\n" for line in lines)


def map_page(place: Place) -> str:
    """The site map: the columns of the navigation with their drop-downs, then all others below one heading."""
    tops = [s for s in place.sections if s.level == 1]
    rest = [f'<li><a href="{s.path}">{s.name}</a></li>' for s in place.sections if s.level > 1 and not s.under]
    rows = [f'<li><a href="{s.path}">{s.name}</a>{_drop_down(place, s.name)}</li>' for s in tops]
    rows.append(f"<li><b>其他栏目</b><ul>{''.join(rest)}</ul></li>")
    return plain_page(place, "网站地图", "<ul>\n{}\n</ul>".format("\n".join(rows)))


def _item(place: Place, entry: Entry, short: bool = False) -> str:
    on = entry.day
    return _fill(
        place, "pair" if entry.two_anchors else "item", url=entry.url, title=html.escape(entry.title),
        pin=_fill(place, "pin") if entry.pinned else "",
        date="" if on is None else f"{on:%m-%d}" if short else f"{on:%Y-%m-%d}",
        dd="" if on is None else f"{on:%d}", ym="" if on is None else f"{on:%Y/%m}",
    )  # fmt: skip


def _items(place: Place, listed: tuple[Entry, ...], short: bool = False) -> str:
    return "\n".join(_item(place, e, short) for e in listed) if listed else _fill(place, "blank")


def home_page(place: Place) -> str:
    """The home page: a block for each column that has one."""
    shown = [s for s in place.sections if s.home]
    blocks = "\n".join(
        _fill(
            place, "block", name=s.name, url=s.path, parity="even" if i % 2 else "odd",
            # the old layout shows days without a year on its home page
            items=_items(place, entries(place, s)[:HOME_ENTRIES], short=place.look == "table"),
            **{"break": "</tr><tr>\n" if i and i % 2 == 0 else ""},
        )
        for i, s in enumerate(shown)
    )  # fmt: skip
    main = _fill(place, "home", blocks=blocks, note=place.home_note, menu=_menu(place))
    return _page(place, "home", "", main, [("ColumnType", "首页")])


def _pager(pages: tuple[str, ...], n: int) -> str:
    links = [f"<span>{i + 1}</span>" if i == n else f'<a href="{url}">{i + 1}</a>' for i, url in enumerate(pages)]
    if n + 1 < len(pages):
        links.append(f'<a href="{pages[n + 1]}">下一页</a>')
    return " ".join(links)


def _below(section: Section, pages: tuple[str, ...], n: int) -> str:
    if section.form == "feed":
        return delivery.asking(section)
    return _pager(pages, n) if len(pages) > 1 else ""


def _hot(place: Place) -> str:
    """The newest news of the whole site, which a sidebar shows beside every list, however old that list is."""
    news = next(s for s in place.sections if s.type == "news")
    return "\n".join(
        f'<li><span class="date">{e.day}</span><a href="{e.url}">{html.escape(e.title)}</a></li>'
        for e in entries(place, news)[:3]
    )


def column_page(place: Place, section: Section, n: int = 0) -> str:
    """Page `n` (0 = first) of a column."""
    tags = _column_tags(place, section)
    if section.form == "script":
        return _shell(place, section, tags)
    if section.form == "text":
        body = wording.about(section.type, place.short)
        main = _fill(place, "text", name=section.name, body=body, menu=_menu(place))
        return _page(place, "column", section.name, main, tags, section.name)
    pages, listed = list_pages(place, section), entries(place, section)
    main = _fill(
        place, "list", name=section.name, menu=_menu(place), hot=_hot(place), records=str(len(listed)),
        items=_rows(place, section, listed[n * PAGE_SIZE : (n + 1) * PAGE_SIZE]), pages=str(len(pages)), page=str(n),
        number=str(n + 1), pager=_below(section, pages, n),
    )  # fmt: skip
    return _page(place, "column", section.name, main, tags, section.name)


def _rows(place: Place, section: Section, listed: tuple[Entry, ...]) -> str:
    """What stands in the place of a list: its entries, the store that holds them, nothing if a script brings them."""
    if section.form == "feed":
        return ""
    if section.form == "store":
        return delivery.store(section, [_item(place, e) for e in listed], further=True)
    return _items(place, listed)


def further_items(place: Place, section: Section) -> str:
    """The answer to the data call of a store: the records behind those of the first page."""
    return delivery.store(section, [_item(place, e) for e in entries(place, section)[PAGE_SIZE:]], further=False)


def _shell(place: Place, section: Section, tags: list[tuple[str, str]]) -> str:
    """A page that shows nothing until its scripts have run."""
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="{place.charset}">\n'
        f"<title>{section.name}_{place.name}</title>\n{_metas(place, tags)}\n</head>\n<body>\n"
        '<noscript>请启用脚本后访问</noscript>\n<div id="app"></div>\n'
        '<script src="/static/js/app.js"></script>\n</body>\n</html>\n'
    )


def article_page(place: Place, section: Section, entry: Entry, turn: int) -> str:
    """The page of one entry."""
    on = entry.day
    assert on is not None
    main = _fill(
        place, "article", title=html.escape(entry.title), date=f"{on:%Y-%m-%d}", clock=entry.clock,
        long=f"{on:%Y年%m月%d日}", source=entry.source, note=entry.note,
        body=wording.paragraphs(entry.title, place.short, turn),
    )  # fmt: skip
    crumb = f'<a href="{section.path}">{section.name}</a> &gt; 正文'
    return _page(place, "article", entry.title, main, _article_tags(place, section, entry), crumb)


def plain_page(place: Place, title: str, body: str) -> str:
    """A page that is neither column nor article: a special page, or the answer to a wrong address."""
    return _page(place, "other", title, _fill(place, "plain", title=title, body=body), [])
