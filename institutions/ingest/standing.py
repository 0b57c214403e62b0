"""The row of a register in force that a line of a sheet would replace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from institutions.ingest.registers import Values
from institutions.models import Institution, InstitutionProfile
from yiyang.facts import holds_on

Standing = Callable[[Values], Model | None]


def reported(model: type[Model], *keys: str) -> Standing:
    """The kept row under exactly these keys."""

    def find(values: Values) -> Model | None:
        named = {key: values[key] for key in keys}
        return _kept(model).filter(**named).first()

    return find


def held_from(model: type[Model], *keys: str) -> Standing:
    """The kept row under these keys that holds on the line's first day."""

    def find(values: Values) -> Model | None:
        named = {key: values[key] for key in keys}
        return _holding(model, values["starts_on"]).filter(**named).first()

    return find


def profile_of_code(values: Values) -> Model | None:
    """What the institution of the line's code is on the line's first day."""
    institution = Institution.objects.filter(code=values["code"]).first()
    if institution is None:
        return None
    holding = _holding(InstitutionProfile, values["starts_on"])
    return holding.filter(institution=institution).first()


def _kept(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.filter(voided_at=None)


def _holding(model: type[Model], day: date) -> QuerySet[Any]:
    return _kept(model).filter(holds_on(day))
