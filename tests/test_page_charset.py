"""Bytes to text where the usual order is not enough, and text that came out as mojibake: said, never read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.page import decode, parse
from checker.page.charset import garbled
from tests.pages import HOME, real_pages

TEXT = "安徽省霍邱县人民政府关于印发规范性文件的通知，各乡镇人民政府，县政府有关部门：现将管理办法印发给你们。"
HTML = f"<!DOCTYPE html><html><head><title>甲</title></head><body><p>{TEXT}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (HTML.encode("utf-16-le"), "", (HTML, "utf-16-le", "")),
        (HTML.encode("utf-16-be"), "text/html; charset=utf-8", (HTML, "utf-16-be", "utf-8")),
        (HTML.encode("utf-16-le") + b"\x00", "", (HTML, "utf-16-le", "")),
        (("\r\n" + HTML).encode("utf-16-be"), "", ("\r\n" + HTML, "utf-16-be", "")),
        (HTML.encode("gbk"), "text/html; charset=ISO-8859-1", (HTML, "gb18030", "iso-8859-1")),
        (HTML.encode("gbk"), "text/html; charset=none", (HTML, "gb18030", "none")),
        ("<p>政務公開</p><meta charset=big5>".encode("big5"), "text/html; charset=xx",
         ("<p>政務公開</p><meta charset=big5>", "big5hkscs", "xx")),
        ('<?xml version="1.0" encoding="big5"?><a>政務公開</a>'.encode("big5"), "",
         ('<?xml version="1.0" encoding="big5"?><a>政務公開</a>', "big5hkscs", "big5")),
        ("<p>Café à la carte, où êtes-vous</p>".encode("cp1252"), "charset=iso-8859-1",
         ("<p>Café à la carte, où êtes-vous</p>", "cp1252", "iso-8859-1")),
        (b"<p>a\x00b</p>" * 20, "", ("<p>a\x00b</p>" * 20, "utf-8", "")),
        (b"\x00" * 200, "", ("\x00" * 200, "utf-8", "")),
        (b"a\x00" * 100, "", ("a\x00" * 100, "utf-8", "")),
    ],
)  # fmt: skip
def test_decode(body: bytes, content_type: str, expected: tuple[str, str, str]) -> None:
    assert decode(body, content_type) == expected


def wrongly(text: str, written: str, read: str) -> str:
    return text.encode(written).decode(read, "replace")


GARBLED = {
    "UTF-8 read as GBK": wrongly(TEXT, "utf-8", "gb18030"),
    "UTF-8 read as Latin-1": wrongly(TEXT, "utf-8", "latin-1"),
    "UTF-8 read as Windows-1252": wrongly(TEXT, "utf-8", "cp1252"),
    "GBK read as Latin-1": wrongly(TEXT, "gbk", "latin-1"),
    "GBK read as UTF-8": wrongly(TEXT, "gbk", "utf-8"),
    "GBK read as UTF-8 read as GBK": wrongly(wrongly(TEXT, "gbk", "utf-8"), "utf-8", "gb18030"),
    "replaced and read as Latin-1": "ï¿½" * 30,
    "a footer of another charset": TEXT * 3 + wrongly(TEXT, "utf-8", "gb18030"),
    "uninitialised": "烫烫烫烫烫烫",
}


@pytest.mark.parametrize("name", sorted(GARBLED))
def test_mojibake(name: str) -> None:
    assert garbled(GARBLED[name])
    assert parse(HOME, f"<body><p>{GARBLED[name]}</p>".encode()).garbled


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", TEXT, TEXT * 100 + "\ufffd" * 3, "\ufffd", TEXT + "锟",
        "Der Präsident der Volksrepublik China trifft am Sonntag Führungskräfte; größte Übung; Straße",
        "Le président chinois a été reçu à l’Élysée — « déjà vu », où êtes-vous? Ça va.",
        "Председатель КНР встретился с делегацией", "中華人民共和國國務院令，臺灣、香港、澳門",
        "日本語のページでは、かなが多い",
        "한국어 페이지 중화인민공화국", "رئيس جمهورية الصين الشعبية",
        "①②③④⑤⑥⑦⑧⑨⑩★☆●○◎◇◆□■△▲※→←↑↓", "«»§¶°±²³´µ", "鑫鑫鑫鑫 垚垚 龘",
    ],
)  # fmt: skip
def test_other_texts_are_no_mojibake(text: str) -> None:
    assert not garbled(text)


def test_real_pages_are_no_mojibake() -> None:
    found = {row["local_copy"]: parse(f"http://{row['site']}/", body).garbled for row, body in real_pages()}
    assert {name for name, bad in found.items() if bad} == set()


def test_real_pages_sent_in_a_wrong_charset_are() -> None:
    found = {}
    for row, body in real_pages():
        text = decode(body)[0]
        page = parse(f"http://{row['site']}/", text.encode().decode("gb18030", "replace").encode())
        found[row["local_copy"]] = page.garbled or len(page.text) < 50
    assert {name for name, bad in found.items() if not bad} == set()


def test_real_pages_read_the_same_in_every_charset() -> None:
    for row, body in real_pages():
        text = decode(body)[0].encode("gb18030", "ignore").decode("gb18030")
        for name in ("gb18030", "utf-16-le", "utf-16-be"):
            page = parse(f"http://{row['site']}/", text.encode(name), "text/html")
            assert (page.charset, page.garbled, page.text) == (name, False, parse(page.url, text.encode()).text)


HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(st.binary(max_size=400), st.sampled_from(["", "charset=gbk", "charset=iso-8859-1", "charset=utf-16"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_decoded(body: bytes, content_type: str) -> None:
    text, _, declared = decode(body, content_type)
    assert isinstance(garbled(text), bool)
    assert declared == content_type.removeprefix("charset=")


@given(st.text(HANZI, min_size=30, max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_chinese_that_was_read_wrongly(text: str) -> None:
    assert garbled(wrongly(text, "utf-8", "gb18030"))
    assert garbled(wrongly(text, "utf-8", "cp1252"))
