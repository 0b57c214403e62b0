"""Scanned papers kept with the record they belong to: sealed, checked, audited when taken out."""
