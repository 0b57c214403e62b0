"""Their list against ours on the month's last day: who is on one only, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model

from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    InstitutionProfile,
    Occupancy,
    Region,
    RegisterUpload,
    Side,
    Status,
    UploadRow,
)
from institutions.ownership import label_of, owner_side
from institutions.uploads.matching import Match, probable_matches, unmatched_profiles
from yiyang.access.scope import Actor

COMPARED = (
    *("name", "region", "address", "credit_code", "status", "elderly_kind", "elderly_grade"),
    "ownership",
)
BEDS = ("total", "nursing", "rehabilitation", "hospice", "day_care")
OCCUPANCY = ("occupants", "dependent", "partly_dependent", "aged_80_plus")
PARTS: Mapping[str, type[Model]] = {"beds": BedCount, "occupancy": Occupancy}
ROW_POINTER = len(["#", "rows", "17"])
NOT_HELD = "未登记"
ELSEWHERE = "登记在授权范围以外的区划"
OURS_ONLY = "核对是否仍在开办：已停办的请民政报停业或注销，漏报的请民政补进下月整册。"
THEIRS_ONLY = "照“没有写入的原因”改正后，由民政重新报送。"
AGREED = "双方一致后，下次整册报送时自动写入。"
BOTH_KEEP = "须卫健同意：在修改申请里答复，或请民政按登记更正。"
CIVIL_KEEPS = "由民政登记：核对实际，请民政在下次整册里更正，或在门户直接修改。"
PROBABLE = (
    "核对是否同一家：是，请民政改用我方编码；不是，请民政在这一行写 is_new 为 true 重新报送。"
)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field on which the two lists disagree, each side's words for it, and who keeps it."""

    field: str
    label: str
    ours: str
    theirs: str
    advice: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One institution of the comparison; `institution_id` None where ours has none."""

    code: str
    name: str
    region: str
    institution_id: int | None
    advice: str = ""
    why: str = ""
    differences: tuple[FieldDifference, ...] = ()
    match: Match | None = None
    requests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The two lists held against each other, as far as the actor sees them."""

    upload: RegisterUpload
    agreed: int
    ours_only: list[Entry]
    theirs_only: list[Entry]
    conflicting: list[Entry]
    probable: list[Entry]

    @property
    def theirs(self) -> int:
        both = self.agreed + len(self.conflicting)
        return both + len(self.theirs_only) + len(self.probable)

    @property
    def is_clean(self) -> bool:
        return not (self.ours_only or self.theirs_only or self.conflicting or self.probable)


