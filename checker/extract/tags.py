"""Meta tags of the 47号 set, as written."""

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.model.facts import Address, Tag
from checker.page import ParsedPage

STANDARD = (
    "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType",
    "ArticleTitle", "PubDate", "ContentSource", "Keywords", "Author", "Description", "Image", "Url",
)  # fmt: skip
_SPELLING = {name.lower(): name for name in STANDARD}


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """A Tag row for each tag of the set, matched in any case; a misspelt name is no tag of the set."""
    rows = (
        Tag(context.subject, Address(page.url), _SPELLING[name.strip().lower()], " ".join(content.split()))
        for name, content in page.metas
        if name.strip().lower() in _SPELLING
    )
    return Extracted(tuple(dict.fromkeys(rows)))


EXTRACTOR = Extractor("tags", ("tag",), extract)
