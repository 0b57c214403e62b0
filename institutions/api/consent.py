"""What a written row may only ask for: which side keeps it, and the request for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from institutions.consent import differences, held_by, is_same
from institutions.models import ChangeRequest, Institution, InstitutionProfile, RequestState, Side
from institutions.ownership import label_of, side_to_ask
from institutions.requests import request_change
from yiyang.access.scope import Actor
from yiyang.api.errors import Fault
from yiyang.api.writing import RequestMade, Row

DEFAULT_REASON = "民政业务系统的登记与此不同，请核对"
HOW_TO_ASK = "要提修改申请，请加 request_changes=1。"
WAITING = "这个机构已有申请 {uid} 在等{side}答复，改动不同；请等答复，或先撤回那一份。"
RETURNED = "同样的申请 {uid} 已被退回：{answer}。请按退回原因改好，或换一个理由再提。"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A field the row would change and another side keeps."""

    name: str
    wanted: Any
    fault: Fault


@dataclass(frozen=True, slots=True)
class Asking:
    """All of a row that one side would have to agree to."""

    side: Side
    refused: tuple[Foreign, ...]
    waiting: ChangeRequest | None = None
    obstacle: Fault | None = None


def asking_for(
    actor: Actor, row: Row, profile: InstitutionProfile, wanted: Mapping[str, Any]
) -> list[Asking]:
    """What the row changes and may not, side by side; empty where all of it is the actor's own."""
    held, changes = held_by(profile), differences(profile, wanted)
    by_side: dict[Side, list[Foreign]] = defaultdict(list)
    for name, change in changes.items():
        side = side_to_ask(actor, held, name, change["new"])
        if side is not None:
            words = f"{label_of(InstitutionProfile, name)}须{side.label}同意才能改。"
            fault = row.fault(words + HOW_TO_ASK, "needs_consent", name)
            by_side[side].append(Foreign(name, wanted[name], fault))
    return [
        _asking(row, profile, side, tuple(foreign), changes)
        for side, foreign in sorted(by_side.items())
    ]


def made_of(
    actor: Actor, institution: Institution, row: Row, asked: Sequence[Asking]
) -> tuple[RequestMade, ...]:
    """Make the requests that are not waiting already. ValidationError as request_change has it."""
    made: list[RequestMade] = []
    for group in asked:
        names = tuple(one.name for one in group.refused)
        request, is_new = group.waiting, False
        if request is None:
            [request] = request_change(
                by=actor,
                institution=institution,
                starts_on=row.values["starts_on"],
                wanted={one.name: one.wanted for one in group.refused},
                reason=row.values.get("reason") or DEFAULT_REASON,
            )
            is_new = True
        made.append(RequestMade(str(request.uid), group.side, names, request.due_on, is_new))
    return tuple(made)


def _asking(
    row: Row,
    profile: InstitutionProfile,
    side: Side,
    foreign: tuple[Foreign, ...],
    changes: Mapping[str, Mapping[str, Any]],
) -> Asking:
    """With the request that waits for just this, or why it cannot be asked now."""
    wanted = {one.name: changes[one.name]["new"] for one in foreign}
    latest = (
        ChangeRequest.objects.filter(institution=profile.institution_id, side=side)
        .exclude(state=RequestState.WITHDRAWN)
        .order_by("-pk")
        .first()
    )
    if latest is None:
        return Asking(side, foreign)
    is_alike = _asks_for(latest, wanted)
    if latest.state == RequestState.PENDING:
        if is_alike:
            return Asking(side, foreign, waiting=latest)
        words = WAITING.format(uid=latest.uid, side=side.label)
        return Asking(side, foreign, obstacle=row.fault(words, "request_pending"))
    reason = row.values.get("reason") or DEFAULT_REASON
    # 每夜重发的系统不该每夜再提一次已退回的申请。
    if latest.state == RequestState.RETURNED and is_alike and latest.reason == reason:
        words = RETURNED.format(uid=latest.uid, answer=latest.answer)
        return Asking(side, foreign, obstacle=row.fault(words, "request_returned"))
    return Asking(side, foreign)


def _asks_for(request: ChangeRequest, wanted: Mapping[str, Any]) -> bool:
    asked = request.changes
    return set(asked) == set(wanted) and all(
        is_same(asked[name]["new"], new) for name, new in wanted.items()
    )
