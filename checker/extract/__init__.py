"""Pages to rows: every extractor reads the same parsed page; a file here is registered in EXTRACTORS."""

from checker.extract import account_mentions, articles, links, tags
from checker.extract.columns import extractor as columns
from checker.extract.contract import ColumnHint, Extracted, Extractor, PageContext, Role
from checker.extract.dates import extractor as dates
from checker.extract.lists import extractor as lists
from checker.extract.marks import extractor as marks

__all__ = ["EXTRACTORS", "ColumnHint", "Extracted", "Extractor", "PageContext", "Role"]

EXTRACTORS: tuple[Extractor, ...] = (
    links.EXTRACTOR,
    lists.EXTRACTOR,
    dates.EXTRACTOR,
    columns.EXTRACTOR,
    marks.EXTRACTOR,
    tags.EXTRACTOR,
    articles.EXTRACTOR,
    account_mentions.EXTRACTOR,
)
"""In the order in which they run; each is independent of the others."""
