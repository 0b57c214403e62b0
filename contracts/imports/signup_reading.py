"""A line of the sheet of sign-ups, read into what it wants of the registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.imports.signup_sheet import SIGNUPS
from contracts.keys import stale_digests
from contracts.models import DoctorTeam, Sex
from contracts.reasons import identity_in
from institutions.imports.lines import Line
from institutions.imports.registry import Sending
from institutions.ingest.registers import Fault, read_cells
from institutions.models import Region, RegionPlacement
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, ByRegion
from yiyang.lib.ages import birthday
from yiyang.lib.crypto import digest
from yiyang.lib.identifiers import ResidentId, region_code, resident_id

OLD_AGE = 60
HEADINGS = {cell.name: cell.heading for cell in SIGNUPS.cells}
NOT_OLD = "不满 60 岁：60 岁以下的签约按街道每月汇总填报，不进名册。"
NO_TEAM = "没有登记，或不在您的授权范围内；请先导入家庭医生团队。"
NO_REGION = "不在区划表中，请核对 12 位代码。"
OUTSIDE = "不在您的授权范围内，请由所在区经办，或核对代码。"
MAY_BE_UNSAID = ("auto_renews", "terminated_on", "termination_reason")
SHORT = "签约期不得少于一年（含首尾两日），请核对生效日期与到期日期。"


@dataclass(slots=True)
class Wanted:
    """What one line says, checked by itself."""

    line: Line
    digest: bytes
    id_number: str
    name: str
    phone: str
    born_on: date
    sex: str
    region_id: int | None
    resides_from: date
    team_id: int
    signed_on: date
    starts_on: date
    expires_on: date
    auto_renews: bool
    terminated_on: date | None
    termination_reason: str
    key_groups: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        return last_day(self.expires_on, self.auto_renews, self.terminated_on)


def last_day(expires_on: date, auto_renews: bool, terminated_on: date | None) -> date:
    """The last day a sign-up holds, as the database reckons it."""
    last = date.max if auto_renews else expires_on
    if terminated_on is None:
        return last
    return min(last, date.fromordinal(terminated_on.toordinal() - 1))


class Places:
    """The regions and teams a sender may name, read once for the whole sheet."""

    def __init__(self, actor: Actor) -> None:
        self.regions = dict(Region.objects.values_list("code", "pk"))
        self.names = dict(Region.objects.values_list("pk", "name"))
        teams = DoctorTeam.objects.kept().visible_to(actor)
        self.teams = dict(teams.values_list("code", "pk"))
        self.team_codes = dict(DoctorTeam.objects.values_list("pk", "code"))
        placed = RegionPlacement.objects.on(actor.day)
        self._parents = dict(placed.values_list("region_id", "parent_id"))
        self._within = _regions_within(actor)

    def covers(self, region_id: int | None) -> bool:
        """Whether the sender's grants reach the region; one not known lies only in the city."""
        return self._within is None or region_id in self._within

    def lies_in(self, region_id: int, wider: int) -> bool:
        """Whether the region is the wider one or lies below it."""
        at: int | None = region_id
        while at is not None and at != wider:
            at = self._parents.get(at)
        return at is not None


def _regions_within(actor: Actor) -> set[int] | None:
    """The regions granted, with all below; None is the whole city."""
    condition = ByRegion("pk").condition(actor) if actor.may(Permission.EDIT_HEALTH) else False
    if condition is True:
        return None
    if condition is False:
        return set()
    return set(Region.objects.filter(condition).values_list("pk", flat=True))


