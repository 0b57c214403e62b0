"""Panels that upper apps add to an account's page, registered when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yiyang.access.models import User
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class AccountPanel:
    """A section of the account page: its template and what it shows of an account."""

    name: str
    template: str
    context: Callable[[User, Actor], dict[str, Any]]


_panels: dict[str, AccountPanel] = {}


def register_account_panel(panel: AccountPanel) -> None:
    """Add a panel, in the order of registration; the same name replaces."""
    _panels[panel.name] = panel


def panels_of(account: User, actor: Actor) -> list[tuple[str, dict[str, Any]]]:
    """The template and context of every panel."""
    return [(panel.template, panel.context(account, actor)) for panel in _panels.values()]
