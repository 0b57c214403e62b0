"""核对指纹: an edition computed again from the stored rows, and what is not as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from institutions.models import Region
from targets.editions.canonical import Difference, Kind, differences, seal
from targets.editions.content import (
    DEFINITIONS,
    JUDGED_REGIONS,
    JUDGED_TARGETS,
    READINGS,
    REGIONS,
    lines_of,
    named_targets,
)
from targets.indicators.catalogue import BY_KEY
from targets.models import Edition, Target

TITLES = {
    Kind.HEADER: "批次、统计日或口径版本",
    DEFINITIONS: "口径",
    REGIONS: "数不同的区划",
    READINGS: "数不同的指标",
    JUDGED_REGIONS: "判定不同的区划",
    JUDGED_TARGETS: "判定不同的目标",
}
NAMED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of part that differs, in words."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """What the stored rows give now, beside what was kept when the edition was proposed."""

    fingerprint: str
    kept: str
    differences: tuple[Told, ...]

    @property
    def is_identical(self) -> bool:
        return self.fingerprint == self.kept


def check(edition: Edition) -> Check:
    """Compute the fingerprint again, with the targets the edition judged."""
    targets = named_targets(edition.digests.get(JUDGED_TARGETS, {}))
    found = seal(lines_of(edition.run, edition.nonce, targets))
    told = differences(edition.digests, found.digests)
    return Check(found.fingerprint, edition.fingerprint, tuple(_told(told)))


def _told(found: Iterable[Difference]) -> list[Told]:
    names = _names(found)
    return [
        Told(TITLES.get(one.part, one.part), _listed([names.get(n, n) for n in one.names]))
        for one in found
    ]


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return "、".join(names[:NAMED_AT_MOST]) + (f"等 {len(names)} 项" if more > 0 else "")


def _names(found: Iterable[Difference]) -> Mapping[str, str]:
    """Chinese names for what the digests know by code."""
    codes = {name for one in found for name in one.names}
    named = {f"{code} {reading}": one for (code, reading), one in BY_KEY.items()}
    readings = {
        name: f"{one.title}（{one.reading_title}）" for name, one in named.items() if name in codes
    }
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    targets = dict(Target.objects.filter(code__in=codes).values_list("code", "wording"))
    return {Kind.HEADER: "与提请时不同", **regions, **targets, **readings}
