"""Addresses of the API beyond those of its resources, told by the apps that have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import path

_addresses: list[tuple[str, Any, str]] = []


def register_address(route: str, view: Any, name: str) -> None:
    """Let the view answer below /api/v1/, before any resource does."""
    _addresses.append((route, view, name))


def all_addresses() -> Iterable[Any]:
    return [path(route, view, name=name) for route, view, name in _addresses]
