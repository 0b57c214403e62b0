"""Region reform: renaming, moving, merging and splitting, each from a day on.

Facts point at regions by id. A merger moves the facts that hold on the day; a split opens the new
regions and leaves the old one hanging, with what nobody has assigned yet, so that no total loses
a record: it is retired when nothing points at it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models

from institutions.models import (
    FormerRegionName,
    Region,
    RegionPlacement,
    RegionSuccession,
    SuccessionKind,
)
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create, hold_from
from yiyang.facts import DatedFact, holds_on

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A region that a split brings into being."""

    code: str
    name: str


def open_region(
    *, by: Recorder, code: str, name: str, level: str, parent: Region, on: date, basis: str
) -> Region:
    """Bring a region into being below `parent` from `on`."""
    with recorded(by=by, reason=basis):
        region = Region(code=code, name=name, level=level)
        region.full_clean()
        region.save(force_insert=True)
        checked_create(RegionPlacement, region=region, parent=parent, starts_on=on)
    return region


def rename_region(*, by: Recorder, region: Region, name: str, on: date, basis: str) -> None:
    """From `on` the region bears `name`; earlier days keep the old one."""
    if name == region.name:
        raise ValidationError(f"{region.name} 已经叫这个名字。")
    with recorded(by=by, reason=basis):
        checked_create(
            FormerRegionName, region=region, name=region.name, last_on=on - ONE_DAY, basis=basis
        )
        region.name = name
        region.full_clean()
        region.save(update_fields=["name"])


def move_region(*, by: Recorder, region: Region, parent: Region, on: date, basis: str) -> None:
    """From `on` the region hangs below `parent`, with everything under it."""
    if parent.pk in _subtree(region, on):
        raise ValidationError(f"{parent.name} 在 {region.name} 之下，不能做它的上级。")
    hold_from(
        by=by,
        model=RegionPlacement,
        keys={"region": region},
        starts_on=on,
        values={"parent": parent},
        reason=basis,
    )


def merge_regions(
    *, by: Recorder, sources: Sequence[Region], into: Region, on: date, basis: str
) -> int:
    """From `on` the sources are one with `into`; the number of facts that moved there."""
    with recorded(by=by, reason=basis):
        moved = 0
        for source in sources:
            _succeed(source, into, SuccessionKind.MERGE, on, basis)
            for child in _children(source, on):
                move_region(by=by, region=child, parent=into, on=on, basis=basis)
            moved += sum(_reassign(model, source, into, on) for model in facts_with_region())
            _unplace(source, on)
    return moved


def split_region(
    *, by: Recorder, source: Region, parts: Sequence[Part], on: date, basis: str
) -> list[Region]:
    """From `on` the parts stand beside `source`, which keeps what nobody has assigned yet."""
    placement = RegionPlacement.objects.on(on).filter(region=source).first()
    if placement is None:
        raise ValidationError(f"{source.name} 在 {on} 没有上级，不能析出。")
    opened = []
    with recorded(by=by, reason=basis):
        for part in parts:
            region = open_region(
                by=by,
                code=part.code,
                name=part.name,
                level=source.level,
                parent=placement.parent,
                on=on,
                basis=basis,
            )
            _succeed(source, region, SuccessionKind.SPLIT, on, basis)
            opened.append(region)
    return opened


def assign(*, by: Recorder, fact: DatedFact, region: Region, basis: str) -> None:
    """Give one fact of a split region to one of its parts, from the day of the split on."""
    succession = (
        RegionSuccession.objects.kept()
        .filter(predecessor_id=fact.region_id, successor=region)  # type: ignore[attr-defined]
        .first()
    )
    if succession is None:
        raise ValidationError(f"{region.name} 不是从该记录所在区划析出的，请选析出的新区划。")
    with recorded(by=by, reason=basis):
        _reassign_rows(
            type(fact),
            type(fact)._default_manager.filter(pk=fact.pk),
            region,
            max(succession.took_place_on, fact.starts_on),
        )


def retire_region(*, by: Recorder, region: Region, on: date, basis: str) -> None:
    """Take a split region off the tree once nothing points at it any more."""
    left = sum(unassigned(model, on).filter(region=region).count() for model in facts_with_region())
    if left:
        raise ValidationError(f"{region.name} 还有 {left} 条记录没有归入新区划，请先归入。")
    with recorded(by=by, reason=basis):
        _unplace(region, on)


def facts_with_region() -> list[Any]:
    """Every dated register whose rows belong to a region."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, DatedFact)
        and model is not RegionPlacement
        and any(f.name == "region" for f in model._meta.fields)
    ]


def unassigned(model: Any, day: date) -> models.QuerySet[Any]:
    """Facts of `model` that on `day` still point at a region split by then."""
    split = RegionSuccession.objects.kept().filter(
        kind=SuccessionKind.SPLIT, took_place_on__lte=day
    )
    rows: models.QuerySet[Any] = model.objects.on(day).filter(
        region__in=split.values("predecessor")
    )
    return rows


def _succeed(source: Region, successor: Region, kind: SuccessionKind, on: date, basis: str) -> None:
    checked_create(
        RegionSuccession,
        predecessor=source,
        successor=successor,
        kind=kind,
        took_place_on=on,
        basis=basis,
    )


def _children(region: Region, day: date) -> list[Region]:
    placed = RegionPlacement.objects.on(day).filter(parent=region)
    return [placement.region for placement in placed.select_related("region")]


def _subtree(region: Region, day: date) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT institutions_subtree(ARRAY[%s]::bigint[], %s)", (region.pk, day))
        return {row[0] for row in cursor.fetchall()}


def _unplace(region: Region, on: date) -> None:
    RegionPlacement.objects.on(on).filter(region=region).update(ends_on=on - ONE_DAY)


def _reassign(model: Any, source: Region, into: Region, on: date) -> int:
    rows = model.objects.kept().filter(region=source)
    return _reassign_rows(model, rows, into, on)


def _reassign_rows(model: Any, rows: models.QuerySet[Any], into: Region, on: date) -> int:
    """End the rows that began earlier and go on in `into`; later rows simply belong there."""
    later = rows.filter(starts_on__gte=on).values_list("pk", flat=True)
    moved: int = model.objects.filter(pk__in=list(later)).update(region=into)
    held = dict(rows.filter(holds_on(on), starts_on__lt=on).values_list("pk", "ends_on"))
    model.objects.filter(pk__in=held).update(ends_on=on - ONE_DAY)
    table = model._meta.db_table
    names = ", ".join(f'"{column}"' for column in _copied_columns(model))
    with connection.cursor() as cursor:
        # 并入同一处后可能重复（同一团队负责两个被并的社区），重复的不再记。
        cursor.execute(
            f'INSERT INTO "{table}" ({names}, region_id, starts_on, ends_on, void_reason)'  # noqa: S608
            f" SELECT {names}, %s, %s, held.ends_on, ''"
            f' FROM "{table}" JOIN unnest(%s::bigint[], %s::date[]) AS held(id, ends_on)'
            " USING (id) ON CONFLICT DO NOTHING",
            (into.pk, on, list(held), list(held.values())),
        )
    return len(held) + moved


def _copied_columns(model: Any) -> Iterable[str]:
    renewed = {"id", "region_id", "starts_on", "ends_on", "voided_at", "void_reason"}
    return [f.column for f in model._meta.concrete_fields if f.column not in renewed]
