"""The registers of contracts, offered for import."""

from __future__ import annotations

from contracts.imports.signup_sheet import NOTE, SIGNUPS
from contracts.imports.signups import take_signups
from contracts.ingest.sheets import SHEETS
from institutions.imports.registry import Register, register_import
from institutions.imports.row_by_row import take_row_by_row


def register_imports() -> None:
    """Offer agreements and teams line by line, sign-ups set by set."""
    for sheet in SHEETS:
        register_import(Register(sheet, take_row_by_row))
    register_import(Register(SIGNUPS, take_signups, NOTE))
