"""Panels that upper apps add to the agreement page, registered when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.models import PartnershipAgreement
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class AgreementPanel:
    """A section of the agreement page; `context` returns None where the actor may not see it."""

    name: str
    template: str
    context: Callable[[PartnershipAgreement, date, Actor], dict[str, Any] | None]


_panels: dict[str, AgreementPanel] = {}


def register_agreement_panel(panel: AgreementPanel) -> None:
    """Add a panel, in the order of registration; the same name replaces."""
    _panels[panel.name] = panel


def panel_named(
    name: str, agreement: PartnershipAgreement, day: date, actor: Actor
) -> list[tuple[str, dict[str, Any]]]:
    """One panel by its name, for a page that shows no other; none where it may not be seen."""
    panel = _panels.get(name)
    context = panel.context(agreement, day, actor) if panel else None
    return [(panel.template, context)] if panel and context is not None else []


def panels_of(
    agreement: PartnershipAgreement, day: date, actor: Actor
) -> list[tuple[str, dict[str, Any]]]:
    """The template and context of every panel the actor may see."""
    shown = ((panel.template, panel.context(agreement, day, actor)) for panel in _panels.values())
    return [(template, context) for template, context in shown if context is not None]
