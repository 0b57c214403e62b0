"""One fictitious institution with its dated profiles, and the register they are collected in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model
from stdnum.cn import uscc

from contracts.demo.places import Community, Places
from contracts.demo.scene import Scene
from institutions.models import Institution, InstitutionProfile, Ownership, Region, Status
from yiyang.lib.pinyin import initials

ONE_DAY = timedelta(days=1)
# 演示机构的统一社会信用代码用不存在的区划 150399 和 DEM 开头的主体码，校验位照规则编。
NEVER_ISSUED_BODY = "150399DEM"
REGISTRAR = {
    Ownership.PUBLIC: "12",
    Ownership.PRIVATE_NON_PROFIT: "52",
    Ownership.PRIVATE_FOR_PROFIT: "91",
    Ownership.PUBLIC_BUILT_PRIVATE_RUN: "52",
}
Change = tuple[date, dict[str, Any]]


@dataclass(slots=True)
class Site:
    """An institution as the other modules of the demo need it."""

    institution: Institution
    name: str
    community: Community
    opened_on: date
    beds: int
    profiles: list[InstitutionProfile]
    host: Site | None = None

    @property
    def first(self) -> InstitutionProfile:
        return self.profiles[0]

    @property
    def category(self) -> str:
        return self.profiles[-1].category

    @property
    def elderly_kind(self) -> str:
        return self.profiles[-1].elderly_kind

    def profile_on(self, day: date) -> InstitutionProfile | None:
        """The profile that holds on the day."""
        for profile in self.profiles:
            if profile.starts_on <= day and (profile.ends_on is None or day <= profile.ends_on):
                return profile
        return None

    def is_open_on(self, day: date) -> bool:
        """Whether its status is 正常 on the day."""
        profile = self.profile_on(day)
        return profile is not None and profile.status == Status.OPERATING

    def is_always_open(self, first: date, last: date) -> bool:
        """Whether it was 正常 from the first day to the last without a break."""
        spans = [p for p in self.profiles if p.starts_on <= last and (p.ends_on or last) >= first]
        return self.opened_on <= first and all(p.status == Status.OPERATING for p in spans)


@dataclass(slots=True)
class Register:
    """Everything about institutions, agreements and teams, row by row, not yet in a database."""

    scene: Scene
    places: Places
    regions: dict[str, Region]
    random: Random = field(init=False)
    sites: list[Site] = field(default_factory=list)
    rows: dict[type[Model], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = self.scene.random("sites")

    def add(self, *rows: Model) -> None:
        """Collect rows under their model, in order."""
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def open(
        self,
        name: str,
        community: int,
        opened_on: date,
        *,
        ownership: Ownership = Ownership.PUBLIC,
        beds: int = 0,
        host: Site | None = None,
        credit_code: str = "",
        address: str = "",
        changes: Iterable[Change] = (),
        **facts: Any,
    ) -> Site:
        """Open an institution, with what changed about it later."""
        place = self.places.communities[community]
        number = len(self.sites) + 1
        institution = Institution(
            uid=UUID(int=self.random.getrandbits(128), version=4), code=f"DEMO-{number:04d}"
        )
        base = {
            "name": f"演示{name}",
            "region": self.regions[place.code],
            "address": address or f"{place.name}演示路{number}号",
            "credit_code": credit_code or _credit_code(ownership, number),
            "status": Status.OPERATING,
            "ownership": ownership,
            "host": host.institution if host else None,
            **facts,
        }
        past = [change for change in changes if change[0] <= self.scene.today]
        profiles = _history(institution, opened_on, base, past)
        site = Site(institution, f"演示{name}", place, opened_on, beds, profiles, host)
        self.sites.append(site)
        self.add(institution, *profiles)
        return site


def _history(
    institution: Institution, opened_on: date, base: dict[str, Any], changes: list[Change]
) -> list[InstitutionProfile]:
    """One profile from opening, and a new one, following on, for each change."""
    profiles: list[InstitutionProfile] = []
    facts = base
    for day, change in [(opened_on, {}), *sorted(changes, key=lambda change: change[0])]:
        facts = {**facts, **change}
        if profiles:
            profiles[-1].ends_on = day - ONE_DAY
        pinyin = initials(facts["name"])
        profiles.append(
            InstitutionProfile(institution=institution, pinyin=pinyin, starts_on=day, **facts)
        )
    return profiles


def _credit_code(ownership: Ownership, number: int) -> str:
    body = f"{REGISTRAR[ownership]}{NEVER_ISSUED_BODY}{number:06d}"
    return body + str(uscc.calc_check_digit(body))
