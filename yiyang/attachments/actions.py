"""The verbs of files: keep one with a record, take it out, void it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from yiyang import dated
from yiyang.access.scope import Actor
from yiyang.attachments.contents import kind_of, shown_name
from yiyang.attachments.holders import Holder
from yiyang.attachments.models import Attachment, AttachmentContent
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import Recorder, recorded
from yiyang.lib.crypto import new_data_key, open_bytes, seal_bytes, unwrap, wrap

TABLE, FIELD = "yiyang_attachment", "content"
MEGABYTE = 1024 * 1024
NO_FILE = "请选择要上传的文件；空文件不收。"


def attach(
    *, by: Recorder, holder: Holder, object_id: int, name: str, content: bytes, at: datetime
) -> Attachment:
    """Keep a file with the record; ValidationError says why it is not taken."""
    if not content:
        raise ValidationError(NO_FILE)
    if len(content) > settings.ATTACHMENT_MAX_MB * MEGABYTE:
        raise ValidationError(f"文件超过 {settings.ATTACHMENT_MAX_MB} MB；请降低分辨率或分成几份。")
    kind = kind_of(content)
    attachment = Attachment(
        holder=holder.name,
        object_id=object_id,
        name=shown_name(name, kind),
        kind=kind,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_at=at,
    )
    with recorded(by=by, reason="上传附件"):
        _refuse_too_many(holder, object_id)
        attachment.full_clean()
        attachment.save(force_insert=True)
        _keep(attachment, content)
    return attachment


def content_of(*, by: Actor, attachment: Attachment) -> bytes:
    """The file as it was sent in; that it was taken out is on record before it leaves.

    AttachmentContent.DoesNotExist once the file was destroyed.
    """
    held = AttachmentContent.objects.get(attachment=attachment)
    if held.wrapped is None or held.sealed is None:
        raise AttachmentContent.DoesNotExist
    key = unwrap(held.wrapped, attachment.uid)
    content = open_bytes(held.sealed, data_key=key, table=TABLE, field=FIELD, uid=attachment.uid)
    record(
        kind=EventKind.EXPORT,
        actor_id=by.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"{attachment.holder}:{attachment.object_id}",
        details={"page": "附件", "attachment": attachment.pk, "format": attachment.kind},
    )
    return content


def void_attachment(*, by: Actor, attachment: Attachment, reason: str) -> None:
    """Take back a file that does not belong here; it opens to nobody any more."""
    if attachment.voided_at is not None:
        raise ValidationError("这个附件已经作废。")
    dated.void(by=by, fact=attachment, reason=reason)


def _keep(attachment: Attachment, content: bytes) -> None:
    key = new_data_key()
    sealed = seal_bytes(content, data_key=key, table=TABLE, field=FIELD, uid=attachment.uid)
    wrapped = wrap(key, attachment.uid)
    AttachmentContent.objects.create(attachment=attachment, wrapped=wrapped, sealed=sealed)


def _refuse_too_many(holder: Holder, object_id: int) -> None:
    """Count under a lock, so that two uploads at once do not both find room for one."""
    with connection.cursor() as cursor:
        key = f"{TABLE}:{holder.name}:{object_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    kept = Attachment.objects.kept().filter(holder=holder.name, object_id=object_id).count()
    if kept >= settings.ATTACHMENTS_PER_RECORD:
        raise ValidationError(
            f"一条记录最多 {settings.ATTACHMENTS_PER_RECORD} 个附件；请先作废用不着的。"
        )
