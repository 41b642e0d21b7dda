"""Lists of entries: found, read, paged, and data that stands in scripts or behind calls."""
