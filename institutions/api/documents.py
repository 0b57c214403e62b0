"""What other systems read of institutions, field by field; each field's source stands beside it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from institutions.models import (
    BedCount,
    Institution,
    InstitutionProfile,
    Licence,
    Occupancy,
    Population,
    Region,
    RegionPlacement,
    StaffCount,
)


def _code(source: str, help_text: str, **more: Any) -> Any:
    return serializers.CharField(source=source, help_text=help_text, read_only=True, **more)


class InstitutionDocument(serializers.ModelSerializer[Any]):
    """An institution as it stands on the day asked about."""

    code = _code("institution.code", "机构编码，终身不变")
    uid = serializers.UUIDField(source="institution.uid", read_only=True)
    region = _code("region.code", "所在区划的 12 位代码")
    region_name = _code("region.name", "所在区划现在的名称")
    host = _code("host.code", "举办单位的机构编码（内设机构才有）", allow_null=True)

    class Meta:
        model = InstitutionProfile
        fields = (
            *("code", "uid", "name", "region", "region_name", "address", "credit_code", "status"),
            *("category", "level", "grade", "departments", "elderly_kind", "elderly_grade"),
            *("ownership", "host", "starts_on", "ends_on"),
        )


class IdentityDocument(serializers.ModelSerializer[Any]):
    """The identity of an institution: what all its dated records hang on."""

    class Meta:
        model = Institution
        fields = ("id", "code", "uid")


class ProfileDocument(serializers.ModelSerializer[Any]):
    """What an institution was from one day to another."""

    institution = _code("institution.code", "机构编码")
    region = _code("region.code", "所在区划的 12 位代码")
    host = _code("host.code", "举办单位的机构编码（内设机构才有）", allow_null=True)

    class Meta:
        model = InstitutionProfile
        fields = (
            *("id", "institution", "name", "region", "address", "credit_code", "status"),
            *("category", "level", "grade", "departments", "elderly_kind", "elderly_grade"),
            *("ownership", "host", "starts_on", "ends_on"),
        )


class LicenceDocument(serializers.ModelSerializer[Any]):
    """A certificate or filing with its validity."""

    institution = _code("institution.code", "机构编码")

    class Meta:
        model = Licence
        fields = (
            *("id", "institution", "kind", "number", "issued_by", "full_time_beds"),
            *("starts_on", "ends_on"),
        )


class BedDocument(serializers.ModelSerializer[Any]):
    """Beds of one institution by kind, in one register, on one day."""

    institution = _code("institution.code", "机构编码")

    class Meta:
        model = BedCount
        fields = (
            *("id", "institution", "counted_on", "register", "basis", "total", "nursing"),
            *("rehabilitation", "hospice", "day_care", "in_both", "in_both_care"),
        )


class OccupancyDocument(serializers.ModelSerializer[Any]):
    """People living in an elderly-care institution at a month's end."""

    institution = _code("institution.code", "机构编码")

    class Meta:
        model = Occupancy
        fields = (
            *("id", "institution", "counted_on", "occupants", "dependent", "partly_dependent"),
            "aged_80_plus",
        )


class StaffDocument(serializers.ModelSerializer[Any]):
    """Staff of one institution on one day."""

    institution = _code("institution.code", "机构编码")

    class Meta:
        model = StaffCount
        fields = (
            *("id", "institution", "counted_on", "physicians", "nurses", "care_workers"),
            *("rehabilitation_staff", "multi_site_physicians"),
        )


class RegionDocument(serializers.ModelSerializer[Any]):
    """An administrative region."""

    class Meta:
        model = Region
        fields = ("id", "code", "name", "level")


class PlacementDocument(serializers.ModelSerializer[Any]):
    """Where a region hangs in the tree, from day to day."""

    region = _code("region.code", "区划的 12 位代码")
    parent = _code("parent.code", "上级区划的 12 位代码")

    class Meta:
        model = RegionPlacement
        fields = ("id", "region", "parent", "starts_on", "ends_on")


class PopulationDocument(serializers.ModelSerializer[Any]):
    """A published head count at the level it was published for."""

    region = _code("region.code", "区划的 12 位代码")

    class Meta:
        model = Population
        fields = ("id", "region", "group", "basis", "counted_on", "people", "source")
