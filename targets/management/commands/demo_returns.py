"""Fill the demo's quarterly returns the way its accounts would, once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from institutions.models import InstitutionGrant
from targets.models import (
    ItemSource,
    QuarterlyReturn,
    ReturnItem,
    ReturnLevel,
    ReturnPeriod,
    ReturnState,
    ReturnVerb,
)
from targets.returns.actions import fill, take_step
from targets.returns.corrections import decide, propose
from targets.returns.effective import numbers_of
from targets.returns.opening import open_period
from targets.returns.quarters import Quarter, due_days, quarter_of
from targets.returns.sheets import filled
from yiyang.access.demo import demo_account, demo_actor
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM, recorded

L, V = ReturnLevel, ReturnVerb
CLERK, CHECKER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER
DISTRICT, DISTRICT_CHECKER = Role.DISTRICT_HEALTH_CLERK, Role.DISTRICT_HEALTH_REVIEWER
NOTE = "与登记核对无误，变动属实。"
MISSING = "个别机构停业装修，本季未报。"
# 这几家让它欠着，催报才有对象。
LEFT_OWING = 3
VISITS = {"23": 46, "24": 12}


class Command(BaseCommand):
    help = "演示环境：上上季已发布并更正一处，上一季报到一半；已布置的不再重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未开），不布置演示的季度监测。")
        today = timezone.localdate()
        current = quarter_of(today).before
        if not ReturnPeriod.objects.exists():
            with transaction.atomic():
                publish_with_a_correction(current.before)
                bring_half_way(current)
        self.stdout.write(f"演示季度监测 {ReturnPeriod.objects.count()} 期。")


def publish_with_a_correction(quarter: Quarter) -> None:
    """A quarter passed on to the end, in time, and one number corrected after it."""
    due = due_days(quarter)
    period = open_period(
        by=demo_actor(CLERK, quarter.last_day + timedelta(days=1)), quarter=quarter, due=due
    )
    for own in _returns(period, L.INSTITUTION):
        _hand_in(own, DISTRICT, DISTRICT_CHECKER, due.institution)
    for own in _returns(period, L.DISTRICT):
        _hand_in(own, DISTRICT, DISTRICT_CHECKER, due.district)
    for own in _returns(period, L.CITY):
        _fill(own, CLERK, due.city)
        _step(own, CLERK, V.SUBMIT, due.city)
        _step(own, CHECKER, V.LOCK, due.city)
        _step(own, CHECKER, V.PUBLISH, due.city)
    _correct(_returns(period, L.DISTRICT)[0], due.city + timedelta(days=6))


def bring_half_way(quarter: Quarter) -> None:
    """A quarter in which some institutions still owe and one district is sent back."""
    due = due_days(quarter)
    period = open_period(
        by=demo_actor(CLERK, quarter.last_day + timedelta(days=1)), quarter=quarter, due=due
    )
    homes = _returns(period, L.INSTITUTION)
    give_home(homes[-1])
    for own in homes[:-LEFT_OWING]:
        _hand_in(own, DISTRICT, DISTRICT_CHECKER, due.institution)
    districts = _returns(period, L.DISTRICT)
    _hand_in(districts[0], DISTRICT, DISTRICT_CHECKER, due.district)
    if len(districts) > 1:
        _fill(districts[1], DISTRICT, due.district)
        _step(districts[1], DISTRICT, V.SUBMIT, due.district, MISSING)
        _step(districts[1], DISTRICT_CHECKER, V.RETURN, due.district, "请补报缺报机构后再报。")


def give_home(own: QuarterlyReturn) -> None:
    """Let the demo's reporter speak for a home that still owes, beside the institution it has."""
    assert own.institution is not None, "数据库约束：机构的填报单必有机构"
    user = demo_account(Role.INSTITUTION_REPORTER)
    since = own.period.opened_on
    with recorded(by=SYSTEM, reason="演示账号"):
        InstitutionGrant.objects.create(user=user, institution=own.institution, starts_on=since)


def _hand_in(own: QuarterlyReturn, maker: Role, checker: Role, day: date) -> None:
    _fill(own, maker, day)
    _step(own, maker, V.SUBMIT, day, MISSING if own.level == L.DISTRICT else "")
    _step(own, checker, V.REVIEW, day)


def _fill(own: QuarterlyReturn, role: Role, day: date) -> None:
    """Fetch, put a number where none was found, then a word where one is asked for."""
    _step(own, role, V.FETCH, day)
    by = demo_actor(role, day)
    lines = filled(own).lines
    typed = {
        one.item.code: (_typed(one.item, one.value.value), one.value.note or NOTE)
        for one in lines
        if one.value.value is None
    }
    fill(by=by, quarterly_return=own, entered=typed)
    asked = {one.code for one in filled(own).asking}
    noted = {
        line.item.code: (line.value.value, NOTE)
        for line in filled(own).lines
        if line.item.code in asked
    }
    fill(by=by, quarterly_return=own, entered=noted)


def _typed(item: ReturnItem, number: Decimal | None) -> Decimal | None:
    """A number by hand: the visits a small one that adds up, whatever else was not found 0."""
    is_share = item.source == ItemSource.QUOTIENT
    return number if is_share else Decimal(VISITS.get(item.code, 0))


def _step(own: QuarterlyReturn, role: Role, verb: ReturnVerb, day: date, text: str = "") -> None:
    take_step(by=demo_actor(role, day), quarterly_return=own, verb=verb, at=_at(day), text=text)


def _correct(own: QuarterlyReturn, day: date) -> None:
    own.refresh_from_db()
    now = numbers_of(own)["23"] or Decimal(0)
    correction = propose(
        by=demo_actor(CLERK, day),
        quarterly_return=own,
        numbers={"23": now + 12},
        reason="一家机构漏报季末一周的诊疗人次，已核对登记簿。",
    )
    decide(by=demo_actor(CHECKER, day), correction=correction, agreed=True, at=_at(day), answer="")


def _returns(period: ReturnPeriod, level: ReturnLevel) -> list[QuarterlyReturn]:
    found = period.returns.filter(level=level, state=ReturnState.FILLING)
    if level == L.DISTRICT:
        found = period.returns.filter(level=level)
    return list(found.select_related("period__form").order_by("region__code", "pk"))


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(16)))
