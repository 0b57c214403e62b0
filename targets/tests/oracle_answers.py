"""The oracle's answer to every indicator and reading, in the words of the counting rules."""

from __future__ import annotations

from typing import Any

from targets.tests.oracle import (
    BIG,
    CENTRES,
    CLINICS,
    FILING,
    HOME_KINDS,
    MEDICAL,
    PRIMARY,
    Oracle,
    holds,
)
from targets.tests.oracle_homes import beds, homes
from targets.tests.oracle_persons import (
    care_at_home,
    family_doctors,
    health_managements,
    sickbed_rows,
)
from targets.tests.oracle_rows import (
    COUNTED,
    MISSING,
    NOT,
    OUT,
    Answer,
    Key,
    Row,
    Rows,
    fate,
    share,
    summed,
)


def answers(oracle: Oracle, region: int) -> dict[Key, Answer]:
    """Every figure of one region."""
    tellers = (channels, homes, beds, family_doctors, health_managements)
    told: dict[Key, Answer] = {}
    for tell in (*tellers, care_at_home, counts, hospitals):
        told.update(tell(oracle, region))
    return told


def channels(oracle: Oracle, region: int) -> dict[Key, Answer]:
    def opened(profile: Any) -> bool:
        key = profile.institution_id
        return oracle.holds_licence(key, MEDICAL) and oracle.has_channel(key)

    told: dict[Key, Answer] = {}
    for reading, categories in (("standard", BIG), ("with_clinics", (*BIG, *CLINICS))):
        asked = [p for p in oracle.today.values() if p.category in categories]
        for code in ("GC17", "GC20"):
            told[code, reading] = share(oracle, region, asked, opened)
    return told


def hospitals(oracle: Oracle, region: int) -> dict[Key, Answer]:
    asked = [
        p
        for p in oracle.today.values()
        if p.category in ("A100", "A210", "A411") and p.level in (2, 3)
    ]

    def has_geriatrics(profile: Any) -> bool:
        licensed = oracle.holds_licence(profile.institution_id, MEDICAL)
        return licensed and "GERIATRICS" in profile.departments

    return {("GERI", "standard"): share(oracle, region, asked, has_geriatrics)}


def counts(oracle: Oracle, region: int) -> dict[Key, Answer]:
    told = {
        ("TM12", "integrated"): traditional_rows(oracle, with_partners=False),
        ("TM12", "cooperating"): traditional_rows(oracle, with_partners=True),
        ("PJ05", "in_use"): pilot_rows(oracle),
        ("DUAL", "both_certificates"): dual_rows(oracle),
        ("PAIR", "total"): pair_rows(oracle, only_primary=False),
        ("PAIR", "primary_care"): pair_rows(oracle, only_primary=True),
        ("TEAM", "standard"): team_rows(oracle),
        ("HBED", "standard"): sickbed_rows(oracle),
    }
    return {key: summed(oracle, rows, region) for key, rows in told.items()}


def traditional_rows(oracle: Oracle, *, with_partners: bool) -> Rows:
    for profile in oracle.today.values():
        key = profile.institution_id
        if not is_licensed_traditional(oracle, profile):
            continue
        partners = [a for a in oracle.agreements_with(key) if a.medical_id == key]
        cooperates = any(oracle.is_home(oracle.today[a.elderly_id]) for a in partners)
        built = bool(oracle.filed_homes_at(profile))
        if built and built_before(oracle, profile):
            yield Row(profile.region_id, OUT)
        else:
            yield Row(profile.region_id, fate(profile, built or (with_partners and cooperates)))


def is_licensed_traditional(oracle: Oracle, profile: Any) -> bool:
    is_traditional = profile.category in ("A210", "A411", "D120", "D212")
    return is_traditional and oracle.holds_licence(profile.institution_id, MEDICAL)


def built_before(oracle: Oracle, profile: Any) -> bool:
    """Another such institution of the same place stands for it."""
    return any(
        other.institution_id < profile.institution_id
        and other.status == "OPERATING"
        and is_licensed_traditional(oracle, other)
        and oracle.same_place(profile, other)
        and oracle.filed_homes_at(other)
        for other in oracle.today.values()
    )


def pilot_rows(oracle: Oracle) -> Rows:
    for pilot in oracle.all.pilots:
        if pilot.named_on > oracle.day:
            continue
        verified = pilot.verified_on is not None and pilot.verified_on <= oracle.day
        in_use = pilot.in_use_on is not None and pilot.in_use_on <= oracle.day
        told = MISSING if not verified else COUNTED if in_use else NOT
        yield Row(pilot.region_id, told, must_report=True)


def dual_rows(oracle: Oracle) -> Rows:
    for profile in oracle.today.values():
        if profile.elderly_kind not in HOME_KINDS or not oracle.medical_at(profile):
            continue
        unfiled = not oracle.holds_licence(profile.institution_id, FILING)
        repeats = any(
            other.institution_id < profile.institution_id and oracle.medical_at(other)
            for other in oracle.filed_homes_at(profile)
        )
        yield Row(profile.region_id, OUT if unfiled or repeats else fate(profile, True))


def pair_rows(oracle: Oracle, *, only_primary: bool) -> Rows:
    for agreement in oracle.all.agreements:
        elderly = oracle.today.get(agreement.elderly_id)
        if elderly is None or is_superseded(oracle, agreement):
            continue
        medical = oracle.today.get(agreement.medical_id)
        repeats = any(
            (other.medical_id, other.elderly_id) == (agreement.medical_id, agreement.elderly_id)
            and other.pk < agreement.pk
            and oracle.in_force(other)
            for other in oracle.all.agreements
        )
        if agreement.pk not in oracle.pairs or repeats:
            yield Row(elderly.region_id, OUT)
        else:
            assert medical is not None
            primary = medical.category in PRIMARY and elderly.elderly_kind in CENTRES
            yield Row(elderly.region_id, COUNTED if primary or not only_primary else NOT)


def is_superseded(oracle: Oracle, agreement: Any) -> bool:
    """The same parties have a later agreement of the same kind that has begun."""

    def parties(one: Any) -> tuple[int, int, str]:
        return (one.medical_id, one.elderly_id, one.mode)

    return any(
        parties(other) == parties(agreement)
        and other.signed_on is not None
        and other.signed_on <= oracle.day
        and agreement.starts_on < other.starts_on <= oracle.day
        for other in oracle.all.agreements
    )


def team_rows(oracle: Oracle) -> Rows:
    for team in oracle.all.teams:
        profile = oracle.today.get(team.institution_id)
        if profile is not None and holds(team, oracle.day):
            yield Row(profile.region_id, fate(profile, True))
