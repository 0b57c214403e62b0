"""Where mail goes in these tests: a folder, or a real server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from targets.tests.mailing.servers import HERE, MailServer, listening


@pytest.fixture
def mail_from(settings: Any) -> None:
    settings.MAIL_FROM = "医养结合门户 <yyjh@example.gov.cn>"
    settings.PORTAL_URL = "https://yyjh.example.gov.cn"
    settings.MAIL_SECONDS = 5


@pytest.fixture
def folder(settings: Any, mail_from: None, tmp_path: Path) -> Path:
    """Mail becomes files here."""
    settings.MAIL_DIR = str(tmp_path / "mail")
    settings.MAIL_HOST = ""
    return tmp_path / "mail"


@pytest.fixture
def server(settings: Any, mail_from: None) -> Iterator[MailServer]:
    """Mail goes to a server on this machine, without TLS."""
    with listening() as one:
        settings.MAIL_DIR = ""
        settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = HERE, one.port, "none"
        settings.MAIL_USER = settings.MAIL_PASSWORD = ""
        yield one
