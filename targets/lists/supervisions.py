"""The list of orders of 督办: to whom, in which state, how much time is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django_filters import ChoiceFilter

from targets.bureau_names import BureauNames
from targets.forms.supervision import unit_choices
from targets.lists.tasks import LIGHT_TONES
from targets.models import Supervision, SupervisionKind, SupervisionState, Urgency
from targets.models.supervision import OPEN
from targets.supervision.lights import Light, thresholds_text
from targets.supervision.register import ShownSupervision, shown_of_rows, shown_supervisions
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, choice, offered, search
from yiyang.listing.register import Column, Entry, Register

Orders = QuerySet[Supervision]
Around = Mapping[int, ShownSupervision]
EVERY = "ALL"
LIGHTS = (Light.REMIND, Light.YELLOW, Light.RED, Light.OVERDUE, Light.PAUSED)
STATE_TONES = {
    SupervisionState.DRAFT: "none",
    SupervisionState.ASSIGNED: "warn",
    SupervisionState.WORKING: "plain",
    SupervisionState.REVIEW: "warn",
    SupervisionState.CLOSED: "good",
    SupervisionState.WITHDRAWN: "none",
}


def orders_on(actor: Actor, day: date) -> Orders:
    return Supervision.objects.visible_to(actor).select_related("lead_region", "task")


class StateFilter(ChoiceFilter):  # type: ignore[misc]
    """Orders of one state; those still open unless another is asked for."""

    def filter(self, qs: Orders, value: str) -> Orders:
        if value == EVERY:
            return qs
        return qs.filter(state__in=[value] if value else OPEN)


class SupervisionFilter(ListFilter):
    """Words, state, light, lead, assistant, kind and urgency of orders; the light is today's."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "编号、标题")
    state = StateFilter(
        label="状态",
        choices=[(EVERY, "全部"), *SupervisionState.choices],
        empty_label="在办",
        error_messages={"invalid_choice": "请从列表里选择状态。"},
    )
    lead = offered("牵头单位", method="by_unit")
    assistant = offered("协办单位", method="by_unit")
    kind = choice("类型", SupervisionKind.choices)
    urgency = choice("紧急程度", Urgency.choices)
    light = choice("期限", [(one.value, one.label) for one in LIGHTS], method="by_light")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = unit_choices(BureauNames(self.day), self.day)
        for name in ("lead", "assistant"):
            self.offer(name, units)

    def by_search(self, queryset: Orders, name: str, value: str) -> Orders:
        sought = value.strip()
        return queryset.filter(number__icontains=sought) | queryset.filter(title__icontains=sought)

    def by_unit(self, queryset: Orders, name: str, value: str) -> Orders:
        kind, _, key = value.partition("-")
        if name == "lead":
            return queryset.filter(**{f"lead_{kind}": int(key)})
        assisted = Supervision.objects.filter(
            **{f"assistants__{kind}": int(key), "assistants__voided_at": None}
        )
        return queryset.filter(pk__in=assisted.values("pk"))

    def by_light(self, queryset: Orders, name: str, value: str) -> Orders:
        """The light is told by the clock alone, and only of orders under way: those are few."""
        under_way = queryset.filter(state__in=OPEN).order_by()
        rows = shown_supervisions(under_way, self.day)
        lit = [row.supervision.pk for row in rows if row.standing.light.value == value]
        return queryset.filter(pk__in=lit)


def orders_around(rows: Sequence[Supervision], actor: Actor, day: date) -> Around:
    return {shown.supervision.pk: shown for shown in shown_of_rows(rows, day)}


def due_words(shown: ShownSupervision) -> str:
    if shown.standing.due is None:
        return ""
    return f"{shown.standing.due}{'（暂估）' if shown.standing.is_estimate else ''}"


def left_words(shown: ShownSupervision) -> str:
    """The working days left while they count; what is closed has none."""
    light, left = shown.standing.light, shown.standing.remaining
    if left is None or light in {Light.ON_TIME, Light.LATE}:
        return ""
    return f"超 {shown.standing.days_over} 个" if left < 0 else f"剩 {left} 个"


def feedback_words(shown: ShownSupervision) -> str:
    if shown.standing.feedback_due is None:
        return ""
    late = shown.standing.feedback_light is Light.OVERDUE
    return f"{shown.standing.feedback_due}{'（逾期未反馈）' if late else ''}"


def day_words(day: date | None) -> str:
    return day.isoformat() if day else ""


C = Column[Supervision, Around]
SUPERVISIONS = Register(
    code="supervisions",
    title="督办台账",
    unit="张",
    url_name="supervision-list",
    permission=Permission.VIEW_TARGETS,
    rows=orders_on,
    filterset=SupervisionFilter,
    columns=(
        C(
            "title",
            "标题",
            lambda row, _: row.title,
            link=lambda row, _: reverse("supervision-detail", args=[row.pk]),
        ),
        C("number", "编号", lambda row, around: around[row.pk].number, sort="pk"),
        C("kind", "类型", lambda row, _: row.get_kind_display(), is_default=False),
        C("urgency", "紧急程度", lambda row, _: row.get_urgency_display()),
        C("lead", "牵头单位", lambda row, around: around[row.pk].lead, is_long=True),
        C(
            "assistants",
            "协办单位",
            lambda row, around: "、".join(around[row.pk].assistants),
            is_long=True,
        ),
        C(
            "state",
            "状态",
            lambda row, around: str(around[row.pk].state.label),
            tone=lambda row, around: STATE_TONES[around[row.pk].state],
        ),
        C("due", "到期日", lambda row, around: due_words(around[row.pk])),
        C(
            "light",
            "期限状态",
            lambda row, around: str(around[row.pk].standing.light.label),
            tone=lambda row, around: LIGHT_TONES[around[row.pk].standing.light],
        ),
        C("left", "工作日", lambda row, around: left_words(around[row.pk])),
        C("feedback", "下次反馈", lambda row, around: feedback_words(around[row.pk])),
        C("basis", "依据", lambda row, _: row.basis_text, is_long=True, is_default=False),
        C(
            "drafted_on",
            "立项日期",
            lambda row, _: row.drafted_on.isoformat(),
            sort="drafted_on",
            is_default=False,
        ),
        C(
            "assigned_on",
            "交办日期",
            lambda row, _: day_words(row.assigned_on),
            sort="assigned_on",
            is_default=False,
        ),
        C(
            "closed_on",
            "销号日期",
            lambda row, _: day_words(row.closed_on),
            sort="closed_on",
            is_default=False,
        ),
    ),
    around=orders_around,
    default_sort="-number",
    entry=Entry("立项", "supervision-new", lambda actor: actor.may(Permission.MANAGE_POLICIES)),
    note="立项、交办、签收、反馈、审核、销号都在这里；期限按工作日，从交办次日起算。",
    next_step="可从落后的指标、任务页面“发督办”，或点“立项”自拟；部门和区里只列交给自己的督办单。",
    template="targets/supervision_list.html",
    is_cards=True,
    extras=lambda actor: {"lights": thresholds_text()},
)
