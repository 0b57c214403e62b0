"""Imports of office sheets: upload, match, preview, confirm, result."""
