"""Where an order stands on a day: due day, working days left, light, next feedback."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from targets.models import Frequency, Supervision, SupervisionPause, SupervisionState
from targets.supervision.lights import Light, days_left, light_of
from yiyang.lib.working_days import (
    Pause,
    WorkCalendar,
    due_day,
    elapsed_days,
    remaining_days,
    working_day_from,
)

ONE_WEEK = timedelta(days=7)
DECEMBER = 12
S = SupervisionState


@dataclass(frozen=True, slots=True)
class Standing:
    """What the clock says of an order; without a due day it has not begun or stands still."""

    light: Light
    due: date | None = None
    remaining: int | None = None
    is_estimate: bool = False
    feedback_due: date | None = None
    feedback_light: Light = Light.UNDATED

    @property
    def days_over(self) -> int:
        """Working days past the due day."""
        return max(0, -(self.remaining or 0))

    @property
    def is_paused(self) -> bool:
        return self.light is Light.PAUSED


def standing_of(
    supervision: Supervision, pauses: Sequence[SupervisionPause], calendar: WorkCalendar, day: date
) -> Standing:
    """The order on `day`; once submitted it is judged by the day of its submission."""
    start = supervision.assigned_on
    if start is None:
        return Standing(Light.UNDATED)
    clock = tuple(Pause(one.stopped_on, one.resumed_on) for one in pauses)
    allowed = allowed_days(supervision, calendar, start)
    due = due_day(calendar, start, allowed, clock)
    judged_on = _judged_on(supervision, day)
    remaining = remaining_days(calendar, start, allowed, judged_on, clock)
    light = _light(supervision, clock, due, remaining, judged_on)
    feedback_due = None
    if supervision.state == S.WORKING and light is not Light.PAUSED:
        feedback_due = next_feedback(supervision, calendar, due)
    return Standing(
        light=light,
        due=due,
        remaining=remaining,
        is_estimate=calendar.is_estimate(start, due or day),
        feedback_due=feedback_due,
        feedback_light=_feedback_light(calendar, feedback_due, day),
    )


def allowed_days(supervision: Supervision, calendar: WorkCalendar, start: date) -> int:
    """The working days given, or those up to the day given."""
    if supervision.due_by is None:
        return supervision.allowed_days or 0
    return elapsed_days(calendar, start, working_day_from(calendar, supervision.due_by))


def next_feedback(
    supervision: Supervision, calendar: WorkCalendar, due: date | None
) -> date | None:
    """The day by which the next feedback is due: by frequency, by chase, at the latest the end.

    An order that goes on after its end is reported on by frequency again.
    """
    last = supervision.feedback_on or supervision.signed_on or supervision.assigned_on
    assert last is not None, "办理中的督办单已交办"
    ordinary = {
        Frequency.WEEK: last + ONE_WEEK,
        Frequency.MONTH: month_after(last),
    }.get(Frequency(supervision.frequency))
    days = [working_day_from(calendar, one) for one in (ordinary, supervision.feedback_by) if one]
    return min([*days, *([due] if due and due > last else [])], default=None)


def month_after(day: date) -> date:
    """The same day of the next month, or its last day where it has no such day."""
    year, month = (day.year + 1, 1) if day.month == DECEMBER else (day.year, day.month + 1)
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def _judged_on(supervision: Supervision, day: date) -> date:
    if supervision.state in {S.REVIEW, S.CLOSED} and supervision.submitted_on:
        return min(supervision.submitted_on, day)
    return day


def _light(
    supervision: Supervision,
    clock: tuple[Pause, ...],
    due: date | None,
    remaining: int,
    day: date,
) -> Light:
    is_late = due is not None and day > due
    if supervision.state == S.CLOSED:
        return Light.LATE if is_late else Light.ON_TIME
    if any(one.resumed_on is None for one in clock):
        return Light.PAUSED
    return Light.OVERDUE if is_late else light_of(remaining)


def _feedback_light(calendar: WorkCalendar, feedback_due: date | None, day: date) -> Light:
    if feedback_due is None:
        return Light.UNDATED
    return light_of(days_left(calendar, feedback_due, day))
