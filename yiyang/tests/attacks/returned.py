"""Quarterly returns in every state that a page is made for, for the scene of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from institutions.models import Institution, Region
from targets.models import (
    CorrectionLine,
    FormState,
    QuarterlyReturn,
    ReturnCheck,
    ReturnCorrection,
    ReturnEdition,
    ReturnForm,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnState,
    ReturnValue,
)
from targets.tests.factories import City
from yiyang.access.models import User
from yiyang.access.roles import Role

HOME_RETURN = "西原养老院季报"
DAYS = {"institution_due": date(2020, 7, 7), "district_due": date(2020, 7, 14)}


def return_keys(city: City, home: Institution, accounts: Mapping[Role, User]) -> dict[str, Any]:
    """A form in use and a draft, a quarter on its way, and one published with a correction."""
    clerk, reviewer = accounts[Role.CITY_HEALTH_CLERK], accounts[Role.CITY_HEALTH_REVIEWER]
    used, _, _ = _form(1, None)
    ReturnForm.objects.filter(pk=used.pk).update(state=FormState.USED, used_on=date(2020, 1, 2))
    draft, item, check = _form(2, clerk)
    now, past = (_period(used, city.city, clerk, quarter) for quarter in (2, 1))
    of_home = _return(now, ReturnLevel.INSTITUTION, city.west, HOME_RETURN, institution=home)
    of_city = _return(now, ReturnLevel.CITY, city.city, "测试市（市汇总）")
    _return(now, ReturnLevel.DISTRICT, city.west, "西区")
    closed = _return(past, ReturnLevel.DISTRICT, city.west, "西区")
    total = _return(past, ReturnLevel.CITY, city.city, "测试市（市汇总）")
    for one, states in ((closed, ("SUBMITTED", "REVIEWED", "LOCKED")), (total, ("SUBMITTED",))):
        _bring(one, states, clerk, reviewer)
    _bring(total, ("LOCKED", "PUBLISHED"), clerk, reviewer)
    edition = ReturnEdition.objects.create(
        period=past,
        number=1,
        content=CONTENT,
        published_on=date(2020, 4, 20),
        published_by=reviewer,
    )
    correction = ReturnCorrection.objects.create(
        quarterly_return=closed,
        reason="西原养老院漏报床位",
        proposed_by=clerk,
        proposed_on=date(2020, 5, 6),
    )
    first = used.items.get()
    CorrectionLine.objects.create(correction=correction, item=first, old=5, new=Decimal(6))
    return {
        "return_form": used.pk,
        "return_draft": draft.pk,
        "return_item": item.pk,
        "return_check": check.pk,
        "return_period": now.pk,
        "return_home": of_home.pk,
        "return_city": of_city.pk,
        "return_closed": closed.pk,
        "return_total": total.pk,
        "return_edition": edition.pk,
        "return_correction": correction.pk,
    }


def _form(version: int, drafted_by: User | None) -> tuple[ReturnForm, ReturnItem, ReturnCheck]:
    form = ReturnForm.objects.create(
        code="test-return",
        version=version,
        title="测试季度监测表",
        valid_from=date(2015 + version, 1, 1),
        drafted_by=drafted_by,
    )
    item = ReturnItem.objects.create(
        form=form,
        position=1,
        code="01",
        label="养老床位",
        unit="BEDS",
        kind="STOCK",
        answered_by="INSTITUTION",
        source="HAND",
    )
    check = ReturnCheck.objects.create(
        form=form, position=1, kind="LAST_QUARTER", left="01", tolerance=20, is_hard=False
    )
    return form, item, check


def _period(form: ReturnForm, region: Region, clerk: User, quarter: int) -> ReturnPeriod:
    return ReturnPeriod.objects.create(
        form=form,
        region=region,
        year=2020,
        quarter=quarter,
        city_due=date(2020, 7, 21),
        opened_by=clerk,
        opened_on=date(2020, 7, 1),
        **DAYS,
    )


def _return(
    period: ReturnPeriod, level: ReturnLevel, region: Region, name: str, **fields: Any
) -> QuarterlyReturn:
    made = QuarterlyReturn.objects.create(
        period=period,
        level=level,
        region=region,
        unit_name=name,
        due_on=period.institution_due,
        **fields,
    )
    item = period.form.items.get()
    ReturnValue.objects.create(quarterly_return=made, item=item, value=5, note="照实填")
    return made


def _bring(own: QuarterlyReturn, states: tuple[str, ...], maker: User, checker: User) -> None:
    """Bring the return through the states, each written by the one whose step it is."""
    for state in states:
        said: dict[str, Any] = {"state": ReturnState(state)}
        if state == ReturnState.SUBMITTED:
            said |= {"submitted_by": maker, "submitted_on": date(2020, 4, 2)}
        elif state == ReturnState.PUBLISHED:
            said |= {"published_by": checker, "published_on": date(2020, 4, 20)}
        else:
            said |= {"reviewed_by": checker, "reviewed_on": date(2020, 4, 10)}
        QuarterlyReturn.objects.filter(pk=own.pk).update(**said)
    own.refresh_from_db()


CONTENT: dict[str, Any] = {
    "title": "测试市测试季度监测表（2020年第一季度）",
    "mark": "",
    "period": "2020年第一季度",
    "edition": 1,
    "first_day": "2020-01-01",
    "last_day": "2020-03-31",
    "form": {
        "title": "测试季度监测表",
        "version": 1,
        "table_number": "",
        "issued_by": "",
        "approval": "内部工作表",
        "valid": "2016-01-01 至 长期",
        "note": "",
    },
    "columns": ["测试市", "西区"],
    "rows": [
        {
            "code": "01",
            "label": "养老床位",
            "unit": "张",
            "kind": "季末存量",
            "is_part": False,
            "is_percent": False,
            "numbers": ["5", "5"],
        }
    ],
    "missing": [],
    "runs": [],
    "corrections": [],
}
