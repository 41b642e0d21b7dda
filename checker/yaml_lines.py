"""YAML that people write: values with the line of every key, so that an error can name the place to mend.

Comes in: a path and a pydantic model. Goes out: the validated object, or every problem as file:line: message.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from checker.errors import Problem

MAX_BYTES = 64_000_000
MAX_NODES = 3_000_000
"""Bounds against a file that is no registry, and against aliases that multiply."""

Place = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Lines:
    """A parsed file: its data and the line of each place in it."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Walk:
    """Turns YAML nodes into values and collects lines and duplicate keys on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self.nodes = 0
        self._scalars = _Loader("")

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(place) > 100:
            raise _TooMuch
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, i)) for i, child in enumerate(node.value)]
        try:
            return self._scalars.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            self.problems.append(Problem(self.file, node.start_mark.line + 1, f"cannot be read: {_first(error)}"))
            return None

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in found:
                first = self.lines[(*place, key)]
                self.problems.append(Problem(self.file, line, f"key '{key}' stands twice (first in line {first})"))
                continue
            self.lines[(*place, key)] = line
            found[key] = self.value(value_node, (*place, key))
        return found


class _TooMuch(Exception):
    """More nodes than any file a person writes."""


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]


def load(path: Path, name: str = "") -> tuple[Lines | None, list[Problem]]:
    """Read a YAML file; `name` is what messages call it. Returns None with the problems if it is not YAML."""
    file = name or str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(file, 0, f"is larger than {MAX_BYTES // 1_000_000} MB; split it")]
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(file, 1, f"is not UTF-8 (byte {error.start}); save it as UTF-8")]
    except OSError as error:
        return None, [Problem(file, 0, f"cannot be read: {error.strerror}")]
    return parse(text, file)


def parse(text: str, file: str) -> tuple[Lines | None, list[Problem]]:
    """Read YAML text; see `load`."""
    walk = _Walk(file)
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = None if node is None else walk.value(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Problem(file, mark.line + 1 if mark else 1, f"is not YAML: {error.problem or error.context}")]
    except (yaml.YAMLError, _TooMuch, RecursionError) as error:
        why = "has too many or too deeply nested values" if not isinstance(error, yaml.YAMLError) else _first(error)
        return None, [Problem(file, 1, f"is not usable YAML: {why}")]
    if walk.problems:
        return None, walk.problems
    return Lines(file, data, walk.lines), []


def validated(model: type[M], lines: Lines) -> tuple[M | None, list[Problem]]:
    """The file as an object of `model`, or every problem with its line."""
    if not isinstance(lines.data, dict):
        what = "is empty" if lines.data is None else "does not hold keys and values"
        return None, [Problem(lines.file, 1, f"{what}; see the example in the README")]
    try:
        return model.model_validate(lines.data), []
    except ValidationError as error:
        problems = [_problem(model, lines, dict(e)) for e in error.errors(include_url=False)]
        return None, list(dict.fromkeys(problems))


def _problem(model: type[BaseModel], lines: Lines, error: dict[str, Any]) -> Problem:
    place, shown = _real_place(lines.data, tuple(error["loc"]))
    message = _message(model, place, error)
    if error["type"] == "missing":
        return Problem(lines.file, lines.line(place), f"{_where(shown)}key '{error['loc'][-1]}' is missing")
    return Problem(lines.file, lines.line(place), f"{_where(shown)}{message}")


def _real_place(data: Any, loc: tuple[Any, ...]) -> tuple[Place, Place]:
    """Drop what pydantic adds to a location (names of union members); what is left stands in the file."""
    place: list[str | int] = []
    for step in loc:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        place.append(step)
    return tuple(place), tuple(place)


def _where(place: Place) -> str:
    text = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".")
    return f"{text}: " if text else ""


def _message(model: type[BaseModel], place: Place, error: dict[str, Any]) -> str:
    value = error.get("input")
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        close = difflib.get_close_matches(key, _keys_at(model, place[:-1]), n=1, cutoff=0.6)
        return f"unknown key '{key}'" + (f"; did you mean '{close[0]}'?" if close else "")
    if error["type"] == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value} is read as a number; put it in quotes, else leading zeros get lost"
    if error["type"] == "string_type":
        return f"must be a text, not {'empty' if value is None else type(value).__name__}"
    if error["type"] == "literal_error":
        close = difflib.get_close_matches(str(value), _choices(error), n=1, cutoff=0.6)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        return f"'{value}' is not one of {error['ctx']['expected']}{hint}"
    if error["type"] == "string_pattern_mismatch":
        return f"'{value}' does not have the form {error['ctx']['pattern']}"
    return str(error["msg"]).removeprefix("Value error, ")


def _choices(error: dict[str, Any]) -> list[str]:
    return [c.strip(" '") for c in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")]


def _keys_at(model: Any, place: Place) -> list[str]:
    """The keys that `model` knows at a place; follows nested models through lists, unions and annotations."""
    models = [model]
    for step in place:
        if isinstance(step, int):
            continue
        models = [m for owner in models for m in _models_in(_annotation(owner, step))]
    return [key for m in models for key in getattr(m, "model_fields", {})]


def _annotation(model: Any, key: str) -> Any:
    field = getattr(model, "model_fields", {}).get(key)
    return field.annotation if field else model


def _models_in(annotation: Any) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {Union, UnionType, tuple, list, dict} or get_args(annotation):
        return [m for part in get_args(annotation) for m in _models_in(part)]
    return []
