"""The verbs that enter many rows at once, each as its single verb would, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.db.models.functions import Now

from institutions.actions_facts import PINYIN_LENGTH
from institutions.consent import ASKABLE, attribute_of, is_same, stored
from institutions.models import Institution, InstitutionProfile
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written
from yiyang.facts import Fact
from yiyang.lib.pinyin import initials

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileHeld:
    """What an institution is to be from a day on, with all it was said to be until now."""

    institution: Institution
    starts_on: date
    profile: Values
    known: Sequence[InstitutionProfile] = ()

    @property
    def current(self) -> InstitutionProfile | None:
        """What it is on that day, as far as is known."""
        return next((one for one in self.known if _holds(one, self.starts_on)), None)

    @property
    def last_day(self) -> date | None:
        """How long the new profile may hold: as long as the one it follows, or to the next."""
        if self.current is not None:
            return self.current.ends_on
        later = [one.starts_on for one in self.known if one.starts_on > self.starts_on]
        return min(later) - timedelta(days=1) if later else None


def enter_institutions(*, by: Recorder, codes: Sequence[str], reason: str) -> list[Institution]:
    """Enter institutions that the register does not have, by their codes."""
    with recorded(by=by, reason=reason):
        return Institution.objects.bulk_create([Institution(code=code) for code in codes])


def hold_profiles(*, by: Recorder, held: Sequence[ProfileHeld], reason: str) -> list[Written]:
    """As hold_profile for many institutions, each at most once; with the same consent obtained.

    IntegrityError or ValidationError where one of them cannot be: then none is written.
    """
    written = [_written(one) for one in held]
    wanted = [one for one, did in zip(held, written, strict=True) if did is not Written.UNCHANGED]
    with recorded(by=by, reason=reason):
        _make_room(wanted, reason)
        InstitutionProfile.objects.bulk_create([_profile(one) for one in wanted])
    return written


def enter_reports(
    *,
    by: Recorder,
    model: type[Fact],
    rows: Sequence[Values],
    standing: Sequence[Fact | None],
    reason: str,
) -> list[Written]:
    """As `report` for many rows with what stands in their place; the same exceptions as above."""
    written = [_reported(row, old) for row, old in zip(rows, standing, strict=True)]
    stale = [old.pk for old, did in _paired(standing, written) if did is Written.CHANGED and old]
    fresh = [model(**row) for row, did in _paired(rows, written) if did is not Written.UNCHANGED]
    for one in fresh:
        one.clean_fields(exclude={"institution"})
    with recorded(by=by, reason=reason):
        if stale:
            rows_there = model._default_manager.filter(pk__in=stale, voided_at=None)
            rows_there.update(voided_at=Now(), void_reason=reason)
        model._default_manager.bulk_create(fresh)
    return written


def _paired(first: Sequence[Any], second: Sequence[Any]) -> Any:
    return zip(first, second, strict=True)


def _reported(row: Values, old: Fact | None) -> Written:
    if old is None:
        return Written.NEW
    is_kept = all(_plain(getattr(old, name)) == _plain(value) for name, value in row.items())
    return Written.UNCHANGED if is_kept else Written.CHANGED


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _written(one: ProfileHeld) -> Written:
    current = one.current
    if current is None:
        return Written.NEW
    same = all(
        is_same(stored(getattr(current, attribute_of(name))), stored(one.profile[name]))
        for name in ASKABLE
        if name in one.profile
    )
    return Written.UNCHANGED if same else Written.CHANGED


def _make_room(wanted: Sequence[ProfileHeld], reason: str) -> None:
    """End what holds until now the day before; what began the same day was a mistake."""
    ending: dict[date, list[int]] = defaultdict(list)
    stale: list[int] = []
    for one in wanted:
        if one.current is None:
            continue
        if one.current.starts_on == one.starts_on:
            stale.append(one.current.pk)
        else:
            ending[one.starts_on - timedelta(days=1)].append(one.current.pk)
    rows = InstitutionProfile.objects.filter(voided_at=None)
    if stale:
        rows.filter(pk__in=stale).update(voided_at=Now(), void_reason=reason)
    for day, keys in ending.items():
        rows.filter(pk__in=keys).update(ends_on=day)


def _profile(one: ProfileHeld) -> InstitutionProfile:
    row = InstitutionProfile(
        **one.profile,
        institution=one.institution,
        starts_on=one.starts_on,
        ends_on=one.last_day,
        pinyin=initials(one.profile["name"])[:PINYIN_LENGTH],
    )
    row.clean_fields(exclude={"institution", "region", "host"})
    return row


def _holds(profile: InstitutionProfile, day: date) -> bool:
    return profile.starts_on <= day and (profile.ends_on is None or profile.ends_on >= day)
