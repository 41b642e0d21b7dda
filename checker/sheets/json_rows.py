"""Exports in JSON: one list of objects, or one object a line, as rows under a row of headings.

What an object holds within other objects counts by its own name (`statistics.comment_count` is comment_count); lists
within it are left out, as are what it reposts and all of its author but the name: their dates and addresses are not the
post's. Objects that say themselves that they are deleted or private are no rows.
"""

import html
import json
from collections.abc import Iterator
from typing import Any

from checker.sheets.cells import Row, SheetError, Value, clean
from checker.sheets.packed import check_extent

_DEEPEST = 5
_NOT_PUBLIC = ("is_delete", "is_deleted", "private_status")
_AUTHOR, _NAMES = frozenset({"user", "author", "user_info"}), ("screen_name", "nickname")
_REPOSTED = "retweeted_status"


def json_rows(name: str, text: str) -> tuple[Row, ...] | None:
    """The rows of a JSON text, numbered as list items behind the headings; None if the text is no JSON.

    Of several lists the one with the most objects is taken. Raises SheetError if none holds any, or too many.
    """
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    data = _parsed(text)
    if data is None:
        return None
    listed = [_flat(item) for item in _longest(data, _DEEPEST)]
    rows = [row for row in listed if not any(row.get(key) not in {None, False, "0"} for key in _NOT_PUBLIC)]
    if not rows:
        raise SheetError(name, 0, "is JSON without a list of published objects", "JSON文件中没有已发布内容的列表")
    heads = list(dict.fromkeys(key for row in rows for key in row))
    check_extent(name, len(rows) + 1, len(heads))
    return Row(1, tuple(heads)), *(Row(n, tuple(row.get(k) for k in heads)) for n, row in enumerate(rows, 2))


def _parsed(text: str) -> Any:
    """A whole text of JSON, or the objects of its lines as a list; None if it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _longest(data: Any, depth: int) -> list[dict[str, Any]]:
    """The list with the most objects, outside before inside: a post's own lists are no posts."""
    if isinstance(data, list):
        return [item for item in data if isinstance(item, dict)]
    inner = data.values() if isinstance(data, dict) and depth else ()
    return max((_longest(value, depth - 1) for value in inner), key=len, default=[])


def _flat(item: dict[str, Any]) -> dict[str, Value]:
    """Names and plain values of an object, those of outer objects before those of inner ones."""
    found: dict[str, Value] = {}
    level = [item]
    for _ in range(_DEEPEST):
        for key, value in (pair for one in level for pair in one.items()):
            if found.get(key) is None and isinstance(value, str | int | float | bool):
                found[key] = _cell(value)
        level = list(_within(level))
    return found


def _within(level: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for key, value in (pair for one in level for pair in one.items()):
        if isinstance(value, dict) and key in _AUTHOR:
            yield {name: value[name] for name in _NAMES if name in value}
        elif isinstance(value, dict) and key != _REPOSTED:
            yield value


def _cell(value: str | int | float | bool) -> Value:
    r"""A value as a cell; addresses come out of back offices with &amp; and \/ in them."""
    if not isinstance(value, str):
        return value
    text = html.unescape(value).replace("\\/", "/")
    return text if clean(text) else None
