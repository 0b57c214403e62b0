"""Agreements through their lives: numbered, drafted, signed by each side, renewed, ended."""
