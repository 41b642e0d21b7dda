"""`checker registry import`: what the sheets of the reporting systems say, beside and into the registry."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from checker.cli import app
from checker.errors import CheckerError, UsageError
from checker.registry import read_registry, with_entries

SITES = """\
# 名录
version: 1
sites:
  - id: "3415220046"   # 门户
    name: 霍邱县政府
    url: http://www.huoqiu.gov.cn/
    kind: portal
    organizer: '霍邱县人民政府办公室'   # 主办
    columns:
      - {name: 要闻, url: /yw/, type: news}

  # 第二个
  - id: "3415220047"
    name: 旧教育局
    url: https://jyj.huoqiu.gov.cn/
    kind: department
    organizer: 县教育局

  # 未备案
  - {id: own, code: null, name: 未备案网站, url: "http://x.huoqiu.gov.cn/", kind: special, organizer: 某办}
# 结尾
"""
HEADS = [
    "序号",
    "* 网站名称",
    "网站标识码",
    "首页网址",
    "主办单位",
    "网站类型",
    "网站状态",
    "行政区划",
    "联系人",
    "联系电话",
    "考核得分",
]
SITE_ROWS = [
    [1, "霍邱县人民政府", 3415220046, "www.huoqiu.gov.cn", "霍邱县人民政府办公室", "政府门户网站", "正常运行", "霍邱县",
     "张三", 13800000000],
    [2, "新水利局", "3415220048", "slj.huoqiu.gov.cn", "县水利局", "部门网站", "已关停", "霍邱县", "李四"],
    [3, "某平台", "3415220049", "www.hq.gov.cn", "", "部门网站", "正常运行"],
    [4, "某专栏", "XX15220050", "zl.hq.gov.cn", "某办", "栏目", "运行良好"],
    [5, "某短码", "34152", "dm.hq.gov.cn", "某办", "部门网站", "正常"],
    [6, "霍邱县人民政府", "3415220046", "www.huoqiu.gov.cn", "县府办", "门户网站"],
    [7, "字母码", "zj15220051", "zj.hq.gov.cn", "某办", "专题网站", "正常"],
]  # fmt: skip
IMPORTED = SITES.replace("name: 霍邱县政府", "name: 霍邱县人民政府").replace(
    "# 结尾\n",
    """
  - {id: "3415220048", name: 新水利局, url: "http://slj.huoqiu.gov.cn", kind: department, organizer: 县水利局, \
status: closed}

  - {id: zj15220051, name: 字母码, url: "http://zj.hq.gov.cn", kind: special, organizer: 某办}
# 结尾
""",
)


def workbook(path: Path, heads: list[str], rows: list[list[Any]], title: str = "") -> Path:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("信息表")
    start = 0
    if title:
        sheet.merge_range(0, 0, 0, len(heads) - 1, title)
        sheet.merge_range(1, 0, 1, len(heads) - 1, "填写须知：网站名称、网站标识码为必填项。")
        start = 2
    for n, row in enumerate([heads, *rows], start):
        sheet.write_row(n, 0, row)
    book.close()
    path.write_bytes(out.getvalue())
    return path


def run(folder: Path, *words: str, code: int = 0) -> str:
    files = ["--sites", str(folder / "sites.yaml"), "--accounts", str(folder / "accounts.yaml")]
    result = CliRunner().invoke(app, ["registry", "import", *words, *files])
    assert (result.exit_code, result.exception) == (code, None), result.output
    return result.stdout.replace(f"{folder}/", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    workbook(tmp_path / "sites.xlsx", HEADS, SITE_ROWS, "2025年全国政府网站信息报送系统导出表")
    return tmp_path


REPORT = """\
网站（sites.yaml）：表中7行；新增2，表中没有1，名称变化1
  新增  3415220048  新水利局：http://slj.huoqiu.gov.cn
  新增  zj15220051  字母码：http://zj.hq.gov.cn
  表中没有  3415220047  旧教育局：名录中有，表中没有，保留
  名称变化  3415220046  霍邱县政府：霍邱县政府 → 霍邱县人民政府
