"""A folder of a built static site as the pages of a host, read when they are asked for."""

import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from checker.loopback.reply import Reply

_INDEX = ("index.html", "index.htm", "index.shtml")
_TYPES = mimetypes.MimeTypes()  # those of Python alone: the machine's own list must not change a verdict
_TYPES.add_type("text/html", ".shtml")
_TYPES.add_type("text/html", ".htm")


class FolderPages(Mapping[str, Reply]):
    """Answers as a web server gives them: files by name, a folder by its index, 404 for anything else.

    Nothing outside the folder is given away, also not through a link. A folder without its last slash is redirected;
    `/page` finds page.html where there is no file of that name, as servers of static sites do. Raises KeyError where
    there is nothing.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` holds what will lie at `/`."""
        self._folder = folder.resolve()

    def __getitem__(self, path: str) -> Reply:
        wanted = unquote(urlsplit(path).path)
        if "\0" in wanted or path == "*":
            raise KeyError(path)
        place = (self._folder / wanted.lstrip("/")).resolve()
        if not place.is_relative_to(self._folder):
            raise KeyError(path)
        if place.is_dir() and not wanted.endswith("/"):
            return Reply(301, "text/plain", b"", headers=(("Location", quote(f"{wanted}/")),))
        file = next((f for f in _candidates(place, wanted) if f.is_file()), None)
        if file is None:
            raise KeyError(path)
        return Reply(200, _TYPES.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes())

    def __iter__(self) -> Iterator[str]:
        for file in sorted(self._folder.rglob("*")):
            if file.is_file():
                yield f"/{quote(file.relative_to(self._folder).as_posix())}"

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _candidates(place: Path, wanted: str) -> Iterator[Path]:
    if wanted.endswith("/"):
        yield from (place / name for name in _INDEX)
    else:
        yield place
        yield place.with_name(f"{place.name}.html")
