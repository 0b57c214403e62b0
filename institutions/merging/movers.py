"""The registers whose rows point at an institution and follow it into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from institutions.attachments import INSTITUTION_FILES
from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    InstitutionContact,
    InstitutionGrant,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Note,
    Occupancy,
    PilotProject,
    StaffCount,
)
from yiyang.attachments.models import Attachment


@dataclass(frozen=True, slots=True)
class Mover:
    """Rows of one register that point at an institution by `column`.

    `is_checked` rows may clash with those of the one that stays and are tried one by one; the
    others move together. Rows equal in `alike` (all fields where not said) are entered twice.
    """

    model: type[Model]
    column: str
    label: str
    is_checked: bool = True
    alike: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"

    def rows(self, institution_id: int) -> QuerySet[Any]:
        """The kept rows that point at the institution."""
        rows = self.model._default_manager.filter(voided_at=None, **self.where)
        return rows.filter(**{self.column: institution_id}).order_by("pk")


OWN = (
    Mover(Licence, "institution_id", "证照与备案"),
    Mover(GreenChannel, "institution_id", "绿色通道"),
    Mover(CareService, "institution_id", "医养服务"),
    Mover(CareService, "provider_id", "医养服务（作为提供方）"),
    Mover(InsuranceDesignation, "institution_id", "医保、长护险定点"),
    Mover(BedCount, "institution_id", "床位"),
    Mover(Occupancy, "institution_id", "在住"),
    Mover(StaffCount, "institution_id", "人员"),
    Mover(InstitutionContact, "institution_id", "联系人"),
    Mover(Note, "institution_id", "备注", is_checked=False),
    Mover(PilotProject, "institution_id", "试点项目", is_checked=False),
    Mover(InstitutionGrant, "institution_id", "填报账号的授权"),
    Mover(InstitutionProfile, "host_id", "内设机构（以它为举办单位的）"),
    Mover(
        Attachment,
        "object_id",
        "附件",
        alike=("sha256",),
        where={"holder": INSTITUTION_FILES.name},
    ),
)
_movers: dict[str, Mover] = {mover.key: mover for mover in OWN}


def register_mover(mover: Mover) -> None:
    """Let an upper app's rows follow an institution; the same register replaces."""
    _movers[mover.key] = mover


def movers() -> list[Mover]:
    """Every register, in the order of registration."""
    return list(_movers.values())


def mover_of(key: str) -> Mover:
    return _movers[key]
