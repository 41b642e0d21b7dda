"""Pages of a usual kind that a careless reader would accuse: scanned from end to end, none is accused for certain."""

from pathlib import Path

import pytest

from checker.loopback import Reply
from checker.model.results import Assessment
from tests.scanning import assessment, html, scan_pages, site

HOST = "www.jiaxian.gov.cn"
NAMES = ("政务要闻", "政策文件", "政策解读", "通知公告", "部门动态")
NEW = [(f"/xw/t2021110{n}_100{n}.html", f"县领导调研第{n}个重点项目建设", f"2021-11-0{n}") for n in range(1, 8)]
OLD = [(f"/old/t2020010{n}_200{n}.html", f"二零二零年办事提示第{n}号公告", f"2020-01-0{n}") for n in range(1, 9)]
NAV = (
    '<div class="nav"><ul>' + "".join(f'<li><a href="/n{i}/">{n}</a></li>' for i, n in enumerate(NAMES)) + "</ul></div>"
)
FOOTER = '<div class="footer">主办单位：甲县人民政府办公室 联系电话：0551-6012345</div>'


def items(rows: list[tuple[str, str, str]], dated: bool = True) -> str:
    return (
        "<ul>"
        + "".join(f'<li><a href="{u}">{t}</a>{f"<b>{d}</b>" if dated else ""}</li>' for u, t, d in rows)
        + "</ul>"
    )


def article(title: str, day: str) -> Reply:
    text = "正文内容很多。" * 40
    return html(f"<h1>{title}</h1><div>发布时间：{day} 来源：本站</div><p>{text}</p>", title=title)


def judged(tmp_path: Path, rule: str, pages: dict[str, str], columns: list[dict[str, str]], **more: str) -> Assessment:
    """The assessment of one rule; the home page and the columns not given are kept up."""
    kept = {"/": items(NEW), **{f"/n{i}/": items(NEW) for i in range(5)}}
    served = {path: html(NAV + body + FOOTER) for path, body in (kept | pages).items()}
    served |= {url: article(title, day) for url, title, day in NEW + OLD}
    scan, _ = scan_pages({HOST: served}, tmp_path, [site(HOST, columns=columns, **more)])
    return assessment(scan, HOST.replace(".", "-"), rule)


def certain(found: Assessment) -> list[str]:
    return [finding.item for finding in found.findings if finding.certainty == "certain"]


COLUMNS = [{"name": f"部门动态{n}", "url": f"/n{n}/", "type": "news"} for n in range(5)]

# --- v3: the home page ---------------------------------------------------------------------------------------------


def test_a_home_page_with_headlines_that_are_dated_on_their_own_pages_is_kept_up(tmp_path: Path) -> None:
    found = judged(tmp_path, "v3-home-stale", {"/": items(NEW, dated=False) + items(OLD)}, COLUMNS)
    assert (found.outcome, found.findings) == ("pass", ())


def test_a_home_page_with_old_headlines_is_stale(tmp_path: Path) -> None:
    found = judged(tmp_path, "v3-home-stale", {"/": items(OLD[3:], dated=False) + items(OLD[:3])}, COLUMNS)
    assert [f.detail for f in found.findings] == [
        "首页最新信息为2020-01-08《二零二零年办事提示第8号公告》，距检查日670天，超过14天"
    ]
    assert found.outcome == "fail"


@pytest.mark.parametrize(
    "script", ['$.getJSON("/api/news.json",d=>{draw(d)})', 'fetch("/api").then(r=>{$("#news").html(r)})']
)
def test_a_home_page_whose_news_a_script_loads_stays_open(tmp_path: Path, script: str) -> None:
    home = f'<div id="news" class="newsbox"></div><script>{script}</script><h2>办事提示</h2>{items(OLD)}'
    found = judged(tmp_path, "v3-home-stale", {"/": home}, COLUMNS)
    assert (found.outcome, certain(found)) == ("open", [])


def test_a_counter_and_the_weather_excuse_nothing(tmp_path: Path) -> None:
    home = '<i id="hits"></i><div id="weather"></div><script>$.get("/hits",d=>$("#hits,#weather").html(d))</script>'
    assert judged(tmp_path, "v3-home-stale", {"/": home + items(OLD)}, COLUMNS).outcome == "fail"


# --- v4: columns that are not updated ------------------------------------------------------------------------------

