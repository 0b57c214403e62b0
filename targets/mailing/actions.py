"""The verbs of report subscriptions, and those of mails in trouble."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError

from institutions.models import Region
from targets.mailing.rights import report_regions
from targets.models import (
    EndReason,
    MailKind,
    MailState,
    ReportFrequency,
    ReportMail,
    ReportSubscription,
    ReportThreshold,
)
from targets.models.mailing import TROUBLED_STATES
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import SYSTEM, Recorder, recorded

MOST_SUBSCRIPTIONS = 20
# 确认邮件会寄到别人写的任何地址：一个账号一天至多这么多封。
MOST_CONFIRMATIONS = 10
TOO_MANY = f"一个账号至多 {MOST_SUBSCRIPTIONS} 个订阅，请先退订不用的。"
TOO_MANY_CONFIRMATIONS = f"一天至多寄 {MOST_CONFIRMATIONS} 封确认邮件，请明天再试。"
NOT_YOURS = "没有这个区划，或不在您的授权范围；请从列表里选择。"
NO_CHANGE = "这个订阅已经退订，不能再改；需要的话请另订一个。"
ALREADY_CONFIRMED = "这个邮箱已经确认过了。"
IS_SETTLED = "这封邮件已经处理过了，请刷新页面。"


def subscribe(
    *,
    by: Actor,
    region: Region,
    address: str,
    frequency: ReportFrequency,
    threshold: ReportThreshold,
    has_workbook: bool,
    at: datetime,
) -> ReportSubscription:
    """Begin a subscription; no report goes to the address before it is confirmed."""
    if by.user_id is None or not by.may(Permission.VIEW_TARGETS):
        raise PermissionDenied(FORBIDDEN)
    if not report_regions(by).filter(pk=region.pk).exists():
        raise ValidationError({"region": NOT_YOURS})
    with recorded(by=by, reason="订阅报告"):
        # 锁住账号：两个请求同时订阅，不会一起越过上限。
        User.objects.select_for_update().get(pk=by.user_id)
        if ReportSubscription.objects.open().filter(account=by.user_id).count() >= (
            MOST_SUBSCRIPTIONS
        ):
            raise ValidationError(TOO_MANY)
        subscription = ReportSubscription(
            account_id=by.user_id,
            region=region,
            address=address,
            frequency=frequency,
            threshold=threshold,
            has_workbook=has_workbook,
            started_at=at,
            sends_from=at,
            confirmed_at=_when_confirmed(by.user_id, address),
        )
        subscription.full_clean()
        subscription.save(force_insert=True)
        if subscription.confirmed_at is None:
            _ask_to_confirm(subscription, at)
    return subscription


def ask_again(*, by: Actor, subscription: ReportSubscription, at: datetime) -> None:
    """Mail the link that confirms the address once more."""
    with recorded(by=by, reason="再寄确认邮件"):
        User.objects.select_for_update().get(pk=subscription.account_id)
        if _locked(subscription).confirmed_at is not None:
            raise ValidationError(ALREADY_CONFIRMED)
        _ask_to_confirm(subscription, at)


def confirm_address(*, subscription: ReportSubscription, at: datetime) -> None:
    """The holder of the address agrees; every subscription of the account to it is confirmed.

    Whoever opens the link is known by the mailbox only: the log names no account.
    """
    waiting = ReportSubscription.objects.open().filter(
        account=subscription.account_id, address=subscription.address, confirmed_at=None
    )
    with recorded(by=SYSTEM, reason="由确认邮件确认邮箱"):
        waiting.update(confirmed_at=at, sends_from=at)


def change_subscription(
    *,
    by: Actor,
    subscription: ReportSubscription,
    threshold: ReportThreshold,
    has_workbook: bool,
) -> None:
    """Change when a report is sent and whether the workbook comes with it."""
    with recorded(by=by, reason="修改报告订阅"):
        locked = _locked(subscription)
        locked.threshold, locked.has_workbook = threshold, has_workbook
        locked.save(update_fields=["threshold", "has_workbook"])


def pause_subscription(*, by: Actor, subscription: ReportSubscription, at: datetime) -> None:
    """Send nothing until it goes on; what was due meanwhile is not sent afterwards."""
    with recorded(by=by, reason="暂停报告订阅"):
        locked = _locked(subscription)
        if locked.paused_at is None:
            locked.paused_at = at
            locked.save(update_fields=["paused_at"])


def resume_subscription(*, by: Actor, subscription: ReportSubscription, at: datetime) -> None:
    """Send again, from the next report on."""
    with recorded(by=by, reason="恢复报告订阅"):
        locked = _locked(subscription)
        if locked.paused_at is not None:
            locked.paused_at, locked.sends_from = None, at
            locked.save(update_fields=["paused_at", "sends_from"])


def end_subscription(
    *, by: Recorder, subscription: ReportSubscription, reason: EndReason, at: datetime
) -> None:
    """Send it nothing any more; the record stays. One that has ended stays as it ended."""
    with recorded(by=by, reason=str(reason.label)):
        ReportSubscription.objects.open().filter(pk=subscription.pk).update(
            ended_at=at, end_reason=reason
        )


def unsubscribe(*, subscription: ReportSubscription, at: datetime) -> None:
    """End it by the link of a mail, whoever holds the mail."""
    end_subscription(by=SYSTEM, subscription=subscription, reason=EndReason.BY_LINK, at=at)


def send_again(*, by: Actor, mail: ReportMail, at: datetime) -> None:
    """Let a mail in trouble be sent once more, under the same Message-ID."""
    with recorded(by=by, reason="再寄一次"):
        locked = _in_trouble(by, mail)
        locked.state, locked.due_at, locked.attempts = MailState.PENDING, at, 0
        locked.claimed_at = locked.handed_at = locked.done_at = None
        locked.acknowledged_at, locked.acknowledged_by_id = None, None
        locked.save()


def acknowledge(*, by: Actor, mail: ReportMail, at: datetime) -> None:
    """Note that somebody has seen to a mail in trouble; it is sent no more."""
    with recorded(by=by, reason="邮件已处理，不再寄"):
        locked = _in_trouble(by, mail)
        locked.acknowledged_at, locked.acknowledged_by_id = at, by.user_id
        locked.save(update_fields=["acknowledged_at", "acknowledged_by"])


def _when_confirmed(account: int, address: str) -> datetime | None:
    """When the account's holder confirmed the very address before."""
    held = ReportSubscription.objects.open().filter(account=account, address=address)
    return held.filter(confirmed_at__isnull=False).values_list("confirmed_at", flat=True).first()


