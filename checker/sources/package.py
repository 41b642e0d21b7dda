"""Whether an address gives an installable package (APK), from its first and its last bytes. This file is no source.

It is never run and never read whole: a well-formed package can be downloaded, whether it opens on a phone is for a
person to see.
"""

import re
import struct
from dataclasses import dataclass

from checker.fetch.engine import Payload
from checker.model.results import FetchOutcome
from checker.sources.platforms import REFUSALS
from checker.sources.reading import Answer, Getter, unreadable

MAGIC = b"PK\x03\x04"
SMALLEST = 100_000
"""Bytes below which a file is taken for no package."""

_HEAD, _TAIL, _DIRECTORY = 65_536, 131_072, 4_000_000
_END = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_RANGE = re.compile(r"bytes\s+\d+-\d+/(\d{1,15})")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script)\b", re.I)
_CODE = re.compile(r"classes\d*\.dex")
_GONE = frozenset(
    {
        FetchOutcome.HTTP_4XX, FetchOutcome.HTTP_5XX, FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.RESET,
        FetchOutcome.CONNECT_TIMEOUT, FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT,
        FetchOutcome.REDIRECT_LOOP, FetchOutcome.SOFT_404,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Channel:
    """One place to get an app from: outcome yes, no or unclear, and what was seen (Chinese). `url` was asked for."""

    name: str
    outcome: str
    detail: str
    url: str


async def try_package(url: str, fetch: Getter) -> Channel:
    """Ask for the first bytes of an address and, if they are a zip file's, for the last ones."""
    answer = await fetch.send(url, _range(f"0-{_HEAD - 1}"), max_bytes=_HEAD)
    refused = answer.outcome is FetchOutcome.BLOCKED or answer.status in REFUSALS
    if answer.outcome in _GONE and not refused:
        return _said("no", f"安装包{unreadable(answer)}", url)
    if answer.outcome not in {FetchOutcome.OK, FetchOutcome.TOO_LARGE}:
        return _said("unclear", f"安装包{unreadable(answer)}", url)
    size = _size(answer)
    if not answer.body.startswith(MAGIC):
        landing = _HTML.search(answer.body[:2000]) or "html" in answer.headers.get("content-type", "").lower()
        return _said("unclear", "地址返回网页，不是安装包" if landing else "返回的不是安装包", url)
    if 0 < size < SMALLEST:
        return _said("unclear", f"文件只有{size}字节，不像完整的安装包", url)
    return await _opened(url, answer, size, fetch)


async def _opened(url: str, head: Answer, size: int, fetch: Getter) -> Channel:
    megabytes = f"{size / 1_000_000:.1f}MB" if size else "大小未知"
    whole = head.outcome is FetchOutcome.OK and head.status == 200  # no range was kept to, and all of it came
    tail = head.body if whole else await _bytes(head.final_url or url, size - _TAIL, size, fetch) if size else b""
    names = await _names(head.final_url or url, size or len(head.body), tail, fetch)
    if names is None and tail:
        return _said("unclear", f"文件（{megabytes}）的内部目录无法读取，可能不完整", url)
    if names is None:
        return _said("yes" if _begins_like_one(head.body) else "unclear",
                     f"安装包可以下载（{megabytes}），服务器不支持分段读取，未核对内部目录", url)  # fmt: skip
    if "AndroidManifest.xml" in names and any(_CODE.fullmatch(name) for name in names):
        return _said("yes", f"安装包可以下载（{megabytes}），结构完整", url)
    if any(name.lower().endswith(".apk") for name in names):  # split packages, or one packed once more: a person sees
        return _said("unclear", f"文件（{megabytes}）是内含安装包的压缩文件，能否安装需人工查看", url)
    return _said("no", f"文件（{megabytes}）不是有效的安卓安装包（缺少清单或代码）", url)


async def _names(url: str, size: int, tail: bytes, fetch: Getter) -> set[str] | None:
    """Names in the directory of a zip file, None if it cannot be read."""
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        return None
    length, offset = struct.unpack("<II", tail[at + 12 : at + 20])
    begins = size - len(tail)
    if not length or length > _DIRECTORY or offset + length > size:
        return None
    directory = tail[offset - begins :] if offset >= begins else await _bytes(url, offset, offset + length, fetch)
    return _listed(directory[:length]) if directory.startswith(_ENTRY) else None


def _listed(directory: bytes) -> set[str]:
    names, at = set(), 0
    while directory[at : at + 4] == _ENTRY and at + 46 <= len(directory):
        name, extra, comment = struct.unpack("<HHH", directory[at + 28 : at + 34])
        names.add(directory[at + 46 : at + 46 + name].decode("utf-8", "replace"))
        at += 46 + name + extra + comment
    return names


async def _bytes(url: str, start: int, end: int, fetch: Getter) -> bytes:
    """Bytes of a file from `start` up to `end`; empty if the server does not give just these."""
    start = max(start, 0)
    answer = await fetch.send(url, _range(f"{start}-{end - 1}"), max_bytes=end - start)
    return answer.body if answer.outcome is FetchOutcome.OK and answer.status == 206 else b""


def _range(wanted: str) -> Payload:
    return Payload("GET", {"range": f"bytes={wanted}"})


def _size(answer: Answer) -> int:
    """Size of the whole file by Content-Range or Content-Length, 0 if the server does not tell."""
    if ranged := _RANGE.match(answer.headers.get("content-range", "")):
        return int(ranged[1])
    if answer.status == 200 and answer.headers.get("content-encoding", "") in {"", "identity"}:
        told = answer.headers.get("content-length", "")
        return int(told) if told.isdecimal() and len(told) < 16 else 0
    return 0


def _begins_like_one(head: bytes) -> bool:
    """Whether the first file of the zip is one that packages begin with."""
    length = struct.unpack("<H", head[26:28])[0] if len(head) >= 30 else 0
    first = head[30 : 30 + length].decode("utf-8", "replace")
    return first.startswith(
        ("META-INF/", "AndroidManifest.xml", "classes", "res/", "assets/", "lib/", "resources.arsc")
    )


def _said(outcome: str, detail: str, url: str) -> Channel:
    return Channel("安装包", outcome, detail, url)
