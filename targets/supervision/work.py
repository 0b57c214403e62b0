"""What waits to be done about 督办, for the work list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from django.urls import reverse

from targets.models import Supervision, SupervisionState
from targets.supervision.lights import WARNING, Light
from targets.supervision.register import ShownSupervision, shown_supervisions
from targets.supervision.undertakers import undertaken_by
from targets.taskboard.work import SEVERITIES
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, ScopedQuerySet
from yiyang.asked import Asked
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource

S = SupervisionState
NEAR = frozenset({Light.YELLOW, Light.RED, Light.OVERDUE})
Rows = Callable[[Actor, date, Asked], list[ShownSupervision]]


def to_assign(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """Proposed orders that wait for the city's reviewer, but not one's own."""
    return [row for row in _for_checker(actor, day, asked) if row.state is S.DRAFT]


def to_review(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """Submitted orders that wait to be closed out or returned."""
    return [row for row in _for_checker(actor, day, asked) if row.state is S.REVIEW]


def to_sign(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """Orders assigned to the actor's unit and not signed for yet."""
    return shown_supervisions(_own(actor, asked).filter(state=S.ASSIGNED), day, asked=asked)


def feedback_near(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """The actor's unit's orders whose next feedback is near or late."""
    rows = shown_supervisions(_own(actor, asked).filter(state=S.WORKING), day, asked=asked)
    return [row for row in rows if row.standing.feedback_light in NEAR]


def term_near(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """Orders under way whose term is near or past, for who keeps the register."""
    under_way = Supervision.objects.visible_to(actor).filter(state__in=(S.ASSIGNED, S.WORKING))
    rows = shown_supervisions(under_way, day, asked=asked)
    return [row for row in rows if row.standing.light in WARNING]


def _for_checker(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    """What others have drafted or submitted, read once for both lists."""
    return asked.once(_others, actor, day, asked) if actor.whole_city else []


def _others(actor: Actor, day: date, asked: Asked) -> list[ShownSupervision]:
    waiting = Supervision.objects.visible_to(actor).filter(state__in=(S.DRAFT, S.REVIEW))
    return shown_supervisions(waiting.exclude(drafted_by=actor.user_id), day, asked=asked)


def _own(actor: Actor, asked: Asked) -> ScopedQuerySet[Supervision]:
    condition = asked.once(undertaken_by, actor)
    if condition is None:
        return Supervision.objects.none()
    return Supervision.objects.visible_to(actor).filter(condition)


def _by_term(row: ShownSupervision) -> tuple[date | None, Light]:
    return row.standing.due, row.standing.light


def _by_feedback(row: ShownSupervision) -> tuple[date | None, Light]:
    return row.standing.feedback_due, row.standing.feedback_light


def _items(
    rows: Collection[ShownSupervision],
    dated: Callable[[ShownSupervision], tuple[date | None, Light]],
) -> list[WorkItem]:
    ordered = sorted(rows, key=lambda row: (dated(row)[0] or date.max, row.supervision.pk))
    return [
        WorkItem(
            text=f"{row.number}　{row.supervision.title}（{row.lead}）",
            url=reverse("supervision-detail", args=[row.supervision.pk]),
            due=dated(row)[0],
            severity=SEVERITIES.get(dated(row)[1], Severity.NORMAL),
        )
        for row in ordered
    ]


def _source(
    name: str,
    title: str,
    permission: Permission,
    rows: Rows,
    *,
    group: WorkGroup = WorkGroup.TASK,
    dated: Callable[[ShownSupervision], tuple[date | None, Light]] = _by_term,
    hint: str = "",
) -> WorkSource:
    return WorkSource(
        id=name,
        title=title,
        group=group,
        order=20,
        permission=permission,
        everything=lambda actor, day, asked: _items(rows(actor, day, asked), dated),
        hint=hint,
    )


P = Permission
SIGN_HINT = "签收后开始按频次反馈；期限从交办次日起算。"
SUPERVISION_WORK = (
    _source("supervisions-assign", "待交办的督办", P.REVIEW, to_assign, group=WorkGroup.CHECK),
    _source("supervisions-review", "待审核销号的督办", P.REVIEW, to_review, group=WorkGroup.CHECK),
    _source("supervisions-term", "督办期限临近或超期", P.MANAGE_POLICIES, term_near),
    _source("supervisions-sign", "本部门待签收的督办", P.UPDATE_TASKS, to_sign, hint=SIGN_HINT),
    _source(
        "supervisions-feedback",
        "本部门督办该反馈了",
        P.UPDATE_TASKS,
        feedback_near,
        dated=_by_feedback,
    ),
    _source("supervisions-sign-here", "本区待签收的督办", P.EDIT_HEALTH, to_sign, hint=SIGN_HINT),
    _source(
        "supervisions-feedback-here",
        "本区督办该反馈了",
        P.EDIT_HEALTH,
        feedback_near,
        dated=_by_feedback,
    ),
)