STALE = {
    "fresh block beside an old list": (
        f'<div class="x">{items(NEW[:3])}</div><h3>媒体聚焦</h3>{items(OLD)}',
        "open",
        0,
    ),
    "fresh block above the list": (
        f'<div class="con"><div class="hl">{items(NEW[:2])}</div>{items(OLD)}</div>',
        "pass",
        0,
    ),
    "list of a script beside a static box": (
        f'<div id="list"></div><div class="box">{items(OLD)}</div><script>$("#list").page({{url:"/api/n"}})</script>',
        "open",
        0,
    ),
    "pictures": ('<div><a href="/tp/1.html"><img src="/1.jpg"></a></div>', "open", 0),
    "old list and a fresh sidebar": (f'{items(OLD)}<div class="sidebar">{items(NEW)}</div>', "fail", 5),
}


@pytest.mark.parametrize("name", STALE)
def test_columns_that_show_more_than_one_list(tmp_path: Path, name: str) -> None:
    body, outcome, accused = STALE[name]
    found = judged(tmp_path, "v4-columns-stale", {f"/n{n}/": body for n in range(5)}, COLUMNS)
    assert (found.outcome, len(certain(found))) == (outcome, accused)


# --- v4: blank columns ---------------------------------------------------------------------------------------------

HELD = {
    "frames": '<iframe src="/ml/list.html" width="100%"></iframe>',
    "pictures": '<img src="/jg/jigou.png" width="900">',
    "files": '<embed src="/tjnj/2020.pdf" type="application/pdf" width="900">',
    "names": '<h3>县长</h3><a href="/ld/zs/">张三</a><a href="/ld/ls/">李四</a><a href="/ld/ww/">王五</a>',
    "linked pictures": '<a href="/zt/1/"><img src="/img/1.jpg"></a><a href="/zt/2/"><img src="/img/2.jpg"></a>',
}
OTHERS = [{"name": f"专题{n}", "url": f"/n{n}/", "type": "special"} for n in range(5)]


@pytest.mark.parametrize("name", HELD)
def test_columns_of_something_else_than_text_are_not_blank(tmp_path: Path, name: str) -> None:
    found = judged(tmp_path, "v4-columns-blank", {f"/n{n}/": f"<div>{HELD[name]}</div>" for n in range(5)}, OTHERS)
    assert (found.outcome, found.findings) == ("pass", ())


def test_columns_of_a_few_words_wait_for_a_person(tmp_path: Path) -> None:
    words = "<p>来访时间为每月十五日上午，逢节假日顺延。</p>"
    found = judged(tmp_path, "v4-columns-blank", {f"/n{n}/": words * (n % 2 + 1) for n in range(5)}, OTHERS)
    assert (found.outcome, sorted(certain(found))) == ("review", [f"http://{HOST}/n{n}/" for n in (0, 2, 4)])


def test_columns_with_nothing_are_blank(tmp_path: Path) -> None:
    crumb = '<div>您现在的位置：<a href="/">首页</a> &gt; <a href="/n0/">专题</a></div><h2>专题</h2><p>暂无内容</p>'
    found = judged(tmp_path, "v4-columns-blank", {f"/n{n}/": crumb for n in range(5)}, OTHERS)
    assert (found.outcome, len(certain(found))) == ("fail", 5)


# --- dates ahead, dead links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", ["2021-10-0{n} 至 2021-12-0{n}", "截止 2021-12-0{n}", "活动时间：2021-12-0{n}"])
def test_the_end_of_a_survey_is_no_date_ahead(tmp_path: Path, shown: str) -> None:
    rows = [(f"/dc/{n}00001.html", f"关于某办法公开征求意见的公告{n}", shown.format(n=n)) for n in range(1, 7)]
    found = judged(tmp_path, "x-future-date", {"/n0/": items(rows)}, COLUMNS)
    assert found.findings == ()


def test_templates_of_scripts_are_no_dead_links(tmp_path: Path) -> None:
    links = """<a href="{{item.url}}">一</a><a href="'+url+'">二</a><a href="${url}">三</a><a href="/no.html">真</a>"""
    found = judged(tmp_path, "d3-links", {"/": items(NEW) + links}, COLUMNS, kind="portal")
    assert certain(found) == [f"http://{HOST}/no.html"]
