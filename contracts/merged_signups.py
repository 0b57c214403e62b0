"""The sign-ups of two records of one person made into one sequence: one team at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models.functions import Now

from contracts.models import FamilyDoctorSignup, Person, SignupService

SUPERSEDED = "合并重复记录：自 {day} 起由另一份签约接续"
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Settled:
    """What becomes of the sign-ups: which stay, which end on a day, which are void."""

    kept: list[FamilyDoctorSignup] = field(default_factory=list)
    ends: dict[int, date] = field(default_factory=dict)
    void: list[int] = field(default_factory=list)


def merge_signups(kept: Person, dropped: Person, *, void_reason: str) -> None:
    """Let every day either record was signed up be covered once, by the later of the two."""
    signups = FamilyDoctorSignup.objects.kept()
    settled = settle(signups.filter(person__in=(kept, dropped)), kept)
    FamilyDoctorSignup.objects.filter(pk__in=settled.void).update(
        voided_at=Now(), void_reason=void_reason
    )
    for pk, day in settled.ends.items():
        FamilyDoctorSignup.objects.filter(pk=pk).update(
            terminated_on=day, termination_reason=SUPERSEDED.format(day=day)
        )
    signups.filter(person=dropped).update(person=kept)
    _move_services(kept, dropped)


def settle(signups: Iterable[FamilyDoctorSignup], kept: Person) -> Settled:
    """Of two that overlap, one within the other is void; else the earlier ends as the later starts.

    So the union of the days stays, as if the person had changed teams on that day.
    """
    settled = Settled()
    order = sorted(
        signups,
        key=lambda s: (s.starts_on, -last_day(s).toordinal(), s.person_id != kept.pk, s.pk),
    )
    for signup in order:
        current = settled.kept[-1] if settled.kept else None
        if current is None or signup.starts_on > max(last_day(current), current.starts_on):
            settled.kept.append(signup)
        elif last_day(signup) <= last_day(current):
            settled.void.append(signup.pk)
        else:
            settled.ends[current.pk] = signup.starts_on
            settled.kept.append(signup)
    return settled


def last_day(signup: FamilyDoctorSignup) -> date:
    """The last day in force; a day before its start for one that never held."""
    ends = date.max if signup.auto_renews else signup.expires_on
    if signup.terminated_on is None:
        return ends
    return min(ends, signup.terminated_on - ONE_DAY)


def _move_services(kept: Person, dropped: Person) -> None:
    """A service given under a sign-up now void or ended counts for the one in force that day."""
    in_force = list(FamilyDoctorSignup.objects.kept().filter(person=kept))
    services = SignupService.objects.kept().filter(signup__person__in=(kept, dropped))
    for service in services.select_related("signup"):
        for signup in in_force:
            if signup.starts_on <= service.served_on <= last_day(signup) and (
                signup.pk != service.signup_id
            ):
                SignupService.objects.filter(pk=service.pk).update(signup=signup)
