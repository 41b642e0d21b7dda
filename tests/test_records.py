"""Lists that stand in data: literals of scripts, answers of calls, Hanweb's stores; and data that is no list."""

from datetime import date

import pytest

from checker.extract.lists.literals import Value, document, lists
from checker.extract.lists.records import Record, in_answer, in_script
from tests.pages import TODAY

BASE = "http://www.a.gov.cn/zwgk/index.html"
A = "关于做好防汛工作的通知"
B = "甲县召开全县经济工作会议"


def record(name: str, title: str, day: str, at: str = "", quote: str = "", pinned: bool = False) -> Record:
    on = date.fromisoformat(day)
    return Record(f"http://www.a.gov.cn/{name}", title, on, at or day, quote or day, pinned)


EXPECTED = [record("zwgk/t20260915_1.html", A, "2026-09-15"), record("zwgk/t20260910_2.html", B, "2026-09-10")]

LITERALS: dict[str, tuple[str, list[Value]]] = {
    "json": ('var a = [{"t": "甲", "n": 1, "f": 1.5, "b": true, "z": null}];',
             [[{"t": "甲", "n": 1, "f": 1.5, "b": True, "z": None}]]),
    "javascript": ("x=[{t:'甲',n:-1,},{t:`乙`},]", [[{"t": "甲", "n": -1}, {"t": "乙"}]]),
    "escapes": (r"""x=[{t:'it\'s \u7532\x41\n\u{4e59}',u:"a\/b\"c"}]""", [[{"t": "it's 甲A\n乙", "u": 'a/b"c'}]]),
    "comments": ("x=[ // first\n {t:/* title */'甲'} /* end */ ]", [[{"t": "甲"}]]),
    "signs within words": ("x=[{t:'[{a}] // no, \"comment\" */'}]", [[{"t": '[{a}] // no, "comment" */'}]]),
    "joined words": ("x=[{t:'甲'+\"乙\",u:base+'/a.html',v:site.url}]", [[{"t": "甲乙", "u": None, "v": None}]]),
    "within a call": ("show({page:1,list:[{t:'甲'}]});", [[{"t": "甲"}]]),
    "a text that is parsed": ("x=JSON.parse('[{\"t\":\"甲\"}]')", [[{"t": "甲"}]]),
    "two": ("x=[{a:1}];y=[{b:2}]", [[{"a": 1}], [{"b": 2}]]),
    "a call in it": ("x=[{t:f('甲')}]", []),
    "cut off": ("x=[{t:'甲'},{t:", []),
    "a function": ("x=[{t:function(){return 1}}]", []),
    "a template with holes": ("x=[{t:`甲${n}`}]", []),
    "no object": ("x=[1,2,3]; y=a[{}.b]", []),
}  # fmt: skip


@pytest.mark.parametrize("name", LITERALS)
def test_literals(name: str) -> None:
    script, expected = LITERALS[name]
    assert list(lists(script)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, "x"]}', {"a": [1, "x"]}),
        ("\ufeff callback({a:1});", {"a": 1}),
        ("/**/jQuery1_2([{}])", [{}]),
        ("<html>", None),
        ("", None),
    ],
)
def test_documents(text: str, expected: Value) -> None:
    assert document(text) == expected


@pytest.mark.parametrize(
    "text", ["[" * 5000, "[{" * 5000, "[{a:" * 5000, "[{/*" * 5000, "[{'" * 5000, '[{"a":1},' * 60_000, "x+" * 5000]
)
def test_literals_end_by_construction(text: str) -> None:
    assert list(lists(text)) == []


