"""The reader papers are counted for: sees registers of institutions, and no person."""

from __future__ import annotations

from datetime import date

from yiyang.access.roles import Permission, Role
from yiyang.access.scope import Actor

NOBODY_IN_PARTICULAR = 0


def paper_reader(day: date) -> Actor:
    """Whoever may read a paper: the whole city, institutions by name, small counts kept back.

    A paper leaves the portal, so it is counted for nobody in particular; what this reader does
    not see cannot stand in it (rules.md 26). Who may open which paper is the archive's scope.
    """
    return Actor(
        day=day,
        user_id=NOBODY_IN_PARTICULAR,
        role=Role.LEADER,
        permissions=frozenset(
            {Permission.VIEW_TARGETS, Permission.VIEW_INSTITUTIONS, Permission.VIEW_AGREEMENTS}
        ),
        whole_city=True,
    )
