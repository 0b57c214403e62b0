"""Registers as lists: one declaration from which page, file and API are made."""