class Reader:
    """Reads lines one by one."""

    def __init__(self, sending: Sending) -> None:
        self.places = Places(sending.actor)
        self.is_rotating = stale_digests().exists()
        self.unsaid = tuple(name for name in MAY_BE_UNSAID if name not in sending.columns)
        self.has_groups = "key_groups" in sending.columns
        self._columns, self._day = sending.columns, sending.day
        # 表里没有的选填列，每行读出来都一样：只读一次。
        given = [cell for cell in SIGNUPS.cells if cell.name in sending.columns or cell.is_required]
        lacking = [cell for cell in SIGNUPS.cells if cell not in given]
        self._given, (self._lacking, _) = given, read_cells(lacking, {})

    def read(self, line: Line) -> Wanted | tuple[Fault, ...]:
        """What the line wants, or everything that is wrong with it."""
        values, wrong = read_cells(self._given, line.texts(self._columns))
        values |= self._lacking
        who = self._checked(wrong, "id_number", lambda: self._person(values["id_number"]), values)
        team = self._checked(wrong, "team", lambda: self._team(values["team"]), values)
        region = self._checked(wrong, "region", lambda: self._region(values["region"]), values)
        if not wrong:
            wrong = self._dates(values)
        if wrong or who is None:
            return tuple(wrong)
        return self._wanted(line, values, who, team, region)

    def _checked(self, wrong: list[Fault], name: str, check: Any, values: Mapping[str, Any]) -> Any:
        """The result of a check of one cell, its complaint added to what is wrong."""
        if name not in values:
            return None
        try:
            return check()
        except ValueError as error:
            wrong.append(Fault(str(error), name, HEADINGS[name]))
            return None

    def _person(self, text: str) -> ResidentId:
        who = resident_id(text, day=self._day)
        if birthday(who.born_on, OLD_AGE) > self._day:
            raise ValueError(NOT_OLD)
        return who

    def _team(self, code: str) -> int:
        team = self.places.teams.get(code)
        if team is None:
            raise ValueError(f"“{code}”{NO_TEAM}")
        return team

    def _region(self, text: str) -> int | None:
        if not text:
            return None
        region = self.places.regions.get(region_code(text))
        if region is None:
            raise ValueError(f"“{text[:12]}”{NO_REGION}")
        if not self.places.covers(region):
            raise ValueError(OUTSIDE)
        return region

    def _dates(self, values: dict[str, Any]) -> list[Fault]:
        """What is wrong between the dates; the start is the day of signing where none is given."""
        values["starts_on"] = values["starts_on"] or values["signed_on"]
        starts_on, ended = values["starts_on"], values["terminated_on"]
        wrong = []
        if values["expires_on"] < a_year_on(starts_on):
            wrong.append(_fault("expires_on", SHORT))
        if values["signed_on"] > self._day:
            wrong.append(_fault("signed_on", "晚于今天，请核对。"))
        if ended is not None and ended < starts_on:
            wrong.append(_fault("terminated_on", "不能早于生效日期。"))
        if (ended is None) != (not values["termination_reason"]):
            wrong.append(_fault("termination_reason", "与解约日期须同时填写。"))
        elif ended and (named := identity_in(values["termination_reason"], (values["name"],))):
            wrong.append(_fault("termination_reason", named))
        return wrong

    def _wanted(
        self,
        line: Line,
        values: Mapping[str, Any],
        who: ResidentId,
        team: int,
        region: int | None,
    ) -> Wanted:
        return Wanted(
            line=line,
            digest=digest(who.number, "id_number"),
            id_number=who.number,
            name=values["name"],
            phone=values["phone"],
            born_on=who.born_on,
            sex=Sex.FEMALE.value if who.is_female else Sex.MALE.value,
            region_id=region,
            resides_from=values["resides_from"] or values["starts_on"],
            team_id=team,
            signed_on=values["signed_on"],
            starts_on=values["starts_on"],
            expires_on=values["expires_on"],
            auto_renews=values["auto_renews"],
            terminated_on=values["terminated_on"],
            termination_reason=values["termination_reason"],
            key_groups=values["key_groups"],
        )


def _fault(name: str, text: str) -> Fault:
    return Fault(text, name, HEADINGS[name])


def a_year_on(starts_on: date) -> date:
    """The last day of a full year from `starts_on`, as PostgreSQL adds a year."""
    try:
        later = starts_on.replace(year=starts_on.year + 1)
    except ValueError:  # 2 月 29 日加一年是 2 月 28 日
        later = date(starts_on.year + 1, 2, 28)
    return date.fromordinal(later.toordinal() - 1)
