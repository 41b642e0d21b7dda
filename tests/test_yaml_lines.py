from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from checker import yaml_lines
from checker.yaml_lines import Lines, load, parse, validated


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    colour: Literal["red", "green"] = "red"
    weight: int = 1


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    parts: list[Inner] = []
    flag: bool = False


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse(text, "f.yaml")[1]]


def readable(text: str) -> Lines:
    lines, found = parse(text, "f.yaml")
    assert lines is not None
    assert found == []
    return lines


def wrong(text: str) -> list[str]:
    return [str(problem) for problem in validated(Outer, readable(text))[1]]


def test_values_and_their_lines() -> None:
    lines = readable("a: 1\nb:\n  - x\n  - c: 2021-11-08\n    d: yes\n\n# remark\ne: {f: [g, 'h']}\n")
    assert lines.data["a"] == 1
    assert lines.data["b"][1]["c"].isoformat() == "2021-11-08"
    assert lines.data["b"][1]["d"] is True
    assert lines.data["e"] == {"f": ["g", "h"]}
    places: list[yaml_lines.Place] = [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d"), ("e", "f", 1)]
    assert [lines.line(place) for place in places] == [1, 1, 2, 3, 4, 5, 8]


def test_an_unknown_place_has_the_line_of_what_is_around_it() -> None:
    lines = readable("a:\n  b:\n    c: 1\n")
    assert [lines.line(p) for p in [("a", "b", "x"), ("a", "x", "c"), ("x",), ("a", 7)]] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# nothing\n", None),
        ("[]", []),
        ("a: '0123'", {"a": "0123"}),
        ("a: 0x1F", {"a": 31}),
        ("a: ~", {"a": None}),
        ("a: 中文\nb: \U0001f600", {"a": "中文", "b": "\U0001f600"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("1: a\nyes: b", {"1": "a", "yes": "b"}),
        ("b: &b {x: 1, y: 2}\nc:\n  <<: *b\n  x: 5", {"b": {"x": 1, "y": 2}, "c": {"x": 5, "y": 2}}),
        ("a: &a {x: 1}\nb: &b {y: 2}\nc: {<<: [*a, *b]}", {"a": {"x": 1}, "b": {"y": 2}, "c": {"x": 1, "y": 2}}),
        ("a: !!set {b, c}", {"a": {"b": None, "c": None}}),
    ],
)
def test_what_is_readable(text: str, data: object) -> None:
    assert readable(text).data == data


def test_a_merged_key_has_the_line_where_it_is_written() -> None:
    assert readable("b: &b\n  x: 1\nc:\n  <<: *b\n").line(("c", "x")) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ["f.yaml:3: key 'a' stands twice (first in line 1)"]),
        (
            "a: 1\na: 2\na: 3\n",
            ["f.yaml:2: key 'a' stands twice (first in line 1)", "f.yaml:3: key 'a' stands twice (first in line 1)"],
        ),
        (
            "a:\n\tb: 1",
            [
                "f.yaml:2: is not YAML: found character that cannot start any token; "
                "a tab stands in this line: indent with spaces"
            ],
        ),
        (
            "a：1\nb: 2",
            [
                "f.yaml:1: is not YAML: mapping values are not allowed in this context; "
                "a full-width ： stands here: YAML needs ': ' after a key"
            ],
        ),
        (
            "sites:\n  - id: a\n    kind： portal\n    url: x\n",
            [
                "f.yaml:3: is not YAML: could not find expected ':'; "
                "a full-width ： stands here: YAML needs ': ' after a key"
            ],
        ),
        (
            "a:\n  - {b: 1，c: {d: 2}\ne: 3\n",
            [
                "f.yaml:2: is not YAML: did not find expected ',' or '}'; "
                "a full-width ， stands here: YAML needs ', ' between entries"
            ],
        ),
        (
            "a:\n  - b: 1\n  -{c: 2}\n",
            [
                "f.yaml:3: is not YAML: did not find expected '-' indicator; "
                "a blank is missing behind the - that begins an entry"
            ],
        ),
        (
            "a:\n  - b: 1\n - c: 2\n",
            [
                "f.yaml:3: is not YAML: did not find expected key; "
                "look at the indentation here and above: entries of one list begin in the same column"
            ],
        ),
        ("a: 'x", ["f.yaml:1: is not YAML: found unexpected end of stream"]),
        ("a: b\nc: \x00", ["f.yaml:2: is not text: it holds the control character U+0000"]),
        ("a: *x", ["f.yaml:1: alias '*x' names nothing that stands complete above it"]),
        ("a: &a [*a]", ["f.yaml:1: alias '*a' names nothing that stands complete above it"]),
        ("- a\n---\n- b", ["f.yaml:2: a second document begins here (---); use one file for each"]),
        ("? [a]\n: b", ["f.yaml:1: a key must be a text; put it in quotes if it begins with { or ["]),
        ("<<: 1", ["f.yaml:1: '<<' takes the keys of an alias to keys and values only"]),
        ("a: 2021-13-01", ["f.yaml:1: '2021-13-01' cannot be read: month must be in 1..12; put it in quotes"]),
    ],
)
def test_what_is_not_readable(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!timestamp", "!!int", "!!float", "!local"])
def test_a_tag_makes_no_objects_and_no_crash(tag: str) -> None:
    lines, found = parse(f"a: {tag} x", "f.yaml")
    assert lines is not None
    assert lines.data == {"a": None}
    assert [(p.line, p.message.startswith("'x' cannot be read: ")) for p in found] == [(1, True)]


def test_a_number_of_5000_digits_is_a_problem_and_not_a_crash() -> None:
    assert len(problems("a: " + "9" * 5000)) == 1


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_deep_nesting_ends_with_a_message(text: str) -> None:
    assert problems(text) == ["f.yaml:1: has values nested deeper than 100 levels (line 1)"]


def test_aliases_that_multiply_end_with_a_message() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
    )
    assert problems(bomb) == ["f.yaml:1: has more than 3,000,000 values (aliases counted in full); split it"]


