"""Bytes to text. The order was measured on real pages: BOM > strict UTF-8 > declared charset > GB18030.

Where that leaves mojibake (bytes of two charsets on one page, a text that was encoded twice before it was sent),
`garbled` says so: such a text is not to be read.
"""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_XML = re.compile(r"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(r"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_ALIASES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030",
    "cp936": "gb18030", "utf-8": "utf-8", "utf8": "utf-8", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "gb_2312": "gb18030", "gb2312-80": "gb18030", "csgb2312": "gb18030", "chinese": "gb18030", "euc-cn": "gb18030",
    "windows-936": "gb18030", "ms936": "gb18030", "utf_8": "utf-8", "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "shift_jis": "cp932", "euc-kr": "cp949",
}  # fmt: skip
"""Labels that a page may declare; UTF-16 is believed only by its bytes, others (UTF-7 …) never."""

_SAMPLE = 4096
_COMMON_HANZI = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_TWO_BYTES = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_READ_AS_GBK = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){3,}")
"""UTF-8 that was read as GBK, in GBK again; in Chinese that was read right nine such bytes in a row do not occur."""

_SHAPES = bytes(
    ord("a") if 0xE3 <= byte <= 0xE9 or byte == 0xEF else ord("b") if 0x80 <= byte <= 0xBF else 0 for byte in range(256)
)
_UTF_8_SHAPE = b"abb" * 3
"""_READ_AS_GBK in terms of _SHAPES: a plain search is many times as fast."""

_HIGH = (
    r"[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a"
    r"\u20ac\u2122]"
)
"""The bytes 80 to BF as Windows-1252 shows them."""
_READ_AS_LATIN = re.compile(
    rf"(?:[ã-éï]{_HIGH}{{2}}){{2,}}|ï¿½|(?:[À-÷][¡-ÿ]|[°-¿][À-ÿ]){{3,}}|(?:Ã{_HIGH}|Â{_HIGH}){{3,}}"
)
_IN_READ_AS_LATIN = re.compile(r"[À-ÿ][\s\S]{0,2}[À-ÿ]|ï¿")
_REPLACED = re.compile(r"(?:锟斤拷|锟|斤拷)+|(?:\ufffd)+|(?:烫烫烫|屯屯屯)+")
_IN_REPLACED = "锟斤\ufffd烫屯"
_BAD_SHARE = 0.03
_BAD_LEAST = 6
_LOOKED_AT = 200_000


def decode(body: bytes, content_type: str = "") -> tuple[str, str, str]:
    """The text of `body`, the charset that decoded it, and the one that header or meta declared ('' if none).

    Never raises. A multi-byte character cut off at the end of the body is dropped; bytes that fit no charset
    become U+FFFD.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            text = body[len(bom) :].decode(name, "replace")
            return text, name, _declared(content_type, text[:4096])
    start = body[:_SAMPLE].decode("latin-1")
    declared = _declared(content_type, start)
    wide = _without_mark(body)
    if wide:
        text = body[: len(body) & ~1].decode(wide, "replace")
        return text, wide, declared or _declared("", text[:_SAMPLE])
    known = _ALIASES.get(declared) or _ALIASES.get(_declared("", start), "")
    text, charset = _guess(body, known)
    return text, charset, declared


def garbled(text: str) -> bool:
    """Whether more than a small share of a text beyond ASCII is mojibake: replaced characters, or a wrong charset's.

    False for a text that is merely foreign, rare or short.
    """
    text = text[:_LOOKED_AT]
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if foreign < _BAD_LEAST:
        return False
    bad = 0
    # most texts have no character that such mojibake needs, which is quickly seen
    if any(character in text for character in _IN_REPLACED):
        bad += sum(len(found) for found in _REPLACED.findall(text))
    if _IN_READ_AS_LATIN.search(text):
        bad += sum(len(m[0]) for m in _READ_AS_LATIN.finditer(text))
    as_gbk = text.encode("gb18030", "ignore")
    if _UTF_8_SHAPE in as_gbk.translate(_SHAPES):
        # two characters of GBK were one and a third of UTF-8
        bad += sum(len(found) for found in _READ_AS_GBK.findall(as_gbk)) // 2
    return bad >= _BAD_LEAST and bad > foreign * _BAD_SHARE


def _declared(content_type: str, start: str) -> str:
    found = _HEADER.search(content_type) or _META.search(start) or _XML.search(start)
    return found[1].lower() if found else ""


def _without_mark(body: bytes) -> str:
    """UTF-16 that lacks its mark is known by the empty half of its ASCII characters; '' if the bytes are no such."""
    sample = body[:_SAMPLE]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half < 16 or max(even, odd) < half * 0.2 or min(even, odd) > half * 0.02:
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: half * 2].decode(name, "ignore")
    controls = sum(character < " " and character not in "\t\r\n" for character in text)
    return name if "<" in text and controls * 50 <= len(text) else ""


def _guess(body: bytes, declared: str) -> tuple[str, str]:
    # a server's default label says less than bytes that are common Chinese
    first = "gb18030" if declared == "cp1252" and _chinese(body) else declared
    for name in dict.fromkeys(("utf-8", first, "gb18030")):
        text = _strictly(body, name) if name else None
        if text is not None:
            return text, name
    text = body.decode("utf-8", "replace")
    if _few_broken(body, text):
        return text, "utf-8"
    if declared not in {"", "utf-8", "cp1252"}:
        return body.decode(declared, "replace"), declared
    return body.decode("gb18030", "replace"), "gb18030"


def _chinese(body: bytes) -> bool:
    """Whether most of what is beyond ASCII there are pairs of bytes that stand for common Chinese characters."""
    sample = body[:_LOOKED_AT]
    beyond = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    pairs = _TWO_BYTES.findall(sample)
    common = sum(1 for pair in pairs if _COMMON_HANZI.fullmatch(pair))
    return common >= 4 and common * 2 > beyond * 0.6


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)().decode(body, final=False)
    except UnicodeDecodeError:
        return None


def _few_broken(body: bytes, text: str) -> bool:
    """A UTF-8 page with one character cut in half by its CMS is still UTF-8, not GB18030."""
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(body.translate(None, bytes(range(128, 256))))
    return broken * 50 <= beyond_ascii
