"""Entering, publishing, correcting and ending policies and their targets."""
