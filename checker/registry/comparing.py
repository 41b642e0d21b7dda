"""What the sheets of the reporting systems say beside the registry: new, gone, changed, and what is written."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from checker.address import normalise
from checker.model.registry import Account, Registry, Site
from checker.registry.importing import Imported, Incoming, List, Remark, refusal

Kind = Literal["new", "gone", "renamed", "status", "organizer", "address", "kind", "platform", "code"]
_FIELDS: Mapping[List, Mapping[str, Kind]] = {
    "sites": {"name": "renamed", "url": "address", "kind": "kind", "organizer": "organizer", "status": "status"},
    "accounts": {"name": "renamed", "platform": "platform", "organizer": "organizer", "status": "status"},
}
_ORDER = ("id", "code", "name", "url", "kind", "platform", "organizer", "unit", "group", "status")
Subject = Site | Account


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `before` stands in the registry, `after` in the sheet; `written` = import changes it."""

    list: List
    kind: Kind
    id: str
    name: str
    before: str
    after: str
    written: bool
    file: str = ""
    row: int = 0


@dataclass(slots=True)
class Comparison:
    """The differences, the entries to add and values to change by list, and rows that no entry can be made of."""

    differences: list[Difference] = field(default_factory=list)
    entries: dict[List, list[dict[str, str]]] = field(default_factory=dict)
    changes: dict[List, dict[str, dict[str, str]]] = field(default_factory=dict)
    refused: list[Remark] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)


def compared(registry: Registry, imported: Imported) -> Comparison:
    """The sheets beside the registry; only lists that the sheets hold are compared. Pure."""
    found = Comparison()
    for kind in imported.rows:
        subjects: Sequence[Subject] = registry.sites if kind == "sites" else registry.accounts
        known, matched = _Known(subjects), set[str]()
        for entry in (e for e in imported.entries if e.list == kind):
            subject = known.match(entry)
            if subject is None:
                _add(entry, known, found)
            elif subject.id in matched:
                found.refused.append(Remark(entry.file, entry.row, f"与另一行同为名录中的{subject.id} {subject.name}"))
            else:
                matched.add(subject.id)
                _compare(entry, subject, found)
        found.differences += [
            Difference(kind, "gone", s.id, s.name, s.status, "", False)
            for s in subjects
            if s.id not in matched and s.code is not None and s.status != "closed"
        ]
    return found


class _Known:
    """Entries by code, and by what else makes them the same: a site's home address, an account's platform and name."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._codes = {code.casefold(): s for s in subjects for code in (s.id, s.code or s.id)}
        self._others = {same: s for s in subjects if (same := _same(s))}
        self._new: dict[str, Incoming] = {}

    def match(self, entry: Incoming) -> Subject | None:
        """The registered entry that a row is about, None if there is none."""
        by_code = self._codes.get(entry.values.get("id", "").casefold())
        return by_code or next((self._others[k] for k in _sames(entry) if k in self._others), None)

    def first(self, entry: Incoming) -> Incoming:
        """The first new row of the sheets that is about the same; the entry itself if it is the first."""
        keys = [entry.values.get("id", "").casefold(), *_sames(entry)]
        found = next((self._new[k] for k in keys if k in self._new), entry)
        self._new |= {k: found for k in keys if k}
        return found


def _same(subject: Subject) -> str:
    return _home(subject.url) if isinstance(subject, Site) else f"{subject.platform} {folded(subject.name)}"


def _sames(entry: Incoming) -> list[str]:
    if entry.list == "sites":
        return [_home(entry.values["url"])] if entry.values.get("url") else []
    if not entry.values.get("platform") or not entry.values.get("name"):
        return []
    platforms = ("wechat-subscription", "wechat-service") if entry.either_wechat else (entry.values["platform"],)
    return [f"{p} {folded(entry.values['name'])}" for p in platforms]


def _home(url: str) -> str:
    address = normalise(url)
    return re.sub(r"/(index|default)\.\w{2,5}$", "/", address.split("://", 1)[1], flags=re.I) if address else ""


def folded(text: str) -> str:
    """A name as it is compared: full width and half width are the same, blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _add(entry: Incoming, known: _Known, found: Comparison) -> None:
    why = refusal(entry)
    first = known.first(entry) if not why else entry
    if first is not entry:
        why = f"与{first.file}第{first.row}行是同一个对象"
    name = entry.values.get("name", "")
    if why:
        found.refused.append(Remark(entry.file, entry.row, f"{name or '（无名称）'}：{why}"))
        return
    values = {key: entry.values[key] for key in _ORDER if entry.values.get(key)}
    if values.get("status") == "running":
        del values["status"]
    found.entries.setdefault(entry.list, []).append(values)
    after = values.get("url") or values.get("platform", "")
    found.differences.append(
        Difference(entry.list, "new", values["id"], name, "", after, True, entry.file, entry.row)
    )  # fmt: skip
    if entry.either_wechat and "platform" in values:
        text = f"{name}：表中未说明是订阅号还是服务号，按{values['platform']}登记，请核对"
        found.notices.append(Remark(entry.file, entry.row, text))


def _compare(entry: Incoming, subject: Subject, found: Comparison) -> None:
    registered = subject.code if subject.code is not None else ""
    other = bool(entry.code) and entry.code.casefold() not in {registered.casefold(), subject.id.casefold()}
    sure = not other or not registered  # the same address or name under two codes may be two things
    if other:
        found.differences.append(
            Difference(
                entry.list, "code", subject.id, subject.name, registered, entry.code, False, entry.file, entry.row
            )
        )
    for key, kind in _FIELDS[entry.list].items():
        before, after = str(getattr(subject, key)), entry.values.get(key, "")
        if not after or _equal(key, before, after, entry):
            continue
        if sure:
            found.changes.setdefault(entry.list, {}).setdefault(subject.id, {})[key] = after
        found.differences.append(
            Difference(entry.list, kind, subject.id, subject.name, before, after, sure, entry.file, entry.row)
        )


def _equal(key: str, before: str, after: str, entry: Incoming) -> bool:
    if key == "url":
        old, new = (_home(url).removeprefix("www.") for url in (before, after))
        return old == new or new == f"{old.partition('/')[0]}/"  # a bare host says nothing about the path
    if key == "platform" and entry.either_wechat and before.startswith("wechat-"):
        return True
    return folded(before) == folded(after)
