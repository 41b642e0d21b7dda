"""Which rows of a spreadsheet are an account's, where one file lists several. This file is no source."""

import re
import unicodedata
from collections.abc import Iterable

from checker.model.registry import Account
from checker.registry.words import either_wechat, platform_of
from checker.sheets import Record, Table, plain

_BRACKETS = re.compile(r"\(([^()]*)\)")
Rows = list[tuple[Table, Record]]


def rows_of(account: Account, tables: Iterable[Table]) -> tuple[Rows, tuple[str, ...]]:
    """The account's rows with their tables, and the names of the accounts that the other rows are about.

    A code decides; else the name and, where given, the platform, as a column or as a remark in brackets. A name that
    differs only by such a remark counts if it is the only one: 发布（订阅号） is not 发布（服务号）. Rows without a
    name are the account's, unless a worksheet bears its name: then those of other worksheets are not.
    """
    tables = tuple(tables)
    own_tabs = {t.sheet.name for t in tables if t.sheet.name and _full(t.sheet.name) == _full(account.name)}
    found: Rows = []
    named: dict[str, Rows] = {}
    others: dict[str, None] = {}
    for table in tables:
        for record in table.records:
            name, belongs = record.text("account"), _belongs(account, record, table, own_tabs)
            if belongs:
                found.append((table, record))
            elif belongs is None and plain(name) == plain(account.name) and _fits(account, name):
                named.setdefault(_full(name), []).append((table, record))
            elif name and "昵称" not in table.columns["account"]:  # nicknames may be those of commenters
                others[name] = None
    chosen = _chosen(account, named)
    others |= {r.text("account"): None for name, rows in named.items() if name not in chosen for _, r in rows}
    picked = {id(r) for _, r in found} | {id(r) for name in chosen for _, r in named[name]}
    return [(t, r) for t in tables for r in t.records if id(r) in picked], tuple(others)


def _belongs(account: Account, record: Record, table: Table, own_tabs: set[str]) -> bool | None:
    """Whether a row is the account's by its code or for want of any name; None = the name has to tell."""
    code = record.text("identity")
    if code:
        return code.casefold() in {account.id.casefold(), (account.code or account.id).casefold()}
    if not _same_platform(record.text("platform"), account.platform):
        return False
    if record.text("account"):
        return None
    if {"account", "identity"} & table.columns.keys():
        return False
    return not own_tabs or table.sheet.name in own_tabs


def _chosen(account: Account, named: dict[str, Rows]) -> set[str]:
    """Which of the names alike is the account's: the one with its platform in brackets, the very same, or the only."""
    by_platform = {n for n in named if any(platform_of(remark) for remark in _BRACKETS.findall(n))}
    if len(by_platform) == 1:
        return by_platform
    own = _full(account.name)
    return {own} if own in named else set(named) if len(named) == 1 else set()


def _fits(account: Account, name: str) -> bool:
    """Whether no remark in brackets names another platform."""
    return all(_same_platform(remark, account.platform) for remark in _BRACKETS.findall(_full(name)))


def _same_platform(word: str, registered: str) -> bool:
    """A word that names no platform contradicts none; 公众号 leaves open which kind of WeChat account it is."""
    named = platform_of(word) if word else ""
    return named in {"", registered} or (either_wechat(word) and registered.startswith("wechat-"))


def _full(name: str) -> str:
    """A name with its remarks, in half width and without blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