def test_a_harmless_alias_is_as_good_as_its_text() -> None:
    assert readable("a: &h '22:00-06:00'\nb: [*h, *h]").data == {"a": "22:00-06:00", "b": ["22:00-06:00"] * 2}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a: 1".encode("utf-16"), "F:1: is UTF-16; save it as UTF-8"),
        ("a: 1\nb: 中文".encode("gb18030"), "F:2: is not UTF-8 text (byte 8); save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "F:1: is not UTF-8 text (byte 0); save it as UTF-8"),
        (b"PK\x03\x04", "F:1: is not text: it holds the control character U+0003"),
    ],
)
def test_files_that_are_not_utf8_text(tmp_path: Path, body: bytes, expected: str) -> None:
    (tmp_path / "f").write_bytes(body)
    lines, found = load(tmp_path / "f", "F")
    assert lines is None
    assert [str(problem) for problem in found] == [expected]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    lines, found = load(tmp_path / "f")
    assert lines is not None
    assert (lines.data, lines.line(("b",)), found) == ({"a": 1, "b": 2}, 2, [])


def test_files_that_are_not_there_or_no_files(tmp_path: Path) -> None:
    assert load(tmp_path / "x", "x")[1][0].message == "is not there"
    assert load(tmp_path, "x")[1][0].message == "is a folder, not a file"


def test_a_file_larger_than_the_cap_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.yaml_lines.events.MAX_BYTES", 1_000_000)
    with (tmp_path / "f").open("wb") as stream:
        stream.truncate(1_000_001)
    assert load(tmp_path / "f", "F")[1][0].message == "is larger than 1 MB; split it"
    assert yaml_lines.MAX_BYTES == 64_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["f.yaml:1: is empty; the examples in docs/ show what belongs there"]),
        ("- a", ["f.yaml:1: does not hold keys and values; the examples in docs/ show what belongs there"]),
        ("just words", ["f.yaml:1: does not hold keys and values; the examples in docs/ show what belongs there"]),
        ("parts: []", ["f.yaml:1: key 'name' is missing"]),
        (
            "name: x\nparts:\n  - weihgt: 1",
            ["f.yaml:3: parts[1].weihgt: unknown key 'weihgt'; did you mean 'weight'?"],
        ),
        ("name: x\nzzz: 1", ["f.yaml:2: zzz: unknown key 'zzz'"]),
        ("name: 0123", ["f.yaml:1: name: 0123 is read as a number; put it in quotes, else leading zeros get lost"]),
        ("name: on", ["f.yaml:1: name: on is read as yes or no; put it in quotes"]),
        ("name: 2021-01-01", ["f.yaml:1: name: 2021-01-01 is read as a date; put it in quotes"]),
        ("name:", ["f.yaml:1: name: must be a text, not empty"]),
        ("name: [a]", ["f.yaml:1: name: must be a text, not a list"]),
        ("name: x\nflag: maybe", ["f.yaml:2: flag: must be true or false, not 'maybe'"]),
        ("name: x\nparts: {}", ["f.yaml:2: parts: must be a list (lines that begin with '- '), not keys and values"]),
        ("name: x\nparts: [5]", ["f.yaml:2: parts[1]: must be keys and values, not '5'"]),
        ("name: x\nparts: [{weight: 1.5}]", ["f.yaml:2: parts[1].weight: must be a whole number, not '1.5'"]),
        (
            "name: x\nparts:\n- {}\n- colour: gren\n",
            ["f.yaml:4: parts[2].colour: 'gren' is not one of 'red' or 'green'; did you mean 'green'?"],
        ),
    ],
)
def test_messages_of_a_model(text: str, expected: list[str]) -> None:
    assert wrong(text) == expected


def test_every_problem_at_once() -> None:
    assert wrong("nam: x\nflag: 2\nparts:\n  - colour: blue\n  - weight: heavy\n") == [
        "f.yaml:1: key 'name' is missing",
        "f.yaml:4: parts[1].colour: 'blue' is not one of 'red' or 'green'",
        "f.yaml:5: parts[2].weight: must be a whole number, not 'heavy'",
        "f.yaml:2: flag: must be true or false, not '2'",
        "f.yaml:1: nam: unknown key 'nam'; did you mean 'name'?",
    ]


def test_a_right_file_is_the_object() -> None:
    assert validated(Outer, readable("name: x\nparts: [{colour: green}]")) == (
        Outer(name="x", parts=[Inner(colour="green")]),
        [],
    )
