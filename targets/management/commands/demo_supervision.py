"""Fill the demo's task board and 督办 register the way its accounts would, once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.models import Region
from targets.models import (
    Basis,
    Bureau,
    BureauGrant,
    Frequency,
    PolicyTask,
    ReportKind,
    Supervision,
    SupervisionKind,
    SupervisionVerb,
    TaskReport,
    Urgency,
)
from targets.supervision.actions import Draft, open_supervision, take_step
from targets.taskboard.actions import report_part, set_milestone
from yiyang.access.demo import demo_account, demo_actor
from yiyang.access.roles import Role
from yiyang.changelog.context import SYSTEM, recorded

K, V = ReportKind, SupervisionVerb
CLERK, CHECKER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER
LIAISON, DISTRICT = Role.BUREAU_LIAISON, Role.DISTRICT_HEALTH_CLERK
BUREAU, DISTRICT_CODE = "civil_affairs", "150302000000"
SINCE = 120
# （任务位次, 几天前, 谁, 办理, 情况, 完成比例）
REPORTS: tuple[tuple[int, int, Role, ReportKind, str, int | None], ...] = (
    (3, 60, LIAISON, K.PROGRESS, "已与周边医疗机构逐家对接，协议文本统一修订。", 40),
    (3, 20, LIAISON, K.PROGRESS, "新签协议纳入台账，剩余几家正在协商。", 75),
    (5, 30, LIAISON, K.CLAIM, "内设医疗机构与医院的转诊办法已印发。", None),
    (6, 45, LIAISON, K.CLAIM, "对口支援名单已印发。", None),
    (6, 40, CHECKER, K.CONFIRM, "", None),
    (7, 10, LIAISON, K.CLAIM, "已完成。", None),
    (7, 8, CHECKER, K.RETURN, "请补上各家开办情况的清单。", None),
)
# （任务位次, 节点, 几天后到期）
MILESTONES = (
    (3, "协议签约全覆盖", 4),
    (7, "内设医务室、护理站清单上报", -12),
    (11, "无缝对接办法印发", 12),
    (22, "义诊安排印发", 60),
)
# （标题, 牵头, 依据, 内容, 频次, 工作日, [(几天前, 谁, 办理, 情况)]）
ORDERS: tuple[Any, ...] = (
    (
        *("敬老院医养协议签约督办", BUREAU, "专题会议纪要"),
        *("未签协议的敬老院本月内全部签约，逐家报送协议编号。", Frequency.WEEK, 10),
        (
            *((30, CHECKER, V.ASSIGN, "请按期办理。"), (29, LIAISON, V.SIGN, "")),
            (20, LIAISON, V.FEEDBACK, "已签三家，其余两家在协商。"),
        ),
    ),
    (
        *("养老机构备案信息核对督办", BUREAU, "数据质量通报"),
        *("逐家核对备案床位与实有床位，差异说明原因。", Frequency.MONTH, 20),
        ((6, CHECKER, V.ASSIGN, ""), (5, LIAISON, V.SIGN, ""), (2, CLERK, V.PAUSE, "待补盖章件。")),
    ),
    (
        *("绿色通道开通督办", DISTRICT_CODE, "月度调度会"),
        *("尚未开通的医疗机构逐家开通，挂号、就诊、缴费、取药四环节都要覆盖。", Frequency.WEEK, 15),
        ((3, CHECKER, V.ASSIGN, "请抓紧。"),),
    ),
    (
        *("居家上门巡诊记录督办", BUREAU, "专项检查"),
        *("补齐上季度巡诊记录。", Frequency.ONCE, 15),
        (
            *((40, CHECKER, V.ASSIGN, ""), (39, LIAISON, V.SIGN, "")),
            *((25, LIAISON, V.SUBMIT, "记录已补齐。"), (24, CHECKER, V.CLOSE, "")),
        ),
    ),
    (
        *("老年医学科设置督办", BUREAU, "市政府督查通报"),
        *("二级以上医院设置进度逐家报送。", Frequency.STAGE, 30),
        (),
    ),
)


class Command(BaseCommand):
    help = "演示环境：给联络员归属部门，布置任务进展、节点与督办；已布置的不再重复。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("这不是演示环境（DEMO 未开），不布置演示的任务与督办。")
        today = timezone.localdate()
        give_bureau(today)
        if not TaskReport.objects.exists():
            report_on_tasks(today)
        if not Supervision.objects.exists():
            supervise(today)
        self.stdout.write(f"演示督办 {Supervision.objects.count()} 张。")


def give_bureau(today: date) -> None:
    """Let the demo's liaison speak for one bureau."""
    user, bureau = demo_account(LIAISON), Bureau.objects.get(code=BUREAU)
    if not BureauGrant.objects.on(today).filter(user=user).exists():
        with recorded(by=SYSTEM, reason="演示账号"):
            since = today - timedelta(days=SINCE)
            BureauGrant.objects.create(user=user, bureau=bureau, starts_on=since)


def report_on_tasks(today: date) -> None:
    """Reports and milestones on the bureau's own parts."""
    tasks = {one.position: one for one in PolicyTask.objects.filter(policy__slug="wuhai-2017-9")}
    for position, ago, role, kind, text, percentage in REPORTS:
        part = tasks[position].bureaus.get(bureau__code=BUREAU)
        by = demo_actor(role, today - timedelta(days=ago))
        report_part(by=by, part=part, kind=kind, text=text, percentage=percentage)
    for position, title, days in MILESTONES:
        due = today + timedelta(days=days)
        set_milestone(by=demo_actor(CLERK, today), task=tasks[position], title=title, due_on=due)


def supervise(today: date) -> None:
    """Orders in every state."""
    for title, unit, basis, content, frequency, days, steps in ORDERS:
        first = steps[0][0] if steps else 0
        order = open_supervision(
            by=demo_actor(CLERK, today - timedelta(days=first)),
            draft=Draft(
                title=title,
                basis_text=basis,
                content=content,
                kind=SupervisionKind.ROUTINE,
                urgency=Urgency.NORMAL,
                basis=Basis.OTHER,
                frequency=frequency,
                lead_bureau=Bureau.objects.filter(code=unit).first(),
                lead_region=Region.objects.filter(code=unit).first(),
                allowed_days=days,
            ),
        )
        for ago, role, verb, text in steps:
            by = demo_actor(role, today - timedelta(days=ago))
            take_step(by=by, supervision=order, verb=verb, text=text)
