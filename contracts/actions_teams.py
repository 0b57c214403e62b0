"""The verbs that keep doctor teams and the communities they answer for."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError

from contracts.models import DoctorTeam, TeamArea
from institutions.actions_facts import correct_fact
from institutions.models import Institution, Region
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import checked_create
from yiyang.lib.pinyin import initials

PINYIN_LENGTH = 60


def open_team(
    *, by: Recorder, code: str, name: str, institution: Institution, starts_on: date, reason: str
) -> DoctorTeam:
    """Enter a team under its code. ValidationError when the code is taken."""
    with recorded(by=by, reason=reason):
        team = checked_create(
            DoctorTeam,
            code=code,
            name=name,
            pinyin=initials(name)[:PINYIN_LENGTH],
            institution=institution,
            starts_on=starts_on,
        )
    assert isinstance(team, DoctorTeam)
    return team


def rename_team(*, by: Recorder, team: DoctorTeam, name: str, reason: str) -> None:
    """Give the team another name; the change log keeps the one before."""
    with recorded(by=by, reason=reason):
        team.name, team.pinyin = name, initials(name)[:PINYIN_LENGTH]
        team.full_clean()
        team.save(update_fields=["name", "pinyin"])


def end_team(*, by: Recorder, team: DoctorTeam, ends_on: date, reason: str) -> None:
    """Let `ends_on` be the team's last day, and that of the communities it answers for."""
    with recorded(by=by, reason=reason):
        _refuse_while_signed_up(team, ends_on)
        team.ends_on = ends_on
        team.full_clean()
        team.save(update_fields=["ends_on"])
        for area in TeamArea.objects.kept().filter(team=team, starts_on__lte=ends_on):
            if area.ends_on is None or area.ends_on > ends_on:
                end_area(by=by, area=area, ends_on=ends_on, reason=reason)


def assign_area(
    *, by: Recorder, team: DoctorTeam, region: Region, starts_on: date, reason: str
) -> None:
    """From `starts_on` on the team answers for a community."""
    with recorded(by=by, reason=reason):
        checked_create(TeamArea, team=team, region=region, starts_on=starts_on)


def end_area(*, by: Recorder, area: TeamArea, ends_on: date, reason: str) -> None:
    """Let `ends_on` be the last day the team answers for the community."""
    with recorded(by=by, reason=reason):
        area.ends_on = ends_on
        area.full_clean()
        area.save(update_fields=["ends_on"])


def correct_area(
    *,
    by: Recorder,
    area: TeamArea,
    region: Region,
    starts_on: date,
    ends_on: date | None,
    reason: str,
) -> None:
    """Void what was entered by mistake and enter the community and its days as they should be."""
    values = {"region": region, "starts_on": starts_on, "ends_on": ends_on}
    correct_fact(by=by, fact=area, values=values, reason=reason)


def _refuse_while_signed_up(team: DoctorTeam, ends_on: date) -> None:
    if team.signups.in_force(ends_on).exists():
        raise ValidationError(
            f"{ends_on} 还有在该团队签约的老年人，请先逐人续签到别的团队或解约，再截止团队。"
        )
