"""Where each number of a catalogue stands in a region's row, and how figures come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from targets.indicators.base import Indicator, RollUp, Subject, Tally
from targets.indicators.calculation import Figure, Row, Tree, stated, summed, whole

Terms = tuple[tuple[int, int], ...]


class Part(StrEnum):
    """What is counted of a tally."""

    VALUE = "value"
    EXCLUDED = "excluded"
    MISSING = "missing"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Slot:
    """One number that one pass over a subject fills for every region."""

    tally: Tally
    part: Part


class FigureRow(NamedTuple):
    """Every figure of one region, in catalogue order."""

    numerators: Row
    denominators: Row
    excluded: Row
    missing: Row
    expected: Row

    def figure(self, index: int) -> Figure:
        """The figure of the catalogue's reading number `index`."""
        return Figure(*(numbers[index] for numbers in self))  # type: ignore[arg-type]


def slots_of(catalogue: Sequence[Indicator]) -> dict[Subject, list[Slot]]:
    """The numbers to be counted, by subject; a tally shared by readings is counted once."""
    return {
        subject: [Slot(tally, part) for tally in tallies for part in _parts_of(tally)]
        for subject, tallies in tallies_of(catalogue).items()
    }


def tallies_of(catalogue: Sequence[Indicator]) -> dict[Subject, list[Tally]]:
    """Every tally of the catalogue once, by the subject it counts, in catalogue order."""
    by_subject: dict[Subject, list[Tally]] = {}
    for indicator in catalogue:
        for tally in (*indicator.numerator, *indicator.denominator):
            known = by_subject.setdefault(tally.subject, [])
            if tally not in known:
                known.append(tally)
    return by_subject


def climbed(
    tree: Tree, own: Mapping[Subject, Mapping[int, Row]], slots: Mapping[Subject, list[Slot]]
) -> dict[int, Row]:
    """The subjects' own rows laid side by side and climbed up the tree, one row per region."""
    laid = {way: _side_by_side(tree, own, slots, way) for way in RollUp}
    total = summed(tree, *laid[RollUp.SUM])
    published = stated(tree, *laid[RollUp.STATED])
    return {region: total[region] + published[region] for region in tree.top_down}


def _side_by_side(
    tree: Tree,
    own: Mapping[Subject, Mapping[int, Row]],
    slots: Mapping[Subject, list[Slot]],
    way: RollUp,
) -> tuple[dict[int, Row], Row]:
    """The rows of every subject that climbs in one way, and the row of a region without any."""
    nothing = 0 if way is RollUp.SUM else None
    empty = {s: (nothing,) * len(slots[s]) for s in slots if s.roll_up is way}
    rows = {
        region: tuple(chain.from_iterable(own[s].get(region, none) for s, none in empty.items()))
        for region in tree.top_down
    }
    return rows, tuple(chain.from_iterable(empty.values()))


def figure_rows(
    catalogue: Sequence[Indicator], own: Mapping[Subject, Mapping[int, Row]], tree: Tree
) -> dict[int, FigureRow]:
    """Every figure of the catalogue for every region of `tree`."""
    slots = slots_of(catalogue)
    assemble = _assembly(catalogue, slots)
    return {region: assemble(row) for region, row in climbed(tree, own, slots).items()}


def _parts_of(tally: Tally) -> list[Part]:
    parts = [Part.VALUE]
    if tally.excluding:
        parts.append(Part.EXCLUDED)
    if tally.missing is not None:
        parts += [Part.MISSING, Part.EXPECTED]
    return parts


def _assembly(
    catalogue: Sequence[Indicator], slots: Mapping[Subject, list[Slot]]
) -> Callable[[Row], FigureRow]:
    """How the figures of one region are picked out of its row."""
    flat = [slot for way in RollUp for s in slots if s.roll_up is way for slot in slots[s]]
    at = {slot: index for index, slot in enumerate(flat)}
    fields = [[_terms(indicator, field, at) for indicator in catalogue] for field in _FIELDS]
    # 绝大多数数就是某一列本身，一次取完；只有少数是几列相加减，先算好接在后面。
    sums = sorted({terms for field in fields for terms in field if not _is_plain(terms)}, key=str)
    place = {terms: len(flat) + index for index, terms in enumerate(sums)}
    picks = [
        _picker([terms[0][0] if _is_plain(terms) else place[terms] for terms in field])
        for field in fields
    ]

    def assemble(row: Row) -> FigureRow:
        wide = row + tuple(_summed_up(row, terms) for terms in sums)
        return FigureRow(*(pick(wide) for pick in picks))

    return assemble


def _terms(indicator: Indicator, field: str, at: Mapping[Slot, int]) -> Terms:
    """The slots, each with its sign, that one field of a reading's figure adds up."""
    if field == "denominators" and not indicator.denominator:
        return NO_NUMBER
    tallies = indicator.denominator if field == "denominators" else indicator.numerator
    part = _FIELDS[field]
    signed = part is Part.VALUE
    found = [(at.get(Slot(tally, part)), tally.sign if signed else 1) for tally in tallies]
    return tuple((index, sign) for index, sign in found if index is not None)


_FIELDS: Mapping[str, Part] = {
    "numerators": Part.VALUE,
    "denominators": Part.VALUE,
    "excluded": Part.EXCLUDED,
    "missing": Part.MISSING,
    "expected": Part.EXPECTED,
}
NO_NUMBER: Terms = ((-1, 0),)


def _is_plain(terms: Terms) -> bool:
    return len(terms) == 1 and terms[0][1] == 1


def _summed_up(row: Row, terms: Terms) -> int | None:
    if terms is NO_NUMBER:
        return None
    return whole(None if (n := row[index]) is None else sign * n for index, sign in terms)


def _picker(indexes: Sequence[int]) -> Callable[[Row], Row]:
    if len(indexes) == 1:
        return lambda row: (row[indexes[0]],)
    return itemgetter(*indexes)
