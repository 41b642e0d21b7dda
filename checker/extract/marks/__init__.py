"""Marks of a page, and which of them may have gone unseen."""
