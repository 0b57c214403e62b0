"""A subject's queryset is built once for a day, its settings and the thread that reads it."""

from __future__ import annotations

from datetime import date
from threading import Thread
from typing import Any

from django.db.models import QuerySet

from institutions.models import Region
from targets.indicators.base import Subject
from targets.tests.factories import DAY, City

OTHER_DAY = date(2018, 1, 1)


class Counting:
    """Builds the regions of a name and remembers for which days it was asked to."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.subject = Subject(
            name="regions",
            title="区划",
            measure="个",
            build=self.build,
            region="pk",
            columns=(),
            settings=("REPORT_CARRY_DAYS",),
        )

    def build(self, day: date) -> QuerySet[Any]:
        self.days.append(day)
        return Region.objects.order_by("pk")


def test_a_day_is_built_once_and_another_day_anew() -> None:
    counting = Counting()
    for day in (DAY, DAY, OTHER_DAY, DAY):
        counting.subject.rows(day)
    assert counting.days == [DAY, OTHER_DAY]


def test_another_setting_is_built_anew(settings: Any) -> None:
    counting = Counting()
    counting.subject.rows(DAY)
    settings.REPORT_CARRY_DAYS += 1
    counting.subject.rows(DAY)
    assert counting.days == [DAY, DAY]


def test_two_subjects_and_two_threads_share_nothing() -> None:
    first, second = Counting(), Counting()
    first.subject.rows(DAY)
    second.subject.rows(DAY)
    thread = Thread(target=first.subject.rows, args=(DAY,))
    thread.start()
    thread.join()
    assert (first.days, second.days) == ([DAY, DAY], [DAY])


def test_what_one_reader_read_or_filtered_is_not_the_next_ones(city: City) -> None:
    subject = Counting().subject
    assert subject.rows(DAY).filter(pk=city.east.pk).get() == city.east
    before = len(subject.rows(DAY))
    Region.objects.create(code="159900000000", name="新设区", level=city.east.level)
    assert len(subject.rows(DAY)) == before + 1
