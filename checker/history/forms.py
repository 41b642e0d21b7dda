"""What a file is by its content: only a sheet is read as one, whatever its name says."""

import re

from checker.errors import UsageError

_READS = "only spreadsheets are imported: xlsx, xls and csv"
_OURS = "days are filled into our xlsx or csv report (`checker report -f xlsx`), never into another form of it"
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[\[{\"\]]")


def check_is_sheet(name: str, data: bytes) -> None:
    """Raise UsageError for a web page, XML, JSON or PDF: their tables and lists are no rows that a person filled in.

    Workbooks are told apart by whoever opens them: a zip or an Office file of another kind is refused there.
    """
    text = _head(data)
    if data.startswith(b"%PDF"):
        kind = "a PDF"
    elif text.startswith("<"):
        kind = "a web page or XML"
    elif _JSON.match(text):
        kind = "JSON"
    else:
        return
    raise UsageError(f"{name}: is {kind}; {_READS}. A table in it can be saved as xlsx and checked; {_OURS}")


def _head(data: bytes) -> str:
    head = data[:4000]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16", "replace") if wide else head.replace(b"\0", b"").decode("utf-8", "replace")
    return text.lstrip("\ufeff \t\r\n\f")