def _ask_to_confirm(subscription: ReportSubscription, at: datetime) -> None:
    asked = ReportMail.objects.filter(
        kind=MailKind.CONFIRMATION, subscription__account=subscription.account_id
    )
    if asked.filter(made_at__gt=at - timedelta(days=1)).count() >= MOST_CONFIRMATIONS:
        raise ValidationError(TOO_MANY_CONFIRMATIONS)
    ReportMail.objects.create(
        subscription=subscription,
        kind=MailKind.CONFIRMATION,
        key=f"confirm/{asked.filter(subscription=subscription).count() + 1}",
        made_at=at,
        due_at=at,
    )


def _locked(subscription: ReportSubscription) -> ReportSubscription:
    locked = ReportSubscription.objects.select_for_update().get(pk=subscription.pk)
    if locked.ended_at is not None:
        raise ValidationError(NO_CHANGE)
    return locked


def _in_trouble(by: Actor, mail: ReportMail) -> ReportMail:
    """The mail, locked; refused unless an administrator of the system asks and it is in trouble."""
    if not by.may(Permission.MANAGE_SYSTEM):
        raise PermissionDenied(FORBIDDEN)
    locked = ReportMail.objects.select_for_update().get(pk=mail.pk)
    if locked.state not in TROUBLED_STATES or locked.acknowledged_at is not None:
        raise ValidationError(IS_SETTLED)
    return locked
