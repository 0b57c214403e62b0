"""Which figures of people are too small to show to everybody, and which would give them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from targets.indicators.base import Indicator
from targets.indicators.calculation import Row, Tree
from targets.indicators.slots import FigureRow


def counts_people(indicator: Indicator) -> bool:
    """Whether the numerator counts older people one by one."""
    return any(tally.subject.is_personal for tally in indicator.numerator)


def guarded_rows(
    catalogue: Sequence[Indicator], figures: Mapping[int, FigureRow], tree: Tree, limit: int
) -> dict[int, Row]:
    """For each region with any: 1 at the place of every figure to keep back, else 0."""
    rows: dict[int, list[int]] = {}
    for place, indicator in enumerate(catalogue):
        if not counts_people(indicator):
            continue
        tops = {region: row.numerators[place] or 0 for region, row in figures.items()}
        small = {
            region
            for region, row in figures.items()
            if is_small(tops[region], row.denominators[place], limit)
        }
        for region in guarded_regions(tree, tops, small, limit):
            rows.setdefault(region, [0] * len(catalogue))[place] = 1
    return {region: tuple(row) for region, row in rows.items()}


def is_small(top: int, bottom: int | None, limit: int) -> bool:
    """Whether fewer than `limit` people are counted, or fewer are not: both single them out."""
    return 0 < top < limit or (bottom is not None and 0 < bottom - top < limit)


def guarded_regions(
    tree: Tree, tops: Mapping[int, int], small: set[int], limit: int
) -> frozenset[int]:
    """The regions to keep back so that no small one can be worked out from those shown.

    A parent less its shown children leaves the sum of the hidden ones: at least two of them, and
    at least `limit` people. Where the children cannot give that, the parent is hidden as well;
    below a hidden region everything is.
    """
    if not small:
        return frozenset()
    hidden = set(small)
    for parent in reversed(tree.top_down):
        children = tree.children_of(parent)
        if hidden.intersection(children) and not _cover(children, tops, hidden, limit):
            hidden.add(parent)
    for parent in tree.top_down:
        if parent in hidden:
            hidden.update(tree.children_of(parent))
    return frozenset(hidden)


def _cover(children: Sequence[int], tops: Mapping[int, int], hidden: set[int], limit: int) -> bool:
    """Hide the next smallest siblings until the hidden cover each other; False if they cannot."""
    spare = sorted(
        (child for child in children if child not in hidden and tops[child]),
        key=lambda child: (tops[child], child),
        reverse=True,
    )
    covering = [child for child in children if child in hidden]
    while not _is_covered(covering, tops, limit):
        if not spare:
            return False
        covering.append(spare.pop())
    hidden.update(covering)
    return True


def _is_covered(covering: Sequence[int], tops: Mapping[int, int], limit: int) -> bool:
    counted = [tops[child] for child in covering if tops[child]]
    return len(counted) > 1 and sum(counted) >= limit
