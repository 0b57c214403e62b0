"""布置: opening a period, with a return for everyone who owes one, prefilled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from institutions.models import Region, Status
from targets.indicators.calculation import Tree
from targets.indicators.institution_subjects import IS_HOME, elderly_services
from targets.indicators.measure import tree_on
from targets.models import (
    QuarterlyReturn,
    ReturnEvent,
    ReturnForm,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnState,
    ReturnValue,
    ReturnVerb,
)
from targets.returns.fetching import Fetcher, items_of
from targets.returns.quarters import DueDays, Quarter
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create
from yiyang.holidays.calendar import work_calendar

CITY_SUFFIX = "（市汇总）"
NOT_OVER = "这一季度到 {day} 才结束，季末之后才能布置。"
DAY_OFF = "{day} 是休息日，请选一个工作日。"
TOO_EARLY = "期限须在季末之后。"
NO_FORM = "{day} 没有启用的表式；请先启用一份有效期覆盖这一天的表式。"


def form_for(quarter: Quarter) -> ReturnForm:
    """The form in use on the quarter's last day. ValidationError where there is none."""
    form = ReturnForm.objects.valid_on(quarter.last_day).first()
    if form is None:
        raise ValidationError(NO_FORM.format(day=quarter.last_day))
    return form


def open_period(*, by: Actor, quarter: Quarter, due: DueDays) -> ReturnPeriod:
    """Ask everyone for the quarter's numbers; what registers and runs know is filled in."""
    if not (by.may(Permission.MANAGE_POLICIES) and by.whole_city):
        raise PermissionDenied(FORBIDDEN)
    _refuse_days(quarter, due, by.day)
    form = form_for(quarter)
    city = Region.objects.get(code=settings.PORTAL_REGION)
    with recorded(by=by, reason=f"布置{quarter.year}年第{quarter.number}季度监测"):
        period = checked_create(
            ReturnPeriod,
            form=form,
            region=city,
            year=quarter.year,
            quarter=quarter.number,
            institution_due=due.institution,
            district_due=due.district,
            city_due=due.city,
            opened_by_id=by.user_id,
            opened_on=by.day,
        )
        assert isinstance(period, ReturnPeriod)
        returns = QuarterlyReturn.objects.bulk_create(_owed(period, quarter, city, due))
        _fill(period, returns)
        _note(by, returns)
    return period


def _refuse_days(quarter: Quarter, due: DueDays, day: date) -> None:
    if day <= quarter.last_day:
        raise ValidationError({"quarter": NOT_OVER.format(day=quarter.last_day)})
    calendar = work_calendar(quarter.last_day)
    named = {
        "institution_due": due.institution,
        "district_due": due.district,
        "city_due": due.city,
    }
    for name, asked in named.items():
        if asked <= quarter.last_day:
            raise ValidationError({name: TOO_EARLY})
        if not calendar.is_working_day(asked):
            raise ValidationError({name: DAY_OFF.format(day=asked)})


def _owed(
    period: ReturnPeriod, quarter: Quarter, city: Region, due: DueDays
) -> list[QuarterlyReturn]:
    """One return of the city, of each district, and of each 养老机构 operating on the last day."""
    tree = tree_on(quarter.last_day, city.pk)
    districts = list(Region.objects.filter(pk__in=tree.children_of(city.pk)).order_by("code"))
    of_city = QuarterlyReturn(
        period=period,
        level=ReturnLevel.CITY,
        region=city,
        unit_name=f"{city.name}{CITY_SUFFIX}",
        due_on=due.city,
    )
    of_districts = [
        QuarterlyReturn(
            period=period,
            level=ReturnLevel.DISTRICT,
            region=district,
            unit_name=district.name,
            due_on=due.district,
        )
        for district in districts
    ]
    return [of_city, *of_districts, *_homes(period, quarter, tree, due)]


def _homes(
    period: ReturnPeriod, quarter: Quarter, tree: Tree, due: DueDays
) -> list[QuarterlyReturn]:
    district_of = {
        region: district
        for district in tree.children_of(tree.root)
        for region in tree.below(district)
    }
    homes = elderly_services(quarter.last_day).filter(IS_HOME, status=Status.OPERATING)
    homes = homes.order_by("pinyin", "pk")
    return [
        QuarterlyReturn(
            period=period,
            level=ReturnLevel.INSTITUTION,
            region_id=district_of[region],
            institution_id=institution,
            unit_name=name,
            due_on=due.institution,
        )
        for institution, region, name in homes.values_list("institution_id", "region_id", "name")
        if region in district_of
    ]


def _fill(period: ReturnPeriod, returns: Sequence[QuarterlyReturn]) -> None:
    items = list(ReturnItem.objects.filter(form=period.form_id))
    fetcher = Fetcher(period, items)
    values = []
    for one in returns:
        fetched = fetcher.fetch(one)
        values += [
            ReturnValue(
                quarterly_return=one,
                item=item,
                prefilled=fetched[item.code].number,
                prefilled_from=fetched[item.code].source,
                run=fetched[item.code].run,
                value=fetched[item.code].number,
            )
            for item in items_of(one.level, items)
        ]
    ReturnValue.objects.bulk_create(values)


def _note(by: Actor, returns: Sequence[QuarterlyReturn]) -> None:
    assert by.user_id is not None, "布置人已登录"
    ReturnEvent.objects.bulk_create(
        ReturnEvent(
            quarterly_return=one,
            verb=ReturnVerb.OPEN,
            state_after=ReturnState.FILLING,
            taken_on=by.day,
            author_id=by.user_id,
        )
        for one in returns
    )
