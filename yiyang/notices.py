"""What a role must be told on every page, said by the app that knows it.

An app registers its source in AppConfig.ready(). Only pages of those who hold the permission ask
it, so that nobody else's pages pay for the query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, and the page to see to it on."""

    text: str
    url: str


NoticeSource = Callable[[datetime], Sequence[Notice]]
_sources: dict[str, tuple[Permission, NoticeSource]] = {}


def register_notices(name: str, permission: Permission, source: NoticeSource) -> None:
    """Tell those who hold the permission; the same name replaces."""
    _sources[name] = permission, source


def notices_for(actor: Actor | None, at: datetime) -> list[Notice]:
    """What the actor must be told now; nothing for a stranger."""
    if actor is None or not actor.is_known:
        return []
    told = (source(at) for permission, source in _sources.values() if actor.may(permission))
    return [notice for notices in told for notice in notices]
