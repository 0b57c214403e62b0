"""What an edition of a run holds, read from the stored rows region by region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from institutions.models import Region
from targets.editions.canonical import Kind, Line
from targets.models import (
    IndicatorDefinition,
    IndicatorRun,
    IndicatorSnapshot,
    PolicyDocument,
    RegionFigures,
    Target,
)
from targets.results import TargetLine, target_lines, targets_of
from targets.tables.export import as_record

REGIONS_AT_ONCE = 500
FIGURE = ("numerator", "denominator", "missing", "expected", "excluded")
JUDGED = ("comparator", "threshold", "threshold_upper", "verdict", "reason", "pace", "historical")
DEFINITIONS, REGIONS, READINGS = "definition", "figure_region", "figure_reading"
JUDGED_REGIONS, JUDGED_TARGETS = "judgement_region", "judgement_target"


def lines_of(run: IndicatorRun, nonce: str, targets: Sequence[Target]) -> Iterator[Line]:
    """Every line the fingerprint covers, in its order; `targets` are those the edition judges."""
    yield _header(run, nonce)
    yield from _definitions(run)
    measured = RegionFigures.objects.filter(run=run).values("region")
    regions = sorted(Region.objects.filter(pk__in=measured), key=lambda region: region.code)
    for start in range(0, len(regions), REGIONS_AT_ONCE):
        some = regions[start : start + REGIONS_AT_ONCE]
        figures, judged = _figures(run, some), _judged(run, some, targets)
        for region in some:
            yield from figures.get(region.pk, ())
            yield from judged.get(region.pk, ())


def targets_on(run: IndicatorRun) -> list[Target]:
    """The published targets whose policy had been signed by the day of the run."""
    signed = PolicyDocument.objects.published().filter(signed_on__lte=run.as_of)
    return list(targets_of(signed))


def named_targets(codes: Iterable[str]) -> list[Target]:
    """The targets an edition judged, by the names it kept."""
    return list(targets_of().filter(code__in=list(codes)))


def _header(run: IndicatorRun, nonce: str) -> Line:
    cells = (run.pk, f"{run.as_of}", run.region.code, run.catalogue_digest, nonce)
    return Line(Kind.HEADER, cells, ((Kind.HEADER, Kind.HEADER),))


def _definitions(run: IndicatorRun) -> Iterator[Line]:
    used = IndicatorDefinition.objects.filter(pk__in=run.definition_ids)
    # 次序由程序定，不由数据库的排序规则定：换一台服务器也一样。
    for one in sorted(used, key=lambda one: (one.indicator, one.reading, one.digest)):
        name = f"{one.indicator} {one.reading}"
        cells = (one.indicator, one.reading, one.digest)
        yield Line(Kind.DEFINITION, cells, ((DEFINITIONS, name),))


def _figures(run: IndicatorRun, regions: Sequence[Region]) -> dict[int, list[Line]]:
    """The figures of each region, those kept from most readers too."""
    codes = {region.pk: region.code for region in regions}
    rows = IndicatorSnapshot.objects.filter(run=run, region__in=list(codes))
    found: dict[int, list[Line]] = {}
    for row in rows.values_list("region_id", "indicator", "reading", *FIGURE):
        region, indicator, reading, *numbers = row
        code = codes[region]
        parts = ((REGIONS, code), (READINGS, f"{indicator} {reading}"))
        line = Line(Kind.FIGURE, (code, indicator, reading, *numbers), parts)
        found.setdefault(region, []).append(line)
    return {region: sorted(lines, key=_order) for region, lines in found.items()}


def _judged(
    run: IndicatorRun, regions: Sequence[Region], targets: Sequence[Target]
) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for line in target_lines(run, regions, targets):
        if line.is_judged:
            found.setdefault(line.region.pk, []).append(_judgement(line))
    return {region: sorted(lines, key=_order) for region, lines in found.items()}


def _judgement(line: TargetLine) -> Line:
    record = as_record(line)
    code, target = line.region.code, line.target
    due_on = f"{target.due_on}" if target.due_on else None
    cells = (code, target.code, line.indicator.reading, due_on, *(record[name] for name in JUDGED))
    return Line(Kind.JUDGEMENT, cells, ((JUDGED_REGIONS, code), (JUDGED_TARGETS, target.code)))


def _order(line: Line) -> tuple[str, str, str]:
    first, second, third, *_ = line.cells
    return (f"{first}", f"{second}", f"{third}")
