"""The verbs of a return: fill in its numbers, fetch them anew, and every step of the table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from targets.models import (
    ItemSource,
    QuarterlyReturn,
    ReturnEvent,
    ReturnItem,
    ReturnLevel,
    ReturnState,
    ReturnValue,
    ReturnVerb,
)
from targets.models.returns import LONGEST_NOTE
from targets.returns.checks import number_text
from targets.returns.fetching import OF_DISTRICTS, OF_INSTITUTIONS, Fetched, Fetcher, quotient_of
from targets.returns.publishing import publish_first
from targets.returns.sheets import filled
from targets.returns.states import OF_NOBODY, STEPS, Party, parties_of, steps_from
from targets.steps import NOT_YOUR_STEP, not_now, refuse_others, refuse_words
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded

L, S, V = ReturnLevel, ReturnState, ReturnVerb
Entered = Mapping[str, tuple[Decimal | None, str]]
NOT_OPEN = "填报单现在是“{state}”，数不能再改；请刷新页面查看。"
PARENT_CLOSED = "{unit}已经报出或锁定，不能再{verb}；请先由审核人退回{unit}的表。"
DIFFERS = "与取数 {number} 不同，请在说明里写明原因。"
NOT_WHOLE = "请填整数。"
LATE_FETCH = "取数晚于填报，待核对"
OVERTAKEN = (
    "这份表在您打开以后又由{who}保存过，与您填的不同的有：{items}。"
    "请对照后再保存；再次保存，以您填的为准。"
)
CHANGED = "您打开这一页以后，表里的数或说明有改动；请先看现在的，再办这一步。"
SAME_PERSON = "{verb}须由填表人、报出人以外的人办理；请另一位审核人办理。"
CHANGED_BELOW = "下一级的审核数有变，请先“重新取数”再报出。"
MISSING_BELOW = "还有 {n} 家机构没有审核通过，将按缺报报出；请在“情况”里写明原因。"
NOT_ALL_DISTRICTS = "还有 {n} 个区没有审核上报，不能汇总报出：{names}。"
STOPPED = "有 {n} 处审核不通过或未说明，请看表中红字，改好或写明说明后再报出。"
LONGEST_TEXT = 500
STAMP_LENGTH = 16
WRITTEN = ("prefilled", "prefilled_from", "value", "note")


def fill(
    *, by: Actor, quarterly_return: QuarterlyReturn, entered: Entered, seen: str | None = None
) -> None:
    """Write the numbers and notes entered, by item code; a difference needs its reason.

    Shares follow from their two items. `seen` is the stamp of what the filler had before them:
    what somebody else saved since is not overwritten unseen.
    """
    with recorded(by=by, reason="季度监测填报"):
        own = _locked(quarterly_return)
        _refuse_filling(by, own)
        held = list(own.values.select_related("item"))
        _refuse_overtaken(by, own, held, entered, seen)
        values = {one.item.code: one for one in held}
        _refuse_wrong(values, entered)
        for code, (number, note) in entered.items():
            values[code].value, values[code].note = number, note.strip()
        _reckon_shares(held)
        ReturnValue.objects.bulk_update(held, WRITTEN)
        QuarterlyReturn.objects.filter(pk=own.pk).update(filled_by=by.user_id)


def stamp_of(values: Iterable[ReturnValue]) -> str:
    """What tells one state of a return's numbers and notes from another."""
    said = [(one.item_id, f"{one.value}", one.note) for one in values]
    return hashlib.sha256(repr(sorted(said)).encode()).hexdigest()[:STAMP_LENGTH]


def _refuse_overtaken(
    by: Actor,
    own: QuarterlyReturn,
    held: Sequence[ReturnValue],
    entered: Entered,
    seen: str | None,
) -> None:
    other = own.filled_by
    if seen is None or other is None or other.pk == by.user_id:
        return
    others = [
        f"{one.item.code}（现为 {number_text(one.value, one.item.unit) or '未填'}）"
        for one in held
        if one.item.code in entered and _is_other(one, *entered[one.item.code])
    ]
    if others and seen != stamp_of(held):
        raise ValidationError(OVERTAKEN.format(who=other.display_name, items="、".join(others)))


def _is_other(held: ReturnValue, number: Decimal | None, note: str) -> bool:
    is_share = held.item.source == ItemSource.QUOTIENT
    return held.note != note.strip() or (not is_share and held.value != number)


