"""The files of one record as a section of its page, the same on every register's page."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from yiyang.access.scope import Actor
from yiyang.attachments.forms import UploadForm
from yiyang.attachments.holders import holder_named
from yiyang.attachments.models import Attachment

TEMPLATE = "attachments/panel.html"
ATTACHMENTS_SHOWN = 50


def attachments_panel(holder_name: str, object_id: int, actor: Actor) -> dict[str, Any] | None:
    """The record's files, newest first, voided ones with their reason; None where not allowed."""
    holder = holder_named(holder_name)
    if holder is None or not actor.may(holder.permission):
        return None
    attachments = Attachment.objects.visible_to(actor).filter(
        holder=holder_name, object_id=object_id
    )
    return {
        "holder": holder.name,
        "object_id": object_id,
        "attachments": list(attachments[:ATTACHMENTS_SHOWN]),
        "may_add": holder.may_add(actor),
        "form": UploadForm(),
        "limit": settings.ATTACHMENT_MAX_MB,
    }
