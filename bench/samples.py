"""The pages that readers are measured on, with the truth as a person reads it: real pages and hand-made ones."""

import csv
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.pages_index import ColumnSeen, HandMade, Item, MarkSeen, load
from checker.extract import Role

AS_OF = datetime.fromisoformat("2026-11-22T10:00:00+08:00")
"""The inspection clock of every page: after all of them were saved or written."""

_ROOT = Path(__file__).resolve().parent.parent
_ROLES: dict[str, Role] = {
    "article": "article", "text": "article", "list": "column", "shell": "column", "data": "column", "home": "home",
    "map": "map",
}  # fmt: skip
_REAL: dict[str, Role] = {"list": "column", "column page": "column", "home": "home"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One page and its truth; `known` names the truths that were read off, the others are empty and mean nothing.

    Dates are YYYY-MM-DD; `published` and `newest` '' with their name in `known` = a person finds none.
    """

    name: str
    real: bool
    url: str
    body: bytes
    content_type: str
    role: Role
    known: frozenset[str]
    published: str = ""
    newest: str = ""
    items: tuple[Item, ...] = ()
    next: tuple[str, ...] = ()
    columns: tuple[ColumnSeen, ...] = ()
    marks: tuple[MarkSeen, ...] = ()
    not_seen: tuple[str, ...] = ()
    state: str = ""


def real_folder() -> Path:
    """Where the saved real pages should be: CHECKER_SHARED or ../shared. They are not part of the project."""
    return Path(os.environ.get("CHECKER_SHARED") or _ROOT.parent / "shared") / "real_pages"


def real_samples(folder: Path) -> tuple[Sample, ...]:
    """Every page of INDEX.tsv in `folder`; () where there is none."""
    if not (folder / "INDEX.tsv").is_file():
        return ()
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(_real(folder, row) for row in rows)


def _real(folder: Path, row: dict[str, str]) -> Sample:
    role: Role = next((role for words, role in _REAL.items() if row["page_type"].startswith(words)), "article")
    newest = row["newest_item_date"]
    # an empty cell of an article means "none is shown"; of a list or home page, "not read off"
    known = {"published"} if role == "article" else {"newest"} if newest or row["page_type"] == "column page" else set()
    return Sample(
        name=f"{row['site']} {row['id']}",
        real=True,
        url=f"http://{row['site']}/{row['path']}",
        body=(folder.parent / row["local_copy"]).read_bytes(),
        content_type="",
        role=role,
        known=frozenset(known),
        published=row["visible_publish_date"],
        newest=newest,
    )


def hand_made() -> tuple[Sample, ...]:
    """Every page of bench/pages. Raises PagesError."""
    return tuple(_hand_made(page) for page in load())


def _hand_made(page: HandMade) -> Sample:
    return Sample(
        page.file,
        False,
        page.url,
        page.body,
        page.content_type,
        _ROLES[page.kind],
        page.known,
        page.published,
        page.newest,
        page.items,
        page.next,
        page.columns,
        page.marks,
        page.not_seen,
        page.state or "",
    )
