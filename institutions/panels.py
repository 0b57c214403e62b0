"""Panels that upper apps add to the institution page, registered when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from institutions.models import Institution
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the institution page: its template and what it shows on a day.

    `context` returns None where the actor may not see the panel at all. What is no register but
    something to be done about one, `is_aside`, stands after the registers.
    """

    name: str
    template: str
    context: Callable[[Institution, date, Actor], dict[str, Any] | None]
    is_aside: bool = False


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Add a panel, in the order of registration; the same name replaces."""
    _panels[panel.name] = panel


def panels_of(
    institution: Institution, day: date, actor: Actor, *, aside: bool
) -> list[tuple[str, Any]]:
    """The template and context of every panel the actor may see, those aside or the others."""
    wanted = [panel for panel in _panels.values() if panel.is_aside is aside]
    shown = ((panel.template, panel.context(institution, day, actor)) for panel in wanted)
    return [(template, context) for template, context in shown if context is not None]
