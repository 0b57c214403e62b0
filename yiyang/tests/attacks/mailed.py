"""Report subscriptions and a mail in trouble, for the scene of the attacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from institutions.models import Region
from targets.mailing.links import confirm_url, unsubscribe_url
from targets.models import MailKind, MailState, ReportFrequency, ReportMail, ReportSubscription
from yiyang.access.models import User
from yiyang.access.roles import Role


def mail_keys(region: Region, stranger: User, accounts: Mapping[Role, User]) -> dict[str, Any]:
    """A subscription of nobody here with a dead mail and its two links; one of the city clerk."""
    at = timezone.now()
    other = _subscription(region, stranger)
    mail = ReportMail.objects.create(
        subscription=other,
        kind=MailKind.CONFIRMATION,
        key="confirm/1",
        state=MailState.DEAD,
        trouble="邮件服务器答 550，不收这个收件地址。",
        made_at=at,
        due_at=at,
        done_at=at,
    )
    return {
        "subscription": other.uid,
        "own_subscription": _subscription(region, accounts[Role.CITY_HEALTH_CLERK]).uid,
        "dead_mail": mail.uid,
        "confirm_token": _token(confirm_url(other)),
        "unsubscribe_token": _token(unsubscribe_url(other)),
    }


def _subscription(region: Region, account: User) -> ReportSubscription:
    at = timezone.now()
    return ReportSubscription.objects.create(
        account=account,
        region=region,
        address=f"{account.username}@example.gov.cn",
        frequency=ReportFrequency.DAILY,
        started_at=at,
        sends_from=at,
    )


def _token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
