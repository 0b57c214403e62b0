"""The verbs of subscriptions: begun by a token, ended, handed over with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError

from yiyang.api.models import ApiToken
from yiyang.api.webhooks.addresses import AddressRefusedError, refuse_plainly_inside
from yiyang.api.webhooks.models import Subscription, SubscriptionPlace
from yiyang.changelog.context import Recorder, recorded
from yiyang.changelog.models import ChangeNumber
from yiyang.lib.crypto import new_data_key, wrap

MOST_SUBSCRIPTIONS = 10
TOO_MANY = f"一个接口账号至多 {MOST_SUBSCRIPTIONS} 个订阅，请先退订不用的。"


def subscribe(
    *, by: Recorder, token: ApiToken, url: str, resources: Sequence[str], at: datetime
) -> tuple[Subscription, str]:
    """Begin a subscription; its secret is returned once. ValidationError for a bad address."""
    try:
        refuse_plainly_inside(url)
    except AddressRefusedError as error:
        raise ValidationError({"url": str(error)}) from None
    secret, uid = new_data_key(), uuid4()
    subscription = Subscription(
        uid=uid,
        token=token,
        url=url,
        resources=sorted(set(resources)),
        wrapped=wrap(secret, uid),
        started_at=at,
    )
    with recorded(by=by, reason="订阅变更通知"):
        _refuse_too_many(token)
        subscription.full_clean()
        subscription.save(force_insert=True)
        seen = ChangeNumber.objects.highest()
        SubscriptionPlace.objects.create(subscription=subscription, seen_number=seen)
    return subscription, secret.hex()


def end_subscription(*, by: Recorder, subscription: Subscription, at: datetime) -> None:
    """Tell it nothing any more; the record stays."""
    with recorded(by=by, reason="退订变更通知"):
        Subscription.objects.filter(pk=subscription.pk, ended_at=None).update(ended_at=at)


def hand_over_subscriptions(token: ApiToken, successor: ApiToken) -> None:
    """Let a token's subscriptions live on with its successor, secret and all."""
    Subscription.objects.filter(token=token, ended_at=None).update(token=successor)


def _refuse_too_many(token: ApiToken) -> None:
    # 锁住账号的令牌：两个请求同时订阅，不会一起越过上限。
    list(ApiToken.objects.select_for_update().filter(user=token.user_id).values_list("pk"))
    held = Subscription.objects.filter(token__user=token.user_id, ended_at=None)
    if held.count() >= MOST_SUBSCRIPTIONS:
        raise ValidationError(TOO_MANY)
