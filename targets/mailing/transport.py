"""How a finished mail leaves the portal: through a mail server, or into a folder.

Both say when the message itself is about to be handed over. Up to there nothing has left and a
mail may be tried again; from there on only a clear answer tells whether it went out.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from django.conf import settings

from yiyang.mail_settings import SSL, STARTTLS

# 收件服务器答 5xx：这封信它永远不收。
LASTING = HTTPStatus.INTERNAL_SERVER_ERROR
NOT_SET = "没有配置发信：请系统管理员设 MAIL_HOST（或演示用的 MAIL_DIR）。"
UNREACHABLE = "连接不上邮件服务器：{error}。"
UNTRUSTED = "邮件服务器的证书不可信：{error}。"
NO_STARTTLS = "邮件服务器不支持 STARTTLS；请核对 MAIL_TLS 与 MAIL_PORT。"
NOT_SIGNED_IN = "邮件服务器不认账号：答 {code}；请核对 MAIL_USER、MAIL_PASSWORD。"
REFUSED = "邮件服务器答 {code}，不收{what}。"
CUT_OFF = "交出正文之后没有等到答复：{error}。"
NOT_WRITTEN = "邮件文件写不下去：{error}。"

HandingOver = Callable[[], None]


class NotSentError(Exception):
    """The mail has certainly not gone out; `is_final` where trying again is of no use."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class BarredError(NotSentError):
    """No mail at all gets out for now: the fault is not this one's."""


class InDoubtError(Exception):
    """The message was handed over and nothing came back: it may have gone out."""


class Transport(Protocol):
    """A way out of the portal."""

    def send(self, message: EmailMessage, handing_over: HandingOver) -> None:
        """Send it; `handing_over` is called right before the message itself leaves."""

    def was_sent(self, message_id: str) -> bool | None:
        """Whether that message went out; None where nobody can tell."""


def transport() -> Transport:
    """The way set. BarredError where none is."""
    if settings.MAIL_DIR:
        return FolderTransport(Path(settings.MAIL_DIR))
    if settings.MAIL_HOST:
        return ServerTransport()
    raise BarredError(NOT_SET)


def is_set() -> bool:
    """Whether mail goes anywhere at all."""
    return bool(settings.MAIL_DIR or settings.MAIL_HOST)


class FolderTransport:
    """One file a message, named after its Message-ID: written whole or not at all, never twice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, handing_over: HandingOver) -> None:
        place = self._place(str(message["Message-ID"]))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._written(message.as_bytes(policy=policy.SMTP))
        except OSError as error:
            raise BarredError(NOT_WRITTEN.format(error=error.strerror)) from None
        try:
            handing_over()
            # 硬链接不覆盖：同名的已在，便是已寄出过。
            with suppress(FileExistsError):
                self._link(draft, place)
        except OSError as error:
            raise BarredError(NOT_WRITTEN.format(error=error.strerror)) from None
        finally:
            draft.unlink(missing_ok=True)

    def was_sent(self, message_id: str) -> bool | None:
        return self._place(message_id).exists()

    def _place(self, message_id: str) -> Path:
        return self.folder / f"{message_id.strip('<>').partition('@')[0]}.eml"

    def _written(self, content: bytes) -> Path:
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".draft")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)

    def _link(self, draft: Path, place: Path) -> None:
        place.hardlink_to(draft)


class ServerTransport:
    """SMTP to the server set; what it has taken over it does not tell again."""

    def was_sent(self, message_id: str) -> bool | None:
        return None

    def send(self, message: EmailMessage, handing_over: HandingOver) -> None:
        content = message.as_bytes(policy=policy.SMTP)
        server = self._connected()
        try:
            self._envelope(server, message)
            handing_over()
            self._hand_over(server, content)
        finally:
            # 信已有着落，告别时断了线无关紧要。
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        try:
            return self._signed_in(self._opened())
        except smtplib.SMTPAuthenticationError as error:
            raise BarredError(NOT_SIGNED_IN.format(code=error.smtp_code)) from None
        except smtplib.SMTPNotSupportedError:
            raise BarredError(NO_STARTTLS) from None
        except ssl.SSLCertVerificationError as error:
            raise BarredError(UNTRUSTED.format(error=error.verify_message)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise BarredError(UNREACHABLE.format(error=_words(error))) from None

    def _opened(self) -> smtplib.SMTP:
        host, port, seconds = settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_SECONDS
        if settings.MAIL_TLS == SSL:
            return smtplib.SMTP_SSL(host, port, timeout=seconds, context=_context())
        return smtplib.SMTP(host, port, timeout=seconds)

    def _signed_in(self, server: smtplib.SMTP) -> smtplib.SMTP:
        try:
            if settings.MAIL_TLS == STARTTLS:
                server.starttls(context=_context())
            server.ehlo_or_helo_if_needed()
            if settings.MAIL_USER:
                server.login(settings.MAIL_USER, settings.MAIL_PASSWORD)
        except BaseException:
            server.close()
            raise
        return server

    def _envelope(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            code, _ = server.mail(parseaddr(settings.MAIL_FROM)[1])
            if not _is_accepted(code):
                # 发件地址是门户的：不收它，哪一封都寄不出，也不怪收件人。
                raise BarredError(REFUSED.format(code=code, what="发件地址"))
            _expect(server.rcpt(str(message["To"])), "这个收件地址")
        except (OSError, smtplib.SMTPException) as error:
            raise BarredError(UNREACHABLE.format(error=_words(error))) from None

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> None:
        try:
            answer = server.data(content)
        except smtplib.SMTPDataError as error:
            # 连 DATA 都不接：正文没有送出去。
            _expect((error.smtp_code, b""), "这封信")
        except (OSError, smtplib.SMTPException) as error:
            raise InDoubtError(CUT_OFF.format(error=_words(error))) from None
        if not _is_accepted(answer[0]) and answer[0] < HTTPStatus.BAD_REQUEST:
            raise InDoubtError(CUT_OFF.format(error="答复读不懂"))
        _expect(answer, "这封信")


def _expect(answer: tuple[int, bytes], what: str) -> None:
    code = answer[0]
    if not _is_accepted(code):
        raise NotSentError(REFUSED.format(code=code, what=what), is_final=code >= LASTING)


def _is_accepted(code: int) -> bool:
    return HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"{settings.MAIL_SECONDS} 秒内没有答复"
    return getattr(error, "strerror", None) or type(error).__name__


def _context() -> ssl.SSLContext:
    # 政务网的单位自建证书机构：根证书由系统管理员放在这个文件里。
    return ssl.create_default_context(cafile=settings.MAIL_CA_FILE or None)