def reconcile(upload: RegisterUpload, *, actor: Actor) -> Reconciliation:
    """Hold the lists against each other as they are now, in a fixed number of queries."""
    day = upload.month_end
    rows = list(_rows(upload, actor))
    codes = {row.code for row in rows}
    held = _held(codes, day)
    seen = _seen(actor, held)
    ours = unmatched_profiles(actor, day, codes)
    missing = [row for row in rows if row.code not in held]
    matches = probable_matches(missing, actor=actor, day=day, taken=codes, ours=ours)
    compared = _Compared.of(day, [held[code] for code in codes if code in held])
    both = [_conflict(row, held[row.code], seen, compared) for row in rows if row.code in held]
    matched = {one.institution_id for one in matches.values()}
    return Reconciliation(
        upload,
        agreed=sum(1 for one in both if not one.differences),
        ours_only=[
            _ours(one)
            for one in ours
            if one.institution_id not in matched and one.status != Status.CLOSED
        ],
        theirs_only=[_theirs(row) for row in missing if row.pk not in matches],
        conflicting=[one for one in both if one.differences],
        probable=[_probable(row, matches[row.pk]) for row in missing if row.pk in matches],
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """What of ours the rows are compared with, beside the profiles."""

    beds: Mapping[int, BedCount]
    occupancies: Mapping[int, Occupancy]
    regions: Mapping[str, str]

    @classmethod
    def of(cls, day: date, profiles: Sequence[InstitutionProfile]) -> _Compared:
        keys = [one.institution_id for one in profiles]
        beds = BedCount.objects.kept().filter(
            institution__in=keys,
            counted_on=day,
            register=BedRegister.CIVIL_AFFAIRS,
            basis=BedBasis.ACTUAL,
        )
        lived = Occupancy.objects.kept().filter(institution__in=keys, counted_on=day)
        return cls(
            {one.institution_id: one for one in beds},
            {one.institution_id: one for one in lived},
            dict(Region.objects.values_list("code", "name")),
        )


def _rows(upload: RegisterUpload, actor: Actor) -> Any:
    rows = UploadRow.objects.visible_to(actor).readable().filter(upload=upload)
    return rows.select_related("region").order_by("number")


def _held(codes: set[str], day: date) -> dict[str, InstitutionProfile]:
    """What of theirs the register knows on the day, wherever it lies."""
    rows = InstitutionProfile.objects.on(day).filter(
        institution__code__in=codes, institution__voided_at=None
    )
    return {one.institution.code: one for one in rows.select_related("institution", "region")}


def _seen(actor: Actor, held: Mapping[str, InstitutionProfile]) -> set[int]:
    keys = [one.pk for one in held.values()]
    rows = InstitutionProfile.objects.filter(pk__in=keys).visible_to(actor)
    return set(rows.values_list("pk", flat=True))


def _conflict(
    row: UploadRow, ours: InstitutionProfile, seen: set[int], compared: _Compared
) -> Entry:
    if ours.pk not in seen:
        place = compared.regions.get(str(row.document.get("region")), "")
        moved = FieldDifference(
            "region", label_of(InstitutionProfile, "region"), ELSEWHERE, place, BOTH_KEEP
        )
        return Entry(row.code, str(row.document.get("name")), place, None, differences=(moved,))
    return Entry(
        row.code,
        ours.name,
        ours.region.name,
        ours.institution_id,
        why=why_of(row),
        requests=tuple(str(one["uid"]) for one in row.requests),
        differences=(
            *_profile_differences(row.document, ours, compared.regions),
            *_counted(row, BedCount, BEDS, "beds", compared.beds.get(ours.institution_id)),
            *_counted(
                row,
                Occupancy,
                OCCUPANCY,
                "occupancy",
                compared.occupancies.get(ours.institution_id),
            ),
        ),
    )


def _profile_differences(
    said: Mapping[str, Any], ours: InstitutionProfile, regions: Mapping[str, str]
) -> list[FieldDifference]:
    found = []
    for name in COMPARED:
        if name not in said:
            continue
        held = ours.region.code if name == "region" else getattr(ours, name)
        if held == said[name]:
            continue
        found.append(
            FieldDifference(
                name,
                label_of(InstitutionProfile, name),
                _worded(name, held, regions),
                _worded(name, said[name], regions),
                _advice(name, ours),
            )
        )
    return found


def _counted(
    row: UploadRow, model: type[Model], names: Sequence[str], part: str, ours: Model | None
) -> list[FieldDifference]:
    said = row.document.get(part) or {}
    return [
        FieldDifference(
            f"{part}/{name}",
            label_of(model, name),
            NOT_HELD if ours is None else str(getattr(ours, name)),
            str(said[name]),
            CIVIL_KEEPS,
        )
        for name in names
        if name in said and (ours is None or getattr(ours, name) != said[name])
    ]


def _advice(name: str, ours: InstitutionProfile) -> str:
    kind = {"category": ours.category, "elderly_kind": ours.elderly_kind}
    sides = owner_side(InstitutionProfile, name, kind)
    return CIVIL_KEEPS if sides == {Side.CIVIL_AFFAIRS} else BOTH_KEEP


def _worded(name: str, value: Any, regions: Mapping[str, str]) -> str:
    if value in (None, ""):
        return NOT_HELD
    if name == "region":
        return regions.get(value, str(value))
    field: Any = InstitutionProfile._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, value))


def _ours(profile: InstitutionProfile) -> Entry:
    return Entry(
        profile.institution.code,
        profile.name,
        profile.region.name,
        profile.institution_id,
        advice=OURS_ONLY,
        why=profile.get_status_display(),
    )


def _theirs(row: UploadRow) -> Entry:
    words = why_of(row)
    place = row.region.name if row.region is not None else ""
    return Entry(
        row.code,
        str(row.document.get("name", "")),
        place,
        None,
        THEIRS_ONLY if words else AGREED,
        words,
    )


def why_of(row: UploadRow) -> str:
    """Why the row, or a part of it, did not enter the register; each reason with its field."""
    return "；".join(f"{_place(fault)}{fault['detail']}" for fault in row.errors)


def _place(fault: Mapping[str, Any]) -> str:
    """The field a fault points at, by its Chinese name; nothing for the row as a whole."""
    names = str(fault.get("pointer", "")).split("/")[ROW_POINTER:]
    model = PARTS.get(names[0], InstitutionProfile) if names else None
    if model is None or not hasattr(model, names[-1]):
        return ""
    return f"“{label_of(model, names[-1])}”"


def _probable(row: UploadRow, match: Match) -> Entry:
    place = row.region.name if row.region is not None else ""
    return Entry(
        row.code,
        str(row.document.get("name", "")),
        place,
        match.institution_id,
        advice=PROBABLE,
        why=match.why,
        match=match,
    )
