"""What stands in a mail: a text, the same as HTML, the workbook where it is wanted."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from targets.mailing.links import confirm_url, home_url, paper_url, unsubscribe_url
from targets.models import MailKind, ReportMail
from targets.papers.forms import forms_of
from yiyang.lib.demo import demo_mark
from yiyang.lib.filenames import marked

WORKBOOK = "xlsx"
TEMPLATES = {
    MailKind.REPORT: "report",
    MailKind.CONFIRMATION: "confirmation",
    MailKind.SILENCE: "silence",
}


def message_of(mail: ReportMail, at: datetime) -> EmailMessage:
    """The mail, ready to be handed over; made again it has the same Message-ID."""
    message = EmailMessage()
    message["Subject"] = _subject(mail)
    message["From"] = _sender()
    message["To"] = Address(addr_spec=mail.subscription.address)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id_of(mail)
    message["Auto-Submitted"] = "auto-generated"
    context = _context(mail)
    if "unsubscribe_url" in context:
        message["List-Unsubscribe"] = f"<{context['unsubscribe_url']}>"
    name = f"targets/mailing/{TEMPLATES[MailKind(mail.kind)]}"
    text = render_to_string(f"{name}.txt", context).strip() + "\n"
    message.set_content(text, charset="utf-8", cte="base64")
    html = render_to_string(f"{name}.html", context)
    message.add_alternative(html, subtype="html", charset="utf-8", cte="base64")
    _attach_workbook(message, mail)
    return message


def message_id_of(mail: ReportMail) -> str:
    """The name of this mail for ever: nothing but its number is in it."""
    return f"<{mail.uid}@{parseaddr(settings.MAIL_FROM)[1].rpartition('@')[2]}>"


def _sender() -> Address:
    name, address = parseaddr(settings.MAIL_FROM)
    return Address(display_name=name or settings.PORTAL_NAME, addr_spec=address)


def _subject(mail: ReportMail) -> str:
    mark = demo_mark("【{}】")
    if mail.paper is not None:
        told = mail.paper.title
    elif mail.kind == MailKind.CONFIRMATION:
        told = "请确认接收报告的邮箱"
    else:
        told = "指标没有按时量度，报告暂停"
    # 标题里的换行会变成另一个邮件头：控制字符一律成空格。
    plain = "".join(one if one.isprintable() else " " for one in f"{mark}{told}")
    return f"{plain}（{settings.PORTAL_NAME}）"


def _context(mail: ReportMail) -> dict[str, Any]:
    subscription = mail.subscription
    context: dict[str, Any] = {
        "portal_name": settings.PORTAL_NAME,
        "demo_mark": demo_mark(),
        "subscription": subscription,
    }
    if mail.kind == MailKind.CONFIRMATION:
        return context | {"confirm_url": confirm_url(subscription)}
    context["unsubscribe_url"] = unsubscribe_url(subscription)
    if mail.paper is None:
        return context | {"hours": settings.SNAPSHOT_MAX_AGE_HOURS, "home_url": home_url()}
    lines = str(mail.paper.content.get("text", "")).splitlines() or [mail.paper.title]
    return context | {"paper": mail.paper, "lines": lines, "paper_url": paper_url(mail.paper)}


def _attach_workbook(message: EmailMessage, mail: ReportMail) -> None:
    if mail.paper is None or not mail.subscription.has_workbook:
        return
    form = forms_of(mail.paper.kind).form(WORKBOOK)
    if form is None:
        return
    main, _, sub = form.content_type.partition(";")[0].partition("/")
    message.add_attachment(
        form.render(mail.paper),
        maintype=main,
        subtype=sub,
        filename=marked(f"{mail.paper.title}.{WORKBOOK}"),
    )
