"""New columns in a sites.yaml: what stood there stays as it was, to the byte."""

from pathlib import Path

import pytest

from checker.errors import UsageError
from checker.registry import ColumnLine, new_registry, read_registry, with_columns
from checker.registry.writing import quoted

NEW = (ColumnLine("通知公告", "/xxgk/tzgg/", "notice"), ColumnLine("统计: 公报", "/tjgb/?id=1#a", "data", 2, 365))
FIRST = "{name: 通知公告, url: /xxgk/tzgg/, type: notice}"
SECOND = '{name: "统计: 公报", url: "/tjgb/?id=1#a", type: data, level: 2, update_days: 365}'
HEAD = """\
# the registry of 示例市
version: 1
sites:
  - id: "3499000001"   # portal
    name: 示例市人民政府
    url: http://www.shili.gov.cn/
    kind: portal
    organizer: 示例市人民政府办公室
"""
TAIL = """\

  # the second one
  - {id: b, code: null, name: 乙, url: "http://b.gov.cn/", kind: department, organizer: 乙}
"""


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "    columns:\n      - {name: 要闻, url: /yw/, type: news}  # daily\n      # the end\n",
            "    columns:\n      - {name: 要闻, url: /yw/, type: news}  # daily\n"
            f"      - {FIRST}\n      - {SECOND}\n      # the end\n",
        ),
        (
            "    columns:\n    - name: 要闻\n      url: /yw/\n      type: news\n    group: 市本级\n",
            "    columns:\n    - name: 要闻\n      url: /yw/\n      type: news\n"
            f"    - {FIRST}\n    - {SECOND}\n    group: 市本级\n",
        ),
        (
            "    columns: [{name: 要闻, url: /yw/, type: news}]\n",
            f"    columns: [{{name: 要闻, url: /yw/, type: news}}, {FIRST}, {SECOND}]\n",
        ),
        (
            "    columns: [\n      {name: 要闻, url: /yw/, type: news},\n    ]\n",
            f"    columns: [\n      {{name: 要闻, url: /yw/, type: news}}, {FIRST}, {SECOND}\n    ]\n",
        ),
        ("    columns: []  # none yet\n", f"    columns:  # none yet\n      - {FIRST}\n      - {SECOND}\n"),
        ("    columns:\n", f"    columns:\n      - {FIRST}\n      - {SECOND}\n"),
        ("    group: 市本级  # 组\n", f"    group: 市本级  # 组\n    columns:\n      - {FIRST}\n      - {SECOND}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_columns_stand_behind_those_that_are_there(entry: str, expected: str, newline: str) -> None:
    before, after = (text.replace("\n", newline) for text in (HEAD + entry + TAIL, HEAD + expected + TAIL))
    assert with_columns(before, "3499000001", NEW) == after


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", f", columns: [{FIRST}, {SECOND}]"),
        (", columns: []", f", columns: [{FIRST}, {SECOND}]"),
        (
            ", columns: [{name: 甲, url: /a/, type: news}]",
            f", columns: [{{name: 甲, url: /a/, type: news}}, {FIRST}, {SECOND}]",
        ),
    ],
)
def test_an_entry_in_one_line_stays_in_one_line(entry: str, expected: str) -> None:
    line = "  - {id: b, code: null, name: 乙, url: 'http://b.gov.cn/', kind: department, organizer: 乙%s}"
    text = "version: 1\nsites:\n" + line
    assert with_columns(text % entry, "b", NEW) == text % expected


def test_a_file_without_a_last_newline_gets_one() -> None:
    assert with_columns(HEAD.rstrip("\n"), "3499000001", NEW[:1]) == HEAD + f"    columns:\n      - {FIRST}\n"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text(with_columns(HEAD + TAIL, "3499000001", NEW), encoding="utf-8")
    site = read_registry(file, None).sites[0]
    assert [(c.name, c.url, c.type, c.level, c.update_days) for c in site.columns] == [
        ("通知公告", "/xxgk/tzgg/", "notice", None, None),
        ("统计: 公报", "/tjgb/?id=1#a", "data", 2, 365),
    ]


def test_a_site_that_is_not_there_and_one_that_comes_from_elsewhere_are_refused() -> None:
    with pytest.raises(UsageError, match="no site 'x' stands in the file itself"):
        with_columns(HEAD, "x", NEW)
    shared = (
        "version: 1\nsites:\n  - &a {id: a, columns: &c [{name: 甲, url: /a/, type: news}]}\n  - {id: b, columns: *c}\n"
    )
    with pytest.raises(UsageError, match="add them by hand"):
        with_columns(shared, "b", NEW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("要闻", "要闻"), ("a b", "a b"), ("yes", '"yes"'), ("2019", '"2019"'), ("a: b", '"a: b"'), ("#a", '"#a"'),
        ("[a", '"[a"'), ("", '""'), ("null", '"null"'), ('他说"好"', '"他说\\"好\\""'), ("甲、乙", "甲、乙"),
        ("-", '"-"'),
        ("http://a.gov.cn/?a=1&b=2", '"http://a.gov.cn/?a=1&b=2"'), ("- a", '"- a"'), ("a, b", '"a, b"'),
    ],
)  # fmt: skip
def test_words_are_quoted_only_where_yaml_needs_it(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_a_new_registry_keeps_a_chinese_host_and_says_what_the_site_does_not_tell(tmp_path: Path) -> None:
    text = new_registry("http://中文.政务/", "", "", "", NEW)
    assert text.splitlines()[3:9] == [
        "  - id: xn--fiq228c.xn--zfr164b   # 首页未见网站标识码；备案的网站请改为标识码并删去 code",
        "    code: null",
        "    name: xn--fiq228c.xn--zfr164b   # 首页未见网站名称，请填写",
        '    url: "http://中文.政务/"',
        "    kind: department   # portal 政府门户 | department 部门网站 | special 专项网站，请核对",
        "    organizer: xn--fiq228c.xn--zfr164b   # 首页未见主办单位，请填写",
    ]
    (tmp_path / "sites.yaml").write_text(text, "utf-8")
    assert read_registry(tmp_path / "sites.yaml", None).sites[0].url == "http://中文.政务/"
