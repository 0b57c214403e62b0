"""Tests of quarterly returns."""
