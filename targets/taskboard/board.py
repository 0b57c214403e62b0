"""The board as it stands on a day: each task with its parts, state, next milestone and light."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from targets.bureau_names import BureauNames, NamedBureau
from targets.models import (
    PolicyTask,
    TaskBureau,
    TaskMilestone,
    TaskProgress,
    TaskRole,
    TaskState,
)
from targets.supervision.lights import Light, days_left, light_of
from targets.taskboard.states import CLOSING_ROLES, state_of
from yiyang.asked import Asked
from yiyang.holidays.calendar import work_calendar
from yiyang.lib.working_days import WorkCalendar


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One bureau's part: under which name, in which role and how far."""

    part: TaskBureau
    bureau: NamedBureau
    state: TaskState
    percentage: int | None
    reported_on: date | None

    @property
    def role(self) -> TaskRole:
        return TaskRole(self.part.role)

    @property
    def is_closing(self) -> bool:
        return self.role in CLOSING_ROLES


@dataclass(frozen=True, slots=True)
class ShownTask:
    """One row of the board."""

    task: PolicyTask
    parts: tuple[ShownPart, ...]
    state: TaskState
    milestone: TaskMilestone | None
    light: Light

    @property
    def done_parts(self) -> tuple[int, int]:
        """How many of the bureaus that answer for the task are done, of how many."""
        closing = [part for part in self.parts if part.is_closing]
        return sum(part.state is TaskState.DONE for part in closing), len(closing)


@dataclass(slots=True)
class BureauDuties:
    """What one bureau has to do."""

    bureau_id: int
    name: str
    roles: Counter[TaskRole] = field(default_factory=Counter)
    done: int = 0
    overdue: int = 0

    @property
    def lead(self) -> int:
        return self.roles[TaskRole.LEAD] + self.roles[TaskRole.SOLE]

    @property
    def each(self) -> int:
        return self.roles[TaskRole.EACH]

    @property
    def support(self) -> int:
        return self.roles[TaskRole.SUPPORT]

    @property
    def answered(self) -> int:
        return self.lead + self.each


def board(tasks: QuerySet[PolicyTask], day: date, *, asked: Asked | None = None) -> list[ShownTask]:
    """The tasks in their printed order, in a number of queries that does not grow with them."""
    return board_of(list(tasks.select_related("policy")), day, asked=asked)


def board_of(
    tasks: Sequence[PolicyTask], day: date, *, asked: Asked | None = None
) -> list[ShownTask]:
    """The same of tasks already read, in the order given."""
    if not tasks:
        return []
    parts = Prefetch("bureaus", TaskBureau.objects.select_related("progress"))
    prefetch_related_objects(tasks, parts, _kept_milestones())
    asked = asked or Asked()
    names = asked.once(BureauNames, day)
    calendar = asked.once(work_calendar, date(day.year, 1, 1))
    return [_shown(task, names, calendar, day) for task in tasks]


def by_bureau(rows: Iterable[ShownTask]) -> list[BureauDuties]:
    """The board counted by bureau, those with most to answer for first."""
    lines: dict[int, BureauDuties] = {}
    for row in rows:
        for part in row.parts:
            bureau = part.bureau
            line = lines.setdefault(bureau.bureau_id, BureauDuties(bureau.bureau_id, bureau.name))
            line.roles[part.role] += 1
            if part.is_closing:
                line.done += part.state is TaskState.DONE
                line.overdue += row.light is Light.OVERDUE and part.state is not TaskState.DONE
    return sorted(lines.values(), key=lambda one: (-one.answered, -one.support, one.name))


def _shown(task: PolicyTask, names: BureauNames, calendar: WorkCalendar, day: date) -> ShownTask:
    parts = tuple(_part(part, names) for part in task.bureaus.all())
    state = state_of((part.role, part.state) for part in parts)
    milestone = None if state is TaskState.DONE else _next(task)
    light = Light.UNDATED
    if milestone is not None:
        light = light_of(days_left(calendar, milestone.due_on, day))
    return ShownTask(task, parts, state, milestone, light)


def _part(part: TaskBureau, names: BureauNames) -> ShownPart:
    progress: TaskProgress | None = getattr(part, "progress", None)
    if progress is None:
        return ShownPart(part, names.of_part(part), TaskState.NOT_STARTED, None, None)
    return ShownPart(
        part,
        names.of_part(part),
        TaskState(progress.state),
        progress.percentage,
        progress.reported_on,
    )


def _next(task: PolicyTask) -> TaskMilestone | None:
    """The earliest milestone not reached yet."""
    kept: list[TaskMilestone] = task.kept_milestones  # type: ignore[attr-defined]
    return next((one for one in kept if one.reached_on is None), None)


def _kept_milestones() -> Prefetch[str, QuerySet[TaskMilestone], str]:
    return Prefetch("milestones", TaskMilestone.objects.kept(), to_attr="kept_milestones")
