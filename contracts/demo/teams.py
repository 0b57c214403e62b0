"""Family-doctor teams with the communities they are responsible for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from contracts.demo.places import DISTRICTS, HAIBOWAN, HAINAN, WUDA, Places
from contracts.demo.scene import FIRST_DAY, Ordinal, Scene
from contracts.demo.sites import Site
from contracts.models import DoctorTeam, TeamArea
from institutions.models import Region
from yiyang.lib.pinyin import initials

TEAMS = {HAIBOWAN: 45, HAINAN: 21, WUDA: 24}
# 没有团队负责的社区（另加几个无人常住的园区）：签约服务全覆盖的缺口。
UNCOVERED = {HAIBOWAN: 2, HAINAN: 1, WUDA: 1}
FOUNDED_LATER = (date(2015, 9, 1), date(2016, 3, 1), date(2016, 10, 1), date(2017, 4, 1))
EVERY_NTH_LATER = 5


@dataclass(slots=True)
class TeamPlan:
    """The teams, and which of them may take a resident of a community on a day."""

    teams: list[DoctorTeam] = field(default_factory=list)
    areas: list[TeamArea] = field(default_factory=list)
    by_community: dict[int, list[tuple[Ordinal, int]]] = field(default_factory=dict)
    centre_of: dict[int, Site] = field(default_factory=dict)

    def draw(self, random: Random, community: int, day: Ordinal) -> int:
        """The place of a team working by then: the community's own, else a neighbouring one."""
        found = [team for starts, team in self.by_community[community] if starts <= day]
        return random.choice(found[:2])


def plan_teams(
    scene: Scene, places: Places, centres: list[Site], regions: dict[str, Region]
) -> TeamPlan:
    """Spread the teams over health centres working all along, and over communities."""
    random = scene.random("teams")
    plan = TeamPlan()
    for district in DISTRICTS:
        hosts = [centre for centre in centres if centre.community.district == district]
        _found_teams(plan, random, places, district, hosts, regions)
        for index, community in enumerate(places.communities):
            if community.district == district:
                near = [site for site in hosts if site.community.street == community.street]
                plan.centre_of[index] = (near or hosts)[index % len(near or hosts)]
    return plan


def _found_teams(
    plan: TeamPlan,
    random: Random,
    places: Places,
    district: str,
    hosts: list[Site],
    regions: dict[str, Region],
) -> None:
    communities = places.of_district(district)
    covered = communities[: len(communities) - UNCOVERED[district]]
    own: dict[int, list[tuple[Ordinal, int]]] = {}
    for number in range(TEAMS[district]):
        index = covered[number % len(covered)]
        is_later = number % EVERY_NTH_LATER == EVERY_NTH_LATER - 1
        starts_on = FOUNDED_LATER[number % len(FOUNDED_LATER)] if is_later else FIRST_DAY
        team = _team(len(plan.teams) + 1, hosts[number % len(hosts)], random, starts_on)
        region = regions[places.communities[index].code]
        plan.areas.append(TeamArea(team=team, region=region, starts_on=starts_on))
        own.setdefault(index, []).append((starts_on.toordinal(), len(plan.teams)))
        plan.teams.append(team)
    # 没有自己团队的社区，居民签邻近社区的团队。
    first_day = FIRST_DAY.toordinal()
    from_start = [team for found in own.values() for team in found if team[0] == first_day]
    for index, community in enumerate(places.communities):
        if community.district == district:
            neighbour = from_start[index % len(from_start)]
            plan.by_community[index] = [*own.get(index, []), neighbour]


def _team(number: int, host: Site, random: Random, starts_on: date) -> DoctorTeam:
    name = f"{host.name}家医团队{number:02d}"
    return DoctorTeam(
        uid=UUID(int=random.getrandbits(128), version=4),
        code=f"DEMO-T{number:03d}",
        name=name,
        pinyin=initials(name),
        institution=host.institution,
        starts_on=starts_on,
    )
