"""The files' own keys, as the rotation of master keys knows them."""

from __future__ import annotations

from yiyang.attachments.models import AttachmentContent
from yiyang.keys import KeyColumn

FILES = KeyColumn(AttachmentContent, "wrapped", "attachment__uid", "个附件的密钥")
