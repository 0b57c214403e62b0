"""Keeping the days on which seats and placements begin or cease to hold."""

from __future__ import annotations

from datetime import date

from django.db import connection

from institutions.models import InstitutionProfile, RegionPlacement, TurnMark
from yiyang.changelog.context import SYSTEM, recorded

# 截止日的次日起不再有效，那一天才变动。
TURNS = """
INSERT INTO institutions_scopeturn (turned_on, {owner}_id)
SELECT starts_on, {owner}_id FROM {table}
WHERE voided_at IS NULL AND starts_on > %(through)s AND starts_on <= %(day)s
UNION
SELECT ends_on + 1, {owner}_id FROM {table}
WHERE voided_at IS NULL AND ends_on >= %(through)s AND ends_on < %(day)s
ON CONFLICT DO NOTHING
"""
OWNERS = (("institution", InstitutionProfile), ("region", RegionPlacement))


def keep_turns(day: date) -> None:
    """Keep every turn up to `day`, once; the first call only remembers where it began.

    Before the first call nobody has been told anything that a turn could make untrue.
    """
    mark = TurnMark.objects.filter(pk=1).first()
    if mark is not None and mark.turned_through >= day:
        return
    with recorded(by=SYSTEM, reason="到了起止日期"):
        TurnMark.objects.get_or_create(pk=1, defaults={"turned_through": day})
        mark = TurnMark.objects.select_for_update().get(pk=1)
        if mark.turned_through < day:
            _turn(mark.turned_through, day)
            TurnMark.objects.filter(pk=1).update(turned_through=day)


def _turn(through: date, day: date) -> None:
    with connection.cursor() as cursor:
        for owner, model in OWNERS:
            statement = TURNS.format(owner=owner, table=model._meta.db_table)
            cursor.execute(statement, {"through": through, "day": day})
