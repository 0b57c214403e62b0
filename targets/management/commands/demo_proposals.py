"""Fill the demo's register of 建议提案 the way its accounts would, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from targets.indicators.catalogue import BY_KEY
from targets.models import (
    Bureau,
    FigureSide,
    IndicatorRun,
    Proposal,
    ProposalKind,
    ProposalResult,
    ProposalVerb,
    ProposerKind,
    Satisfaction,
)
from targets.proposals.actions import (
    Registration,
    StepSaid,
    draft_reply,
    register_proposal,
    take_step,
)
from targets.proposals.actions_figures import Wanted, add_figure
from targets.proposals.clock import due_from
from targets.snapshots import portal_region
from yiyang.access.demo import demo_actor
from yiyang.access.roles import Role

K, P, V = ProposalKind, ProposerKind, ProposalVerb
CLERK, CHECKER, LIAISON = (
    *(Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER),
    Role.BUREAU_LIAISON,
)
LEAD, ASSISTANT = "health_commission", "civil_affairs"
A_YEAR, EXTENDED = timedelta(days=365), timedelta(days=20)
# （写作, 指标, 口径, 取数）
FIGURES = (
    ("全市医养结合机构", "DUAL", "both_certificates", FigureSide.VALUE),
    ("医养签约", "PAIR", "total", FigureSide.VALUE),
    ("65岁及以上老年人家庭医生签约率", "FD17", "aged_65_plus", FigureSide.VALUE),
)
REPLY = (
    "您提出的建议收悉，现答复如下。\n"
    "各区各部门推进医养结合，与一年前相比，{1}；{2}。\n"
    "基层签约服务方面，{3}。\n"
    "下一步将逐家对接尚未签约的养老机构，欢迎继续提出宝贵意见。"
)


@dataclass(frozen=True)
class Story:
    """One proposal: what it is, how long ago it came, and the steps taken since."""

    kind: ProposalKind
    number: str
    title: str
    proposer_kind: ProposerKind
    proposer: str
    ago: int
    has_assistant: bool = False
    has_reply: bool = False
    steps: Sequence[tuple[int, Role, ProposalVerb, StepSaid]] = ()


TAKE = (CLERK, V.TAKE, StepSaid())
SUBMIT = (CLERK, V.SUBMIT, StepSaid())
APPROVE = (CHECKER, V.APPROVE, StepSaid("数字已核。"))
STORIES = (
    Story(
        *(K.RECOMMENDATION, "第12号", "关于加快医养结合机构建设的建议"),
        *(P.DELEGATION, "演示第一代表团", 118),
        has_assistant=True,
        has_reply=True,
        steps=(
            (117, *TAKE),
            (110, LIAISON, V.OPINE, StepSaid("养老机构建设补贴已列入年度预算。")),
            *((100, *SUBMIT), (98, *APPROVE)),
            (90, CLERK, V.ANSWER, StepSaid(letter="演示复函第1号")),
            (40, CLERK, V.JUDGE, StepSaid(satisfaction=Satisfaction.SATISFIED)),
            (30, CLERK, V.ARCHIVE, StepSaid()),
        ),
    ),
    Story(
        *(K.PROPOSAL, "第31号", "关于提高家庭医生签约服务质量的提案"),
        *(P.PARTY, "演示党派市委", 85),
        has_reply=True,
        steps=((84, *TAKE), (3, *SUBMIT)),
    ),
    Story(
        *(K.PROPOSAL, "第45号", "关于养老机构与医院建立绿色通道的提案"),
        *(P.SECTOR, "演示医药卫生界", 70),
        has_assistant=True,
        has_reply=True,
        steps=((68, *TAKE),),
    ),
    Story(
        *(K.RECOMMENDATION, "第58号", "关于增加护理型床位的建议"),
        *(P.DEPUTIES, "演示代表联名", 100),
        has_assistant=True,
        steps=(
            (98, *TAKE),
            (20, CLERK, V.EXTEND, StepSaid("须与财政会商")),
        ),
    ),
    Story(
        *(K.RECOMMENDATION, "第63号", "关于发展居家医养上门服务的建议"),
        *(P.DELEGATION, "演示第二代表团", 95),
        steps=((90, *TAKE),),
    ),
    Story(
        *(K.PROPOSAL, "第77号", "关于老年医学科建设的提案"),
        *(P.MEMBERS, "演示委员联名", 5),
    ),
)


class Command(BaseCommand):
    help = "演示环境：登记几件建议提案，办到各种状态；已登记的不再重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未开），不登记演示的建议提案。")
        if not Proposal.objects.exists():
            with transaction.atomic():
                for story in STORIES:
                    tell(story, timezone.localdate())
        self.stdout.write(f"演示建议提案 {Proposal.objects.count()} 件。")


def tell(story: Story, today: date) -> None:
    """Register the proposal and take its steps on their days."""
    came = today - timedelta(days=story.ago)
    proposal = register_proposal(
        by=demo_actor(CLERK, came),
        region=portal_region(),
        registration=Registration(
            kind=story.kind,
            year=came.year,
            number=story.number,
            title=story.title,
            proposer_kind=story.proposer_kind,
            proposer=story.proposer,
            assigned_on=came,
            due_by=due_from(came),
            lead=Bureau.objects.get(code=LEAD),
        ),
        assistants=[Bureau.objects.get(code=ASSISTANT)] if story.has_assistant else [],
    )
    for ago, role, verb, said in story.steps:
        day = today - timedelta(days=ago)
        if verb is V.SUBMIT:
            write(proposal, day)
        by = demo_actor(role, day)
        told = replace(said, extended_to=today + EXTENDED) if verb is V.EXTEND else said
        take_step(by=by, proposal=proposal, verb=verb, at=timezone.now(), said=told)
    if story.has_reply and not any(verb is V.SUBMIT for _, _, verb, _ in story.steps):
        write(proposal, today)


def write(proposal: Proposal, day: date) -> None:
    """Draft the answer from the newest run of the time and the last one a year before it."""
    by, runs = demo_actor(CLERK, day), IndicatorRun.objects.published().newest_first()
    run = runs.filter(as_of__lt=day).select_related("region").first()
    if run is None:
        raise CommandError("还没有量度结果；请先运行 take_snapshot。")
    earlier = runs.filter(as_of__lte=run.as_of - A_YEAR).first()
    for name, code, reading, side in FIGURES:
        wanted = Wanted(
            name=name,
            indicator=BY_KEY[code, reading],
            side=side,
            region=run.region,
            day=run.as_of,
            earlier_day=earlier.as_of if earlier else None,
        )
        add_figure(by=by, proposal=proposal, wanted=wanted)
    draft_reply(by=by, proposal=proposal, reply=REPLY, result=ProposalResult.PLANNED)
