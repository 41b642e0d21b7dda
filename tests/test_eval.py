"""The readers are as exact as bench/floors.yaml says; the numbers there only rise."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import eval as evaluation
from bench import measures
from bench.measures import Answers, Found, Pair
from bench.pages_index import Item, MarkSeen
from bench.readers import Read, libraries, read
from bench.samples import Sample, hand_made, real_folder, real_samples
from checker.model.facts import Address, Mark

FLOORS: dict[str, dict[str, dict[str, float]]] = yaml.safe_load(
    (Path(evaluation.__file__).parent / "floors.yaml").read_text(encoding="utf-8")
)
MEASURES: dict[str, Any] = {"publish_dates": evaluation.ours, **evaluation.ANSWERS, **evaluation.FOUND}
EMPTY = Read("", "", "", (), (), (), (), frozenset(), "")
PLAIN = Sample("a", False, "http://www.a.gov.cn/", b"", "", "article", frozenset())


@cache
def pages(title: str) -> tuple[Pair, ...]:
    samples = hand_made() if title == "hand-made pages" else real_samples(real_folder())
    return tuple((sample, read(sample)) for sample in samples)


@pytest.mark.parametrize(("title", "name"), [(title, name) for title, floors in FLOORS.items() for name in floors])
def test_no_reader_falls_below_its_floor(title: str, name: str) -> None:
    known = pages(title)
    if not known:
        pytest.skip(f"no real pages: {real_folder()} is absent (CHECKER_SHARED names the folder)")
    result = MEASURES[name](known)
    for figure, floor in FLOORS[title][name].items():
        value = getattr(result, figure)
        kept = value <= floor if figure == "invented" else value is not None and value >= floor
        assert kept, f"{name}: {figure} {value}, floor {floor}\n" + "\n".join(result.differing)


def test_every_measure_has_a_floor() -> None:
    assert set(FLOORS["hand-made pages"]) == set(MEASURES)
    assert set(FLOORS) == {"hand-made pages", "real pages"}


def test_the_hand_made_articles_are_many_and_varied() -> None:
    known = [s for s, _ in pages("hand-made pages") if "published" in s.known]
    assert len([s for s in known if s.published]) >= 50
    assert len([s for s in known if not s.published]) >= 15


def test_answers_are_right_wrong_invented_or_none() -> None:
    asked = [("a", "1", "1"), ("b", "", ""), ("c", "1", "2"), ("d", "", "2"), ("e", "1", "")]
    expected = Answers(
        2, 1, 1, 1,
        ("c: a person reads 1, we read 2", "d: a person reads none, we read 2", "e: a person reads 1, we read none"),
    )  # fmt: skip
    assert measures.answers(asked) == expected
    assert (expected.asked, expected.share) == (5, 0.4)
    assert measures.answers([]).share is None


def test_only_what_was_read_off_is_measured() -> None:
    dated = replace(PLAIN, known=frozenset({"published"}), published="2026-09-10")
    assert measures.publish_dates([PLAIN, dated], lambda _: "2026-09-10") == Answers(1, 0, 0, 0)


def test_a_list_is_right_as_a_whole_or_not_at_all() -> None:
    items = tuple(Item(f"标题{n}", f"http://www.a.gov.cn/{n}.html", "2026-09-10", False) for n in range(3))
    truth = replace(PLAIN, known=frozenset({"items"}), items=items)
    swapped = (items[0], replace(items[1], pinned=True), items[2])

    def right(*found: Sequence[Item]) -> list[int]:
        return [measures.whole_lists([(truth, replace(EMPTY, items=tuple(each)))]).right for each in found]

    assert right(items, swapped, items[:2], ()) == [1, 0, 0, 0]
    assert measures.whole_lists([(replace(truth, items=()), EMPTY)]).right == 1


def test_marks_are_found_by_kind_and_by_value() -> None:
    sample = replace(
        PLAIN, known=frozenset({"marks"}),
        marks=(
            MarkSeen("police", "皖公网安备34990002000101号"), MarkSeen("icp", "皖ICP备05099901号-1"),
            MarkSeen("party", ""),
        ),
    )  # fmt: skip
    found = tuple(
        Mark("s", Address(PLAIN.url), kind, value, "text", "")
        for kind, value in (("police", "34990002000101"), ("icp", "皖ICP备 05099900号"), ("party", "1"), ("code", "1"))
    )
    pairs = [(sample, replace(EMPTY, marks=found))]
    assert measures.marks(pairs) == Found(3, 4, 3, ("a: not there: code",))
    assert measures.mark_values(pairs) == Found(
        2, 2, 1, ("a: not found: icp 皖icp备05099901号-1", "a: not there: icp 皖icp备05099900号")
    )


def test_nothing_to_find_is_no_share() -> None:
    assert (Found(0, 0, 0).recall, Found(0, 0, 0).precision) == (None, None)
    assert (evaluation.percent(None), evaluation.percent(0.9876)) == ("-", "98.8%")


def test_libraries_that_are_missing_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("bench.readers.import_module", missing)
    assert libraries() == {}


def test_the_figures_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    dated = replace(PLAIN, known=frozenset({"published"}), published="2026-09-10")
    monkeypatch.setattr(evaluation, "libraries", lambda: {"other": lambda _: "2026-09-10"})
    monkeypatch.setattr(evaluation, "real_samples", lambda _: ())
    monkeypatch.setattr(evaluation, "hand_made", lambda: (dated,))
    monkeypatch.setattr(evaluation, "RUNS", 1)
    assert evaluation.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:7] == [
        "htmldate and trafilatura are not installed: pip install -e '.[eval]' (make eval does)",
        "publish date, hand-made pages (1 pages)",
        "                   right   wrong  invented   none",
        "  checker              0       0         0      1   0.0%",
        "  other                1       0         0      0   100.0%",
        "    a: a person reads 2026-09-10, we read none",
    ]
    assert lines[8].startswith("  nobody has put down what a person reads there: newest item, whole list,")
    assert [line.split()[0] for line in lines[-3:]] == ["parsed", "extracted", "parsed"]
