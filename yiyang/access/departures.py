"""What else ends when an account is closed, told by those who gave it something."""

from __future__ import annotations

from collections.abc import Callable

from yiyang.access.models import User

Consequence = Callable[[User], None]
_consequences: list[Consequence] = []


def register_departure(consequence: Consequence) -> None:
    """Let whoever hands out tokens take them back, in the transaction that closes the account."""
    if consequence not in _consequences:
        _consequences.append(consequence)


def depart(user: User) -> None:
    """Take back everything the account was given; one that fails keeps the account open."""
    for consequence in _consequences:
        consequence(user)
