"""Columns: found in menus, breadcrumbs, headings and site maps, and typed."""
