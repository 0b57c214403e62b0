"""Sending what waits, each mail once: claimed, handed over, recorded, recovered after a death.

A sender holds an advisory lock of its connection for as long as it is about a mail: a lock that
can be had tells that whoever claimed the mail is gone. What it left behind says how far it got:

    claimed_at only          nothing has left: the mail waits again
    handed_at as well        the folder can tell whether it went out; a mail server cannot, so the
                             mail is IN_DOUBT and never sent again by the machine
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.db import connection

from targets.mailing.actions import end_subscription
from targets.mailing.messages import message_id_of, message_of
from targets.mailing.rights import reason_to_end
from targets.mailing.transport import (
    BarredError,
    InDoubtError,
    NotSentError,
    Transport,
    is_set,
    transport,
)
from targets.models import MailKind, MailState, ReportMail
from targets.models.mailing import LONGEST_TROUBLE
from yiyang.changelog.context import SYSTEM, recorded

logger = logging.getLogger(__name__)

MAIL_LOCK_CLASS = 715_004
# 第几次没寄出，隔几分钟再寄；都用完了便是寄不出。
MINUTES_TO_NEXT = (1, 5, 15, 60, 240, 720)
MOST_ATTEMPTS = len(MINUTES_TO_NEXT) + 1
MOST_AT_ONCE = 500
DIED_BEFORE = "寄的进程在交出正文之前中断。"
DIED_AFTER = "寄的进程在交出正文之后中断，邮件服务器不能告诉是否收下。"
NOT_MADE = "邮件做不出来，已记入系统日志。"
PAUSED, UNCONFIRMED, ENDED = "订阅已暂停。", "邮箱还没有确认。", "已退订。"
Clock = Callable[[], datetime]


class ClaimLostError(RuntimeError):
    """The mail is no longer this process's: its connection was lost, and another settled it."""

    def __init__(self) -> None:
        super().__init__("这封邮件已由另一个进程接手，本进程不再寄。")


def send_due(clock: Clock) -> int:
    """Recover what the dead left, then send what is due; how many were tried.

    While no way of sending is set everything waits.
    """
    if not is_set():
        return 0
    recover(clock)
    tried = 0
    while tried < MOST_AT_ONCE and _send_next(clock):
        tried += 1
    return tried


def recover(clock: Clock) -> int:
    """Settle what dead senders left behind; how many."""
    way = transport()
    left = ReportMail.objects.filter(state=MailState.SENDING).order_by("id")
    return sum(_recover_one(pk, way, clock()) for pk in left.values_list("pk", flat=True))


def _recover_one(pk: int, way: Transport, at: datetime) -> bool:
    with _lock(pk) as is_ours:
        # 锁得到，原来的进程便不在了；锁到之前它也可能刚好办完。
        mail = ReportMail.objects.filter(pk=pk, state=MailState.SENDING).first()
        if not is_ours or mail is None:
            return False
        was_sent = way.was_sent(message_id_of(mail)) if mail.handed_at else False
        if was_sent is None:
            _keep(mail, state=MailState.IN_DOUBT, done_at=at, trouble=DIED_AFTER)
        elif was_sent:
            _keep(mail, state=MailState.SENT, done_at=at, trouble="")
        else:
            _note_failure(mail, DIED_BEFORE, at)
        return True


def _send_next(clock: Clock) -> bool:
    """Send the mail that waits longest; False when none is left, or none can go out now."""
    mail = _claim(clock())
    if mail is None:
        return False
    try:
        _send(mail, clock)
    except BarredError as error:
        # 一封连不上，封封连不上：逐封等到超时会占住整条队列，其余的下一轮再寄。
        _note_failure(mail, str(error), clock())
        return False
    finally:
        _let_go(mail.pk)
    return True


def _claim(at: datetime) -> ReportMail | None:
    """The mail that waits longest, locked and committed as being sent by this process."""
    with recorded(by=SYSTEM, reason="寄报告邮件"):
        waiting = ReportMail.objects.due(at).select_for_update(skip_locked=True, of=("self",))
        mail = waiting.select_related(
            "subscription__account", "subscription__region", "paper"
        ).first()
        if mail is None or not _take(mail.pk):
            return None
        mail.state, mail.claimed_at = MailState.SENDING, at
        mail.attempts += 1
        mail.save(update_fields=["state", "claimed_at", "attempts"])
    return mail


def _send(mail: ReportMail, clock: Clock) -> None:
    """Send a claimed mail and record what came of it; BarredError where it cannot leave at all."""
    if words := _why_not(mail, clock()):
        return _keep(mail, state=MailState.DROPPED, done_at=clock(), trouble=words)
    try:
        message = _made(mail, clock())
        transport().send(message, lambda: _keep(mail, handed_at=clock()))
    except BarredError:
        raise
    except NotSentError as error:
        _note_failure(mail, str(error), clock(), is_final=error.is_final)
    except InDoubtError as error:
        _keep(mail, state=MailState.IN_DOUBT, done_at=clock(), trouble=_cut(str(error)))
    else:
        _keep(mail, state=MailState.SENT, done_at=clock(), trouble="")
    return None


def _made(mail: ReportMail, at: datetime) -> EmailMessage:
    # 正文与附件由各种文稿自己的代码做出：一封做不出来，不能挡住后面的。
    try:
        return message_of(mail, at)
    except Exception:
        logger.exception("mail %s could not be made", mail.pk)
        raise NotSentError(NOT_MADE) from None


def _why_not(mail: ReportMail, at: datetime) -> str:
    """Why the mail is not to be sent after all; asked at the last moment."""
    subscription = mail.subscription
    if subscription.ended_at is not None:
        return ENDED
    if reason := reason_to_end(subscription, at):
        end_subscription(by=SYSTEM, subscription=subscription, reason=reason, at=at)
        return f"{reason.label}。"
    if mail.kind == MailKind.CONFIRMATION:
        return ""
    if subscription.confirmed_at is None:
        return UNCONFIRMED
    return PAUSED if subscription.paused_at is not None else ""


def _note_failure(mail: ReportMail, trouble: str, at: datetime, *, is_final: bool = False) -> None:
    if is_final or mail.attempts >= MOST_ATTEMPTS:
        _keep(mail, state=MailState.DEAD, done_at=at, trouble=_cut(trouble))
        return
    later = at + timedelta(minutes=MINUTES_TO_NEXT[mail.attempts - 1])
    _keep(mail, state=MailState.PENDING, due_at=later, handed_at=None, trouble=_cut(trouble))


def _keep(mail: ReportMail, **values: object) -> None:
    """Commit what became of the mail, as long as it is still this claim of it."""
    mine = ReportMail.objects.filter(
        pk=mail.pk, state=MailState.SENDING, claimed_at=mail.claimed_at
    )
    with recorded(by=SYSTEM, reason="寄报告邮件"):
        if not mine.update(**values):
            raise ClaimLostError


@contextmanager
def _lock(pk: int) -> Iterator[bool]:
    """Hold the mail's lock for the block; False where somebody else does."""
    is_ours = _take(pk)
    try:
        yield is_ours
    finally:
        if is_ours:
            _let_go(pk)


def _take(pk: int) -> bool:
    # 锁属于这条连接：进程一死，数据库自己放开。
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", (MAIL_LOCK_CLASS, pk % 2**31))
        return bool(cursor.fetchone()[0])


def _let_go(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (MAIL_LOCK_CLASS, pk % 2**31))


def _cut(words: str) -> str:
    return words[:LONGEST_TROUBLE]
