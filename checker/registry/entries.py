"""New entries and changed values in the text of a registry file: nothing else that stands there is moved or lost."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from checker.errors import UsageError
from checker.registry.writing import data_of, into_flow, last_line, quoted

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Values = Mapping[str, str]
"""Keys and values of an entry as texts; the value `null` of the key `code` is YAML's null."""


def begun(kind: str) -> str:
    """The text of a file with no entry yet; `kind` is sites or accounts."""
    told = "网站名录 / the registry of websites" if kind == "sites" else "政务新媒体名录 / the registry of accounts"
    return f"# {told}; see docs/registry.md and docs/registry.zh-CN.md.\nversion: 1\n{kind}:\n"


def with_entries(text: str, kind: str, entries: Sequence[Values], changes: Mapping[str, Values]) -> str:
    """`text` of a valid file with values of entries changed (id → key → value) and new entries behind the others.

    A value keeps its quotes, a key that is not there is put behind the entry's organizer. Raises UsageError if the file
    is written in a way that cannot be changed without touching what stands there.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    plain = text.removeprefix("\ufeff")
    changed = _appended(_replaced(plain, kind, changes), kind, entries) if entries else _replaced(plain, kind, changes)
    if data_of(changed) != _wanted(data_of(plain), kind, entries, changes):
        raise UsageError(f"the {kind} are written in a way that cannot be changed here; make the changes by hand")
    return mark + changed


def _wanted(data: Any, kind: str, entries: Sequence[Values], changes: Mapping[str, Values]) -> Any:
    if not isinstance(data, dict):
        return None
    before = [row | dict(changes.get(row.get("id"), {})) for row in data.get(kind) or ()]
    return data | {kind: [*before, *({k: _scalar(k, v) for k, v in e.items()} for e in entries)]}


def _scalar(key: str, value: str) -> str | None:
    return None if (key, value) == ("code", "null") else value


def _list(text: str, kind: str) -> tuple[Any, Any]:
    root = yaml.compose(text, Loader=_Loader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == kind:
            return key, value
    raise UsageError(f"the file has no list '{kind}:'")


def _replaced(text: str, kind: str, changes: Mapping[str, Values]) -> str:
    if not changes:
        return text
    edits: list[tuple[int, int, str]] = []
    for entry in _list(text, kind)[1].value:
        keys = {k.value: (k, v) for k, v in entry.value}
        named = keys["id"][1].value if "id" in keys else ""
        for key, value in changes.get(named, {}).items():
            edits.append(_edit(text, entry, keys, key, value))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edit(text: str, entry: Any, keys: Mapping[str, tuple[Any, Any]], key: str, value: str) -> tuple[int, int, str]:
    if key in keys:
        node = keys[key][1]
        return int(node.start_mark.index), int(node.end_mark.index), _as_before(node.style, value)
    behind_key, behind = keys.get("organizer") or keys["id"]
    at = int(behind.end_mark.index)
    if entry.flow_style:
        return at, at, f", {key}: {quoted(value)}"
    end = text.find("\n", at)
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"{' ' * int(behind_key.start_mark.column)}{key}: {quoted(value)}"
    return (end + 1, end + 1, line + newline) if end >= 0 else (len(text), len(text), newline + line)


def _as_before(style: str | None, value: str) -> str:
    if style == '"':
        return json.dumps(value, ensure_ascii=False)
    if style == "'" and "'" not in value:
        return f"'{value}'"
    return quoted(value)


def _appended(text: str, kind: str, entries: Sequence[Values]) -> str:
    key, listed = _list(text, kind)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        start, end = int(key.end_mark.index), int(listed.end_mark.index)
        empty = text[start + 1 : end].strip()
        cleared = text[: start + 1] + text[end:] if empty else text
        return _behind_line(cleared, int(key.start_mark.line), entries, 2, flow=False, apart=False)
    if listed.flow_style:
        return into_flow(text, listed, ", " + ", ".join(_flow(e) for e in entries))
    last = listed.value[-1]
    lines = text.splitlines()
    above = int(last.start_mark.line) - 1
    while above > 0 and lines[above].lstrip().startswith("#"):
        above -= 1
    apart = len(listed.value) > 1 and not lines[above].strip()
    indent = int(listed.start_mark.column)
    return _behind_line(text, last_line(listed), entries, indent, flow=bool(last.flow_style), apart=apart)


def _behind_line(text: str, line: int, entries: Sequence[Values], indent: int, flow: bool, apart: bool) -> str:
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    if not lines[line].endswith(("\n", "\r")):
        lines[line] += newline
    new: list[str] = []
    for entry in entries:
        new += [""] if apart else []
        new += [f"- {_flow(entry)}"] if flow else _block(entry)
    added = "".join((f"{' ' * indent}{one}" if one else "") + newline for one in new)
    return "".join([*lines[: line + 1], added, *lines[line + 1 :]])


def _written(key: str, value: str) -> str:
    return f"{key}: {value if (key, value) == ('code', 'null') else quoted(value)}"


def _block(entry: Values) -> list[str]:
    return [f"{'  ' if n else '- '}{_written(k, v)}" for n, (k, v) in enumerate(entry.items())]


def _flow(entry: Values) -> str:
    return "{" + ", ".join(_written(k, v) for k, v in entry.items()) + "}"
