"""The communities of the city and how many of its older people live in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from contracts.demo.scene import Scene
from institutions.ingest.regions import RegionLine
from institutions.models import RegionLevel

CITY = "150300000000"
HAIBOWAN, HAINAN, WUDA = "150302000000", "150303000000", "150304000000"
DISTRICTS = (HAIBOWAN, HAINAN, WUDA)
OLDER_SHARE = {HAIBOWAN: 58, HAINAN: 17, WUDA: 25}
# 园区、矿区的虚拟社区几乎没有人住，村比居委会小。
NEARLY_EMPTY = ("虚拟", "工业园", "矿区")


@dataclass(frozen=True, slots=True)
class Community:
    """A community with its street and district, by code."""

    code: str
    name: str
    street: str
    district: str


class Places:
    """The communities, drawn with odds by how many older people live there."""

    def __init__(self, communities: list[Community], weights: list[float]) -> None:
        self.communities = communities
        self.weights = weights
        self._cumulated = list(accumulate(weights))
        self._indexes = range(len(communities))

    def draw(self, random: Random) -> int:
        """The index of a community, by its weight."""
        return random.choices(self._indexes, cum_weights=self._cumulated)[0]

    def of_district(self, district: str) -> list[int]:
        """The indexes of a district's communities that people live in, the largest first."""
        found = [i for i in self._indexes if self.communities[i].district == district]
        found = [i for i in found if not _is_nearly_empty(self.communities[i].name)]
        return sorted(found, key=lambda i: (-self.weights[i], self.communities[i].code))

    def streets(self) -> dict[str, list[int]]:
        """The indexes of the communities of each street, by the street's code."""
        found: dict[str, list[int]] = {}
        for index, community in enumerate(self.communities):
            found.setdefault(community.street, []).append(index)
        return found


def read_places(scene: Scene, lines: Iterable[RegionLine]) -> Places:
    """Weigh the communities of a region file so that each district has its share."""
    random = scene.random("places")
    by_code = {line.code: line for line in lines}
    communities = [
        Community(line.code, line.name, line.parent, by_code[line.parent].parent)
        for line in by_code.values()
        if line.level == RegionLevel.COMMUNITY
    ]
    raw = [_size(community.name) * random.uniform(0.6, 1.4) for community in communities]
    totals = dict.fromkeys(DISTRICTS, 0.0)
    for community, size in zip(communities, raw, strict=True):
        totals[community.district] += size
    weights = [
        size * OLDER_SHARE[community.district] / totals[community.district]
        for community, size in zip(communities, raw, strict=True)
    ]
    return Places(communities, weights)


def _is_nearly_empty(name: str) -> bool:
    return any(word in name for word in NEARLY_EMPTY)


def _size(name: str) -> float:
    if _is_nearly_empty(name):
        return 0.02
    return 0.35 if "村" in name else 1.0
