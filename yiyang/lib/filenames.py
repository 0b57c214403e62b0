"""Names of files as a browser saves them: Chinese as it is, nothing that leads elsewhere."""

from __future__ import annotations

import re

from django.utils.http import content_disposition_header

NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+|\.{2,}')


def attachment_named(name: str) -> str:
    """The Content-Disposition that saves an answer under the name."""
    return content_disposition_header(True, NOT_IN_A_NAME.sub("-", name)) or "attachment"
