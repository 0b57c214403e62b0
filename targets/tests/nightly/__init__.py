"""Tests of the reports made of runs."""
