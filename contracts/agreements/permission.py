"""Who may work on agreements: clerks of either side, on those in their own scope."""

from __future__ import annotations

from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

NOT_A_CLERK = "您的角色不能办理协议；如工作需要，请联系安全管理员调整角色。"


def may_edit_agreements(actor: Actor) -> bool:
    """Whether the role may enter and change agreements at all."""
    return actor.may(Permission.EDIT_HEALTH) or actor.may(Permission.EDIT_ELDERLY)
