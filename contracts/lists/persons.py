"""The list of older persons: record numbers, age bands and streets, never who they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from contracts.filters import PersonFilter
from contracts.forms import PersonSearchForm
from contracts.models import Person, PersonResidence
from contracts.persons.register import (
    Surroundings,
    persons_seen_by,
    record_number,
    surroundings_of,
)
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.register import Column, Register


def persons_on(actor: Actor, day: date) -> QuerySet[Person]:
    """Every kept record in scope, with the code of the region lived in to sort by."""
    living = PersonResidence.objects.on(day).filter(person=OuterRef("pk")).order_by()
    return persons_seen_by(actor).alias(place=Subquery(living.values("region__code")[:1]))


def search_and_export(actor: Actor) -> dict[str, Any]:
    """The exact search at the head of the list, and the way to an export with personal columns."""
    return {
        "search": PersonSearchForm(),
        "may_export_persons": actor.may(Permission.EXPORT_PERSONS),
    }


C = Column[Person, Surroundings]
PERSONS = Register(
    code="persons",
    title="老年人台账",
    unit="人",
    url_name="person-list",
    permission=Permission.VIEW_PERSONS,
    rows=persons_on,
    filterset=PersonFilter,
    columns=(
        C(
            "record",
            "档案编号",
            lambda row, _: record_number(row.uid),
            link=lambda row, _: reverse("person-detail", args=[row.uid]),
        ),
        # 出生日期越早年龄越大：按年龄升序就是按出生日期降序。
        C("age", "年龄段", lambda row, around: around.age_band(row), sort="-born_on"),
        C("sex", "性别", lambda row, _: row.get_sex_display()),
        C("street", "街道", lambda row, around: around.street(row), sort="place"),
        C("community", "社区", lambda row, around: around.community(row), is_default=False),
        C("standing", "在册情况", lambda row, around: around.standing(row)),
        C("signup", "家庭医生签约", lambda row, around: around.signed(row)),
        C("team", "签约团队", lambda row, around: around.team(row), is_default=False),
        C("managed", "当年健康管理", lambda row, around: around.managed_this_year(row)),
        C("entered", "登记序号", lambda row, _: row.pk, sort="pk", is_default=False),
        C("uid", "完整编号", lambda row, _: str(row.uid), is_default=False),
    ),
    around=surroundings_of,
    default_sort="entered",
    note=(
        "名单不显示姓名、证件号和电话，打开档案时遮住显示。姓名和证件号加密存放，不能排序，"
        "只能按完整的姓名或证件号查找；可按年龄（出生日期）、街道和登记先后排序。"
    ),
    next_step="请导入签约台账，老年人档案随签约一起登记；不在您授权范围内的档案不列出。",
    is_personal=True,
    template="contracts/person_list.html",
    extras=search_and_export,
)
