"""Everything the register holds about one doctor team, as it stands on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q

from contracts.models import DoctorTeam, FamilyDoctorSignup, TeamArea
from contracts.models.signups import signed_up_on
from institutions.history import (
    HistoryEntry,
    Wording,
    changes_in_words,
    institution_names,
    region_names,
)
from institutions.models import Institution, InstitutionProfile, Region
from yiyang.access.fields import INTERNAL, PUBLIC
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

AREAS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ShownArea:
    """A community the team answers for and whether it does so on the day."""

    area: TeamArea
    state: str


@dataclass(frozen=True, slots=True)
class TeamDossier:
    """One team on one day."""

    team: DoctorTeam
    day: date
    state: str
    institution: InstitutionProfile | None
    areas: Sequence[ShownArea]
    signups: Sequence[tuple[str, str]]
    history: Sequence[HistoryEntry]


def dossier_of(team: DoctorTeam, actor: Actor) -> TeamDossier:
    """Read the registers for one team; a number of queries that never grows."""
    day = actor.day
    profiles = InstitutionProfile.objects.on(day).filter(institution=team.institution_id)
    areas = TeamArea.objects.kept().filter(team=team).select_related("region")
    return TeamDossier(
        team=team,
        day=day,
        state=state_of(team, day),
        institution=profiles.select_related("region").first(),
        areas=[
            ShownArea(one, state_of(one, day))
            for one in areas.order_by("-starts_on", "region__code")[:AREAS_SHOWN]
        ],
        signups=signup_counts(team, actor),
        history=history_of(team),
    )


def state_of(fact: DoctorTeam | TeamArea, day: date) -> str:
    """Whether it holds on the day, in one word."""
    if fact.starts_on > day:
        return "未开始"
    return "已截止" if fact.ends_on is not None and fact.ends_on < day else "在岗"


def signup_counts(team: DoctorTeam, actor: Actor) -> list[tuple[str, str]]:
    """How many sign-ups are at each stage, in one query.

    Those who may see no persons read small counts as "below the limit", as everywhere; no total
    is given, from which a small one could be taken off.
    """
    day = actor.day
    states = {
        "有效": signed_up_on(day),
        "未生效": Q(starts_on__gt=day),
        "已到期": Q(expires_on__lt=day, auto_renews=False) & ~_ended(day),
        "已解约": _ended(day),
    }
    counters = {f"c{n}": Count("pk", filter=where) for n, where in enumerate(states.values())}
    counts = FamilyDoctorSignup.objects.kept().filter(team=team).aggregate(**counters)
    guarded = not actor.may(Permission.VIEW_PERSONS)
    return [(state, _shown(counts[f"c{n}"], guarded)) for n, state in enumerate(states)]


def _ended(day: date) -> Q:
    return Q(terminated_on__isnull=False, terminated_on__lte=day)


def _shown(count: int, guarded: bool) -> str:
    limit: int = settings.SMALL_CELL_LIMIT
    return f"<{limit}" if guarded and 0 < count < limit else f"{count:,}"


def history_of(team: DoctorTeam) -> list[HistoryEntry]:
    """The latest changes of the team and its communities, newest first."""
    areas = TeamArea.objects.filter(team=team).values_list("pk", flat=True)
    return changes_in_words({DoctorTeam: [team.pk], TeamArea: list(areas)}, WORDING)


def _team_names(ids: Collection[int]) -> dict[int, str]:
    return dict(DoctorTeam.objects.filter(pk__in=ids).values_list("pk", "name"))


WORDING = Wording(
    shown=frozenset({PUBLIC, INTERNAL}),
    silent=frozenset({"id", "uid", "team", "pinyin"}),
    namers={Region: region_names, Institution: institution_names, DoctorTeam: _team_names},
)
