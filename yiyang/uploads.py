"""Uploads stop at the size of the largest workbook the portal reads, before they reach a disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from yiyang.lib.sheets import MAX_BYTES

# 表单的其他栏目与分隔线也算在请求的长度里。
FIELDS_BYTES = 1024 * 1024


class SizeLimitHandler(FileUploadHandler):
    """Refuse a body by its stated length; whoever has not signed in may send hardly anything.

    The token check reads a posted body before anyone asks who sent it.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django 按这个名字传
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > self._limit():
            raise RequestDataTooBig("upload beyond the limit")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand each chunk on to the handler that keeps it."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing oneself."""

    def _limit(self) -> int:
        session = getattr(self.request, "session", {})
        if SESSION_KEY in session:
            return MAX_BYTES + FIELDS_BYTES
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
