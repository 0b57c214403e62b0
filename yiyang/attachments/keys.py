"""Moving the files' own keys under another master key; the files themselves stay as they are."""

from __future__ import annotations

from collections import Counter

from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr

from yiyang.attachments.models import AttachmentContent
from yiyang.lib.crypto import SealError, rewrap, wrap_header, wrapped_key_id


def stale_contents() -> QuerySet[AttachmentContent]:
    """Files whose key is not wrapped with the master key and cipher now in force."""
    header = wrap_header()
    head = Substr("wrapped", 1, len(header), output_field=BinaryField())
    return AttachmentContent.objects.annotate(head=head).exclude(head=header)


def rewrap_contents() -> tuple[int, list[int]]:
    """How many keys were moved, and the files whose key does not open."""
    moved, unreadable = 0, list[int]()
    rows = stale_contents().values_list("pk", "attachment__uid", "wrapped").order_by("pk")
    for pk, uid, wrapped in rows.iterator():
        try:
            renewed = rewrap(wrapped, uid)
        except SealError:
            unreadable.append(pk)
            continue
        held = AttachmentContent.objects.filter(pk=pk, wrapped=bytes(wrapped))
        moved += held.update(wrapped=renewed)
    return moved, unreadable


def files_by_key() -> Counter[str]:
    """How many files' keys each master key wraps, by its id."""
    wrapped = AttachmentContent.objects.values_list("wrapped", flat=True)
    return Counter(wrapped_key_id(one) for one in wrapped.iterator())
