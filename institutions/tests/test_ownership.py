"""The table of who keeps which field says something about every field, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from institutions.consent import ASKABLE
from institutions.editing import EDITORS, Part
from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    InstitutionContact,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Occupancy,
    Side,
    StaffCount,
)
from institutions.ownership import (
    BOTH,
    CIVIL_AFFAIRS,
    HEALTH,
    OWNERSHIP,
    WRITING,
    owner_side,
)

NOT_ASKED = {"id", "institution", "pinyin", "starts_on", "ends_on", "voided_at", "void_reason"}


@pytest.mark.parametrize(
    ("field", "values", "sides"),
    [
        ("level", {}, HEALTH),
        ("elderly_kind", {}, CIVIL_AFFAIRS),
        ("status", {"category": "A100", "elderly_kind": ""}, HEALTH),
        ("status", {"category": "", "elderly_kind": "CARE_HOME"}, CIVIL_AFFAIRS),
        ("status", {"category": "A100", "elderly_kind": "CARE_HOME"}, BOTH),
    ],
)
def test_who_keeps_a_field_of_the_profile(
    field: str, values: dict[str, Any], sides: frozenset[Side]
) -> None:
    assert owner_side(InstitutionProfile, field, values) == sides


@pytest.mark.parametrize(
    ("kind", "sides"),
    [
        ("MEDICAL_LICENCE", HEALTH),
        ("CLINIC_FILING", HEALTH),
        ("ELDERLY_FILING", CIVIL_AFFAIRS),
        ("ELDERLY_PERMIT", CIVIL_AFFAIRS),
    ],
)
def test_a_certificate_is_kept_by_who_issues_it(kind: str, sides: frozenset[Side]) -> None:
    assert owner_side(Licence, "number", {"kind": kind}) == sides


def test_every_field_of_the_profile_has_a_keeper_and_may_be_asked_for() -> None:
    fields = {field.name for field in InstitutionProfile._meta.concrete_fields} - NOT_ASKED
    owned = [name for one in OWNERSHIP if one.model is InstitutionProfile for name in one.fields]
    assert sorted(owned) == sorted(fields) == sorted(ASKABLE)


def test_what_the_table_does_not_name_has_no_keeper() -> None:
    with pytest.raises(LookupError):
        owner_side(InstitutionProfile, "pinyin")


def test_every_row_names_real_fields_in_chinese() -> None:
    for owned in OWNERSHIP:
        assert owned.labels
        assert not [name for name in owned.labels.split("、") if name.isascii()], owned.labels


@pytest.mark.parametrize(
    ("part", "model", "field", "values"),
    [
        (Part.HEALTH_PROFILE, InstitutionProfile, "level", {}),
        (Part.ELDERLY_PROFILE, InstitutionProfile, "elderly_grade", {}),
        (Part.MEDICAL_CERTIFICATE, Licence, "number", {"kind": "MEDICAL_LICENCE"}),
        (Part.ELDERLY_CERTIFICATE, Licence, "number", {"kind": "ELDERLY_FILING"}),
        (Part.GREEN_CHANNEL, GreenChannel, "steps", {}),
        (Part.CARE_SERVICE, CareService, "form", {}),
        (Part.DESIGNATION, InsuranceDesignation, "scheme", {}),
        (Part.CONTACT, InstitutionContact, "phone", {}),
        (Part.HEALTH_BEDS, BedCount, "total", {"register": "HEALTH"}),
        (Part.CIVIL_AFFAIRS_BEDS, BedCount, "total", {"register": "CIVIL_AFFAIRS"}),
        (Part.OCCUPANCY, Occupancy, "occupants", {}),
        (Part.STAFF, StaffCount, "nurses", {}),
    ],
)
def test_who_may_edit_a_part_is_who_the_table_says_keeps_it(
    part: Part, model: type[Model], field: str, values: dict[str, Any]
) -> None:
    assert EDITORS[part] == {WRITING[side] for side in owner_side(model, field, values)}