def _reckon_shares(values: Sequence[ReturnValue]) -> None:
    """Every share of two items of the return follows from them; nobody types it."""
    numbers = {one.item.code: one.value for one in values}
    for one in values:
        if one.item.source == ItemSource.QUOTIENT:
            found = quotient_of(one.item, numbers)
            one.value = one.prefilled = found.number
            one.prefilled_from = found.source


def take_step(
    *,
    by: Actor,
    quarterly_return: QuarterlyReturn,
    verb: ReturnVerb,
    at: datetime,
    text: str = "",
    seen: str = "",
) -> QuarterlyReturn:
    """Take one step of the table; ValidationError or PermissionDenied says why it cannot be.

    `seen` is the stamp of the numbers on the page it was decided on: nobody agrees to others.
    """
    with recorded(by=by, reason=f"季度监测{verb.label}"):
        own = _locked(quarterly_return)
        _refuse(by, own, verb, text)
        if seen and seen != stamp_of(own.values.all()):
            raise ValidationError(CHANGED)
        before = own.state
        _do(by, own, verb, text)
        own.state = STEPS[ReturnLevel(own.level)][verb].ends or own.state
        own.full_clean(validate_unique=False)
        own.save()
        _note(own, verb, by, before, text)
        if verb is V.LOCK:
            _lock_below(own, by)
        elif verb is V.PUBLISH:
            publish_first(by=by, city=own, at=at)
    return own


def _do(by: Actor, own: QuarterlyReturn, verb: ReturnVerb, text: str) -> None:
    """What a step checks and writes beside the state."""
    if verb is V.FETCH:
        _fetch(own)
    elif verb is V.SUBMIT:
        _refuse_unready(own, text)
        own.submitted_by_id, own.submitted_on = by.user_id, by.day
    elif verb in (V.REVIEW, V.LOCK):
        own.reviewed_by_id, own.reviewed_on = by.user_id, by.day
    elif verb is V.RETURN:
        own.submitted_by = own.submitted_on = own.reviewed_by = own.reviewed_on = None
    elif verb is V.PUBLISH:
        own.published_by_id, own.published_on = by.user_id, by.day


def _refuse(by: Actor, own: QuarterlyReturn, verb: ReturnVerb, text: str) -> None:
    step = STEPS[ReturnLevel(own.level)].get(verb, OF_NOBODY)
    parties = parties_of(by, own)
    refuse_others(step, verb, parties)
    if verb not in steps_from(own, parties):
        raise not_now("填报单", ReturnState(own.state).label, verb)
    above = above_of(own)
    if above is not None and not above.is_open:
        raise ValidationError(PARENT_CLOSED.format(unit=above.unit_name, verb=verb.label))
    refuse_words(step, verb, text, what="原因", longest=LONGEST_TEXT)
    makers = {V.REVIEW: (own.submitted_by_id, own.filled_by_id), V.PUBLISH: (own.submitted_by_id,)}
    makers[V.LOCK] = makers[V.REVIEW]
    if by.user_id in makers.get(verb, ()):
        raise ValidationError(SAME_PERSON.format(verb=verb.label))


def above_of(own: QuarterlyReturn) -> QuarterlyReturn | None:
    """The return this one is summed into; none for the city."""
    if own.level == L.CITY:
        return None
    returns = QuarterlyReturn.objects.filter(period=own.period_id)
    if own.level == L.DISTRICT:
        return returns.get(level=L.CITY)
    return returns.get(level=L.DISTRICT, region=own.region_id)


def below(own: QuarterlyReturn) -> list[QuarterlyReturn]:
    """The returns that are summed into this one."""
    returns = QuarterlyReturn.objects.filter(period=own.period_id)
    if own.level == L.CITY:
        return list(returns.filter(level=L.DISTRICT))
    if own.level == L.DISTRICT:
        return list(returns.filter(level=L.INSTITUTION, region=own.region_id))
    return []


def _refuse_unready(own: QuarterlyReturn, text: str) -> None:
    unready = [one for one in below(own) if one.state != S.REVIEWED]
    if own.level == L.CITY and unready:
        names = "、".join(one.unit_name for one in unready)
        raise ValidationError(NOT_ALL_DISTRICTS.format(n=len(unready), names=names))
    if unready and not text.strip():
        raise ValidationError({"text": MISSING_BELOW.format(n=len(unready))})
    if own.level != L.INSTITUTION and _is_behind(own):
        raise ValidationError(CHANGED_BELOW)
    stopping = filled(own).stopping
    if stopping:
        raise ValidationError(STOPPED.format(n=len(stopping)))


