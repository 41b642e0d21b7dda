"""What pydantic finds wrong, in the words of the file and with the line to mend."""

import difflib
from datetime import date
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from checker.errors import Problem
from checker.yaml_lines.events import Lines, Place, short

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], lines: Lines) -> tuple[M | None, list[Problem]]:
    """The file as an object of `model`, or every problem with its line."""
    if not isinstance(lines.data, dict):
        what = "is empty" if lines.data is None else "does not hold keys and values"
        return None, [Problem(lines.file, 1, f"{what}; the examples in docs/ show what belongs there")]
    try:
        return model.model_validate(lines.data), []
    except ValidationError as error:
        problems = [_problem(model, lines, dict(e)) for e in error.errors(include_url=False)]
        return None, list(dict.fromkeys(problems))


def _problem(model: type[BaseModel], lines: Lines, error: dict[str, Any]) -> Problem:
    place = _real_place(lines.data, tuple(error["loc"]))
    if error["type"] == "missing":
        return lines.problem(place, f"key '{error['loc'][-1]}' is missing")
    return lines.problem(place, _message(model, lines, place, error))


def _real_place(data: Any, loc: tuple[Any, ...]) -> Place:
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
    return tuple(place)


_MUST = {
    "tuple_type": "a list (lines that begin with '- ')",
    "list_type": "a list (lines that begin with '- ')",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "dict_type": "keys and values",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a text",
}
"""What pydantic's error types ask for, in the words of the file."""


def _message(model: type[BaseModel], lines: Lines, place: Place, error: dict[str, Any]) -> str:
    kind, value = str(error["type"]), error.get("input")
    if kind == "extra_forbidden":
        key = str(error["loc"][-1])
        return f"unknown key '{short(key)}'{_close(key, _keys_at(model, place[:-1]))}"
    if kind == "string_type" and isinstance(value, int | float | date):
        return _to_quote(value, lines.spot(place).text)
    if kind in _MUST:
        return f"must be {_MUST[kind]}, not {_what(value)}"
    return _other(kind, value, error)


def _other(kind: str, value: Any, error: dict[str, Any]) -> str:
    if kind == "literal_error":
        hint = _close(str(value), _choices(error))
        wanted = str(error["ctx"]["expected"])
        return f"{_what(value)} is not {'one of ' if ' or ' in wanted else ''}{wanted.replace('True', 'true')}{hint}"
    if kind == "string_pattern_mismatch":
        return f"{_what(value)} does not have the form {error['ctx']['pattern']}"
    if kind == "string_too_short":
        return "is empty"
    text = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return text.replace("Input should be", "must be", 1)


def _to_quote(value: Any, written: str) -> str:
    """Why a text that YAML reads as something else needs quotes; `written` is how it stands in the file."""
    shown = short(written or str(value))
    if isinstance(value, bool):
        return f"{shown} is read as yes or no; put it in quotes"
    if isinstance(value, date):
        return f"{shown} is read as a date; put it in quotes"
    return f"{shown} is read as a number; put it in quotes, else leading zeros get lost"


def _what(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    return "a list" if isinstance(value, list | tuple) else f"'{short(str(value))}'"


def _close(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word[:100], known, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def _choices(error: dict[str, Any]) -> list[str]:
    return [c.strip(" '") for c in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")]


def _keys_at(model: Any, place: Place) -> list[str]:
    """The keys that `model` knows at a place; follows nested models through lists, unions and annotations."""
    models, named_freely = [model], False
    for step in place:
        if isinstance(step, int) or named_freely:  # a place in a list, or a key that a person chose
            named_freely = False
            continue
        inside = [_annotation(owner, step) for owner in models]
        named_freely = any(get_origin(part) is dict for i in inside for part in (i, *get_args(i)))
        models = [m for annotation in inside for m in _models_in(annotation)]
    return [field.alias or key for m in models for key, field in getattr(m, "model_fields", {}).items()]


def _annotation(model: Any, key: str) -> Any:
    field = getattr(model, "model_fields", {}).get(key)
    return field.annotation if field else None


def _models_in(annotation: Any) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {Union, UnionType, tuple, list, dict} or get_args(annotation):
        return [m for part in get_args(annotation) for m in _models_in(part)]
    return []
