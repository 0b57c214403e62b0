"""The list of bulletins: about which day, at whose desk, signed when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from targets.models import Bulletin, BulletinState
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, search
from yiyang.listing.register import Column, Entry, Register, nothing_around

Bulletins = QuerySet[Bulletin]
S = BulletinState
STATE_TONES = {
    S.DRAFT: "none",
    S.OFFICE: "warn",
    S.CHIEF: "warn",
    S.SIGNING: "warn",
    S.SIGNED: "good",
    S.WITHDRAWN: "bad",
    S.DROPPED: "none",
}


def bulletins_for(actor: Actor, day: date) -> Bulletins:
    """The bulletins in the actor's sight; what they say is not read for the list."""
    seen = Bulletin.objects.visible_to(actor)
    return seen.select_related("region", "run", "drafted_by").defer(
        "content", "opening", "standing", "lacking", "demands"
    )


class BulletinFilter(ListFilter):
    """Words, state and day of bulletins."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "标题")
    state = choice("状态", BulletinState.choices)
    first = a_day("统计日从", field="run__as_of", lookup="gte")
    last = a_day("统计日到", field="run__as_of", lookup="lte")

    def by_search(self, queryset: Bulletins, name: str, value: str) -> Bulletins:
        return queryset.filter(title__icontains=value.strip())


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


C = Column[Bulletin, None]
BULLETINS: Register[Any, Any] = Register(
    code="bulletins",
    title="通报",
    unit="份",
    url_name="bulletin-list",
    permission=Permission.VIEW_TARGETS,
    rows=bulletins_for,
    filterset=BulletinFilter,
    columns=(
        C(
            "title",
            "标题",
            lambda row, _: row.title,
            sort="pk",
            link=lambda row, _: reverse("bulletin-detail", args=[row.pk]),
        ),
        C("region", "区划", lambda row, _: row.region.name),
        C("as_of", "统计日", lambda row, _: row.run.as_of.isoformat(), sort="run__as_of"),
        C("run", "量度批次", lambda row, _: row.run_id, is_number=True, is_default=False),
        C(
            "state",
            "状态",
            lambda row, _: row.get_state_display(),
            sort="state",
            tone=lambda row, _: STATE_TONES[BulletinState(row.state)],
        ),
        C("drafted_by", "拟稿人", lambda row, _: row.drafted_by.display_name),
        C("drafted_on", "拟稿日期", lambda row, _: _day(row.drafted_on), sort="drafted_on"),
        C("signed_on", "签发日期", lambda row, _: _day(row.signed_on), sort="signed_on"),
        C("feedback_by", "反馈期限", lambda row, _: _day(row.feedback_by), sort="feedback_by"),
    ),
    around=nothing_around,
    default_sort="-title",
    note="经办拟稿，科室负责人审核，分管领导同意，签发以后归入“报告与文稿”，不再改动。",
    next_step="点“拟通报”，选统计日与目标，门户按当日的量度结果写出初稿。",
    is_cards=True,
    entry=Entry("拟通报", "bulletin-new", lambda actor: actor.may(Permission.MANAGE_POLICIES)),
    template="targets/bulletin_list.html",
    extras=lambda actor: {"may_manage": actor.may(Permission.MANAGE_POLICIES)},
)