def _is_behind(own: QuarterlyReturn) -> bool:
    """Whether the returns below say something else by now than what was fetched from them."""
    fetched = _fetched(own)
    summed = OF_DISTRICTS if own.level == L.CITY else OF_INSTITUTIONS
    return any(
        one.prefilled != fetched[one.item.code].number
        for one in own.values.select_related("item")
        if fetched[one.item.code].source.startswith(summed)
    )


def _fetched(own: QuarterlyReturn) -> dict[str, Fetched]:
    items = list(ReturnItem.objects.filter(form=own.period.form_id))
    return Fetcher(own.period, items).fetch(own)


def _fetch(own: QuarterlyReturn) -> None:
    """Fetch every number anew; what was typed differently stays, with its note."""
    fetched = _fetched(own)
    values = list(own.values.select_related("item"))
    for one in values:
        found = fetched[one.item.code]
        if one.value is None or one.value == one.prefilled:
            one.value = found.number
        elif found.number not in (None, one.value) and not one.note:
            one.note = LATE_FETCH
        one.prefilled, one.prefilled_from, one.run = found.number, found.source, found.run
    _reckon_shares(values)
    ReturnValue.objects.bulk_update(values, [*WRITTEN, "run"])


def _refuse_filling(by: Actor, own: QuarterlyReturn) -> None:
    if Party.FILLER not in parties_of(by, own):
        raise PermissionDenied(NOT_YOUR_STEP.format(who=Party.FILLER.value, verb="填报"))
    if not own.is_open:
        raise ValidationError(NOT_OPEN.format(state=ReturnState(own.state).label))
    above = above_of(own)
    if above is not None and not above.is_open:
        raise ValidationError(PARENT_CLOSED.format(unit=above.unit_name, verb="填报"))


def _refuse_wrong(values: Mapping[str, ReturnValue], entered: Entered) -> None:
    """Tell at once all that cannot be written, each at its field."""
    wrong = {}
    for code, (number, note) in entered.items():
        if len(note) > LONGEST_NOTE:
            wrong[f"note-{code}"] = f"说明最多 {LONGEST_NOTE} 字。"
        elif values[code].item.source != ItemSource.QUOTIENT:
            wrong |= _wrong_number(values[code], number, note)
    if wrong:
        raise ValidationError(wrong)


def _wrong_number(value: ReturnValue, number: Decimal | None, note: str) -> dict[str, str]:
    code, known = value.item.code, value.prefilled
    if number is None:
        return {}
    if not value.item.is_percent and number != number.to_integral_value():
        return {f"value-{code}": NOT_WHOLE}
    if known is not None and number != known and not note.strip():
        return {f"note-{code}": DIFFERS.format(number=number_text(known, value.item.unit))}
    return {}


def _lock_below(city: QuarterlyReturn, by: Actor) -> None:
    """Freeze every reviewed return below; what was never handed in stays 缺报."""
    returns = QuarterlyReturn.objects.filter(period=city.period_id).exclude(pk=city.pk)
    assert by.user_id is not None, "锁定人已登录"
    reviewed = list(returns.filter(state=S.REVIEWED))
    returns.filter(pk__in=[one.pk for one in reviewed]).update(state=S.LOCKED)
    ReturnEvent.objects.bulk_create(
        ReturnEvent(
            quarterly_return=one,
            verb=V.LOCK,
            state_before=S.REVIEWED,
            state_after=S.LOCKED,
            taken_on=by.day,
            author_id=by.user_id,
        )
        for one in reviewed
    )


def _note(own: QuarterlyReturn, verb: ReturnVerb, by: Actor, before: str, text: str) -> None:
    assert by.user_id is not None, "办理人已登录"
    ReturnEvent.objects.create(
        quarterly_return=own,
        verb=verb,
        state_before=before,
        state_after=own.state,
        text=text.strip(),
        taken_on=by.day,
        author_id=by.user_id,
    )


def _locked(quarterly_return: QuarterlyReturn) -> QuarterlyReturn:
    """The return, with its whole period held: a review must not slip past the sum above it."""
    hold_period(quarterly_return.period_id)
    return QuarterlyReturn.objects.select_related("period__form").get(pk=quarterly_return.pk)


def hold_period(period_id: int) -> None:
    """Let whoever writes to the same period wait for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('targets_return'), %s)", [period_id])
