"""The archive as a list: every paper the actor may open, searched by kind, region, days, words."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import get_current_timezone

from institutions.region_filter import RegionFilter
from targets.models import Paper, PaperKind
from targets.papers.forms import forms_of
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, search
from yiyang.listing.register import Column, Register, nothing_around

Papers = QuerySet[Paper]


def papers_for(actor: Actor, day: date) -> Papers:
    """The papers in the actor's scope; what they say is not read for the list."""
    seen = Paper.objects.visible_to(actor).defer("content")
    return seen.select_related("region", "made_by")


class PaperFilter(ListFilter):
    """Words, kind and days of papers."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "标题或区划")
    kind = choice("种类", PaperKind.choices)
    region = RegionFilter(label="区划", field_name="region")
    first = a_day("统计期末日从", field="last_day", lookup="gte")
    last = a_day("统计期末日到", field="last_day", lookup="lte")

    def by_search(self, queryset: Papers, name: str, value: str) -> Papers:
        words = value.strip()
        return queryset.filter(title__icontains=words) | queryset.filter(
            region__name__icontains=words
        )


def _files(paper: Paper) -> str:
    return "、".join(form.title for form in forms_of(paper.kind).forms)


def _maker(paper: Paper) -> str:
    return paper.made_by.display_name if paper.made_by else "门户自动"


C = Column[Paper, None]
PAPERS: Register[Any, Any] = Register(
    code="papers",
    title="报告与文稿",
    unit="份",
    url_name="paper-list",
    permission=Permission.VIEW_TARGETS,
    rows=papers_for,
    filterset=PaperFilter,
    columns=(
        C("title", "标题", lambda row, _: row.title, link=lambda row, _: address_of(row)),
        C("kind", "种类", lambda row, _: row.get_kind_display(), sort="kind"),
        C("region", "区划", lambda row, _: row.region.name),
        C("last_day", "统计期末日", lambda row, _: row.last_day.isoformat(), sort="last_day"),
        C("first_day", "首日", lambda row, _: row.first_day.isoformat(), is_default=False),
        C("run", "量度批次", lambda row, _: row.run_id, is_number=True, is_default=False),
        C("files", "可下载", lambda row, _: _files(row)),
        C("made_at", "成稿时间", lambda row, _: _time(row), sort="made_at"),
        C("made_by", "成稿人", lambda row, _: _maker(row), is_default=False),
        C("fingerprint", "指纹", lambda row, _: row.fingerprint[:12], is_default=False),
    ),
    around=nothing_around,
    default_sort="-last_day",
    note="成稿后不再改动，什么时候打开都是当时的样子。",
    next_step="夜间量度完成后自动成稿；通报、统计表、季度监测表办结后也归到这里。",
    is_cards=True,
)


def address_of(paper: Paper) -> str:
    return reverse("paper-detail", args=[paper.uid])


def _time(paper: Paper) -> str:
    return f"{paper.made_at.astimezone(get_current_timezone()):%Y-%m-%d %H:%M}"