SCRIPTS = {
    "three letters": f"var itemObj=[{{aT:'{A}',aPd:'2026-09-15',aU:'./t20260915_1.html'}},"
    f"{{aT:'{B}',aPd:'2026-09-10',aU:'./t20260910_2.html'}}];",
    "json with more fields": f'{{"code":0,"data":[{{"id":1,"title":"{A}","url":"/zwgk/t20260915_1.html","img":"",'
    f'"source":"县政府办公室","createDate":"2026-01-01","pubDate":"2026-09-15","summary":"{A * 9}"}},'
    f'{{"id":2,"title":"{B}","url":"/zwgk/t20260910_2.html","img":"","source":"县政府办公室",'
    f'"createDate":"2026-01-01","pubDate":"2026-09-10","summary":"{B * 9}"}}]}}',
    "names of pinyin": f"list:[{{bt:'{A}',lj:'http://www.a.gov.cn/zwgk/t20260915_1.html',fbrq:'2026-09-15',"
    f"cwrq:'2026-08-01'}},{{bt:'{B}',lj:'http://www.a.gov.cn/zwgk/t20260910_2.html',fbrq:'2026-09-10',cwrq:''}},]",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_records_of_scripts(name: str) -> None:
    assert in_script(SCRIPTS[name], BASE, TODAY) == [EXPECTED]


NO_LISTS = {
    "menu": "n=[{name:'政务公开',url:'/zwgk/',children:[{name:'政府文件',url:'/zwgk/wj/'}]},{name:'互动',url:'/hd/'}]",
    "menu with days of change": "n=[{name:'政务公开',url:'/zwgk/',time:'2026-09-15'},"
    "{name:'互动交流',url:'/hd/index.html',time:'2026-09-10'}]",
    "slides": "x=[{title:'甲县召开全县经济工作会议',url:'/x/t20260915_1.html',img:'/a.jpg'}]",
    "holidays": "x=[{name:'国庆节',date:'2026-10-01'},{name:'元旦节',date:'2026-01-01'}]",
    "settings": "x=[{key:'title',value:'甲县人民政府'},{key:'url',value:'http://www.a.gov.cn/'}]",
    "figures": "x=[{name:'一季度',value:12.5,time:'2026-03-31'}]",
    "places": "x=[{title:'政务服务大厅地址',lng:115.2,lat:31.5,link:'/map/'}]",
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_of_entries(name: str) -> None:
    assert in_script(NO_LISTS[name], BASE, TODAY) == []


DAYS = {
    '"2026-09-15 08:30"': ("2026-09-15", "2026-09-15T08:30+08:00", "2026-09-15 08:30"),
    '"2026年9月15日"': ("2026-09-15", "2026-09-15", "2026年9月15日"),
    '"09-15"': ("2026-09-15", "2026-09-15", "09-15"),
    '"20260915103000"': ("2026-09-15", "2026-09-15T10:30:00+08:00", "20260915103000"),
    "1789401600": ("2026-09-15", "2026-09-15", "1789401600"),
    "1789433400000": ("2026-09-15", "2026-09-15T08:50:00+08:00", "1789433400000"),
    '{"day":15,"time":1789401600000}': ("2026-09-15", "2026-09-15", "{'day': 15, 'time': 1789401600000}"),
    '"2026-09-14T16:00:00.000Z"': ("2026-09-15", "2026-09-15", "2026-09-14T16:00:00.000Z"),
    '"2026-09-15T08:30:00+08:00"': ("2026-09-15", "2026-09-15T08:30:00+08:00", "2026-09-15T08:30:00+08:00"),
}


@pytest.mark.parametrize("value", DAYS)
def test_days_of_records(value: str) -> None:
    found = in_answer(f'{{"rows":[{{"title":"{A}","url":"/1.html","time":{value}}}]}}', BASE, TODAY)
    assert found == [record("1.html", A, *DAYS[value])]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"code":401,"msg":"没有权限访问该接口"}',
        "<html><body>404</body></html>",
        '["甲","乙"]',
        '{"rows":[]}',
    ],
)
def test_answers_without_a_list(text: str) -> None:
    assert in_answer(text, BASE, TODAY) == []


def test_an_answer_needs_no_addresses() -> None:
    row = '{"id":"9","DOCTITLE":"<em>关于</em>做好防汛工作的通知","DOCRELTIME":"2026-09-15","istop":"1"}'
    text = f'cb({{"rows":[{row}]}})'
    assert in_answer(text, BASE, TODAY) == [Record("", A, date(2026, 9, 15), "2026-09-15", "2026-09-15", True)]


def test_the_items_of_a_feed() -> None:
    item = "<item><title><![CDATA[{}]]></title><link>{}</link><pubDate>Mon, 14 Sep 2026 16:00:00 GMT</pubDate></item>"
    text = f'<?xml version="1.0"?><rss><channel><title>甲县</title>{item.format(A, "http://www.a.gov.cn/1.html?a=1&amp;b=2")}'
    quote = "Mon, 14 Sep 2026 16:00:00 GMT"
    assert in_answer(text, BASE, TODAY) == [record("1.html?a=1&b=2", A, "2026-09-15", "", quote)]
