"""Which part of a page an element stands in: navigation, header, footer or main."""

import re

from checker.page.outline import Element, Outline

NAVIGATION, HEADER, FOOTER, MAIN = "navigation", "header", "footer", "main"

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAVIGATION = re.compile(
    r"\w*nav|nav(?:i|s|bar|box|list|con|main|wrap|menu|igation)?|\w*menu|menus?\w*|\w*daohang|daohang"
)
_HEADER = re.compile(r"header\w*|head|headbox|headtop|topbar|toolbar|webhead|pagehead|toper|tophead")
_FOOTER = re.compile(r"footer\w*|foot|footbox|copyright\w*|webfoot|pagefoot|pagefooter|banquan|yejiao|dibu")
_DATE = re.compile(r"[\s\[(（【]*(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\s\])）】]*")
_EXACT = {"top": HEADER, "head": HEADER, "bottom": FOOTER, "foot": FOOTER, "btm": FOOTER, "end": FOOTER}
_ROLES = {"navigation": NAVIGATION, "banner": HEADER, "contentinfo": FOOTER}
_TAGS = {"nav": NAVIGATION, "header": HEADER, "footer": FOOTER}
_WHOLE = frozenset({"html", "body", "main", "form", "a", "img"})


def regions(outline: Outline) -> tuple[str, ...]:
    """The region of every element: that of the nearest ancestor that names one, inside a footer always footer.

    A wrapper that merely carries such a name does not count: one with most of the page's own words inside, a header
    that starts late in the page or lists entries with their dates, a footer that ends early.
    """
    shares = _Shares(outline)
    found: list[str] = []
    for element in outline.elements:
        above = found[element.parent] if element.parent >= 0 else MAIN
        if above == FOOTER or element.tag in _WHOLE:
            found.append(above)
            continue
        named = _named(outline, element)
        found.append(named if named and shares.plausible(element, named) else above)
    return tuple(found)


def _named(outline: Outline, element: Element) -> str:
    if element.tag in _TAGS:
        in_article = any(e.tag in {"article", "section", "main"} for e in outline.ancestors(element))
        return "" if in_article and element.tag != "nav" else _TAGS[element.tag]
    role = _ROLES.get(element.attribute("role").lower())
    if role:
        return role
    for name in element.names.split():
        if name.lower() in _EXACT:
            return _EXACT[name.lower()]
        for word in _WORD.findall(name):
            lower = word.lower()
            for pattern, region in ((_FOOTER, FOOTER), (_NAVIGATION, NAVIGATION), (_HEADER, HEADER)):
                if pattern.fullmatch(lower):
                    return region
    return ""


class _Shares:
    """Where an element's text begins and ends in the page, and how much of the unlinked text it holds."""

    def __init__(self, outline: Outline) -> None:
        self.total = [0]
        self.plain = [0]
        self.dates = [0]
        for run in outline.runs:
            self.dates.append(self.dates[-1] + bool(_DATE.fullmatch(run.text)))
            self.total.append(self.total[-1] + len(run.text))
            self.plain.append(self.plain[-1] + (0 if run.linked else len(run.text)))

    def plausible(self, element: Element, region: str) -> bool:
        whole = self.total[-1]
        if not whole or element.first_run == element.end_run:
            return True
        start = self.total[element.first_run] / whole
        end = self.total[element.end_run] / whole
        plain = (self.plain[element.end_run] - self.plain[element.first_run]) / max(self.plain[-1], 1)
        if region == FOOTER:
            return end > 0.7 and (start > 0.15 or end - start < 0.5)
        listed = self.dates[element.end_run] - self.dates[element.first_run] > 1
        if region == HEADER and (start > 0.3 or listed):
            return False
        return plain < 0.5 or (end - start < 0.5 and whole < 600)
