"""From a column's plan to its entries: titles, addresses and days, always the same."""

import hashlib

from checker.demo import wording
from checker.demo.plan import Entry, Place, Section, day

PAGE_SIZE = 10
"""Entries on one list page."""


def entries(place: Place, section: Section) -> tuple[Entry, ...]:
    """The entries of a column in the order in which its list shows them: pinned first, then newest first."""
    if section.form == "files":
        return _files(section)
    if not section.lists:
        return ()
    ages = [-a for a in section.ahead] + [section.newest + i * section.step for i in range(section.count)]
    if section.pinned is not None:
        ages = [section.pinned, *ages]
    months = [(day(a).year, day(a).month) for a in ages]
    start = sum(_length(s) for s in place.sections[: place.sections.index(section)] if s.type == section.type)
    names = wording.titles((section.type, section.name), place.short, months, start)
    return tuple(_entry(place, section, i, age, names[i]) for i, age in enumerate(ages))


def _length(section: Section) -> int:
    return len(section.ahead) + section.count + (section.pinned is not None) if section.lists else 0


def _entry(place: Place, section: Section, i: int, age: int, title: str) -> Entry:
    return Entry(
        title=title,
        url=_address(place, section, i, age),
        day=day(age),
        clock=f"{8 + i % 2:02d}:{(7 + 13 * i) % 60:02d}",
        source=f"{place.short}融媒体中心" if section.type == "news" else place.name,
        pinned=section.pinned is not None and i == 0,
        gone=section.gone == i,
        two_anchors=section.two_anchors,
        note=section.notes.get(i, ""),
        tagged=day(section.touched[i]) if i in section.touched else None,
    )


def _address(place: Place, section: Section, i: int, age: int) -> str:
    on = day(age)
    digest = hashlib.sha256(f"{place.host}{section.path}{i}".encode()).hexdigest()
    number = int(digest[:6], 16)
    if place.look == "trs":
        return f"{section.path}{on:%Y%m}/t{on:%Y%m%d}_{number}.html"
    if place.look == "ucap":
        return f"/{on:%Y%m}/{digest[:32]}.shtml"
    if place.look == "table":
        return f"/show_{place.sections.index(section) + 1}{i:02d}.htm"
    return f"/art/{on.year}/{on.month}/{on.day}/art_{section.path.split('/')[2][3:]}_{number}.html"


def _files(section: Section) -> tuple[Entry, ...]:
    folder = section.path.rpartition("/")[0]
    names = [f"{section.name}（{number}）" for number in "一二三四五六七八九"[: section.count]]
    return tuple(Entry(n, f"{folder}/mulu{i + 1}.pdf", None, "", "") for i, n in enumerate(names))


def list_pages(place: Place, section: Section) -> tuple[str, ...]:
    """Addresses of a column's list pages, first page first."""
    many = 1 if section.form in {"feed", "store"} else max(1, -(-len(entries(place, section)) // PAGE_SIZE))
    return tuple(_list_page(place, section, n) for n in range(many))


def _list_page(place: Place, section: Section, n: int) -> str:
    if n == 0:
        return section.path
    if place.look == "trs":
        return f"{section.path}index_{n}.html"
    if place.look == "hanweb":
        return f"{section.path}?uid={section.path.split('/')[2][3:]}&pageNum={n + 1}"
    stem, _, suffix = section.path.rpartition(".")
    return f"{stem}_{n + 1}.{suffix}"
