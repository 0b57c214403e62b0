"""A caller of the API with a token of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.api.models import ApiToken
from yiyang.api.resources import read_scopes
from yiyang.api.tokens import issue_token
from yiyang.changelog.context import SYSTEM

API = "/api/v1/"
HERE = ("127.0.0.0/8",)


def every_code() -> list[str]:
    return [code for code, _ in read_scopes()]


@dataclass
class Caller:
    """Another office's system: its token, and what it was answered last."""

    token: ApiToken
    text: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"{API}{path}", query or {}, headers=self._headers(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.generic(
            method,
            f"{API}{path}",
            json.dumps(body, ensure_ascii=False),
            content_type="application/json",
            headers=self._headers(headers),
        )

    def results(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The documents of the whole list, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, query).json()
            found += page["results"]
            if page["after"] is None:
                return found
            query["after"] = page["after"]

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.text}", **named}


def make_caller(
    *,
    regions: Sequence[str] = (),
    reads: Sequence[str] | None = None,
    writes: Sequence[str] = (),
    networks: Sequence[str] = HERE,
    user: User | None = None,
    on: date | None = None,
    days: int = 30,
) -> Caller:
    """A caller whose token reads everything unless told otherwise."""
    on = on or timezone.localdate()
    token, text = issue_token(
        by=SYSTEM,
        user=user or open_user(Role.CIVIL_AFFAIRS_CLIENT),
        name="民政业务系统",
        reads=every_code() if reads is None else reads,
        writes=writes,
        regions=regions,
        networks=networks,
        on=on,
        expires_on=on + timedelta(days=days),
    )
    return Caller(token, text)
