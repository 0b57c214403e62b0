"""A real mail server on this machine that counts what arrives, and can be made to stall."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller

HERE = "127.0.0.1"
STALL_SECONDS = 30
CUT = "cut"


@dataclass
class MailServer:
    """What arrived and for whom; the answers it gives; where it stalls until it is let go."""

    answers: dict[str, str] = field(default_factory=dict)
    stalls_at: str = ""
    arrived: list[tuple[list[str], bytes]] = field(default_factory=list)
    stalled: Event = field(default_factory=Event)
    let_go: Event = field(default_factory=Event)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 — aiosmtpd 起的名
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("MAIL", "250 OK")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802 — aiosmtpd 起的名
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        await self._stall("RCPT")
        answer = self.answers.get(f"RCPT {address}") or self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 — aiosmtpd 起的名
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer == CUT or answer.startswith("250"):
            self.arrived.append((list(envelope.rcpt_tos), envelope.content))
        await self._stall("DATA")
        if answer == CUT:
            server.transport.abort()
        return answer

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _, content in self.arrived]

    @property
    def times(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(one["Message-ID"]) for one in self.messages)

    async def _stall(self, place: str) -> None:
        if self.stalls_at != place or self.let_go.is_set():
            return
        self.stalled.set()
        await asyncio.get_running_loop().run_in_executor(None, self.let_go.wait, STALL_SECONDS)


def _free_port() -> int:
    with socket.create_server((HERE, 0)) as place:
        return int(place.getsockname()[1])


@contextmanager
def listening(**more: Any) -> Iterator[MailServer]:
    """A server for as long as the block lasts; `more` goes to aiosmtpd."""
    server = MailServer()
    controller = Controller(server, hostname=HERE, port=_free_port(), **more)
    controller.start()

    server.port = controller.port
    try:
        yield server
    finally:
        server.let_go.set()
        controller.stop()
