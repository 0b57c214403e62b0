"""Write a bulletin, publish an edition and subscribe a leader in the demo, each the proper way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from targets.bulletins.actions import Draft, draft_bulletin, take_step
from targets.editions.actions import propose_edition, publish_edition
from targets.mailing.actions import confirm_address, subscribe
from targets.models import (
    Bulletin,
    BulletinVerb,
    Edition,
    IndicatorRun,
    PaperKind,
    ReportFrequency,
    ReportSubscription,
    ReportThreshold,
)
from targets.nightly.lines import judged_targets
from targets.nightly.spans import first_day
from targets.results import latest_run
from yiyang.access.demo import demo_actor
from yiyang.access.roles import Role
from yiyang.access.scope import Actor

CLERK, OFFICE, LEADER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER, Role.LEADER
ADDRESSEE = "各区人民政府"
SIGNER = "演示主任"
FEEDBACK_DAYS = 30
QUARTER_MONTHS = 3
TARGETS_TOLD = 6


class Command(BaseCommand):
    help = "演示环境：拟一份通报办到签发，定版一次季末的量度，替领导订阅日报；已有的不再重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未开），不成演示的文稿。")
        run = latest_run()
        if run is None:
            raise CommandError("还没有完成的量度；请先运行 take_snapshot。")
        with transaction.atomic():
            self._bulletin(run)
            self._edition()
            self._subscription(run)
        self.stdout.write(
            f"演示通报 {Bulletin.objects.count()} 份、定版 {Edition.objects.count()} 份、"
            f"报告订阅 {ReportSubscription.objects.count()} 个。"
        )

    def _bulletin(self, run: IndicatorRun) -> None:
        if Bulletin.objects.exists():
            return
        clerk, office, leader = (actor_of(role) for role in (CLERK, OFFICE, LEADER))
        bulletin = draft_bulletin(
            by=clerk,
            draft=Draft(
                title="关于全市医养结合重点指标进展情况的通报",
                region=run.region,
                run=run,
                targets=judged_targets(run)[:TARGETS_TOLD],
                addressee=ADDRESSEE,
                feedback_by=clerk.day + timedelta(days=FEEDBACK_DAYS),
            ),
        )
        at = timezone.now()
        take_step(by=clerk, bulletin=bulletin, verb=BulletinVerb.SUBMIT, at=at)
        take_step(by=office, bulletin=bulletin, verb=BulletinVerb.REVIEW, at=at)
        take_step(by=leader, bulletin=bulletin, verb=BulletinVerb.ENDORSE, at=at)
        take_step(by=office, bulletin=bulletin, verb=BulletinVerb.SIGN, at=at, signer=SIGNER)

    def _edition(self) -> None:
        run = quarter_end_run()
        if Edition.objects.exists() or run is None:
            return
        quarter = "一二三四"[(run.as_of.month - 1) // QUARTER_MONTHS]
        edition = propose_edition(
            by=actor_of(CLERK),
            run=run,
            title=f"{run.as_of.year}年第{quarter}季度医养结合指标",
            first_day=first_day(PaperKind.QUARTERLY, run.as_of),
        )
        publish_edition(by=actor_of(OFFICE), edition=edition, at=timezone.now())

    def _subscription(self, run: IndicatorRun) -> None:
        if ReportSubscription.objects.exists():
            return
        at = timezone.now()
        subscription = subscribe(
            by=actor_of(LEADER),
            region=run.region,
            address="leader@example.com",
            frequency=ReportFrequency.DAILY,
            threshold=ReportThreshold.ALWAYS,
            has_workbook=True,
            at=at,
        )
        confirm_address(subscription=subscription, at=at)


def actor_of(role: Role) -> Actor:
    return demo_actor(role, timezone.localdate())


def quarter_end_run() -> IndicatorRun | None:
    """The newest run of the last day of a quarter."""
    runs = IndicatorRun.objects.published().newest_first().select_related("region")
    ends = runs.filter(as_of__month__in=(3, 6, 9, 12), as_of__day__gte=30)
    return ends.first()
