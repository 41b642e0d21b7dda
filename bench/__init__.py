"""Measurements: how exact and how fast checker reads pages."""
