"""Editions: frozen, published by a second person, checked and corrected."""
