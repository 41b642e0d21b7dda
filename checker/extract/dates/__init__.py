"""Publish dates of articles."""
