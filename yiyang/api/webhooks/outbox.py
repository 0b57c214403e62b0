"""The outbox: notices are made out where something is new, and sent until they arrive or die."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import kinds_read, seats_of_records
from yiyang.api.tokens import actor_of_token
from yiyang.api.webhooks.models import Delivery, DeliveryState, Subscription, SubscriptionPlace
from yiyang.api.webhooks.sending import NotDeliveredError, send
from yiyang.changelog.models import ChangeNumber
from yiyang.changelog.sequencer import number_unless_busy

# 第几次没送到，隔几分钟再送；都用完了便是送不到。
MINUTES_TO_NEXT = (1, 5, 15, 60, 240, 720, 1440)
MOST_ATTEMPTS = len(MINUTES_TO_NEXT) + 1
MOST_AT_ONCE = 200
Clock = Callable[[], datetime]


def make_out(day: date, at: datetime) -> int:
    """Make out a notice for every subscription with something new to read; how many."""
    number_unless_busy()
    head = ChangeNumber.objects.highest()
    waiting = Subscription.objects.open_on(day).filter(place__seen_number__lt=head)
    return sum(_make_out_one(pk, head, day, at) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _make_out_one(subscription_id: int, head: int, day: date, at: datetime) -> bool:
    # 另一个进程正在写同一个订阅的：由它写。
    places = SubscriptionPlace.objects.select_for_update(skip_locked=True)
    place = places.filter(pk=subscription_id, seen_number__lt=head).first()
    if place is None:
        return False
    newest = _newest(place, head, day)
    place.seen_number = head
    place.save(update_fields=["seen_number"])
    if newest is None:
        return False
    _put_into_outbox(subscription_id, newest, at)
    return True


def _newest(place: SubscriptionPlace, head: int, day: date) -> int | None:
    """The highest number since that touched what the subscription is about."""
    subscription = Subscription.objects.select_related("token__user").get(pk=place.pk)
    tables = _tables(subscription, actor_of_token(subscription.token, day))
    numbers = ChangeNumber.objects.filter(
        last_number__gt=place.seen_number, last_number__lte=head, change__table_name__in=tables
    )
    newest: int | None = numbers.aggregate(newest=Max("last_number"))["newest"]
    return newest


def _tables(subscription: Subscription, actor: Actor) -> set[str]:
    readable = set(subscription.token.reads)
    codes = readable & set(subscription.resources) if subscription.resources else readable
    kinds = kinds_read(codes, actor)
    tables = {table for kind in kinds for table in (kind.table, *kind.within)}
    return tables if actor.whole_city else tables | set(seats_of_records().tables)


def _put_into_outbox(subscription_id: int, up_to: int, at: datetime) -> None:
    """Raise the notice that waits already, unless it is being sent this moment."""
    pending = Delivery.objects.filter(subscription=subscription_id, state=DeliveryState.PENDING)
    waiting = pending.select_for_update(skip_locked=True).first()
    if waiting is None:
        Delivery.objects.create(subscription_id=subscription_id, up_to=up_to, made_at=at, due_at=at)
    else:
        waiting.up_to = up_to
        waiting.save(update_fields=["up_to"])


def deliver_due(clock: Clock) -> int:
    """Send what is due, each in a transaction of its own; how many were tried."""
    tried = 0
    while tried < MOST_AT_ONCE and _deliver_next(clock):
        tried += 1
    return tried


@transaction.atomic
def _deliver_next(clock: Clock) -> bool:
    """Send the notice that waits longest; False when none is left.

    Its row stays locked until the outcome is written: another worker passes it over, and one that
    dies on the way leaves it as it was, to be sent again.
    """
    at = clock()
    due = Delivery.objects.due(at).select_related("subscription")
    delivery = due.select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is None:
        return False
    delivery.attempts += 1
    try:
        _refuse_ended(delivery)
        send(delivery, at)
    except NotDeliveredError as error:
        _note_failure(delivery, str(error), clock())
    else:
        delivery.state, delivery.done_at, delivery.trouble = DeliveryState.DELIVERED, clock(), ""
    delivery.save(update_fields=["state", "attempts", "due_at", "done_at", "trouble"])
    return True


def _refuse_ended(delivery: Delivery) -> None:
    if delivery.subscription.ended_at is not None:
        delivery.attempts = MOST_ATTEMPTS
        raise NotDeliveredError("已退订。")


def _note_failure(delivery: Delivery, trouble: str, at: datetime) -> None:
    delivery.trouble = trouble[:200]
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state, delivery.done_at = DeliveryState.DEAD, at
    else:
        delivery.due_at = at + timedelta(minutes=MINUTES_TO_NEXT[delivery.attempts - 1])


def clear_done(before: datetime) -> int:
    """Drop notices settled before then; how many. A busy year would leave half a million."""
    dropped, _ = Delivery.objects.filter(done_at__lt=before).delete()
    return dropped
