"""The verbs that enter what institutions report about their residents, staff and services."""

from __future__ import annotations

from datetime import date

from institutions.models import CareService, Institution, Occupancy, StaffCount
from yiyang.changelog.context import Recorder
from yiyang.dated import Written, report


def report_occupancy(
    *, by: Recorder, institution: Institution, counted_on: date, **counts: int
) -> Written:
    """Enter who lived there at a month's end; a different count for it corrects the earlier one."""
    return report(
        by=by,
        model=Occupancy,
        keys={"institution": institution, "counted_on": counted_on},
        values=counts,
        reason="在住月报",
    )


def report_staff(
    *, by: Recorder, institution: Institution, counted_on: date, **counts: int
) -> Written:
    """Enter the staff on a day; a different count for it corrects the earlier one."""
    return report(
        by=by,
        model=StaffCount,
        keys={"institution": institution, "counted_on": counted_on},
        values=counts,
        reason="人员报表",
    )


def give_care_service(
    *,
    by: Recorder,
    institution: Institution,
    form: str,
    starts_on: date,
    ends_on: date | None,
    gives_medical: bool,
    gives_rehabilitation: bool,
    provider: Institution | None,
) -> Written:
    """Enter a form of medical service to residents; the same one again changes nothing."""
    return report(
        by=by,
        model=CareService,
        keys={"institution": institution, "form": form, "starts_on": starts_on},
        values={
            "ends_on": ends_on,
            "gives_medical": gives_medical,
            "gives_rehabilitation": gives_rehabilitation,
            "provider": provider,
        },
        reason="医疗服务形式",
    )
