"""Where a proposal stands on a day: its last day in time, the working days left, its light."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date

from targets.models import Proposal, ProposalState
from targets.models.proposals import SENT
from targets.supervision.lights import Light, days_left, light_of
from yiyang.lib.working_days import WorkCalendar, working_day_from

TERM_MONTHS = 3  # 《代表法》《政协提案工作条例》：自交办之日起三个月内答复
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """The last day in time, moved off a day off, and how near it is."""

    due: date
    light: Light
    remaining: int
    is_estimate: bool

    @property
    def words(self) -> str:
        """The working days left while they count."""
        if self.light in {Light.ON_TIME, Light.LATE, Light.UNDATED}:
            return ""
        return f"超 {-self.remaining} 个" if self.remaining < 0 else f"剩 {self.remaining} 个"


def standing_of(proposal: Proposal, calendar: WorkCalendar, day: date) -> Standing:
    """The proposal on `day`; once answered it is judged by the day of its answer."""
    due = working_day_from(calendar, proposal.last_day)
    judged_on = proposal.answered_on or day
    remaining = days_left(calendar, due, judged_on)
    return Standing(
        due=due,
        light=_light(proposal, due, judged_on, remaining),
        remaining=remaining,
        is_estimate=calendar.is_estimate(proposal.assigned_on, due),
    )


def due_from(assigned_on: date, months_allowed: int = TERM_MONTHS) -> date:
    """The same day so many months later, or that month's last day where it has no such day."""
    years, month = divmod(assigned_on.month - 1 + months_allowed, MONTHS_A_YEAR)
    year, month = assigned_on.year + years, month + 1
    return date(year, month, min(assigned_on.day, months.monthrange(year, month)[1]))


def _light(proposal: Proposal, due: date, judged_on: date, remaining: int) -> Light:
    if proposal.state == ProposalState.DECLINED:
        return Light.UNDATED
    if proposal.state in SENT:
        return Light.LATE if judged_on > due else Light.ON_TIME
    return light_of(remaining)