未导入  sites.xlsx [信息表]:9：标识码3415220046与sites.xlsx [信息表]第4行重复
未导入  sites.xlsx [信息表]:6：某平台：缺少主办单位
未导入  sites.xlsx [信息表]:7：某专栏：缺少网站类型
未导入  sites.xlsx [信息表]:8：某短码：缺少网站标识码
请核对  sites.xlsx [信息表]:7：网站标识码不是10位数字，也不是bm加8位数字：XX15220050
请核对  sites.xlsx [信息表]:7：网站类型“栏目”不认识，未采用
请核对  sites.xlsx [信息表]:7：网站状态“运行良好”不认识，未采用，新增的按正常运行登记
请核对  sites.xlsx [信息表]:8：网站标识码“34152”不是10位字母或数字，未采用
请核对  sites.xlsx [信息表]:10：网站标识码不是10位数字，也不是bm加8位数字：zj15220051
未识别的列  sites.xlsx [信息表]：考核得分
联系方式等列不读取  sites.xlsx [信息表]：联系人
联系方式等列不读取  sites.xlsx [信息表]：联系电话
"""


def test_sites_are_added_and_changed_and_nothing_else_is_touched(folder: Path) -> None:
    told = run(folder, str(folder / "sites.xlsx"), "--quiet")
    assert told == REPORT
    assert (folder / "sites.yaml").read_text("utf-8") == IMPORTED
    assert not (folder / "accounts.yaml").exists()
    assert "张三" not in told + IMPORTED
    assert [(s.id, s.status) for s in read_registry(folder / "sites.yaml", None).sites] == [
        ("3415220046", "running"), ("3415220047", "running"), ("own", "running"), ("3415220048", "closed"),
        ("zj15220051", "running"),
    ]  # fmt: skip


def test_a_second_import_changes_nothing(folder: Path) -> None:
    run(folder, str(folder / "sites.xlsx"))
    told = run(folder, str(folder / "sites.xlsx"))
    assert told.splitlines()[0] == "网站（sites.yaml）：表中7行；表中没有1"
    assert (folder / "sites.yaml").read_text("utf-8") == IMPORTED


def test_a_dry_run_reports_the_same_and_writes_nothing(folder: Path) -> None:
    assert run(folder, str(folder / "sites.xlsx"), "-n", "-q") == REPORT
    assert (folder / "sites.yaml").read_text("utf-8") == SITES


def test_every_difference_is_told_and_written_where_it_is_sure(folder: Path) -> None:
    rows = [
        ["霍邱县政府", "3415220046", "https://www.hq.gov.cn/", "县府办", "部门网站", "关停"],
        ["旧教育局", "3415229999", "jyj.huoqiu.gov.cn", "县教体局", "部门网站", "正常"],
        ["未备案网站", "3415220050", "http://x.huoqiu.gov.cn/index.html", "某办", "专项网站", "正常"],
    ]
    sheet = workbook(folder / "a.xlsx", ["网站名称", "网站标识码", "网站域名", "主办单位", "类型", "状态"], rows)
    told = json.loads(run(folder, str(sheet), "-f", "json", "--quiet"))
    keys = ("kind", "id", "before", "after", "written", "row")
    assert [tuple(d[k] for k in keys) for d in told["sites"]["differences"]] == [
        ("address", "3415220046", "http://www.huoqiu.gov.cn/", "https://www.hq.gov.cn/", True, 2),
        ("kind", "3415220046", "portal", "department", True, 2),
        ("organizer", "3415220046", "霍邱县人民政府办公室", "县府办", True, 2),
        ("status", "3415220046", "running", "closed", True, 2),
        ("code", "3415220047", "3415220047", "3415229999", False, 3),
        ("organizer", "3415220047", "县教育局", "县教体局", False, 3),
        ("code", "own", "", "3415220050", False, 4),
    ]
    assert (told["accounts"], told["dry_run"], told["not_imported"]) == (None, False, [])
    expected = (
        SITES.replace("http://www.huoqiu.gov.cn/", "https://www.hq.gov.cn/").replace("kind: portal", "kind: department")
        .replace("'霍邱县人民政府办公室'   # 主办\n", "'县府办'   # 主办\n    status: closed\n")
    )  # fmt: skip
    assert (folder / "sites.yaml").read_text("utf-8") == expected.replace(
        "https://www.hq.gov.cn/", '"https://www.hq.gov.cn/"'
    ) or (folder / "sites.yaml").read_text("utf-8") == expected


ACCOUNTS = """\
账号名称,平台类型,账号ID,政务新媒体标识码,主办单位,认证主体,链接,状态,联系人,手机
某发布,微信公众号,gh_1,341525M003WX0001,某办,某办,,正常,张三,13800000000
某发布,新浪微博,1234567890,,某办,某办,https://weibo.com/u/1234567890,正常运行,,
某发布,抖音,某某号,,某办,,,,,
某通,APP,,341525M003WX0002,某办,,,注销中,,
某圈,朋友圈,,341525M003ZZ0001,某办,,,,,
某号,服务号,,341525M003AA0001,某局,,,,,
"""


def test_accounts_begin_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(ACCOUNTS.encode("gb18030"))
    assert run(tmp_path, str(tmp_path / "a.csv"), "-q") == (
        "政务新媒体（accounts.yaml）：表中6行；新增4\n"
        "  新增  341525M003WX0001  某发布：wechat-subscription\n"
        "  新增  weibo-1234567890  某发布：weibo\n"
        "  新增  341525M003WX0002  某通：app\n"
        "  新增  341525M003AA0001  某号：wechat-service\n"
        "未导入  a.csv:4：某发布：缺少政务新媒体标识码（或账号ID）\n"
        "未导入  a.csv:6：某圈：缺少平台类型\n"
        "请核对  a.csv:5：政务新媒体标识码中的平台字母WX与平台app不一致：341525M003WX0002\n"
        "请核对  a.csv:6：平台类型“朋友圈”不认识，未采用\n"
        "请核对  a.csv:7：政务新媒体标识码中的平台字母AA不认识：341525M003AA0001\n"
        "请核对  a.csv:2：某发布：表中未说明是订阅号还是服务号，按wechat-subscription登记，请核对\n"
        "联系方式等列不读取  a.csv：联系人\n"
        "联系方式等列不读取  a.csv：手机\n"
    )
    assert (tmp_path / "accounts.yaml").read_text("utf-8").splitlines()[1:11] == [
        "version: 1",
        "accounts:",
        "  - id: 341525M003WX0001",
        "    name: 某发布",
        "    platform: wechat-subscription",
        "    organizer: 某办",
        "  - id: weibo-1234567890",
        "    code: null",
        "    name: 某发布",
        "    platform: weibo",
    ]
    before = (tmp_path / "accounts.yaml").read_bytes()
    run(tmp_path, str(tmp_path / "a.csv"))
    assert (tmp_path / "accounts.yaml").read_bytes() == before


def test_a_code_in_full_width_letters_is_the_same_code(tmp_path: Path) -> None:
    rows = "政务新媒体标识码,账号名称,平台类型,主办单位\n{},某警方,订阅号,某公安局\n"
    (tmp_path / "a.csv").write_text(rows.format("３４１５２５M００３WX０００１"))
    assert "新增  341525M003WX0001  某警方" in run(tmp_path, str(tmp_path / "a.csv"))
    (tmp_path / "b.csv").write_text(rows.format(" 341525m003 wx0001 "))
    assert "表中1行；与名录一致" in run(tmp_path, str(tmp_path / "b.csv"))


def test_a_word_for_both_wechat_kinds_is_no_difference_from_a_service_account(tmp_path: Path) -> None:
    text = "version: 1\naccounts:\n- {id: 341525M003WX0001, name: 某发布, platform: wechat-service, organizer: 某办}\n"
    (tmp_path / "accounts.yaml").write_text(text, "utf-8")
    (tmp_path / "a.csv").write_text("名称,类型,标识码,主办单位\n某发布,微信公众号,341525M003WX0001,某办\n", "utf-8")
    assert run(tmp_path, str(tmp_path / "a.csv"), "-q") == "政务新媒体（accounts.yaml）：表中1行；与名录一致\n"


def test_both_kinds_of_sheet_in_one_run_and_one_workbook(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet("填写须知").write(0, 0, "请按要求填写")
    for name, heads, row in (
        ("网站", HEADS, SITE_ROWS[1]),
        ("新媒体", ["账号名称", "平台", "标识码", "主办单位"], ["某发布", "微博", "341525M003XL0001", "某办"]),
    ):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, heads)
        sheet.write_row(1, 0, row)
    book.close()
    run(tmp_path, str(tmp_path / "a.xlsx"))
    registry = read_registry(tmp_path / "sites.yaml", tmp_path / "accounts.yaml")
    assert [s.id for s in registry.subjects] == ["3415220048", "341525M003XL0001"]


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("none.csv", None, "none.csv: cannot be read (No such file or directory)"),
        ("a.csv", b"", "a.csv: holds nothing: no cell of a visible sheet is filled"),
        ("a.csv", "姓名,爱好\n甲,乙\n".encode(), "a.csv:1: no row of known headings; found: 姓名、爱好"),
        ("a.csv", "名称,主办单位\n甲,乙\n".encode(), "a.csv: is neither a list of sites nor one of accounts"),
    ],
)
def test_a_sheet_that_cannot_be_used_ends_with_2(name: str, body: bytes | None, message: str, folder: Path) -> None:
    if body is not None:
        (folder / name).write_bytes(body)
    words = ["registry", "import", str(folder / name), "--sites", str(folder / "sites.yaml")]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, CheckerError)
    assert (result.exception.exit, str(result.exception)) == (2, f"{folder}/{message}")
    assert (folder / "sites.yaml").read_text("utf-8") == SITES


# --- writing

NEW = ({"id": "b", "code": "null", "name": "乙"},)
FORMS = [
    ("sites:\n", "sites:\n  - id: b\n    code: null\n    name: 乙\n"),
    ("sites: []  # none\n", "sites:  # none\n  - id: b\n    code: null\n    name: 乙\n"),
    ("sites: [{id: a, name: 甲}]\n", "sites: [{id: a, name: 丙}, {id: b, code: null, name: 乙}]\n"),
    ("sites:\n- id: a\n  name: 甲", "sites:\n- id: a\n  name: 丙\n- id: b\n  code: null\n  name: 乙\n"),
    ("sites:\n  - {id: a, name: \"甲\"}\nx: 1\n",
     "sites:\n  - {id: a, name: \"丙\"}\n  - {id: b, code: null, name: 乙}\nx: 1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_form_of_list_takes_entries(before: str, after: str, newline: str, mark: str) -> None:
    before, after = (mark + text.replace("\n", newline) for text in (before, after))
    changes = {"a": {"name": "丙"}} if "id: a" in before else {}
    assert with_entries(before, "sites", NEW, changes) == after


def test_what_cannot_be_changed_in_place_is_refused() -> None:
    with pytest.raises(UsageError, match="make the changes by hand"):
        with_entries("sites:\n  - &a {id: a, name: &n 甲}\n  - {id: b, name: *n}\n", "sites", (), {"b": {"name": "丙"}})
    with pytest.raises(UsageError, match="has no list 'sites:'"):
        with_entries("version: 1\n", "sites", NEW, {})
