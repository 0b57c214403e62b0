"""The registers of institutions, offered for import."""

from __future__ import annotations

from institutions.imports.keys import SHEETS as SHEET_KEYS
from institutions.imports.registry import Register, register_import
from institutions.imports.row_by_row import take_row_by_row
from institutions.imports.work import IMPORTS
from institutions.ingest.sheets import SHEETS
from yiyang.keys import register_keys
from yiyang.work import register_work


def register_imports() -> None:
    """Offer each register, and say what waits for its sender and which keys its sheets have."""
    for sheet in SHEETS:
        register_import(Register(sheet, take_row_by_row))
    register_work(IMPORTS)
    register_keys(SHEET_KEYS)
