"""What has been asked while one page is made, so that no part of it asks the same again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Asked:
    """The answers one page has had so far; made for the page and handed on, never kept."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, Any] = {}

    def once(self, ask: Callable[..., T], *about: Hashable) -> T:
        """The answer of `ask(*about)`, asked the first time only."""
        key = (ask, *about)
        if key not in self._answers:
            self._answers[key] = ask(*about)
        answer: T = self._answers[key]
        return answer
