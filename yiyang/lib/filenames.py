"""Names of files as a browser saves them: Chinese as it is, nothing that leads elsewhere."""

from __future__ import annotations

import re
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

A = TypeVar("A", bound=HttpResponseBase)
NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+|\.{2,}')


def attachment_named(name: str) -> str:
    """The Content-Disposition that saves an answer under the name."""
    return content_disposition_header(True, NOT_IN_A_NAME.sub("-", name)) or "attachment"


def saved_as(name: str, answer: A) -> A:
    """The answer as a file that the browser saves under the name."""
    answer["Content-Disposition"] = attachment_named(name)
    return answer


def marked(name: str) -> str:
    """The name; in the demo with its mark, for files whose content has no place for one."""
    return f"{settings.DEMO_MARK}-{name}" if settings.DEMO else name
