"""sites.yaml and accounts.yaml: read into a Registry, entries as facts, and new columns written into the text."""

from checker.registry.reading import account_fact, columns_of, read_registry, should_update, site_fact
from checker.registry.writing import ColumnLine, new_registry, with_columns

__all__ = [
    "ColumnLine", "account_fact", "columns_of", "new_registry", "read_registry", "should_update", "site_fact",
    "with_columns",
]  # fmt: skip
