"""The forms of the registers of institutions."""
