"""The verbs that change the registers of institutions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from institutions.consent import refuse_without_consent
from institutions.consequences import refuse_unsettled
from institutions.models import (
    BedCount,
    GreenChannel,
    Institution,
    InstitutionGrant,
    InstitutionProfile,
    Licence,
    LicenceKind,
    Population,
    Region,
    RegionGrant,
)
from yiyang.access.actions import audit_account, refuse_own
from yiyang.access.models import User
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, checked_create, hold_from, report, void
from yiyang.lib.pinyin import initials


def register_institution(
    *, by: Recorder, code: str, starts_on: date, name: str, region: Region, **profile: Any
) -> Written:
    """Enter an institution, or what it is from `starts_on` on, under the city's own code.

    ValidationError for what needs the other office, or would stop it with agreements unsettled.
    """
    with recorded(by=by, reason="机构台账"):
        institution = Institution.objects.filter(code=code).first()
        if institution is None:
            institution = Institution.objects.create(code=code)
        refuse_without_consent(
            by, institution, starts_on, {"name": name, "region": region, **profile}
        )
        if "status" in profile:
            refuse_unsettled(institution, profile["status"], starts_on)
        return hold_from(
            by=by,
            model=InstitutionProfile,
            keys={"institution": institution},
            starts_on=starts_on,
            values={"name": name, "pinyin": initials(name)[:100], "region": region, **profile},
            reason="机构台账",
        )


def give_licence(
    *,
    by: Recorder,
    institution: Institution,
    kind: LicenceKind,
    starts_on: date,
    ends_on: date | None,
    number: str,
    full_time_beds: int | None = None,
    issued_by: str | None = None,
) -> Written:
    """Enter a certificate or filing with its validity; the same one again changes nothing."""
    issuer = {} if issued_by is None else {"issued_by": issued_by}
    return report(
        by=by,
        model=Licence,
        keys={"institution": institution, "kind": kind, "starts_on": starts_on},
        values={
            "ends_on": ends_on,
            "number": number,
            "full_time_beds": full_time_beds,
            **issuer,
        },
        reason="证照台账",
    )


def open_green_channel(
    *, by: Recorder, institution: Institution, steps: Iterable[str], starts_on: date
) -> Written:
    """From `starts_on` on the institution's green channel covers exactly these steps."""
    return hold_from(
        by=by,
        model=GreenChannel,
        keys={"institution": institution},
        starts_on=starts_on,
        values={"steps": list(steps)},
        reason="绿色通道台账",
    )


def report_beds(
    *,
    by: Recorder,
    institution: Institution,
    counted_on: date,
    register: str,
    basis: str,
    **counts: int,
) -> Written:
    """Enter a bed count; a different one for the same day corrects the earlier one."""
    return report(
        by=by,
        model=BedCount,
        keys={
            "institution": institution,
            "counted_on": counted_on,
            "register": register,
            "basis": basis,
        },
        values=counts,
        reason="床位报表",
    )


def publish_population(
    *,
    by: Recorder,
    region: Region,
    group: str,
    basis: str,
    counted_on: date,
    people: int,
    source: str,
) -> Written:
    """Enter a published head count with its source."""
    return report(
        by=by,
        model=Population,
        keys={"region": region, "group": group, "basis": basis, "counted_on": counted_on},
        values={"people": people, "source": source},
        reason="人口数",
    )


def grant_scope(*, by: Recorder, user: User, place: Region | Institution, on: date) -> None:
    """From `on` let someone else's account see a region, with all below it, or an institution."""
    refuse_own(by, user)
    model, name = _grant_of(place)
    with recorded(by=by, reason="授权"):
        checked_create(model, user=user, starts_on=on, **{name: place})
    audit_account(by, user, "grant", details={name: place.code})


def end_grant(*, by: Recorder, grant: RegionGrant | InstitutionGrant, user: User, on: date) -> None:
    """Take a grant back at once: the day before `on` is its last."""
    refuse_own(by, user)
    if grant.starts_on >= on:
        void(by=by, fact=grant, reason="当日收回授权")
    else:
        with recorded(by=by, reason="收回授权"):
            type(grant).objects.filter(pk=grant.pk).update(ends_on=on - timedelta(days=1))
    audit_account(by, user, "grant_end", details={"grant": grant.pk})


def _grant_of(place: Region | Institution) -> tuple[type[RegionGrant | InstitutionGrant], str]:
    if isinstance(place, Region):
        return RegionGrant, "region"
    return InstitutionGrant, "institution"
