"""Bytes to text. The order was measured on real pages: BOM > strict UTF-8 > declared charset > GB18030."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(r"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_ALIASES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030",
    "cp936": "gb18030", "utf-8": "utf-8", "utf8": "utf-8", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "iso-8859-1": "cp1252", "windows-1252": "cp1252", "shift_jis": "cp932", "euc-kr": "cp949",
}  # fmt: skip
"""Labels that a page may declare; UTF-16 is believed only by its BOM, others (UTF-7 …) never."""


def decode(body: bytes, content_type: str = "") -> tuple[str, str, str]:
    """The text of `body`, the charset that decoded it, and the one that header or meta declared ('' if none).

    Never raises. A multi-byte character cut off at the end of the body is dropped; bytes that fit no charset
    become U+FFFD.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            text = body[len(bom) :].decode(name, "replace")
            return text, name, _declared(content_type, text[:4096])
    declared = _declared(content_type, body[:4096].decode("latin-1"))
    text, charset = _guess(body, _ALIASES.get(declared, ""))
    return text, charset, declared


def _declared(content_type: str, start: str) -> str:
    found = _HEADER.search(content_type) or _META.search(start)
    return found[1].lower() if found else ""


def _guess(body: bytes, declared: str) -> tuple[str, str]:
    for name in dict.fromkeys(("utf-8", declared, "gb18030")):
        text = _strictly(body, name) if name else None
        if text is not None:
            return text, name
    text = body.decode("utf-8", "replace")
    if _few_broken(body, text):
        return text, "utf-8"
    if declared not in {"", "utf-8", "cp1252"}:
        return body.decode(declared, "replace"), declared
    return body.decode("gb18030", "replace"), "gb18030"


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
