"""The institutions and regions that written rows name, as far as the caller's token reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from institutions.models import Institution, InstitutionProfile, Region
from yiyang.access.scope import Actor, ByRegion
from yiyang.api.writing import Outcome, Row, refuse

# 新机构一次只让一个调用登记：同一个编码不会登记出两家。
NEW_LOCK = 715_020
MERGED = "{code} 已并入 {kept}，请改用 {kept}。"
NOT_HERE = "没有编码为 {code} 的机构，或不在令牌的区划范围内。"


@dataclass(frozen=True, slots=True)
class Reach:
    """What the rows name: institutions the token may write, and codes that are somebody's.

    `merged` says for a code that is no more which one it went into.
    """

    institutions: dict[str, Institution]
    taken: frozenset[str]
    merged: dict[str, str]
    regions: dict[str, Region]
    known_regions: frozenset[str]
    profiles: dict[int, list[InstitutionProfile]]


def lock_institutions(rows: Sequence[Row], name: str) -> None:
    """Keep other writers from these institutions until the transaction ends."""
    codes = {row.values[name] for row in rows}
    # 不锁键：别处登记“举办单位是它”的不必等，两边也就不会互等。
    locked = Institution.objects.select_for_update(no_key=True)
    found = locked.filter(code__in=codes).order_by("pk")
    if len(found.values_list("pk")) == len(codes):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [NEW_LOCK])


def reach_of(actor: Actor, codes: Iterable[str], regions: Iterable[str] = ()) -> Reach:
    """Look all codes up in a fixed number of queries."""
    wanted = {code for code in codes if code}
    found = list(Institution.objects.select_related("merged_into").filter(code__in=wanted))
    profiles: dict[int, list[InstitutionProfile]] = defaultdict(list)
    kept = InstitutionProfile.objects.kept().select_related("region", "host")
    for profile in kept.filter(institution__in=found).order_by("starts_on"):
        profiles[profile.institution_id].append(profile)
    went = {one: one.merged_into for one in found if one.merged_into is not None}
    mine = _mine(actor, [*found, *went.values()])
    named, known = _regions(actor, regions)
    return Reach(
        {one.code: one for one in found if one.pk in mine and one.voided_at is None},
        frozenset(one.code for one in found),
        {one.code: kept.code for one, kept in went.items() if kept.pk in mine},
        named,
        known,
        profiles,
    )


def unreachable(reach: Reach, row: Row, name: str) -> Outcome:
    """The outcome of a row whose institution is not there for this token, or is no more."""
    code = row.values[name]
    if code in reach.merged:
        return refuse(row, MERGED.format(code=code, kept=reach.merged[code]), "merged", name)
    return refuse(row, NOT_HERE.format(code=code), "not_found", name)


def _mine(actor: Actor, found: Sequence[Institution]) -> set[int]:
    """Those in the actor's scope today, and those not yet open whose first seat is."""
    seen = Institution.objects.filter(pk__in=[one.pk for one in found]).visible_to(actor)
    coming = InstitutionProfile.objects.kept().filter(
        starts_on__gt=actor.day, institution__in=[one.pk for one in found]
    )
    first = coming.exclude(institution__profiles__in=_begun(actor))
    return {
        *seen.values_list("pk", flat=True),
        *first.visible_to(actor).values_list("institution_id", flat=True),
    }


def _begun(actor: Actor) -> QuerySet[InstitutionProfile]:
    return InstitutionProfile.objects.kept().filter(starts_on__lte=actor.day)


def _regions(actor: Actor, codes: Iterable[str]) -> tuple[dict[str, Region], frozenset[str]]:
    wanted = {code for code in codes if code}
    if not wanted:
        return {}, frozenset()
    rows = Region.objects.filter(code__in=wanted)
    condition = ByRegion("pk").condition(actor)
    covered = condition if isinstance(condition, Q) else Q() if condition else Q(pk=None)
    return (
        {one.code: one for one in rows.filter(covered)},
        frozenset(rows.values_list("code", flat=True)),
    )
