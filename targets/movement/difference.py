"""Why a figure moved between two runs, in parts that add up exactly to the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from institutions.models import Region
from targets.indicators.base import Indicator, Subject
from targets.indicators.lens import Lens
from targets.indicators.measure import tree_on
from targets.indicators.stored import definition_of
from targets.models import IndicatorRun, IndicatorSnapshot
from targets.movement.membership import Difference, Moment, differences, subjects_of
from targets.past.known import lens_of

SIDES = {"numerator": "分子", "denominator": "分母"}


class Why(StrEnum):
    """What moved a figure; the order is the order of the page."""

    ENTERED = "entered"
    ELIGIBLE = "eligible"
    AMOUNT = "amount"
    REGION = "region"
    INELIGIBLE = "ineligible"
    LEFT = "left"
    GONE = "gone"
    CORRECTED = "corrected"
    RULE = "rule"

    @property
    def label(self) -> str:
        return TITLES[self][0]

    @property
    def explanation(self) -> str:
        return TITLES[self][1]


TITLES = {
    Why.ENTERED: ("新增", "前一日没有这条记录，后一日有并计入"),
    Why.ELIGIBLE: ("新符合条件", "两日都有记录，后一日才符合计入条件"),
    Why.AMOUNT: ("数量变化", "两日都计入，床位数、人数等数量有变"),
    Why.REGION: ("区划变动", "两日都计入，但迁入或迁出本区划"),
    Why.INELIGIBLE: ("不再符合条件", "两日都有记录，后一日不再符合计入条件"),
    Why.LEFT: ("退出", "注销、解约、到期、撤销，或后一日已没有这条记录"),
    Why.GONE: ("死亡迁出", "死亡、迁出本市或人已不常住"),
    Why.CORRECTED: ("更正", "前一日的记录在前次量度之后补录、更正或作废"),
    Why.RULE: ("口径变动", "两次量度所用口径不同"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One record, or a number of persons, that moved the figure for one reason."""

    why: Why
    subject: Subject
    difference: Difference

    @property
    def change(self) -> int:
        return self.difference.change


@dataclass(frozen=True, slots=True)
class Part:
    """Everything that moved one side of the figure for one reason."""

    why: Why
    moved: tuple[Moved, ...]

    @property
    def records(self) -> int:
        return sum(one.difference.records for one in self.moved)

    @property
    def gained(self) -> int:
        return sum(one.change for one in self.moved if one.change > 0)

    @property
    def lost(self) -> int:
        return sum(one.change for one in self.moved if one.change < 0)

    @property
    def change(self) -> int:
        return self.gained + self.lost


@dataclass(frozen=True, slots=True)
class SideMovement:
    """One side of the figure: stored before, stored after, and the parts of the difference."""

    side: str
    before: int | None
    after: int | None
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        return SIDES[self.side]

    @property
    def difference(self) -> int | None:
        """None where one of the runs has no data: nothing can be subtracted from it."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def explained(self) -> int:
        return sum(part.change for part in self.parts)

    @property
    def unexplained(self) -> int:
        """What the records do not account for: 0, unless the program counts otherwise now."""
        return 0 if self.difference is None else self.difference - self.explained


@dataclass(frozen=True, slots=True)
class Movement:
    """Why one reading in one region moved between two runs."""

    earlier: IndicatorSnapshot
    later: IndicatorSnapshot
    moments: tuple[Moment, ...]
    sides: tuple[SideMovement, ...]

    @property
    def snapshots(self) -> tuple[IndicatorSnapshot, IndicatorSnapshot]:
        return self.earlier, self.later


def movement_between(
    earlier: IndicatorRun, later: IndicatorRun, key: tuple[str, str], region: Region
) -> Movement:
    """The movement of a reading from one finished run to another; writes nothing.

    Raises IndicatorSnapshot.DoesNotExist when one of the runs did not measure the region, and
    DefinitionError when a definition of then can no longer be counted.
    """
    snapshots = (_snapshot(earlier, key, region), _snapshot(later, key, region))
    moments = _moments(earlier, later, key)
    sides = ["numerator"]
    if any(moment.indicator.denominator for moment in moments):
        sides.append("denominator")
    return Movement(
        earlier=snapshots[0],
        later=snapshots[1],
        moments=moments,
        sides=tuple(_side(side, snapshots, moments, region.pk) for side in sides),
    )


def _snapshot(run: IndicatorRun, key: tuple[str, str], region: Region) -> IndicatorSnapshot:
    return IndicatorSnapshot.objects.select_related("run", "definition").get(
        run=run, region=region, indicator=key[0], reading=key[1]
    )


def _moments(
    earlier: IndicatorRun, later: IndicatorRun, key: tuple[str, str]
) -> tuple[Moment, ...]:
    """From the earlier run to the later: what was known first, then the rule, then the day."""
    old, new = (definition_of(run, key) for run in (earlier, later))
    if old.digest == new.digest:
        new = old
    seen = lens_of(later)
    first = moment_of(earlier, old, lens_of(earlier))
    corrected = replace(first, lens=seen, tree=tree_on(earlier.as_of, earlier.region_id, seen))
    return (first, corrected, replace(corrected, indicator=new), moment_of(later, new, seen))


def moment_of(run: IndicatorRun, definition: Indicator, lens: Lens) -> Moment:
    """The run's day and map, counted by `definition` from what `lens` shows."""
    return Moment(run.as_of, definition, tree_on(run.as_of, run.region_id, lens), lens)


def _side(
    side: str,
    snapshots: tuple[IndicatorSnapshot, ...],
    moments: tuple[Moment, ...],
    region: int,
) -> SideMovement:
    as_seen, as_corrected, as_defined, as_later = moments
    steps: list[tuple[Moment, Moment, Callable[[Difference], Why]]] = [
        (as_seen, as_corrected, lambda _: Why.CORRECTED),
        (as_defined, as_later, why),
    ]
    if as_corrected.indicator is not as_defined.indicator:
        steps.insert(1, (as_corrected, as_defined, lambda _: Why.RULE))
    moved = [
        Moved(reason(found), subject, found)
        for before, after, reason in steps
        for subject in subjects_of(side, before, after)
        for found in differences(before, after, side=side, subject=subject, region=region)
    ]
    before, after = (getattr(snapshot, side) for snapshot in snapshots)
    return SideMovement(side, before, after, tuple(_parts(moved)))


def _parts(moved: Iterable[Moved]) -> Iterator[Part]:
    by_reason: dict[Why, list[Moved]] = {}
    for one in moved:
        by_reason.setdefault(one.why, []).append(one)
    for reason in Why:
        if reason in by_reason:
            yield Part(reason, tuple(by_reason[reason]))


def why(found: Difference) -> Why:
    """What happened to a record between two days, as the later of them knows both."""
    if not found.was_known:
        return Why.ENTERED
    if not found.is_known:
        return Why.LEFT
    if found.was_here != found.is_here and found.counted_somewhere and found.counts_somewhere:
        return Why.REGION
    if found.before and found.after:
        return Why.AMOUNT
    if found.after:
        return Why.ELIGIBLE
    if found.is_gone:
        return Why.GONE
    return Why.LEFT if found.is_ended else Why.INELIGIBLE
