"""Policies, clauses, tasks, bureaus and targets come in from files people can read."""

from targets.ingest.faults import FilesRefused
from targets.ingest.loading import SHIPPED, load_policies
from targets.ingest.writing import Loaded

__all__ = ["SHIPPED", "FilesRefused", "Loaded", "load_policies"]
