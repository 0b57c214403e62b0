"""The list of 建议提案: who answers by when, in which state, to whose satisfaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django_filters import ChoiceFilter

from targets.bureau_names import BureauNames
from targets.lists.tasks import LIGHT_TONES
from targets.models import Proposal, ProposalKind, ProposalResult, ProposalState, Satisfaction
from targets.models.proposals import OPEN
from targets.proposals.register import ShownProposal, shown_of_rows, shown_proposals
from targets.supervision.lights import Light, thresholds_text
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, choice, offered, search
from yiyang.listing.register import Column, Entry, Register

Proposals = QuerySet[Proposal]
Around = Mapping[int, ShownProposal]
EVERY = "ALL"
LIGHTS = (Light.REMIND, Light.YELLOW, Light.RED, Light.OVERDUE)
S = ProposalState
STATE_TONES = {
    S.REGISTERED: "none",
    S.HANDLING: "plain",
    S.DRAFTING: "plain",
    S.REVIEW: "warn",
    S.APPROVED: "warn",
    S.ANSWERED: "good",
    S.ARCHIVED: "good",
    S.DECLINED: "none",
}
SATISFACTION_TONES: Mapping[str, str] = {
    Satisfaction.SATISFIED: "good",
    Satisfaction.FAIRLY: "plain",
    Satisfaction.DISSATISFIED: "bad",
    Satisfaction.SILENT: "none",
}


def proposals_on(actor: Actor, day: date) -> Proposals:
    return Proposal.objects.visible_to(actor).alias(due=Coalesce(F("extended_to"), F("due_by")))


class StateFilter(ChoiceFilter):  # type: ignore[misc]
    """Proposals of one state; those not answered yet unless another is asked for."""

    def filter(self, qs: Proposals, value: str) -> Proposals:
        if value == EVERY:
            return qs
        return qs.filter(state__in=[value] if value else OPEN)


class ProposalFilter(ListFilter):
    """Words, kind, year, state, light, bureau, result and satisfaction; the light is today's."""

    is_dated: ClassVar[bool] = False
    q = search("查找", "编号、案由、提出者")
    state = StateFilter(
        label="状态",
        choices=[(EVERY, "全部"), *ProposalState.choices],
        empty_label="未答复",
        error_messages={"invalid_choice": "请从列表里选择状态。"},
    )
    kind = choice("类别", ProposalKind.choices)
    year = offered("年度", method="by_year")
    bureau = offered("承办、会办", method="by_bureau")
    light = choice("期限", [(one.value, one.label) for one in LIGHTS], method="by_light")
    result = choice("办理结果", ProposalResult.choices)
    satisfaction = choice("满意度", Satisfaction.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Proposal.objects.visible_to(self.actor)
        years = seen.order_by("-year").values_list("year", flat=True).distinct()
        self.offer("year", [(str(year), f"{year} 年") for year in years])
        self.offer("bureau", BureauNames(self.day).choices())

    def by_search(self, queryset: Proposals, name: str, value: str) -> Proposals:
        sought = value.strip()
        found = queryset.filter(number__icontains=sought)
        found = found | queryset.filter(title__icontains=sought)
        return found | queryset.filter(proposer__icontains=sought)

    def by_year(self, queryset: Proposals, name: str, value: str) -> Proposals:
        return queryset.filter(year=int(value))

    def by_bureau(self, queryset: Proposals, name: str, value: str) -> Proposals:
        assisted = Proposal.objects.filter(
            assistants__bureau=int(value), assistants__voided_at=None
        )
        return queryset.filter(lead=int(value)) | queryset.filter(pk__in=assisted.values("pk"))

    def by_light(self, queryset: Proposals, name: str, value: str) -> Proposals:
        """The light is told by the clock alone, and only of what is open: those are few."""
        rows = shown_proposals(queryset.filter(state__in=OPEN).order_by(), self.day)
        lit = [row.proposal.pk for row in rows if row.standing.light.value == value]
        return queryset.filter(pk__in=lit)


def proposals_around(rows: Sequence[Proposal], actor: Actor, day: date) -> Around:
    return {shown.proposal.pk: shown for shown in shown_of_rows(rows, day)}


def due_words(shown: ShownProposal) -> str:
    told = ["延期"] if shown.proposal.extended_to else []
    told += ["暂估"] if shown.standing.is_estimate else []
    return f"{shown.standing.due}（{'、'.join(told)}）" if told else f"{shown.standing.due}"


def day_words(day: date | None) -> str:
    return day.isoformat() if day else ""


C = Column[Proposal, Around]
PROPOSALS = Register(
    code="proposals",
    title="建议提案",
    unit="件",
    url_name="proposal-list",
    permission=Permission.VIEW_TARGETS,
    rows=proposals_on,
    filterset=ProposalFilter,
    columns=(
        C(
            "title",
            "案由",
            lambda row, _: row.title,
            link=lambda row, _: reverse("proposal-detail", args=[row.pk]),
        ),
        C("number", "编号", lambda row, around: around[row.pk].name, sort="year"),
        C("kind", "类别", lambda row, _: row.get_kind_display(), sort="kind", is_default=False),
        C("proposer", "提出者", lambda row, _: row.proposer),
        C("lead", "承办单位", lambda row, around: around[row.pk].lead),
        C(
            "assistants",
            "会办单位",
            lambda row, around: around[row.pk].assistant_names,
            is_long=True,
            is_default=False,
        ),
        C(
            "state",
            "状态",
            lambda row, around: str(around[row.pk].state.label),
            tone=lambda row, around: STATE_TONES[around[row.pk].state],
        ),
        C("due", "答复期限", lambda row, around: due_words(around[row.pk]), sort="due"),
        C(
            "light",
            "期限状态",
            lambda row, around: str(around[row.pk].standing.light.label),
            tone=lambda row, around: LIGHT_TONES[around[row.pk].standing.light],
        ),
        C("left", "工作日", lambda row, around: around[row.pk].standing.words),
        C("result", "办理结果", lambda row, _: row.get_result_display().partition("：")[0]),
        C(
            "satisfaction",
            "满意度",
            lambda row, _: row.get_satisfaction_display(),
            tone=lambda row, _: SATISFACTION_TONES.get(row.satisfaction, ""),
        ),
        C(
            "assigned_on",
            "交办日期",
            lambda row, _: day_words(row.assigned_on),
            sort="assigned_on",
            is_default=False,
        ),
        C(
            "answered_on",
            "答复日期",
            lambda row, _: day_words(row.answered_on),
            sort="answered_on",
            is_default=False,
        ),
        C("letter", "复函文号", lambda row, _: row.letter, is_default=False),
    ),
    around=proposals_around,
    default_sort="due",
    entry=Entry("登记", "proposal-new", lambda actor: actor.may(Permission.MANAGE_POLICIES)),
    note="人大建议、政协提案从登记、承办、起草、审核到答复、归档；期限逢休息日顺延。",
    next_step="收到交办单后由市卫健经办点“登记”；部门只列本部门承办、会办的。",
    template="targets/proposal_list.html",
    is_cards=True,
    extras=lambda actor: {"lights": thresholds_text()},
)
