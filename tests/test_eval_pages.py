"""The hand-made pages: every file has its entry, bytes are as named, and mistakes are told with their place."""

from pathlib import Path

import pytest

from bench.pages_index import FOLDER, ColumnSeen, HandMade, Item, MarkSeen, PagesError, encoded, load

ENTRY = """\
- file: a.html
  url: http://www.a.gov.cn/zwgk/
  family: trs
  encoding: gbk
  content_type: text/html
  kind: list
  note: a trap
  newest: 2026-09-10
  items:
  - {title: 一, url: "http://www.a.gov.cn/1.html", date: 2026-09-10, pinned: true}
  - {title: 二, url: "http://www.a.gov.cn/2.html", date: null}
  next: [http://www.a.gov.cn/zwgk/index_1.html]
  columns: [{name: 政务公开, url: "http://www.a.gov.cn/zwgk/", type: disclosure, level: 2}]
  marks: [{kind: code, value: "3400000001"}, {kind: party, value: null}]
  not_seen: [icp]
  state: list
"""
TEXT = "<p>中文</p>\n"


def written(folder: Path, index: str = ENTRY, text: str = TEXT) -> Path:
    (folder / "index.yaml").write_text(index, encoding="utf-8")
    (folder / "a.html").write_text(text, encoding="utf-8")
    return folder


def test_every_page_has_an_entry_and_every_entry_its_page() -> None:
    named = {page.file for page in load()}
    assert named == {path.name for path in FOLDER.iterdir() if path.suffix != ".yaml"}


def test_a_whole_page(tmp_path: Path) -> None:
    truths = {"newest", "items", "next", "columns", "marks", "not_seen", "state"}
    assert load(written(tmp_path)) == (
        HandMade(
            file="a.html",
            path=tmp_path / "a.html",
            body=TEXT.encode("gbk"),
            url="http://www.a.gov.cn/zwgk/",
            family="trs",
            encoding="gbk",
            content_type="text/html",
            kind="list",
            note="a trap",
            known=frozenset(truths),
            published="",
            newest="2026-09-10",
            items=(
                Item("一", "http://www.a.gov.cn/1.html", "2026-09-10", True),
                Item("二", "http://www.a.gov.cn/2.html", "", False),
            ),
            next=("http://www.a.gov.cn/zwgk/index_1.html",),
            columns=(ColumnSeen("政务公开", "http://www.a.gov.cn/zwgk/", "disclosure", 2),),
            marks=(MarkSeen("code", "3400000001"), MarkSeen("party", "")),
            not_seen=("icp",),
            state="list",
        ),
    )


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", b"\xe4\xb8\xad"), ("utf-8-bom", b"\xef\xbb\xbf\xe4\xb8\xad"), ("gbk", b"\xd6\xd0"),
        ("gb18030", b"\xd6\xd0"), ("utf-16-le-bom", b"\xff\xfe\x2d\x4e"), ("big5", b"\xa4\xa4"),
    ],
)  # fmt: skip
def test_bytes_are_in_the_named_encoding(encoding: str, expected: bytes) -> None:
    assert encoded("中", encoding) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("encoding: gbk", "encoding: gb2312", "index.yaml:4: "),
        ("kind: list", "kind: article", "needs 'published'"),
        ("newest: 2026-09-10", "newest: 2026-09-11", "is not the newest date of its items"),
        ("newest: 2026-09-10", "newest: 2026-09-31", "day is out of range"),
        ("  note: a trap", "  notes: a trap", "index.yaml:7: "),
        ("type: disclosure", "type: unknown", "is no column type"),
        ("url: http://www.a.gov.cn/zwgk/", "url: /zwgk/", "is no absolute address"),
        ("file: a.html", "file: b.html", "a.html: no index file"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(PagesError) as error:
        load(written(tmp_path, ENTRY.replace(old, new, 1)))
    assert message in str(error.value)


def test_text_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"a\.html: 'gbk' codec can't encode"):
        load(written(tmp_path, text="<p>𬇙水</p>"))


def test_a_page_is_described_once(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"a\.html: described 2 times"):
        load(written(tmp_path, ENTRY + ENTRY))
