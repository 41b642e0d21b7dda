"""Meta tags of the 47号 set, as written; mandatory ones whose name is misspelt too."""

from difflib import get_close_matches
from functools import lru_cache

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.model.facts import Address, Tag
from checker.page import ParsedPage

MANDATORY = (
    "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType",
    "ArticleTitle", "PubDate", "ContentSource",
)  # fmt: skip
STANDARD = (*MANDATORY, "Keywords", "Author", "Description", "Image", "Url")
_SPELLING = {name.lower(): name for name in STANDARD}
_ALIKE = 0.9
"""Share of letters in common from which on a name is a misspelt one: ColumnKeywods, not ArticleTime."""


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """A Tag row for each tag of the set, matched in any case; a misspelt mandatory name stands as it is written."""
    own = Address(page.url)
    rows = []
    for written, content in page.metas:
        name = _SPELLING.get(written.strip().lower()) or _misspelt(written.strip())
        if name:
            rows.append(Tag(context.subject, own, name, " ".join(content.split())))
    return Extracted(tuple(dict.fromkeys(rows)))


@lru_cache(maxsize=1024)
def _misspelt(name: str) -> str:
    """`name` itself if it is nearly that of a mandatory tag, else ''."""
    if not 6 <= len(name) <= 24 or not name.isalpha():
        return ""
    return name if get_close_matches(name.lower(), [n.lower() for n in MANDATORY], n=1, cutoff=_ALIKE) else ""


EXTRACTOR = Extractor("tags", ("tag",), extract)
