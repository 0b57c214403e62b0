"""What may be done with an agreement in each state, as one table read like the office's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from contracts.models import AgreementState as S


class Verb(StrEnum):
    """As it stands in the address."""

    EDIT = "edit"
    SIGN = "sign"
    RENEW = "renew"
    TERMINATE = "terminate"
    REINSTATE = "reinstate"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Wording:
    """The button, the title of its page and what a clerk must know before confirming."""

    button: str
    title: str
    note: str
    is_loss: bool = False


WORDINGS: Mapping[Verb, Wording] = MappingProxyType(
    {
        Verb.EDIT: Wording("修改草稿", "修改草稿", "双方都没有签之前可以改；签了一方就不能改了。"),
        Verb.SIGN: Wording(
            "登记签订",
            "登记签订",
            "双方分别登记；第二方签订之日即为签订日期，生效后当晚量度就计入指标。",
        ),
        Verb.RENEW: Wording(
            "续签", "续签协议", "新协议连着原协议，服务项目照抄，可以改；签订之前仍是草稿。"
        ),
        Verb.TERMINATE: Wording(
            "解约",
            "解约",
            "自解约日起不再有效，也不再计入指标；此前各日的统计不变。解错了可以“撤销解约”。",
            is_loss=True,
        ),
        Verb.REINSTATE: Wording(
            "撤销解约", "撤销解约", "协议恢复到原来的到期日；期间另签了同样的协议时不能撤销。"
        ),
        Verb.VOID: Wording(
            "作废",
            "作废协议",
            "作废用于登记错了的协议：视为从来没有过，过去各日重算也不再计入。"
            "协议真有过、提前结束的，请办解约。作废不能撤回，只能重新登记。",
            is_loss=True,
        ),
    }
)
ALLOWED: Mapping[S, tuple[Verb, ...]] = MappingProxyType(
    {
        S.DRAFT: (Verb.SIGN, Verb.EDIT, Verb.VOID),
        S.HALF_SIGNED: (Verb.SIGN, Verb.VOID),
        S.NOT_YET: (Verb.VOID,),
        S.IN_FORCE: (Verb.RENEW, Verb.TERMINATE, Verb.VOID),
        S.EXPIRING: (Verb.RENEW, Verb.TERMINATE, Verb.VOID),
        S.EXPIRED: (Verb.RENEW, Verb.VOID),
        S.RENEWED: (Verb.VOID,),
        S.TERMINATED: (Verb.REINSTATE, Verb.VOID),
        S.VOIDED: (),
    }
)
