"""Which office keeps which field: the table that rules.md 25 asks for, read like law.

A field kept by both changes at once by either. A field kept by the institution's kind belongs to
卫健 where it is a health institution only, to 民政 where it is an elderly-service provider only,
and to both where it is both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model

from institutions.models import (
    BedCount,
    BedRegister,
    CareService,
    GreenChannel,
    InstitutionContact,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Occupancy,
    Side,
    StaffCount,
    Status,
)
from institutions.models.institutions import ELDERLY_CERTIFICATES, MEDICAL_CERTIFICATES
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

BOTH = frozenset(Side)
HEALTH, CIVIL_AFFAIRS = frozenset({Side.HEALTH}), frozenset({Side.CIVIL_AFFAIRS})


class Keeper(StrEnum):
    """Who keeps a field, as the table says it."""

    HEALTH = "卫健"
    CIVIL_AFFAIRS = "民政"
    EITHER = "卫健、民政都可以"
    BY_KIND = "按机构类型"


@dataclass(frozen=True, slots=True)
class Owned:
    """Fields of one register and who keeps them; `chooser` holds one of `values` where given."""

    model: type[Model]
    fields: tuple[str, ...]
    keeper: Keeper
    chooser: str = ""
    values: tuple[str, ...] = ()

    @property
    def register(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def labels(self) -> str:
        return "、".join(label_of(self.model, name) for name in self.fields)

    @property
    def condition(self) -> str:
        """Of which rows this is said, in words; empty for all of them."""
        if not self.chooser:
            return ""
        field: Any = self.model._meta.get_field(self.chooser)
        words = dict(field.flatchoices)
        return "、".join(str(words[value]) for value in self.values)


_DATES = ("starts_on", "ends_on")
OWNERSHIP = (
    Owned(InstitutionProfile, ("category", "level", "grade", "departments"), Keeper.HEALTH),
    Owned(InstitutionProfile, ("elderly_kind", "elderly_grade"), Keeper.CIVIL_AFFAIRS),
    Owned(
        InstitutionProfile,
        ("name", "credit_code", "status", "region", "address", "ownership", "host"),
        Keeper.BY_KIND,
    ),
    Owned(
        Licence,
        ("kind", "number", "issued_by", *_DATES),
        Keeper.HEALTH,
        "kind",
        tuple(MEDICAL_CERTIFICATES),
    ),
    Owned(
        Licence,
        ("kind", "number", "issued_by", "full_time_beds", *_DATES),
        Keeper.CIVIL_AFFAIRS,
        "kind",
        tuple(ELDERLY_CERTIFICATES),
    ),
    Owned(GreenChannel, ("steps", *_DATES), Keeper.HEALTH),
    Owned(
        BedCount,
        ("counted_on", "basis", "total", "nursing", "rehabilitation", "hospice", "in_both"),
        Keeper.HEALTH,
        "register",
        (BedRegister.HEALTH,),
    ),
    Owned(
        BedCount,
        ("counted_on", "basis", "total", "nursing", "rehabilitation", "day_care", "in_both"),
        Keeper.CIVIL_AFFAIRS,
        "register",
        (BedRegister.CIVIL_AFFAIRS,),
    ),
    Owned(
        Occupancy,
        ("counted_on", "occupants", "dependent", "partly_dependent", "aged_80_plus"),
        Keeper.CIVIL_AFFAIRS,
    ),
    Owned(StaffCount, ("counted_on", "physicians", "nurses", "care_workers"), Keeper.HEALTH),
    Owned(
        CareService, ("form", "gives_medical", "gives_rehabilitation", "provider"), Keeper.EITHER
    ),
    Owned(InsuranceDesignation, ("scheme", "code", *_DATES), Keeper.EITHER),
    Owned(InstitutionContact, ("name", "phone", *_DATES), Keeper.EITHER),
)
# 身份与注销：两方都登记的机构，一方要改，须另一方同意。
IDENTITY = frozenset({"name", "credit_code"})
ANSWERING: Mapping[Side, Permission] = {
    Side.HEALTH: Permission.REVIEW,
    Side.CIVIL_AFFAIRS: Permission.EDIT_ELDERLY,
}
WRITING: Mapping[Side, Permission] = {
    Side.HEALTH: Permission.EDIT_HEALTH,
    Side.CIVIL_AFFAIRS: Permission.EDIT_ELDERLY,
}


def owner_side(
    model: type[Model], field: str, values: Mapping[str, Any] | None = None
) -> frozenset[Side]:
    """The sides that keep a field of a row with these `values`; LookupError where none is set."""
    row = values or {}
    for owned in OWNERSHIP:
        is_of_row = not owned.chooser or row.get(owned.chooser) in owned.values
        if owned.model is model and field in owned.fields and is_of_row:
            return _sides(owned.keeper, row)
    raise LookupError(f"归属表里没有 {model._meta.label}.{field}。")


def sides_written_by(actor: Actor) -> frozenset[Side]:
    """The sides whose fields the actor writes; none for an institution's own reporter."""
    return frozenset(side for side, permission in WRITING.items() if actor.may(permission))


def sides_answered_by(actor: Actor) -> frozenset[Side]:
    """The sides the actor answers requests for."""
    return frozenset(side for side, permission in ANSWERING.items() if actor.may(permission))


def side_to_ask(actor: Actor, profile: Mapping[str, Any], field: str, new: Any) -> Side | None:
    """Who must agree before the actor's change of a profile's field; None: it applies at once."""
    owners = owner_side(InstitutionProfile, field, profile)
    mine = sides_written_by(actor)
    if not owners & mine:
        # 机构自己填报的、两方都管的，交卫健答复。
        return Side.HEALTH if Side.HEALTH in owners else Side.CIVIL_AFFAIRS
    needs_both = field in IDENTITY or (field == "status" and new == Status.CLOSED)
    return min(owners - mine, default=None) if needs_both else None


def label_of(model: type[Model], name: str) -> str:
    """The field's Chinese name; a key without one is named after what it points to."""
    field: Any = model._meta.get_field(name)
    if field.is_relation and str(field.verbose_name) == name.replace("_", " "):
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name)


def _sides(keeper: Keeper, row: Mapping[str, Any]) -> frozenset[Side]:
    if keeper is Keeper.BY_KIND:
        health = HEALTH if row.get("category") else frozenset()
        elderly = CIVIL_AFFAIRS if row.get("elderly_kind") else frozenset()
        return health | elderly or BOTH
    return {Keeper.HEALTH: HEALTH, Keeper.CIVIL_AFFAIRS: CIVIL_AFFAIRS}.get(keeper, BOTH)
