"""Rows of the national reporting systems' spreadsheets to registry entries: headings by alias, nothing guessed.

What an entry needs and a row lacks, and every value that is not known, is told with its row; columns with people's
contacts never get here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ValidationError

from checker.address import host_of, normalise
from checker.model.registry import Account, Site
from checker.registry.words import (
    doubtful_account_code,
    doubtful_site_code,
    either_wechat,
    kind_of,
    platform_of,
    status_of,
)
from checker.sheets import Aliases, Record, Sheet, SheetError, Table, find_table, plain

List = Literal["sites", "accounts"]

_SHARED = {
    "organizer": "主办单位 主办单位名称 开办单位 主办部门",
    "unit": "填报单位 所属单位 通报单位",
    "group": "分组 组别",
    "unused": "序号 编号 承办单位 承办单位名称 行政区划 行政区划代码 备注 备案号 icp备案号 icp备案编号 公安备案号 "
    "公安机关备案号 开通时间 开设时间 开办时间 上线时间 关停时间 注销时间 填报时间 更新时间",
}
_SITES = {
    "name": "网站名称 网站名 名称",
    "code": "网站标识码 政府网站标识码 标识码",
    "url": "首页网址 网站首页网址 首页地址 网站网址 网址 网站地址 首页链接 网站域名 主域名 域名",
    "kind": "网站类型 网站类别 类型 类别",
    "status": "网站状态 网站运行状态 运行状态 状态",
}
_ACCOUNTS = {
    "name": "账号名称 新媒体名称 政务新媒体名称 公众号名称 名称",
    "code": "政务新媒体标识码 新媒体标识码 账号标识码 标识码",
    "platform": "平台类型 所属平台 平台名称 账号平台 新媒体类型 政务新媒体类型 平台 账号类型 类型",
    "subtype": "公众号类型 微信类型 微信公众号类型",
    "account": "账号id 平台账号 微信号 原始id 账号 帐号",
    "status": "账号状态 运行状态 状态",
    "unused": f"{_SHARED['unused']} 认证主体 认证情况 链接 账号链接 二维码 粉丝数 关注数 注册主体",
}


def _aliases(own: Mapping[str, str]) -> Aliases:
    return {name: names.split() for name, names in (_SHARED | dict(own)).items()}


ALIASES: Mapping[List, Aliases] = {"sites": _aliases(_SITES), "accounts": _aliases(_ACCOUNTS)}
"""Fields of both kinds of table by their headings, the most telling first; `unused` are known and not needed."""

_OWN: Mapping[List, tuple[str, ...]] = {
    "sites": ("网站名称", "网站标识码", "url", "kind"),
    "accounts": ("账号名称", "政务新媒体标识码", "platform", "account"),
}  # fmt: skip
"""What tells a table of sites from one of accounts: headings, and fields that the other kind does not have."""

_NEEDED: Mapping[List, Mapping[str, str]] = {
    "sites": {"id": "网站标识码", "name": "网站名称", "url": "首页网址", "kind": "网站类型", "organizer": "主办单位"},
    "accounts": {"id": "政务新媒体标识码（或账号ID）", "name": "账号名称", "platform": "平台类型",
                 "organizer": "主办单位"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """Something told of a row (0 = of the whole table) of a file, in Chinese."""

    file: str
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """An entry as a row gives it: only what it says. `lacks` names what a new entry would need besides."""

    list: List
    file: str
    row: int
    values: Mapping[str, str]
    lacks: tuple[str, ...]
    either_wechat: bool = False

    @property
    def code(self) -> str:
        """The code of the reporting system, '' if the row has none."""
        return "" if self.values.get("code") == "null" else self.values.get("id", "")


@dataclass(slots=True)
class Imported:
    """All that the sheets hold: entries, rows of each kind, what was not understood, and columns left out."""

    entries: list[Incoming] = field(default_factory=list)
    rows: dict[List, int] = field(default_factory=dict)
    refused: list[Remark] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    unknown: list[Remark] = field(default_factory=list)
    contacts: list[Remark] = field(default_factory=list)
    codes: dict[str, Incoming] = field(default_factory=dict)


def incoming(sheets: Iterable[Sheet]) -> Imported:
    """The entries of all worksheets; raises SheetError for a file none of whose worksheets holds a known table."""
    found, files = Imported(), dict[str, list[Sheet]]()
    for sheet in sheets:
        files.setdefault(sheet.file, []).append(sheet)
    for worksheets in files.values():
        tables = [pair for sheet in worksheets if (pair := _table(sheet)) is not None]
        if not tables:
            find_table(worksheets[0], ALIASES["sites"])
            sheet = worksheets[0]
            raise SheetError(
                sheet.place, 0, "is neither a list of sites nor one of accounts", "不是网站或政务新媒体的信息表"
            )
        for kind, table in tables:
            _take(kind, table, found)
    return found


def _table(sheet: Sheet) -> tuple[List, Table] | None:
    """The table of a worksheet and whether it lists sites or accounts: by its headings, else by its codes and words."""
    scored: list[tuple[int, int, List, Table]] = []
    for kind, aliases in ALIASES.items():
        try:
            table = find_table(sheet, aliases)
        except SheetError:
            continue
        headings = {plain(heading) for heading in table.columns.values()}
        own = sum(one in table.columns or one in headings for one in _OWN[kind])
        scored.append((own, sum(_fits(kind, record) for record in table.records[:200]), kind, table))
    scored.sort(key=lambda s: s[:2], reverse=True)
    if not scored or not scored[0][0] or (len(scored) > 1 and scored[0][:2] == scored[1][:2]):
        return None
    return scored[0][2:]


def _fits(kind: List, record: Record) -> bool:
    length, word = (10, kind_of(record.text("kind"))) if kind == "sites" else (16, platform_of(record.text("platform")))
    return len(record.text("code")) == length or bool(word)


def _take(kind: List, table: Table, found: Imported) -> None:
    place = table.sheet.place
    found.rows[kind] = found.rows.get(kind, 0) + len(table.records)
    found.unknown += [Remark(place, 0, heading) for heading in table.unknown]
    found.contacts += [Remark(place, 0, heading) for heading in table.contacts]
    for record in table.records:
        row = _Row(kind, table, record)
        entry = row.entry()
        found.notices += [Remark(place, record.number, text) for text in row.notices]
        same = found.codes.setdefault(entry.code.casefold(), entry) if entry.code else entry
        if same is not entry:
            found.refused.append(Remark(place, record.number, f"标识码{entry.code}与{same.file}第{same.row}行重复"))
        else:
            found.entries.append(entry)


class _Row:
    """One record on its way to an entry; `notices` gathers what was not understood."""

    def __init__(self, kind: List, table: Table, record: Record) -> None:
        self._kind = kind
        self._table = table
        self._record = record
        self.notices: list[str] = []

    def entry(self) -> Incoming:
        values = {n: t for n in ("name", "organizer", "unit", "group") if (t := self._record.text(n))}
        values |= self._site() if self._kind == "sites" else self._account()
        status = self._known("status", status_of)
        if self._kind == "sites" and status == "closing":
            self.notices.append(f"{self._heading('status')}“{self._record.text('status')}”：网站仍按正常运行登记")
            status = ""
        if status:
            values["status"] = status
        lacks = tuple(name for key, name in _NEEDED[self._kind].items() if not values.get(key))
        word = self._record.text("subtype") or self._record.text("platform")
        return Incoming(self._kind, self._table.sheet.place, self._record.number, values, lacks, either_wechat(word))

    def _heading(self, name: str) -> str:
        return self._table.columns.get(name, name)

    def _known(self, name: str, meaning: Callable[[str], str]) -> str:
        """What a word of the sheet stands for; an unknown one is told and stands for nothing."""
        written = self._record.text(name)
        known = meaning(written) if written else ""
        if written and not known:
            meant = "，新增的按正常运行登记" if name == "status" else ""
            self.notices.append(f"{self._heading(name)}“{written[:40]}”不认识，未采用{meant}")
        return known

    def _site(self) -> dict[str, str]:
        found = {"id": self._code(10)}
        if found["id"] and (doubt := doubtful_site_code(found["id"])):
            self.notices.append(f"{doubt}：{found['id']}")
        written = self._record.text("url")
        address = written if re.match(r"https?://", written, re.IGNORECASE) else f"http://{written}"
        if written and ("." not in host_of(normalise(address) or "") or re.search(r"[\s、，；;,]", written)):
            self.notices.append(f"{self._heading('url')}“{written[:60]}”不是一个网址，未采用")
        elif written:
            found["url"] = address
        return found | {"kind": self._known("kind", kind_of)}

    def _account(self) -> dict[str, str]:
        platform = self._known("subtype" if self._record.text("subtype") else "platform", platform_of)
        found = {"id": self._code(16), "platform": platform}
        if found["id"] and platform and (doubt := doubtful_account_code(found["id"], platform)):
            self.notices.append(f"{doubt}：{found['id']}")
        own = self._record.text("account")
        if not self._record.text("code") and platform and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,40}", own):
            found |= {"id": f"{platform}-{own}", "code": "null"}
        return found

    def _code(self, length: int) -> str:
        written = re.sub(r"\s", "", unicodedata.normalize("NFKC", self._record.text("code")))
        if not written or re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", written):
            return written
        self.notices.append(f"{self._heading('code')}“{written[:40]}”不是{length}位字母或数字，未采用")
        return ""


def refusal(entry: Incoming) -> str:
    """Why no entry can be made of a row (Chinese), '' if one can."""
    if entry.lacks:
        return f"缺少{'、'.join(entry.lacks)}"
    values = {k: None if (k, v) == ("code", "null") else v for k, v in entry.values.items() if v}
    try:
        (Site if entry.list == "sites" else Account).model_validate(values)
    except ValidationError as error:
        return "；".join(f"{'.'.join(map(str, e['loc']))}：{e['msg']}" for e in error.errors(include_url=False)[:3])
    return ""
