"""New columns into the text of a sites.yaml: nothing that stands there is moved, reworded or lost."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from checker.address import host_of, normalise
from checker.errors import UsageError
from checker.yaml_lines import parse

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[\w/.~%()（）·—“”、-][\w/.~%()（）·—“”、=&+;@$ -]*")
"""Words that need no quotes inside a flow mapping; what YAML would take for something else is quoted all the same."""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column as it is to be written; `update_days` 0 = not written, `update` False = should_update: false."""

    name: str
    url: str
    type: str
    level: int = 0
    update_days: int = 0
    update: bool = True

    def text(self) -> str:
        """One flow mapping, quoted where YAML needs it."""
        parts = [f"name: {quoted(self.name)}", f"url: {quoted(self.url)}", f"type: {self.type}"]
        if self.level > 1:
            parts.append(f"level: {self.level}")
        if self.update_days:
            parts.append(f"update_days: {self.update_days}")
        if not self.update:
            parts.append("should_update: false")
        return "{" + ", ".join(parts) + "}"


def quoted(text: str) -> str:
    """`text` as a YAML scalar: bare if it reads back as the same string, else in double quotes."""
    if _PLAIN.fullmatch(text) and text == text.strip() and data_of(f"- {text}\n") == [text]:
        return text
    return json.dumps(text, ensure_ascii=False)


def with_columns(text: str, site: str, columns: Sequence[ColumnLine]) -> str:
    """`text` of a valid sites.yaml with `columns` added behind those of the site with this id.

    Raises UsageError if the id is not there, or if the place cannot be written to without touching what stands there.
    """
    if not columns:
        return text
    entry = _entry(text, site)
    found = next((value for key, value in entry.value if key.value == "columns"), None)
    if found is None:
        changed = _new_key(text, entry, columns)
    elif isinstance(found, yaml.SequenceNode) and found.value and not found.flow_style:
        changed = _insert(text, last_line(found), found.start_mark.column, columns)
    elif isinstance(found, yaml.SequenceNode) and found.value:
        changed = into_flow(text, found, ", " + ", ".join(c.text() for c in columns))
    else:
        changed = _in_place_of_nothing(text, entry, found, columns)
    return _checked(text, changed, site, columns)


def _entry(text: str, site: str) -> Any:
    root = yaml.compose(text, Loader=_Loader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "sites":
            for entry in value.value:
                if any(k.value == "id" and v.value == site for k, v in entry.value):
                    return entry
    raise UsageError(f"no site '{site}' stands in the file itself")


def last_line(node: Any) -> int:
    """The last line (from 0) on which something of `node` stands; a block's own end lies behind the blanks after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        inner = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
        return max((last_line(part) for part in inner), default=int(node.start_mark.line))
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        return int(node.end_mark.line) - 1
    return int(node.end_mark.line)


def _insert(text: str, after: int, indent: int, columns: Sequence[ColumnLine], head: str = "") -> str:
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines[after].endswith("\r\n") else "\n"
    if not lines[after].endswith(("\n", "\r")):
        lines[after] += newline
    new = [head + newline] if head else []
    new += [f"{' ' * indent}- {column.text()}{newline}" for column in columns]
    return "".join([*lines[: after + 1], *new, *lines[after + 1 :]])


def _new_key(text: str, entry: Any, columns: Sequence[ColumnLine]) -> str:
    if entry.flow_style:
        return into_flow(text, entry, ", columns: [" + ", ".join(c.text() for c in columns) + "]")
    indent = int(entry.value[0][0].start_mark.column)
    return _insert(text, last_line(entry), indent + 2, columns, " " * indent + "columns:")


def into_flow(text: str, node: Any, addition: str) -> str:
    """Before the closing bracket, and behind a comma that stands there already."""
    end = int(node.end_mark.index) - 1
    before = text[:end].rstrip()
    if before.endswith(","):
        addition = addition[1:]
    return before + addition + text[len(before) :]


def _in_place_of_nothing(text: str, entry: Any, found: Any, columns: Sequence[ColumnLine]) -> str:
    """`columns:` or `columns: []`."""
    if entry.flow_style:
        listed = "[" + ", ".join(c.text() for c in columns) + "]"
        start, end = int(found.start_mark.index), int(found.end_mark.index)
        return text[:start] + (listed if text[start - 1 : start] in " [" else f" {listed}") + text[end:]
    key = next(k for k, _ in entry.value if k.value == "columns")
    start, end = int(key.end_mark.index), int(found.end_mark.index)
    cleared = text[: start + 1] + text[end:] if end > start else text
    return _insert(cleared, int(key.start_mark.line), int(key.start_mark.column) + 2, columns)


def _checked(text: str, changed: str, site: str, columns: Sequence[ColumnLine]) -> str:
    """`changed`, if reading it back gives what stood there and the new columns, and nothing else."""
    before, after = data_of(text), data_of(changed)
    try:
        wanted = [*_columns(before, site), *(data_of(f"- {c.text()}\n")[0] for c in columns)]
        same = _columns(after, site) == wanted and _without(before, site) == _without(after, site)
    except (KeyError, TypeError, StopIteration):
        same = False
    if not same:
        raise UsageError(f"site '{site}' is written in a way that columns cannot be added to; add them by hand")
    return changed


def data_of(text: str) -> Any:
    """What a YAML text holds, None if it is none."""
    lines, _ = parse(text, "")
    return lines.data if lines is not None else None


def _columns(data: Any, site: str) -> list[Any]:
    return list(next(s for s in data["sites"] if s["id"] == site).get("columns") or ())


def _without(data: Any, site: str) -> dict[str, Any]:
    """Everything but the columns of that site."""
    return {**data, "sites": [{**s, "columns": None} if s["id"] == site else s for s in data["sites"]]}


def new_registry(url: str, title: str, code: str, organizer: str, columns: Sequence[ColumnLine]) -> str:
    """A sites.yaml with one entry, from what the site says of itself ('' = it does not); guesses are marked as such."""
    host = host_of(normalise(url) or url)
    name = title or host
    kind = "portal" if re.search(r"人民政府(?:门户)?(?:网站|网)?$", name) else "department"
    identity = (
        [f'  - id: "{code}"   # 网站标识码，见首页页脚，请核对']
        if re.fullmatch(r"[A-Za-z0-9]{10}", code)
        else [
            f"  - id: {quoted(host)}   # 首页未见网站标识码；备案的网站请改为标识码并删去 code",
            "    code: null",
        ]
    )
    named = "取自首页，请核对" if title else "首页未见网站名称，请填写"
    told = "见首页页脚，请核对" if organizer else "首页未见主办单位，请填写"
    lines = [
        "# 网站名录 / the registry of websites. Check every line marked 请核对 or 请填写 before the first scan.",
        "version: 1",
        "sites:",
        *identity,
        f"    name: {quoted(name)}   # {named}",
        f"    url: {quoted(url)}",
        f"    kind: {kind}   # portal 政府门户 | department 部门网站 | special 专项网站，请核对",
        f"    organizer: {quoted(organizer or name)}   # {told}",
    ]
    if columns:
        lines += [
            "    columns:   # 发现的栏目，请核对类型；update_days 为建议的更新周期（天），请核对",
            *(f"      - {c.text()}" for c in columns),
        ]
    return "\n".join(lines) + "\n"
