"""更正说明: proposing a correction after the lock, and the city reviewer's decision on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError

from targets.models import (
    CorrectionLine,
    CorrectionState,
    ItemSource,
    QuarterlyReturn,
    ReturnCheck,
    ReturnCorrection,
    ReturnItem,
    ReturnLevel,
)
from targets.models.returns import CLOSED
from targets.returns.actions import hold_period
from targets.returns.checks import findings
from targets.returns.effective import Numbers, numbers_by_return, reckon_shares
from targets.returns.publishing import publish_corrected
from targets.returns.sheets import sheet_of
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

NOT_CLOSED = "这张表还没有锁定，有误请退回重填，不用更正说明。"
NOT_INSTITUTIONS = "机构的数在本区的表里更正；请打开本区的填报单。"
NOTHING_CHANGED = "没有一个数与现在的不同；请改动要更正的数。"
MOVED = "{code} 的原数现在是 {now}，与说明里的不同；请退回后重新提出。"
SAME_PERSON = "更正须由提出人以外的市卫健审核办理。"
DECIDED = "这份更正已经审核过，请刷新页面查看。"


def may_propose(actor: Actor, own: QuarterlyReturn) -> bool:
    """Whether the actor may propose corrections of a return that lies in sight."""
    if own.level == ReturnLevel.INSTITUTION or own.state not in CLOSED:
        return False
    return actor.may(Permission.EDIT_HEALTH) and (
        actor.whole_city or own.level == ReturnLevel.DISTRICT
    )


def may_decide(actor: Actor, correction: ReturnCorrection) -> bool:
    is_reviewer = actor.may(Permission.REVIEW) and actor.whole_city
    return is_reviewer and correction.state == CorrectionState.PENDING


def correctable(own: QuarterlyReturn) -> list[ReturnItem]:
    """The items whose numbers can be corrected; shares of two of them follow by themselves."""
    return [item for item in own.period.form.items.all() if item.source != ItemSource.QUOTIENT]


def propose(
    *, by: Actor, quarterly_return: QuarterlyReturn, numbers: Mapping[str, Decimal], reason: str
) -> ReturnCorrection:
    """Propose other numbers, by item code; what is not changed may be among them."""
    _refuse_proposing(by, quarterly_return)
    if not reason.strip():
        raise ValidationError({"reason": "更正须写明原因。"})
    with recorded(by=by, reason="季度监测更正说明"):
        hold_period(quarterly_return.period_id)
        every = numbers_by_return(quarterly_return.period)
        now = every[quarterly_return.pk]
        changed = {code: one for code, one in numbers.items() if one != now.get(code)}
        if not changed:
            raise ValidationError(NOTHING_CHANGED)
        _refuse_unbalanced(quarterly_return, every, changed)
        correction = checked_create(
            ReturnCorrection,
            quarterly_return=quarterly_return,
            reason=reason.strip(),
            proposed_by_id=by.user_id,
            proposed_on=by.day,
        )
        for item in correctable(quarterly_return):
            if item.code in changed:
                old = now.get(item.code) or Decimal(0)
                new = changed[item.code]
                checked_create(CorrectionLine, correction=correction, item=item, old=old, new=new)
    assert isinstance(correction, ReturnCorrection)
    return correction


def decide(
    *, by: Actor, correction: ReturnCorrection, agreed: bool, at: datetime, answer: str = ""
) -> None:
    """Approve a correction, which makes a new edition of what is published, or refuse it."""
    if not (by.may(Permission.REVIEW) and by.whole_city):
        raise PermissionDenied(FORBIDDEN)
    with recorded(by=by, reason="季度监测更正审核"):
        hold_period(correction.quarterly_return.period_id)
        held = ReturnCorrection.objects.select_related("quarterly_return__period__form")
        own = held.get(pk=correction.pk)
        if own.state != CorrectionState.PENDING:
            raise ValidationError(DECIDED)
        if own.proposed_by_id == by.user_id:
            raise ValidationError(SAME_PERSON)
        if agreed:
            _refuse_unfit(own)
        own.state = CorrectionState.APPROVED if agreed else CorrectionState.REFUSED
        own.decided_by_id, own.decided_on, own.answer = by.user_id, by.day, answer.strip()
        own.full_clean()
        own.save()
        if agreed and own.quarterly_return.period.editions.exists():
            publish_corrected(by=by, correction=own, at=at)


def _refuse_proposing(by: Actor, own: QuarterlyReturn) -> None:
    if own.level == ReturnLevel.INSTITUTION:
        raise ValidationError(NOT_INSTITUTIONS)
    if own.state not in CLOSED:
        raise ValidationError(NOT_CLOSED)
    if not may_propose(by, own):
        raise PermissionDenied(FORBIDDEN)


def _refuse_unbalanced(
    own: QuarterlyReturn, every: dict[int, Numbers], changed: Mapping[str, Decimal]
) -> None:
    """The corrected table must balance, and so must the city's that follows it."""
    now = every[own.pk]
    moves = {code: one - (now.get(code) or Decimal(0)) for code, one in changed.items()}
    items = {item.code: item for item in own.period.form.items.all()}
    city = QuarterlyReturn.objects.get(period=own.period_id, level=ReturnLevel.CITY)
    for one in dict.fromkeys((own.pk, city.pk)):
        numbers = dict(every[one])
        for code, move in moves.items():
            numbers[code] = (numbers.get(code) or Decimal(0)) + move
        reckon_shares(numbers, items, set(moves))
        table = own if one == own.pk else city
        values = list(table.values.select_related("item"))
        checks = ReturnCheck.objects.filter(form=own.period.form_id)
        hard = [f for f in findings(sheet_of(table, numbers, values), checks) if f.is_hard]
        if hard:
            where = "" if one == own.pk else f"{city.unit_name}："
            raise ValidationError([f"{where}{found.code} {found.message}" for found in hard])


def _refuse_unfit(correction: ReturnCorrection) -> None:
    """What was proposed must still start from today's numbers, and still leave a balance."""
    own = correction.quarterly_return
    every = numbers_by_return(own.period)
    lines = list(correction.lines.select_related("item"))
    for line in lines:
        current = every[own.pk].get(line.item.code) or Decimal(0)
        if current != line.old:
            raise ValidationError(MOVED.format(code=line.item.code, now=f"{current:f}"))
    _refuse_unbalanced(own, every, {line.item.code: line.new for line in lines})
