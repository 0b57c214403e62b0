"""Doctor teams to pick from, within the actor's scope."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from contracts.models import DoctorTeam
from institutions.forms.pickers import PickerField
from institutions.models import InstitutionProfile
from institutions.pickers import MOST_OFFERED, Choice, Choices, first_of
from yiyang.access.scope import Actor


def teams_to_pick(actor: Actor) -> QuerySet[DoctorTeam]:
    """Teams in scope that are at work on the actor's day."""
    return DoctorTeam.objects.visible_to(actor).on(actor.day)


def find_teams(actor: Actor, sought: str) -> Choices:
    """Teams by part of their name, beginning of their initials or code, with their institution."""
    found = teams_to_pick(actor).filter(
        Q(name__icontains=sought) | Q(pinyin__istartswith=sought) | Q(code__istartswith=sought)
    )
    rows = list(found.order_by("pinyin", "name", "pk")[: MOST_OFFERED + 1])
    profiles = InstitutionProfile.objects.on(actor.day)
    profiles = profiles.filter(institution__in={row.institution_id for row in rows})
    names = dict(profiles.values_list("institution_id", "name"))
    return first_of(Choice(row.code, row.name, names.get(row.institution_id, "")) for row in rows)


class TeamField(PickerField):
    """A doctor team at work on the actor's day."""

    address = "team-picker"
    what = "家庭医生团队"

    def by_code(self, code: str) -> DoctorTeam | None:
        return self._only(code=code)

    def by_name(self, name: str) -> DoctorTeam | None:
        return self._only(name=name)

    def name_of(self, code: str) -> str:
        team = self.by_code(code)
        return team.name if team else ""

    def _only(self, **wanted: Any) -> DoctorTeam | None:
        found = list(teams_to_pick(self.actor).filter(**wanted)[:2])
        return found[0] if len(found) == 1 else None
