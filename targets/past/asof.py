"""A past day both ways: as the run knew it, and as it is known now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY
from targets.indicators.lens import AS_IT_IS
from targets.indicators.measure import measure, tree_on
from targets.indicators.stored import definition_of, definitions_of
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.movement.difference import Moved, Part, Why, moment_of
from targets.movement.membership import Moment, differences, subjects_of
from targets.past.known import lens_of
from targets.results import figure_of


@dataclass(frozen=True, slots=True)
class AsKnown:
    """One figure of a past day: as stored, recounted as known then, and as known now.

    `by_today` is what today's definition gives from what is known now; None where it is the
    same definition, or the reading is no longer in the catalogue.
    """

    snapshot: IndicatorSnapshot
    definition: Indicator
    then: Figure
    now: Figure
    by_today: Figure | None
    corrections: dict[str, Part]
    moments: tuple[Moment, Moment]

    @property
    def stored(self) -> Figure:
        return figure_of(self.snapshot)

    @property
    def agrees(self) -> bool:
        """Whether recounting as known then gives the stored figure, integer by integer."""
        return self.then == self.stored


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stored figure that its own run's view and definition do not give again."""

    key: tuple[str, str]
    region_id: int
    stored: Figure | None
    recounted: Figure | None


def as_known(run: IndicatorRun, key: tuple[str, str], region: Region) -> AsKnown:
    """The figure both ways, with the records that differ; writes nothing.

    Raises IndicatorSnapshot.DoesNotExist for what the run did not measure, and DefinitionError
    when the definition of then can no longer be counted.
    """
    snapshot = IndicatorSnapshot.objects.select_related("run", "definition").get(
        run=run, region=region, indicator=key[0], reading=key[1]
    )
    definition = definition_of(run, key)
    then = moment_of(run, definition, lens_of(run))
    now = replace(then, lens=AS_IT_IS, tree=tree_on(run.as_of, run.region_id))
    return AsKnown(
        snapshot=snapshot,
        definition=definition,
        then=_figure(then, region),
        now=_figure(now, region),
        by_today=_by_today(now, region),
        corrections={side: _corrections(side, then, now, region) for side in _sides(definition)},
        moments=(then, now),
    )


def disagreements(run: IndicatorRun) -> list[Disagreement]:
    """Every stored figure of the run that its view and its definitions do not give again."""
    definitions = definitions_of(run)
    lens = lens_of(run)
    tree = tree_on(run.as_of, run.region_id, lens)
    measured = measure(list(definitions.values()), day=run.as_of, tree=tree, lens=lens)
    recounted = {
        (key, region): figure
        for key, by_region in measured.items()
        for region, figure in by_region.items()
    }
    stored = {
        ((one.indicator, one.reading), one.region_id): figure_of(one) for one in run.snapshots.all()
    }
    return [
        Disagreement(*place, stored.get(place), recounted.get(place))
        for place in sorted({*stored, *recounted})
        if stored.get(place) != recounted.get(place)
    ]


def _figure(moment: Moment, region: Region) -> Figure:
    indicator, day = moment.indicator, moment.day
    figures = measure([indicator], day=day, tree=moment.tree, lens=moment.lens)
    # 区划后来更正出了树：这一天它下面什么也没有，如实显示无数据。
    return figures[indicator.key].get(region.pk, Figure(None, None))


def _by_today(now: Moment, region: Region) -> Figure | None:
    today = BY_KEY.get(now.indicator.key)
    if today is None or today.digest == now.indicator.digest:
        return None
    return _figure(replace(now, indicator=today), region)


def _sides(definition: Indicator) -> tuple[str, ...]:
    return ("numerator", "denominator") if definition.denominator else ("numerator",)


def _corrections(side: str, then: Moment, now: Moment, region: Region) -> Part:
    """The records that add differently, or are left out for another reason, since the run."""
    moved = [
        Moved(Why.CORRECTED, subject, found)
        for subject in subjects_of(side, then, now)
        for found in differences(
            then, now, side=side, subject=subject, region=region.pk, outcomes=True
        )
    ]
    return Part(Why.CORRECTED, tuple(moved))
