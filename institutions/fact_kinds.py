"""The kinds of fact an institution's page enters, corrects, ends and takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from institutions.editing import Part, may_edit
from institutions.forms import facts as forms
from institutions.models import (
    BedCount,
    BedRegister,
    CareService,
    GreenChannel,
    Institution,
    InstitutionContact,
    InsuranceDesignation,
    Licence,
    Note,
    Occupancy,
    StaffCount,
)
from institutions.models.institutions import ELDERLY_CERTIFICATES, MEDICAL_CERTIFICATES
from yiyang.access.scope import Actor
from yiyang.facts import DatedFact, Fact


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind: its place in addresses, its form, and whose part each value of it is."""

    slug: str
    title: str
    model: type[Fact]
    form: type[forms.FactForm]
    parts: Mapping[str, Part]

    @property
    def is_dated(self) -> bool:
        return issubclass(self.model, DatedFact)

    @property
    def is_correctable(self) -> bool:
        """Notes are not rewritten, only taken back."""
        return self.model is not Note

    def part_of(self, fact: Any) -> Part:
        """Whose part an entered row is."""
        return self.parts[getattr(fact, self.form.chooser) if self.form.chooser else ""]

    def offered_to(self, actor: Actor, institution: Institution) -> list[str]:
        """The values of the chooser the actor may enter; empty where they may enter none."""
        return [value for value, part in self.parts.items() if may_edit(actor, institution, part)]


def _of(part: Part) -> dict[str, Part]:
    return {"": part}


KINDS: Mapping[str, FactKind] = {
    kind.slug: kind
    for kind in (
        FactKind(
            "licence",
            "证照与备案",
            Licence,
            forms.LicenceForm,
            {
                **{kind.value: Part.MEDICAL_CERTIFICATE for kind in MEDICAL_CERTIFICATES},
                **{kind.value: Part.ELDERLY_CERTIFICATE for kind in ELDERLY_CERTIFICATES},
            },
        ),
        FactKind("channel", "绿色通道", GreenChannel, forms.ChannelForm, _of(Part.GREEN_CHANNEL)),
        FactKind(
            "service", "医疗服务形式", CareService, forms.CareServiceForm, _of(Part.CARE_SERVICE)
        ),
        FactKind(
            "designation",
            "保险定点",
            InsuranceDesignation,
            forms.DesignationForm,
            _of(Part.DESIGNATION),
        ),
        FactKind("contact", "联系人", InstitutionContact, forms.ContactForm, _of(Part.CONTACT)),
        FactKind(
            "beds",
            "床位数",
            BedCount,
            forms.BedsForm,
            {
                BedRegister.CIVIL_AFFAIRS.value: Part.CIVIL_AFFAIRS_BEDS,
                BedRegister.HEALTH.value: Part.HEALTH_BEDS,
            },
        ),
        FactKind("occupancy", "月末在住", Occupancy, forms.OccupancyForm, _of(Part.OCCUPANCY)),
        FactKind("staff", "人员数", StaffCount, forms.StaffForm, _of(Part.STAFF)),
        FactKind("note", "备注", Note, forms.NoteForm, _of(Part.NOTE)),
    )
}
