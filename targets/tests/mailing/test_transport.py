"""The way to a mail server: encrypted, signed in, its certificate checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from targets.mailing.transport import NotSentError, ServerTransport
from targets.tests.mailing.servers import HERE, MailServer, listening
from yiyang.tests.api.receivers import certificate_in

USER, PASSWORD = "yyjh", "correct horse"


def sign_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    """Know one account only."""
    held = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == held, handled=False)


@pytest.fixture(params=["starttls", "ssl"])
def encrypted(request: Any, settings: Any, mail_from: None, tmp_path: Path) -> Iterator[MailServer]:
    """A server that takes nothing in the clear and asks for an account."""
    certificate, key = certificate_in(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: dict[str, Any] = {"authenticator": sign_in}
    if request.param == "ssl":
        asked |= {"ssl_context": context, "auth_require_tls": False}
    else:
        asked |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    with listening(**asked) as server:
        settings.MAIL_DIR = ""
        settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = HERE, server.port, request.param
        settings.MAIL_USER, settings.MAIL_PASSWORD = USER, PASSWORD
        settings.MAIL_CA_FILE = str(certificate)
        yield server


def letter() -> EmailMessage:
    message = EmailMessage()
    message["To"], message["Subject"] = "zhang@example.gov.cn", "日报"
    message.set_content("正文\n.\n一行只有一个点，后面还有。\n")
    return message


def send(handed: list[str]) -> None:
    ServerTransport().send(letter(), lambda: handed.append("handed over"))


def test_it_is_sent_encrypted_and_whole(encrypted: MailServer) -> None:
    handed: list[str] = []
    send(handed)
    assert handed == ["handed over"]
    [message] = encrypted.messages
    assert message.get_content().replace("\r\n", "\n") == "正文\n.\n一行只有一个点，后面还有。\n"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MAIL_PASSWORD", "wrong", "不认账号"),
        ("MAIL_CA_FILE", "", "证书不可信"),
    ],
)
def test_nothing_is_handed_over_to_a_server_not_trusted(
    encrypted: MailServer, settings: Any, name: str, value: str, words: str
) -> None:
    setattr(settings, name, value)
    handed: list[str] = []
    with pytest.raises(NotSentError, match=words):
        send(handed)
    assert (handed, encrypted.arrived) == ([], [])


def test_a_server_without_starttls_gets_nothing(settings: Any, server: MailServer) -> None:
    settings.MAIL_TLS = "starttls"
    with pytest.raises(NotSentError, match="STARTTLS"):
        send([])
    assert server.arrived == []
