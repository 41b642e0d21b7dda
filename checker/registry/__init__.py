"""sites.yaml and accounts.yaml: read into a Registry, entries as facts, new columns and imported entries written."""

from checker.registry.comparing import Comparison, Difference, compared
from checker.registry.entries import begun, with_entries
from checker.registry.hosts import hosts_of, registered_hosts
from checker.registry.importing import Imported, List, Remark, incoming
from checker.registry.reading import account_fact, columns_of, read_registry, should_update, site_fact
from checker.registry.writing import ColumnLine, new_registry, with_columns

__all__ = [
    "ColumnLine", "Comparison", "Difference", "Imported", "List", "Remark", "account_fact", "begun", "columns_of",
    "compared", "hosts_of", "incoming", "new_registry", "read_registry", "registered_hosts", "should_update",
    "site_fact", "with_columns", "with_entries",
]  # fmt: skip
