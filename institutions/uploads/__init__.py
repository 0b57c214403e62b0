"""Whole registers of the other office: received, worked through, held against ours."""
