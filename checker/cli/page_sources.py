"""Where `checker page` takes its pages from: files, folders, standard input and addresses, in the order given."""

import asyncio
import re
import sys
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from checker.address import normalise, politeness_host
from checker.errors import UsageError
from checker.extract.one_page.answer import Taken
from checker.fetch import Fetched, Fetcher, FetchOutcome
from checker.page import MAX_BYTES

SUFFIXES = frozenset({".html", ".htm", ".shtml", ".shtm", ".xhtml"})
"""Names of files that are taken from a folder."""

AHEAD = 16
"""Addresses asked for before the answer for the first of them was passed on."""

GIVE_UP_AFTER = 5
"""Answers in a row that show a dead host; further addresses on it are not asked for."""

_DEAD = frozenset({
    FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.RESET, FetchOutcome.CONNECT_TIMEOUT,
    FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT,
})  # fmt: skip
_PAGE_TYPES = ("html", "xml", "json", "javascript", "text/plain")
_MAGIC = (
    (b"%PDF", "PDF 文件"), (b"PK\x03\x04", "压缩包或 Office 文件"), (b"\xd0\xcf\x11\xe0", "Office 文件"),
    (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"), (b"Rar!", "压缩包"), (b"\x1f\x8b", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)  # fmt: skip
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\f\r\x1b"))
"""Bytes that no text has, whatever its charset, but UTF-16, which is told by its mark."""

_HOST = re.compile(r"(?:www\.|[\w.-]+\.(?:cn|com|net|org|政务|公益)(?:[:/]|$))", re.IGNORECASE)

_START = 2_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source that gives no page: a named kind, the HTTP status (0 = no answer), and what is wrong in Chinese."""

    source: str
    url: str | None
    kind: str
    status: int
    detail: str


Answer = Taken | Trouble


def listed_sources(given: list[str], lists: list[Path]) -> list[str]:
    """The sources of the command line, then those of files with one a line; blank lines and # lines say nothing."""
    found = list(given)
    for path in lists:
        try:
            text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--from {path}: cannot be read as a UTF-8 text") from error
        found += [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not found:
        raise UsageError("name a file, a folder, an address, or - for standard input; see `checker page --help`")
    return found


def is_address(source: str) -> bool:
    """Whether a source is an address rather than a file."""
    return "://" in source


async def taken(sources: list[str], fetch: Fetcher) -> AsyncIterator[Answer]:
    """Every page of the sources in their order: files one by one, addresses a few ahead within politeness."""
    asker = _Asker(fetch)
    waiting: deque[asyncio.Task[Answer] | str] = deque()
    try:
        for source in _pages(sources):
            waiting.append(asyncio.create_task(asker.take(source)) if is_address(source) else source)
            while len(waiting) >= AHEAD or (waiting and isinstance(waiting[0], str)):
                yield await _next(waiting)
        while waiting:
            yield await _next(waiting)
    finally:
        for one in waiting:
            if not isinstance(one, str):
                one.cancel()


async def _next(waiting: "deque[asyncio.Task[Answer] | str]") -> Answer:
    first = waiting.popleft()
    if isinstance(first, str):
        await asyncio.sleep(0)  # what was asked for goes on meanwhile
        return _file(first)
    return await first


def _pages(sources: list[str]) -> Iterator[str]:
    """Folders as the pages in them, sorted; one without any page stays and says so when it is read."""
    for source in sources:
        folder = Path(source)
        if is_address(source) or source == "-" or not folder.is_dir():
            yield source
            continue
        found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        yield from map(str, found) if found else (source,)


def _file(source: str) -> Answer:
    path = Path(source)
    try:
        if source == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        elif path.is_dir():
            return Trouble(source, None, "no-pages", 0, "文件夹里没有网页文件（.html .htm .shtml）")
        else:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Trouble(source, None, "missing", 0, f"没有这个文件{_hint(source)}")
    except (OSError, ValueError) as error:
        return Trouble(source, None, "unreadable", 0, f"文件无法读取（{getattr(error, 'strerror', '') or error}）")
    return _unfit(source, None, content) or Taken(source, "stdin" if source == "-" else path.name, "", "", content)


def _hint(source: str) -> str:
    """Who types a host means an address."""
    return f"；如果是网址，请写 http://{source}" if _HOST.match(source) else ""


def _unfit(source: str, url: str | None, content: bytes) -> Trouble | None:
    """Why bytes are no page; None if they may be one."""
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return Trouble(source, url, "empty", 0, "没有内容")
    start = content[:_START]
    kind = next((name for magic, name in _MAGIC if start.startswith(magic)), "")
    if b"multipart/related" in start.lower() and b"mime-version" in start.lower():
        return Trouble(source, url, "not-a-page", 0, "是网页存档（.mht），不能读取：请另存为“网页，仅 HTML”")
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if not kind and not start.startswith(_BOMS) and controls * 50 > len(start):
        kind = "二进制文件"
    return Trouble(source, url, "not-a-page", 0, f"不是网页，是{kind}") if kind else None


@dataclass(slots=True)
class _Asker:
    """Asks for addresses; stops asking a host that does not answer."""

    fetch: Fetcher
    dead: Counter[str] = field(default_factory=Counter)
    seats: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def take(self, source: str) -> Answer:
        """The page at an address."""
        url = normalise(source)
        if url is None:
            return Trouble(source, None, FetchOutcome.BAD_ADDRESS.value, 0, "地址无效")
        host = politeness_host(url)
        at_once = self.fetch.settings.concurrency
        async with self.seats.setdefault(
            host, asyncio.Semaphore(at_once)
        ):  # so few are under way when it turns out dead
            if self.dead[host] >= GIVE_UP_AFTER:
                said = f"该主机连续{GIVE_UP_AFTER}次无法访问，未再访问"
                return Trouble(source, url, FetchOutcome.BUDGET.value, 0, said)
            answer = await self.fetch.get(url)
            self.dead[host] = self.dead[host] + 1 if answer.outcome in _DEAD else 0
        return _answered(source, answer)


def _answered(source: str, answer: Fetched) -> Answer:
    if answer.outcome not in {FetchOutcome.OK, FetchOutcome.TOO_LARGE}:
        return Trouble(source, answer.final_url, answer.outcome.value, answer.status, answer.detail)
    kind = answer.content_type
    if kind and not any(known in kind.lower() for known in _PAGE_TYPES):
        return Trouble(source, answer.final_url, "not-a-page", answer.status, f"不是网页（{kind[:80]}）")
    cut = answer.outcome is FetchOutcome.TOO_LARGE
    body = Taken(source, "", answer.final_url, "fetched", answer.body, kind, cut)
    return _unfit(source, answer.final_url, answer.body) or body
