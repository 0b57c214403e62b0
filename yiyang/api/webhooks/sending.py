"""Sending one notice: to the address that was checked, signed, without following anywhere."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from threading import Timer
from typing import Any

from django.conf import settings

from yiyang.api.webhooks.addresses import AddressRefusedError, checked_address, place_of
from yiyang.api.webhooks.models import Delivery
from yiyang.lib.crypto import SealError, unwrap

NAME = "yiyang-webhook/1"
REDIRECTED = "对方答 {status}，要求跳转；通知不跟随跳转，请改订最终的地址。"
REFUSED = "对方答 {status}，须答 2xx。"
SILENT = "{seconds} 秒内没有答复。"
UNREACHABLE = "连接不上：{error}。"
UNTRUSTED = "对方的证书不可信：{error}。"
UNREADABLE = "对方的答复不是 HTTP。"
SECRET_LOST = "订阅的密钥打不开，请对方重新订阅。"  # noqa: S105 — 是说明，不是口令


class NotDeliveredError(Exception):
    """The notice did not arrive; the message says why."""


class CheckedConnection(http.client.HTTPSConnection):
    """HTTPS to one address looked up before, under the name it was asked for.

    Looking the name up again here would let it answer differently the second time.
    """

    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = _context()
        super().__init__(host, port, timeout=settings.WEBHOOK_SECONDS, context=self._tls)
        self._address = address
        self.was_cut = False

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        # 先记下再握手：握手拖着不答时，到点的一刀才够得着它。
        wrapped = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = wrapped
        wrapped.do_handshake()

    def cut(self) -> None:
        """Break the connection off from another thread, whatever it is waiting for."""
        self.was_cut = True
        if self.sock is not None:
            # 连接可能刚好自己结束了。SSLSocket 自己的 shutdown 会丢下加密层，所以绕过它。
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def send(delivery: Delivery, at: datetime) -> None:
    """Send the notice. NotDeliveredError unless it is answered 2xx within the time set."""
    try:
        host, port, path = place_of(delivery.subscription.url)
        connection = CheckedConnection(host, port, checked_address(host, port))
    except AddressRefusedError as error:
        raise NotDeliveredError(str(error)) from None
    body = body_of(delivery)
    # 每次收发的时限管不住一个字节一个字节地拖：到点便把连接断开。
    cut_off = Timer(settings.WEBHOOK_SECONDS, connection.cut)
    cut_off.start()
    try:
        status = _post(connection, path, body, headers_of(delivery, body, at))
    finally:
        cut_off.cancel()
        connection.close()
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise NotDeliveredError(REDIRECTED.format(status=status))
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotDeliveredError(REFUSED.format(status=status))


def body_of(delivery: Delivery) -> bytes:
    """That there are changes up to a number, and nothing of what they are."""
    said: dict[str, Any] = {
        "delivery": str(delivery.uid),
        "subscription": str(delivery.subscription.uid),
        "up_to": delivery.up_to,
    }
    if settings.DEMO:
        said = {"mark": settings.DEMO_MARK, **said}
    return json.dumps(said, ensure_ascii=False).encode()


def headers_of(delivery: Delivery, body: bytes, at: datetime) -> dict[str, str]:
    """The notice's headers; the signature covers the time and the body."""
    subscription = delivery.subscription
    try:
        secret = unwrap(subscription.wrapped, subscription.uid)
    except SealError:
        raise NotDeliveredError(SECRET_LOST) from None
    time = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": NAME,
        "Webhook-Key": str(subscription.uid),
        "Webhook-Timestamp": time,
        "Webhook-Signature": f"v1={signature_of(secret, time, body)}",
    }


def signature_of(secret: bytes, time: str, body: bytes) -> str:
    """HMAC-SHA256 of "time.body", in hexadecimal."""
    return hmac.new(secret, time.encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(connection: CheckedConnection, path: str, body: bytes, headers: dict[str, str]) -> int:
    """The status answered; the answer's own body is not read."""
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        trouble = SILENT.format(seconds=settings.WEBHOOK_SECONDS)
        raise NotDeliveredError(trouble if connection.was_cut else _words(error)) from None


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return UNTRUSTED.format(error=error.verify_message)
    if isinstance(error, TimeoutError):
        return SILENT.format(seconds=settings.WEBHOOK_SECONDS)
    if isinstance(error, OSError):
        return UNREACHABLE.format(error=error.strerror or type(error).__name__)
    return UNREADABLE


def _context() -> ssl.SSLContext:
    # 政务网的单位自建证书机构：根证书由系统管理员放在这个文件里。
    return ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)
