"""Accounts, subscriptions and papers for the tests of mail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from institutions.models import Region, RegionGrant
from institutions.tests.factories import LONG_AGO
from targets.models import (
    MailKind,
    Paper,
    PaperKind,
    ReportFrequency,
    ReportMail,
    ReportSubscription,
    ReportThreshold,
)
from targets.papers.archiving import archive
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM

HERE = ZoneInfo("Asia/Shanghai")
# 星期二早上三点：夜间量度已完成，还没到寄报告的钟点。
AT = datetime(2026, 11, 24, 3, 0, tzinfo=HERE)
EIGHT = AT.replace(hour=8)
numbers = count(1)


def make_subscriber(*regions: Region, role: Role = Role.DISTRICT_HEALTH_CLERK) -> User:
    """An account with these regions granted; a city role needs none."""
    user = open_user(role)
    for region in regions:
        RegionGrant.objects.create(user=user, region=region, starts_on=LONG_AGO)
    return user


def make_subscription(region: Region, account: User | None = None, **more: Any) -> Any:
    """A confirmed daily subscription from yesterday on."""
    since = AT - timedelta(days=1)
    values: dict[str, Any] = {
        "address": f"reader{next(numbers)}@example.gov.cn",
        "frequency": ReportFrequency.DAILY,
        "threshold": ReportThreshold.ALWAYS,
        "started_at": since,
        "sends_from": since,
        "confirmed_at": since,
    }
    account = account or make_subscriber(role=Role.LEADER)
    return ReportSubscription.objects.create(account=account, region=region, **(values | more))


def make_paper(
    region: Region, *, at: datetime = AT, kind: PaperKind = PaperKind.NIGHTLY, **more: Any
) -> Paper:
    """A report made at that instant, of the day before."""
    day = date(at.year, at.month, at.day) - timedelta(days=1)
    content: dict[str, Any] = {
        "text": "绿色通道 5/8 家，未达标，还差 2 家：甲医院、乙医院。",
        "has_changes": True,
        "newly_lost": [],
    }
    title = more.pop("title", f"{region.name}医养结合指标日报（{day.isoformat()}）")
    return archive(
        by=SYSTEM,
        kind=kind,
        key=f"{kind.value}/{region.code}/{next(numbers)}",
        region=region,
        title=title,
        first_day=day,
        last_day=day,
        content=content | more,
        at=at,
    )


def make_mail(subscription: ReportSubscription, paper: Paper | None = None, **more: Any) -> Any:
    """A mail of the subscription that is due."""
    values: dict[str, Any] = {"made_at": AT, "due_at": AT}
    if more.get("kind", MailKind.REPORT) == MailKind.REPORT:
        paper = paper or make_paper(subscription.region)
        values |= {"key": f"paper/{paper.uid}", "paper": paper}
    return ReportMail.objects.create(subscription=subscription, **(values | more))
